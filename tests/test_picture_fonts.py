"""Pictures in Chinese: where no font has the letters, the labels are English, never boxes."""

import io
import warnings
from types import SimpleNamespace
from typing import Any

import matplotlib
import pytest
from matplotlib import font_manager

from grader.notebook.fonts import chooser, notebook_texts, picture_cell
from grader.notebook.language import in_language
from grader.notebook.rules import read_assignment
from tests.test_translations import OURS


@pytest.fixture
def plt() -> Any:
    """Pyplot that draws to memory, its settings put back afterwards."""
    matplotlib.use("Agg")
    from matplotlib import pyplot

    with matplotlib.rc_context():
        yield pyplot


def defined(plt: Any) -> dict[str, Any]:
    names: dict[str, Any] = {"plt": plt}
    exec(picture_cell("zh"), names)
    return names


def drawn(plt: Any, title: str, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Draw a title, alone and beside a formula; return what matplotlib warns of or logs."""
    with warnings.catch_warnings(record=True) as caught, caplog.at_level("WARNING"):
        warnings.simplefilter("always")
        figure, axes = plt.subplots()
        axes.set(title=title, xlabel="−1 and ½", ylabel=rf"$\sigma(z)$: {title}")
        figure.savefig(io.BytesIO(), format="png")
        plt.close(figure)
    return [str(one.message) for one in caught] + caplog.messages


def test_without_a_font_the_labels_are_english(
    plt: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [SimpleNamespace(name="DejaVu Sans")])
    title = defined(plt)["zh"]("步数", "step")
    assert title == "step"
    assert plt.rcParams["font.family"] == ["DejaVu Sans"]
    monkeypatch.undo()
    assert drawn(plt, title, caplog) == []


def test_boxes_would_be_noticed(plt: Any, caplog: pytest.LogCaptureFixture) -> None:
    plt.rcParams["font.family"] = ["DejaVu Sans"]
    assert any("missing from font" in said for said in drawn(plt, "步数", caplog))


def test_a_font_of_any_listed_system_is_taken(plt: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [SimpleNamespace(name="PingFang SC")])
    assert defined(plt)["zh"]("步数", "step") == "步数"
    assert plt.rcParams["font.family"] == ["PingFang SC", "DejaVu Sans"]


def test_with_a_font_the_labels_are_chinese_and_complete(
    plt: Any, caplog: pytest.LogCaptureFixture
) -> None:
    installed = {font.name for font in font_manager.fontManager.ttflist}
    if not installed & set(notebook_texts("zh").fonts):
        pytest.skip("no Chinese font is installed here: apt-get install fonts-noto-cjk")
    zh = defined(plt)["zh"]
    assert zh("步数", "step") == "步数"
    assert drawn(plt, zh("第 5 步的损失：σ、½、−1", ""), caplog) == []


@pytest.mark.parametrize("name", OURS.assignments)
def test_every_picture_of_an_edition_chooses(name: str) -> None:
    notebook = in_language(read_assignment(OURS, name), "zh")
    sources = [getattr(cell, "source", "") for cell in notebook.cells]
    uses = [n for n, source in enumerate(sources) if "zh(" in source and "def zh(" not in source]
    assert uses and sources.index(picture_cell("zh")) < min(uses)


def test_a_language_without_fonts_of_its_own_has_no_such_cell() -> None:
    assert chooser("de") == "" and picture_cell("de") == ""
