"""Every screen in Chromium: three sizes, light and dark, left to right and right to left; axe finds nothing, nothing is
wider than the window, nobody complains (console, policy, requests), and nothing jumps.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Router
from playwright.sync_api import Browser, BrowserContext, Page, Response

from dunnock.web import site
from screens.table import ELSEWHERE, MEMBER, MISSING, NO_PAGES, SCREENS
from screens.town import ARAB, OWNER, Town
from stories.packages import node_modules

PHONE, TABLET, DESK = (360, 740), (768, 1024), (1440, 900)
SIZES = (PHONE, TABLET, DESK)
NARROWEST = (320, 640)
MOST_SHIFT = 0.02
RUN = """async (only) => {
  const options = { resultTypes: ["violations"] };
  if (only) options.runOnly = { type: "rule", values: only };
  const found = await axe.run(document, options);
  const told = (rule, node) => `${rule.id}: ${rule.help} at ${node.target.join(" ")}: ${node.html.slice(0, 200)}`;
  return found.violations.flatMap((one) => one.nodes.map((node) => told(one, node)));
}"""
# Of entries of one shape two stay: what is wrong with the third is wrong with them, and axe looks at all again and again.
THIN = """() => {
  const words = new Set(["id", "for", "href", "src", "srcset", "alt", "title", "name", "value", "action", "datetime",
    "content", "placeholder", "aria-label", "aria-labelledby", "aria-describedby", "aria-controls", "aria-posinset",
    "aria-setsize"]);
  const free = (name) => words.has(name) || name.startsWith("data-");
  const told = (one) => free(one.name) ? Boolean(one.value.trim()) : one.value;
  const says = (one) => [...one.childNodes].some((part) => part.nodeType === Node.TEXT_NODE && part.data.trim());
  const shape = (one) => [one.localName, says(one), ...[...one.attributes].map((at) => `${at.name}=${told(at)}`).sort(),
    ...[...one.children].map(shape)].join(" ") + ";";
  const thin = (parent) => {
    const times = new Map();
    for (const one of [...parent.children]) {
      if (["LI", "TR", "ARTICLE", "OPTION"].includes(one.tagName)) {
        const known = shape(one);
        times.set(known, (times.get(known) ?? 0) + 1);
        if (times.get(known) > 2) { one.remove(); continue; }
      }
      thin(one);
    }
  };
  const still = document.body.cloneNode(true);  /* no script goes on with it: the end of a list in view would bring more */
  thin(still);
  document.body.replaceWith(still);
}"""
WATCH = """
window.__refused = [];
document.addEventListener("securitypolicyviolation", (event) => window.__refused.push(`${event.violatedDirective}: ${event.blockedURI}`));
window.__shift = 0;
new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.__shift += one.value; }).observe({ type: "layout-shift", buffered: true });
"""  # noqa: E501 (a program)


@functools.cache
def axe() -> str:
    """The program of axe-core."""
    return (node_modules(Path(__file__).parent / "axe") / "axe-core" / "axe.min.js").read_text("utf-8")


class Looker:
    """Somebody with a browser who writes down what is wrong."""

    def __init__(self, context: BrowserContext, town: Town, who: str | None) -> None:
        self.town, self.who = town, who
        context.add_init_script(WATCH)
        self.page: Page = context.new_page()
        self.wrong: list[str] = []
        self._at = ""
        self.page.on("console", lambda said: self._note(said.text) if said.type in {"error", "warning"} else None)
        self.page.on("pageerror", lambda error: self._note(str(error)))
        self.page.on("requestfailed", lambda asked: self._note(f"failed: {asked.url} {asked.failure}"))
        self.page.on("response", self._answered)

    def look(self, path: str, direction: str, *, status: int = 200) -> None:
        """Open it and check all there is to check; what is wrong is in `wrong`."""
        self._at = f"{path} {direction}"
        self._expected = status
        self.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        self.page.emulate_media(color_scheme="light")
        answer = self.page.goto(self.town.address(path, self.who))
        assert answer is not None
        if answer.status != status:
            self._note(f"answers {answer.status}")
        if self.page.evaluate("document.documentElement.dir") != direction:
            self._note("is in the wrong direction")
        for size in (*SIZES, NARROWEST):
            self.page.set_viewport_size({"width": size[0], "height": size[1]})
            self._narrow(size)
        self.page.evaluate(THIN)
        self.page.evaluate(axe())
        for size in (DESK, PHONE) if direction == "ltr" else (PHONE,):
            self.page.set_viewport_size({"width": size[0], "height": size[1]})
            self._axe(f"{size[0]} light")
            self.page.emulate_media(color_scheme="dark")
            self._axe(f"{size[0]} dark", ["color-contrast"])
            self.page.emulate_media(color_scheme="light")
        for refused in self.page.evaluate("window.__refused"):
            self._note(f"the policy forbids {refused}")

    def _narrow(self, size: tuple[int, int]) -> None:
        over = self.page.evaluate(
            "() => { const wide = innerWidth; const all = document.scrollingElement.scrollWidth; if (all <= wide) return ''; "
            "const found = [...document.querySelectorAll('body *')].filter((one) => { const box = one.getBoundingClientRect(); "
            "return box.width && (box.right > wide + 1 || box.left < -1); }).slice(-3); "
            "return `${all} of ${wide}: ` + found.map((one) => one.outerHTML.slice(0, 120)).join(' | '); }"
        )
        if over:
            self._note(f"scrolls sideways at {size[0]}: {over}")

    def _axe(self, at: str, only: list[str] | None = None) -> None:
        for said in self.page.evaluate(RUN, only):
            self._note(f"{at}: {said}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            self._note(f"{response.status}: {response.url}")

    def _note(self, said: str) -> None:
        if f"status of {self._expected}" not in said or self._expected == 200:
            self.wrong.append(f"{self._at}: {said}")


@pytest.fixture(scope="module")
def lookers(browser: Browser, town: Town) -> Iterator[dict[tuple[str, str], Looker]]:
    """(who, direction) -> somebody who looks."""
    made, contexts = {}, []
    for direction, language, member in (("ltr", "en", OWNER), ("rtl", "ar", ARAB)):
        for who in ("stranger", MEMBER):
            context = browser.new_context(locale=language)
            context.set_default_timeout(20_000)
            contexts.append(context)
            if who == MEMBER:
                town.enter(context, member, language=language)
            made[who, direction] = Looker(context, town, member if who == MEMBER else None)
    yield made
    for context in contexts:
        context.close()


def parts() -> Iterator[Any]:
    """The screens in portions that two workers can share."""
    for group, screens in SCREENS.items():
        for at in range(0, len(screens), 5):
            yield pytest.param(screens[at : at + 5], id=f"{group}-{at // 5 + 1}")


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("screens", list(parts()))
def test_screens(lookers, screens, direction):
    wrong = []
    for path, who in screens:
        looker = lookers[who, direction]
        looker.wrong = []
        looker.look(path, direction)
        wrong += looker.wrong
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_what_is_missing(lookers, direction):
    looker = lookers["stranger", direction]
    looker.wrong = []
    for path in MISSING:
        looker.look(path, direction, status=404)
    assert not looker.wrong, "\n" + "\n".join(looker.wrong)


@pytest.mark.parametrize("path", ["/", "/{author}", "/{post}"])
def test_high_contrast(lookers, path):
    looker = lookers[MEMBER, "ltr"]
    looker.wrong = []
    page = looker.page
    page.goto(looker.town.address(path, OWNER))
    page.evaluate(axe())
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, contrast="more")
        looker._axe(f"more contrast, {scheme}", ["color-contrast"])
    page.emulate_media(color_scheme="light", contrast="no-preference")
    assert not looker.wrong, "\n" + "\n".join(looker.wrong)


@pytest.mark.parametrize("path", ["/", "/{author}", "/{post}", "/notifications"])
def test_nothing_jumps(lookers, path):
    looker = lookers[MEMBER, "ltr"]
    page = looker.page
    for size in (PHONE, DESK):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(looker.town.address(path, OWNER), wait_until="networkidle")
        assert page.evaluate("window.__shift") <= MOST_SHIFT, size
        assert page.evaluate("scrollY") == 0, size


def test_the_present_place_of_many_is_in_view(lookers):
    """On a phone the settings go on sideways: where one is must be seen without searching for it."""
    looker = lookers[MEMBER, "ltr"]
    looker.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    looker.page.goto(looker.town.address("/settings/move", OWNER))
    at = looker.page.locator(".side [aria-current]").bounding_box()
    assert at is not None
    assert at["x"] >= 0
    assert at["x"] + at["width"] <= PHONE[0]


def test_every_page_is_a_screen():
    """A new page must be looked at, too."""
    paths = [path.partition("?")[0].replace("{post}", "*/*") for group in SCREENS.values() for path, _ in group]
    known = {re.sub(r"\{\w+\}", "*", path) for path in paths}
    lost = []
    for route in sorted(routes()):
        if route in ELSEWHERE or route.startswith(NO_PAGES):
            continue
        shape = re.sub(r"\{\w+\}", "*", route)
        if shape not in known:
            lost.append(route)
    assert not lost, f"put them into tests/screens/table.py: {lost}"


def routes() -> Iterator[str]:
    """The GET routes of the pages."""
    for handler in site.HANDLERS:
        inside = (
            [one for route in handler.routes for one in route.route_handlers]
            if isinstance(handler, Router)
            else [handler]
        )
        for one in inside:
            if "GET" in getattr(one, "http_methods", ()):
                for path in one.paths:
                    yield re.sub(r":\w+\}", "}", path)
