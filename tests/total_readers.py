"""Reading the total of each student back out of everything that prints one."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree

from tests.export_class import tags_of

Totals = dict[str, tuple[float, float] | None]
"""By student: points and what makes 100 %; None for a student without a total."""

_POINTS = re.compile(r"([\d.]+) (?:of|/) ([\d.]+)")


def rows(text: str) -> list[dict[str, str]]:
    """A CSV's rows by heading."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def of_table(text: str) -> Totals:
    """`chainrule export csv`, and nbgrader's export by SafeCsv."""
    return {
        row.get("student") or row["student_id"]: (float(row["score"]), float(row["max_score"]))
        if row["score"]
        else None
        for row in rows(text)
    }


def of_canvas(text: str, heading: str) -> Totals:
    """A file for Canvas: only those with a row."""
    possible, *found = rows(text)
    of = float(possible[heading])
    return {r["SIS Login ID"]: (float(r[heading]), of) if r[heading] else None for r in found}


def of_moodle(text: str, heading: str, of: float) -> Totals:
    """A file for Moodle, which does not say what makes 100 %."""
    return {
        row["ID number"]: (float(row[heading]), of) if row[heading] else None for row in rows(text)
    }


def of_junit(text: str) -> Totals:
    """The properties of each suite."""
    found: Totals = {}
    for suite in ElementTree.fromstring(text).iter("testsuite"):
        values = {p.attrib["name"]: p.attrib["value"] for p in suite.iter("property")}
        total = values["total"]
        found[suite.attrib["name"]] = (float(total), float(values["possible"])) if total else None
    return found


def of_gradescope(folder: Path) -> Totals:
    """The results.json of each student: the score, and what the text says."""
    found: Totals = {}
    for path in folder.glob("*/results.json"):
        results = json.loads(path.read_text())
        found[path.parent.name] = None
        if "score" in results:
            said = _POINTS.search(results["output"])
            assert said and float(said[1]) == results["score"]
            found[path.parent.name] = (results["score"], float(said[2]))
    return found


def of_page(path: Path) -> tuple[float, float] | None:
    """A student's page: the line on top, which the last row of a table, if any, repeats."""
    page = path.read_text()
    top = re.search(r'<p class="score"><strong>(.*?)</strong>', page)
    foot = re.search(r"<tfoot>.*<td class=\"n\">(.*?)</td></tr></tfoot>", page)
    if top is None:
        assert foot is None
        return None
    assert foot is None or top[1] == foot[1]
    points = _POINTS.fullmatch(top[1])
    assert points
    return float(points[1]), float(points[2])


def of_class_page(path: Path) -> Totals:
    """The table of students on the class's page."""
    found: Totals = {}
    for row in re.findall(r"<tr><th scope=\"row\"><a href.*?</tr>", path.read_text()):
        cells = re.findall(r"<t[hd].*?</t[hd]>", row)
        student, points = (tags_of(cells[at]).text for at in (0, 2))
        said = _POINTS.match(points)
        found[student] = (float(said[1]), float(said[2])) if said else None
    return found


def of_terminal(text: str) -> Totals:
    """The table that `chainrule grade` prints."""
    found: Totals = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("│")[1:-1]]
        if len(cells) == 4 and "/" in cells[1]:
            said = _POINTS.match(cells[1])
            found[cells[0]] = (float(said[1]), float(said[2])) if said else None
    return found
