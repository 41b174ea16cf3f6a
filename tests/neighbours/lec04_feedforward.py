"""Neighbours of lecture 4: wrong answers, written without a look at the hints."""

import math

import numpy as np
import torch

from grader.vocabulary import mistake
from solutions.lec04_feedforward.answers import relu, softplus, tanh


@mistake("perceptron", "on the threshold itself the answer is 1: >= for >")
def perceptron_fires_on_threshold(w, x, threshold=0.5):
    return torch.where(x @ w >= threshold, 1.0, 0.0).to(x.dtype)


@mistake("perceptron", "the answers are bool, not zeros and ones of x's dtype")
def perceptron_bools(w, x, threshold=0.5):
    return torch.mv(x, w) > threshold


@mistake("perceptron", "the argument is ignored: 0.5 is written into the function")
def perceptron_fixed_threshold(w, x, threshold=0.5):
    total = (w * x).sum(dim=1)
    return (total > 0.5).to(x.dtype)


@mistake("perceptron", "two slips: always float32, and the signal is compared with 0")
def perceptron_sign_in_float32(w, x, threshold=0.5):
    answers = []
    for row in x:
        answers.append(1.0 if torch.dot(row, w) > 0 else 0.0)
    return torch.tensor(answers)


@mistake("perceptron", "an if on a tensor of several entries raises")
def perceptron_if_on_a_tensor(w, x, threshold=0.5):
    if x @ w > threshold:
        return torch.ones(len(x), dtype=x.dtype)
    return torch.zeros(len(x), dtype=x.dtype)


@mistake("and_weights", "one input alone reaches beyond the threshold 0.5: this is OR")
def and_weights_too_large():
    return torch.tensor([0.6, 0.6])


@mistake("and_weights", "the sum 0.5 lies on the threshold, where the answer is 0")
def and_weights_on_the_threshold():
    return torch.full((2,), 0.25)


@mistake("and_weights", "two slips: integers instead of float32, and each of them alone fires")
def and_weights_of_integers():
    return torch.tensor([1, 1])


@mistake("or_weights", "one input alone stays on the threshold: 0.5 is not greater than 0.5")
def or_weights_of_a_half():
    return 0.5 * torch.ones(2)


@mistake("or_weights", "a NumPy array of float64 instead of a float32 tensor")
def or_weights_numpy():
    return np.array([1.0, 1.0])


@mistake("xor_params", "the second unit is taken away once, not twice: (1, 1) gives 1")
def xor_weight_minus_one():
    w1 = torch.ones(2, 2)
    b1 = torch.tensor([0.0, -1.0])
    w2 = torch.tensor([[1.0], [-1.0]])
    return w1, b1, w2, torch.zeros(1)


@mistake("xor_params", "w2 is (2,), not a matrix (2, 1), so the output has no second axis")
def xor_flat_output_weights():
    w1 = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    b1 = torch.tensor([0.0, 0.0])
    w2 = torch.tensor([1.0, 1.0])
    return w1, b1, w2, torch.tensor([0.0])


@mistake(
    "xor_params", "two slips: the output bias lifts (0, 0) above 0.5, and the sign of b1 is wrong"
)
def xor_biases_wrong():
    w1 = torch.tensor([[1.0, 1.0], [1.0, 1.0]])
    b1 = torch.tensor([0.0, 1.0])
    w2 = torch.tensor([[1.0], [-2.0]])
    b2 = torch.tensor([3.0])
    return w1, b1, w2, b2


@mistake("relu", "the sign of the negative part is turned: this is |x|")
def relu_absolute(x):
    return torch.where(x > 0, x, -x)


@mistake("relu", "the caller's tensor is changed in place")
def relu_in_place(x):
    x[x < 0] = 0
    return x


@mistake("relu", "torch.max with the number 0 is a maximum over axis 0, and returns a pair")
def relu_max_over_axis_zero(x):
    return torch.max(x, 0)


@mistake("leaky_relu", "the slope is the default 0.01 whatever is asked")
def leaky_relu_fixed_slope(x, slope=0.01):
    return torch.maximum(x, 0.01 * x)


@mistake("leaky_relu", "the slope is subtracted on the negative side: the sign is wrong")
def leaky_relu_wrong_sign(x, slope=0.01):
    out = x.clone()
    negative = x < 0
    out[negative] = -slope * x[negative]
    return out


@mistake("leaky_relu", "two slips: the slope is added to x instead of multiplied, and in place")
def leaky_relu_adds_slope_in_place(x, slope=0.01):
    x[x <= 0] += slope
    return x


@mistake("elu", "the 1 is not subtracted, so the function jumps at 0")
def elu_without_minus_one(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * torch.exp(x))


