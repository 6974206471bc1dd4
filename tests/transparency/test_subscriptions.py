"""Two servers: one says what it decided, the other reads it over HTTP, decides for itself, and hears when it is taken back."""

from __future__ import annotations

import json
import shutil

import msgspec
import pytest
from sqlalchemy import text

from dunnock import accounts, media, moderation, transparency
from dunnock.accounts.server_rules import ServerBlock, server_blocks
from dunnock.federation import Federation
from dunnock.foundation import db as database
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.errors import Invalid
from dunnock.foundation.http import Door
from dunnock.foundation.settings import Settings
from dunnock.integrity import money
from dunnock.media import MediaStore
from dunnock.moderation import block_lists, media_stops, servers
from dunnock.transparency import indicators, subscriptions
from dunnock.transparency.archive import Order, export_release
from dunnock.transparency.indicators.read import PATH
from dunnock.transparency.subscriptions.decide import FeedUnsound
from making import Make

WALLET = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
HERE = "nest.example"


class Publisher:
    """Another server of ours, with a database of its own: what it published is at `outside`, as it is at `offer`."""

    def __init__(self, db, tmp_path, outside):
        self.db, self.make, self.outside = db, Make(db), outside
        self.settings = Settings(data=tmp_path, public_url=outside.url, publish_indicators=True)
        self.media = MediaStore.local(tmp_path / "media")
        self.federation = Federation(db, Door(agent="test"), self.settings, self.media)
        self.folder = tmp_path

    async def live(self):
        self.mo, self.ada = await self.make.member("mo", role="moderator"), await self.make.member("ada", role="admin")
        self.here = [await self.make.member(f"bird{number}") for number in range(5)]
        self.far = await self.make.account("wren", domain="far.example")
        async with self.db.begin() as tx:
            case = await moderation.open_case(tx, "Song", by=self.mo.id)
            await moderation.change_case(tx, case, moderation.CaseChange(techniques=["T0049.005"]), by=self.mo.id)
            link = moderation.Subject(kind="link", name="https://lie.example/1", role="core")
            await moderation.add_subjects(tx, case, [link], by=self.mo.id)
            ids = (*(one.id for one in self.here), self.far.id)
            judgement = moderation.Judgement(action="suspend", account_ids=ids, case_id=case, facts="One song")
            self.decision = (await moderation.decide(tx, judgement, by=self.mo.id)).id
            await servers.block(tx, ServerBlock(id=0, domain="bad.example", severity="suspend"), by=self.ada.id)
            await money.block(tx, WALLET, why="A lie", by=self.ada.id)
            await money.block(tx, "https://paypal.me/janedoe", why="A lie", by=self.ada.id)
            await moderation.stop_text(tx, "Sing with us!", who="everybody", hours=2, why="A slogan", by=self.ada.id)
        order = Order(decision_ids=(self.decision,), title="Birds")
        made = await export_release(
            self.db, self.federation, self.media.storage, order, self.folder / "release", say=lambda _: None
        )
        async with self.db.begin() as tx:
            assert await transparency.publish_release(tx, made.release_id, by=self.ada.id) is None
        await self.offer()
        return self

    async def offer(self, change=None, *, step=None):
        """Publish what is decided now; `change`: what somebody makes of each page on its way; `step`: entries of a page."""
        await indicators.state_indicators(self.db, self.federation, whole=True)
        first = await indicators.public_page(self.db, self.settings)
        for after in range(first.head.number + 1):
            found = await indicators.public_page(self.db, self.settings, after=after)
            page = json.loads(msgspec.json.encode(found.page))
            page["entries"] = page["entries"][:step]
            if change is not None:
                change(page)
            body = msgspec.json.encode(page)
            self.outside.page(
                f"{PATH}?after={after}", body, head=f'content-type: application/json\r\netag: "{found.tag}"'
            )

    async def grant(self, an_id):
        async with self.db.begin() as tx:
            appeal = await moderation.file_appeal(tx, self.decision, "No", account_id=an_id)
            await moderation.decide_appeal(tx, appeal, granted=True, by=self.ada.id)


@pytest.fixture
async def publisher(sqlite_template, tmp_path, outside):
    path = tmp_path / "publisher.db"
    shutil.copy(sqlite_template, path)
    db = await database.open_db(f"sqlite:///{path}")
    try:
        yield await Publisher(db, tmp_path, outside).live()
    finally:
        await db.close()


@pytest.fixture
async def admin(make):
    return await make.member("eve", role="admin")


@pytest.fixture
async def reader(db, outside, publisher, admin):
    """This server, which reads the feed."""

    class Reader:
        async def follow(self):
            async with db.begin() as tx:
                self.id = await subscriptions.follow(tx, "Birds", outside.url + PATH, by=admin.id)
            return await self.read()

        async def read(self):
            door = Door(agent="test", beyond=["127.0.0.1/32"], plain=True)
            try:
                while await subscriptions.fetch_feed(db, door, self.id, here=HERE):
                    pass
            finally:
                await door.close()
            return await subscriptions.show_feed(db, self.id, by=admin.id)

        async def drafts(self, state="waiting", **how):
            found = await subscriptions.drafts(db, self.id, state, by=admin.id, **how)
            return {one.number: one for one in found}

        async def number(self, kind, value=None):
            some = [one for one in (await self.drafts()).values() if one.kind == kind]
            return next(one.number for one in some if value in {None, one.value})

        async def accept(self, *numbers, **how):
            async with db.begin() as tx:
                return await subscriptions.accept(tx, self.id, numbers, by=admin.id, **how)

    return Reader()


