"""Right answers as real notebooks hold them: of Colab, Kaggle, VS Code, a course's server, a blog.

Each style takes the cells of an answer file and puts round them what such notebooks hold. None of
it may cost a mark, as a notebook, as a script that Jupytext or nbconvert made, or as Colab's own.
"""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbconvert import PythonExporter

ROOT = Path(__file__).parents[1]
Style = Callable[[str, list[str]], list[tuple[str, str]]]


def answer_cells(name: str) -> tuple[str, list[str]]:
    """The imports of an assignment's model answers, and one text for each definition."""
    source = (ROOT / "solutions" / name / "answers.py").read_text(encoding="utf-8")
    body = ast.parse(source).body
    kept = [node for node in body if not isinstance(node, ast.Expr)]
    texts = [(node, ast.get_source_segment(source, node) or "") for node in kept]
    imports = [t for n, t in texts if isinstance(n, ast.Import | ast.ImportFrom)]
    return "\n".join(imports), [
        t for n, t in texts if not isinstance(n, ast.Import | ast.ImportFrom)
    ]


def colab(imports: str, answers: list[str]) -> list[tuple[str, str]]:
    first, *rest = answers
    return [
        ("markdown", '<a href="https://colab.research.google.com/github/x/y.ipynb">Open</a>'),
        ("code", "!pip install -q torchinfo einops\n!nvidia-smi\n" + imports),
        ("code", "from google.colab import drive, files\ndrive.mount('/content/drive')\n"
                 "%cd /content/drive/MyDrive/course\nuploaded = files.upload()\n"
                 "for name in uploaded.keys():\n    print(f'{name}: {len(uploaded[name])} bytes')\n"
                 f"\n{first}\n"),
        ("code", "#@title Settings { display-mode: \"form\" }\nepochs = 3 #@param\n"
                 "!ls -la 'it\nlisting = !ls *.csv\nprint(len(listing), listing.n)"),
        *(("code", f"%%time\n{one}") for one in rest[::2]),
        ("code", "%load_ext tensorboard\n%tensorboard --logdir runs"),
        *(("code", one) for one in rest[1::2]),
        ("code", "files.download('results.csv')"),
    ]  # fmt: skip


def kaggle(imports: str, answers: list[str]) -> list[tuple[str, str]]:
    return [
        ("code", "# This Python 3 environment comes with many helpful analytics libraries\n"
                 "import kaggle_secrets # not on this machine\n" + imports + "\nimport os\n"
                 "for dirname, _, filenames in os.walk('/kaggle/input'):\n"
                 "    for filename in filenames:\n"
                 "        print(os.path.join(dirname, filename))\n"),
        ("code", "import pandas as pd\ntrain = pd.read_csv('/kaggle/input/titanic/train.csv')\n"
                 "train.head()\n" + answers[0]),
        ("code", "!cp -r ../input/weights/* ./ \\\n    2>/dev/null\n%env WANDB_MODE=offline\n"
                 "try:\n    !ls ../input\nexcept OSError:\n    pass\n" + "\n\n".join(answers[1:4])),
        ("code", "%%capture log\n!pip install --upgrade \\\n  kaggle\n" + "\n\n".join(answers[4:])),
        ("code", "submission.to_csv('submission.csv', index=False)"),
    ]  # fmt: skip


def vs_code(imports: str, answers: list[str]) -> list[tuple[str, str]]:
    """Windows paths, a cell for everything, a demonstration that fails in it."""
    return [
        ("code", "%pip install numpy torch matplotlib\n%matplotlib inline\n%load_ext autoreload\n"
                 "%autoreload 2\nfrom __future__ import annotations\n" + imports),
        ("code", "\n\n".join(answers[:3]) + "\n\nplot_all(undefined_here)  # to be done\n\n"
                 + "\n\n".join(answers[3:])),
        ("code", "%cd C:\\Users\\me\nhere = %pwd\nprint(here)"),
        ("raw", "%%bash\nnot run"),
    ]  # fmt: skip


def server(imports: str, answers: list[str]) -> list[tuple[str, str]]:
    """A course's JupyterHub: help, shells of several kinds, cells in other languages."""
    return [
        ("code", "%%bash\ngit clone https://github.com/x/y || true\nfor f in *; do echo $f; done"),
        ("code", "# get the data first\n%%sh\nwget 'http://example.com/it's.zip'"),
        ("code", "%%writefile helpers.py\ndef unused(:\n    pass"),
        ("code", imports + "\n?print\nlen??\n%lsmagic\n%who\n!!date"),
        ("code", "%%html\n<style>.x { color: red }</style>"),
        ("code", "%%R\nx <- c(1, 2)\nplot(x)"),
        *(("code", f"{one}\n\n%timeit -n 1 -r 1 1 + 1\n# %timeit {{"[:-1]) for one in answers),
        ("code", "%run helpers.py\n%history\n%reset_selective -f nothing"),
    ]


def blog(imports: str, answers: list[str]) -> list[tuple[str, str]]:
    """One cell with everything, shell lines between the definitions and in blocks."""
    lines = [
        "!ls",
        "if True:\n    !mkdir -p out\n    %cd out",
        "!echo 'a (b' \\\n  \"c",
        "%pip list",
    ]
    body = [f"{lines[at % len(lines)]}\n{one}" for at, one in enumerate(answers)]
    return [("code", f"pip install tqdm\n{imports}\n" + "\n\n".join(body) + "\n?print")]


def scratch(imports: str, answers: list[str]) -> list[tuple[str, str]]:
    """Broken cells, an early exit, a forgotten debugger, an input that nobody types."""
    return [
        ("code", "import seaborn_of_mine as sns\n" + imports + "\nsns.set_theme()"),
        ("code", "def half(x:\n    return\n\n" + answers[0] + "\n\nprint('done'))"),
        ("code", "name = input('Your name: ')\n" + "\n\n".join(answers[1:3])),
        ("code", "breakpoint()\n" + "\n\n".join(answers[3:5]) + "\nimport sys; sys.exit(0)"),
        ("code", "assert half(2) == 1\n" + "\n\n".join(answers[5:])),
        ("code", "from IPython.display import clear_output\nclear_output(wait=True)\n1 +"),
    ]


STYLES: dict[str, Style] = {
    one.__name__: one for one in (colab, kaggle, vs_code, server, blog, scratch)
}


def notebook(style: str, name: str) -> Any:
    """A notebook of a style with the answers of an assignment."""
    v4: Any = nbformat.v4
    make = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}
    cells = [make[kind](text) for kind, text in STYLES[style](*answer_cells(name))]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def files(style: str, name: str) -> dict[str, str]:
    """What is handed in: the notebook, and each of the scripts that programs make of it."""
    made = notebook(style, name)
    script, _ = PythonExporter().from_notebook_node(made)
    texts = [c.source for c in made.cells if c.cell_type == "code" and not _whole_cell_magic(c)]
    return {
        f"{style}.ipynb": nbformat.writes(made),
        f"{style}_jupytext.py": jupytext.writes(made, fmt="py:percent"),
        f"{style}_nbconvert.py": script,
        f"{style}_plain.py": "\n\n".join(texts),
    }


def _whole_cell_magic(cell: Any) -> bool:
    # In a script of all cells a cell magic stands for nothing.
    return any(line.startswith("%%") for line in cell.source.split("\n"))
