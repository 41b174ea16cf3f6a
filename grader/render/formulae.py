r"""Formulae as MathML, which a browser sets without a script; else as the TeX that they are.

The converter escapes nothing, so none of what it writes reaches a page: it is parsed, and built
anew of the elements and attributes listed here. What does not parse, or holds anything else, is
shown as TeX. So is a formula with a command that `grader/inert/tex.py` does not list.
"""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree import ElementTree

from markupsafe import Markup, escape

from grader.inert import tex

_LONGEST = 2000
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_ELEMENTS = frozenset(
    """math mrow mi mn mo mtext mspace msub msup msubsup mfrac msqrt mroot munder mover munderover
    mtable mtr mtd mpadded mphantom menclose""".split()  # noqa: SIM905
)
_ATTRIBUTES = frozenset(
    """accent accentunder columnalign columnspacing display displaystyle fence form linethickness
    lspace mathvariant maxsize minsize movablelimits rowspacing rspace separator stretchy symmetric
    width""".split()  # noqa: SIM905
)
_VALUE = re.compile(r"[\w.% -]{0,60}")
_COMMAND = re.compile(r"\\([A-Za-z]+)")


@lru_cache(maxsize=2000)
def formula(source: str, block: bool = False) -> Markup:
    """A formula, without its dollars, as a piece of a page.

    Args:
        source: TeX.
        block: whether it stands on a line of its own.
    """
    made = _converted(source.strip(), block)
    mark = "$$" if block else "$"
    shown = made or Markup("<code>{}</code>").format(f"{mark}{source}{mark}")
    # A wide one scrolls in a box of its own, by the keyboard as well.
    return Markup('<span class="formula" tabindex="0">{}</span>').format(shown) if block else shown


def _converted(source: str, block: bool) -> Markup | None:
    if len(source) > _LONGEST or not all(name in tex.COMMANDS for name in _COMMAND.findall(source)):
        return None
    from latex2mathml.converter import convert  # only a page with formulae needs it

    # Numbers of equations count from 1 in every formula: they would say nothing.
    source = source.replace("{align}", "{align*}").replace("{equation}", "{equation*}")
    try:
        found = ElementTree.fromstring(convert(source, display="block" if block else "inline"))
        return Markup(_rebuilt(found))
    except Exception:
        # A formula that cannot be converted is no fault of anybody's: its TeX is shown.
        return None


def _rebuilt(element: ElementTree.Element) -> str:
    """The element in HTML. Raises ValueError where something is not on the lists."""
    name = element.tag.removeprefix(_NAMESPACE)
    if name not in _ELEMENTS:
        raise ValueError(name)
    attributes = ""
    for key, value in element.attrib.items():
        if key not in _ATTRIBUTES or not _VALUE.fullmatch(value):
            raise ValueError(key)
        attributes += f' {key}="{value}"'
    parts = [str(escape(element.text or ""))]
    for child in element:
        parts += [_rebuilt(child), str(escape(child.tail or ""))]
    return f"<{name}{attributes}>{''.join(parts)}</{name}>"
