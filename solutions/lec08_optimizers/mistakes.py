"""Wrong answers of lecture 8 that we know, each with the hint it earns."""

import torch
from torch import nn

from grader.vocabulary import mistake
from solutions.lec08_optimizers import answers


@mistake("gd_step", "Step against the gradient: minus, not plus.")
def gd_uphill(theta, grad, lr):
    return theta + lr * grad


@mistake("gd_step", "The learning rate is missing.")
def gd_without_rate(theta, grad, lr):
    return theta - grad


@mistake("gd_step", "The gradient enters with its own length: nothing is divided by its norm.")
def gd_normalised(theta, grad, lr):
    return theta - lr * grad / grad.norm()


@mistake("gd_step", "`-=` changes theta itself; return a new tensor.")
def gd_in_place(theta, grad, lr):
    theta -= lr * grad
    return theta


@mistake("gd_step", "Return the new θ: this is the step alone.")
def gd_step_alone(theta, grad, lr):
    return -lr * grad


@mistake("newton_step", "Return the new θ: this is the step alone.")
def newton_step_alone(theta, grad, hess):
    return -torch.linalg.solve(hess, grad)


@mistake("newton_step", "H⁻¹g is a product with the inverse matrix, not a division entry by entry.")
def newton_diagonal_only(theta, grad, hess):
    return theta - grad / torch.diagonal(hess)


@mistake("newton_step", "The gradient is multiplied by the inverse of H, not by H.")
def newton_not_inverted(theta, grad, hess):
    return theta - hess @ grad


@mistake("newton_step", "Step against the gradient: minus, not plus.")
def newton_uphill(theta, grad, hess):
    return theta + torch.linalg.solve(hess, grad)


@mistake("is_robbins_monro", "The squares must have a finite sum, too: does Σ 1/k converge?")
def robbins_half_included(power):
    return 0.5 <= power <= 1


@mistake("is_robbins_monro", "At power 1 the harmonic sum still diverges.")
def robbins_one_excluded(power):
    return 0.5 < power < 1


@mistake("is_robbins_monro", "Look near both ends: sums of some thousand terms do not tell limits.")
def robbins_partial_sums(power):
    steps = torch.arange(1, 10_001, dtype=torch.float64) ** -power
    return bool(steps.sum() > 6 and (steps**2).sum() < 6)


@mistake("is_robbins_monro", "Steps that shrink too fast never arrive: their sum must be infinite.")
def robbins_squares_only(power):
    return 0.5 < power <= float("inf")


@mistake("is_robbins_monro", "Steps that shrink too slowly never calm down: look at their squares.")
def robbins_sum_only(power):
    return power <= 1


@mistake("momentum_step", "The velocity is not remembered: return it in the state.")
def momentum_forgotten(theta, grad, state, lr, mu):
    theta, _ = answers.momentum_step(theta, grad, state, lr, mu)
    return theta, {}


@mistake("momentum_step", "That is Nesterov's variant: here θ moves by the velocity alone.")
def momentum_nesterov(theta, grad, state, lr, mu):
    _, state = answers.momentum_step(theta, grad, state, lr, mu)
    return theta - lr * (grad + mu * state["v"]), state


@mistake("momentum_step", "μ weighs the old velocity alone, not the new gradient.")
def momentum_weighs_gradient(theta, grad, state, lr, mu):
    v = mu * (state.get("v", torch.zeros_like(grad)) + grad)
    return theta - lr * v, {"v": v}


@mistake("momentum_step", "Look at where the velocity starts: without a state it is zero.")
def momentum_starts_at_gradient(theta, grad, state, lr, mu):
    v = mu * state.get("v", grad) + grad
    return theta - lr * v, {"v": v}


@mistake("momentum_step", "The gradient enters the velocity whole, not with the factor 1 − μ.")
def momentum_averaged(theta, grad, state, lr, mu):
    v = mu * state.get("v", torch.zeros_like(grad)) + (1 - mu) * grad
    return theta - lr * v, {"v": v}


