"""What the server says of itself: rules in the reader's language, and servers that it limits."""

from __future__ import annotations

import pytest

from dunnock import server
from dunnock.accounts.server_rules import EVERYBODY, ServerBlock, block_server


@pytest.fixture
async def rules(db):
    async with db.begin() as tx:
        await server.add_rule(
            tx, "Be <kind>", hint="To birds too", translations={"de": server.Words("Sei nett", "Auch zu Vögeln")}
        )
        await server.add_rule(tx, "No spam")


@pytest.mark.parametrize("path", ["/", "/about", "/about/rules", "/auth/sign_up"])
async def test_rules_are_where_one_decides(site, rules, path):
    page = await site.browser().get(path)
    assert "Be <kind>" in page.text
    assert "To birds too" in page.text
    assert "No spam" in page.text


async def test_rules_are_in_the_readers_language(site, rules):
    browser = site.browser()
    await browser.get("/language")
    await browser.submit("/language", language="de")
    page = await browser.get("/about/rules")
    assert "Sei nett" in page.text
    assert "Be <kind>" not in page.text
    assert 'lang="de" dir="auto">Sei nett' in page.body
    assert 'dir="auto">No spam' in page.body


async def test_a_closed_server_asks_nobody_to_read_rules(closed_to, rules):
    assert "No spam" not in (await closed_to(sign_up="closed").browser().get("/auth/sign_up")).text


async def test_limited_servers_with_reasons(site, db):
    page = await site.browser().get("/about/federation")
    assert "No server is limited or shut out" in page.text
    async with db.begin() as tx:
        await block_server(tx, ServerBlock(id=0, domain="loud.example", severity="limit", public_comment="Too <loud>"))
        await block_server(
            tx,
            ServerBlock(id=0, domain="harmful.example", severity="suspend", obfuscate=True, private_comment="secret"),
        )
        await block_server(tx, ServerBlock(id=0, domain="noticed.example", severity="noop"))
    page = await site.browser().get("/about/federation")
    assert "loud.example" in page.text
    assert "Too <loud>" in page.text
    assert "harmful.example" not in page.text
    assert "No reason is given" in page.text
    assert "secret" not in page.text
    assert "noticed.example" not in page.text


async def test_a_server_that_talks_with_few_says_so(site, db):
    async with db.begin() as tx:
        await block_server(tx, ServerBlock(id=0, domain=EVERYBODY, severity="suspend"))
    page = await site.browser().get("/about/federation")
    assert "allowed one by one" in page.text
    assert "No server is limited" not in page.text


async def test_terms_are_led_to_once_there_are_some(site, db, signed_in):
    browser = site.browser()
    assert 'href="/terms-of-service"' not in (await browser.get("/privacy-policy")).body
    ada = await signed_in("ada", "admin")
    await ada.get("/admin/texts")
    token = dict(ada.page.forms[-1].fields)["token"]
    await ada.post("/admin/texts", {"token": token, "what": "terms", "text": "Be good.", "effective_on": ""})
    for path in ("/about", "/about/rules", "/privacy-policy"):
        assert 'href="/terms-of-service"' in (await browser.get(path)).body
    assert 'aria-current="page">Terms' in (await browser.get("/terms-of-service")).body
