"""Which of a student's files is the submission."""

from collections import Counter

from grader.submissions.layout import Candidate, is_submission
from grader.submissions.names import attempt, folded, printable, split_suffix


def choose(group: list[Candidate], assignment: str) -> tuple[Candidate, str, tuple[str, ...]]:
    """The file to grade of one student's, the problem if none can be chosen, and notes.

    The assignment's name decides first, then the latest upload, then a notebook before a
    script. Two that none of these tells apart are a problem: we don't guess.
    """
    wanted = sorted(
        (one for one in group if is_submission(one) or _hostile(one)),
        key=lambda one: (_rank(one, assignment), one.entry.parts),
        reverse=True,
    )
    if not wanted:
        names = _names(group)
        return group[0], f"No notebook was handed in, only {names}. Hand in a .ipynb file.", ()
    best, others = wanted[0], wanted[1:]
    problem = ""
    if _same_names(wanted):
        problem = "Two files have names that differ by case only. Hand in one."
    elif others and _rank(others[0], assignment) == _rank(best, assignment):
        problem = (
            f"It is not clear which file is meant: {_names(wanted)}. Hand in one, named "
            f"{assignment}.ipynb."
        )
    return best, problem, _notes(best, others)


def _hostile(candidate: Candidate) -> bool:
    return candidate.entry.problem != "" and candidate.user == ""


def _rank(candidate: Candidate, assignment: str) -> tuple[int, int, int, int]:
    stem, suffix = split_suffix(candidate.file)
    named, number = attempt(stem, assignment)
    notebook = int(suffix == ".ipynb")
    if named:
        return 1, candidate.upload, number, notebook
    return 0, notebook, candidate.upload, number


def _same_names(wanted: list[Candidate]) -> bool:
    counts = Counter(folded("/".join(one.entry.parts)) for one in wanted)
    return any(count > 1 for count in counts.values())


def _notes(best: Candidate, others: list[Candidate]) -> tuple[str, ...]:
    notes: list[str] = []
    if best.late:
        notes.append("The LMS marks it as late.")
    if others:
        notes.append(f"Handed in too, and not graded: {_names(others)}.")
    return tuple(notes)


def _names(group: list[Candidate]) -> str:
    names = sorted(printable(one.file, 60) for one in group)
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
