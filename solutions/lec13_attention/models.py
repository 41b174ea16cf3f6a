"""How lecture 13's small language model is called and judged, whatever its parameters are called.

All parameters are random, so that nothing is the same by chance. While it runs, the attention and
the blocks of the student's cells are right ones: a mistake in those costs nothing here.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from reference import language_model

Array = np.ndarray
Rng = np.random.Generator

ALIKE = 1e-4
"""By how much logits of order 1 may differ that should be the same: float32 gives 1e-6."""

KNOWN_BY_HEART = 0.8
"""The loss below which some texts are known by heart.

80 steps of Adam bring right ones to 0.04–0.1, post-norm or pre-norm, with PyTorch's start of an
embedding or one of deviation 0.02 (a few seeds each: the distance makes more needless). From zero
weights the loss stays at log 8 = 2.08.
"""


def use_model(
    student: Any, task: Any, sizes: Any, tie: Any, tokens: Any, unused: Any, like: Any, seed: Any
) -> Any:
    """Logits of a language model; `tokens` is a list of several, each (B, N).

    "read": logits of a model with random parameters, in evaluation mode; see `reads_the_past`.
    "learn": those of a model from its own start, trained to know tokens[0] by heart.
    """
    import math

    import torch
    import torch.nn.functional as F

    def scaled_dot_attention(q: Any, k: Any, v: Any, mask: Any = None) -> Any:
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        return torch.softmax(scores, dim=-1) @ v

    def multi_head_attention(
        x: Any, wq: Any, wk: Any, wv: Any, wo: Any, heads: Any, mask: Any = None
    ) -> Any:
        parts = ((x @ w).unflatten(-1, (heads, -1)).transpose(1, 2) for w in (wq, wk, wv))
        q, k, v = parts
        return scaled_dot_attention(q, k, v, mask).transpose(1, 2).flatten(2) @ wo

    def transformer_block(x: Any, p: Any, heads: Any, mask: Any = None) -> Any:
        y = x + multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
        y = F.layer_norm(y, y.shape[-1:], p["g1"], p["b1"])
        z = y + torch.relu(y @ p["w1"] + p["c1"]) @ p["w2"] + p["c2"]
        return F.layer_norm(z, z.shape[-1:], p["g2"], p["b2"])

    def causal_mask(n: Any) -> Any:
        return torch.arange(n)[:, None] >= torch.arange(n)

    def positional_encoding(n: Any, d: Any) -> Any:
        angle = torch.arange(n)[:, None] / 10000 ** (torch.arange(0, d, 2) / d)
        return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)

    right = {
        "scaled_dot_attention": scaled_dot_attention,
        "multi_head_attention": multi_head_attention,
        "transformer_block": transformer_block,
        "causal_mask": causal_mask,
        "positional_encoding": positional_encoding,
    }
    size, d, heads, layers, max_len = sizes

    def made(heads: int = heads, layers: int = layers, tie: Any = tie) -> Any:
        more = () if tie is None else (tie,)
        return student(size, d, heads, layers, max_len, *more).to(like).eval()

    def entries(model: Any) -> int:
        return sum(p.numel() for p in model.parameters())

    def read_by_others(model: Any, first: Any) -> list[Any]:
        """The logits of a copy, and of one whose model is cut into other heads."""
        copy, other = made(), made(heads=1 if heads > 1 else 2)
        copy.load_state_dict(model.state_dict())
        try:
            other.load_state_dict(model.state_dict())
        except RuntimeError:
            return [copy(first), copy(first) + 1]
        return [copy(first), other(first)]

    def poked(model: Any, first: Any) -> list[Any]:
        """The logits after a random change of what belongs to the unused token."""
        shapes = (size, d), (d, size)
        tables = [p for p in model.parameters() if tuple(p.shape) in shapes]
        wanted = 2 if tie is False else 1
        assert len(tables) == wanted, (
            f"with tie={tie is not False} {wanted} of the parameters should hold a row "
            f"for each token, not {len(tables)}"
        )
        results = []
        for table in tables:
            row = table[unused] if table.shape[0] == size else table[:, unused]
            before, change = row.detach().clone(), torch.randn(d).to(like)
            with torch.no_grad():
                row.copy_(before + change)
                results.append(model(first))
                row.copy_(before)
        return results

    def shows(model: Any, first: Any, changed: list[Any]) -> bool:
        """Whether heads and changes make a difference far above rounding, where one is made."""
        base, half = model(first), first.shape[1] // 2
        if not isinstance(base, torch.Tensor) or base.shape != (*first.shape, size):
            return True  # which is said below
        later, earlier, swapped, _ = (model(one) for one in changed)
        _, other = read_by_others(model, first)
        pairs = [(base, other), (base[:, half], later[:, half])]
        pairs += [(base[:, -1], earlier[:, -1]), (base[:, -1], swapped[:, -1])]
        return all(bool((one - two).abs().max() > 0.01) for one, two in pairs)

    def read() -> Any:
        model = made()
        assert getattr(model, "max_len", None) == max_len, f"max_len should be {max_len}"
        first, *changed = tokens
        # By chance attention may look at one place alone, so that nothing else shows: draw again.
        for _ in range(10):
            with torch.no_grad():
                for p in model.parameters():
                    p.copy_(0.6 * torch.randn(p.shape))
                if shows(model, first, changed):
                    break
        base = model(first)
        shape = (*first.shape, size)
        assert isinstance(base, torch.Tensor), "forward returns the logits alone"
        assert base.shape == shape, f"the logits should be {shape}, not {tuple(base.shape)}"
        assert base.requires_grad, "no gradient gets from the logits to the parameters"
        total: Any = (base * torch.randn(shape).to(like)).sum()
        total.backward()
        idle = sum(p.grad is None for p in model.parameters())
        assert not idle, f"{idle} of the parameters take no part in the logits"
        try:
            model(first[:, :1].repeat(1, max_len + 1))
            refused = False
        except ValueError:
            refused = True
        assert refused, "more than max_len tokens should raise a ValueError"
        shorter = model(first[:, : first.shape[1] // 2])
        logits = [base, *read_by_others(model, first), *map(model, changed), *poked(model, first)]
        counts = [entries(made(layers=k)) for k in (1, 2, 3)]
        counts += [entries(made(tie=True)), entries(made(tie=False))]
        return (
            [z.detach() for z in logits],
            shorter.detach(),
            torch.tensor(counts, device=like.device),
        )

    def learn() -> Any:
        model = made().train()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        (text,) = tokens
        for _ in range(80):
            loss: Any = F.cross_entropy(model(text)[:, :-1].flatten(0, 1), text[:, 1:].flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return model.eval()(text).detach()

    is_module = isinstance(student, type) and issubclass(student, torch.nn.Module)
    assert is_module, "the class should extend torch.nn.Module"
    torch.manual_seed(seed)
    scopes = [getattr(vars(kind).get("forward"), "__globals__", {}) for kind in student.__mro__]
    own = [(scope, {n: scope[n] for n in right if n in scope}) for scope in scopes]
    own = [(scope, names) for scope, names in own if names]
    try:
        for scope, names in own:
            scope.update({name: right[name] for name in names})
        return read() if task == "read" else learn()
    finally:
        for scope, names in reversed(own):
            scope.update(names)


def draw_tokens(rng: Rng, B: int, N: int, size: int) -> tuple[list[Array], int]:
    """Tokens (B, N) and changed ones: future, first token, first two swapped, order of texts.

    One token occurs in none of them: it is returned, too.
    """
    unused, *used = (int(token) for token in rng.permutation(size))
    places = rng.integers(size - 1, size=(B, N))
    # The first two differ, so that a swap is a change.
    places[:, 1] = (places[:, 0] + rng.integers(1, size - 1, size=B)) % (size - 1)
    shift = rng.integers(1, size - 1, size=(B, N))
    tokens, others = np.array(used)[places], np.array(used)[(places + shift) % (size - 1)]
    later, earlier, swapped = tokens.copy(), tokens.copy(), tokens.copy()
    later[:, N // 2 :] = others[:, N // 2 :]
    earlier[:, 0] = others[:, 0]
    swapped[:, [0, 1]] = tokens[:, [1, 0]]
    return [tokens, later, earlier, swapped, np.roll(tokens, 1, axis=0)], unused


def reads_the_past(tied: bool, unused: int, d: int) -> Callable[[Any], str]:
    """Judge logits: plain, by a copy, with other heads, and of changed tokens; then of pokes."""

    def judge(result: Any) -> str:
        (base, copied, other, later, earlier, swapped, rolled, *pokes), shorter, counts = result
        if not all(np.isfinite(logits).all() for logits in (base, later, earlier, shorter)):
            return "a logit is not finite"
        if base.min() >= 0 and np.allclose(base.sum(axis=2), 1, atol=ALIKE):
            return "these are probabilities: return the logits"
        half = base.shape[1] // 2
        if not _same(base, copied):
            return "a copy made of the state dict gives other logits: what is learnt is hidden"
        if not _same(base[:, :half], later[:, :half]):
            return "the logits at t should have read the tokens 0, …, t and no later one"
        if not _same(base[:, :half], shorter):
            return "fewer tokens should give the same logits as far as they go"
        if _same(base[:, half], later[:, half]):
            return "the logits at t should have read the token at t, too"
        if _same(base[:, -1], earlier[:, -1]):
            return "the logits at the last position should know the first token"
        if _same(base[:, -1], swapped[:, -1]):
            return (
                "two tokens that change places should change the logits after them: where is what?"
            )
        if not _same(np.roll(base, 1, axis=0), rolled):
            return "the texts of a mini-batch should not touch each other"
        if _same(base, other):
            return "the number of heads makes no difference"
        one, two, three, with_tie, without = counts
        if not 0 < two - one == three - two:
            return "each layer should have parameters of its own, as many as any other"
        if without - with_tie != len_of_table(base, d):
            return "untied, a matrix of its own for the output should be all that is added"
        return _tied(base, pokes, unused) if tied else _untied(base, pokes, unused)

    return judge


def len_of_table(base: Array, d: int) -> int:
    """The entries of a matrix with a row for each token."""
    return base.shape[2] * d


def _only_column(base: Array, logits: Array, unused: int) -> bool:
    others = np.arange(base.shape[2]) != unused
    return _same(base[..., others], logits[..., others]) and not _same(base, logits)


def _tied(base: Array, pokes: list[Array], unused: int) -> str:
    if _only_column(base, pokes[0], unused):
        return ""
    return "tied, a token's embedding is its row of the output as well: it should change its logit"


def _untied(base: Array, pokes: list[Array], unused: int) -> str:
    if sum(_same(base, logits) for logits in pokes) != 1:
        return "untied, one matrix reads and another one writes"
    if not any(_only_column(base, logits, unused) for logits in pokes):
        return "a token's row of the output should change its logit, and no other"
    return ""


def _same(one: Array, other: Array) -> bool:
    """Whether logits are equal up to rounding."""
    return bool(np.abs(one - other).max(initial=0) < ALIKE)


def known_by_heart(text: Array) -> Callable[[Any], str]:
    """Judge the logits (B, N, V) of a trained model by their loss on the text (B, N)."""

    def judge(logits: Any) -> str:
        loss = language_model.next_token_loss(logits[:, :-1], text[:, 1:])
        if loss < KNOWN_BY_HEART:
            return ""
        return (
            f"after 80 steps of Adam on {len(text)} texts the loss should be below "
            f"{KNOWN_BY_HEART:g}, not {loss:.2f}: from where does the model start?"
        )

    return judge
