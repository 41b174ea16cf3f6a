"""Hidden cases of lecture 13: unequal sizes, masks that hide some positions but never all."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.vocabulary import (
    DEVICE,
    EDGES,
    MEMORY,
    SHAPES,
    Case,
    Forbid,
    Seeded,
    case,
    exercise,
    leaner,
)
from reference import attention, language_model, transformer
from solutions.lec13_attention import models, training, writing
from solutions.lec13_attention.drivers import attend, draw_masks, masked_at_random

Cases = Iterator[Case]
Rng = np.random.Generator
Array = np.ndarray

ATTENTION = Forbid(
    "PyTorch's own attention and transformer",
    ops=("*attention*", "*multi_head*", "*transformer*"),
    calls=(
        "scaled_dot_product_attention", "multi_head_attention_forward",
        "torch.nn.MultiheadAttention", "torch.nn.Transformer", "torch.nn.modules.transformer",
        "torch.nn.attention",
    ),
)  # fmt: skip


@exercise(forbid=ATTENTION)
def additive_score(rng: Rng) -> Cases:
    """Additive scores vᵀ tanh(W x + U q)."""

    def probe(n: int, d: int, a: int, **rest: Any) -> Case:
        shapes = [(n, d), (d,), (a, d), (a, d), (a,)]
        args = [rng.normal(size=shape) for shape in shapes]
        return case(*args, expect=attention.additive_score(*args), **rest)

    yield probe(5, 3, 4)
    for n, d, a in [(1, 3, 4), (5, 1, 4), (5, 3, 1), (4, 4, 4)]:
        yield probe(n, d, a, group=SHAPES)
    yield probe(6, 4, 7, group=DEVICE, dtype="float32")


@exercise(forbid=ATTENTION)
def dot_score(rng: Rng) -> Cases:
    """Dot-product scores xᵀ q."""

    def probe(n: int, d: int, **rest: Any) -> Case:
        x, q = rng.normal(size=(n, d)), rng.normal(size=d)
        return case(x, q, expect=attention.dot_score(x, q), **rest)

    yield probe(5, 3)
    for n, d in [(1, 3), (5, 1), (4, 4)]:
        yield probe(n, d, group=SHAPES)
    yield probe(6, 4, group=DEVICE, dtype="float32")


@exercise(forbid=ATTENTION, uses=("dot_score",))
def scaled_dot_score(rng: Rng) -> Cases:
    """Scaled dot-product scores xᵀ q / √D."""

    def probe(n: int, d: int, **rest: Any) -> Case:
        x, q = rng.normal(size=(n, d)), rng.normal(size=d)
        return case(x, q, expect=attention.scaled_dot_score(x, q), **rest)

    yield probe(5, 3)
    yield probe(3, 7)
    for n, d in [(1, 3), (5, 1), (4, 4)]:
        yield probe(n, d, group=SHAPES)
    yield probe(6, 5, group=DEVICE, dtype="float32")


@exercise(forbid=ATTENTION)
def bilinear_score(rng: Rng) -> Cases:
    """Bilinear scores xᵀ W q."""

    def probe(n: int, d: int, **rest: Any) -> Case:
        x, w, q = (rng.normal(size=shape) for shape in [(n, d), (d, d), (d,)])
        return case(x, w, q, expect=attention.bilinear_score(x, w, q), **rest)

    yield probe(5, 3)
    for n, d in [(1, 3), (5, 1), (4, 4)]:
        yield probe(n, d, group=SHAPES)
    yield probe(6, 4, group=DEVICE, dtype="float32")


@exercise(forbid=ATTENTION)
def context_vector(rng: Rng) -> Cases:
    """The context vector, an average of hidden states weighted by the softmax of scores."""

    def probe(n: int, d: int, **rest: Any) -> Case:
        e, h = rng.normal(size=n), rng.normal(size=(n, d))
        return case(e, h, expect=attention.context_vector(e, h), **rest)

    yield probe(5, 3)
    yield probe(3, 6)
    for n, d in [(1, 3), (5, 1), (4, 4)]:
        yield probe(n, d, group=SHAPES)
    yield probe(6, 4, group=DEVICE, dtype="float32")


@exercise(forbid=ATTENTION)
def self_attention(rng: Rng) -> Cases:
    """Self-attention in the lecture's layout, a column for each position."""

    def probe(n: int, d: int, dk: int, dv: int, **rest: Any) -> Case:
        shapes = [(d, n), (dk, d), (dk, d), (dv, d)]
        args = [rng.normal(size=shape) for shape in shapes]
        return case(*args, expect=attention.self_attention(*args), **rest)

    yield probe(5, 3, 4, 2)
    yield probe(4, 2, 6, 5)
    for n, d, dk, dv in [(1, 3, 4, 2), (5, 1, 4, 2), (5, 3, 1, 2), (5, 3, 4, 1), (4, 4, 4, 4)]:
        yield probe(n, d, dk, dv, group=SHAPES)
    yield probe(6, 4, 3, 5, group=DEVICE, dtype="float32")


