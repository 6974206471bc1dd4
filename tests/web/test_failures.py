"""What people see when a page can't be shown, and how the server says whether it is well."""

from __future__ import annotations

import pytest

from dunnock import moderation, posts
from dunnock.api.kit.errors import TooManyRequests
from dunnock.feeds import Feeds
from dunnock.foundation.clock import DAY, MINUTE, now_ms
from dunnock.foundation.db import Busy
from dunnock.web.status import State


@pytest.fixture
def fail(monkeypatch):
    """Make the front page fail in a way."""

    def failing(error):
        async def broken(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(Feeds, "public", broken)

    return failing


def search_forms(page):
    return [one for one in page.forms if one.action == "/search"]


@pytest.mark.both_engines
async def test_each_failure_has_its_status_words_and_ways_on(site, db, join, make, publish):
    wren = await join("wren")
    await make.account("jay", standing="suspended")
    await make.account("crow", standing="deleted")
    gone, hidden = await publish(wren, "soon gone"), await publish(wren, "hidden", visibility="followers")
    async with db.begin() as tx:
        await posts.delete(tx, gone.id, by=wren.account_id)
        await posts.delete(tx, hidden.id, by=wren.account_id)
    stranger = site.browser()
    for path, status, words in (
        ("/@nobody", 404, "There is nothing here"),
        ("/a/b/c", 404, "There is nothing here"),
        ("/@jay", 403, "This account is suspended"),
        ("/@crow", 410, "This account is deleted"),
        ("/@crow/history", 410, "This account is deleted"),
        (f"/@wren/{gone.id}", 410, "This post was deleted"),
        (f"/@wren/{hidden.id}", 404, "There is nothing here"),  # nobody is told that it was there
    ):
        page = await stranger.get(path)
        assert (page.status, words in page.text) == (status, True), path
        assert search_forms(page)
        assert 'href="/"' in page.body
        assert "no-store" in page.headers["cache-control"]
    assert "/auth/sign_in?next=" in (await stranger.get("/@nobody")).body
    assert "Members see more" not in (await stranger.get("/@crow")).text


async def test_paths_that_nobody_serves_are_of_this_server_and_ask_no_member_to_sign_in(site, signed_in):
    wren = await signed_in("wren")
    assert "Members see more" in (await site.browser().get("/a/b/c")).text
    page = await wren.get("/a/b/c")
    assert "Members see more" not in page.text
    assert "Hedgerow" in page.text
    assert 'href="/home"' in page.body
    assert 'href="/auth/sign_up"' not in page.body


@pytest.mark.parametrize("kind", ["rss", "atom"])
async def test_readers_of_news_get_the_status_and_a_line(site, make, kind):
    await make.account("jay", standing="suspended")
    await make.account("crow", standing="deleted")
    for name, status in (("nobody", 404), ("jay", 403), ("crow", 410)):
        page = await site.browser().get(f"/@{name}.{kind}")
        assert page.status == status
        assert page.headers["content-type"].startswith("text/plain")
        assert page.body.count("\n") == 1


@pytest.mark.parametrize(
    ("wait", "words"), [(30_000, "seconds."), (10 * MINUTE, "in 10 minutes."), (3 * DAY, "Please try again after")]
)
async def test_too_many_are_told_when_to_come_back(site, fail, wait, words):
    fail(TooManyRequests(retry_at=now_ms() + wait))
    page = await site.browser().get("/")
    assert page.status == 429
    assert words in page.text
    assert abs(int(page.headers["retry-after"]) - wait / 1000) < 3


async def test_our_own_faults_have_a_number_to_tell(site, fail):
    fail(RuntimeError("secret"))
    page = await site.browser().get("/")
    assert page.status == 500
    assert page.headers["x-request-id"] in page.text
    assert "secret" not in page.text
    fail(Busy("secret"))
    page = await site.browser().get("/")
    assert page.status == 503
    assert page.headers["retry-after"] == "60"
    assert page.headers["x-request-id"] in page.text


async def test_failures_speak_the_readers_language(closed_to):
    page = await closed_to(dev=True).browser().get("/@nobody", accept_language="en-XA")
    assert page.status == 404
    assert "There is nothing here" not in page.text  # the language made by machine writes it with accents


async def test_status_says_whether_all_is_well(site, signed_in):
    stranger = site.browser()
    assert 'href="/status"' in (await stranger.get("/about")).body
    page = await stranger.get("/status")
    assert page.status == 200
    assert "works as it should" in page.text
    assert "everything is delivered" in page.text
    assert "backup" not in page.text
    staff = await signed_in("ada", "owner")
    assert "none yet" in (await staff.get("/status")).text


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        (State(answers=False, well=False), 503, "the database does not answer"),
        (State(answers=True, well=False, behind_ms=5 * MINUTE), 503, "5 minutes behind"),
        (State(answers=True, well=True, behind_ms=7_000, deliveries=1), 200, "1 message waits"),
        (State(answers=True, well=True, late_ms=90_000, deliveries=1200), 200, "90 seconds behind"),
    ],
)
async def test_status_of_a_server_that_is_not(site, state, status, words):
    site.state = state
    page = await site.browser().get("/status")
    assert page.status == status
    assert words in page.text
    assert ("Yes" in page.text) == (status == 200)


async def test_what_the_law_demands_has_its_own_status(site, db, join):
    """RFC 7725: 451, for the profile and the posts, until the decision is taken back."""
    wren, mo = await join("wren"), await join("mo", "moderator")
    async with db.begin() as tx:
        judgement = moderation.Judgement(action="suspend", account_ids=(wren.account_id,), ground="law")
        await moderation.decide(tx, judgement, by=mo.account_id)
    for path in ("/@wren", "/@wren/1", "/@wren/followers"):
        page = await site.browser().get(path)
        assert (page.status, "Not shown for legal reasons" in page.text) == (451, True), path
    async with db.begin() as tx:
        await moderation.take_back(tx, wren.account_id, "suspend", by=mo.account_id)
    assert (await site.browser().get("/@wren")).status == 200
