"""Whose file it is: reading the student out of a path, for every layout that we accept."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.submissions.files import Entry
from grader.submissions.names import Upload, attempt, canvas_upload, moodle_upload, split_suffix

SUBMITTED = "submitted"
SUFFIXES = frozenset({".ipynb", ".py"})


@dataclass(frozen=True)
class Candidate:
    """A file that may be a student's submission.

    `user` is the student's number in the LMS, `upload` the LMS's number of the upload (later
    ones are higher), `file` the name that the student gave it.
    """

    entry: Entry
    student: str
    user: str = ""
    upload: int = 0
    late: bool = False
    file: str = ""


def candidates(entries: list[Entry], assignment: str, *, archive: bool) -> list[Candidate]:
    """Every entry that belongs to a student, in the order given; the rest is left out."""
    if archive:
        entries = _unwrapped(_submitted_only(entries), assignment)
    tree = any(_tells_tree(entry, assignment) for entry in entries)
    return [
        candidate
        for entry in entries
        for candidate in _placed(entry, assignment, archive=archive, tree=tree)
    ]


def is_submission(candidate: Candidate) -> bool:
    """Whether the file could be graded, by its suffix."""
    return split_suffix(candidate.file)[1] in SUFFIXES


def _placed(entry: Entry, assignment: str, *, archive: bool, tree: bool) -> Iterator[Candidate]:
    parts, name = entry.parts, entry.parts[-1]
    if len(parts) == 1 and ("/" in name or "\\" in name):
        yield Candidate(entry, name, file=name)
        return
    upload = _lms(parts, assignment, archive=archive)
    if upload is not None:
        yield Candidate(entry, upload.student, upload.user, upload.upload, upload.late, upload.file)
    elif _in_tree(parts, assignment):
        yield Candidate(entry, parts[-3], file=name)
    elif tree:
        # A student's folder, or the assignment's in it, that is a link or cannot be listed.
        if entry.problem and (len(parts) == 1 or parts[1:] == (assignment,)):
            yield Candidate(entry, _stem(parts[0]), file=name)
        elif len(parts) == 1 and split_suffix(name)[1] in SUFFIXES:
            yield Candidate(entry, _stem(name), file=name)
    elif split_suffix(name)[1] not in SUFFIXES:
        return
    elif len(parts) == 1:
        yield Candidate(entry, _stem(name), file=name)
    elif len(parts) == 2 and split_suffix(name)[1] == ".ipynb":
        yield Candidate(entry, parts[0], file=name)


def _lms(parts: tuple[str, ...], assignment: str, *, archive: bool) -> Upload | None:
    for folder in parts[:-1]:
        upload = moodle_upload(folder)
        if upload is not None:
            return replace(upload, file=parts[-1])
    upload = moodle_upload(parts[-1])
    if upload is not None:
        return upload if upload.file else None
    upload = canvas_upload(parts[-1])
    # A folder's names are the instructor's: there only the assignment's own name tells.
    if upload is not None and (archive or attempt(_stem(upload.file), assignment)[0]):
        return upload
    return None


def _in_tree(parts: tuple[str, ...], assignment: str) -> bool:
    return len(parts) >= 3 and parts[-2] == assignment


def _tells_tree(entry: Entry, assignment: str) -> bool:
    refused_folder = entry.problem != "" and entry.parts[1:] == (assignment,)
    return refused_folder or _in_tree(entry.parts, assignment)


def _stem(name: str) -> str:
    stem, suffix = split_suffix(name)
    return stem if suffix in SUFFIXES else name


def _submitted_only(entries: list[Entry]) -> list[Entry]:
    """Of a zipped nbgrader course, only what lies below `submitted`."""
    inside = [
        replace(entry, parts=entry.parts[entry.parts.index(SUBMITTED) + 1 :])
        for entry in entries
        if SUBMITTED in entry.parts[:2] and entry.parts[-1] != SUBMITTED
    ]
    return inside or entries


def _unwrapped(entries: list[Entry], assignment: str) -> list[Entry]:
    """Take off the folders that wrap a whole archive, unless they name the student."""
    while entries and all(len(entry.parts) > 1 for entry in entries):
        first = {entry.parts[0] for entry in entries}
        names = {entry.parts[1] for entry in entries}
        tells = any(attempt(_stem(name), assignment)[0] for name in names)
        if len(first) > 1 or tells or moodle_upload(next(iter(first))) is not None:
            break
        entries = [replace(entry, parts=entry.parts[1:]) for entry in entries]
    return entries