@mistake("momentum_step", "The learning rate is no part of the velocity: v ← μv + g.")
def momentum_rate_in_velocity(theta, grad, state, lr, mu):
    v = mu * state.get("v", torch.zeros_like(grad)) + lr * grad
    return theta - v, {"v": v}


@mistake("momentum_step", "Update the velocity first, then move by the new one.")
def momentum_old_velocity(theta, grad, state, lr, mu):
    v = state.get("v", torch.zeros_like(grad))
    return theta - lr * v, {"v": mu * v + grad}


@mistake("momentum_step", "theta is changed in place; return a new tensor.")
def momentum_in_place(theta, grad, state, lr, mu):
    moved, state = answers.momentum_step(theta, grad, state, lr, mu)
    theta.copy_(moved)
    return theta, state


@mistake("adagrad_step", "The squares add up over all steps: keep G in the state.")
def adagrad_forgets(theta, grad, state, lr, eps):
    total = state.get("G", torch.zeros_like(grad)) + grad**2
    return theta - lr * grad / torch.sqrt(total + eps), {}


@mistake("adagrad_step", "ε stands inside the root here, unlike PyTorch's.")
def adagrad_eps_outside(theta, grad, state, lr, eps):
    total = state.get("G", torch.zeros_like(grad)) + grad**2
    return theta - lr * grad / (torch.sqrt(total) + eps), {"G": total}


@mistake("adagrad_step", "Divide by the root of G, not by G.")
def adagrad_no_root(theta, grad, state, lr, eps):
    total = state.get("G", torch.zeros_like(grad)) + grad**2
    return theta - lr * grad / (total + eps), {"G": total}


@mistake("adagrad_step", "Add g² to G before the step: the present gradient counts.")
def adagrad_old_sum(theta, grad, state, lr, eps):
    total = state.get("G", torch.zeros_like(grad))
    return theta - lr * grad / torch.sqrt(total + eps), {"G": total + grad**2}


@mistake("adagrad_step", "G holds squares; gradients of both signs would cancel.")
def adagrad_unsquared(theta, grad, state, lr, eps):
    total = state.get("G", torch.zeros_like(grad)) + grad
    return theta - lr * grad / torch.sqrt(total.abs() + eps), {"G": total}


@mistake("adagrad_step", "G adds up squares; these are absolute values.")
def adagrad_absolute(theta, grad, state, lr, eps):
    total = state.get("G", torch.zeros_like(grad)) + grad.abs()
    return theta - lr * grad / torch.sqrt(total + eps), {"G": total}


@mistake("adagrad_step", "Each entry of θ has a G of its own; this is one number for all entries.")
def adagrad_one_sum(theta, grad, state, lr, eps):
    total = state.get("G", torch.zeros_like(grad)) + (grad**2).sum()
    return theta - lr * grad / torch.sqrt(total + eps), {"G": total}


@mistake("adagrad_step", "ε is added once, under the root; it does not pile up in G.")
def adagrad_eps_piles_up(theta, grad, state, lr, eps):
    total = state.get("G", torch.zeros_like(grad)) + grad**2 + eps
    return theta - lr * grad / torch.sqrt(total), {"G": total}


@mistake("rmsprop_step", "γ is the share of the old average, 1 − γ that of the new square.")
def rmsprop_shares_swapped(theta, grad, state, lr, gamma, eps):
    average = (1 - gamma) * state.get("G", torch.zeros_like(grad)) + gamma * grad**2
    return theta - lr * grad / torch.sqrt(average + eps), {"G": average}


@mistake("rmsprop_step", "ε stands inside the root here, unlike PyTorch's.")
def rmsprop_eps_outside(theta, grad, state, lr, gamma, eps):
    average = gamma * state.get("G", torch.zeros_like(grad)) + (1 - gamma) * grad**2
    return theta - lr * grad / (torch.sqrt(average) + eps), {"G": average}


@mistake("rmsprop_step", "The new square enters with the factor 1 − γ.")
def rmsprop_unweighted(theta, grad, state, lr, gamma, eps):
    average = gamma * state.get("G", torch.zeros_like(grad)) + grad**2
    return theta - lr * grad / torch.sqrt(average + eps), {"G": average}


