"""Wrong answers of lecture 3 that we know, each with the hint it earns."""

import torch

from grader.vocabulary import mistake
from solutions.lec03_softmax import answers
from solutions.lec03_softmax.answers import log_softmax, softmax


@mistake("loss_fn_reg", "The loss is a mean: divide by the number of observations.")
def loss_fn_reg_sum(bhat, x, y):
    residual = y - x @ bhat
    return (residual**2).sum()


@mistake(
    "loss_fn_reg", "A column (n, 1) minus a vector (n,) makes an (n, n) table: compare shapes."
)
def loss_fn_reg_column_against_vector(bhat, x, y):
    return ((y - x @ bhat.reshape(-1, 1)) ** 2).mean()


@mistake("loss_fn_reg", "There is no ½ in this loss.")
def loss_fn_reg_half(bhat, x, y):
    residual = y - x @ bhat
    return 0.5 * (residual**2).mean()


@mistake("loss_fn_reg", "The loss is the mean of the squares, without a root.")
def loss_fn_reg_root(bhat, x, y):
    residual = y - x @ bhat
    return (residual**2).mean().sqrt()


@mistake("loss_fn_reg", "The residuals are squared, not taken as absolute values.")
def loss_fn_reg_absolute(bhat, x, y):
    residual = y - x @ bhat
    return residual.abs().mean()


@mistake(
    "sigmoid", "For large x both parts of the fraction overflow: exp may only see numbers ≤ 0."
)
def sigmoid_overflows(x):
    return torch.exp(x) / (1 + torch.exp(x))


@mistake("sigmoid", "Where x is large the curve goes on: clipping x leaves it flat there.")
def sigmoid_clipped(x):
    return 1 / (1 + torch.exp(-x.clamp(-10, 10)))


@mistake("sigmoid", "A larger x must give a larger probability; here it gives a smaller one.")
def sigmoid_mirrored(x):
    return 1 / (1 + torch.exp(x))


@mistake("sigmoid", "σ(−x) is 1 − σ(x): a negative x needs a branch of its own.")
def sigmoid_even(x):
    return 1 / (1 + torch.exp(-x.abs()))


@mistake("sigmoid", "That is tanh, which lives between −1 and 1.")
def sigmoid_is_tanh(x):
    return torch.tanh(x)


@mistake(
    "loss_fn_logistic",
    "Before log a probability has rounded to 0 or 1, or overflowed: write the loss in u = Xβ.",
)
def loss_fn_logistic_log_of_sigmoid(bhat, x, y):
    p = torch.sigmoid(x @ bhat)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


@mistake("loss_fn_logistic", "BCELoss cuts each logarithm off at −100; this loss goes on.")
def loss_fn_logistic_clamped(bhat, x, y):
    return torch.nn.functional.binary_cross_entropy(torch.sigmoid(x @ bhat), y)


@mistake("loss_fn_logistic", "An ε inside the logarithm shifts every loss: rewrite the formula.")
def loss_fn_logistic_epsilon(bhat, x, y):
    p = torch.sigmoid(x @ bhat)
    return -(y * (p + 1e-5).log() + (1 - y) * (1 - p + 1e-5).log()).mean()


@mistake(
    "loss_fn_logistic", "log(1 + exp u) overflows for large u: softplus or logaddexp does not."
)
def loss_fn_logistic_softplus_overflows(bhat, x, y):
    u = x @ bhat
    losses = torch.log(1 + torch.exp(u)) - y * u
    return losses.mean()


@mistake("loss_fn_logistic", "The loss is a mean: divide by the number of observations.")
def loss_fn_logistic_sum(bhat, x, y):
    u = x @ bhat
    losses = torch.nn.functional.softplus(u) - y * u
    return losses.sum()


@mistake("loss_fn_logistic", "Observations with y = 0 also have a say: log(1 − p).")
def loss_fn_logistic_positives_only(bhat, x, y):
    u = x @ bhat
    losses = y * torch.nn.functional.softplus(-u)
    return losses.mean()


@mistake("loss_fn_logistic", "A loss falls as the fit gets better: this is the log-likelihood.")
def loss_fn_logistic_sign(bhat, x, y):
    return -answers.loss_fn_logistic(bhat, x, y)


