"""Second neighbours of lec04_feedforward: written without a look at hints or known mistakes."""

import torch

from grader.vocabulary import mistake
from solutions.lec04_feedforward.answers import relu, tanh


@mistake("perceptron", "a sum equal to the threshold fires")
def perceptron_at_least(w, x, threshold=0.5):
    return (x @ w >= threshold).to(x.dtype)


@mistake("perceptron", "the threshold is not used: 0 is")
def perceptron_zero_threshold(w, x, threshold=0.5):
    return (x @ w > 0).to(x.dtype)


@mistake("perceptron", "two slips: -1 and 1 are returned, around a threshold that is added")
def perceptron_signs(w, x, threshold=0.5):
    return torch.sign(x @ w + threshold)


@mistake("and_weights", "one input alone is enough: the weights are too large")
def and_each_alone_fires():
    return torch.tensor([0.6, 0.6])


@mistake("and_weights", "the weights are too small: both together stay below")
def and_never_fires():
    return torch.tensor([0.2, 0.2])


@mistake("or_weights", "the second input alone does not fire")
def or_second_too_small():
    return torch.tensor([1.0, 0.3])


@mistake("xor_params", "the second neuron has no bias of -1")
def xor_no_second_bias():
    w1 = torch.tensor([[1.0, 1.0], [1.0, 1.0]])
    b1 = torch.tensor([0.0, 0.0])
    w2 = torch.tensor([[1.0], [-2.0]])
    b2 = torch.tensor([0.0])
    return (w1, b1, w2, b2)


@mistake("xor_params", "the second neuron is added with 2")
def xor_output_added():
    w1 = torch.tensor([[1.0, 1.0], [1.0, 1.0]])
    b1 = torch.tensor([0.0, -1.0])
    w2 = torch.tensor([[1.0], [2.0]])
    b2 = torch.tensor([0.0])
    return (w1, b1, w2, b2)


@mistake("xor_params", "two slips: the second neuron counts -1, and its bias is -0.5")
def xor_output_one():
    w1 = torch.tensor([[1.0, 1.0], [1.0, 1.0]])
    b1 = torch.tensor([0.0, -0.5])
    w2 = torch.tensor([[1.0], [-1.0]])
    b2 = torch.tensor([0.0])
    return (w1, b1, w2, b2)


@mistake("relu", "the absolute value")
def relu_absolute(x):
    return x.abs()


@mistake("relu", "cut off at 6")
def relu_six(x):
    return x.clamp(0, 6)


@mistake("leaky_relu", "the slope is fixed at 0.01")
def leaky_slope_fixed(x, slope=0.01):
    above = x.clamp(min=0)
    below = 0.01 * x.clamp(max=0)
    return above + below


@mistake("leaky_relu", "max(x, slope x): wrong for slopes above 1")
def leaky_max_form(x, slope=0.01):
    return torch.maximum(x, slope * x)


@mistake("leaky_relu", "two slips: the negative part is subtracted, and the slope halved")
def leaky_subtracted(x, slope=0.01):
    above = x.clamp(min=0)
    below = slope * x.clamp(max=0)
    return above - below / 2


@mistake("elu", "alpha stands at the exponent, not in front")
def elu_alpha_outside(x, alpha=1.0):
    above = x.clamp(min=0)
    below = torch.exp(alpha * x.clamp(max=0)) - 1
    return above + below


@mistake("elu", "the 1 is not subtracted below 0")
def elu_no_minus_one(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * torch.exp(x))


@mistake("elu", "two slips: alpha on the positive side, and not on the negative one")
def elu_where_overflow_alpha(x, alpha=1.0):
    return torch.where(x > 0, alpha * x, torch.exp(x.clamp(max=0)) - 1)


@mistake("softplus", "log(1 + e^x): overflows")
def softplus_naive(x):
    return torch.log(1 + torch.exp(x))


@mistake("softplus", "e^-x inside: the function of -x")
def softplus_sign(x):
    return torch.nn.functional.softplus(-x)


@mistake("tanh", "e^-x for e^-2x: tanh of x/2")
def tanh_single_exponent(x):
    e = torch.exp(-x.abs())
    return x.sign() * (1 - e) / (1 + e)


@mistake("tanh", "the sign is lost: tanh of |x|")
def tanh_even(x):
    e = torch.exp(-2 * x.abs())
    return (1 - e) / (1 + e)


@mistake("tanh", "the exponentials overflow at large inputs")
def tanh_naive(x):
    a, b = torch.exp(x), torch.exp(-x)
    return (a - b) / (a + b)


