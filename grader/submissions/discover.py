"""Finding submissions in a file, a folder, nbgrader's tree or an LMS download."""

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

from grader.errors import UsageError
from grader.submissions.archive import opened_archive
from grader.submissions.choose import choose
from grader.submissions.files import Entry, read_regular, refusal, walk
from grader.submissions.layout import SUFFIXES, Candidate, candidates
from grader.submissions.model import LIMITS, Found, Limits
from grader.submissions.names import folded, printable, split_suffix, stand_in, student_problem

SUBMITTED = "submitted"
_SKIPPED = frozenset({"__pycache__", "__MACOSX", "node_modules"})


def discover(path: Path, assignment: str, limits: Limits = LIMITS) -> list[Found]:
    """List the submissions of an assignment below `path`, ordered by student, one a student.

    `path` is one file, a folder of STUDENT.ipynb or STUDENT.py, nbgrader's
    submitted/STUDENT/ASSIGNMENT/ tree (the folder `submitted` or the one above it), or a zip
    from an LMS. A file that may not be opened is listed with its problem.
    Raises UsageError if `path` does not exist, cannot be listed or holds no submission.
    """
    try:
        found = _discover(path, assignment, limits)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{printable(str(path))} cannot be read: {reason}.") from None
    if not found:
        raise UsageError(
            f"{printable(str(path))} holds no submission: looked for STUDENT.ipynb, STUDENT.py "
            f"and STUDENT/{assignment}/{assignment}.ipynb."
        )
    return found


def _discover(path: Path, assignment: str, limits: Limits) -> list[Found]:
    if not os.path.lexists(path):
        raise UsageError(f"{printable(str(path))} does not exist.")
    if path.is_dir():
        return _folder(path, assignment, limits)
    if path.is_file() and path.suffix.lower() == ".zip":
        with opened_archive(path, limits) as entries:
            found = _collected(entries, assignment, archive=True)
            return [one.held() for one in found]  # while it is open
    return _single(path, assignment, limits)


def _single(path: Path, assignment: str, limits: Limits) -> list[Found]:
    whole = Path(os.path.abspath(path))
    stem, suffix = split_suffix(whole.name)
    if suffix not in SUFFIXES:
        raise UsageError(
            f"{printable(str(path))} is not a submission: name a .ipynb or .py file, a folder "
            "or a .zip."
        )
    entry = Entry(
        (whole.name,),
        refusal(whole.lstat().st_mode),
        0,
        lambda: read_regular(whole.parent, (whole.name,), limits.file_bytes),
    )
    in_tree = stem == assignment and whole.parent.name == assignment
    student = whole.parent.parent.name if in_tree else stem
    return _named([(Candidate(entry, student), "", ())])


def _folder(path: Path, assignment: str, limits: Limits) -> list[Found]:
    root = path / SUBMITTED if (path / SUBMITTED).is_dir() else path

    def enters(parts: tuple[str, ...]) -> bool:
        name = parts[-1]
        if name.startswith(".") or name.endswith(".ipynb") or name in _SKIPPED:
            return False
        return len(parts) == 1 or (len(parts) == 2 and parts[1] == assignment)

    entries = list(walk(root, limits, enters))
    return _collected(_in_context(root, entries, assignment), assignment, archive=False)


def _in_context(root: Path, entries: list[Entry], assignment: str) -> list[Entry]:
    """Put back what is above a folder that lies inside nbgrader's tree, to know the student."""
    whole = Path(os.path.abspath(root))
    if whole.name == assignment and whole.parent.parent.name == SUBMITTED:
        above: tuple[str, ...] = (whole.parent.name, whole.name)
    elif whole.parent.name == SUBMITTED:
        above = (whole.name,)
    else:
        return entries
    return [replace(entry, parts=(*above, *entry.parts)) for entry in entries]


def _collected(entries: list[Entry], assignment: str, *, archive: bool) -> list[Found]:
    groups: dict[tuple[str, str], list[Candidate]] = {}
    for candidate in candidates(entries, assignment, archive=archive):
        groups.setdefault((candidate.student, candidate.user), []).append(candidate)
    return _named([choose(group, assignment) for group in groups.values()])


Choice = tuple[Candidate, str, tuple[str, ...]]


def _named(choices: list[Choice]) -> list[Found]:
    """Load what was chosen, under an id that no other submission has."""
    namesakes: dict[str, set[str]] = {}
    for candidate, _, _ in choices:
        namesakes.setdefault(folded(candidate.student), set()).add(candidate.user)
    named = [
        (_student(candidate, namesakes), candidate, problem, notes)
        for candidate, problem, notes in choices
    ]
    clashes = Counter(folded(student) for student, *_ in named)
    found = [
        _found(student, candidate, problem or _clash(clashes[folded(student)]), notes)
        for student, candidate, problem, notes in named
    ]
    return _unique(sorted(found, key=lambda one: (one.student, one.file)))


def _student(candidate: Candidate, namesakes: dict[str, set[str]]) -> str:
    # Two people of one name are told apart by their number in the LMS.
    if candidate.user and len(namesakes[folded(candidate.student)]) > 1:
        return f"{candidate.student}_{candidate.user}"
    return candidate.student


def _clash(count: int) -> str:
    if count < 2:
        return ""
    return (
        "Two submissions have names that differ by case or by writing only, so that it is not "
        "clear whose they are. Rename one."
    )


def _found(student: str, candidate: Candidate, problem: str, notes: tuple[str, ...]) -> Found:
    file = printable("/".join(candidate.entry.parts))
    refused = student_problem(student)
    if refused:
        name = f"{candidate.entry.parts!r}"
        reason = candidate.entry.problem or (
            f"The student's name {printable(student, 60)!r} {refused}. Rename the file."
        )
        return Found(stand_in(name), file, None, reason, notes)
    problem = candidate.entry.problem or problem
    if problem:
        return Found(student, file, None, problem, notes)
    return Found(student, file, candidate.entry.load, "", notes)


def _unique(found: list[Found]) -> list[Found]:
    """Ids are keys: of several submissions under one id, all already refused, one keeps it."""
    taken: set[str] = set()
    result: list[Found] = []
    for number, one in enumerate(found):
        student = one.student if one.student not in taken else stand_in(f"{number} {one.file}")
        taken.add(student)
        result.append(replace(one, student=student))
    return result