@mistake("loss_fn_logistic", "The labels are the wrong way round: y = 1 goes with log ρ.")
def loss_fn_logistic_labels_inverted(bhat, x, y):
    u = x @ bhat
    losses = torch.nn.functional.softplus(u) - (1 - y) * u
    return losses.mean()


@mistake(
    "loss_fn_logistic", "Far below 0, log(1 + exp u) is nearly 0: what do you add to it there?"
)
def loss_fn_logistic_magnitude(bhat, x, y):
    u = x @ bhat
    losses = u.abs() + torch.log1p(torch.exp(-u.abs())) - y * u
    return losses.mean()


@mistake(
    "loss_fn_logistic",
    "A bound inside the logarithm cuts the loss of a confident error off: rewrite the formula.",
)
def loss_fn_logistic_bounded(bhat, x, y):
    p = torch.sigmoid(x @ bhat).clamp(1e-7, 1 - 1e-7)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


@mistake("softmax", "exp of a large logit is inf: subtract each row's maximum first.")
def softmax_unshifted(u):
    e = torch.exp(u)
    return e / e.sum(dim=1, keepdim=True)


@mistake("softmax", "Shift each row by its own maximum; one for all sends low rows to 0/0.")
def softmax_global_shift(u):
    shifted = u - u.max()
    e = torch.exp(shifted)
    return e / e.sum(dim=1, keepdim=True)


@mistake("softmax", "Each row must sum to 1, not each column.")
def softmax_over_columns(u):
    shifted = u - u.max(dim=0, keepdim=True).values
    e = torch.exp(shifted)
    return e / e.sum(dim=0, keepdim=True)


@mistake("softmax", "The sum belongs to one row, not to the whole matrix.")
def softmax_over_everything(u):
    shifted = u - u.max()
    e = torch.exp(shifted)
    return e / e.sum()


@mistake("softmax", "Logits may be negative: take exp before you divide by the sum.")
def softmax_without_exp(u):
    return u / u.sum(dim=1, keepdim=True)


@mistake("log_softmax", "A probability that has rounded to 0 has no logarithm: never form it.")
def log_softmax_log_of_softmax(u):
    return answers.softmax(u).log()


@mistake("log_softmax", "exp of a large logit is inf: subtract each row's maximum first.")
def log_softmax_unshifted(u):
    total = u.exp().sum(dim=1, keepdim=True)
    return u - total.log()


@mistake("log_softmax", "An ε inside the logarithm shifts every value: rewrite the formula.")
def log_softmax_epsilon(u):
    return (answers.softmax(u) + 1e-5).log()


@mistake("log_softmax", "The normalisation runs over each row, not over each column.")
def log_softmax_over_columns(u):
    shifted = u - u.max(dim=0, keepdim=True).values
    total = shifted.exp().sum(dim=0, keepdim=True)
    return shifted - total.log()


@mistake("log_softmax", "Shift each row by its own maximum; one for all sends low rows to log 0.")
def log_softmax_global_shift(u):
    shifted = u - u.max()
    total = shifted.exp().sum(dim=1, keepdim=True)
    return shifted - total.log()


@mistake("log_softmax", "What is shifted away under the sum must not be subtracted a second time.")
def log_softmax_shifted_twice(u):
    top = u.max(dim=1, keepdim=True).values
    return u - top - torch.logsumexp(u, dim=1, keepdim=True)


@mistake(
    "log_softmax",
    "The shift is for the exponentials: what it takes from uⱼ must be taken there, too.",
)
def log_softmax_shifted_once(u):
    shifted = u - u.max(dim=1, keepdim=True).values
    total = shifted.exp().sum(dim=1, keepdim=True)
    return u - total.log()


@mistake("log_softmax", "The logarithm is the natural one.")
def log_softmax_in_tens(u):
    shifted = u - u.max(dim=1, keepdim=True).values
    total = shifted.exp().sum(dim=1, keepdim=True)
    return shifted - total.log10()


@mistake(
    "loss_fn_softmax", "W is (k, p): transpose it; reshaping mixes the weights of the classes."
)
def loss_fn_softmax_reshaped(w, x, y):
    logits = x @ w.reshape(x.shape[1], -1)
    terms = (y * log_softmax(logits)).sum(dim=1)
    return -terms.mean()


@mistake("loss_fn_softmax", "The mean runs over the observations, not over all n·k entries.")
def loss_fn_softmax_mean_of_entries(w, x, y):
    logits = x @ w.T
    terms = y * log_softmax(logits)
    return -terms.mean()


