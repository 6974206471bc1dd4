"""Lists of servers to block: read over HTTP, waiting for staff or in force at once, ended when the list says so no longer."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from dunnock import accounts, moderation
from dunnock.accounts.server_rules import EndServerRules, ServerBlock, allow_server, end_server_rules, server_blocks
from dunnock.foundation.db import Sql
from dunnock.foundation.errors import Invalid
from dunnock.foundation.http import Door
from dunnock.moderation import block_lists, servers
from dunnock.moderation.block_list_fetch import FetchBlockList, fetch_block_list
from dunnock.moderation.block_list_file import MOST_LINES, Listed, read_list
from dunnock.moderation.block_lists import BlockList

PLACE = "/blocks.csv"


@pytest.fixture
async def admin(make):
    return await make.member("ada", role="admin")


@pytest.fixture
async def room(db, outside, admin):
    class Room:
        held: BlockList

        async def follow(self, body, **about):
            self.offer(body)
            async with db.begin() as tx:
                new = BlockList(
                    **({"id": 0, "title": "Birds", "url": outside.url + PLACE, "severity": "suspend"} | about)
                )
                self.held = await block_lists.follow(tx, new, by=admin.id)
            return await self.read()

        def offer(self, body, status=200, head="content-type: text/csv"):
            outside.page(PLACE, body.encode(), status=status, head=head)

        async def read(self, *, trusting=False):
            door = Door(agent="test", beyond=["127.0.0.1/32"], plain=True)
            try:
                await fetch_block_list(
                    db, door, FetchBlockList(self.held.id, trusting=trusting), here="nest.birds.example"
                )
            finally:
                await door.close()
            self.held = await block_lists.show(db, self.held.id, by=admin.id)
            return await self.states()

        async def states(self):
            return {
                one.domain: state
                for state in block_lists.STATES
                for one in await block_lists.said(db, self.held.id, state, by=admin.id)
            }

        async def rules(self):
            return {one.domain: one.severity for one in await server_blocks(db, accounts.Cursor())}

        async def decide(self, *domains, adopt=True):
            async with db.begin() as tx:
                return await block_lists.decide(tx, self.held.id, domains, adopt=adopt, by=admin.id)

    return Room()


@pytest.mark.parametrize(
    ("content", "servers", "unusable"),
    [
        (b"#domain,#severity\na.example,silence\n", {"a.example": "limit"}, 0),
        (b"domain,severity,public_comment\nA.Example,suspend,x\n", {"a.example": "suspend"}, 0),
        (b"# a list\na.example\n\n*.b.example\n", {"a.example": "suspend", "b.example": "suspend"}, 0),
        (
            b'[{"domain": "a.example", "severity": "noop"}, "b.example", 5]',
            {"a.example": "noop", "b.example": "suspend"},
            1,
        ),
        (b"#domain,#severity\na.***.example,suspend\nb.example,harsh\nc.example,\n", {"c.example": "suspend"}, 2),
        (b"#domain,#severity\na.example,silence\na.example,suspend\na.example,noop\n", {"a.example": "suspend"}, 0),
        ("#domain\nbücher.example\n".encode(), {"xn--bcher-kva.example": "suspend"}, 0),
        (b"", {}, 0),
    ],
)
def test_files(content, servers, unusable):
    found = read_list(content, otherwise="suspend")
    assert {name: one.severity for name, one in found.servers.items()} == servers
    assert found.unusable == unusable


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[" * 5000, b'{"a": 1}', b"[1,", b"a.example\n" * (MOST_LINES + 1)])
def test_what_is_no_list(content):
    with pytest.raises(Invalid):
        read_list(content, otherwise="suspend")


def test_all_that_a_line_says():
    found = read_list(
        b'#domain,#severity,#reject_media,#reject_reports,#public_comment\na.example,silence,True,1,"spam, much"\n',
        otherwise="suspend",
    )
    assert found.servers["a.example"] == Listed("a.example", "limit", "spam, much", True, True)


async def test_what_a_list_names_waits_for_staff(room):
    assert await room.follow("a.example\nb.example\nc.example\n") == dict.fromkeys(
        ("a.example", "b.example", "c.example"), "waiting"
    )
    assert await room.rules() == {}
    assert await room.decide("a.example", "nowhere.example") == 1
    assert await room.decide("b.example", adopt=False) == 1
    assert await room.rules() == {"a.example": "suspend"}
    assert await room.read() == {"a.example": "in_force", "b.example": "dismissed", "c.example": "waiting"}


async def test_a_trusted_list_blocks_but_not_whom_members_would_miss(db, make, room, admin):
    there = await make.account("tit", domain="deep.b.example")
    await make.follow(admin, there)
    assert await room.follow("#domain,#severity\na.example,silence\nb.example,suspend\n", applies=True) == {
        "a.example": "in_force",
        "b.example": "waiting",
    }
    assert await room.rules() == {"a.example": "limit"}
    (waits,) = await block_lists.said(db, room.held.id, "waiting", by=admin.id)
    assert (waits.following, waits.followers) == (1, 0)
    log = await moderation.entries(db, accounts.Cursor(), by=admin.id)
    assert (log[0].act, log[0].subject, log[0].by_account_id) == ("server.block", "a.example", admin.id)


async def test_nobody_blocks_this_server_nor_who_is_spared_or_allowed(db, room, admin):
    async with db.begin() as tx:
        await block_lists.spare(tx, "Spared.example", "friends", by=admin.id)
        await allow_server(tx, "allowed.example")
    names = (
        "nest.birds.example",
        "birds.example",
        "sub.spared.example",
        "allowed.example",
        "below.nest.birds.example",
        "other.example",
    )
    assert await room.follow("\n".join(names), applies=True) == {
        "nest.birds.example": "spared",
        "birds.example": "spared",
        "below.nest.birds.example": "spared",
        "other.example": "in_force",
        "sub.spared.example": "spared",
        "allowed.example": "spared",
    }


async def test_what_a_list_no_longer_says_ends(db, room, admin):
    await room.follow("a.example\nb.example\nc.example\nd.example\n", applies=True)
    async with db.begin() as tx:
        staffs = next(one for one in await server_blocks(tx, accounts.Cursor()) if one.domain == "b.example")
        await servers.change_block(tx, ServerBlock(id=staffs.id, domain="", severity="limit"), by=admin.id)
    room.offer("#domain,#severity\na.example,limit\nd.example,suspend\n")
    assert await room.read() == {"a.example": "in_force", "d.example": "in_force"}
    assert await room.rules() == {"a.example": "limit", "b.example": "limit", "d.example": "suspend"}, (
        "b is the staff's now"
    )


async def test_a_list_that_is_not_to_retract(room):
    await room.follow("a.example\n", applies=True, retracts=False)
    room.offer("b.example\n")
    assert await room.read() == {"b.example": "in_force"}
    assert await room.rules() == {"a.example": "suspend", "b.example": "suspend"}


async def test_a_rule_that_there_is_covers(db, room, admin):
    async with db.begin() as tx:
        await servers.block(tx, ServerBlock(id=0, domain="a.example", severity="suspend"), by=admin.id)
    assert await room.follow("b.a.example\n", applies=True) == {"b.a.example": "covered"}
    assert await room.rules() == {"a.example": "suspend"}


async def test_a_list_that_shrank_opens_no_doors(room):
    many = "\n".join(f"s{number}.example" for number in range(40))
    await room.follow(many, applies=True)
    room.offer("s1.example")
    assert len(await room.read()) == 40
    assert room.held.trouble == "The list names 1 servers instead of 40: nothing was changed"
    assert await room.read(trusting=True) == {"s1.example": "in_force"}
    assert (room.held.trouble, len(await room.rules())) == ("", 1)


@pytest.mark.parametrize(("status", "body"), [(500, "oh"), (404, ""), (200, '{"no": "list"}')])
async def test_trouble_changes_nothing_and_is_told(room, status, body):
    await room.follow("a.example\n", applies=True)
    room.offer(body, status)
    assert await room.read() == {"a.example": "in_force"}
    assert room.held.trouble


async def test_no_news_is_cheap(outside, room):
    room.offer("a.example\n", head='content-type: text/csv\r\netag: "7"')
    outside_page = outside.answers[PLACE]
    await room.follow("a.example\n")
    outside.answers[PLACE] = outside_page
    await room.read()
    room.offer("", 304)
    assert await room.read() == {"a.example": "waiting"}
    assert outside.asked[-1][1]["if-none-match"] == '"7"'


@pytest.mark.parametrize(("keep", "left"), [(True, {"a.example": "suspend"}), (False, {})])
async def test_following_a_list_no_longer(db, room, admin, keep, left):
    await room.follow("a.example\nb.example\n")
    await room.decide("a.example")
    async with db.begin() as tx:
        await block_lists.unfollow(tx, room.held.id, keep=keep, by=admin.id)
    assert await room.rules() == left
    assert await block_lists.lists(db, by=admin.id) == []


async def test_two_lists_that_say_the_same(db, outside, room, admin):
    await room.follow("a.example\n", applies=True)
    first = room.held
    outside.page("/other", b"a.example\n")
    async with db.begin() as tx:
        new = BlockList(id=0, title="Other", url=outside.url + "/other", severity="suspend", applies=True)
        room.held = await block_lists.follow(tx, new, by=admin.id)
    assert await room.read() == {"a.example": "covered"}
    (rule,) = await server_blocks(db, accounts.Cursor())
    assert await block_lists.behind(db, [rule.id]) == {rule.id: [(first.id, "Birds")]}


async def test_only_who_manages_federation(db, make, room):
    someone = await make.member("mo", role="moderator")
    with pytest.raises(accounts.NotPermitted):
        await block_lists.lists(db, by=someone.id)
    for does in (
        lambda tx: block_lists.follow(
            tx, BlockList(id=0, title="x", url="https://x.example", severity="limit"), by=someone.id
        ),
        lambda tx: block_lists.spare(tx, "a.example", "", by=someone.id),
        lambda tx: block_lists.unfollow(tx, 1, keep=True, by=someone.id),
        lambda tx: block_lists.decide(tx, 1, ["a.example"], adopt=True, by=someone.id),
    ):
        async with db.begin() as tx:
            with pytest.raises(accounts.NotPermitted):
                await does(tx)


@pytest.mark.parametrize(
    "about", [{"title": " "}, {"url": "ftp://x.example/"}, {"url": "nonsense"}, {"title": "x" * 201}]
)
async def test_bad_lists(db, admin, about):
    new = BlockList(**({"id": 0, "title": "x", "url": "https://x.example/l", "severity": "limit"} | about))
    async with db.begin() as tx:
        with pytest.raises(Invalid):
            await block_lists.follow(tx, new, by=admin.id)


async def test_rules_that_end_by_themselves(db, events, admin):
    async with db.begin() as tx:
        until = tx.now + 1000
        made = await servers.block(
            tx, ServerBlock(id=0, domain="a.example", severity="limit", expires_at=until), by=admin.id
        )
        await servers.block(tx, ServerBlock(id=0, domain="b.example", severity="limit"), by=admin.id)
        with pytest.raises(accounts.LimitInvalid):
            await servers.block(tx, ServerBlock(id=0, domain="c.example", severity="limit", expires_at=5), by=admin.id)
    await end_server_rules(db, EndServerRules())
    assert len(await server_blocks(db, accounts.Cursor())) == 2
    async with db.begin() as tx:
        await tx.run(Sql(text(f"UPDATE server_blocks SET expires_at = 1 WHERE id = {made.id}")))
    await end_server_rules(db, EndServerRules())
    assert [one.domain for one in await server_blocks(db, accounts.Cursor())] == ["b.example"]