def partial_mask(rng: Rng, n: int) -> Array:
    """Bool (n, n), n ≥ 2: at least one position is seen, and one hidden, in every row."""
    seen = rng.integers(1, n, size=(n, 1))
    return rng.permuted(np.arange(n) < seen, axis=1)


@exercise(forbid=ATTENTION)
def scaled_dot_attention(rng: Rng) -> Cases:
    """Attention softmax(Q Kᵀ/√D) V with a mask, a row for each position."""

    def probe(shape: tuple[int, ...], mask: Array | None = None, **rest: Any) -> Case:
        q, k, v = (1.5 * rng.normal(size=shape) for _ in range(3))
        args = (q, k, v) if mask is None else (q, k, v, mask)
        return case(*args, expect=attention.scaled_dot_attention(q, k, v, mask), **rest)

    yield probe((5, 3))
    yield probe((5, 3), partial_mask(rng, 5))
    yield probe((2, 6, 4), partial_mask(rng, 6))
    yield probe((2, 3, 5, 4), attention.causal_mask(5))
    for shape in [(1, 3), (5, 1), (1, 4, 2), (4, 4, 4), (3, 2, 5, 4)]:
        yield probe(shape, group=SHAPES)
    yield probe((1, 4), np.ones((1, 1), dtype=bool), group=EDGES)
    yield probe((5, 3), np.ones((5, 5), dtype=bool), group=EDGES)
    yield probe((2, 5, 3), rng.permutation(np.eye(5, dtype=bool)), group=EDGES)
    yield probe((3, 6, 4), partial_mask(rng, 6), group=DEVICE, dtype="float32")
    # One matrix of scores takes 17 MB, and a plain answer holds two or three at a time; the
    # products of all queries with all keys, before they are summed, take 32 of them.
    lean = leaner(
        than=attend, ratio=3, reason="step by step it takes twice as much; all products 16 times"
    )
    yield probe((2048, 32), group=MEMORY, dtype="float32", needs="cuda", leaner=lean)


@exercise(forbid=ATTENTION)
def causal_mask(rng: Rng) -> Cases:
    """The mask that hides the future."""
    for n in (5, int(rng.integers(6, 12))):
        yield case(n, expect=attention.causal_mask(n))
    for n in (1, 2):
        yield case(n, expect=attention.causal_mask(n), group=EDGES)


@exercise(forbid=ATTENTION)
def local_mask(rng: Rng) -> Cases:
    """The mask of local attention, a window on both sides."""
    for n, window in [(7, 2), (int(rng.integers(8, 12)), 3)]:
        yield case(n, window, expect=attention.local_mask(n, window))
    for n, window in [(1, 0), (5, 0), (6, 1), (6, 4), (6, 5), (4, 9)]:
        yield case(n, window, expect=attention.local_mask(n, window), group=EDGES)


