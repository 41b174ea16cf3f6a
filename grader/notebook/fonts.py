"""Pictures in a language whose letters matplotlib's own font has not.

Which fonts have them is data, `grader/languages/LANGUAGE/notebook.yml`; a language without that
file needs none. A notebook gets one cell that looks for such a font, and chooses the English text
where the machine has none. The font comes first: what stands beside a formula is drawn with no
other.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from grader.course.marked_yaml import load_marked
from grader.notebook.templates import literal


class NotebookTexts(BaseModel):
    """What the kit itself writes into a notebook.

    Attributes:
        fonts: families that have the language's letters, the best first.
        comment, fonts_of, choose: the comment and the two docstrings of the pictures' cell.
        hidden_only: says in place of an example that an exercise has hidden cases only.
        left_out: says in place of a stub that the course does without the exercise.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    fonts: tuple[str, ...] = ()
    comment: str = ""
    fonts_of: str = ""
    choose: str = ""
    hidden_only: str = "This exercise is checked by hidden cases only."
    left_out: str = "*Your course leaves `{}` out: there is nothing to write here.*"


@lru_cache(maxsize=8)
def notebook_texts(language: str) -> NotebookTexts:
    """What the kit writes into notebooks in a language; English where it has nothing of its own."""
    path = Path(__file__).parents[1] / "languages" / language / "notebook.yml"
    return NotebookTexts(**load_marked(path).data) if path.exists() else NotebookTexts()


def chooser(language: str) -> str:
    """The function that chooses between a picture's texts; "" where every machine has the font."""
    return language.replace("-", "_") if notebook_texts(language).fonts else ""


def picture_cell(language: str) -> str:
    """The cell that defines the chooser of a language; "" where there is none."""
    texts, name = notebook_texts(language), chooser(language)
    if not name:
        return ""
    fonts = "".join(f"    {literal(font)},\n" for font in texts.fonts)
    return _CELL.format(
        name=name, fonts=fonts, comment=texts.comment, fonts_of=texts.fonts_of, choose=texts.choose
    )


_CELL = '''\
# {comment}
from matplotlib import font_manager

FONTS_OF_{name} = [
{fonts}]


def fonts_of_{name}():
    """{fonts_of}"""
    installed = {{font.name for font in font_manager.fontManager.ttflist}}
    return [font for font in FONTS_OF_{name} if font in installed]


def {name}(text, english):
    """{choose}"""
    return text if fonts_of_{name}() else english


plt.rcParams["font.family"] = [*fonts_of_{name}()[:1], "DejaVu Sans"]'''