@mistake("elu", "alpha multiplies only the exponential, not exp(x) − 1")
def elu_alpha_inside(x, alpha=1.0):
    negative = x.clamp(max=0)
    return x.clamp(min=0) + alpha * torch.exp(negative) - 1


@mistake("elu", "both branches are computed and masked by a product: ∞ · 0 is nan")
def elu_mask_times_infinity(x, alpha=1.0):
    mask = (x > 0).to(x.dtype)
    return mask * x + (1 - mask) * alpha * (torch.exp(x) - 1)


@mistake("elu", "two slips: alpha is left out, and the 1 is added instead of subtracted")
def elu_without_alpha_plus_one(x, alpha=1.0):
    out = x.clone()
    low = x <= 0
    out[low] = torch.exp(x[low]) + 1
    return out


@mistake("softplus", "the exponential overflows: log(1 + e^x) as it stands")
def softplus_as_typed(x):
    return torch.log(1 + x.exp())


@mistake("softplus", "x is clamped at 20 instead of returned: large inputs give 20")
def softplus_clamped(x):
    return torch.log1p(torch.exp(torch.clamp(x, max=20)))


@mistake("softplus", "the sign in the exponent is wrong: e^|x| for e^−|x|")
def softplus_positive_exponent(x):
    return torch.clamp(x, min=0) + torch.log(1 + torch.exp(torch.abs(x)))


@mistake("softplus", "two slips: |x| for max(x, 0), and the logarithm is to base 2")
def softplus_abs_base_two(x):
    return x.abs() + torch.log2(1 + torch.exp(-x.abs()))


@mistake("tanh", "both exponentials overflow: ∞/∞ is nan")
def tanh_as_typed(x):
    a, b = torch.exp(x), torch.exp(-x)
    return (a - b) / (a + b)


@mistake("tanh", "the factor 2 in the exponent is missing: this is tanh(x/2)")
def tanh_of_half(x):
    e = torch.exp(-x.abs())
    return torch.sign(x) * (1 - e) / (1 + e)


@mistake("tanh", "the sign of x is lost: the result is never negative")
def tanh_without_sign(x):
    e = torch.exp(-2 * torch.abs(x))
    return (1 - e) / (1 + e)


@mistake("tanh", "two slips: 2σ(x) for 2σ(2x), and the 1 is not subtracted")
def tanh_from_sigmoid(x):
    return 2 * torch.sigmoid(x)


@mistake("activation_grad", "for relu the slope at 0 is 1, not 0")
def slopes_relu_at_zero(name, x):
    if name == "relu":
        return (x >= 0).to(x.dtype)
    if name == "leaky_relu":
        slope = torch.ones_like(x)
        slope[x <= 0] = 0.01
        return slope
    if name == "sigmoid":
        return torch.sigmoid(x) * (1 - torch.sigmoid(x))
    if name == "tanh":
        return 1 - torch.tanh(x).square()
    if name == "softplus":
        return torch.sigmoid(x)
    raise ValueError(name)


@mistake("activation_grad", "the slope of tanh lacks the square")
def slopes_tanh_unsquared(name, x):
    s = torch.sigmoid(x)
    table = {
        "relu": (x > 0).to(x.dtype),
        "leaky_relu": torch.where(x > 0, torch.ones_like(x), 0.01 * torch.ones_like(x)),
        "sigmoid": s * (1 - s),
        "tanh": 1 - tanh(x),
        "softplus": s,
    }
    if name not in table:
        raise ValueError(f"no activation is called {name}")
    return table[name]


@mistake("activation_grad", "an unknown name ends in a KeyError, not in a ValueError")
def slopes_key_error(name, x):
    def sig(v):
        return 1 / (1 + torch.exp(-v))

    slopes = {
        "relu": lambda v: torch.where(v > 0, torch.ones_like(v), torch.zeros_like(v)),
        "leaky_relu": lambda v: torch.where(v > 0, torch.ones_like(v), torch.full_like(v, 0.01)),
        "sigmoid": lambda v: sig(v) * (1 - sig(v)),
        "tanh": lambda v: 1 - torch.tanh(v) ** 2,
        "softplus": sig,
    }
    return slopes[name](x)


@mistake(
    "activation_grad",
    "two slips: the sigmoid's slope takes x for its own output, and softplus is given the value "
    "of the function, not the slope",
)
def slopes_two_of_five_wrong(name, x):
    if name == "relu":
        return torch.heaviside(x, torch.zeros_like(x))
    elif name == "leaky_relu":
        return torch.heaviside(x, torch.zeros_like(x)) * 0.99 + 0.01
    elif name == "sigmoid":
        return x * (1 - x)
    elif name == "tanh":
        return 1 - tanh(x) ** 2
    elif name == "softplus":
        return softplus(x)
    else:
        raise ValueError("unknown activation " + name)


