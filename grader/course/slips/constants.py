"""Small constants of a known mistake, such as the ε in log(p + ε): students choose any size."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_LARGEST = 1e-3
_SIZES = tuple(10.0**-power for power in range(3, 16))


def other_sizes(source: str) -> Iterator[str]:
    """A definition with another power of ten in place of the small constants of its body.

    All of them change together; nothing is given for a source that has none.
    """
    tree = ast.parse(source)
    bodies = [part for node in tree.body for part in getattr(node, "body", [])]
    nodes = [node for part in bodies for node in ast.walk(part)]
    small = [node for node in nodes if isinstance(node, ast.Constant) and _is_small(node.value)]
    written = {node.value for node in small}
    for size in _SIZES:
        if small and written != {size}:
            for node in small:
                node.value = size
            yield ast.unparse(tree)


def _is_small(value: object) -> bool:
    return isinstance(value, float) and 0 < value <= _LARGEST
