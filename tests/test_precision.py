"""Float32 is float32: values at TF32's error do not pass, and who asks for it is not heard."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from attacks import HONEST  # type: ignore[import-not-found]
from boxes import policy  # type: ignore[import-not-found]
from coarse import coarse  # type: ignore[import-not-found]
from red_course import red_course  # type: ignore[import-not-found]

from grader.comparing.outcomes import ExerciseRun
from grader.controller.prepared import PreparedExercise, prepare
from grader.controller.program import Program
from grader.controller.session import Allowance, execute
from grader.controller.zygote import Zygote
from grader.course.lesson import load_lesson
from grader.course.syllabus import load_course
from grader.grading.grading import Options, grade_class
from grader.results import Report
from grader.worker.confine import Limits

ROOT = Path(__file__).parents[1]
ALLOWANCE = Allowance(120.0, 600.0, 1000)
COURSE = load_course(ROOT)
LECTURES = [name for name, plan in COURSE.assignments.items() if plan.framework == "torch"]

COARSE_ENOUGH = {
    "a float32 value is stable within 1e-3, which is all that these cases ask": {
        "logistic_nll", "loss_fn_logistic", "loss_fn_softmax",
    },
    "a mean in which the errors of its products cancel": {"ols_loss", "activation_stds"},
    "judged by what the trained thing does": {
        "train_classifier", "train_xor", "train", "evaluate", "online_step",
    },
}  # fmt: skip
"""Exercises whose float32 results TF32 may make, and why; float64 decides what is right there."""


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with Zygote(policy("process", Limits(memory_bytes=4 << 30, cpu_seconds=900))) as made:
        yield made


def float32_calls(lecture: str) -> list[PreparedExercise]:
    """What a lecture's exercises are asked in float32, without races."""
    found = []
    for one in prepare(load_lesson(COURSE, lecture), "seed", "cpu", 120.0).values():
        calls = tuple(
            replace(call, case=replace(call.case, faster=None))
            for call in one.calls
            if call.case.dtype == "float32" and not call.fake and not call.case.seconds
        )
        if calls:
            found.append(replace(one, calls=calls).unbound().called(one.name))
    return found


@pytest.mark.parametrize("lecture", LECTURES)
def test_products_in_tf32_do_not_pass(zygote: Zygote, lecture: str) -> None:
    exercises = float32_calls(lecture)
    source = load_lesson(COURSE, lecture).answers_source

    def runs(text: str, asked: dict | None = None) -> dict[str, ExerciseRun]:
        program = Program(((1, text),), trusted=True)
        return execute(zygote, program, exercises, ALLOWANCE, asked=asked).runs

    asked = {name: run.asked for name, run in runs(source).items()}
    exact, tf32, rough = (
        runs(text, asked) for text in (source, coarse(source), coarse(source, bits=3))
    )
    # Three bits show who has products in float32 at all.
    multiply = {name for name, run in rough.items() if run.failures}
    caught = {name for name, run in tf32.items() if run.failures}
    assert not any(run.failures or run.ended for run in exact.values())
    assert not any(run.ended for run in (*tf32.values(), *rough.values()))
    assert multiply - caught <= set().union(*COARSE_ENOUGH.values())


