"""Recognising Python 2 by its look; a sentence for its author beats a hundred syntax errors."""

import re

from grader.submissions.lexing import without_strings_and_comments
from grader.submissions.names import printable

_STATEMENT = re.compile(
    r"""^[ \t]*+(?:
      print[ \t]+(?!(?:and|or|if|else|in|is|not|for)\b)["'\w]
    | print[ \t]*>>
    | exec[ \t]+["']
    | except[ \t]+[\w.]+[ \t]*,[ \t]*[a-z_]\w*[ \t]*:
    | raise[ \t]+[\w.]+[ \t]*,[ \t]*["'\w]
    )""",
    re.VERBOSE | re.MULTILINE,
)
_PRINT_CALL = re.compile(r"\bprint[ \t]*\(")


def is_python2(sources: list[str]) -> str:
    """The first line that only Python 2 accepts; "" if there is none.

    Code that also calls `print(…)` is taken for Python 3 with a slip in it: then the cell with
    the slip fails alone.
    """
    lines = [source.split("\n") for source in sources if not source.lstrip().startswith("%%")]
    plain = [without_strings_and_comments("\n".join(source)) for source in lines]
    if any(_PRINT_CALL.search(text) for text in plain):
        return ""
    for source, text in zip(lines, plain, strict=True):
        match = _STATEMENT.search(text)
        if match is not None:
            return printable(source[text.count("\n", 0, match.start())].strip(), 60)
    return ""
