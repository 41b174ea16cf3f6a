"""Full-width characters, as a Chinese keyboard types them, where Python wants its own."""

from grader.submissions.lexing import without_strings_and_comments

_PAIRS = dict(
    zip("（），：；。！？【】＝＋－＊／＜＞％｛｝“”‘’", "(),:;.!?[]=+-*/<>%{}\"\"''", strict=True)
)
_SPACE = "\u3000"
_ENDS = {'"': "”", "'": "’"}


def full_width(source: str, line: int) -> str:
    """Which full-width character of a line is no Python, and what to type; "" if none is seen.

    Args:
        source: of a cell that Python cannot compile.
        line: where it says that the error is, from 1.
    """
    lines, plain = source.split("\n"), without_strings_and_comments(source).split("\n")
    if not 0 < line <= min(len(lines), len(plain)):
        return ""
    wrong = [c for c in plain[line - 1] if c in _PAIRS or c == _SPACE]
    wrong += _false_ends(lines[line - 1], plain[line - 1])
    if not wrong:
        return ""
    found = wrong[0]
    instead = "a space" if found == _SPACE else _PAIRS[found]
    return (
        f"“{found}” is a full-width character, which Python does not know: type {instead} instead"
    )


def _false_ends(line: str, plain: str) -> list[str]:
    """In a string that is never closed, the full-width quote that was meant to close it."""
    return [
        end
        for quote, end in _ENDS.items()
        if plain.count(quote) % 2 and end in line[plain.rindex(quote) :]
    ]
