"""Wrong answers of lecture 4 that we know, each with the hint it earns."""

import itertools

import torch

from grader.vocabulary import mistake
from solutions.lec04_feedforward import answers
from solutions.lec04_feedforward.answers import mlp_forward


@mistake("perceptron", "On the threshold itself the answer is 0: greater, not at least.")
def perceptron_at_least(w, x, threshold=0.5):
    return (x @ w >= threshold).to(x.dtype)


@mistake("perceptron", "Return zeros and ones of the inputs' dtype, not True and False.")
def perceptron_of_bools(w, x, threshold=0.5):
    return x @ w > threshold


@mistake("perceptron", "The threshold is an argument: compare with it.")
def perceptron_own_threshold(w, x, threshold=0.5):
    return (x @ w > 0.5).to(x.dtype)


@mistake("perceptron", "The weighted sum is compared with the threshold, which is not added to it.")
def perceptron_adds_threshold(w, x, threshold=0.5):
    return (x @ w + threshold > 0).to(x.dtype)


@mistake("perceptron", "One answer for each observation, (n,): no second dimension.")
def perceptron_keeps_a_column(w, x, threshold=0.5):
    return (x @ w[:, None] > threshold).to(x.dtype)


@mistake("perceptron", "The answers are 0 and 1, not −1 and 1.")
def perceptron_of_signs(w, x, threshold=0.5):
    return torch.where(x @ w > threshold, 1.0, -1.0).to(x.dtype)


@mistake("perceptron", "A neuron of this kind is all or nothing: no sigmoid.")
def perceptron_smooth(w, x, threshold=0.5):
    return torch.sigmoid(x @ w - threshold)


@mistake("and_weights", "With these a single 1 is enough: that is OR.")
def and_is_or():
    return torch.tensor([1.0, 1.0])


@mistake("and_weights", "Both inputs together must exceed 0.5; reaching it is not enough.")
def and_on_the_threshold():
    return torch.tensor([0.25, 0.25])


@mistake("and_weights", "One of the inputs decides alone: it must not exceed 0.5 by itself.")
def and_first_input_only():
    return torch.tensor([1.0, 0.0])


@mistake("and_weights", "One of the inputs decides alone: it must not exceed 0.5 by itself.")
def and_second_input_only():
    return torch.tensor([0.0, 1.0])


@mistake("or_weights", "These need both inputs: that is AND.")
def or_is_and():
    return torch.tensor([0.5, 0.5])


@mistake("or_weights", "The neuron never fires: a single 1 must exceed 0.5.")
def or_never():
    return torch.tensor([0.2, 0.2])


@mistake("or_weights", "Two ones must not cancel each other.")
def or_of_opposite_signs():
    return torch.tensor([1.0, -1.0])


@mistake("or_weights", "The second input should be enough by itself as well.")
def or_first_input_only():
    return torch.tensor([1.0, 0.0])


@mistake("xor_params", "That is OR: at (1, 1) a second unit has to take more away.")
def xor_is_or():
    return torch.ones(2, 1), torch.zeros(1), torch.ones(1, 1), torch.zeros(1)


@mistake("xor_params", "That is AND.")
def xor_is_and():
    return torch.ones(2, 1), -torch.ones(1), torch.ones(1, 1), torch.zeros(1)


@mistake("xor_params", "The output never exceeds 0.5: reaching it is not enough.")
def xor_on_the_threshold():
    w1, b1, w2, b2 = answers.xor_params()
    return w1, b1, w2 / 2, b2


@mistake("xor_params", "The answers are the wrong way round: that is equality.")
def xor_negated():
    w1, b1, w2, b2 = answers.xor_params()
    return w1, b1, -w2, b2 + 1


@mistake("xor_params", "The output exceeds 0.5 at all four corners.")
def xor_always():
    w1, b1, w2, b2 = answers.xor_params()
    return w1, b1, w2, b2 + 1


@mistake("relu", "Negative inputs become 0; they do not change their sign.")
def relu_magnitude(x):
    return x.abs()


