"""`docs/results.md` and `docs/results.schema.json`, made from the result record.

`python -m tools.results_page` writes both.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from grader import results
from grader.results import Report

DOCS = Path(__file__).parents[1] / "docs"
PAGE, SCHEMA = DOCS / "results.md", DOCS / "results.schema.json"
_HEAD = """\
# Results as JSON

`chainrule grade ASSIGNMENT --json FILE` writes this record (`-`: to standard output); every page,
table and export is made from it. The same for programs, as a JSON Schema:
[results.schema.json](results.schema.json).

`schema` is raised when a field goes or changes its meaning. A newer kit may add fields, which its
own schema lists. Texts are `""` where there is nothing to say.

```console
$ chainrule grade week1 handed_in --json results.json
```

This page is made from `grader/results.py` by `make docs`.
"""


def schema() -> dict[str, Any]:
    """The record's JSON Schema, keys as the JSON names them."""
    return Report.model_json_schema(mode="serialization")


def page() -> str:
    """The page: a table of fields for each kind of record, the report first."""
    whole = schema()
    kinds = {"Report": whole, **{name: whole["$defs"][name] for name in _order(whole)}}
    return "\n".join([_HEAD, *("\n".join(_section(name, kinds[name])) for name in kinds)])


def schema_text() -> str:
    """The schema as a file."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def _order(whole: dict[str, Any]) -> list[str]:
    """The kinds of record below the report, each after the first that holds it."""
    found: list[str] = []

    def visit(record: dict[str, Any]) -> None:
        for field in record["properties"].values():
            name = field.get("items", {}).get("$ref", "").rpartition("/")[2]
            if name and name not in found:
                found.append(name)
                visit(whole["$defs"][name])

    visit(whole)
    return found


def _section(name: str, record: dict[str, Any]) -> Iterator[str]:
    yield f"## {name}\n"
    yield " ".join(record.get("description", "").split()) + "\n"
    yield "| field | type | where it is missing | meaning |"
    yield "| --- | --- | --- | --- |"
    for field, described in record["properties"].items():
        absent = f"`{json.dumps(described['default'])}`" if "default" in described else "never"
        yield f"| `{field}` | {_type(described)} | {absent} | {_meaning(name, field)} |"
    yield ""


def _meaning(name: str, field: str) -> str:
    """What the record says of its field, or else what stands below.

    Raises:
        KeyError: neither does; add a docstring to the field in grader/results.py.
    """
    said = _said().get((name, field), "") or _MEANING[name, field]
    return " ".join(said.split()).replace(
        "`grader.course.rounds`", "[rounds](instructors.md#rounds)"
    )


def _said() -> dict[tuple[str, str], str]:
    """The texts below fields of grader/results.py, by class and field."""
    found: dict[tuple[str, str], str] = {}
    for node in ast.parse(inspect.getsource(results)).body:
        if isinstance(node, ast.ClassDef):
            for above, below in pairwise(node.body):
                match above, below:
                    case ast.AnnAssign(target=ast.Name(field)), ast.Expr(ast.Constant(str(text))):
                        found[node.name, field] = text
    return found


def _type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "enum" in field:
        return "one of " + ", ".join(f"`{value}`" for value in field["enum"])
    if field["type"] == "array":
        return f"list of {_type(field['items'])}"
    return {"integer": "whole number", "boolean": "true or false"}.get(field["type"], field["type"])


_MEANING = {
    ("Report", "schema"): "The version of this record.",
    ("Report", "assignment"): "As in `course.yml`.",
    ("Report", "isolation"): "How student code was confined.",
    ("Report", "device"): "Where torch exercises ran.",
    ("Report", "checks"): "SHA-256 of all that a mark depends on.",
    ("Report", "submissions"): "One for each file that was graded.",
    ("SubmissionResult", "student"): "The student's id.",
    ("SubmissionResult", "file"): "The file, below the folder or archive that was graded.",
    ("SubmissionResult", "sha256"): "Of the file's bytes.",
    ("SubmissionResult", "status"): "`unreadable`: for its author to mend; `grader_error`: ours.",
    ("SubmissionResult", "score"): "Points of the exercises; no written question, no lateness.",
    ("SubmissionResult", "max_score"): "What the exercises give, bonus included.",
    ("SubmissionResult", "seconds"): "What grading it took.",
    ("SubmissionResult", "message"): "How the file was read, or why it could not be.",
    ("SubmissionResult", "round"): "Which round's hidden cases it met.",
    ("SubmissionResult", "exercises"): "In the course's order; none of an unreadable file.",
    ("ExerciseResult", "name"): "The exercise.",
    ("ExerciseResult", "verdict"): "See [the verdicts](students.md#reading-your-feedback).",
    ("ExerciseResult", "score"): "Points of the groups that passed.",
    ("ExerciseResult", "max_score"): "Its points in `course.yml`.",
    ("ExerciseResult", "groups"): "The groups of its cases.",
    ("ExerciseResult", "mistake"): "The known mistake that explains it, by its name.",
    ("ExerciseResult", "hint"): "What the student is told first.",
    ("ExerciseResult", "message"): "What failed, without hidden values.",
    ("ExerciseResult", "follow_through"): "Earlier exercises that had right ones in their places.",
    ("GroupResult", "name"): "Such as `values` or `edge cases`.",
    ("GroupResult", "passed"): "Whether all its cases passed.",
    ("GroupResult", "score"): "Points earned.",
    ("GroupResult", "max_score"): "Points to be had.",
    ("Cluster", "exercise"): "The exercise.",
    ("Cluster", "size"): "How many submissions.",
    ("Cluster", "files"): "Their files.",
}
"""Of fields that have no text of their own in grader/results.py."""


def main() -> None:
    """Write both files."""
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