async def test_what_is_said_becomes_drafts_and_touches_nobody(db, make, reader, publisher, admin):
    wren, owl = await make.account("wren", domain="far.example"), await make.account("owl", domain="bad.example")
    await make.follow(admin, owl)
    feed = await reader.follow()
    assert (feed.trouble, feed.sound, feed.server) == ("", True, publisher.outside.url.removeprefix("http://"))
    drafts = await reader.drafts()
    assert len(drafts) == 6 + 1 + 1 + 2 + 1
    assert feed.number == len(drafts)
    effects = await subscriptions.effects_of(db, reader.id, list(drafts.values()), by=admin.id)
    assert [one.account_ids for one in effects.values() if one.account_ids] == [(wren.id,)]
    assert effects[await reader.number("server")].following == 1
    assert (await accounts.find(db, wren.id)).standing.value == "active"
    assert await server_blocks(db, accounts.Cursor()) == []
    assert (await reader.read()).number == feed.number
    assert "if-none-match" not in publisher.outside.asked[0][1]


async def test_accepted_it_goes_the_way_of_our_own_decisions(db, make, reader, admin):
    wren = await make.account("wren", domain="far.example")
    await reader.follow()
    numbers = list(await reader.drafts())
    with pytest.raises(Invalid):
        await reader.accept(await reader.number("text"), words="Other words")
    done = await reader.accept(*numbers)
    assert (done.changed, done.left) == (1 + 1 + 1 + 1, 5 + 1 + 1), (
        "unknown people, an unknown payee, and words nobody typed"
    )
    case = await moderation.show_case(db, done.case_id, by=admin.id)
    assert case.techniques == ("T0049.005",)
    (subject,) = await moderation.subjects_of(db, case.id, "account", by=admin.id)
    assert (subject.subject_id, "One song" in subject.why) == (wren.id, True)
    assert (await accounts.find(db, wren.id)).standing.value == "active", "a case is no decision"
    assert [one.domain for one in await server_blocks(db, accounts.Cursor())] == ["bad.example"]
    assert [one.key for one in await money.stopped(db, by=admin.id)] == [f"btc:{WALLET}"]
    await reader.accept(await reader.number("text"), words="sing, WITH us")
    acts = [one.act for one in await moderation.entries(db, accounts.Cursor(), by=admin.id)]
    assert acts.count("indicator_feed.accept") == 5
    assert (await reader.accept(*numbers)).changed == 0


async def test_an_appeal_there_is_heard_here(db, make, reader, publisher, admin):
    wren, bird = await make.account("wren", domain="far.example"), publisher.here[0]
    await reader.follow()
    done = await reader.accept(*(await reader.drafts()))
    before = await reader.drafts()
    await publisher.grant(publisher.far.id)
    await publisher.grant(bird.id)
    await publisher.offer()
    feed = await reader.read()
    assert feed.trouble == ""
    assert len(await reader.drafts()) == len(before) - 1
    assert len(await reader.drafts("withdrawn")) == 1, "nobody had decided about it"
    (marked,) = (await reader.drafts("accepted", taken_back=True)).values()
    assert marked.made_id == done.case_id
    ((_, title, number, retracted_at),) = [
        one for one in await subscriptions.came_of(db, "case", done.case_id) if one[3] is not None
    ]
    assert (title, number, retracted_at) == ("Birds", marked.number, marked.retracted_at)
    ((_, counts),) = await subscriptions.feeds(db, by=admin.id)
    assert (counts["taken_back"], counts["withdrawn"]) == (1, 1)
    assert "indicator_feed.retracted" in [
        one.act for one in await moderation.entries(db, accounts.Cursor(), by=admin.id)
    ]
    assert (await accounts.find(db, wren.id)).standing.value == "active"


async def test_in_small_pages_it_is_the_same(reader, publisher):
    await publisher.offer(step=3)
    feed = await reader.follow()
    assert (feed.number, feed.sound, len(await reader.drafts())) == (11, True, 11)


def _swap(page):
    page["entries"][0], page["entries"][1:2] = page["entries"][1], page["entries"][:1]


def _edit(page):
    for one in page["entries"]:
        one["content"] = one["content"].replace("bad.example", "good.example")


def _cut(page):
    page["entries"] = page["entries"][:0]


def _sign(page):
    page["signature"] = "A" * 86 + "=="


def _lie(page):
    page["head"] = page["head"].replace('"number":11', '"number":12')


def _nonsense(page):
    page["entries"] = "none"