@mistake("relu", "(x + |x|)/2 is a ReLU; the half is missing.")
def relu_without_half(x):
    return x + x.abs()


@mistake("relu", "x is changed in place; build a new tensor.")
def relu_in_place(x):
    x[x < 0] = 0
    return x


@mistake("relu", "That is a step: where x is positive, the ReLU returns x.")
def relu_step(x):
    return (x > 0).to(x.dtype)


@mistake("relu", "The positive half is kept, the negative one is cut.")
def relu_keeps_negatives(x):
    return x.clamp(max=0)


@mistake("leaky_relu", "The slope is an argument: use it.")
def leaky_fixed_slope(x, slope=0.01):
    slope = 0.01
    above = x.clamp(min=0)
    below = slope * x.clamp(max=0)
    return above + below


@mistake("leaky_relu", "For negative x it is slope times x, not the slope itself.")
def leaky_constant(x, slope=0.01):
    return torch.where(x > 0, x, torch.full_like(x, slope))


@mistake("leaky_relu", "Where x is positive, x itself comes out: the leak is added only below 0.")
def leaky_on_both_sides(x, slope=0.01):
    above = x.clamp(min=0)
    below = slope * x
    return above + below


@mistake("leaky_relu", "Where x is positive, x itself comes out: only what is negative is scaled.")
def leaky_scaled_everywhere(x, slope=0.01):
    above = slope * x.clamp(min=0)
    below = slope * x.clamp(max=0)
    return above + below


@mistake("leaky_relu", "Below 0 the result is negative: look at the sign.")
def leaky_folded(x, slope=0.01):
    above = x.clamp(min=0)
    below = -slope * x.clamp(max=0)
    return above + below


@mistake("leaky_relu", "Negative inputs leak through, scaled by the slope.")
def leaky_not_leaking(x, slope=0.01):
    return x.clamp(min=0)


@mistake("leaky_relu", "The branches are exchanged: where is x itself, and where is it scaled?")
def leaky_branches_exchanged(x, slope=0.01):
    above = slope * x.clamp(min=0)
    below = x.clamp(max=0)
    return above + below


@mistake("elu", "alpha is an argument: use it.")
def elu_without_alpha(x, alpha=1.0):
    alpha = 1.0
    above = x.clamp(min=0)
    below = alpha * (torch.exp(x.clamp(max=0)) - 1)
    return above + below


@mistake("elu", "The two branches should meet at 0: subtract 1 from the exponential.")
def elu_without_minus_one(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * torch.exp(x.clamp(max=0)))


@mistake("elu", "Far out, infinity times zero is nan: choose between the branches, or clamp first.")
def elu_by_masks(x, alpha=1.0):
    return (x > 0) * x + (x <= 0) * alpha * (torch.exp(x) - 1)


@mistake("elu", "alpha is a factor of the whole branch, not of the exponential alone.")
def elu_alpha_inside(x, alpha=1.0):
    above = x.clamp(min=0)
    below = alpha * torch.exp(x.clamp(max=0)) - 1
    return above + below


@mistake("elu", "alpha is a factor, not a divisor in the exponent.")
def elu_continuously_differentiable(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * (torch.exp(x.clamp(max=0) / alpha) - 1))


@mistake("softplus", "Large x overflow: write it with the exponential of −|x|.")
def softplus_as_it_stands(x):
    return torch.log(1 + torch.exp(x))


@mistake("softplus", "That is the softmax: the slide's name for this formula is a slip.")
def softplus_softmax(x):
    e = torch.exp(x - x.max())
    return e / e.sum()


@mistake("softplus", "It falls where it should rise: look at the sign of the exponent.")
def softplus_mirrored(x):
    bend = torch.log1p(torch.exp(-x.abs()))
    return (-x).clamp(min=0) + bend


@mistake("softplus", "That is the ReLU: the smooth part is missing.")
def softplus_sharp(x):
    return x.clamp(min=0)