@exercise(forbid=ATTENTION, uses=("scaled_dot_attention",))
def multi_head_attention(rng: Rng) -> Cases:
    """Multi-head attention, head j on the j-th block of columns."""

    def probe(b: int, n: int, d: int, heads: int, mask: Array | None = None, **rest: Any) -> Case:
        x = rng.normal(size=(b, n, d))
        wq, wk, wv, wo = (1.5 * rng.normal(size=(d, d)) / np.sqrt(d) for _ in range(4))
        expect = attention.multi_head(x, wq, wk, wv, wo, heads, mask)
        kwargs = {} if mask is None else {"mask": mask}
        return case(x, wq, wk, wv, wo, heads, kwargs=kwargs, expect=expect, **rest)

    yield probe(2, 5, 12, 3)
    yield probe(3, 4, 10, 2, partial_mask(rng, 4))
    yield probe(2, 5, 8, 4, attention.causal_mask(5))
    for b, n, d, heads in [(1, 5, 6, 2), (2, 1, 6, 3), (2, 5, 3, 3), (2, 5, 4, 1), (2, 3, 1, 1)]:
        yield probe(b, n, d, heads, group=SHAPES)
    yield probe(2, 6, 12, 4, partial_mask(rng, 6), group=DEVICE, dtype="float32")


@exercise(forbid=ATTENTION)
def positional_encoding(rng: Rng) -> Cases:
    """Sines and cosines that tell a position."""

    def probe(n: int, d: int, group: str = "values") -> Case:
        expect = transformer.positional_encoding(n, d)
        return case(n, d, expect=expect, group=group, dtype="float32")

    yield probe(7, 6)
    yield probe(int(rng.integers(30, 50)), 8)
    for n, d in [(1, 4), (5, 2), (8, 8), (3, 14)]:
        yield probe(n, d, SHAPES)


@exercise(forbid=ATTENTION, uses=("multi_head_attention", "scaled_dot_attention"))
def transformer_block(rng: Rng) -> Cases:
    """A transformer block: attention and a small network, each added and then normalised."""

    def probe(
        sizes: tuple[int, int, int, int],
        heads: int,
        mask: Array | None = None,
        scale: float = 1.0,
        **rest: Any,
    ) -> Case:
        b, n, d, f = sizes
        x = scale * rng.normal(size=(b, n, d))
        p = {name: rng.normal(size=(d, d)) / np.sqrt(d) for name in ("wq", "wk", "wv", "wo")}
        p |= {name: rng.uniform(0.5, 1.5, size=d) for name in ("g1", "g2")}
        p |= {name: rng.normal(size=d) for name in ("b1", "b2")}
        p |= {"w1": rng.normal(size=(d, f)) / np.sqrt(d), "c1": rng.normal(size=f)}
        p |= {"w2": rng.normal(size=(f, d)) / np.sqrt(f), "c2": rng.normal(size=d)}
        args = (x, p, heads) if mask is None else (x, p, heads, mask)
        return case(*args, expect=transformer.block(x, p, heads, mask), **rest)

    yield probe((2, 5, 6, 7), 3)
    yield probe((3, 4, 10, 8), 2, partial_mask(rng, 4))
    for sizes, heads in [
        ((1, 5, 6, 7), 2),
        ((2, 1, 6, 7), 3),
        ((2, 5, 6, 1), 3),
        ((2, 3, 1, 4), 1),
    ]:
        yield probe(sizes, heads, group=SHAPES)
    # So small a variance that ε is of its size, at the first of the two normalisations.
    yield probe((2, 4, 6, 5), 3, scale=3e-3, group=EDGES)
    yield probe((2, 6, 8, 5), 4, attention.causal_mask(6), group=DEVICE, dtype="float32")


