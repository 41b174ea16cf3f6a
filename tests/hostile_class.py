"""A class that tries to act in its instructor's pages, by every way there is into them."""

from __future__ import annotations

import base64
import json
from typing import Any

from grader.course.syllabus import Course
from grader.grading.grading import Options, grade_class
from grader.grading.keeping import keeping
from grader.nbgrader.collecting import collect
from grader.nbgrader.entering import enter_scores
from grader.nbgrader.places import places_of
from grader.nbgrader.releasing import release
from grader.results import Report
from tests.loop_class import ONE, answered, hand_in
from tests.watching import armed, payloads

SVG = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(901)"/>').decode()
WIDGETS = {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2}}
# Python 2, so the line is quoted in a note to the instructor.
QUOTED = (
    'print "`<img src=x onerror=alert(911)>"',
    'print "``<svg/onload=alert(912)> [x](javascript:alert(913))``"',
    'print "$\\href{javascript:alert(914)}{x}$ ![x](http://pwned.test/916)"',
    "print '</li>&lt;img src=x onerror=alert(917)&gt;<script>alert(915)'",
)
# Whose notebooks a test may spoil.
TO_PLANT_IN = ("red", "sly", "lab")
RAISES = """\
def double(x, scale=1.0):
    raise ValueError("`" + {text!r})
"""
HONEST = """\
## An answer

It is **bold**, *slanted*, ~~struck~~ and `x[1](2) < y[0]: z`, since $a<b$ and
$$\\frac{\\partial L}{\\partial w} = \\sum_i x_i \\left(\\hat{y}_i - y_i\\right)$$

| n | cost |
|:-:|-----:|
| 1 | $O(n^2)$ |

1. first, see [the text](https://example.org/a "Text") and <https://example.org/b>
2. then https://example.org/c or [write](mailto:a@example.org)

```python
def f(x: list[int]) -> "str":
    return x[0](1) if x < 3 & 4 else "<b>&amp;</b>"
```

> 5 &lt; 6 &alpha; é 中文

\\begin{align}
a &= b \\\\
c &\\leq d
\\end{align}
"""


def cell(kind: str, source: str, number: int, **more: Any) -> dict[str, Any]:
    made = {"cell_type": kind, "id": f"mine-{number}", "metadata": {}, "source": source, **more}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def hostile_notebook(course: Course) -> bytes:
    """Every payload in a cell of its own and in the answer, and whatever else a notebook holds."""
    every = payloads()
    notebook = json.loads(answered(course, why="\n\n".join(text for _, _, text in every)))
    first, *rest = notebook["cells"]
    mine = [cell("raw" if n % 5 == 0 else "markdown", text, n) for n, _, text in every]
    pictured = cell("markdown", "![x](attachment:evil.svg)", 901)
    pictured["attachments"] = {"evil.svg": {"image/svg+xml": SVG, "text/html": SVG}}
    raw = cell("raw", "<script>alert(902)</script>", 902, metadata={"raw_mimetype": "text/html"})
    code = cell("code", "%%html\n<img src=x onerror=alert(903)>", 903)
    code["metadata"] = {
        "tags": ['x" onmouseover="alert(904)'],
        "magics_language": "html",
        "nbgrader": {"grade": True, "grade_id": 'x"><img src=x onerror=alert(905)>', "points": 1},
    }
    live = "<img src=x onerror=alert(906)>"
    code["outputs"] = [
        {"output_type": "display_data", "metadata": {}, "data": {kind: live}}
        for kind in (
            "text/html", "image/svg+xml", "application/javascript", "text/markdown", "text/latex",
            "text/vnd.mermaid", "application/vnd.jupyter.widget-view+json", "image/png",
        )
    ] + [
        {"output_type": "stream", "name": "stdout", "text": f"\x1b[31m{live}\x1b[0m"},
        {"output_type": "error", "ename": live, "evalue": live, "traceback": [live]},
    ]  # fmt: skip
    notebook["cells"] = [first, *mine, pictured, raw, code, *rest]
    notebook["metadata"] |= {"title": "</title><script>alert(907)</script>", "widgets": WIDGETS}
    notebook["metadata"]["kernelspec"]["display_name"] = "<script>alert(908)</script>"
    return json.dumps(notebook).encode()


def quoting(course: Course, line: str) -> bytes:
    """A notebook that is refused because of a line, which the refusal quotes."""
    notebook = json.loads(answered(course))
    notebook["cells"].append(cell("code", line, 900))
    return json.dumps(notebook).encode()


def hostile_class(course: Course) -> Report:
    """Release, hand in, collect, grade and enter; the exercises' messages are payloads, too."""
    release(course, ONE)
    every = payloads()
    class_ = {
        "ann": answered(course, why=HONEST),
        "mal": hostile_notebook(course),
        **{name: answered(course) for name in ("out", *TO_PLANT_IN)},
        **{f"py{n}": quoting(course, line) for n, line in enumerate(QUOTED)},
        "err": answered(course, double=RAISES.format(text=armed("<img src=x onerror=@JS@>", 910))),
    }
    hand_in(course, class_)
    collect(course, ONE)
    submitted, options = places_of(course).submitted, Options(2, "cpu", "process")
    with keeping(course) as kept:
        report = grade_class(course, ONE, submitted, options, kept)
    spoken = [_speaking(one, every) if one.student == "out" else one for one in report.submissions]
    report = report.model_copy(update={"submissions": tuple(spoken)})
    enter_scores(course, ONE, report, "process")
    return report


def _speaking(one: Any, every: list[tuple[int, str, str]]) -> Any:
    texts = "\n".join(text for _, _, text in every)
    said = {
        "message": texts,
        "hint": texts,
        "further": texts,
        "mistake": armed("<b onclick=@JS@>", 909),
    }
    exercises = tuple(e.model_copy(update=said) for e in one.exercises)
    return one.model_copy(update={"exercises": exercises, "message": texts[:2000]})
