"""From bytes to text, and naming what was handed in when it is not text."""

import codecs

from grader.submissions.model import Unreadable

_UTF16_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
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


def decoded(payload: bytes) -> str:
    """The text of a UTF-8 file, without a byte order mark; line ends become "\\n".

    Raises Unreadable if it is empty, of another kind, or in another encoding.
    """
    if not payload.strip():
        raise Unreadable("The file is empty. Save the notebook and hand it in again.")
    for magic, kind in _MAGIC:
        if payload.startswith(magic):
            raise Unreadable(f"The file is {kind}, not a notebook. Hand in the .ipynb file itself.")
    if payload.startswith(_UTF16_32):
        raise Unreadable(
            "The file is saved as UTF-16 or UTF-32. Save it as UTF-8 and hand it in again."
        )
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"The file is not UTF-8 text (byte {error.start + 1}). Save it as UTF-8, or export "
            "it again, and hand it in again."
        ) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip("\0 \t\n"):
        raise Unreadable("The file is empty. Save the notebook and hand it in again.")
    return text