@exercise(forbid=ATTENTION)
def lm_loss(rng: Rng) -> Cases:
    """The loss of a language model that predicts the next token."""

    def probe(b: int, n: int, v: int, **rest: Any) -> Case:
        logits, tokens = 2 * rng.normal(size=(b, n, v)), rng.integers(v, size=(b, n))
        return case(logits, tokens, expect=transformer.lm_loss(logits, tokens), **rest)

    yield probe(3, 5, 7)
    yield probe(2, 8, 4)
    for b, n, v in [(1, 5, 7), (4, 2, 3), (3, 4, 1), (4, 4, 4)]:
        yield probe(b, n, v, group=SHAPES)
    yield probe(2, 6, 5, group=DEVICE, dtype="float32")


@exercise(forbid=ATTENTION, driver=draw_masks)
def mask_tokens(rng: Rng) -> Cases:
    """Tokens hidden at random for a cloze test, and the labels to guess."""

    def probe(b: int, n: int, mask_id: int, rate: float, draws: int, **rest: Any) -> Case:
        tokens = rng.integers(1, 50, size=(b, n))
        expect = [np.zeros((draws, b, n), dtype=np.int64)] * 2
        judge = masked_at_random(tokens, mask_id, rate)
        seed = int(rng.integers(2**31))
        return case(tokens, mask_id, rate, draws, seed, expect=expect, judge=judge, **rest)

    def certain(b: int, n: int, mask_id: int, rate: float) -> Case:
        tokens = rng.integers(1, 50, size=(b, n))
        inputs = np.full_like(tokens, mask_id) if rate else tokens
        labels = tokens if rate else np.full_like(tokens, -100)
        return case(tokens, mask_id, rate, 1, 7, expect=[inputs[None], labels[None]], group=EDGES)

    yield probe(20, 30, 50, 0.3, 10)
    yield probe(30, 20, 0, 0.15, 10)
    yield probe(1, 300, 99, 0.4, 8, group=SHAPES)
    yield probe(200, 1, 99, 0.3, 8, group=SHAPES)
    yield certain(3, 4, 77, 0.0)
    yield certain(3, 4, 77, 1.0)
    yield probe(6, 15, 103, 0.2, 8, group=DEVICE, dtype="float32")