@mistake("softplus", "Far out the softplus is x: cutting the exponent off is no remedy.")
def softplus_clamped(x):
    return torch.log1p(torch.exp(x.clamp(max=20)))


@mistake("softplus", "Far below 0 the softplus is nearly 0: what is added to the logarithm there?")
def softplus_magnitude(x):
    bend = torch.log1p(torch.exp(-x.abs()))
    return x.abs() + bend


@mistake("softplus", "The logarithm is the natural one, not the one to base 2.")
def softplus_in_bits(x):
    bend = torch.log2(1 + torch.exp(-x.abs()))
    return x.clamp(min=0) + bend


@mistake("tanh", "Large x give inf/inf: divide by the larger exponential first.")
def tanh_as_it_stands(x):
    up, down = torch.exp(x), torch.exp(-x)
    return (up - down) / (up + down)


@mistake("tanh", "tanh(x) is 2σ(2x) − 1: a factor 2 is missing inside.")
def tanh_too_flat(x):
    return 2 * torch.sigmoid(x) - 1


@mistake("tanh", "That is the sigmoid, from 0 to 1; tanh runs from −1 to 1.")
def tanh_sigmoid(x):
    return torch.sigmoid(x)


@mistake("tanh", "The sign is lost: tanh of a negative number is negative.")
def tanh_without_sign(x):
    e = torch.exp(-2 * x.abs())
    return (1 - e) / (1 + e)


@mistake("tanh", "tanh bends before it reaches ±1: clamping does not.")
def tanh_clamped(x):
    return x.clamp(-1, 1)


@mistake("activation_grad", "The slope of ReLU is 1 only where x > 0; below it is 0.")
def slope_of_relu_always_one(name, x):
    return torch.ones_like(x) if name == "relu" else answers.activation_grad(name, x)


@mistake("activation_grad", "At 0 we agreed on the slope 0 for ReLU.")
def slope_of_relu_one_at_zero(name, x):
    return (x >= 0).to(x.dtype) if name == "relu" else answers.activation_grad(name, x)


@mistake("activation_grad", "At 0 we agreed on the slope 0.01 for the leaky ReLU.")
def slope_of_leaky_one_at_zero(name, x):
    if name == "leaky_relu":
        return torch.where(x >= 0, torch.ones_like(x), torch.full_like(x, 0.01))
    return answers.activation_grad(name, x)


@mistake("activation_grad", "The leaky ReLU has slope 0.01 below 0, not 0.")
def slope_of_leaky_as_relu(name, x):
    return answers.activation_grad("relu" if name == "leaky_relu" else name, x)


@mistake("activation_grad", "σ(1 − σ) needs σ(x): x is the input of the sigmoid.")
def slope_of_sigmoid_of_its_output(name, x):
    return x * (1 - x) if name == "sigmoid" else answers.activation_grad(name, x)


@mistake("activation_grad", "1 − tanh² needs tanh(x): x is the input.")
def slope_of_tanh_of_its_output(name, x):
    return 1 - x**2 if name == "tanh" else answers.activation_grad(name, x)


@mistake("activation_grad", "Differentiate log(1 + eˣ): an old friend comes out.")
def slope_of_softplus_as_sigmoid_slope(name, x):
    return answers.activation_grad("sigmoid" if name == "softplus" else name, x)


@mistake("activation_grad", "A name that is not in the list should raise ValueError.")
def slope_of_anything(name, x):
    try:
        return answers.activation_grad(name, x)
    except ValueError:
        return None


@mistake("mlp_forward", "The last layer is linear: no ReLU on the output.")
def mlp_relu_at_the_end(x, weights, biases):
    acts = answers.mlp_forward(x, weights, biases)
    return [*acts[:-1], torch.relu(acts[-1])]


@mistake("mlp_forward", "The input a⁰ belongs to the list.")
def mlp_without_input(x, weights, biases):
    return answers.mlp_forward(x, weights, biases)[1:]


@mistake("mlp_forward", "All activations are asked, not only the output.")
def mlp_output_only(x, weights, biases):
    return answers.mlp_forward(x, weights, biases)[-1]


