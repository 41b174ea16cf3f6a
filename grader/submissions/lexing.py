"""A light look at Python text, by regular expressions.

Nothing here parses: text that is made for it can crash the interpreter that parses it.
"""

import re

# Possessive repeats, and a string need not be closed: there is never anything to try again, so
# the time is linear whatever the text.
_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*+)
    |(?P<string>\"{3}(?:[^"\\]|\\.|"(?!""))*+(?:\"{3}|\\?\Z)
              |'{3}(?:[^'\\]|\\.|'(?!''))*+(?:'{3}|\\?\Z)
              |"(?:[^"\\\n]|\\.)*+"?
              |'(?:[^'\\\n]|\\.)*+'?)""",
    re.VERBOSE | re.DOTALL,
)


def without_strings(text: str) -> str:
    """The text with every string's inside as x, of the same length; comments stay."""
    return _TOKEN.sub(lambda match: match[0] if match["comment"] else _blank(match[0]), text)


def without_strings_and_comments(text: str) -> str:
    """The text with every string's inside as x and no comments, line ends kept."""
    return _TOKEN.sub(lambda match: "" if match["comment"] else _blank(match[0]), text)


def _blank(string: str) -> str:
    return re.sub(r"[^\n\"']", "x", string)
