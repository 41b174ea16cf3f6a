"""The documentation as a site: built strictly, every link leads somewhere, all of it is ours."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from documented import DOCS, ROOT  # type: ignore[import-not-found]

pytest.importorskip("mkdocs", reason="the site's programs are the extra `docs`")

LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
NEVER_LOADED = {"canonical", "prev", "next", "alternate", "edit"}


class Page(HTMLParser):
    """Links, anchors and what a page loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.links, self.anchors, self.loads = path, list[str](), set[str](), list[str]()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {key: value or "" for key, value in attrs}
        self.anchors |= {held[key] for key in ("id", "name") if key in held}
        if tag == "a" and "href" in held:
            self.links.append(held["href"])
        if held.get(LOADS.get(tag, "")) and held.get("rel") not in NEVER_LOADED:
            self.loads.append(held[LOADS[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(out)]
    env = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in site.rglob("*.html")}


def test_every_page_is_in_the_site_and_in_its_menu(site: Path) -> None:
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").split("\nnav:\n")[1]
    for path in DOCS.glob("*.md"):
        assert (site / path.with_suffix(".html").name).is_file()
        assert f": {path.name}\n" in f"{menu}\n", f"mkdocs.yml: {path.name} is not under nav"


def test_every_link_within_the_site_leads_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    for page in pages.values():
        if page.path.name == "404.html":  # its links begin at the site's address
            continue
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in ("https", "http", "mailto"), f"{page.path.name}: {link}"
                continue
            target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
            assert target.exists(), f"{page.path.relative_to(site)}: {link}"
            if parts.fragment and target.suffix == ".html":
                anchor = unquote(parts.fragment)
                assert anchor in pages[target].anchors, f"{page.path.relative_to(site)}: {link}"


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    for page in pages.values():
        for address in page.loads:
            assert not urlsplit(address).netloc, f"{page.path.relative_to(site)} loads {address}"
    for sheet in site.rglob("*.css"):
        found = re.findall(r"url\((?![\"']?data:)[\"']?(https?:)?//", sheet.read_text("utf-8"))
        assert not found, sheet


def test_the_reference_is_made_from_the_docstrings(pages: dict[Path, Page]) -> None:
    (api,) = [page for path, page in pages.items() if path.name == "api.html"]
    named = {"grader.vocabulary.case", "grader.vocabulary.exercise", "grader.vocabulary.mistake",
             "grader.proofs.gradient", "grader.results.Report", "grader.errors.CourseError",
             "grader.course.syllabus.load_course"}  # fmt: skip
    assert named <= api.anchors


def test_the_pictures_are_small_and_shown() -> None:
    shown = re.findall(r"\]\(docs/(pictures/\w+\.png)\)", (ROOT / "README.md").read_text("utf-8"))
    assert len(shown) == 2
    for name in shown:
        assert (DOCS / name).stat().st_size < 150_000
        assert name in (DOCS / "index.md").read_text(encoding="utf-8")


def test_the_example_s_files_are_no_pages(site: Path) -> None:
    assert not (site / "examples").exists()


def test_the_site_is_built_before_anything_lands() -> None:
    runs = (ROOT / ".ci" / "run").read_text().splitlines()
    assert any(line.startswith("make ") and "docs" in line.split() for line in runs)
    settings = yaml.load((ROOT / "mkdocs.yml").read_text(), Loader=yaml.BaseLoader)
    assert settings["theme"]["font"] == "false"