@mistake("mlp_forward", "Between the layers there is a ReLU.")
def mlp_without_relu(x, weights, biases):
    acts = [x]
    for w, b in zip(weights, biases):
        acts.append(acts[-1] @ w + b)
    return acts


@mistake("mlp_forward", "The list holds the activations, after the ReLU.")
def mlp_before_the_relu(x, weights, biases):
    kept = [x]
    for w, b in zip(weights, biases):
        kept.append((torch.relu(kept[-1]) if len(kept) > 1 else x) @ w + b)
    return kept


@mistake("mlp_forward", "The biases are missing.")
def mlp_without_biases(x, weights, biases):
    return answers.mlp_forward(x, weights, [torch.zeros_like(b) for b in biases])


@mistake("parameter_count", "Each unit also has a bias.")
def count_without_biases(sizes):
    return sum(m * p for m, p in itertools.pairwise(sizes))


@mistake("parameter_count", "Inputs are no units: they have no biases.")
def count_biases_of_inputs(sizes):
    return answers.parameter_count(sizes) + sizes[0]


@mistake("parameter_count", "The output layer has biases as well.")
def count_no_output_biases(sizes):
    return answers.parameter_count(sizes) - sizes[-1]


@mistake("parameter_count", "One bias for every unit, not one for a layer.")
def count_one_bias_per_layer(sizes):
    return sum(m * p + 1 for m, p in itertools.pairwise(sizes))


@mistake(
    "parameter_count", "A bias for each unit of the layer that is computed, not of its inputs."
)
def count_biases_on_the_wrong_side(sizes):
    return sum(m * p + m for m, p in itertools.pairwise(sizes))