@mistake("activation_grad", "1 - tanh, without the square")
def agrad_tanh_not_squared(name, x):
    if name == "relu":
        return (x > 0).to(x.dtype)
    if name == "leaky_relu":
        return torch.where(x > 0, torch.ones_like(x), torch.full_like(x, 0.01))
    if name == "sigmoid":
        s = torch.sigmoid(x)
        return s * (1 - s)
    if name == "tanh":
        return 1 - tanh(x)
    if name == "softplus":
        return torch.sigmoid(x)
    raise ValueError(f"unknown activation {name!r}")


@mistake("activation_grad", "x (1 - x): x is taken for the activation")
def agrad_sigmoid_of_value(name, x):
    if name == "relu":
        return (x > 0).to(x.dtype)
    if name == "leaky_relu":
        return torch.where(x > 0, torch.ones_like(x), torch.full_like(x, 0.01))
    if name == "sigmoid":
        s = x
        return s * (1 - s)
    if name == "tanh":
        return 1 - tanh(x) ** 2
    if name == "softplus":
        return torch.sigmoid(x)
    raise ValueError(f"unknown activation {name!r}")


@mistake(
    "activation_grad",
    "two slips: the leaky slope is 0.1, and softplus has the slope of the sigmoid's derivative",
)
def agrad_leaky_and_softplus(name, x):
    if name == "relu":
        return (x > 0).to(x.dtype)
    if name == "leaky_relu":
        return torch.where(x > 0, torch.ones_like(x), torch.full_like(x, 0.1))
    if name == "sigmoid":
        s = torch.sigmoid(x)
        return s * (1 - s)
    if name == "tanh":
        return 1 - tanh(x) ** 2
    if name == "softplus":
        return torch.sigmoid(x) * (1 - torch.sigmoid(x))
    raise ValueError(f"unknown activation {name!r}")


@mistake("mlp_forward", "the last layer is also rectified")
def mlp_relu_everywhere(x, weights, biases):
    activations = [x]
    for layer in range(len(weights)):
        z = activations[-1] @ weights[layer] + biases[layer]
        activations.append(relu(z))
    return activations


@mistake("mlp_forward", "the pre-activations are recorded, not the activations")
def mlp_preactivations_kept(x, weights, biases):
    out = [x]
    a = x
    for layer in range(len(weights)):
        z = a @ weights[layer] + biases[layer]
        out.append(z)
        a = relu(z)
    return out


@mistake(
    "mlp_forward", "two slips: the input is not among the activations, and the biases are missing"
)
def mlp_only_last_no_input(x, weights, biases):
    out = []
    a = x
    for layer in range(len(weights)):
        z = a @ weights[layer]
        a = relu(z) if layer < len(weights) - 1 else z
        out.append(a)
    return out


@mistake("parameter_count", "the output layer has no biases")
def count_no_bias_of_output(sizes):
    total = 0
    for i in range(1, len(sizes)):
        total += sizes[i - 1] * sizes[i] + sizes[i]
    return total - sizes[-1]


@mistake("parameter_count", "the biases are counted by the layer's inputs")
def count_biases_of_input(sizes):
    total = 0
    for i in range(1, len(sizes)):
        total += sizes[i - 1] * sizes[i] + sizes[i - 1]
    return total


@mistake(
    "activation_grad",
    "two slips: 1 - tanh, without the square; and x (1 - x): x is taken for the activation",
)
def agrad_tanh_not_squared_and_sigmoid_of_value(name, x):
    if name == "relu":
        return (x > 0).to(x.dtype)
    if name == "leaky_relu":
        return torch.where(x > 0, torch.ones_like(x), torch.full_like(x, 0.01))
    if name == "sigmoid":
        s = x
        return s * (1 - s)
    if name == "tanh":
        return 1 - tanh(x)
    if name == "softplus":
        return torch.sigmoid(x)
    raise ValueError(f"unknown activation {name!r}")


@mistake(
    "parameter_count",
    "two slips: the output layer has no biases; and the biases are counted by the layer's inputs",
)
def count_no_bias_of_output_and_biases_of_input(sizes):
    total = 0
    for i in range(1, len(sizes)):
        total += sizes[i - 1] * sizes[i] + sizes[i - 1]
    return total - sizes[-1]


@mistake(
    "xor_params",
    "two slips: the second neuron has no bias of -1; and the second neuron is added with 2",
)
def xor_no_second_bias_and_output_added():
    w1 = torch.tensor([[1.0, 1.0], [1.0, 1.0]])
    b1 = torch.tensor([0.0, 0.0])
    w2 = torch.tensor([[1.0], [2.0]])
    b2 = torch.tensor([0.0])
    return (w1, b1, w2, b2)


@mistake("tanh", "two slips: e^-x for e^-2x: tanh of x/2; and the sign is lost: tanh of |x|")
def tanh_single_exponent_and_even(x):
    e = torch.exp(-x.abs())
    return (1 - e) / (1 + e)
