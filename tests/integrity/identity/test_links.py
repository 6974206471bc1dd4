"""Links of profiles count as checked when the page links back, and only that page."""

from __future__ import annotations

import msgspec
import pytest

from dunnock import accounts
from dunnock.accounts import profile
from dunnock.accounts.account import Field, write_fields
from dunnock.accounts.store.profiles import SET_FIELDS
from dunnock.accounts.tries import Tries
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.jobs import Jobs
from dunnock.integrity import identity
from dunnock.integrity.identity import links
from dunnock.integrity.identity.links import CheckAllLinks, link_of, look_at_links, me_links
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


async def enqueue(tx, job):
    await tx.enqueue(job)


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


async def test_what_counts_is_looked_at_each_day_and_forgiven_for_three(house, make, outside, web, events):
    jane = await make.member("jane")
    outside.page("/", BACK)
    await link(house, jane, "https://jane.example/")
    first = (await accounts.find(house.db, jane.id)).fields[0].verified_at

    async def looked_at(*, failing_days=None):
        if failing_days is not None:
            (line,) = (await accounts.find(house.db, jane.id)).fields
            line = msgspec.structs.replace(line, failing_since=now_ms() - failing_days * DAY)
            async with house.db.begin() as tx:
                await tx.run(SET_FIELDS, the=jane.id, new_fields=write_fields((line,)))
        outside.asked.clear()
        await house.do(enqueue, CheckAllLinks())
        return (await accounts.find(house.db, jane.id)).fields[0]

    held = await looked_at()
    assert (len(outside.asked), held.verified_at, held.failing_since) == (1, first, None)
    told = len(await events())
    outside.page("/", BACK, status=503)
    assert (await looked_at()).failing_since is not None
    assert (await looked_at(failing_days=2)).verified_at == first
    assert len(outside.asked) == 1, "tomorrow again, not in a minute"
    outside.page("/", BACK)
    held = await looked_at()
    assert (held.verified_at, held.failing_since) == (first, None), "it answers again"
    assert len(await events()) == told, "nothing changed for anybody"
    outside.page("/", BACK, status=429)
    held = await looked_at(failing_days=3)
    assert (held.verified_at, held.failing_since) == (None, None)
    assert (await events())[-1] == accounts.ProofsChanged(account_id=jane.id)
    await looked_at()
    assert outside.asked == [], "what does not count is not looked at"


async def test_a_page_that_does_not_link_back_any_more_counts_no_longer(house, make, outside, web):
    jane = await make.member("jane")
    outside.page("/", BACK)
    await link(house, jane, "https://jane.example/")
    outside.page("/", b"For sale")
    await house.do(enqueue, CheckAllLinks())
    assert await checked(house, jane) == [False]


@pytest.mark.parametrize("looked_at", [2, 1_000])
async def test_all_of_them_are_looked_at(house, make, web, monkeypatch, looked_at):
    """However many there are, in batches; not those of accounts that nobody sees, nor of those who have none."""
    monkeypatch.setattr(links, "_AT_ONCE", 3)
    monkeypatch.setattr(profile, "_LOOKED_AT", looked_at)

    def line(of, verified):
        return write_fields((Field("Web", f"https://{of}.example/", "", verified),))

    people = [await make.member(f"bird{n}", fields=line(f"bird{n}", 1)) for n in range(7)]
    await make.account("far", domain="else.example", fields=line("far", 1), url="https://else.example/@far")
    await make.member("unproved", fields=line("unproved", None))
    await make.member("bare")
    await make.member("gone", fields=line("gone", 1), standing="suspended")
    await house.do(enqueue, CheckAllLinks())
    await house.settle()
    assert sorted(web.hosts) == sorted([*(f"bird{n}.example" for n in range(7)), "far.example"])
    assert [await checked(house, one) for one in people] == [[False]] * 7


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
