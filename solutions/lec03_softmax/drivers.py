"""What runs beside the student's code in lecture 3's autograd lab: sent as source, no secrets.

The driver is self-contained. It hands the student a function to differentiate and a tensor with a
history, and returns arrays; an AssertionError is a sentence for the student.
"""

from typing import Any


def differentiate(
    student: Any, history: Any, x: Any, name: Any = None, w: Any = None, times: Any = None
) -> Any:
    """What the student returns for x, asked twice; x keeps its graph, requires_grad and grad.

    `history`: "plain", "leaf" (x asks for gradients and holds one) or "inner" (x was computed).
    `name`: of the function to differentiate, with weights w; `times`: the argument after x.
    """
    import torch

    functions: dict[str, Any] = {
        "waves": lambda t: (w * torch.sin(t)).sum(),
        "cubes": lambda t: (w * t**3).sum(),
        "tanh_layer": lambda t: torch.tanh(w @ t),
        "products": lambda t: (w @ t) * (1 + (t**2).sum()),
    }

    def f(t: Any) -> Any:
        assert torch.is_tensor(t) and t.shape == x.shape, "f takes a tensor of the shape of x"
        return functions[name](t)

    def copied(value: Any) -> Any:
        if isinstance(value, tuple | list):
            return tuple(copied(v) for v in value)
        return value.detach().clone() if torch.is_tensor(value) else value

    root = x.clone().requires_grad_(history != "plain")
    given = root * 1 if history == "inner" else root
    if history == "leaf":
        root.grad = torch.full_like(x, 0.5)
    asked, step, held = given.requires_grad, given.grad_fn, copied(root.grad)
    arguments = [given] if name is None else [f, given]
    arguments += [] if times is None else [times]
    values = [copied(student(*arguments)) for _ in range(2)]
    assert given.requires_grad == asked, (
        "requires_grad of the argument has changed: work on a leaf copy of your own"
    )
    assert given.grad_fn is step, "the argument's graph has changed: work on a copy of your own"
    same = (root.grad is None) == (held is None) and (held is None or torch.equal(root.grad, held))
    assert same, "a gradient has reached the argument: cut your own copy off from its graph"
    return values