@mistake(
    "activation_grad",
    "two slips: the leaky slope 0.01 has the wrong sign, and an unknown name returns None",
)
def slopes_leaky_sign_and_no_error(name, x):
    if name == "relu":
        return (x > 0).to(x.dtype)
    if name == "leaky_relu":
        grad = torch.ones_like(x)
        grad[x <= 0] = -0.01
        return grad
    if name == "tanh":
        return 1 - torch.tanh(x) ** 2
    s = torch.sigmoid(x)
    if name == "sigmoid":
        return s * (1 - s)
    if name == "softplus":
        return s
    return None


@mistake("mlp_forward", "the last layer is put through a ReLU too")
def mlp_relu_everywhere(x, weights, biases):
    a = x
    acts = [x]
    for w, b in zip(weights, biases):
        a = relu(a @ w + b)
        acts.append(a)
    return acts


@mistake("mlp_forward", "the input is missing at the head of the list")
def mlp_without_the_input(x, weights, biases):
    activations = []
    for layer, (w, b) in enumerate(zip(weights, biases)):
        x = torch.matmul(x, w) + b
        if layer != len(weights) - 1:
            x = torch.clamp(x, min=0)
        activations.append(x)
    return activations


@mistake("mlp_forward", "the list holds the pre-activations: ReLU is applied only on the way on")
def mlp_keeps_preactivations(x, weights, biases):
    kept = [x]
    for i in range(len(weights)):
        a = kept[-1] if i == 0 else relu(kept[-1])
        kept.append(a @ weights[i] + biases[i])
    return kept


@mistake(
    "mlp_forward",
    "two slips: the biases are left out, and only the output is returned, not the list",
)
def mlp_output_without_biases(x, weights, biases):
    a = x
    for w in weights[:-1]:
        a = relu(a @ w)
    return a @ weights[-1]


@mistake("mlp_forward", "two slips: the ReLU is missing in the first layer and applied in the last")
def mlp_relu_shifted(x, weights, biases):
    acts = [x]
    for i in range(len(weights)):
        z = acts[i] @ weights[i] + biases[i]
        acts.append(z if i == 0 else relu(z))
    return acts


@mistake("parameter_count", "the biases are not counted")
def count_without_biases(sizes):
    return sum(sizes[i] * sizes[i + 1] for i in range(len(sizes) - 1))


@mistake("parameter_count", "the input layer is given biases too")
def count_biases_of_inputs(sizes):
    weights = sum(sizes[i] * sizes[i + 1] for i in range(len(sizes) - 1))
    return weights + sum(sizes)


@mistake("parameter_count", "the last index runs beyond the list")
def count_index_error(sizes):
    total = 0
    for i in range(len(sizes)):
        total += (sizes[i] + 1) * sizes[i + 1]
    return total


@mistake("parameter_count", "two slips: the last layer is left out, and a float is returned")
def count_stops_early(sizes):
    total = 0.0
    for i in range(1, len(sizes) - 1):
        total += (sizes[i - 1] + 1) * sizes[i]
    return math.fabs(total)


@mistake("perceptron", "two slips: >= for >, and a column (n, 1) is returned")
def perceptron_column_on_threshold(w, x, threshold=0.5):
    return (x @ w.reshape(-1, 1) >= threshold).to(x.dtype)


@mistake("relu", "two slips: the function is cut at 1 above as well, and its sign is turned")
def relu_clipped_negative(x):
    return -x.clamp(0, 1)


@mistake("leaky_relu", "two slips: the branches are exchanged, and the slope is the default")
def leaky_relu_branches_exchanged(x, slope=0.01):
    return torch.where(x > 0, 0.01 * x, x)


@mistake("softplus", "two slips: the exponential overflows, and the sign in the exponent is wrong")
def softplus_naive_mirrored(x):
    return torch.log(1 + torch.exp(-x))


@mistake("tanh", "two slips: the exponentials overflow, and sum and difference are exchanged")
def tanh_upside_down(x):
    up, down = torch.exp(x), torch.exp(-x)
    return (up + down) / (up - down)


@mistake("activation_grad", "two slips: relu has slope 1 at 0, and softplus the sigmoid's slope")
def slopes_kink_and_softplus(name, x):
    s = torch.sigmoid(x)
    if name == "relu":
        return torch.where(x < 0, torch.zeros_like(x), torch.ones_like(x))
    if name == "leaky_relu":
        return torch.where(x > 0, torch.ones_like(x), torch.full_like(x, 0.01))
    if name in ("sigmoid", "softplus"):
        return s * (1 - s)
    if name == "tanh":
        return 1 - tanh(x) ** 2
    raise ValueError("no such activation")
