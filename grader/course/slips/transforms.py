"""What is done to a number or an array once too often, or is forgotten: one table of expressions.

`insertions` puts them anywhere in an answer, `misreadings` at what comes in. They are written so
that they do for numbers and arrays alike where they can; where one cannot, the variant raises, and
explains nothing.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

_HOLE = "_"


@dataclass(frozen=True)
class Transform:
    """An expression with `_` in place of what it is made of, and what it is in words."""

    code: str
    words: str
    linear: bool = False
    """Whether it scales: inside a product it is the same as around it."""

    def of(self, node: ast.expr) -> ast.expr:
        """The expression made of a node, which is not copied."""
        made = _Filler(node).visit(ast.parse(self.code, mode="eval").body)
        assert isinstance(made, ast.expr)
        return made


class _Filler(ast.NodeTransformer):
    def __init__(self, node: ast.expr) -> None:
        self.node = node

    def visit_Name(self, name: ast.Name) -> ast.expr:
        return self.node if name.id == _HOLE else name


_EITHER = (
    ("-_", "its negative", True),
    ("2 * _", "twice it", True),
    ("_ / 2", "half of it", True),
    ("_ ** 2", "its square"),
    ("_ ** 0.5", "its square root"),
    ("1 - _", "one minus it"),
    ("1 / _", "one divided by it"),
    ("_ + 1", "one more"),
    ("_ - 1", "one less"),
    ("abs(_)", "its size without the sign"),
    ("0 * _", "zeros"),
    ("0 * _ + 1", "ones"),
    ("_.T", "its transpose"),
    ("_[1:]", "all of it but the first"),
    ("_[:-1]", "all of it but the last"),
    ("_[:1]", "only its first"),
    ("_[-1:]", "only its last"),
    ("_ - _.mean()", "it, centred"),
    ("_ / _.sum()", "its share of the sum"),
)
_TORCH = (
    ("torch.exp(_)", "its exponential"),
    ("torch.log(_)", "its logarithm"),
    ("torch.sigmoid(_)", "its sigmoid"),
    ("torch.tanh(_)", "its tanh"),
    ("torch.relu(_)", "it, with 0 for what is negative"),
    ("torch.softmax(_, -1)", "its softmax"),
    ("torch.log_softmax(_, -1)", "its log-softmax"),
    ("_.flip(0)", "it, reversed along its first axis"),
    ("_.flip(-1)", "it, reversed along its last axis"),
    ("_.flip(-1).flip(-2)", "it, turned by 180°"),
    ("_.mT", "it, with the last two axes exchanged"),
    ("_.float()", "it, in float32"),
    ("_.round()", "it, rounded"),
    ("_.clamp(max=1)", "it, cut off at 1"),
)
_NUMPY = (
    ("np.exp(_)", "its exponential"),
    ("np.log(_)", "its logarithm"),
    ("np.maximum(_, 0)", "it, with 0 for what is negative"),
    ("np.flip(_, 0)", "it, reversed along its first axis"),
    ("np.flip(_, -1)", "it, reversed along its last axis"),
    ("np.flip(_)", "it, turned by 180°"),
    ("np.round(_)", "it, rounded"),
    ("np.float32(_)", "it, in float32"),
)


SIMPLE = frozenset(
    ("-_", "2 * _", "_ / 2", "_ ** 2", "_ ** 0.5", "1 - _", "1 / _", "_ + 1", "_ - 1", "_.T")
)
"""Those that are tried with every name and number of an answer; the others with what it makes."""


def transforms_of(source: str) -> tuple[Transform, ...]:
    """The transforms that a module's source can name: torch's, NumPy's or neither's."""
    names = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    rows = _EITHER + (_TORCH if "torch" in names else ()) + (_NUMPY if "np" in names else ())
    return tuple(Transform(*row) for row in rows)
