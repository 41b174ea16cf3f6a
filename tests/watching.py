"""A headless browser that notices whatever a page does beyond being shown."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
ELSEWHERE = "pwned.test"
NOWHERE = "^(?!)"
OWN = re.compile(r"(?:https?|wss?)://127\.0\.0\.1[:/]|(?:file|data|blob|about|chrome-error):")
# What a person does to an element: passes over it, clicks, types, drags, goes into a field. No
# event rises to the page around it, whose own scripts are not on trial.
EVENTS = """([scope, own]) => {
  const kinds = ["mouseover", "mouseenter", "pointerenter", "mousemove", "focus", "focusin",
    "click", "input", "paste", "wheel", "scroll", "toggle", "animationstart", "transitionend",
    "keydown"];
  const all = [...document.querySelectorAll(scope + " *")];
  for (const one of all) {
    const link = one.closest("a[href]");
    const href = link?.getAttribute("href").trim() ?? "";
    const away = /^(https?|mailto):/i.test(href) || new RegExp(own).test(href);
    for (const kind of kinds)
      if (kind !== "click" || !away) one.dispatchEvent(new MouseEvent(kind, {bubbles: false}));
    if (link === one && !away) one.click();
  }
  return all.length;
}"""
LINKS = """(scope) => [...document.querySelectorAll(scope + " a")]
  .filter(a => a.hasAttribute("href") || a.hasAttribute("xlink:href"))
  .map(a => [a.getAttribute("href") ?? a.getAttribute("xlink:href"), a.protocol ?? ""])"""
FOREIGN = """(scope) => [...document.querySelectorAll(scope + " *")].flatMap(one =>
  [...one.attributes].filter(a => /^on|^(src|srcset|srcdoc|formaction|action|ping|background)$/i
    .test(a.name) || /url\\(|expression|fixed/i.test(a.name === "style" ? a.value : ""))
  .map(a => `${one.tagName} ${a.name}=${a.value}`.slice(0, 90))
  .concat(one.matches("script,iframe,object,embed,base,meta,link,style,form,frame,portal,audio,video")
    ? [one.tagName] : []))"""


def payloads() -> list[tuple[int, str, str]]:
    """Number, class and text of every attack; `alert(NUMBER)` and an address tell which ran."""
    classes = yaml.safe_load((Path(__file__).parent / "payloads.yml").read_text(encoding="utf-8"))
    every = [(kind, text) for kind, texts in classes.items() for text in texts]
    return [(n, kind, armed(text, n)) for n, (kind, text) in enumerate(every, start=1)]


def armed(text: str, number: int) -> str:
    """A payload that says its number when it runs."""
    address = f"http://{ELSEWHERE}/{number}"
    return text.replace("@JS@", f"alert({number})").replace("@URL@", address)


@dataclass
class Watched:
    """A page, and what it has done."""

    page: Any
    done: list[str] = field(default_factory=list)
    home: str = ""

    def open(self, address: str) -> None:
        """Go there; from then on, going anywhere else counts as something done."""
        self.home = ""
        self.page.goto(address, wait_until="load")
        self.home = _place(self.page.url)

    def poke(self, scope: str, own: str = NOWHERE) -> int:
        """Do to everything in `scope` what a person may do; returns how many elements it has.

        Links that lead away are not followed, nor those that match `own`.
        """
        count = int(self.page.evaluate(EVENTS, [scope, own]))
        self.page.wait_for_timeout(200)
        return count

    def bad_links(self, scope: str, own: str = NOWHERE) -> list[str]:
        """Links of `scope` that lead to none of http, https and mailto, and do not match `own`."""
        found = self.page.evaluate(LINKS, scope)
        good = ("http:", "https:", "mailto:")
        return [href for href, scheme in found if scheme not in good and not re.search(own, href)]

    def foreign(self, scope: str) -> list[str]:
        """Elements and attributes in `scope` that could act or load."""
        return list(self.page.evaluate(FOREIGN, scope))


def _place(address: str) -> str:
    """An address without what a page's own script changes of it: the query and the anchor."""
    return re.split(r"[?#]", address)[0]


@contextmanager
def browser() -> Iterator[Any]:
    """Chromium; the test is skipped where it or playwright is missing."""
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield running
        finally:
            running.close()


@contextmanager
def watched(
    running: Any, served: Mapping[str, Path] | None = None, **options: Any
) -> Iterator[Watched]:
    """A page that records dialogs, requests and ways out, and lets none of them through.

    Args:
        running: the browser.
        served: files by address, for what pages load from elsewhere and a test has at hand.
        options: of the page, such as its viewport.
    """
    context = running.new_context(viewport={"width": 1100, "height": 900}, **options)
    page = context.new_page()
    watch = Watched(page)

    def asked(route: Any) -> None:
        address = route.request.url
        for start, path in (served or {}).items():
            if address.startswith(start):
                route.fulfill(path=path)
                return
        if ELSEWHERE in address:
            watch.done.append(f"asked for {address}")
        if OWN.match(address):
            route.continue_()
        else:
            route.abort()

    def moved(frame: Any) -> None:
        if frame == page.main_frame and watch.home and _place(frame.url) != watch.home:
            watch.done.append(f"went to {frame.url}")

    def dialog(shown: Any) -> None:
        if shown.type == "beforeunload":
            shown.accept()
            return
        watch.done.append(f"said {shown.message}")
        shown.dismiss()

    context.route("**/*", asked)
    context.on("dialog", dialog)
    page.on("framenavigated", moved)
    page.on("popup", lambda other: watch.done.append(f"opened {other.url}"))
    try:
        yield watch
    finally:
        context.close()