@mistake("rmsprop_step", "The average starts at zero, not at the first square.")
def rmsprop_starts_at_square(theta, grad, state, lr, gamma, eps):
    average = gamma * state.get("G", grad**2) + (1 - gamma) * grad**2
    return theta - lr * grad / torch.sqrt(average + eps), {"G": average}


@mistake("rmsprop_step", "RMSprop has no bias correction; that is Adam's.")
def rmsprop_bias_corrected(theta, grad, state, lr, gamma, eps):
    k = state.get("k", 0) + 1
    _, state = answers.rmsprop_step(theta, grad, state, lr, gamma, eps)
    corrected = state["G"] / (1 - gamma**k)
    return theta - lr * grad / torch.sqrt(corrected + eps), {**state, "k": k}


@mistake("rmsprop_step", "The average is not remembered: return it in the state.")
def rmsprop_forgets(theta, grad, state, lr, gamma, eps):
    average = gamma * state.get("G", torch.zeros_like(grad)) + (1 - gamma) * grad**2
    return theta - lr * grad / torch.sqrt(average + eps), {}


@mistake("rmsprop_step", "Average g² before the step: the present gradient counts.")
def rmsprop_old_average(theta, grad, state, lr, gamma, eps):
    average = state.get("G", torch.zeros_like(grad))
    moved = theta - lr * grad / torch.sqrt(average + eps)
    return moved, {"G": gamma * average + (1 - gamma) * grad**2}


@mistake("rmsprop_step", "Divide by the root of G, not by G.")
def rmsprop_no_root(theta, grad, state, lr, gamma, eps):
    average = gamma * state.get("G", torch.zeros_like(grad)) + (1 - gamma) * grad**2
    return theta - lr * grad / (average + eps), {"G": average}


@mistake("rmsprop_step", "G averages squares; these are absolute values.")
def rmsprop_absolute(theta, grad, state, lr, gamma, eps):
    average = gamma * state.get("G", torch.zeros_like(grad)) + (1 - gamma) * grad.abs()
    return theta - lr * grad / torch.sqrt(average + eps), {"G": average}


@mistake("adadelta_step", "Δθ uses the old D; update D afterwards.")
def adadelta_new_size(theta, grad, state, gamma, eps):
    _, new = answers.adadelta_step(theta, grad, state, gamma, eps)
    delta = -torch.sqrt(new["D"] + eps) / torch.sqrt(new["G"] + eps) * grad
    return theta + delta, new


@mistake("adadelta_step", "ε stands inside both roots.")
def adadelta_eps_outside(theta, grad, state, gamma, eps):
    zero = torch.zeros_like(grad)
    average = gamma * state.get("G", zero) + (1 - gamma) * grad**2
    size = state.get("D", zero)
    delta = -(torch.sqrt(size) + eps) / (torch.sqrt(average) + eps) * grad
    return theta + delta, {"G": average, "D": gamma * size + (1 - gamma) * delta**2}


@mistake("adadelta_step", "D averages the squares of the steps Δθ, not of the gradients.")
def adadelta_size_of_gradients(theta, grad, state, gamma, eps):
    zero = torch.zeros_like(grad)
    average = gamma * state.get("G", zero) + (1 - gamma) * grad**2
    size = state.get("D", zero)
    delta = -torch.sqrt(size + eps) / torch.sqrt(average + eps) * grad
    return theta + delta, {"G": average, "D": average}


@mistake("adadelta_step", "D is not remembered: return it in the state.")
def adadelta_forgets_size(theta, grad, state, gamma, eps):
    zero = torch.zeros_like(grad)
    average = gamma * state.get("G", zero) + (1 - gamma) * grad**2
    size = state.get("D", zero)
    delta = -torch.sqrt(size + eps) / torch.sqrt(average + eps) * grad
    return theta + delta, {"G": average}


