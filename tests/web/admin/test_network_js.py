"""The script of a network's picture, in Chromium: it draws, winds, filters and is led by keys, under the policy of the page."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from playwright.sync_api import Page, Route

from chromium import launched
from dunnock.web import asset
from web.admin.networks import planted

HOST = "http://hedge.example"
INK = """() => {
  const canvas = document.querySelector("canvas");
  const bytes = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return bytes.filter((one, at) => at % 4 === 3 && one > 0).length;
}"""
REFUSED = (
    "addEventListener('securitypolicyviolation', (event) => console.error(`refused: ${event.violatedDirective}`));"
)


def settled(page: Page) -> int:
    """How many points of the picture have ink, after what was asked for is drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found: int = page.evaluate(INK)
    return found


def use(path: str, html: str, policy: str, graph: str) -> dict[str, Any]:
    """What somebody sees who uses the page; `wrong`: what the browser complains about."""
    seen: dict[str, Any] = {"wrong": []}

    def answer(route: Route) -> None:
        at = route.request.url.removeprefix(HOST).partition("?")[0]
        found = asset._by_url().get(at.removeprefix("/assets/"))
        if at == f"{path}/graph":
            route.fulfill(body=graph, content_type="application/json")
        elif found is not None:
            route.fulfill(body=found[1], content_type=asset._TYPES[found[0]])
        else:
            route.fulfill(body=html, headers={"content-type": "text/html", "content-security-policy": policy})

    with launched() as browser:
        page = browser.new_page(reduced_motion="reduce", viewport={"width": 900, "height": 900})
        page.add_init_script(REFUSED)
        page.on("console", lambda said: seen["wrong"].append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: seen["wrong"].append(str(error)))
        page.route("**/*", answer)
        page.goto(HOST + path)
        page.wait_for_selector("figure.network[data-ready] canvas")
        seen["whole"] = settled(page)
        page.uncheck("input[name='kinds[]']")
        seen["without ties"] = settled(page)
        page.check("input[name='kinds[]']")
        page.focus("#f-winder")
        page.keyboard.press("Home")
        seen["first"] = settled(page)
        seen["wound"] = page.inner_text("#winder output")
        seen["until"] = page.input_value("#f-until")
        page.keyboard.press("End")
        seen["again"] = settled(page)
        seen["until again"] = page.input_value("#f-until")
        page.focus("canvas")
        page.keyboard.press("ArrowRight")
        seen["chosen"] = (page.inner_text("#chosen a"), page.get_attribute("#chosen a", "href"))
        seen["told"] = page.inner_text("#chosen")
        page.keyboard.press("+")
        page.keyboard.press("Escape")
        seen["let go"] = page.inner_text("#chosen")
        page.keyboard.press("0")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{HOST}/admin/accounts/*")
    return seen


async def test_the_picture_by_keys(db, signed_in, make):
    mo = await signed_in("mo", "moderator")
    paid = await planted(db, make)
    path = re.search(r'href="(/admin/integrity/\d+)"', (await mo.get("/admin/integrity")).body)[1]
    page = await mo.get(path)
    graph = (await mo.get(f"{path}/graph")).body
    seen = await asyncio.to_thread(use, path, page.body, page.headers["content-security-policy"], graph)
    assert seen["wrong"] == []
    assert seen["whole"] > seen["without ties"] > seen["first"] > 0, "ties, then all accounts, then the first one only"
    assert seen["again"] == seen["whole"]
    assert seen["wound"].endswith("1 of 12 accounts")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", seen["until"])
    assert seen["until again"] == ""
    name, href = seen["chosen"]
    assert (name, href) in {(f"@{one.username}", f"/admin/accounts/{one.id}") for one in paid}
    assert "core" in seen["told"]
    assert "nats" in seen["told"]
    assert seen["let go"] == "Choose an account in the picture to read about it."
