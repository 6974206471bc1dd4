"""From posts to the graph of who leads where, to what is stopped, and back (DISARM drills D04 and D11)."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest

from dunnock import accounts, posts
from dunnock.accounts import NotPermitted
from dunnock.foundation.errors import Invalid
from dunnock.foundation.http import OutsideFailed
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.integrity import money
from dunnock.integrity.money.graph import as_csv, as_graphml
from dunnock.previews import Card, PreviewChanged
from dunnock.previews import store as previews_store

BTC = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"


class Far:
    """A door behind which shortened addresses lead where they are said to."""

    def __init__(self) -> None:
        self.targets = {
            "https://bit.ly/x1": "https://www.paypal.com/paypalme/wren?utm_source=b",
            "https://is.gd/x2": "https://fr.tipeee.com/wren",
        }
        self.asked = []

    async def get(self, url, wanted):
        self.asked.append(url)
        if url not in self.targets:
            raise OutsideFailed(url)
        return SimpleNamespace(url=self.targets[url])


@pytest.fixture
async def house(db, tmp_path):
    far = Far()
    settings = Settings(data=tmp_path, public_url="https://here.example")
    made = SimpleNamespace(db=db, far=far, reactions=Reactions(db, money.HEARS), jobs=Jobs(db, money.jobs_of(far)))
    await made.reactions.prepare()

    async def settle():
        for _ in range(2):
            await made.reactions.settle()
            await made.jobs.settle()

    async def post(author, text, **more):
        screen = await made.screen.fresh()
        async with db.begin() as tx:
            one = await posts.publish(
                tx, posts.Draft(text=text, **more), author_id=author.id, app_id=None, settings=settings, screen=screen
            )
        await settle()
        return one

    async def do(use_case, *args, **named):
        async with db.begin() as tx:
            done = await use_case(tx, *args, **named)
        await settle()
        return done

    made.settle, made.post, made.do, made.screen = settle, post, do, money.Destinations(db)
    return made


@pytest.fixture
async def keeper(make):
    return await make.member("keeper", role="admin")


async def test_one_network_by_what_it_leads_to(house, make, keeper):
    """Twenty accounts, six destinations, shorteners and wrappers: one graph; others are not in it."""
    ways = (
        "Help https://paypal.me/wren?utm_source=a", "Here https://bit.ly/x1", "Give https://fr.tipeee.com/wren", "More https://is.gd/x2",
        f"Coins {BTC}", "Join https://www.patreon.com/c/wren", "Buy https://wren.myshopify.com/a", "Fund https://gofundme.com/f/help-wren",
    )  # fmt: skip
    network = [await make.member() for _ in range(20)]
    for at, one in enumerate(network):
        for way in (ways[at % 8], ways[(at + 1) % 8]):
            await house.post(one, f"{way} {at}")
    others = [await make.member() for _ in range(3)]
    for one in others:
        await house.post(one, "Me https://ko-fi.com/robin")
    graph = await money.graph_of(house.db, account_ids=[network[0].id], by=keeper.id)
    assert graph.whole
    assert set(graph.account_ids) == {one.id for one in network}
    assert sorted(one.key for one in graph.assets.values()) == sorted(
        ["paypal/wren", "tipeee/wren", f"btc:{BTC}", "patreon/wren", "shop/wren.myshopify.com", "gofundme/help-wren"]
    )
    assert sorted(house.far.asked) == ["https://bit.ly/x1", "https://is.gd/x2"], "each is followed once"
    shared = await money.shared_lately(house.db, by=keeper.id)
    assert shared[0][1] >= shared[-1][1] >= 2
    handles = {one.id: one.username for one in network}
    assert len(as_csv(graph, handles).splitlines()) == len(graph.ties) + 1
    assert as_graphml(graph, handles).count("<edge ") == len(graph.ties)
    with pytest.raises(NotPermitted):
        await money.graph_of(house.db, account_ids=[network[0].id], by=network[0].id)


async def test_only_what_all_may_read_is_written_down(house, make, keeper):
    one, friend = await make.member(), await make.member("friend")
    await house.post(one, "@friend https://ko-fi.com/wren", visibility="direct")
    await house.post(one, "https://ko-fi.com/wren", visibility="followers")
    assert (await money.graph_of(house.db, account_ids=[one.id, friend.id], by=keeper.id)).ties == []
    made = await house.post(one, "https://ko-fi.com/wren")
    await house.do(accounts.change_profile, one.id, public_url="https://x", bio="https://t.me/wrens", by_member_id=None)
    keys = {it.key for it in (await money.graph_of(house.db, account_ids=[one.id], by=keeper.id)).assets.values()}
    assert keys == {"ko-fi/wren", "telegram/wrens"}
    await house.do(posts.delete, made.id, by=one.id)
    keys = {it.key for it in (await money.graph_of(house.db, account_ids=[one.id], by=keeper.id)).assets.values()}
    assert keys == {"telegram/wrens"}


async def test_what_staff_block_nobody_posts_in_any_spelling(house, make, keeper):
    one = await make.member()
    await house.post(one, "https://www.paypal.com/paypalme/Wren")
    blocked = await house.do(money.block, "https://paypal.me/wren", why="A swindle", by=keeper.id)
    for text in ("https://paypal.me/WREN/5", "https://l.facebook.com/l.php?u=https%3A%2F%2Fpaypal.me%2Fwren"):
        with pytest.raises(posts.PostRefused) as refused:
            await house.post(one, text)
        assert refused.value.text.endswith("A swindle")
    await house.post(one, "Short https://bit.ly/x1")  # where it leads is known only afterwards
    for text in (
        "https://paypal.me./wren", "hxxps://paypal[.]me/wren", "Give: paypal.me/wren", "https://r.example/?to=https://paypal.me/wren",
        "Again https://bit.ly/x1", "Bit.ly/x1", "https://l.facebook.com/l.php?u=https%3A%2F%2Fbit.ly%2Fx1",
    ):  # fmt: skip
        with pytest.raises(posts.PostRefused):
            await house.post(one, text)
    assert house.screen.why("https://paypal.me/wren") == "A swindle"
    await house.post(one, "https://paypal.me/robin")
    await house.do(money.unblock, blocked.id, by=keeper.id)
    await house.post(one, "https://paypal.me/wren")
    assert await money.stopped(house.db, by=keeper.id) == []
    for bad, why in (("https://example.com", "x"), ("https://paypal.me/wren", " ")):
        with pytest.raises(Invalid):
            await house.do(money.block, bad, why=why, by=keeper.id)
    with pytest.raises(NotPermitted):
        await house.do(money.block, "https://paypal.me/wren", why="x", by=one.id)


async def test_an_address_of_their_own_that_leads_on_counts_for_where_it_leads(house, make, keeper, db):
    """No shortener that is known: whoever made its preview was led to the payee."""
    one, other = await make.member(), await make.member()
    await house.post(one, "Help https://nest.example/go")
    async with db.begin() as tx:
        page = await previews_store.add(tx, "https://www.paypal.com/paypalme/wren")
        at = await previews_store.known(tx, "https://nest.example/go")
        for preview in (page, at):
            await previews_store.put(tx, preview.id, link_id=page.id, card=Card(title="Wren"), picture=None)
            await tx.record(PreviewChanged(preview_id=preview.id))
    await house.settle()
    assert [it.key for it in (await money.graph_of(db, account_ids=[one.id], by=keeper.id)).assets.values()] == [
        "paypal/wren"
    ]
    await house.post(other, "Also http://nest.example/go?utm_source=x")
    assert (await money.graph_of(db, account_ids=[one.id], by=keeper.id)).account_ids == sorted([one.id, other.id])
    await house.do(money.block, "https://paypal.me/wren", why="A swindle", by=keeper.id)
    with pytest.raises(posts.PostRefused):
        await house.post(other, "https://nest.example/go")


async def test_one_new_wallet_of_three_protected_accounts_is_held(house, make, keeper):
    people = [await make.member(protected=True) for _ in range(4)]
    for one, text in zip(people, (f"Double it: {BTC}", f"I give back! {BTC}", f"bitcoin {BTC} !"), strict=False):
        await house.post(one, text)
    (held,) = await money.stopped(house.db, by=keeper.id)
    assert (held.key, held.state) == (f"btc:{BTC}", "held")
    for author in (people[3], await make.member()):
        with pytest.raises(posts.TextStopped):
            await house.post(author, f"Send to {BTC}")
        with pytest.raises(posts.TextStopped):
            await house.post(author, f"Send to {BTC[:9]} {BTC[9:]}")
    await house.do(money.unblock, held.id, by=keeper.id)
    assert await money.stopped(house.db, by=keeper.id) == []


async def test_no_alarm_for_what_was_known_or_belongs_together(house, make, keeper, db):
    people = [await make.member(protected=True) for _ in range(5)]
    for one in [await make.member() for _ in range(3)]:
        await house.post(one, f"Ours: {BTC}")
    assert await money.stopped(house.db, by=keeper.id) == [], "nobody of them is protected"
    await house.do(accounts.set_group, 7, {one.id: 1.0 for one in people[:2]})
    for one in people[:3]:
        await house.post(one, "https://gofundme.com/f/flood-aid")
    assert await money.stopped(house.db, by=keeper.id) == [], "two of them act together"
    for one, at in zip(people, itertools.count(), strict=False):
        await house.post(one, f"https://t.me/mayors {at}")
    assert await money.stopped(house.db, by=keeper.id) == [], "a chat is no payee"
