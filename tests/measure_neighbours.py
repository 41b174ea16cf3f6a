"""How much of what students do wrong is told to them, and told truly.

    python -m tests.measure_neighbours [ASSIGNMENT ...]

`tests/neighbours/ASSIGNMENT.py` holds wrong answers that were written without a look at the hints:
`@mistake("exercise", "what is truly wrong, in a sentence")`; so do the edits of
`slips/ASSIGNMENT.yml` (see `edited_slips`). Each is graded like a submission, and
`tests/neighbours/ASSIGNMENT.yml` records what it is told: `told` is a person's entry, kept as long
as what it judges (verdict, hint and message) stays the same, else `?`.

    true     the hint, or the message, says what is wrong, or where
    untold   nothing does
    false    something that is said is not so
    passes   the answer passes
    raised   an exception, with its place
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from grader.controller.causes import mistake_program
from grader.controller.prepared import prepare
from grader.controller.standards import Standards
from grader.course.lesson import Mistake, load_lesson, load_mistakes
from grader.course.syllabus import Course, load_course
from grader.grading.machine import allowance_of, cores, policy_of
from grader.grading.pool import Slot, slots
from grader.results import ExerciseResult
from grader.validate.trial import Trial, run_trials
from tests.edited_slips import load_slips

FOLDER = Path(__file__).parent / "neighbours"
SEED = "neighbours"
UNJUDGED = "?"
JUDGEMENTS = (True, "untold", False, "passes", "raised", UNJUDGED)


@dataclass(frozen=True)
class Entry:
    """One slip: what is truly wrong, what is told of it, and a person's judgement of that."""

    slip: str
    exercise: str
    truth: str
    verdict: str
    hint: str
    message: str
    told: bool | str

    @property
    def said(self) -> tuple[str, str, str]:
        """What a judgement judges."""
        return self.verdict, self.hint, self.message


def corpus(course: Course, name: str, folder: Path = FOLDER) -> tuple[Mistake, ...]:
    """The neighbours of an assignment; their hints are the truth."""
    lesson = load_lesson(course, name)
    edits = folder / "slips" / f"{name}.yml"
    if edits.exists():
        return load_slips(edits, lesson.answers_source)
    return load_mistakes(folder / f"{name}.py", lesson.answers_source, set(lesson.exercises))


def graded(
    course: Course, name: str, slips: Sequence[Mistake], places: Sequence[Slot]
) -> dict[str, ExerciseResult]:
    """The result of each slip's exercise, by the slip's name."""
    lesson, limits = load_lesson(course, name), course.limits_of(name)
    allowance = allowance_of(limits)
    prepared = prepare(lesson, SEED, "cpu", limits.seconds)
    wanted = {n: e for n, e in prepared.items() if n in {slip.exercise for slip in slips}}
    standards = Standards(lesson, wanted, allowance, places[0].zygote())
    trials = [Trial(s.name, mistake_program(s), (s.exercise,), standards) for s in slips]
    return {t.trial.subject: t.results[0] for t in run_trials(trials, places, allowance)}


def judged(slip: Mistake, result: ExerciseResult, before: Entry | None) -> Entry:
    """A slip's entry; the judgement is the earlier one's if what is said has not changed."""
    said = result.verdict, result.hint, result.message
    known = before is not None and before.said == said
    told = before.told if before and known else _plainly(result)
    return Entry(slip.name, slip.exercise, slip.hint, *said, told)


def _plainly(result: ExerciseResult) -> str:
    """What needs no person: nothing is said that could be true or false."""
    if result.verdict == "passed":
        return "passes"
    if result.hint or result.verdict not in ("failed", "error"):
        return UNJUDGED
    return "raised" if result.verdict == "error" else "untold"


def read_ledger(path: Path) -> dict[str, Entry]:
    """A ledger's entries by slip; none if there is no file."""
    if not path.exists():
        return {}
    entries = [Entry(**entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8"))]
    for entry in entries:
        if entry.told not in JUDGEMENTS:
            raise ValueError(f"{path}: {entry.slip}: told is {entry.told!r}; see the module's text")
    return {entry.slip: entry for entry in entries}


def write_ledger(path: Path, entries: Sequence[Entry]) -> None:
    """Write entries in their order."""
    data: list[dict[str, Any]] = [asdict(entry) for entry in entries]
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)
    path.write_text(text, encoding="utf-8")


def sample(slips: Sequence[Mistake], count: int) -> list[Mistake]:
    """About `count` slips, always the same: of few exercises, as each has to be prepared."""
    ordered = sorted(slips, key=lambda slip: (_mix(slip.exercise), _mix(slip.name)))
    return ordered[:count]


def _mix(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def shares(entries: Sequence[Entry]) -> str:
    """One line: how many of the wrong answers are told what."""
    counts = Counter(str(entry.told).lower() for entry in entries)
    wrong = len(entries) - counts["passes"]
    good = counts["true"] + counts["raised"]
    listed = ", ".join(f"{counts[str(key).lower()]} {str(key).lower()}" for key in JUDGEMENTS)
    return f"{len(entries)} slips: {listed}; {100 * good / max(wrong, 1):.1f} % told what to do"


def main() -> None:
    """Grade the corpora, write the ledgers, print the shares."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("assignments", nargs="*", help="none means all that have neighbours")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the corpora lie")
    chosen = parser.parse_args()
    course = load_course(Path(__file__).parents[1])
    written = {path.stem for path in chosen.folder.glob("*.py")}
    written |= {path.stem for path in (chosen.folder / "slips").glob("*.yml")}
    names = [n for n in course.assignments if n in written]
    everything: list[Entry] = []
    for name in chosen.assignments or names:
        path = chosen.folder / f"{name}.yml"
        before, slips = read_ledger(path), corpus(course, name, chosen.folder)
        places = slots(policy_of(course.limits_of(name), "full", "cpu"), cores())
        try:
            results = graded(course, name, slips, places)
        finally:
            for place in places:
                place.discard()
        entries = [judged(slip, results[slip.name], before.get(slip.name)) for slip in slips]
        write_ledger(path, entries)
        print(f"{name}: {shares(entries)}", flush=True)
        everything += entries
    print(f"all: {shares(everything)}")


if __name__ == "__main__":
    main()
