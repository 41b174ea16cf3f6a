"""What runs beside the student's code in lecture 4's training exercise: sent as source, no secrets.

The driver is self-contained. An AssertionError is a sentence for the student.
"""

from typing import Any


def train_and_predict(
    student: Any, x: Any, y: Any, hidden: Any, epochs: Any, lr: Any, seeds: Any, test: Any
) -> Any:
    """Losses of a network trained from each seed, and the scores of its outputs on `test`.

    The network is run here, as `mlp_forward` describes it. A seed that is asked for twice must
    bring the same network, whatever the global random streams have done in between. No backward
    pass may begin while a parameter that has taken a step still holds the gradient of the pass
    before, to the bit: whoever adds up passes before a step, or keeps a share of the old gradient
    on purpose, is not meant.
    """
    import itertools

    import numpy as np
    import torch

    backward, left = torch.autograd.backward, {}  # type: ignore[var-annotated]

    def leaves(tensors: Any) -> list[Any]:
        """The leaves that a backward pass from these tensors will reach."""
        todo = [t.grad_fn for t in (tensors if isinstance(tensors, list | tuple) else [tensors])]
        found, known = [], set()
        while todo:
            node = todo.pop()
            if node is not None and node not in known:
                known.add(node)
                found += [node.variable] if hasattr(node, "variable") else []
                todo += [following for following, _ in node.next_functions]
        return found

    def watched(tensors: Any, *args: Any, **kwargs: Any) -> None:
        """A backward pass that looks at what the one before has left."""
        reached = leaves(tensors)
        for leaf in reached:
            value, grad = left.get(id(leaf), (None, None))
            stale = grad is not None and leaf.grad is not None and torch.equal(leaf.grad, grad)
            assert not (stale and grad.any() and not torch.equal(leaf.detach(), value)), (
                "a backward pass adds to the gradients of the step before: clear them in between"
            )
        backward(tensors, *args, **kwargs)
        for leaf in reached:
            grad = None if leaf.grad is None else leaf.grad.clone()
            left[id(leaf)] = leaf.detach().clone(), grad

    sizes = [x.shape[1], *hidden, int(y.max()) + 1]
    shapes = list(itertools.pairwise(sizes))
    runs: Any = []
    for stream, seed in enumerate(seeds):
        torch.manual_seed(stream)
        np.random.seed(stream)
        left.clear()
        torch.autograd.backward = watched if epochs <= 5 else backward
        try:
            weights, biases, losses = student(x, y, list(hidden), epochs, lr, seed)
        finally:
            torch.autograd.backward = backward
        found = [tuple(w.shape) for w in weights], [tuple(b.shape) for b in biases]
        assert found[0] == shapes, (
            f"the weights should have the shapes {shapes}, first layer first, not {found[0]}"
        )
        assert found[1] == [(p,) for _, p in shapes], "each bias should be a vector, one per layer"
        assert len(losses) == epochs, f"{epochs} epochs have as many losses, not {len(losses)}"
        assert all(isinstance(loss, float) for loss in losses), (
            "the losses should be Python floats: a tensor keeps its whole graph alive"
        )
        a = test
        with torch.no_grad():
            for layer, (w, b) in enumerate(zip(weights, biases, strict=True)):
                z = a @ w + b
                a = z.relu() if layer < len(shapes) - 1 else z
        runs.append((list(losses), a))
    firsts: dict[int, Any] = {}
    for seed, (losses, scores) in zip(seeds, runs, strict=True):
        before = firsts.setdefault(seed, (losses, scores))
        assert np.allclose(before[0], losses, rtol=1e-3, atol=1e-5, equal_nan=True), (
            "the same seed should start and train alike, whatever else has drawn random numbers"
        )
    return runs