@mistake("loss_fn_softmax", "The loss is a mean: divide by the number of observations.")
def loss_fn_softmax_sum(w, x, y):
    logits = x @ w.T
    terms = (y * log_softmax(logits)).sum(dim=1)
    return -terms.sum()


@mistake("loss_fn_softmax", "dim=0 normalises over the observations; each row is one observation.")
def loss_fn_softmax_over_observations(w, x, y):
    logits = x @ w.T
    terms = (y * torch.log_softmax(logits, dim=0)).sum(dim=1)
    return -terms.mean()


@mistake("loss_fn_softmax", "log(softmax) is −inf or nan for large logits: use your log-softmax.")
def loss_fn_softmax_log_of_softmax(w, x, y):
    logits = x @ w.T
    terms = (y * softmax(logits).log()).sum(dim=1)
    return -terms.mean()


@mistake("loss_fn_softmax", "A loss falls as the fit gets better: this is the log-likelihood.")
def loss_fn_softmax_sign(w, x, y):
    logits = x @ w.T
    terms = (y * log_softmax(logits)).sum(dim=1)
    return terms.mean()


@mistake("loss_fn_softmax", "An ε inside the logarithm shifts every loss: use your log-softmax.")
def loss_fn_softmax_epsilon(w, x, y):
    logits = x @ w.T
    terms = (y * (softmax(logits) + 1e-5).log()).sum(dim=1)
    return -terms.mean()


@mistake("cross_entropy", "The loss is a mean: divide by the number of observations.")
def cross_entropy_sum(logits, labels):
    picked = log_softmax(logits).gather(1, labels[:, None])
    return -picked.sum()


@mistake("cross_entropy", "Take one entry per row: [:, labels] takes every label from every row.")
def cross_entropy_all_pairs(logits, labels):
    picked = log_softmax(logits)[:, labels]
    return -picked.mean()


@mistake("cross_entropy", "The logits are no probabilities yet, and softmax is applied only once.")
def cross_entropy_softmax_twice(logits, labels):
    picked = log_softmax(softmax(logits)).gather(1, labels[:, None])
    return -picked.mean()


@mistake("cross_entropy", "log(softmax) is −inf where a probability rounds to 0: use log-softmax.")
def cross_entropy_log_of_softmax(logits, labels):
    picked = softmax(logits).log().gather(1, labels[:, None])
    return -picked.mean()


@mistake(
    "cross_entropy",
    "Large logits: which exp becomes inf, or which probability rounds to 0 before its log?",
)
def cross_entropy_unshifted(logits, labels):
    return (logits.exp().sum(dim=1, keepdim=True).log() - logits.gather(1, labels[:, None])).mean()


@mistake("cross_entropy", "The loss needs the logarithm of the probability, not 1 − probability.")
def cross_entropy_without_log(logits, labels):
    return (1 - answers.softmax(logits).gather(1, labels[:, None])).mean()


@mistake("cross_entropy", "A loss falls as the fit gets better: this is the log-likelihood.")
def cross_entropy_sign(logits, labels):
    picked = log_softmax(logits).gather(1, labels[:, None])
    return picked.mean()


@mistake("cross_entropy", "log₂ counts bits; the loss is in nats, with the natural logarithm.")
def cross_entropy_in_bits(logits, labels):
    return answers.cross_entropy(logits, labels) / torch.log(logits.new_tensor(2.0))


@mistake("cross_entropy", "An ε inside the logarithm shifts every loss: use your log-softmax.")
def cross_entropy_epsilon(logits, labels):
    picked = (softmax(logits) + 1e-5).log().gather(1, labels[:, None])
    return -picked.mean()


@mistake("cross_entropy", "The mean divides by n, the number of rows, not by that of the classes.")
def cross_entropy_by_classes(logits, labels):
    picked = log_softmax(logits).gather(1, labels[:, None])
    return -picked.sum() / logits.shape[1]


@mistake("cross_entropy_grad", "The loss is a mean over n observations: where is the 1/n?")
def cross_entropy_grad_of_the_sum(logits, labels):
    onehot = torch.nn.functional.one_hot(labels, logits.shape[1])
    difference = softmax(logits) - onehot
    return difference