@exercise(forbid=ATTENTION, driver=models.use_model)
def MiniGPT(rng: Rng) -> Cases:
    """A small language model of transformer blocks."""

    def probe(
        sizes: tuple[int, int, int, int, int], B: int, N: int, tie: bool | None, **rest: Any
    ) -> Case:
        size, d, *_ = sizes
        tokens, unused = models.draw_tokens(rng, B, N, size)
        # Seven readings, and one for each table that holds a row for the unused token.
        logits = [np.zeros((B, N, size))] * (9 if tie is False else 8)
        shorter, counts = np.zeros((B, N // 2, size)), np.zeros(5, dtype=np.int64)
        args = "read", list(sizes), tie, tokens, unused, np.zeros(1), int(rng.integers(2**31))
        judge = models.reads_the_past(tie is not False, unused, d)
        expect = logits, shorter, counts
        return case(*args, expect=expect, judge=judge, dtype="float32", **rest)

    def learnt(sizes: tuple[int, int, int, int, int], B: int, N: int, **rest: Any) -> Case:
        text = rng.integers(sizes[0], size=(B, N))
        args = "learn", list(sizes), True, [text], 0, np.zeros(1), int(rng.integers(2**31))
        expect, judge = np.zeros((B, N, sizes[0])), models.known_by_heart(text)
        return case(*args, expect=expect, judge=judge, dtype="float32", seconds=60, **rest)

    # size, d, heads, layers, max_len. A single block knows nothing of positions by its mask alone;
    # a normalised vector of two entries can only be one of two, so that d is 4 at least.
    yield probe((7, 6, 3, 1, 9), 3, 8, None)
    yield probe((9, 8, 2, 2, 7), 2, 6, False)
    for sizes, B, N in [
        ((6, 8, 2, 2, 5), 1, 5),
        ((5, 6, 1, 1, 4), 3, 3),
        ((11, 10, 5, 1, 3), 2, 2),
    ]:
        yield probe(sizes, B, N, True, group=SHAPES)
    yield learnt((8, 16, 2, 2, 10), 4, 10, group=EDGES)
    yield probe((7, 8, 2, 1, 6), 2, 5, True, group=DEVICE)


@exercise(driver=training.train_on_text)
def train_lm(rng: Rng) -> Cases:
    """A language model that is trained, against counting."""

    def seed() -> int:
        return int(rng.integers(2**31))

    def learnt() -> Case:
        size, context, steps = 8, 12, 200
        tokens, unseen = (training.draw_text(rng, n, size) for n in (3000, 1200))
        windows = unseen.reshape(-1, context)
        bigram = language_model.bigram_log_probs(tokens, size)
        return case(
            *("learn", size, tokens, [steps, 16, context, 0.01, seed()], windows, np.zeros(1)),
            expect=([0.0] * steps, np.zeros((*windows.shape, size))),
            judge=training.better_than_counting(windows, bigram),
            dtype="float32",
            seconds=60,
        )

    def watched(n: int, steps: int, batch_size: int, context: int, **rest: Any) -> Case:
        tokens = rng.permutation(n)
        begin, length = np.zeros((steps, batch_size), dtype=np.int64), np.int64(0)
        logits = np.zeros((steps, batch_size, context, n))
        judge = training.random_windows(tokens, context, many=steps * batch_size >= 160)
        return case(
            *("watch", n, tokens, [steps, batch_size, context, 0.01, seed()], seed(), np.zeros(1)),
            expect=[([0.0] * steps, begin, np.array(length), logits)] * 3,
            judge=judge,
            dtype="float32",
            **rest,
        )

    yield learnt()
    yield watched(60, 40, 4, 12)
    yield watched(7, 3, 2, 6, group=EDGES)
    yield watched(9, 1, 1, 3, group=EDGES)
    yield watched(5, 4, 7, 2, group=EDGES)


@exercise(driver=writing.write)
def generate(rng: Rng) -> Cases:
    """Text that a model writes."""

    def probe(
        B: int, N: int, steps: int, temperature: float, max_len: int, gap: float = 1.0, **rest: Any
    ) -> Case:
        size = 3
        table, first = gap * rng.normal(size=(2, size, size))
        prompts = rng.integers(size, size=(2, N))
        tokens = prompts[np.arange(B) % 2]
        number = int(rng.integers(2**31))
        twins = (Seeded(number, device="input"), Seeded(number, device="input"))
        args = table, first, max_len, tokens, steps, temperature, *twins
        if temperature and steps:
            judge = writing.written_like(table, first, max_len, tokens, steps, temperature)
            expect = np.zeros((B, N + steps), dtype=np.int64)
            return case(*args, expect=expect, judge=judge, **rest)
        logits = writing.next_logits(table, first, max_len)
        rows = [language_model.likeliest(tuple(map(int, row)), steps, logits) for row in tokens]
        return case(*args, expect=np.array(rows), **rest)

    yield probe(5, 3, 6, 0.0, 4)
    yield probe(300, 2, 2, 0.4, 9)
    yield probe(300, 4, 2, 2.5, 3, gap=3.0)
    for B, N, steps in [(1, 2, 3), (4, 1, 2), (3, 6, 1)]:
        yield probe(B, N, steps, 0.0, 5, group=SHAPES)
    yield probe(3, 4, 0, 1.0, 6, group=EDGES)
    yield probe(2, 9, 4, 0.0, 3, group=EDGES)
    yield probe(3, 2, 5, 0.0, 1, group=EDGES)
    yield probe(4, 3, 4, 0.0, 5, group=DEVICE, dtype="float32")