@mistake("adadelta_step", "γ is the share of the old D, 1 − γ that of the new square.")
def adadelta_size_shares_swapped(theta, grad, state, gamma, eps):
    zero = torch.zeros_like(grad)
    average = gamma * state.get("G", zero) + (1 - gamma) * grad**2
    size = state.get("D", zero)
    delta = -torch.sqrt(size + eps) / torch.sqrt(average + eps) * grad
    return theta + delta, {"G": average, "D": (1 - gamma) * size + gamma * delta**2}


@mistake("adadelta_step", "γ is the share of the old G, 1 − γ that of the new square.")
def adadelta_average_shares_swapped(theta, grad, state, gamma, eps):
    zero = torch.zeros_like(grad)
    average = (1 - gamma) * state.get("G", zero) + gamma * grad**2
    size = state.get("D", zero)
    delta = -torch.sqrt(size + eps) / torch.sqrt(average + eps) * grad
    return theta + delta, {"G": average, "D": gamma * size + (1 - gamma) * delta**2}


@mistake("adadelta_step", "D averages squares; these are absolute values.")
def adadelta_absolute_size(theta, grad, state, gamma, eps):
    zero = torch.zeros_like(grad)
    average = gamma * state.get("G", zero) + (1 - gamma) * grad**2
    size = state.get("D", zero)
    delta = -torch.sqrt(size + eps) / torch.sqrt(average + eps) * grad
    return theta + delta, {"G": average, "D": gamma * size + (1 - gamma) * delta.abs()}


@mistake("adadelta_step", "The step is the ratio of two roots: the numerator is √(D + ε).")
def adadelta_no_root_above(theta, grad, state, gamma, eps):
    zero = torch.zeros_like(grad)
    average = gamma * state.get("G", zero) + (1 - gamma) * grad**2
    size = state.get("D", zero)
    delta = -(size + eps) / torch.sqrt(average + eps) * grad
    return theta + delta, {"G": average, "D": gamma * size + (1 - gamma) * delta**2}