@mistake("cross_entropy_grad", "The mean divides by n, the number of rows, not by all n·k entries.")
def cross_entropy_grad_by_entries(logits, labels):
    onehot = torch.nn.functional.one_hot(labels, logits.shape[1])
    difference = softmax(logits) - onehot
    return difference / logits.numel()


@mistake("cross_entropy_grad", "Check the sign: raising the label's own logit lowers the loss.")
def cross_entropy_grad_sign(logits, labels):
    onehot = torch.nn.functional.one_hot(labels, logits.shape[1])
    difference = softmax(logits) - onehot
    return -difference / len(labels)


@mistake(
    "cross_entropy_grad",
    "The label's entry lacks something: its logit stands in two terms of the loss.",
)
def cross_entropy_grad_without_one_hot(logits, labels):
    difference = softmax(logits)
    return difference / len(labels)


@mistake(
    "cross_entropy_grad", "[:, labels] touches the labels of all rows; take one entry per row."
)
def cross_entropy_grad_all_pairs(logits, labels):
    difference = softmax(logits)
    difference[:, labels] -= 1
    return difference / len(labels)


@mistake("cross_entropy_grad", "That is the slope of the label's term alone: logits share a sum.")
def cross_entropy_grad_label_only(logits, labels):
    onehot = torch.nn.functional.one_hot(labels, logits.shape[1])
    return answers.cross_entropy_grad(logits, labels) * onehot


@mistake(
    "cross_entropy_grad", "exp of a large logit overflows: shift each row by its largest first."
)
def cross_entropy_grad_overflows(logits, labels):
    onehot = torch.nn.functional.one_hot(labels, logits.shape[1])
    p = torch.exp(logits) / torch.exp(logits).sum(dim=1, keepdim=True)
    return (p - onehot) / len(labels)


@mistake(
    "cross_entropy_grad", "One shift for all rows underflows in the smaller ones: each its own."
)
def cross_entropy_grad_global_shift(logits, labels):
    onehot = torch.nn.functional.one_hot(labels, logits.shape[1])
    e = torch.exp(logits - logits.max())
    return (e / e.sum(dim=1, keepdim=True) - onehot) / len(labels)


@mistake(
    "cross_entropy_grad", "The mean divides by n, the number of rows, not by that of the classes."
)
def cross_entropy_grad_by_classes(logits, labels):
    onehot = torch.nn.functional.one_hot(labels, logits.shape[1])
    difference = softmax(logits) - onehot
    return difference / logits.shape[1]


@mistake("soft_cross_entropy", "A target is a whole distribution: its argmax forgets the rest.")
def soft_cross_entropy_hard_labels(logits, targets):
    return answers.cross_entropy(logits, targets.argmax(dim=1))


@mistake("soft_cross_entropy", "The mean runs over the observations, not over all n·k entries.")
def soft_cross_entropy_mean_of_entries(logits, targets):
    terms = targets * log_softmax(logits)
    return -terms.mean()


@mistake("soft_cross_entropy", "The loss is a mean: divide by the number of observations.")
def soft_cross_entropy_sum(logits, targets):
    terms = (targets * log_softmax(logits)).sum(dim=1)
    return -terms.sum()


@mistake("soft_cross_entropy", "That is the divergence: the entropy of the targets stays in.")
def soft_cross_entropy_is_kl(logits, targets):
    entropy = -torch.xlogy(targets, targets).sum(dim=1).mean()
    return answers.soft_cross_entropy(logits, targets) - entropy


@mistake(
    "soft_cross_entropy",
    "Large logits: which exp becomes inf, or which probability rounds to 0 before its log?",
)
def soft_cross_entropy_log_of_softmax(logits, targets):
    terms = (targets * softmax(logits).log()).sum(dim=1)
    return -terms.mean()


@mistake("soft_cross_entropy", "The targets weigh the model's log-probabilities, not the reverse.")
def soft_cross_entropy_swapped(logits, targets):
    weights = answers.softmax(logits)
    return -(weights * targets.clamp(min=1e-12).log()).sum(dim=1).mean()


@mistake("soft_cross_entropy", "An ε inside the logarithm shifts every loss: use your log-softmax.")
def soft_cross_entropy_epsilon(logits, targets):
    terms = (targets * (softmax(logits) + 1e-5).log()).sum(dim=1)
    return -terms.mean()


@mistake("accuracy", "A share lies between 0 and 1: divide the hits by the number of rows.")
def accuracy_counts(logits, labels):
    hits = logits.argmax(dim=1) == labels
    return hits.float().sum().item()


