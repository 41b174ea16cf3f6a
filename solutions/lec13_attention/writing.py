"""How lecture 13's `generate` is called, and how what it writes is judged."""

from collections.abc import Callable
from typing import Any

import numpy as np

from reference import chance, language_model

Array = np.ndarray

ALARM = 1e-11
"""Each of fewer than 80 tests accuses a right answer with this probability: below 1e-9 in all."""


def write(
    student: Any, table: Any, first: Any, max_len: Any, tokens: Any, steps: Any, temperature: Any,
    generator: Any, twin: Any,
) -> Any:  # fmt: skip
    """Tokens that the student's function writes with a model of the course's own.

    Its logits depend on the token at a position and on the first one that it reads; in training
    mode they are others. `twin` has the generator's seed.
    """
    import torch
    from torch import nn

    class Table(nn.Module):
        """A model without a memory, but for the first token that it reads."""

        def __init__(self) -> None:
            super().__init__()
            self.max_len = max_len
            self.table, self.first = nn.Parameter(table.clone()), nn.Parameter(first.clone())
            self.inner = nn.Dropout(0.5)

        def forward(self, tokens: Any) -> Any:
            assert tokens.ndim == 2, f"the model reads tokens (B, N), not {tuple(tokens.shape)}"
            if tokens.shape[1] > self.max_len:
                raise ValueError(f"{tokens.shape[1]} tokens are more than max_len = {max_len}")
            assert not torch.is_grad_enabled(), "writing needs no graph: switch it off"
            logits = self.table[tokens] + self.first[tokens[:, :1]]
            return -logits if self.training or self.inner.training else logits

    results = []
    for stream, (training, source) in enumerate([(True, generator), (False, twin)]):
        torch.manual_seed(stream)
        model = Table().train(training)
        out = student(model, tokens, steps, temperature, source)
        kept = model.training is training and model.inner.training is training
        mode = "training" if training else "evaluation"
        assert kept, f"the model came in {mode} mode: give it back in the same"
        results.append(out)
    assert torch.is_tensor(results[0]), "return a tensor of tokens"
    assert torch.equal(*results), (
        "two generators with one seed wrote different texts: draw from `generator` alone"
    )
    return results[0]


def next_logits(table: Array, first: Array, max_len: int) -> language_model.NextLogits:
    """What `write`'s model says after some tokens, of which it reads the last max_len."""
    return lambda read: table[read[-1]] + first[read[-max_len:][0]]


def written_like(
    table: Array, first: Array, max_len: int, tokens: Array, steps: int, temperature: float
) -> Callable[[Any], str]:
    """Judge texts (B, N + steps): each continuation of each prompt as often as the model says."""
    size, n = len(table), tokens.shape[1]
    prompts = sorted({tuple(int(t) for t in row) for row in tokens})
    logits = next_logits(table, first, max_len)
    p_of = {
        prompt: language_model.continuations(prompt, steps, temperature, size, logits)
        for prompt in prompts
    }

    def judge(out: Any) -> str:
        if (out[:, :n] != tokens).any():
            return "each text should begin with its prompt"
        if ((out < 0) | (out >= size)).any():
            return "a token is none that the model knows"
        for prompt in prompts:
            rows = [tuple(map(int, row[n:])) for row in out if tuple(map(int, row[:n])) == prompt]
            for t in range(steps):
                for token in range(size):
                    p = sum(q for new, q in p_of[prompt].items() if new[t] == token)
                    hits = np.array([new[t] == token for new in rows])
                    if chance.bernoulli(hits, p) < ALARM:
                        return f"the tokens drawn in step {t + 1} are too often or too rarely some"
            for new, p in p_of[prompt].items():
                if chance.bernoulli(np.array([row == new for row in rows]), p) < ALARM:
                    return "some continuations are too frequent or too rare"
        return ""

    return judge
