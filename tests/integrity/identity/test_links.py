"""Links of profiles count as checked when the page links back, and only that page."""

from __future__ import annotations

import pytest

from dunnock import accounts
from dunnock.accounts.tries import Tries
from dunnock.foundation.clock import DAY
from dunnock.foundation.jobs import Jobs
from dunnock.integrity import identity
from dunnock.integrity.identity import links
from dunnock.integrity.identity.links import link_of, look_at_links, me_links
from integrity.identity.conftest import JOBS
from integrity.identity.test_domains import PLACES, Web
from outside import outside

__all__ = ["outside"]
URL = {"public_url": "https://nest.example", "by_member_id": None}
BACK = b'<p>hello <a href="https://nest.example/@jane" rel="noopener ME">me</a>'


@pytest.fixture
async def web(outside, house):
    made = Web(outside)
    house.jobs = Jobs(house.db, JOBS | identity.jobs_of(made, PLACES))
    yield made
    await made.close()


async def checked(house, one):
    return [line.verified_at is not None for line in (await accounts.find(house.db, one.id)).fields]


async def link(house, one, *values):
    await house.do(accounts.change_profile, one.id, fields=[("Web", value) for value in values], **URL)


async def test_a_page_that_links_back(house, make, outside, web, events):
    jane = await make.member("Jane")
    outside.page("/", BACK)
    await link(house, jane, "https://jane.example/", "see https://jane.example/", "http://jane.example/")
    assert await checked(house, jane) == [True, False, False]
    assert web.hosts == ["jane.example"]
    assert accounts.ProofsChanged(account_id=jane.id) in await events()
    first = (await accounts.find(house.db, jane.id)).fields[0].verified_at
    await house.do(look_at_links, jane.id)
    assert (await accounts.find(house.db, jane.id)).fields[0].verified_at == first
    outside.page("/", b"For sale")
    await house.do(look_at_links, jane.id)
    assert await checked(house, jane) == [False, False, False]


@pytest.mark.parametrize(
    "page",
    [
        b'<a href="https://nest.example/@jane">me</a>',
        b'<!-- <a rel="me" href="https://nest.example/@jane"> -->',
        b'<textarea><a rel="me" href="https://nest.example/@jane"></textarea>',
        b'<script>"<a rel=me href=https://nest.example/@jane>"</script>',
        b'<a rel="me" href="https://nest.example/@jane2">',
        b'<a rel="me" href="https://nest.example.evil.example/@jane">',
        b'<a rel="some" href="https://nest.example/@jane">',
        b"<a " * 50_000,
        b"",
    ],
)
async def test_pages_that_do_not(house, make, outside, web, page):
    jane = await make.member("jane")
    outside.page("/", page)
    await link(house, jane, "https://jane.example/")
    assert await checked(house, jane) == [False]
    assert len(outside.asked) == 1


async def test_an_open_redirect_speaks_for_nobody(house, make, outside, web):
    jane = await make.member("jane")
    outside.page("/mine", BACK)
    outside.redirect("/away", f"http://evil.example:{outside.port}/mine")
    outside.redirect("/moved", "/mine")
    await link(house, jane, "https://brand.example/away", "https://brand.example/moved")
    assert await checked(house, jane) == [False, True]


async def test_who_does_not_answer_is_asked_again(house, make, outside, web, monkeypatch):
    monkeypatch.setattr(links, "_PAUSES_MS", (0, 0))
    jane = await make.member("jane")
    outside.page("/", BACK, head="content-type: image/png")
    await link(house, jane, "https://jane.example/")
    await house.settle()
    assert len(outside.asked) == 3
    assert await checked(house, jane) == [False]


async def test_links_of_an_account_that_turned_wait(house, make, staff, outside, web):
    jane = await make.member("jane", display_name="Jane Doe")
    outside.page("/", BACK)
    await link(house, jane, "https://jane.example/")
    assert await checked(house, jane) == [True]
    await house.do(accounts.change_profile, jane.id, display_name="Police News", **URL)
    assert await checked(house, jane) == [False]
    await house.do(look_at_links, jane.id)
    assert await checked(house, jane) == [False]
    (turn,) = await identity.list_turns(house.db, "suspended", by=staff.id, below=2**62)
    await house.do(identity.settle_turn, turn.id, restore=True, by=staff.id)
    assert await checked(house, jane) == [True], "staff gave them back"


async def test_a_new_line_carries_nothing_along(house, make, outside, web):
    """Whoever turns and writes the same link anew, as another line, has it checked when the notice is over."""
    jane = await make.member("jane", display_name="Jane Doe")
    outside.page("/", BACK)
    await link(house, jane, "https://jane.example/")
    await house.do(
        accounts.change_profile, jane.id, display_name="Police News", fields=[("Site", "https://jane.example/")], **URL
    )
    assert await checked(house, jane) == [False]


async def test_a_brand_elsewhere_is_no_impostor_of_itself(house, make, staff, outside, web):
    line = '[{"name":"Site","value":"https://www.nordwind.example/","html":""}]'
    far = await make.account(
        "nordwind", domain="else.example", display_name="Nordwind", fields=line, url="https://else.example/@nordwind"
    )
    outside.page("/", b'<link rel="me" href="https://else.example/@nordwind">')
    await house.do(identity.add_name, "Nordwind", handle="nordwind", site="nordwind.example", by=staff.id)
    await house.settle()
    assert await checked(house, far) == [True]
    assert await house.labels(far) == {}


async def test_not_too_often(house, make, web, monkeypatch):
    monkeypatch.setattr(links, "proving", Tries(most=1, window_ms=DAY))
    jane = await make.member("jane")
    await house.do(look_at_links, jane.id)
    with pytest.raises(accounts.TooManyTries):
        await house.do(look_at_links, jane.id)


def test_what_is_a_link():
    def of(value):
        return link_of(accounts.account.Field("x", value))

    assert of(" https://a.example/b?c=1 ") == "https://a.example/b?c=1"
    for value in (
        "http://a.example",
        "https://",
        "https://u@a.example",
        "https://a.example b",
        "x" * 3000,
        "https://[a",
    ):
        assert of(value) == "", value
    assert list(me_links("<a href=/x rel=me><A REL='nofollow me' HREF=\"a&amp;b\">")) == ["/x", "a&b"]
