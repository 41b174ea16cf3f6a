"""How lecture 12's character models are called: sent as source, run beside the student's code.

Each driver is self-contained. An AssertionError is a sentence for the student.
"""

from typing import Any


def score_names(
    student: Any, logits: Any, targets: Any, lengths: Any, with_grad: Any, beyond: Any
) -> Any:
    """The masked loss, and its gradient if asked.

    `beyond`: there are targets out of range, which on a GPU would end the process. Such a call is
    made on the CPU. (To look for them would decide nothing on simulated tensors.)
    """
    import torch

    home = logits.device
    if beyond:
        logits, targets, lengths = logits.cpu(), targets.cpu(), lengths.cpu()
    leaf = logits.clone().requires_grad_(with_grad)
    loss = student(leaf, targets, lengths)
    if not with_grad:
        elsewhere = torch.is_tensor(loss) and logits.device != home
        return loss.to(home) if elsewhere else loss
    attached = isinstance(loss, torch.Tensor) and loss.requires_grad
    assert attached, "no gradient gets from this loss back to the logits"
    loss.backward()
    return loss.detach(), leaf.grad


def use_model(
    student: Any, task: Any, size: Any, hidden: Any, tokens: Any, like: Any, seed: Any
) -> Any:
    """Logits of a character model; `tokens` is a list of several, each (T, N).

    While it runs, `lstm_step` and `lstm_forward` of the student's cells are right ones that note
    what they are given: a mistake in those costs nothing here.

    "read": the logits of a model with random parameters, for some tokens, others of another batch
    size, some with another future, some with another beginning, some with the names in another
    order. The first are read twice, and by a copy made of the state dict.
    "learn": those of a model from its own start, trained to follow tokens[0] by tokens[1].
    """
    import torch

    asked: list[Any] = []
    made: list[Any] = []

    def lstm_step(x: Any, h: Any, c: Any, w: Any, b: Any) -> Any:
        i, f, o, g = (torch.cat([h, x], dim=1) @ w + b).chunk(4, dim=1)
        after_c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        after_h = torch.sigmoid(o) * torch.tanh(after_c)
        asked.append((h, c, w))
        made.append((after_h, after_c))
        return after_h, after_c

    def lstm_forward(x: Any, h0: Any, c0: Any, w: Any, b: Any) -> Any:
        states, h, c = [], h0, c0
        for xt in x:
            h, c = lstm_step(xt, h, c, w, b)
            states.append(h)
        return torch.stack(states)

    def check_states() -> None:
        assert asked, "the forward pass should call your `lstm_step` (or your `lstm_forward`)"
        assert asked[0][0].shape[1] == hidden, f"the states should have {hidden} entries each"
        assert asked[0][2].requires_grad, "the weights of `lstm_step` should be parameters"
        for turn, (h, c, _) in enumerate(asked):
            if not h.any() and not c.any():
                continue
            before = [pair for pair in made[:turn] if torch.equal(pair[0], h)]
            assert before, (
                "the state should be zero at the first step, and then what the step before returned"
            )
            assert any(torch.equal(pair[1], c) for pair in before), (
                "beside the state, the cell of the step before goes into each step"
            )
            assert h.requires_grad and c.requires_grad, (
                "states are cut from the graph: no gradient gets back to earlier steps"
            )

    def read() -> Any:
        model, copy = (student(size, hidden).to(like) for _ in range(2))
        assert list(model.parameters()), "the model has no parameters"
        with torch.no_grad():
            for p in model.parameters():
                p.copy_(0.6 * torch.randn(p.shape))
        copy.load_state_dict(model.state_dict())
        first, other, *changed = tokens
        base = model(first)
        shape = (*first.shape, size)
        assert isinstance(base, torch.Tensor), "forward returns the logits alone"
        assert base.shape == shape, f"the logits should be {shape}, not {tuple(base.shape)}"
        assert base.requires_grad, "no gradient gets from the logits to the parameters"
        check_states()
        model(other)
        return [z.detach() for z in (base, model(first), copy(first), *map(model, changed))]

    def learn() -> Any:
        model = student(size, hidden).to(like)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
        first, targets = tokens
        for _ in range(100):
            asked.clear()
            made.clear()
            loss: Any = torch.nn.functional.cross_entropy(
                model(first).flatten(0, 1), targets.flatten()
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return [model(first).detach()]

    is_module = isinstance(student, type) and issubclass(student, torch.nn.Module)
    assert is_module, "the class should extend torch.nn.Module"
    torch.manual_seed(seed)
    scopes = [getattr(vars(kind).get("forward"), "__globals__", {}) for kind in student.__mro__]
    scopes = [scope for scope in scopes if "lstm_step" in scope]
    own = [(scope, scope["lstm_step"], scope.get("lstm_forward")) for scope in scopes]
    try:
        for scope in scopes:
            scope.update(lstm_step=lstm_step, lstm_forward=lstm_forward)
        return read() if task == "read" else learn()
    finally:
        for scope, step, forward in reversed(own):
            scope.update(lstm_step=step, lstm_forward=forward)
