"""Links to money and contact lead over a page that says what they are; what is stopped can't be posted."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from markupsafe import Markup

from dunnock.integrity import money
from dunnock.integrity.money import store
from dunnock.web.warned import over, warned


@pytest.mark.parametrize(
    ("url", "led"),
    [
        ("https://paypal.me/wren?a=1&b=2", True), ("https://bit.ly/x", True),
        ("HTTPS://PayPal.me/wren", True), ("https://t.me/wrens", True),
        ("https://example.com/paypal", False), ("/@wren", False), ("mailto:x@paypal.me", False),
    ],
)  # fmt: skip
def test_which_links_lead_over_it(url, led):
    assert (over(url) != url) == led
    html = Markup('<p><a href="{}" rel="nofollow">x</a> <a href="https://example.com">y</a></p>').format(url)
    assert ("/away?to=" in warned(html)) == led
    assert 'href="https://example.com"' in warned(html)
    assert '"nofollow"' in warned(html)


async def test_the_page_between(site, db):
    reader = site.browser()
    page = await reader.get(f"/away?to={quote('https://www.paypal.com/paypalme/wren?utm_source=x')}")
    assert page.status == 200
    assert "where money is paid" in page.text
    assert (await reader.get(f"/away?to={quote('HTTPS://PAYPAL.ME/wren')}")).status == 200
    for bad in ("https://example.com/", "javascript:alert(1)", "", "https://" + "a" * 3_000):
        assert (await reader.get(f"/away?to={quote(bad)}")).status == 404, bad
    page = await reader.get("/away?to=https://bit.ly/x1")
    assert "Where it leads is not known here." in page.text
    async with db.begin() as tx:
        await tx.run(store.LEARN, address="bit.ly/x1", target="https://ko-fi.com/wren", at=1)
    page = await reader.get("/away?to=https://bit.ly/x1")
    assert "https://ko-fi.com/wren" in page.text


async def test_what_is_stopped_leads_nowhere(site, db, signed_in, make):
    keeper, wren = await make.member("keeper", role="admin"), await signed_in("wren")
    async with db.begin() as tx:
        await money.block(tx, "https://ko-fi.com/wren", why="A swindle", by=keeper.id)
    page = await site.browser().get("/away?to=https://ko-fi.com/Wren")
    assert "A swindle" in page.text
    assert "Go there" not in page.text
    await wren.get("/publish")
    page = await wren.submit("/compose", text="Give https://www.ko-fi.com/wren?x=1")
    assert "A swindle" in page.text
