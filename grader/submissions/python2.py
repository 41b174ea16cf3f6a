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
_WORD = re.compile("print|exec|except|raise")
_PRINT_CALL = re.compile(r"\bprint[ \t]*\(")


def is_python2(sources: list[str]) -> str:
    """The first line that only Python 2 accepts; "" if there is none.

    Code that also calls `print(…)` is taken for Python 3 with a slip in it: then the cell with
    the slip fails alone.
    """
    plain = without_strings_and_comments
    own = [source for source in sources if not source.lstrip().startswith("%%")]
    # A word is looked for in the source first, which takes a hundredth of the time.
    if any(_PRINT_CALL.search(plain(source)) for source in own if "print" in source):
        return ""
    for source in own:
        if _WORD.search(source) and (match := _STATEMENT.search(text := plain(source))):
            line = source.split("\n")[text.count("\n", 0, match.start())]
            return printable(line.strip(), 60)
    return ""
