"""The judges of lectures 12 and 13's training see what a perplexity cannot."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.course.lesson import load_module
from reference import character_model, language_model

OURS = Path(__file__).parents[1]
NAMES = load_module(OURS, "solutions.lec12_lstm.training")
TEXTS = load_module(OURS, "solutions.lec13_attention.training")


def runs_of_names(names: list[list[int]], end: int, size: int) -> list[Any]:
    """Three right runs of three epochs in batches of six, two of them alike."""
    rng, longest = np.random.default_rng(0), max(map(len, names))

    def run(seed: int) -> Any:
        draw = np.random.default_rng(seed)
        read = np.full((15, 6), -1)
        for epoch in range(3):
            order = draw.permutation(25)
            for b in range(5):
                some = order[6 * b : 6 * b + 6]
                read[5 * epoch + b, : len(some)] = some
        logits = logits_of[read]
        losses = []
        for row, out in zip(read, logits, strict=True):
            chosen = [names[i] for i in row if i >= 0]
            losses.append(NAMES._loss(out[: len(chosen)], chosen, end))
        return losses, read, logits

    logits_of = rng.normal(size=(25, longest, size))
    return [run(1), run(1), run(2)]


@pytest.fixture
def names() -> list[list[int]]:
    return NAMES.told_apart(np.random.default_rng(3), 25, 28, 0, 1)


def test_right_runs_pass_and_a_loss_with_padding_does_not(names: list[list[int]]) -> None:
    judge, runs = NAMES.shuffled_batches(names, 1, 3, 6), runs_of_names(names, 1, 28)
    assert judge(runs) == ""
    runs[0][0][4] *= 1.005
    assert "masked loss" in judge(runs)


def test_an_order_that_comes_again_is_seen(names: list[list[int]]) -> None:
    judge, runs = NAMES.shuffled_batches(names, 1, 3, 6), runs_of_names(names, 1, 28)
    for losses, read, logits in runs:
        read[5:10], logits[5:10], losses[5:10] = read[:5], logits[:5], losses[:5]
    assert "anew in each epoch" in judge(runs)


def test_a_bigram_is_not_better_than_a_bigram() -> None:
    rng = np.random.default_rng(5)
    names, unseen = (NAMES.draw_names(rng, n, list(range(10)), 10) for n in (300, 200))
    table = character_model.bigram_log_probs(names, 12, 11)
    judge = NAMES.better_than_counting(unseen, 11, table)
    longest = max(map(len, unseen))
    tokens = np.array([name + [10] * (longest - len(name)) for name in unseen]).T
    assert "perplexity" in judge(([1.0], table[tokens]))


def test_a_text_is_no_bigrams_world() -> None:
    rng = np.random.default_rng(6)
    text, windows = TEXTS.draw_text(rng, 3000, 8), TEXTS.draw_text(rng, 1200, 8).reshape(-1, 12)
    table = language_model.bigram_log_probs(text, 8)
    judge = TEXTS.better_than_counting(windows, table)
    assert "perplexity" in judge(([1.0], table[windows]))
    known = np.full((100, 12, 8), np.log(0.25 / 8))
    before = np.roll(windows, 1, axis=1)
    np.put_along_axis(known, before[..., None], np.log(0.75 + 0.25 / 8), axis=2)
    assert judge(([1.0], known)) == ""


@pytest.mark.parametrize(
    ("begin", "complaint"),
    [
        (lambda rng: rng.integers(49, size=(40, 4)), ""),
        (lambda rng: rng.integers(30, size=(40, 4)), "the end of it"),
        (lambda rng: rng.integers(46, size=(40, 1)) + np.arange(4), "each by itself"),
        (lambda rng: rng.choice([3, 17, 40], size=(40, 4)), "most places"),
    ],
)
def test_windows_begin_anywhere(begin: Any, complaint: str) -> None:
    rng = np.random.default_rng(7)
    tokens, runs = rng.permutation(60), []
    for seed in (1, 1, 2):
        starts = begin(np.random.default_rng(seed))
        logits = np.zeros((40, 4, 12, 60))
        runs.append(([float(np.log(60))] * 40, starts, 12, logits))
    found = TEXTS.random_windows(tokens, 12, many=True)(runs)
    assert complaint in found if complaint else found == ""
