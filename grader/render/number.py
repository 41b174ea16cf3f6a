"""Numbers as people read them."""

from __future__ import annotations


def number(value: float | None) -> str:
    """A number without needless zeros, to four decimals; "" for None."""
    return "" if value is None else f"{round(value, 4):.12g}"
