"""Custom feeds through whole requests: keep, preview, read, share, subscribe, and as lists of other clients."""

from __future__ import annotations

import pytest

from api.staffed import staffed
from dunnock import accounts
from dunnock.feeds import CustomFeedChanged, FeedSubscribed
from dunnock.feeds.custom.keep import MOST_FEEDS

HERE, LISTS = "/api/v1/dunnock/feeds", "/api/v1/lists"
FOLLOWED = 'version = 1\ntitle = "Friends"\n[sources]\nfollowing = true\nhashtags = ["none"]\n'
SCORED = FOLLOWED + '[filters]\nper_author = 5\n[order]\nby = "score"\n[order.weights]\nreply = -1\nfollowed = 2\n'


@pytest.fixture
async def people(database_url, tmp_path, make):
    made = await staffed(database_url, tmp_path, make)
    yield made
    await made.house.close()


@pytest.fixture
async def town(people, make):
    """Me and Wren, who both follow Robin; five posts of Robin's, newest first."""
    me, wren, robin = await make.member("me"), await make.member("wren"), await make.member("robin")
    for one in (me, wren):
        await make.follow(one, robin)
    said = [await make.post(robin, f"post {n}") for n in range(5)]
    return me, wren, robin, [str(one.id) for one in reversed(said)]


def ids(statuses):
    return [one["id"] for one in statuses]


@pytest.mark.parametrize("text", [FOLLOWED, SCORED])
async def test_a_preview_is_what_is_served_also_as_a_list(people, town, text):
    me, _, _, said = town
    preview = await people.post(f"{HERE}/preview", me, text=text)
    assert await people.get(HERE, me) == [], "a preview keeps nothing"
    made = await people.post(HERE, me, text=text)
    assert made == {
        "id": made["id"], "account_id": str(me.id), "title": "Friends", "text": text, "shared": False, "own": True,
        "subscribed": False, "listed": False, "readers": 0.0, "removed_because": None,
    }  # fmt: skip
    served = await people.get(f"{HERE}/{made['id']}/timeline", me)
    assert sorted(ids(served["statuses"]), reverse=True) == said
    assert served["brought"] == {"hashtags": 0, "following": 5}
    for name in ("brought", "took", "weights"):
        assert preview[name] == served[name]
    feed = f"/api/v1/timelines/list/{made['id']}"
    assert ids(preview["statuses"]) == ids(served["statuses"]) == ids(await people.get(feed, me))
    assert [one["status_id"] for one in served["receipts"]] == (ids(served["statuses"]) if text is SCORED else [])
    assert all(one["right"] for one in served["receipts"])
    walked, below = [], ""
    while True:
        answer = await people.ask("GET", f"{feed}?limit=2{below}", me)
        if not answer.json:
            break
        assert f"{feed}?limit=2" in answer.headers["link"]
        walked += ids(answer.json)
        below = f"&max_id={walked[-1]}"
    assert walked == ids(served["statuses"])


async def test_newer_ones_of_a_feed_as_a_list(people, town):
    me, _, _, said = town
    made = await people.post(HERE, me, text=FOLLOWED)
    feed = f"/api/v1/timelines/list/{made['id']}"
    assert ids(await people.get(f"{feed}?limit=2&min_id={said[4]}", me)) == said[2:4]
    assert ids(await people.get(f"{feed}?since_id={said[1]}", me)) == said[:1]


async def test_a_feed_is_a_list_with_nobody_on_it(people, town):
    me, wren, _, _ = town
    made = await people.post(HERE, me, text=FOLLOWED)
    as_list = {"id": made["id"], "title": "Friends", "replies_policy": "list", "exclusive": False}
    one = f"{LISTS}/{made['id']}"
    assert await people.get(LISTS, me) == [as_list]
    assert await people.get(one, me) == as_list
    assert await people.get(f"{one}/accounts", me) == []
    assert (await people.ask("PUT", one, me, json={"title": "Mine"})).json == as_list
    assert (await people.ask("POST", f"{one}/accounts", me, json={"account_ids": [str(wren.id)]})).status == 404
    for path in (one, f"/api/v1/timelines/list/{made['id']}", f"{HERE}/{made['id']}", f"{HERE}/{made['id']}/timeline"):
        assert (await people.ask("GET", path, wren)).status == 404, path
    assert (await people.ask("DELETE", one, me)).status == 200
    assert await people.get(HERE, me) == await people.get(LISTS, me) == []