@mistake("accuracy", "That is the share of errors.")
def accuracy_is_error_rate(logits, labels):
    hits = logits.argmax(dim=1) != labels
    return hits.float().mean().item()


@mistake("accuracy", "A share lies between 0 and 1, not between 0 and 100.")
def accuracy_in_percent(logits, labels):
    hits = logits.argmax(dim=1) == labels
    return 100 * hits.float().mean().item()


@mistake("accuracy", "A row counts as a whole: compare classes, not one-hot entries.")
def accuracy_of_one_hot_entries(logits, labels):
    k = logits.shape[1]
    one_hot = torch.nn.functional.one_hot
    return (one_hot(logits.argmax(dim=1), k) == one_hot(labels, k)).float().mean().item()


@mistake("accuracy", "The model chooses the class with the largest logit.")
def accuracy_of_the_smallest(logits, labels):
    hits = logits.argmin(dim=1) == labels
    return hits.float().mean().item()


@mistake(
    "accuracy", "Each row has a largest logit of its own: that is the place of the largest of all."
)
def accuracy_of_the_whole(logits, labels):
    hits = logits.argmax() == labels
    return hits.float().mean().item()


@mistake("logdet_grad", "Almost: compare entry (1, 2) with (2, 1).")
def logdet_grad_not_transposed(x):
    return torch.linalg.inv(x)


@mistake("logdet_grad", "That is the gradient of det X; the logarithm divides it by det X.")
def logdet_grad_of_det(x):
    return torch.linalg.det(x) * torch.linalg.inv(x.T)


@mistake("logdet_grad", "1/X is not the inverse: matrices are not inverted entry by entry.")
def logdet_grad_entrywise(x):
    return 1 / x.T


@mistake("logdet_grad", "Only the diagonal is there; every entry of X moves the determinant.")
def logdet_grad_diagonal_only(x):
    return torch.diag(torch.diag(torch.linalg.inv(x)))


@mistake("quadratic_grad", "A is not symmetric: x stands on its left, too, and not only there.")
def quadratic_grad_symmetric(x, a):
    return 2 * (a @ x)


@mistake("quadratic_grad", "x occurs twice in xᵀA x: differentiate by each, and add.")
def quadratic_grad_one_side(x, a):
    return a @ x


@mistake("quadratic_grad", "A is not symmetric: x stands on its right, too, and not only there.")
def quadratic_grad_transposed(x, a):
    return 2 * (a.T @ x)


@mistake("quadratic_grad", "There is no ½ before xᵀA x.")
def quadratic_grad_half(x, a):
    return 0.5 * (a + a.T) @ x


@mistake("quadratic_grad", "x occurs twice in xᵀA x: differentiate by each, and add.")
def quadratic_grad_other_side(x, a):
    return a.T @ x


@mistake("accumulated_grad", "Nothing is cleared between the passes: what does grad do with them?")
def accumulated_grad_last_only(f, x, times):
    leaf = x.detach().requires_grad_()
    for _ in range(times):
        leaf.grad = None
        f(leaf).backward()
    return leaf.grad


@mistake("accumulated_grad", "Count the passes: how many does range give you?")
def accumulated_grad_one_too_many(f, x, times):
    leaf = x.detach().requires_grad_()
    for _ in range(times + 1):
        f(leaf).backward()
    return leaf.grad


@mistake("accumulated_grad", "The passes add up; each adds the same, whatever came before.")
def accumulated_grad_doubling(f, x, times):
    leaf = x.detach().requires_grad_()
    for _ in range(times):
        f(leaf).backward()
        leaf.grad = 2 * leaf.grad
    return leaf.grad


@mistake(
    "accumulated_grad", "Work on a leaf copy of your own: the caller's tensor stays as it was."
)
def accumulated_grad_on_the_argument(f, x, times):
    x.requires_grad_()
    for _ in range(times):
        f(x).backward()
    return x.grad


@mistake("detached_product_grad", "u is a constant here: its own dependence on x has been cut.")
def detached_product_grad_not_detached(x):
    leaf = x.detach().requires_grad_()
    u = leaf**2
    (u * leaf).sum().backward()
    return leaf.grad