@pytest.mark.parametrize("change", [_swap, _edit, _cut, _sign, _lie, _nonsense])
async def test_what_somebody_changed_is_not_taken(reader, publisher, change):
    await publisher.offer(change=lambda page: change(page) if len(page["entries"]) == 11 else None)
    feed = await reader.follow()
    assert feed.trouble
    assert not feed.sound
    assert await reader.drafts() == {}
    with pytest.raises(FeedUnsound):
        await reader.accept(1)
    await publisher.offer()
    assert (await reader.read()).sound


async def test_what_goes_back_or_has_another_key_is_not_taken(db, reader, publisher, admin):
    kept = dict(publisher.outside.answers)
    await reader.follow()
    await publisher.grant(publisher.far.id)
    await publisher.offer()
    feed = await reader.read()
    assert (feed.number, feed.sound) == (12, True)
    publisher.outside.answers[f"{PATH}?after=12"] = kept[f"{PATH}?after=11"]
    assert "goes back" in (await reader.read()).trouble
    async with publisher.db.begin() as tx:
        await tx.run(Sql(text("DELETE FROM key_pairs")))
        await tx.run(Sql(text("UPDATE indicators_end SET signed_at = 0")))
    publisher.federation = Federation(publisher.db, Door(agent="test"), publisher.settings, publisher.media)
    await publisher.offer()
    assert "another key" in (await reader.read()).trouble
    async with db.begin() as tx:
        await subscriptions.trust_again(tx, reader.id, by=admin.id)
    assert (await reader.read()).sound
    assert len(await reader.drafts()) == 10


async def test_what_is_known_later_is_found_later(db, make, reader, admin):
    await reader.follow()
    wren = await make.account("wren", domain="far.example")
    await reader.read()
    effects = await subscriptions.effects_of(db, reader.id, list((await reader.drafts()).values()), by=admin.id)
    assert [one.account_ids for one in effects.values() if one.account_ids] == [(wren.id,)]


async def test_spared_servers_are_left_and_what_is_dismissed_can_be_taken_up_again(db, reader, admin):
    await reader.follow()
    number = await reader.number("server")
    async with db.begin() as tx:
        await block_lists.spare(tx, "bad.example", "friends", by=admin.id)
    assert (await reader.accept(number)).changed == 0
    async with db.begin() as tx:
        await block_lists.spare_no_longer(tx, "bad.example", by=admin.id)
        assert await subscriptions.dismiss(tx, reader.id, [number], by=admin.id) == 1
    assert (await reader.accept(number, severity="limit")).changed == 1
    assert [one.severity for one in await server_blocks(db, accounts.Cursor())] == ["limit"]


async def test_only_staff_with_the_power_may(db, make, outside, reader, admin):
    await reader.follow()
    someone = await make.member("tit", role="moderator")
    with pytest.raises(accounts.NotPermitted):
        await subscriptions.feeds(db, by=someone.id)
    for act in (
        lambda tx: subscriptions.follow(tx, "x", outside.url, by=someone.id),
        lambda tx: subscriptions.unfollow(tx, reader.id, by=someone.id),
        lambda tx: subscriptions.trust_again(tx, reader.id, by=someone.id),
        lambda tx: subscriptions.accept(tx, reader.id, [1], by=someone.id),
        lambda tx: subscriptions.dismiss(tx, reader.id, [1], by=someone.id),
    ):
        with pytest.raises(accounts.NotPermitted):
            async with db.begin() as tx:
                await act(tx)
    async with db.begin() as tx:
        await subscriptions.unfollow(tx, reader.id, by=admin.id)
    assert await subscriptions.feeds(db, by=admin.id) == []


async def test_their_stopped_pictures_are_stopped_here_and_marked_when_they_take_them_back(
    db, reader, publisher, admin
):
    told, days = "f8" * 32, 30
    async with publisher.db.begin() as tx:
        how = media_stops.Stopping(why="A hoax", days=days)
        theirs = await media_stops.stop_prints(tx, [told], how, by=publisher.ada.id)
        await media_stops.stop_prints(tx, ["0f" * 32], how, by=publisher.ada.id)
    await publisher.offer()
    feed = await reader.follow()
    numbers = [number for number, one in (await reader.drafts()).items() if one.kind == "media"]
    assert len(numbers) == 2
    assert await media.media_stops(db) == [], "nothing is done before staff decide"
    first = next(number for number, one in (await reader.drafts()).items() if one.value == told)
    assert (await reader.accept(first)).changed == 1
    [held] = await media.media_stops(db)
    assert (held.prints, held.effect, held.tells) == ((told,), "limit", False)
    assert (held.source, "A hoax" in held.why) == (f"feed {feed.server} #{first}", True)
    assert abs(held.until - now_ms() - days * DAY) < DAY, "it ends when they say"
    async with publisher.db.begin() as tx:
        await media_stops.lift_media_stop(tx, theirs, by=publisher.ada.id)
    await publisher.offer()
    await reader.read()
    [(_, _, number, retracted_at)] = await subscriptions.came_of(db, "media", held.id)
    assert (number, retracted_at is not None) == (first, True)
    assert (await media.find_stop(db, held.id)).ended_at is None, "what people decided, people take back"