async def test_changed_and_refused(people, town, events):
    me, wren, _, _ = town
    made = await people.post(HERE, me, text=FOLLOWED)
    one = f"{HERE}/{made['id']}"
    other = FOLLOWED.replace("Friends", "Others")
    for method, form in (("PUT", {"text": other}), ("PATCH", {"text": other})):
        assert (await people.ask(method, one, me, json=form)).json["title"] == "Others"
    assert [one for one in await events() if isinstance(one, CustomFeedChanged)] == [
        CustomFeedChanged(feed_id=int(made["id"]), account_id=me.id)
    ] * 2
    answer = await people.ask("PUT", one, me, json={"text": FOLLOWED.replace("true", "5")})
    assert answer.status == 422
    assert "sources.following" in answer.json["error"]
    with_lists = FOLLOWED + 'lists = ["x"]\n'
    await people.post(HERE, me, text=with_lists)
    for method, path, form in (
        ("POST", HERE, {"text": with_lists, "shared": True}),
        ("POST", HERE, {}),
        ("POST", f"{HERE}/preview", {"text": "x"}),
        ("POST", f"{one}/subscribe", {}),
    ):
        assert (await people.ask(method, path, me, json=form)).status == 422, (path, form)
    for method, path in (("PUT", one), ("DELETE", one), ("POST", f"{one}/subscribe")):
        assert (await people.ask(method, path, wren, json={})).status == 404
    for _ in range(MOST_FEEDS - 2):
        await people.post(HERE, me, text=FOLLOWED)
    assert (await people.ask("POST", HERE, me, json={"text": FOLLOWED})).status == 422
    assert len(await people.get(HERE, me)) == MOST_FEEDS


async def test_shared_and_subscribed(people, town, db, events):
    me, wren, _, said = town
    made = await people.post(HERE, me, text=FOLLOWED, shared=True)
    one = f"{HERE}/{made['id']}"
    assert ids((await people.get(f"{one}/timeline", wren))["statuses"]) == said, "it can be tried first"
    assert await people.get(HERE, wren) == await people.get(LISTS, wren) == []
    for _ in range(2):
        assert (await people.post(f"{one}/subscribe", wren))["subscribed"]
    assert [one for one in await events() if isinstance(one, FeedSubscribed)] == [
        FeedSubscribed(feed_id=int(made["id"]), account_id=wren.id, reads=True)
    ]
    assert ids(await people.get(f"/api/v1/timelines/list/{made['id']}", wren)) == said
    assert [(it["own"], it["subscribed"]) for it in await people.get(HERE, wren)] == [(False, True)]
    assert (await people.ask("DELETE", one, wren)).status == 404
    assert (await people.ask("DELETE", f"{LISTS}/{made['id']}", wren)).status == 200, "others' feeds are left"
    assert await people.get(HERE, wren) == []
    assert len(await people.get(HERE, me)) == 1
    await people.post(f"{one}/subscribe", wren)
    await people.post(f"{one}/unsubscribe", wren)
    assert await people.get(LISTS, wren) == []
    await people.post(f"{one}/subscribe", wren)
    assert (await people.ask("PATCH", one, me, json={"shared": False})).status == 200
    assert await people.get(LISTS, wren) == []
    await people.ask("PATCH", one, me, json={"shared": True})
    assert await people.get(LISTS, wren) == [], "what was no longer shared has no subscribers"
    await people.post(f"{one}/subscribe", wren)
    async with db.begin() as tx:
        await accounts.block(tx, me.id, target=wren.id)
    assert await people.get(LISTS, wren) == []
    assert (await people.ask("GET", one, wren)).status == 404


async def test_listed_reported_and_removed(people, town, make):
    _, wren, _, said = town
    maker, mo = await make.member("maker", discoverable=True), await make.member("mo", role="moderator")
    made = await people.post(HERE, maker, text=FOLLOWED, listed=True)
    assert (made["listed"], made["shared"], made["removed_because"]) == (True, True, None)
    one, desk = f"{HERE}/{made['id']}", "/api/v1/dunnock/admin/custom_feeds"
    assert ids(await people.get(f"{HERE}/directory?q=friends", wren)) == [made["id"]]
    assert await people.get(f"{HERE}/directory?q=enemies", wren) == []
    assert ids((await people.get(f"{one}/timeline", wren))["statuses"]) == said, "whom the reader follows"
    await people.post(f"{one}/report", wren, comment="Only hunters")
    assert (await people.ask("POST", f"{one}/report", wren, json={"comment": ""})).status == 422
    (told,) = await people.get(desk, mo)
    assert (told["id"], told["complaints"][0]["comment"], told["removed_at"]) == (made["id"], "Only hunters", None)
    assert (await people.ask("POST", f"{desk}/{made['id']}", mo, json={"act": "remove"})).status == 422
    await people.post(f"{desk}/{made['id']}", mo, act="remove", because="Against rule 2.")
    assert await people.get(f"{HERE}/directory", wren) == []
    assert (await people.ask("GET", one, wren)).status == 404
    assert (await people.get(one, maker))["removed_because"] == "Against rule 2."
    await people.post(f"{desk}/{made['id']}", mo, act="restore")
    await people.post(f"{one}/report", wren, comment="Still")
    await people.post(f"{desk}/{made['id']}", mo, act="keep")
    assert await people.get(desk, mo) == []
    assert (await people.get(one, wren))["title"] == "Friends"
