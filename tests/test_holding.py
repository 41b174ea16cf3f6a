"""What one submission may have the controller hold, and how long: a small part of the fuzz."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from attacks import CRASH, HONEST, PROTOCOL, TIMEOUT  # type: ignore[import-not-found]
from fuzz_controller import MOST_BYTES, fuzz_frames  # type: ignore[import-not-found]
from hoards import FRAMES, LOADING, VALUES, hoard, while_loading  # type: ignore[import-not-found]
from red_course import COURSE, red_course, shared_report  # type: ignore[import-not-found]

from grader.comparing.compare import Asked
from grader.comparing.forms import SQUARE
from grader.comparing.judging import asked_of
from grader.comparing.outcomes import FLOOR, Call, Outcome
from grader.controller import phrases
from grader.controller.arrivals import Arrivals, Purse
from grader.controller.caps import answer_frame, caps_of
from grader.controller.findings import Finding, Standard
from grader.controller.prepared import PreparedExercise
from grader.controller.staging import told
from grader.course.syllabus import load_course
from grader.grading.doctor import diagnose
from grader.grading.grading import Options, begin, grade_class
from grader.results import Report, SubmissionResult
from grader.vocabulary import Case, case
from grader.worker.cap import Cap
from grader.worker.values import Encoder
from grader.worker.wire import Array, Long, ProtocolError, Reader, decode, pack, prefix_size

HURRIED = COURSE.replace("seconds: 4", "seconds: 2").replace("memory_mb: 400", "memory_mb: 1024")
NEIGHBOURS = ("aa_neighbour", "zz_neighbour")
NOTHING_CAME = "the result: expected a tensor, got None [values, inputs (4, 3)]"
VALUE = {
    "large_tensors": ("failed", "expected shape (4, 3), got (2800, 2800)"),
    "large_arrays": ("failed", "expected a tensor, got an array of shape one of 1 dimensions"),
    "arrays_at_the_cap": ("failed", "expected shape (4, 3), got one of 1 dimensions"),
    "keys_of_texts": ("failed", "expected a tensor, got a dictionary that is far too long"),
    "few_keys_that_collide": ("failed", "expected a tensor, got something of another type"),
    "long_text": ("failed", "expected a tensor, got a text that is far too long"),
    "wide": ("failed", "expected a tensor, got a list that is far too long"),
    "empty_shapes": ("failed", "expected a tensor, got a list that is far too long"),
    "grown_inputs": ("failed", "expected a tensor, got None"),
    "huge_exception": ("error", "ValueError (line"),
    "wide_mro": ("error", "an exception (line"),
}
REFUSED = (
    "many_digits", "equal_keys", "empty_lists", "body_at_the_old_cap", "shapes_of_nothing",
    "forms_that_would_fit", "keys_on_the_wire", "tiny_frames",
)  # fmt: skip
OVERDUE = ("body_that_drips", "header_that_drips")
SUBMISSIONS = {
    **{name: hoard(HONEST, ["scale"], VALUES[name]) for name in VALUE},
    **{name: hoard(HONEST, ["scale"], FRAMES[name]) for name in (*REFUSED, *OVERDUE)},
    **{name: while_loading(HONEST, LOADING[name]) for name in LOADING},
}


def run(folder: Path) -> Report:
    course = load_course(red_course(folder / "course", HURRIED))
    handed_in = folder / "handed_in"
    handed_in.mkdir()
    for name, source in SUBMISSIONS.items():
        (handed_in / f"{name}.py").write_text(source, encoding="utf-8")
    for name in NEIGHBOURS:
        (handed_in / f"{name}.py").write_text(HONEST, encoding="utf-8")
    Path("/proc/self/clear_refs").write_text("5")
    before = _resident("VmRSS")
    report = grade_class(course, "one", handed_in, Options(jobs=1), None)
    (folder / "held").write_text(str(_resident("VmHWM") - before))
    return report


def _resident(what: str) -> int:
    found = re.search(rf"{what}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    missing = [probe.layer for probe in diagnose() if probe.needed and not probe.works]
    if missing:
        pytest.skip(f"this machine lacks {', '.join(missing)}")
    return shared_report("holding", tmp_path_factory, run)


def of(report: Report, name: str) -> SubmissionResult:
    return next(one for one in report.submissions if one.student == name)


def verdicts(result: SubmissionResult) -> dict[str, str]:
    return {one.name: one.verdict for one in result.exercises}


@pytest.mark.parametrize("name", VALUE)
def test_a_large_result_is_told_from_a_fixed_vocabulary(report: Report, name: str) -> None:
    result, (verdict, message) = of(report, name), VALUE[name]
    assert result.status == "graded", result.message
    found = verdicts(result)
    assert (found["scale"], found["Tally"]) == (verdict, "passed"), result
    assert found["product"] in ("passed", "forbidden")
    assert message in result.exercises[0].message


@pytest.mark.parametrize("name", [*REFUSED, *OVERDUE])
def test_a_frame_that_nobody_sends_costs_its_exercise(report: Report, name: str) -> None:
    result = of(report, name)
    assert result.status == "graded", result.message
    found = verdicts(result)
    assert found["scale"] == ("timeout" if name in OVERDUE else "failed"), result
    assert found["product"] in ("passed", "forbidden") and found["Tally"] == "passed", result
    wanted = TIMEOUT if name in OVERDUE else NOTHING_CAME if name == "equal_keys" else PROTOCOL
    assert result.exercises[0].message == wanted


@pytest.mark.parametrize("name", LOADING)
def test_floods_while_loading_take_nothing_from_what_is_defined(report: Report, name: str) -> None:
    result = of(report, name)
    assert result.status == "graded", result.message
    assert set(verdicts(result).values()) <= {"passed", "forbidden", "timeout"}, result
    for one in result.exercises:
        assert one.verdict != "timeout" or one.message in (TIMEOUT, PROTOCOL, CRASH)


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_a_neighbour_has_full_marks(report: Report, name: str) -> None:
    assert (of(report, name).score, of(report, name).max_score) == (5.0, 5.0)


def test_little_is_held(report: Report, tmp_path_factory: pytest.TempPathFactory) -> None:
    base = tmp_path_factory.getbasetemp()
    root = (base.parent if base.name.startswith("popen-") else base) / "holding"
    assert report and int((root / "held").read_text()) < MOST_BYTES


def test_changed_frames_are_read_or_refused(tmp_path: Path) -> None:
    grading = begin(load_course(red_course(tmp_path / "course")), "one", Options())
    done = fuzz_frames(grading, 400, seed=7)
    assert done.read > 50 and done.refused > 50 and done.bytes < MOST_BYTES / 4


# What an honest worker sends is never more than the caps allow.

X = np.arange(6.0).reshape(2, 3)


def call_of(one: Case) -> Call:
    return Call(one, False, 1.0, (), {}, caps_of(one, ["list", []]))


def sent(value: object, cap: Cap) -> object:
    encoder = Encoder()
    tree = encoder.encode(value, cap)
    header = len(pack({"value": tree})) - prefix_size()
    body = b"".join(encoder.blobs)
    assert header <= cap.header_bytes + 100 and len(body) <= cap.body_bytes
    reader = Reader(body)
    try:
        return decode(tree, reader, cap)
    finally:
        reader.finish()


@pytest.mark.parametrize("cap", [FLOOR, Cap(10, 40, 20), Cap(0, 0, 0), Cap(100, 12, 0)])
@pytest.mark.parametrize(
    "value",
    [
        np.ones(11), np.ones(10), [np.ones(6), np.ones(6), np.ones(4)], np.ones(6, complex),
        [0.1] * 50, [[0.1] * 15] * 30, {"k" * 30: 1}, {"a": np.ones(99), "b": np.ones(3)},
        "x" * 21, ["x" * 15, "y" * 15, "z" * 5], 10**200, [10**300] * 40, [object()] * 9,
        dict.fromkeys(range(100), 0), ["\U0001f600" * 20], [np.zeros((0, 2, 3))] * 20, (1, [2, {}]),
        [True] * 6000, float("nan"), [b"x"] * 2000,
    ],
)  # fmt: skip
def test_whatever_is_returned_fits_what_is_read(value: object, cap: Cap) -> None:
    sent(value, cap)


def test_of_what_is_too_large_the_form_comes() -> None:
    assert isinstance(sent([0] * 300_000, FLOOR), Long)
    both = sent((np.ones((999, 999)), np.ones(3)), FLOOR)
    assert isinstance(both, tuple)
    large, small = both
    assert isinstance(large, Array) and large.data is None and large.shape == (999, 999)
    assert small.data.tolist() == [1, 1, 1]
    with pytest.raises(ProtocolError, match="left out"):
        decode(["form", "array", "float64", [3], "cpu"], Reader(b""), FLOOR)


@pytest.mark.parametrize("n", [2, 50, 700, 1000, 2500])
def test_a_column_beside_a_row_is_still_told_by_its_square(n: int) -> None:
    rng = np.random.default_rng(n)
    x, y = rng.normal(size=(n, 1)), rng.normal(size=n)
    one = case(x, y, expect=x[:, 0] - y)
    call = call_of(one)
    exercise = PreparedExercise(
        None, 1.0, "numpy", "cpu", (call,), (), b"", None, None, ("x", "y")  # type: ignore[arg-type]
    )  # fmt: skip
    asked = asked_of(call, "numpy", "cpu")
    arrivals = Arrivals(exercise, [asked], Purse())
    arrivals.add(Outcome(sent(x - y, call.caps.value)))
    run_, failure = arrivals.run(), arrivals.run().failures[0]
    assert failure.message.startswith(f"the result: expected shape ({n},), got ({n}, {n})")
    sentences = told(Standard(exercise, (asked,)), run_, Finding("failed", "", 0, failure))
    assert SQUARE in sentences


def test_a_result_that_was_right_before_is_not_right_with_other_inputs() -> None:
    first, lap = (call_of(case(x, expect=2 * x)) for x in (np.ones(3), np.arange(3.0)))
    exercise = PreparedExercise(
        None, 1.0, "numpy", "cpu", (first,), (), b"", None, None  # type: ignore[arg-type]
    )  # fmt: skip
    kept = Outcome(sent(2 * np.ones(3), first.caps.value))
    measured = Arrivals(exercise, None, Purse())
    measured.add(kept)
    arrivals = Arrivals(exercise, measured.run().asked, Purse())
    arrivals.add(kept)
    assert not arrivals.run().failures
    assert not arrivals.is_right(0, lap, kept)
    assert arrivals.is_right(0, lap, Outcome(sent(2 * np.arange(3.0), lap.caps.value)))


def test_what_is_kept_of_many_large_wrong_results_is_bounded() -> None:
    one = case(X, expect=np.ones(2**17))
    call = call_of(one)
    exercise = PreparedExercise(
        None, 1.0, "numpy", "cpu", (call,) * 20, (), b"", None, None  # type: ignore[arg-type]
    )  # fmt: skip
    asked: list[Asked] = [asked_of(call, "numpy", "cpu")] * 20
    arrivals = Arrivals(exercise, asked, Purse(2**20))
    for _ in range(20):
        arrivals.add(Outcome(sent(np.zeros(2**17), call.caps.value)))
    run_ = arrivals.run()
    held = [outcome.value.data.nbytes for outcome in run_.outcomes]
    assert len(run_.failures) == 20 and sum(held) < 9 * 2**20
    assert 1 <= len(run_.whole) < 8 and min(held) < 10_000


def test_caps_tell_nothing_of_what_is_expected() -> None:
    caps = {caps_of(case(X, expect=np.ones(n)), ["list", []]).value for n in (1, 7, 300, 700)}
    assert caps == {FLOOR}
    large = caps_of(case(X, expect=np.ones(200_000)), ["list", []])
    assert math.log2(large.value.entries).is_integer() and large.value.entries > 8 * 200_000
    assert sum(answer_frame(large)) < 2**25


def test_a_hostile_message_is_looked_through_quickly() -> None:
    words = frozenset({"a"})
    for text in ("index " * 80, "'" * 500, "{} " * 160, "a" * 500, "tensor a (" * 50):
        assert len(phrases.told(text, words)) <= 500