@mistake("train_mlp", "Gradients add up over the epochs: clear them after each step.")
def train_mlp_no_zero_grad(x, y, hidden, epochs, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    sizes = [x.shape[1], *hidden, int(y.max()) + 1]
    weights, biases = [], []
    for m, p in itertools.pairwise(sizes):
        start = torch.randn(m, p, generator=generator) / m**0.5
        weights.append(start.to(x).requires_grad_())
        biases.append(torch.zeros(p).to(x).requires_grad_())
    losses = []
    for _ in range(epochs):
        loss = torch.nn.functional.cross_entropy(mlp_forward(x, weights, biases)[-1], y)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for parameter in weights + biases:
                parameter -= lr * parameter.grad
    return weights, biases, losses


@mistake("train_mlp", "Downhill: a step goes against the gradient.")
def train_mlp_uphill(x, y, hidden, epochs, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    sizes = [x.shape[1], *hidden, int(y.max()) + 1]
    weights, biases = [], []
    for m, p in itertools.pairwise(sizes):
        start = torch.randn(m, p, generator=generator) / m**0.5
        weights.append(start.to(x).requires_grad_())
        biases.append(torch.zeros(p).to(x).requires_grad_())
    losses = []
    for _ in range(epochs):
        loss = torch.nn.functional.cross_entropy(mlp_forward(x, weights, biases)[-1], y)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for parameter in weights + biases:
                parameter += lr * parameter.grad
                parameter.grad = None
    return weights, biases, losses


@mistake(
    "train_mlp",
    "From zero weights all units of a layer learn the same: the start must tell them apart.",
)
def train_mlp_zero_start(x, y, hidden, epochs, lr, seed):
    sizes = [x.shape[1], *hidden, int(y.max()) + 1]
    weights, biases = [], []
    for m, p in itertools.pairwise(sizes):
        start = torch.zeros(m, p)
        weights.append(start.to(x).requires_grad_())
        biases.append(torch.zeros(p).to(x).requires_grad_())
    losses = []
    for _ in range(epochs):
        loss = torch.nn.functional.cross_entropy(mlp_forward(x, weights, biases)[-1], y)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for parameter in weights + biases:
                parameter -= lr * parameter.grad
                parameter.grad = None
    return weights, biases, losses


@mistake(
    "train_mlp",
    "Without an activation between the layers the network is one linear map: it draws no ring.",
)
def train_mlp_linear(x, y, hidden, epochs, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    sizes = [x.shape[1], *hidden, int(y.max()) + 1]
    weights, biases = [], []
    for m, p in itertools.pairwise(sizes):
        start = torch.randn(m, p, generator=generator) / m**0.5
        weights.append(start.to(x).requires_grad_())
        biases.append(torch.zeros(p).to(x).requires_grad_())
    losses = []
    for _ in range(epochs):
        a = x
        for w, b in zip(weights, biases):
            a = a @ w + b
        loss = torch.nn.functional.cross_entropy(a, y)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for parameter in weights + biases:
                parameter -= lr * parameter.grad
                parameter.grad = None
    return weights, biases, losses


@mistake("train_mlp", "`seed` is not used: the same seed should bring the same start.")
def train_mlp_unseeded(x, y, hidden, epochs, lr, seed):
    sizes = [x.shape[1], *hidden, int(y.max()) + 1]
    weights, biases = [], []
    for m, p in itertools.pairwise(sizes):
        start = torch.randn(m, p) / m**0.5
        weights.append(start.to(x).requires_grad_())
        biases.append(torch.zeros(p).to(x).requires_grad_())
    losses = []
    for _ in range(epochs):
        loss = torch.nn.functional.cross_entropy(mlp_forward(x, weights, biases)[-1], y)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for parameter in weights + biases:
                parameter -= lr * parameter.grad
                parameter.grad = None
    return weights, biases, losses


@mistake("train_mlp", "A recorded loss is a float: a tensor keeps its whole graph alive.")
def train_mlp_tensor_losses(x, y, hidden, epochs, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    sizes = [x.shape[1], *hidden, int(y.max()) + 1]
    weights, biases = [], []
    for m, p in itertools.pairwise(sizes):
        start = torch.randn(m, p, generator=generator) / m**0.5
        weights.append(start.to(x).requires_grad_())
        biases.append(torch.zeros(p).to(x).requires_grad_())
    losses = []
    for _ in range(epochs):
        loss = torch.nn.functional.cross_entropy(mlp_forward(x, weights, biases)[-1], y)
        losses.append(loss)
        loss.backward()
        with torch.no_grad():
            for parameter in weights + biases:
                parameter -= lr * parameter.grad
                parameter.grad = None
    return weights, biases, losses


@mistake("train_mlp", "One loss for each epoch, the first one, before any step, too.")
def train_mlp_first_loss_missing(x, y, hidden, epochs, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    sizes = [x.shape[1], *hidden, int(y.max()) + 1]
    weights, biases = [], []
    for m, p in itertools.pairwise(sizes):
        start = torch.randn(m, p, generator=generator) / m**0.5
        weights.append(start.to(x).requires_grad_())
        biases.append(torch.zeros(p).to(x).requires_grad_())
    losses = []
    for epoch in range(epochs):
        loss = torch.nn.functional.cross_entropy(mlp_forward(x, weights, biases)[-1], y)
        loss.backward()
        with torch.no_grad():
            for parameter in weights + biases:
                parameter -= lr * parameter.grad
                parameter.grad = None
        if epoch:
            losses.append(loss.item())
    return weights, biases, losses


@mistake("train_mlp", "Small steps of a fixed size: the learning rate is the argument `lr`.")
def train_mlp_own_lr(x, y, hidden, epochs, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    sizes = [x.shape[1], *hidden, int(y.max()) + 1]
    weights, biases = [], []
    for m, p in itertools.pairwise(sizes):
        start = torch.randn(m, p, generator=generator) / m**0.5
        weights.append(start.to(x).requires_grad_())
        biases.append(torch.zeros(p).to(x).requires_grad_())
    losses = []
    for _ in range(epochs):
        loss = torch.nn.functional.cross_entropy(mlp_forward(x, weights, biases)[-1], y)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for parameter in weights + biases:
                parameter -= 1e-4 * parameter.grad
                parameter.grad = None
    return weights, biases, losses