FLAGS = (
    "torch.backends.cuda.matmul.allow_tf32",
    "torch.backends.cudnn.allow_tf32",
    "torch.backends.cuda.matmul.allow_fp16_reduced_precision_reduction",
    "torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction",
    "torch.backends.cuda.matmul.allow_fp16_accumulation",
    "torch.is_autocast_enabled('cpu')",
    "torch.is_autocast_enabled('cuda')",
)
CHECKED = f"""
def scale(x):
    for number, flag in enumerate([{", ".join(FLAGS)}]):
        assert flag is False, number
    assert torch.get_float32_matmul_precision() == "highest"
    for place in (torch.backends, torch.backends.cudnn.conv, torch.backends.cudnn.rnn,
                  torch.backends.cuda.matmul, torch.backends.mkldnn.matmul):
        assert place.fp32_precision == "ieee", place
    return 3 * x + 1
"""
OLD_WORDS = """
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
torch.set_float32_matmul_precision("medium")
torch.backends.cuda.matmul.allow_fp16_reduced_precision_reduction = True
torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = True
torch.backends.cuda.matmul.allow_fp16_accumulation = True
"""
NEW_WORDS = """
torch.backends.fp32_precision = "tf32"
torch.backends.cudnn.conv.fp32_precision = torch.backends.cudnn.rnn.fp32_precision = "tf32"
torch.backends.cuda.matmul.fp32_precision = "tf32"
torch.backends.mkldnn.matmul.fp32_precision = "bf16"
"""
AUTOCAST = """
torch.set_autocast_enabled("cpu", True)
torch.set_autocast_enabled("cuda", True)
torch.autocast("cpu", torch.bfloat16).__enter__()
"""
PATCHED = """
nothing = lambda *a, **k: None
torch.set_float32_matmul_precision("medium")
torch._C._set_float32_matmul_precision = torch._C._set_cublas_allow_tf32 = nothing
torch._C._set_cudnn_allow_tf32 = torch._C._set_fp32_precision_setter = nothing
torch.set_autocast_enabled = torch.set_float32_matmul_precision = nothing
"""
WITHIN = """
def scale(x):
    torch.set_float32_matmul_precision("medium")
    with torch.autocast("cpu", torch.bfloat16):
        eye = torch.eye(x.shape[-1], dtype=x.dtype)
        return 3 * (x.float() @ eye.float()).to(x.dtype) + 1
"""
SUBMISSIONS = {
    "untouched": CHECKED,
    "old_words": OLD_WORDS + CHECKED,
    "new_words": NEW_WORDS + CHECKED,
    "autocast": AUTOCAST + CHECKED,
    "patched": PATCHED + CHECKED,
    "within": WITHIN,
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    root = tmp_path_factory.mktemp("precision")
    course = load_course(red_course(root / "course"))
    folder = root / "class"
    folder.mkdir()
    for name, source in SUBMISSIONS.items():
        (folder / f"{name}.py").write_text(f"{HONEST}\n{source}")
    return grade_class(course, "one", folder, Options(jobs=1, isolation="process"), None)


@pytest.mark.parametrize("student", [name for name in SUBMISSIONS if name != "within"])
def test_what_a_cell_asks_for_is_put_back(report: Report, student: str) -> None:
    (found,) = [one for one in report.submissions if one.student == student]
    verdicts = {one.name: one.verdict for one in found.exercises}
    # To reach into torch's own module is told apart where anything is forbidden.
    product = "forbidden" if student == "patched" else "passed"
    assert verdicts == {"scale": "passed", "product": product, "Tally": "passed"}


def test_what_a_call_asks_for_shows_in_its_values(report: Report) -> None:
    (found,) = [one for one in report.submissions if one.student == "within"]
    scale = found.exercises[0]
    assert (scale.verdict, scale.score) == ("failed", 0.0) and "entries are wrong" in scale.message


@pytest.mark.gpu
def test_products_and_convolutions_on_a_gpu_are_exact() -> None:
    import torch

    from grader.worker import precision

    def errors() -> list[float]:
        made = torch.Generator("cuda").manual_seed(1)
        a, b = (torch.randn(512, 512, device="cuda", generator=made) for _ in range(2))
        x = torch.randn(2, 64, 32, 32, device="cuda", generator=made)
        w = torch.randn(64, 64, 3, 3, device="cuda", generator=made)
        pairs = [(a @ b, a.double() @ b.double())]
        conv = torch.nn.functional.conv2d
        pairs.append((conv(x, w), conv(x.double(), w.double())))
        return [float(((one - other).abs() / other.abs().mean()).max()) for one, other in pairs]

    torch.set_float32_matmul_precision("medium")
    torch.backends.cudnn.allow_tf32 = True
    coarse_errors = errors()
    precision.restore()
    assert max(errors()) < 1e-5 < 1e-4 < min(coarse_errors)