@mistake("adam_step", "Bias correction is missing: what is m after step 1, if it began at 0?")
def adam_uncorrected(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = state.get("k", 0) + 1
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    m_hat = m
    v_hat = v
    return theta - lr * m_hat / torch.sqrt(v_hat + eps), {"k": k, "m": m, "v": v}


@mistake("adam_step", "ε stands inside the root here, unlike PyTorch's.")
def adam_eps_outside(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = state.get("k", 0) + 1
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**k)
    v_hat = v / (1 - beta2**k)
    return theta - lr * m_hat / (torch.sqrt(v_hat) + eps), {"k": k, "m": m, "v": v}


@mistake("adam_step", "The step is not counted: every correction is that of step 1.")
def adam_step_not_counted(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = 1
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**k)
    v_hat = v / (1 - beta2**k)
    return theta - lr * m_hat / torch.sqrt(v_hat + eps), {"k": k, "m": m, "v": v}


@mistake("adam_step", "The first step is k = 1: the count is one ahead.")
def adam_count_ahead(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = state.get("k", 1) + 1
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**k)
    v_hat = v / (1 - beta2**k)
    return theta - lr * m_hat / torch.sqrt(v_hat + eps), {"k": k, "m": m, "v": v}


@mistake("adam_step", "βᵏ is a power, not the product β·k.")
def adam_product_for_power(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = state.get("k", 0) + 1
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1 * k)
    v_hat = v / (1 - beta2 * k)
    return theta - lr * m_hat / torch.sqrt(v_hat.abs() + eps), {"k": k, "m": m, "v": v}


@mistake("adam_step", "β₁ belongs to the gradients, β₂ to their squares.")
def adam_betas_swapped(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = state.get("k", 0) + 1
    m = beta2 * state.get("m", zero) + (1 - beta2) * grad
    v = beta1 * state.get("v", zero) + (1 - beta1) * grad**2
    m_hat = m / (1 - beta2**k)
    v_hat = v / (1 - beta1**k)
    return theta - lr * m_hat / torch.sqrt(v_hat + eps), {"k": k, "m": m, "v": v}


@mistake("adam_step", "v averages the squares of the gradients.")
def adam_v_unsquared(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = state.get("k", 0) + 1
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad.abs()
    m_hat = m / (1 - beta1**k)
    v_hat = v / (1 - beta2**k)
    return theta - lr * m_hat / torch.sqrt(v_hat + eps), {"k": k, "m": m, "v": v}


@mistake("adam_step", "ε is added to the corrected v, not to v before its correction.")
def adam_eps_before_correction(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = state.get("k", 0) + 1
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**k)
    v_hat = (v + eps) / (1 - beta2**k)
    return theta - lr * m_hat / torch.sqrt(v_hat), {"k": k, "m": m, "v": v}


@mistake("adam_step", "m and v are in each other's place in the step.")
def adam_m_and_v_exchanged(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = state.get("k", 0) + 1
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**k)
    v_hat = v / (1 - beta2**k)
    return theta - lr * v_hat / torch.sqrt(m_hat.abs() + eps), {"k": k, "m": m, "v": v}


@mistake(
    "adam_step", "The step uses the old averages: m and v come first, with the present gradient."
)
def adam_old_averages(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = state.get("k", 0) + 1
    m, v = state.get("m", zero), state.get("v", zero)
    m_hat, v_hat = m / (1 - beta1**k), v / (1 - beta2**k)
    state = {
        "k": k,
        "m": beta1 * m + (1 - beta1) * grad,
        "v": beta2 * v + (1 - beta2) * grad**2,
    }
    return theta - lr * m_hat / torch.sqrt(v_hat + eps), state


@mistake("adam_step", "Every entry is NaN: what is 1 − βᵏ in your first step?")
def adam_count_from_zero(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = state.get("k", 0)
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**k)
    v_hat = v / (1 - beta2**k)
    return theta - lr * m_hat / torch.sqrt(v_hat + eps), {"k": k + 1, "m": m, "v": v}


@mistake("adam_step", "The correction is for the step only; m and v are kept uncorrected.")
def adam_keeps_corrected(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = state.get("k", 0) + 1
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**k)
    v_hat = v / (1 - beta2**k)
    return theta - lr * m_hat / torch.sqrt(v_hat + eps), {"k": k, "m": m_hat, "v": v_hat}


class OwnStep(answers.Adam):
    """Adam whose `move` a mistake replaces."""

    def move(self, p, group):
        beta1, beta2 = group["betas"]
        settings = group["lr"], beta1, beta2, group["eps"]
        moved, self.state[p] = answers.adam_step(p, p.grad, self.state[p], *settings)
        p.copy_(moved)

    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        with torch.no_grad():
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        self.move(p, group)
        return loss


@mistake("Adam", "Each group has settings of its own: read them from the group at every step.")
class AdamDefaultsOnly(OwnStep):
    def move(self, p, group):
        super().move(p, {**group, **self.defaults})


@mistake("Adam", "Steps are counted for each parameter: one without a gradient does not count.")
class AdamCountsForAll(answers.Adam):
    def step(self, closure=None):
        self.count = getattr(self, "count", -1) + 1
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p]["k"] = self.count
        return super().step(closure)


@mistake("Adam", "A missing gradient is no gradient of zero: skip that parameter.")
class AdamMissingIsZero(answers.Adam):
    def step(self, closure=None):
        params = [p for group in self.param_groups for p in group["params"]]
        missing = [p for p in params if p.grad is None and closure is None]
        for p in missing:
            p.grad = torch.zeros_like(p)
        loss = super().step(closure)
        for p in missing:
            p.grad = None
        return loss


@mistake("Adam", "Return the closure's loss.")
class AdamLosesLoss(answers.Adam):
    def step(self, closure=None):
        super().step(closure)


@mistake("Adam", "Call the closure: it computes the gradients that the step needs.")
class AdamIgnoresClosure(answers.Adam):
    def step(self, closure=None):
        return super().step()


@mistake("Adam", "ε stands inside the root here, unlike PyTorch's.")
class AdamEpsOutside(OwnStep):
    def move(self, p, group):
        before, (beta1, beta2) = p.clone(), group["betas"]
        super().move(p, group)
        k, m, v = (self.state[p][name] for name in "kmv")
        root = torch.sqrt(v / (1 - beta2**k)) + group["eps"]
        p.copy_(before - group["lr"] * m / (1 - beta1**k) / root)


@mistake("Adam", "Bias correction is missing: what is m after step 1, if it began at 0?")
class AdamUncorrected(OwnStep):
    def move(self, p, group):
        before = p.clone()
        super().move(p, group)
        m, v = self.state[p]["m"], self.state[p]["v"]
        p.copy_(before - group["lr"] * m / torch.sqrt(v + group["eps"]))


@mistake("Adam", "The state is kept for each parameter, in self.state[p], from step to step.")
class AdamForgets(OwnStep):
    def move(self, p, group):
        self.state[p] = {}
        super().move(p, group)


@mistake("Adam", "The gradients are the caller's: clearing them is what zero_grad is for.")
class AdamClearsGradients(answers.Adam):
    def step(self, closure=None):
        loss = super().step(closure)
        self.zero_grad()
        return loss


@mistake("train_xor", "The hidden layer's activation is softplus.")
def xor_relu(optimizer_class, epochs, lr, seed):
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(2, 5), nn.ReLU(), nn.Linear(5, 1), nn.Sigmoid())
    optimizer = optimizer_class(net.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.binary_cross_entropy(net(x), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


@mistake("train_xor", "The loss is the mean binary cross-entropy, not the squared error.")
def xor_squared_error(optimizer_class, epochs, lr, seed):
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(2, 5), nn.Softplus(), nn.Linear(5, 1), nn.Sigmoid())
    optimizer = optimizer_class(net.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.mse_loss(net(x), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


@mistake("train_xor", "The loss is a mean over the four points, not their sum.")
def xor_sum(optimizer_class, epochs, lr, seed):
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(2, 5), nn.Softplus(), nn.Linear(5, 1), nn.Sigmoid())
    optimizer = optimizer_class(net.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.binary_cross_entropy(net(x), y, reduction="sum")
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


@mistake("train_xor", "Clear the gradients in every epoch; backward adds to them.")
def xor_gradients_pile_up(optimizer_class, epochs, lr, seed):
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(2, 5), nn.Softplus(), nn.Linear(5, 1), nn.Sigmoid())
    optimizer = optimizer_class(net.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.binary_cross_entropy(net(x), y)
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    return losses


@mistake("train_xor", "One sigmoid is enough: this loss applies it by itself.")
def xor_two_sigmoids(optimizer_class, epochs, lr, seed):
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(2, 5), nn.Softplus(), nn.Linear(5, 1), nn.Sigmoid())
    optimizer = optimizer_class(net.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


@mistake("train_xor", "Record the loss before the step: the first one belongs to the start.")
def xor_loss_after_step(optimizer_class, epochs, lr, seed):
    return answers.train_xor(optimizer_class, epochs + 1, lr, seed)[1:]


@mistake("train_xor", "Make the layers in the order of the forward pass: the draws depend on it.")
def xor_last_layer_first(optimizer_class, epochs, lr, seed):
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    torch.manual_seed(seed)
    second, first = nn.Linear(5, 1), nn.Linear(2, 5)
    optimizer = optimizer_class([*first.parameters(), *second.parameters()], lr=lr)
    losses = []
    for _ in range(epochs):
        p = torch.sigmoid(second(nn.functional.softplus(first(x))))
        loss = nn.functional.binary_cross_entropy(p, y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


@mistake("train_xor", "Seed PyTorch before the layers are made.")
def xor_seed_unused(optimizer_class, epochs, lr, seed):
    return answers.train_xor(optimizer_class, epochs, lr, 0)


@mistake("train_xor", "Use the optimizer that the caller chose.")
def xor_always_sgd(optimizer_class, epochs, lr, seed):
    return answers.train_xor(torch.optim.SGD, epochs, lr, seed)


@mistake("train_xor", "Pass the learning rate on to the optimizer.")
def xor_rate_unused(optimizer_class, epochs, lr, seed):
    return answers.train_xor(optimizer_class, epochs, 0.1, seed)