@mistake(
    "detached_product_grad", "It is x that is differentiated, and u that is cut off: not both ways."
)
def detached_product_grad_other_factor(x):
    leaf = x.detach().requires_grad_()
    u = leaf**2
    (u * leaf.detach()).sum().backward()
    return leaf.grad


@mistake("detached_product_grad", "What is summed is u x; this is the gradient of Σ u² or of Σ u.")
def detached_product_grad_of_u(x):
    return 2 * x


@mistake("detached_product_grad", "A sum, not a mean: each entry has its full slope.")
def detached_product_grad_mean(x):
    leaf = x.detach().requires_grad_()
    u = (leaf**2).detach()
    (u * leaf).mean().backward()
    return leaf.grad


@mistake(
    "detached_product_grad", "Work on a leaf copy of your own: the caller's tensor stays as it was."
)
def detached_product_grad_on_the_argument(x):
    x.requires_grad_()
    u = (x**2).detach()
    (u * x).sum().backward()
    return x.grad


@mistake("jacobian_rows", "A row for each output, a column for each input: yours lies on its side.")
def jacobian_rows_transposed(f, x):
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    rows = [torch.autograd.grad(y_i, leaf, retain_graph=True)[0] for y_i in y]
    return torch.stack(rows, dim=1)


@mistake("jacobian_rows", "The rows add up: clear the gradient before the next output's pass.")
def jacobian_rows_not_cleared(f, x):
    leaf = x.detach().requires_grad_()
    y, rows = f(leaf), []
    for y_i in y:
        y_i.backward(retain_graph=True)
        rows.append(leaf.grad.clone())
    return torch.stack(rows)


@mistake("jacobian_rows", "All rows are the last one: keep a copy of grad before it is cleared.")
def jacobian_rows_same_storage(f, x):
    leaf = x.detach().requires_grad_()
    leaf.grad = torch.zeros_like(leaf)
    y, rows = f(leaf), []
    for y_i in y:
        leaf.grad.zero_()
        y_i.backward(retain_graph=True)
        rows.append(leaf.grad)
    return torch.stack(rows)


@mistake("jacobian_rows", "One pass for each output: the gradient of their sum mixes the rows.")
def jacobian_rows_of_the_sum(f, x):
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    return torch.autograd.grad(y.sum(), leaf)[0].expand(len(y), len(x))


@mistake("jacobian_rows", "The rows need an axis of their own: stack them, one below the other.")
def jacobian_rows_in_a_row(f, x):
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    rows = [torch.autograd.grad(y_i, leaf, retain_graph=True)[0] for y_i in y]
    return torch.cat(rows)


@mistake("control_flow_grad", "Only results that are not positive are multiplied by 100.")
def control_flow_grad_always_times_100(a):
    leaf = a.detach().requires_grad_()
    b = 2 * leaf
    while b.abs() < 1000:
        b = 2 * b
    value = 100 * b
    value.backward()
    return value, leaf.grad


@mistake("control_flow_grad", "What of the branch for results that are not positive?")
def control_flow_grad_no_branch(a):
    leaf = a.detach().requires_grad_()
    b = 2 * leaf
    while b.abs() < 1000:
        b = 2 * b
    value = b
    value.backward()
    return value, leaf.grad


@mistake("control_flow_grad", "The loop looks at the size of b, whatever its sign.")
def control_flow_grad_signed_loop(a):
    leaf = a.detach().requires_grad_()
    b = 2 * leaf
    while 0 < b < 1000:
        b = 2 * b
    value = b if b > 0 else 100 * b
    value.backward()
    return value, leaf.grad


@mistake("control_flow_grad", "b begins at twice a.")
def control_flow_grad_begins_at_a(a):
    leaf = a.detach().requires_grad_()
    b = 1 * leaf
    while b.abs() < 1000:
        b = 2 * b
    value = b if b > 0 else 100 * b
    value.backward()
    return value, leaf.grad


@mistake("control_flow_grad", "At 1,000 the doubling is over: look at what the loop compares.")
def control_flow_grad_at_most(a):
    leaf = a.detach().requires_grad_()
    b = 2 * leaf
    while b.abs() <= 1000:
        b = 2 * b
    value = b if b > 0 else 100 * b
    value.backward()
    return value, leaf.grad


@mistake("control_flow_grad", "The value comes first, then the slope.")
def control_flow_grad_swapped(a):
    value, slope = answers.control_flow_grad(a)
    return slope, value
