"""Names: which student ids are accepted, and what LMS downloads encode in a file's name."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

MAX_ID_CHARACTERS = 128
# A name becomes a file's name elsewhere, where 255 bytes is the usual limit.
MAX_ID_BYTES = 200
PUNCTUATION = frozenset(" _.-'’@+,()&·")
# Letters to Unicode, and nothing to the eye.
INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")

_CANVAS = re.compile(
    r"(?P<name>.+?)(?P<late>_LATE)?_(?P<user>[0-9]{1,20})_(?P<upload>[0-9]{1,20})_(?P<file>.+)"
)
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<user>[0-9]{1,20})_assignsubmission_file(?P<rest>_?.*)")
# Canvas writes lec05-1.ipynb for a second attempt, browsers "lec05 (1).ipynb".
_ATTEMPT = re.compile(r"(?P<stem>.+?)(?:-(?P<canvas>[0-9]{1,4})| ?\((?P<browser>[0-9]{1,4})\))")


@dataclass(frozen=True)
class Upload:
    """What an LMS encodes in a name: who, their number there, which upload, the file's name."""

    student: str
    user: str
    upload: int
    late: bool
    file: str


def canvas_upload(name: str) -> Upload | None:
    """Read Canvas's `lastfirst_LATE_123_456_lec05.ipynb`; None if the name is not of that form."""
    match = _CANVAS.fullmatch(name)
    if match is None:
        return None
    return Upload(
        match["name"], match["user"], int(match["upload"]), match["late"] is not None, match["file"]
    )


def moodle_upload(name: str) -> Upload | None:
    """Read Moodle's `First Last_123_assignsubmission_file_`, a folder's or a file's name."""
    match = _MOODLE.fullmatch(name)
    if match is None:
        return None
    return Upload(match["name"], match["user"], 0, False, match["rest"].removeprefix("_"))


def split_suffix(name: str) -> tuple[str, str]:
    """Split "alice.ipynb" into "alice" and ".ipynb"; the suffix is in lower case."""
    stem, dot, suffix = name.rpartition(".")
    return (stem, f".{suffix.lower()}") if dot else (name, "")


def attempt(stem: str, assignment: str) -> tuple[bool, int]:
    """Whether a stem is the assignment's name, and its number if it is a repeated upload."""
    if stem == assignment:
        return True, 0
    match = _ATTEMPT.fullmatch(stem)
    if match is None or match["stem"] != assignment:
        return False, 0
    return True, int(match["canvas"] or match["browser"])


def student_problem(student: str) -> str:
    """Why a student id is refused, as the end of a sentence; "" if it is accepted."""
    if not student:
        return "is empty"
    if len(student) > MAX_ID_CHARACTERS or len(student.encode(errors="replace")) > MAX_ID_BYTES:
        return f"is longer than {MAX_ID_CHARACTERS} characters"
    if student[0] in ".-":
        return "begins with a dot or a dash"
    if student != student.strip() or student.endswith("."):
        return "begins or ends with a space, or ends with a dot"
    if unicodedata.category(student[0]).startswith("M"):
        return "begins with a combining mark"
    for place, character in enumerate(student):
        if not _accepted(character):
            return f"contains a character that is not accepted (U+{ord(character):04X})"
        # O'Brien is a name; a quote anywhere else is the start of something else.
        if character == "'" and not (
            student[place - 1 : place].isalpha() and student[place + 1 : place + 2].isalpha()
        ):
            return "contains a quotation mark"
    return ""


def printable(text: str, limit: int = 200) -> str:
    """A name fit for a terminal or a page: escapes what is invisible, and cuts what is long."""
    shown = "".join(
        character if _visible(character) else character.encode("unicode_escape").decode()
        for character in text
    )
    if len(shown) <= limit:
        return shown
    # The end stays: it holds the suffix.
    return f"{shown[: limit // 2 - 1]}…{shown[-(limit // 2) :]}"


def stand_in(name: str) -> str:
    """An id for a file whose name is refused: the same for the same name, and harmless."""
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
    return f"unnamed_{digest[:12]}"


def folded(name: str) -> str:
    """A key that two names share when they differ by case or by Unicode form only."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _accepted(character: str) -> bool:
    category = unicodedata.category(character)
    if character in INVISIBLE_LETTERS:
        return False
    return character in PUNCTUATION or category[0] in "LM" or category == "Nd"


def _visible(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] not in "CZ"
