"""What a GPU adds to the course, and what stands there without one: lectures 7 and 13."""

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib
import pytest
import torch

from grader.course.syllabus import load_course
from grader.notebook import compose

OURS = load_course(Path(__file__).parents[1])
COMPUTED, CPU = "T4 at its best (formula)", "CPU, one thread"


def sources(name: str, *wanted: str) -> list[str]:
    """The answered notebook's cells that hold one of these, in its order; the imports first."""
    cells = [cell.source for cell in compose(OURS, name, "en").cells if cell.cell_type == "code"]
    return [cells[0], *(cell for cell in cells[1:] if any(part in cell for part in wanted))]


def run(cells: list[str], names: dict[str, Any]) -> dict[str, Any]:
    for number, source in enumerate(cells):
        exec(compile(source, f"<cell {number}>", "exec", dont_inherit=True), names)
    return names


@pytest.fixture
def plt() -> Iterator[Any]:
    """Pyplot that draws to memory."""
    matplotlib.use("agg")
    from matplotlib import pyplot

    pyplot.close("all")
    yield pyplot
    pyplot.close("all")


@pytest.fixture(scope="module")
def clock() -> dict[str, Any]:
    """Lecture 7's layer and its tools for timing."""
    matplotlib.use("agg")
    return run(sources("lec07_cnn", "BEGIN SOLUTION", "CALL, BANDWIDTH"), {})


def crossover(clock: dict[str, Any], gpu: torch.device | None) -> None:
    *_, picture = sources("lec07_cnn", "TASKS = ")
    run([picture], {**clock, "GPU": gpu})


def curves(plt: Any) -> list[dict[str, Any]]:
    return [{line.get_label(): line for line in axes.lines} for axes in plt.gcf().axes]


def test_without_a_gpu_a_sentence_says_so_and_nothing_is_made_up(
    clock: dict[str, Any], plt: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    crossover(clock, None)
    (said,) = capsys.readouterr().out.splitlines()
    assert said.startswith("No GPU here: ")
    assert [set(panel) for panel in curves(plt)] == [{CPU, COMPUTED}] * 2
    for panel in curves(plt):
        assert "formula" in COMPUTED and panel[COMPUTED].get_marker() in ("", "None")
        assert panel[COMPUTED].get_ydata()[0] == clock["CALL"], "small work costs the call"


def test_with_a_second_device_both_are_drawn_and_the_crossing_is_said(
    clock: dict[str, Any], plt: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    crossover(clock, torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2 and all(re.search(r": up to n = \d+ the CPU keeps up$", s) for s in said)
    for panel in curves(plt):
        assert set(panel) == {CPU, "GPU", "GPU, data carried", COMPUTED}
        assert all((line.get_ydata() > 0).all() for line in panel.values())


def test_the_memory_never_decides_for_the_product_nor_the_arithmetic_for_the_layer(
    clock: dict[str, Any],
) -> None:
    for task, slow in (("product_task", 0), ("layer_task", 1)):
        for n in (2**k for k in range(3, 12)):
            *_, moved, operations = clock[task](n)
            prices = (moved / clock["BANDWIDTH"], operations / clock["PEAK"])
            assert prices[slow] < max(clock["CALL"], prices[1 - slow])


def test_a_median_is_of_calls_after_the_warm_up(clock: dict[str, Any]) -> None:
    calls: list[tuple[Any, ...]] = []

    def function(*inputs: Any) -> torch.Tensor:
        calls.append(inputs)
        return torch.zeros(1)

    given = torch.ones(2)
    seconds = clock["median_seconds"](function, (given, 3), torch.device("cpu"), True, repeats=4)
    assert seconds > 0 and len(calls) == 6
    assert all(number == 3 and torch.equal(tensor, given) for tensor, number in calls)


@pytest.fixture(scope="module")
def halved() -> tuple[dict[str, Any], str]:
    """Lecture 13's section 14, on the model that section 11 trained; what it printed."""
    matplotlib.use("agg")
    cells = sources("lec13_attention", "BEGIN SOLUTION", "NOUNS, SIDE = ", "RUNS = ")
    with contextlib.redirect_stdout(io.StringIO()) as said:
        return run(cells, {}), said.getvalue()


def test_bfloat16_products_cost_no_loss_and_rounded_parameters_do(
    halved: tuple[dict[str, Any], str],
) -> None:
    losses = [float(loss) for loss in re.findall(r": loss ([\d.]+) on unseen text", halved[1])]
    whole, mixed, rounded = losses
    assert abs(mixed - whole) < 0.02 and rounded > whole + 0.1


def test_what_is_kept_is_counted_by_dtype(halved: tuple[dict[str, Any], str]) -> None:
    kept = re.findall(r"width \d+, (\w+): .* ([\d.]+) MiB in .* ([\d.]+) MiB in", halved[1])
    assert [name for name, *_ in kept] == ["float32", "autocast"] * 2
    for name, whole, half in kept:
        assert float(whole) > 0 and (float(half) > 0) == (name == "autocast")


def test_kept_bytes_are_those_of_a_layer_known_by_hand(
    halved: tuple[dict[str, Any], str],
) -> None:
    names = halved[0]

    class OneLayer(torch.nn.Module):
        """Logits = (rows as floats) · w: backward needs the floats for w, and w for nothing."""

        def __init__(self) -> None:
            super().__init__()
            self.w = torch.nn.Parameter(torch.ones(1, 5))

        def forward(self, tokens: torch.Tensor) -> torch.Tensor:
            return tokens[:, :, None].float() @ self.w

    rows = torch.ones(2, 7, dtype=torch.int64)
    mine = names["kept_bytes"](OneLayer(), rows, mixed=False)
    log_probabilities = 2 * 6 * 5  # of the loss: the first six positions, five logits each
    assert mine[torch.bfloat16] == 0
    # 14 inputs of the product, the log-probabilities, and a scalar that says what the mean is of.
    assert mine[torch.float32] == 4 * (14 + log_probabilities + 1)


def test_many_gradients_vanish_in_float16_and_none_once_the_loss_is_scaled(
    halved: tuple[dict[str, Any], str],
) -> None:
    plain, scaled = halved[0]["lost"].values()
    assert plain > 0.1 and scaled < 0.001
