"""How pages look, for members everywhere and for strangers in one browser."""

from __future__ import annotations

import pytest

from dunnock import accounts
from dunnock.web.looks import PLAIN, TRAITS, look_of, words_of

PASSWORD = "seven wrens in a hedge"


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({}, "plain"),
        ({"theme": "dark", "size": "huge"}, "dark-huge"),
        ({"theme": "huge", "size": "<b>"}, "plain"),  # words of other traits, and of none
        ({trait.name: trait.words[-1][0] for trait in TRAITS}, "dark-high-huge-tight-less-underlined"),
    ],
)
def test_choices_as_words(chosen, words):
    assert words_of(chosen, checked=False) == words
    known = {} if words == "plain" else chosen
    assert look_of(words).chosen == known
    assert look_of(words_of(chosen, checked=True)).chosen == known
    assert look_of(words_of(chosen, checked=True)).checked


def test_words_of_others_say_nothing():
    assert look_of('"><script>-dark"-evil').attributes == PLAIN.attributes == ""


async def test_strangers_choose_for_their_browser(site):
    browser = site.browser()
    assert '<html lang="en" dir="ltr">' in (await browser.get("/appearance")).body
    page = await browser.submit("/appearance", theme="dark", density="tight")
    assert "Your changes are saved" in page.text
    for path in ("/", "/nothing"):
        assert '<html lang="en" dir="ltr" data-theme="dark" data-density="tight">' in (await browser.get(path)).body
    assert browser.cookies["dunnock-look"] == "dark-tight"
    await browser.get("/appearance")
    page = await browser.submit("/appearance", theme="", density="")
    assert "data-theme" not in page.body


@pytest.mark.both_engines
async def test_members_choose_for_all_their_browsers(site, signed_in):
    browser = await signed_in("wren")
    assert (await browser.get("/appearance")).location == "/settings/appearance"
    await browser.get("/settings/appearance")
    page = await browser.submit("/appearance", contrast="high", size="large", links="underlined")
    assert "Your changes are saved" in page.text
    other = site.browser()
    await other.get("/auth/sign_in")
    page = await other.submit("/auth/sign_in", login="wren", password=PASSWORD)
    assert 'data-contrast="high" data-size="large" data-links="underlined">' in page.body
    assert 'name="theme-color" content="#faf6f0" media' in page.body
    await other.get("/settings/appearance")
    page = await other.submit("/appearance", contrast="", size="", links="")
    assert "data-contrast" not in page.body
    assert "data-contrast" not in (await browser.get("/")).body  # though its cookie is of before


@pytest.mark.parametrize("words", ["", "Dark", "a b", "x" * 13, "-".join("abcdefghijklmnopq")])
async def test_only_words_are_kept(db, join, words):
    wren = await join("wren")
    with pytest.raises(accounts.SettingInvalid):
        async with db.begin() as tx:
            await accounts.choose_pages(tx, wren.id, words)
