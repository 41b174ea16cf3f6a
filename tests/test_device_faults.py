"""What a call does to a GPU: an error that breaks it costs one exercise, want of memory no more.

The errors are raised by Python, with the types and texts of torch's own, so that no GPU is needed.
"""

from pathlib import Path

import pytest
from attacks import HONEST  # type: ignore[import-not-found]
from red_course import red_course, shared_report  # type: ignore[import-not-found]

from grader.comparing.outcomes import Raised
from grader.controller import messages
from grader.controller.device_faults import breaks_device, wants_memory
from grader.course.syllabus import load_course
from grader.grading.doctor import diagnose
from grader.grading.grading import Options, grade_class
from grader.results import ExerciseResult, Report

_ADVICE = (
    "\\nCUDA kernel errors might be asynchronously reported at some other API call, so the "
    "stacktrace below might be incorrect.\\n"
    "For debugging consider passing CUDA_LAUNCH_BLOCKING=1\\n"
)
ASSERT = f"CUDA error: device-side assert triggered{_ADVICE}"
ILLEGAL = f"CUDA error: an illegal memory access was encountered{_ADVICE}"
OOM = (
    "CUDA out of memory. Tried to allocate 9.31 GiB. GPU 0 has a total capacity of 14.74 GiB of "
    "which 5.06 GiB is free. Process 1 has 9.68 GiB memory in use."
)

# A GPU that is broken goes on failing, whoever calls it: as it would be within one process.
BROKEN = """
BROKEN = []


def breaking(error):
    BROKEN.append(error)
    raise error


def tried(function):
    def call(*args):
        if BROKEN:
            raise BROKEN[0]
        return function(*args)
    return call


product = tried(product)
Tally.add = tried(Tally.add)
"""
SUBMISSIONS = {
    "asserts": f'{BROKEN}\ndef scale(x):\n    breaking(torch.AcceleratorError("{ASSERT}"))\n',
    "strays": f'{BROKEN}\ndef scale(x):\n    breaking(RuntimeError("{ILLEGAL}"))\n',
    "breaks_late": (
        f"{BROKEN}\ncalls = []\n"
        "def scale(x):\n"
        "    calls.append(1)\n"
        "    if len(calls) < 2:\n"
        "        return 3 * x + 1\n"
        f'    breaking(torch.AcceleratorError("{ASSERT}"))\n'
    ),
    "breaks_while_loading": f'{BROKEN}\nbreaking(torch.AcceleratorError("{ASSERT}"))\n',
    "wants_memory": f'\ndef scale(x):\n    raise torch.OutOfMemoryError("{OOM}")\n',
    "driver_wants_memory": (
        '\ndef scale(x):\n    raise torch.AcceleratorError("CUDA error: out of memory")\n'
    ),
    "cublas_wants_memory": (
        "\ndef scale(x):\n"
        '    raise RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `x`")\n'
    ),
    "harmless": (
        '\ndef scale(x):\n    raise RuntimeError("CUDA error: invalid configuration argument")\n'
    ),
    "neighbour": "",
}


def run(folder: Path) -> Report:
    course = load_course(red_course(folder / "course"))
    handed_in = folder / "handed_in"
    handed_in.mkdir()
    for name, source in SUBMISSIONS.items():
        (handed_in / f"{name}.py").write_text(f"{HONEST}\n{source}", encoding="utf-8")
    return grade_class(course, "one", handed_in, Options(jobs=1), None)


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    if not all(probe.works for probe in diagnose() if probe.needed):
        pytest.skip("this machine cannot confine fully")
    return shared_report("device_faults", tmp_path_factory, run)


def exercises(report: Report, student: str) -> dict[str, ExerciseResult]:
    (found,) = [one for one in report.submissions if one.student == student]
    assert found.status == "graded", found.message
    return {one.name: one for one in found.exercises}


@pytest.mark.parametrize("student", ["asserts", "strays", "breaks_late"])
def test_an_error_that_breaks_the_device_costs_one_exercise(report: Report, student: str) -> None:
    found = exercises(report, student)
    assert found["scale"].verdict == "error" and found["scale"].score == 0
    assert found["scale"].message.startswith(messages.DEVICE_FAULT)
    assert [found[name].verdict for name in ("product", "Tally")] == ["passed"] * 2


def test_a_cell_that_breaks_the_device_is_left_out(report: Report) -> None:
    found = exercises(report, "breaks_while_loading")
    assert {one.verdict for one in found.values()} == {"passed"}


@pytest.mark.parametrize("student", ["wants_memory", "driver_wants_memory", "cublas_wants_memory"])
def test_too_little_memory_is_told_as_such(report: Report, student: str) -> None:
    found = exercises(report, student)
    assert found["scale"].verdict == "memory"
    assert found["scale"].message.startswith(messages.MEMORY)
    assert [found[name].verdict for name in ("product", "Tally")] == ["passed"] * 2


def test_an_error_that_breaks_nothing_is_an_exception_like_others(report: Report) -> None:
    found = exercises(report, "harmless")
    assert found["scale"].verdict == "error"
    assert found["scale"].message.startswith("RuntimeError (line")


def test_a_neighbour_keeps_its_marks(report: Report) -> None:
    assert {one.verdict for one in exercises(report, "neighbour").values()} == {"passed"}


def raised(kind: str, message: str) -> Raised:
    return Raised(kind, (kind, "RuntimeError"), message, None, None, "library", False)


@pytest.mark.parametrize(
    ("kind", "message", "breaks", "memory"),
    [
        ("AcceleratorError", "CUDA error: device-side assert triggered", True, False),
        ("RuntimeError", "CUDA error: an illegal memory access was encountered", True, False),
        ("RuntimeError", "CUDA error: misaligned address", True, False),
        ("RuntimeError", "CUDA error: unspecified launch failure", True, False),
        (
            "RuntimeError",
            "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `x`",
            True,
            False,
        ),
        ("RuntimeError", "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED", True, False),
        ("AcceleratorError", "of words that torch may choose tomorrow", True, False),
        ("AcceleratorError", "CUDA error: out of memory", False, True),
        ("OutOfMemoryError", "CUDA out of memory. Tried to allocate 2.00 GiB.", False, True),
        ("RuntimeError", "CUDA out of memory. Tried to allocate 2.00 GiB.", False, True),
        ("RuntimeError", "cuDNN error: CUDNN_STATUS_ALLOC_FAILED", False, True),
        ("RuntimeError", "CUDA error: invalid configuration argument", False, False),
        ("RuntimeError", "CUDA error: CUBLAS_STATUS_INVALID_VALUE when calling `x`", False, False),
        ("RuntimeError", "The size of tensor a (3) must match", False, False),
        ("ValueError", "is there a CUDA error here?", False, False),
    ],
)
def test_errors_are_told_apart(kind: str, message: str, breaks: bool, memory: bool) -> None:
    one = raised(kind, message)
    assert (breaks_device(one), wants_memory(one)) == (breaks, memory)
