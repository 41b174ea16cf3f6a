"""What happens to notebooks on their way: the damages that a class's files come with."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

Notebook = dict[str, Any]
Damage = Callable[[Notebook], None]


def damaged(payload: bytes, damage: Damage) -> bytes:
    """The notebook's file after a damage."""
    notebook = json.loads(payload)
    damage(notebook)
    return (json.dumps(notebook, indent=1) + "\n").encode()


def _graded(notebook: Notebook) -> list[Notebook]:
    return [cell for cell in notebook["cells"] if _marks(cell).get("grade")]


def _marks(cell: Notebook) -> dict[str, Any]:
    return dict(cell["metadata"].get("nbgrader", {}))


def tests_deleted(notebook: Notebook) -> None:
    """Half of the grade cells are gone."""
    gone = [id(cell) for cell in _graded(notebook)[::2] if cell["cell_type"] == "code"]
    notebook["cells"] = [cell for cell in notebook["cells"] if id(cell) not in gone]


def tests_moved(notebook: Notebook) -> None:
    """All grade cells are at the top."""
    tests = [cell for cell in _graded(notebook) if cell["cell_type"] == "code"]
    rest = [cell for cell in notebook["cells"] if cell not in tests]
    notebook["cells"] = tests + rest


def cells_duplicated(notebook: Notebook) -> None:
    """Every cell with an id of nbgrader is there twice, as copy and paste makes them."""
    notebook["cells"] = [
        copy.deepcopy(cell)
        for cell in notebook["cells"]
        for _ in range(2 if _marks(cell).get("grade_id") else 1)
    ]


def tests_edited(notebook: Notebook) -> None:
    """Every grade cell says that all is well."""
    for cell in _graded(notebook):
        if cell["cell_type"] == "code":
            cell["source"] = "assert True"


def tests_retyped(notebook: Notebook) -> None:
    """Grade cells became text, and written answers code."""
    for cell in _graded(notebook):
        if cell["cell_type"] == "code":
            cell["cell_type"] = "markdown"
            cell.pop("outputs", None)
            cell.pop("execution_count", None)
        else:
            cell |= {"cell_type": "code", "outputs": [], "execution_count": None}


def points_changed(notebook: Notebook) -> None:
    """Every exercise is worth a hundred points."""
    for cell in _graded(notebook):
        cell["metadata"]["nbgrader"]["points"] = 100


def ids_changed(notebook: Notebook) -> None:
    """nbgrader's ids are exchanged among the cells."""
    marked = [cell for cell in notebook["cells"] if _marks(cell).get("grade_id")]
    ids = [cell["metadata"]["nbgrader"]["grade_id"] for cell in marked]
    for cell, other in zip(marked, ids[1:] + ids[:1], strict=True):
        cell["metadata"]["nbgrader"]["grade_id"] = other


def unlocked(notebook: Notebook) -> None:
    """Locked cells are answers now, and answers are locked."""
    for cell in notebook["cells"]:
        if _marks(cell):
            marks = cell["metadata"]["nbgrader"]
            marks["locked"], marks["solution"] = not marks["locked"], not marks["solution"]


def kernel_swapped(notebook: Notebook) -> None:
    """The notebook names the kernel of another language."""
    notebook["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    notebook["metadata"]["language_info"] = {"name": "R"}


def metadata_cleared(notebook: Notebook) -> None:
    """No cell has metadata or an id any more."""
    notebook["metadata"] = {}
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)


def metadata_nonsense(notebook: Notebook) -> None:
    """nbgrader's metadata is of other types than it should be."""
    odd: list[Any] = [[], "grade", 7, {"grade_id": ["x"], "schema_version": 99}, None]
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"]["nbgrader"] = odd[number % len(odd)]


def saved_by_colab(notebook: Notebook) -> None:
    """As Colab saves: ids in the metadata, format 4.0, its own keys, outputs of its own."""
    notebook["nbformat_minor"] = 0
    notebook["metadata"] = {
        "colab": {"provenance": [], "toc_visible": True},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
        "accelerator": "GPU",
    }
    for number, cell in enumerate(notebook["cells"]):
        cell.pop("id", None)
        cell["metadata"] |= {"id": f"c0lab{number:07d}"}
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
        if cell["cell_type"] == "code":
            cell["metadata"]["outputId"] = "1b2c3d4e"
            cell["metadata"]["colab"] = {"base_uri": "https://localhost:8080/"}
            cell["outputs"] = [{"output_type": "stream", "name": "stderr", "text": ["warning\n"]}]


def saved_by_vscode(notebook: Notebook) -> None:
    """As VS Code saves: languages in the cells' metadata, no kernel's display name."""
    notebook["metadata"]["kernelspec"] = {"name": ".venv", "display_name": ".venv (3.12.4)",
                                          "language": "python"}  # fmt: skip
    notebook["metadata"]["language_info"] = {"name": "python", "version": "3.12.4"}
    for cell in notebook["cells"]:
        cell["metadata"]["vscode"] = {"languageId": "python"}
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)


def of_minor(minor: int) -> Damage:
    """Saved in format 4.`minor`; ids of cells exist from 4.5 on."""

    def save(notebook: Notebook) -> None:
        notebook["nbformat_minor"] = minor
        for cell in notebook["cells"]:
            if minor < 5:
                cell.pop("id", None)

    save.__doc__ = f"Saved in format 4.{minor}."
    save.__name__ = f"format_4_{minor}"
    return save


DAMAGES: tuple[Damage, ...] = (
    tests_deleted, tests_moved, cells_duplicated, tests_edited, tests_retyped, points_changed,
    ids_changed, unlocked, kernel_swapped, metadata_cleared, metadata_nonsense, saved_by_colab,
    saved_by_vscode, *(of_minor(minor) for minor in range(6)),
)  # fmt: skip
