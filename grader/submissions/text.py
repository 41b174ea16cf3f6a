"""From bytes to text, and naming what was handed in when it is not text."""

import codecs
import unicodedata

from grader.submissions.model import Unreadable

_UTF16_32 = {
    codecs.BOM_UTF32_LE: "utf-32",  # first: it begins as that of UTF-16 does
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Codecs by their byte order marks."""
_EMPTY = "The file is empty. Save the notebook and hand it in again."
_MAGIC = (
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"7z\xbc\xaf", "a compressed archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
)

_COMMON = 0.8
"""Of what is not ASCII in a file of Chinese text, at least so much is in the oldest of its sets."""


def decoded(payload: bytes) -> str:
    """The text of a UTF-8 file, without a byte order mark; line ends become "\\n".

    Raises Unreadable if it is empty, of another kind, or in another encoding.
    """
    _refuse_other_kinds(payload)
    if payload.startswith(tuple(_UTF16_32)):
        raise Unreadable(
            "The file is saved as UTF-16 or UTF-32. Save it as UTF-8 and hand it in again."
        )
    try:
        return _tidy(payload.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"The file is not UTF-8 text (byte {error.start + 1}). Save it as UTF-8, or export "
            "it again, and hand it in again."
        ) from None


def script_text(payload: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a Python file as an editor on any system saves it, and a note if not as UTF-8.

    UTF-16 and UTF-32 are known by their mark; GB18030, of which GBK is a part, by its text: what
    another encoding of one byte a letter makes of it would be rare characters.

    Raises Unreadable if it is empty, of another kind, or in an encoding that nobody can tell.
    """
    _refuse_other_kinds(payload)
    for mark, codec in _UTF16_32.items():
        if payload.startswith(mark):
            return _read_as(payload, codec)
    try:
        return _tidy(payload.decode("utf-8-sig")), ()
    except UnicodeDecodeError as error:
        at = error.start
    text, notes = _read_as(payload, "gb18030", at)
    other = [character for character in text if not character.isascii()]
    if not text.isprintable() and any(_odd(character) for character in text):
        raise _unknown(at)
    if sum(map(_common, other)) < _COMMON * len(other):
        raise _unknown(at)
    return text, notes


def _refuse_other_kinds(payload: bytes) -> None:
    if not payload.strip():
        raise Unreadable(_EMPTY)
    for magic, kind in _MAGIC:
        if payload.startswith(magic):
            raise Unreadable(f"The file is {kind}, not a notebook. Hand in the .ipynb file itself.")


def _tidy(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip("\0 \t\n"):
        raise Unreadable(_EMPTY)
    return text


def _read_as(payload: bytes, codec: str, at: int = 0) -> tuple[str, tuple[str, ...]]:
    try:
        text = _tidy(payload.decode(codec))
    except UnicodeDecodeError as error:
        raise _unknown(at or error.start) from None
    named = codec.upper()
    note = f"The file is saved as {named}, and was read as that. UTF-8 is what Python expects."
    return text, (note,)


def _unknown(at: int) -> Unreadable:
    return Unreadable(
        f"The file is not UTF-8 text, nor any other that is known (byte {at + 1}). Save it as "
        "UTF-8 and hand it in again."
    )


def _odd(character: str) -> bool:
    """Whether no text holds it: unassigned, of private use, or a control."""
    return character not in "\n\t\f" and unicodedata.category(character) in ("Cn", "Co", "Cc", "Cs")


def _common(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
