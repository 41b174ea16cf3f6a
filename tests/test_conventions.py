"""A convention costs its own points; a number that no convention explains costs more."""

from pathlib import Path

import pytest

from grader.course.syllabus import load_course
from grader.grading.machine import policy_of
from grader.grading.pool import slots
from grader.results import ExerciseResult
from grader.vocabulary import CONVENTIONS, VALUES
from tests.measure_neighbours import corpus, graded

NAME = "lec09_training"
SLIPS = """
import torch

from grader.vocabulary import mistake
from solutions.lec09_training import answers


def _train(x, gamma, beta, running_mean, running_var, momentum, eps):
    return answers.batchnorm_train(x, gamma, beta, running_mean, running_var, momentum, eps)


def _images(x, gamma, beta, running_mean, running_var, momentum, eps):
    return answers.batchnorm2d_train(x, gamma, beta, running_mean, running_var, momentum, eps)
"""
SLIP = """

@mistake("{exercise}", "{truth}")
def {exercise}_{name}(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    out, mean, _ = {right}(x, gamma, beta, running_mean, running_var, momentum, eps)
    var = x.var(dim={dims}, unbiased=False)
    return out, mean, {result}
"""
RESULTS = {
    "biased": "(1 - momentum) * running_var + momentum * var",
    "untouched": "running_var.clone()",
    "of_the_batch": "var",
    "not_shrunk": "running_var + momentum * var",
    "deviation": "(1 - momentum) * running_var + momentum * var.sqrt()",
}
PLACES = {"batchnorm_train": ("_train", "0"), "batchnorm2d_train": ("_images", "(0, 2, 3)")}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ExerciseResult]:
    """What each answer earns."""
    course = load_course(Path(__file__).parents[1])
    folder = tmp_path_factory.mktemp("slips")
    made = [
        SLIP.format(exercise=e, truth=n, name=n, right=right, dims=dims, result=result)
        for e, (right, dims) in PLACES.items()
        for n, result in RESULTS.items()
    ]
    (folder / f"{NAME}.py").write_text(SLIPS + "".join(made), encoding="utf-8")
    places = slots(policy_of(course.limits_of(NAME), "full", "cpu"), 1)
    try:
        return graded(course, NAME, corpus(course, NAME, folder), places)
    finally:
        for place in places:
            place.discard()


@pytest.mark.parametrize("exercise", PLACES)
def test_the_biased_running_variance_costs_the_convention_alone(
    results: dict[str, ExerciseResult], exercise: str
) -> None:
    passed = {g.name: g.passed for g in results[f"{exercise}_biased"].groups}
    assert not passed.pop(CONVENTIONS)
    assert all(passed.values())


@pytest.mark.parametrize("exercise", PLACES)
@pytest.mark.parametrize("name", [name for name in RESULTS if name != "biased"])
def test_another_running_variance_costs_the_values(
    results: dict[str, ExerciseResult], exercise: str, name: str
) -> None:
    result = results[f"{exercise}_{name}"]
    passed = {g.name: g.passed for g in result.groups}
    assert not passed[VALUES]
    assert result.score == 0 < results[f"{exercise}_biased"].score
