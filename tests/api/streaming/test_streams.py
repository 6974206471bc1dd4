"""What reaches whom: every stream against the rules of the feeds."""

from __future__ import annotations

import asyncio
import random
from hashlib import sha256

import msgspec
import pytest

from api.kit.driver import Answer, call
from api.streaming.town import PATH, Ear
from dunnock import accounts, server
from dunnock.api.kit import Caller
from dunnock.api.streaming.connection import Socket
from dunnock.api.streaming.screens import MOST, Screens
from dunnock.notifications.events import RequestsMerged
from dunnock.posts.events import PostPublished

VISIBILITIES = ("public", "public", "unlisted", "private", "direct")


async def test_a_message_is_what_reading_would_show(town):
    ann, bob = await town.member("ann"), await town.member("bob")
    await town.make.follow(bob, ann)
    ears = [
        await town.socket(bob, "user"), await town.events(bob, "user"), await town.socket(bob, "hashtag", tag="Birds"),
        await town.events(bob, "public/local"),
    ]  # fmt: skip
    one = await town.post(ann, 'say "hi"\n☀ #birds')
    shown = await town.ask("GET", f"/api/v1/statuses/{one}", bob)
    for ear, label in zip(ears, (["user"], None, ["hashtag", "Birds"], None), strict=True):
        (message,) = ear.said()
        assert message["event"] == "update"
        assert isinstance(message["payload"], str)
        assert msgspec.json.decode(message["payload"]) == shown
        assert message.get("stream") == label
        assert list(message) == (["stream", "event", "payload"] if label else ["event", "payload"])
    assert shown["filtered"] == []
    assert shown["favourited"] is False


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private", "direct"])
async def test_who_hears_of_a_post(town, visibility):
    """Also of its change and its end; nobody else hears anything, not even that it ended."""
    ann = await town.member("ann")
    follower, named, stranger, blocked = [await town.member(name) for name in ("fred", "nina", "sam", "bill")]
    for one in (follower, blocked):
        await town.make.follow(one, ann)
    await town.make.block(ann, blocked)
    await town.make.block(blocked, stranger)
    streams = ("user", "public", "public:local", "hashtag")
    ears = {
        who.username: {stream: await town.socket(who, stream, tag="x") for stream in streams}
        for who in (ann, follower, named, stranger, blocked)
    }
    a_list = await town.make.list(follower, of=(ann,))
    ears["fred"]["list"] = await town.socket(follower, "list", list=a_list.id)
    post = await town.post(ann, "@nina hello #x", visibility=visibility)
    await town.ask("PUT", f"/api/v1/statuses/{post}", ann, status="@nina hello again #x")
    await town.ask("DELETE", f"/api/v1/statuses/{post}", ann)
    everything = [("update", post), ("status.update", post), ("delete", post)]
    private = visibility in {"private", "direct"}
    for who, mine in ears.items():
        for stream, ear in mine.items():
            heard = ear.heard()
            if who == "bill":
                assert heard == [], stream
            elif stream in {"public", "public:local", "hashtag"}:
                assert heard == (everything if visibility == "public" else []), (who, stream)
            elif who == "ann":
                assert heard == everything
            elif who == "fred":
                assert heard == ([] if visibility == "direct" else everything), stream
            elif who == "nina":  # whom it names hears of it by a notification; that it ended, by the stream
                assert heard == [("delete", post)]
            else:
                assert heard == [], (who, stream, private)


async def test_a_post_that_nobody_remembers_ends_for_its_readers_only(town):
    ann, fred, sam = await town.member(), await town.member(), await town.member()
    await town.make.follow(fred, ann)
    rows = {
        one: await town.make.post(ann, "old", visibility=one) for one in ("public", "unlisted", "followers", "direct")
    }
    ears = [await town.socket(who, "user") for who in (ann, fred, sam)] + [await town.socket(sam, "public")]
    for row in rows.values():
        town.house.streams._posts.cards.clear()
        await town.ask("DELETE", f"/api/v1/statuses/{row.id}", ann)
    ended = {name: ("delete", str(row.id)) for name, row in rows.items()}
    assert ears[0].heard() == list(ended.values())
    assert ears[1].heard() == [ended["public"], ended["unlisted"], ended["followers"]]
    assert ears[2].heard() == []
    assert ears[3].heard() == [ended["public"]]


async def test_boosts(town):
    ann, bob, fred, quiet = [await town.member(name) for name in ("ann", "bob", "fred", "quiet")]
    await town.make.follow(fred, bob)
    await town.make.follow(quiet, bob, boosts=False)
    post = await town.post(ann, "boost me #x")
    ears = [await town.socket(who, "user") for who in (bob, fred, quiet, ann)]
    public = await town.socket(fred, "public")
    boost = (await town.ask("POST", f"/api/v1/statuses/{post}/reblog", bob))["id"]
    for ear in ears[:2]:
        (message,) = ear.said()
        payload = msgspec.json.decode(message["payload"])
        assert (payload["id"], payload["reblog"]["id"], payload["account"]["acct"]) == (boost, post, "bob")
        ear.line.sent.clear()
    await town.ask("POST", f"/api/v1/statuses/{post}/unreblog", bob)
    assert [ear.heard() for ear in ears] == [[("delete", boost)], [("delete", boost)], [], []]
    assert public.heard() == []


async def test_replies_go_where_the_feeds_show_them(town):
    ann, bob, fred, both = [await town.member(name) for name in ("ann", "bob", "fred", "both")]
    await town.make.follow(fred, bob)
    await town.make.follow(both, bob)
    await town.make.follow(both, ann)
    post = await town.post(ann, "a question #x")
    ears = {who.username: await town.socket(who, "user") for who in (ann, fred, both)}
    public, tag = await town.socket(fred, "public"), await town.socket(fred, "hashtag", tag="X")
    reply = await town.post(bob, "an answer #x", in_reply_to_id=post)
    assert {name: ear.heard() for name, ear in ears.items()} == {"ann": [], "fred": [], "both": [("update", reply)]}
    assert public.heard() == []
    assert tag.heard() == [("update", reply)]
    own = await town.post(ann, "more", in_reply_to_id=post)
    assert public.heard() == [("update", own)]


async def test_blocks_mutes_and_follows_count_at_once(town):
    ann, fred = await town.member("ann"), await town.member("fred")
    home, public, tag = await town.socket(fred, "user"), await town.events(fred, "public"), await town.socket(fred)
    await tag.subscribe("hashtag", tag="x")
    acts = (
        ("follow", True, True), ("mute", False, False), ("unmute", True, True), ("unfollow", False, True),
        ("follow", True, True), ("block", False, False), ("unblock", False, True), ("follow", True, True),
    )  # fmt: skip
    for act, at_home, elsewhere in acts:
        await town.ask("POST", f"/api/v1/accounts/{ann.id}/{act}", fred)
        post = await town.post(ann, f"after {act} #x")
        assert home.heard() == ([("update", post)] if at_home else []), act
        assert public.heard() == tag.heard() == ([("update", post)] if elsewhere else []), act
    await town.ask("POST", f"/api/v1/accounts/{ann.id}/follow", fred, languages=["de"])
    await town.post(ann, "in English", language="en")
    german = await town.post(ann, "auf Deutsch", language="de")
    assert home.heard() == [("update", german)]
    await town.ask("POST", f"/api/v1/accounts/{fred.id}/block", ann)
    await town.post(ann, "not for fred #x")
    assert home.heard() == []
    assert tag.heard() == []


async def test_lists(town):
    ann, bob, fred = [await town.member(name) for name in ("ann", "bob", "fred")]
    for one in (ann, bob):
        await town.make.follow(fred, one)
    a_list = (await town.ask("POST", "/api/v1/lists", fred, title="Birds"))["id"]
    home, ear = await town.socket(fred, "user"), await town.socket(fred, "list", list=a_list)
    at = f"/api/v1/lists/{a_list}/accounts"
    await town.post(ann, "not on it yet")
    home.heard()
    assert ear.heard() == []
    await town.ask("POST", at, fred, account_ids=[str(ann.id)])
    post = await town.post(ann, "on it")
    assert ear.said()[0]["stream"] == ["list", a_list]
    assert ear.heard() == home.heard() == [("update", post)]
    reply = await town.post(ann, "to bob", in_reply_to_id=await town.post(bob, "hello"))
    home.heard()
    assert ear.heard() == []
    await town.ask("PUT", f"/api/v1/lists/{a_list}", fred, title="Birds", replies_policy="followed", exclusive=True)
    reply = await town.post(ann, "to bob again", in_reply_to_id=await town.post(bob, "hello again"))
    assert ear.heard() == [("update", reply)]
    assert ("update", reply) not in home.heard()  # the list is exclusive
    await town.ask("DELETE", f"/api/v1/lists/{a_list}", fred)
    post = await town.post(ann, "no list any more")
    assert ear.heard() == []
    assert home.heard() == [("update", post)]
    assert (await town.open(f"{PATH}/list?list={a_list}", fred.token)).answer.status == 401


async def test_subscriptions_of_one_socket(town):
    ann = await town.member("ann")
    ear = await town.socket(ann)
    await town.post(ann, "nobody asked")
    assert ear.heard() == []
    for _ in range(2):
        await ear.subscribe("user")
    await ear.subscribe("hashtag", tag="#Öl")
    await ear.subscribe("hashtag:local", tag="oel")
    post = await town.post(ann, "x #öl")
    assert [one["stream"] for one in ear.said()] == [["user"], ["hashtag", "#Öl"]]
    assert ear.heard() == [("update", post)] * 2
    await ear.send({"type": "unsubscribe", "stream": "user"})
    await ear.send({"type": "unsubscribe", "stream": "user"})
    post = await town.post(ann, "y #öl")
    assert [one["stream"] for one in ear.said()] == [["hashtag", "#Öl"]]
    await ear.send({"type": "unsubscribe", "stream": "hashtag", "tag": "öl"})
    ear.heard()
    await town.post(ann, "z #öl")
    assert ear.heard() == []
    await ear.subscribe(["user"])  # as some clients of the query do
    async with asyncio.timeout(10):
        while not town.hub.watches.home_of(ann.id):  # noqa: ASYNC110 (the hub has no event for that)
            await asyncio.sleep(0.01)
    ear.line.close()
    assert not town.hub.watches.home_of(ann.id)
    assert not town.hub.watches._home
    assert not town.hub.watches._open


@pytest.mark.both_engines
async def test_only_media_and_only_local(town, tmp_path):
    ann = await town.member("ann")
    names = ("public", "public:media", "public:local", "public:local:media", "public:remote", "public:remote:media")
    ears = {name: await town.socket(ann, name) for name in names}
    paths = ("public?only_media=true", "public/local?only_media=1", "public/remote", "public?only_media=false")
    events = {path: await town.events(ann, path) for path in paths}
    far = await town.make.account(domain="far.example")
    media = await town.make.media(ann)

    async def arrives(author, *, local, media_ids=()):
        row = await town.make.post(
            author, "hello", local=local, media=msgspec.json.encode([one.id for one in media_ids]).decode()
        )
        async with town.house.db.begin() as tx:
            await tx.record(PostPublished(post_id=row.id, author_id=author.id, visibility="public"))
        await town.settle()
        return {name for name, ear in (ears | events).items() if ear.heard()}

    assert await arrives(ann, local=True) == {"public", "public:local", "public?only_media=false"}
    assert await arrives(far, local=False) == {"public", "public:remote", "public/remote", "public?only_media=false"}
    assert await arrives(ann, local=True, media_ids=(media,)) == {
        "public", "public:media", "public:local", "public:local:media", *paths[:2], paths[3],
    }  # fmt: skip
    await town.ask("POST", "/api/v1/domain_blocks", ann, domain="far.example")
    assert await arrives(far, local=False) == set()


async def test_notifications(town):
    ann, bob = await town.member("ann"), await town.member("bob")
    ears = {
        "all": await town.socket(ann, "user"),
        "only": await town.socket(ann, "user:notification"),
        "events": await town.events(ann, "user/notification"),
        "posts": await town.open(f"{PATH}/user", await town.token(ann, "read:statuses")),
    }
    post = await town.post(ann, "like me")
    await town.ask("POST", f"/api/v1/statuses/{post}/favourite", bob)
    await town.house.reactions.settle()
    await town.settle()
    (told,) = await town.ask("GET", "/api/v1/notifications", ann)
    assert ears["all"].heard() == [("update", post), ("notification", told["id"])]
    assert ears["posts"].heard() == [("update", post)]
    assert ears["events"].heard() == [("notification", told["id"])]
    (message,) = ears["only"].said()
    assert message["stream"] == ["user:notification"]
    assert msgspec.json.decode(message["payload"]) == told
    # What was undone before it could be told of is not told of.
    await town.ask("POST", f"/api/v1/statuses/{post}/unfavourite", bob)
    ears["only"].heard()
    await town.ask("POST", f"/api/v1/accounts/{ann.id}/follow", bob)
    await town.house.reactions.settle()
    await town.ask("POST", f"/api/v1/accounts/{ann.id}/unfollow", bob)
    await town.house.reactions.settle()
    await town.settle()
    assert [event for event, _ in ears["only"].heard()] in ([], ["notification"])


async def test_tokens_that_end_close_their_streams(town):
    """SC-113, SC-114."""
    ann = await town.member("ann")
    mine, others = ann.token, await town.token(ann)
    first, second = await town.socket(ann, "user"), await town.open(f"{PATH}/user", others)
    async with town.house.db.begin() as tx:
        app = await accounts.find_app(tx, town._app.id)
    await accounts.oauth.revoke(town.house.db, app, mine)
    await town.settle()
    assert first.closed == 1008
    assert second.closed is None
    async with town.house.db.begin() as tx:
        await accounts.change_state(tx, ann.member_id, accounts.State.DISABLED)
    await town.settle()
    assert second.closed == 0
    assert (await town.open(f"{PATH}/user", others)).answer.status == 403
    bob = await town.member("bob")
    ear = await town.socket(bob, "user")
    async with town.house.db.begin() as tx:
        await accounts.revoke_app(tx, app.id, member_id=bob.member_id)
    await town.settle()
    assert ear.closed == 1008
    assert not town.hub.watches.accounts


async def test_a_token_that_ends_while_its_stream_opens(town):
    ann = await town.member("ann")
    before = town.hub.endings
    town.hub.endings += 1  # an ending came between looking at the token and being there
    ear = await town.socket(ann)
    assert ear.closed is None  # this token is good
    assert town.hub.endings == before + 1
    ear.line.close()
    async with town.house.db.begin() as tx:
        await accounts.revoke_app(tx, town._app.id, member_id=ann.member_id)
    await town.settle()
    caller = Caller(1, town._app.id, ann.member_id, ann.id, frozenset(("read",)))
    late = Socket(town.hub, caller, key=sha256(ann.token.encode()).digest(), address="", seen=before)
    ear = Ear(Answer(101, {}, b""), late)
    await town.settle()
    assert ear.closed == 1008


async def test_the_end_of_the_server(town):
    ann = await town.member("ann")
    ears = [await town.socket(ann, "user"), await town.events(ann, "user")]
    await town.hub.close()
    assert [ear.closed for ear in ears] == [1012, 0]
    assert bytes(ears[1].line.sent).endswith(b"0\r\n\r\n")


async def test_nobody_connected_costs_nothing(town):
    ann = await town.member("ann")
    await town.post(ann, "into the void")
    assert not town.hub._events
    assert not town.hub._known


async def test_an_event_that_is_heard_twice_is_told_once(town):
    ann = await town.member("ann")
    ear = await town.socket(ann, "user")
    kept = []
    town.house.db.listen(kept.extend)
    post = await town.post(ann, "once")
    town.hub._heard(kept)
    await town.settle()
    assert ear.heard() == [("update", post)]


async def test_the_instance_says_where_streams_are(town):
    for path, where in (("v1", ("urls", "streaming_api")), ("v2", ("configuration", "urls", "streaming"))):
        found = (await call(town.house.edge, "GET", f"/api/{path}/instance")).json
        for key in where:
            found = found[key]
        assert found == "ws://127.0.0.1:8000"


async def test_followed_hashtags(town):
    ann, fred, both = [await town.member(name) for name in ("ann", "fred", "both")]
    await town.make.follow(both, ann)
    ears = [await town.socket(who, "user") for who in (fred, both)]
    for who in (fred, both):
        await town.ask("POST", "/api/v1/tags/Birds/follow", who)
    post = await town.post(ann, "look #birds")
    assert [ear.heard() for ear in ears] == [[("update", post)]] * 2
    await town.ask("PUT", f"/api/v1/statuses/{post}", ann, status="look! #birds")
    await town.ask("DELETE", f"/api/v1/statuses/{post}", ann)
    assert [ear.heard() for ear in ears] == [[("status.update", post), ("delete", post)]] * 2
    quiet = await town.post(ann, "shh #birds", visibility="unlisted")
    assert [ear.heard() for ear in ears] == [[], [("update", quiet)]]
    await town.ask("POST", f"/api/v1/accounts/{ann.id}/mute", fred)
    await town.post(ann, "muted #birds")
    assert ears[0].heard() == []
    await town.ask("POST", f"/api/v1/accounts/{ann.id}/unmute", fred)
    await town.ask("POST", "/api/v1/tags/birds/unfollow", fred)
    await town.post(ann, "gone #birds")
    assert ears[0].heard() == []
    for ear in ears:
        ear.line.close()
    assert not town.hub.watches._home_tags


async def test_accepted_requests_are_announced_once_they_are_merged(town):
    ann, bob = await town.member("ann"), await town.member("bob")
    ears = [await town.socket(ann, "user"), await town.socket(ann, "user:notification"), await town.socket(bob, "user")]
    await town.ask("PATCH", "/api/v2/notifications/policy", ann, for_not_following="filter")
    await town.post(bob, "@ann hello")
    await town.house.reactions.settle()
    await town.settle()
    (request,) = await town.ask("GET", "/api/v1/notifications/requests", ann)
    assert ears[0].said() == ears[1].said() == []  # kept back: nothing is said
    await town.ask("POST", f"/api/v1/notifications/requests/{request['id']}/accept", ann)
    assert ears[0].said() == []
    await town.house.jobs.settle()
    await town.settle()
    assert [(one["event"], one["payload"]) for one in ears[0].said()] == [("notifications_merged", "1")]
    assert [(one["event"], one["payload"]) for one in ears[1].said()] == [("notifications_merged", "1")]
    assert "notifications_merged" not in {one["event"] for one in ears[2].said()}


async def test_filters(town):
    ann, bob = await town.member("ann"), await town.member("bob")
    await town.make.follow(ann, bob)
    ears = [await town.socket(ann, "user"), await town.events(ann, "user"), await town.socket(bob, "user")]
    made = await town.ask(
        "POST", "/api/v2/filters", ann, title="no eggs", context=["home"], filter_action="warn",
        keywords_attributes=[{"keyword": "egg", "whole_word": True}],
    )  # fmt: skip
    assert ears[0].said() == [{"stream": ["user"], "event": "filters_changed"}]
    assert ears[1].said() == [{"event": "filters_changed", "payload": "undefined"}]
    ears[0].line.sent.clear()
    post = await town.post(bob, "an egg")
    (message,) = ears[0].said()
    payload = msgspec.json.decode(message["payload"])
    assert payload == await town.ask("GET", f"/api/v1/statuses/{post}", ann)
    assert [one["filter"]["id"] for one in payload["filtered"]] == [made["id"]]
    assert [one["keyword_matches"] for one in payload["filtered"]] == [["egg"]]
    (message,) = ears[2].said()
    assert msgspec.json.decode(message["payload"])["filtered"] == []


async def test_announcements(town):
    ann = await town.member("ann")
    ears = [
        await town.socket(ann, "user"),
        await town.socket(ann, "public"),
        await town.socket(ann, "user:notification"),
    ]
    async with town.house.db.begin() as tx:
        one = await server.announce(tx, "Tea at five")
    await town.settle()
    (message,) = ears[0].said()
    assert (message["stream"], message["event"]) == (["user"], "announcement")
    shown = msgspec.json.decode(message["payload"])
    (listed,) = await town.ask("GET", "/api/v1/announcements", ann)
    del listed["read"]
    assert shown == listed
    at = f"/api/v1/announcements/{one.id}/reactions/🍵"
    for method, count in (("PUT", 1), ("DELETE", 0)):
        ears[0].line.sent.clear()
        await town.ask(method, at, ann)
        (message,) = ears[0].said()
        assert message["event"] == "announcement.reaction"
        assert msgspec.json.decode(message["payload"]) == {"name": "🍵", "count": count, "announcement_id": str(one.id)}
    ears[0].line.sent.clear()
    async with town.house.db.begin() as tx:
        await server.remove_announcement(tx, one.id)
    await town.settle()
    assert ears[0].said() == [{"stream": ["user"], "event": "announcement.delete", "payload": str(one.id)}]
    assert [ear.said() for ear in ears[1:]] == [[], []]


async def test_what_may_be_quoted_is_told_like_an_edit(town):
    ann, fred = await town.member("ann"), await town.member("fred")
    await town.make.follow(fred, ann)
    ear = await town.socket(fred, "user")
    post = await town.post(ann, "quote me")
    quote = await town.post(ann, "like this", quoted_status_id=post)
    assert ear.heard() == [("update", post), ("update", quote)]
    await town.ask("PUT", f"/api/v1/statuses/{post}/interaction_policy", ann, quote_approval_policy="nobody")
    assert ear.heard() == [("status.update", post)]
    await town.ask("POST", f"/api/v1/statuses/{post}/quotes/{quote}/revoke", ann)
    assert ear.heard() == [("status.update", quote)]


async def test_conversations(town):
    """The direct stream has each change of one's conversations, as their page shows it, and nothing else."""
    ann, bob, eve = [await town.member(name) for name in ("ann", "bob", "eve")]
    ears = [await town.socket(one, "direct") for one in (ann, bob, eve)]
    await town.post(ann, "@bob for all", visibility="public")
    post = await town.post(ann, "@bob psst", visibility="direct")
    await town.house.reactions.settle()
    await town.settle()
    for ear, who in zip(ears[:2], (ann, bob), strict=True):
        (message,) = ear.said()
        assert (message["stream"], message["event"]) == (["direct"], "conversation")
        (page,) = await town.ask("GET", "/api/v1/conversations", who)
        assert msgspec.json.decode(message["payload"]) == page
        assert (page["last_status"]["id"], page["unread"]) == (post, who is bob)
        ear.line.sent.clear()
    assert ears[2].said() == []
    await town.ask("POST", f"/api/v1/conversations/{page['id']}/read", bob)
    assert msgspec.json.decode(ears[1].said()[0]["payload"])["unread"] is False
    assert ears[0].said() == []
    ears[1].line.sent.clear()
    await town.ask("DELETE", f"/api/v1/conversations/{page['id']}", bob)
    assert ears[1].said() == []


async def test_suspension_ends_streams(town):
    """SC-114."""
    ann, bob = await town.member("ann"), await town.member("bob")
    await town.make.follow(bob, ann)
    ears = [await town.socket(ann, "user"), await town.socket(bob, "user")]
    async with town.house.db.begin() as tx:
        await accounts.change_standing(tx, {ann.id: accounts.Standing.SUSPENDED})
    await town.settle()
    assert [ear.closed for ear in ears] == [1008, None]
    assert (await town.open(f"{PATH}/user", ann.token)).answer.status == 403


async def test_what_a_suspended_account_wrote_goes_from_the_screens_that_it_was_sent_to(town):
    names = ("wren", "robin", "owl", "heron", "finch")
    author, fan, stranger, other, friend = [await town.member(name) for name in names]
    await town.make.follow(fan, author)
    await town.make.follow(fan, friend)
    ears = [await town.socket(fan, "user"), await town.socket(other, "user"), await town.socket(stranger, "public")]
    ears.append(await town.events(fan, "user"))
    post = await town.post(author, "hello")
    boost = (await town.ask("POST", f"/api/v1/statuses/{post}/reblog", friend))["id"]
    kept = await town.post(friend, "I stay")
    assert ears[0].heard() == [("update", post), ("update", boost), ("update", kept)]
    for ear in ears[1:]:
        ear.line.sent.clear()
    for standing, gone in (("LIMITED", False), ("SUSPENDED", True), ("DELETED", False)):
        async with town.house.db.begin() as tx:
            await accounts.change_standing(tx, {author.id: accounts.Standing[standing]})
        await town.settle()
        home = [("delete", post), ("delete", boost)] if gone else []
        assert ears[0].heard() == ears[3].heard() == home
        assert ears[1].heard() == [], "who was sent nothing hears of nothing"
        assert ears[2].heard() == home[:1]


def test_only_the_newest_posts_are_remembered():
    sent = Screens()
    for post_id in range(MOST + 5):
        sent.remember(post_id, authors=(post_id % 2, 7), told=(1, 2))
    sent.remember(5, authors=(1,), told=())
    assert [post_id for post_id, _ in sent.take_back(1)] == list(range(5, MOST + 5, 2))
    assert len(list(sent.take_back(7))) == MOST // 2, "what was taken back already is not again"
    assert list(sent.take_back(0)) == []


async def test_accepted_requests(town):
    ann, bob = await town.member("ann"), await town.member("bob")
    ears = [await town.socket(ann, "user"), await town.events(ann, "user/notification"), await town.socket(bob, "user")]
    async with town.house.db.begin() as tx:
        await tx.record(RequestsMerged(account_id=ann.id))
    await town.settle()
    assert ears[0].said() == [{"stream": ["user"], "event": "notifications_merged", "payload": "1"}]
    assert ears[1].said() == [{"event": "notifications_merged", "payload": "1"}]
    assert ears[2].said() == []


@pytest.mark.parametrize("seed", range(3))
async def test_streams_and_pages_agree(town, seed):
    """Random histories: what a stream tells of is what its page shows on top at that moment, for everybody."""
    pick = random.Random(seed)
    people = [await town.member(f"p{number}") for number in range(4)]
    lists = {}
    for one in people:
        for other in people:
            if one is not other and pick.random() < 0.6:
                await town.make.follow(one, other)
        members = tuple(other for other in people if pick.random() < 0.5)
        lists[one.id] = await town.make.list(one, of=members, replies=pick.choice(("list", "followed", "none")))
    pages = {
        "user": lambda one: "/api/v1/timelines/home",
        "list": lambda one: f"/api/v1/timelines/list/{lists[one.id].id}",
        "public": lambda one: "/api/v1/timelines/public",
        "hashtag": lambda one: "/api/v1/timelines/tag/x",
    }
    ears = {
        (one.username, stream): (await town.socket(one, stream, tag="x", list=lists[one.id].id), one, page(one))
        for one in people
        for stream, page in pages.items()
    }
    posts: list[str] = []
    compared = 0
    for step in range(40):
        by, other = pick.sample(people, 2)
        act = pick.choice(
            ("post", "post", "reply", "boost", "follow", "unfollow", "block", "unblock", "mute", "unmute")
        )
        if act not in {"post", "reply", "boost"}:
            await call(town.house.edge, "POST", f"/api/v1/accounts/{other.id}/{act}", token=by.token)  # or refused
            await town.settle()
            continue
        if act == "boost":
            path, form = f"/api/v1/statuses/{pick.choice(posts or ['1'])}/reblog", {}
        else:
            words = (
                f"{step} {'#x' if pick.random() < 0.6 else ''} {f'@{other.username}' if pick.random() < 0.4 else ''}"
            )
            path, form = "/api/v1/statuses", {"status": words, "visibility": pick.choice(VISIBILITIES)}
            if act == "reply" and posts:
                form["in_reply_to_id"] = pick.choice(posts)
        for ear, _, _ in ears.values():
            ear.line.sent.clear()
        answer = await call(
            town.house.edge, "POST", path, msgspec.json.encode(form), kind="application/json", token=by.token
        )
        if answer.status != 200:
            continue  # not for them to see, or boosted already
        await town.settle()
        entry = answer.json["id"]
        if entry in posts:
            continue  # boosted before
        posts.append(entry)
        for where, (ear, one, page) in ears.items():
            top = await town.ask("GET", f"{page}?limit=1", one)
            expected = [("update", entry)] if top and top[0]["id"] == entry else []
            heard = ear.heard()
            assert heard == expected, (seed, step, act, where)
            compared += bool(expected)
    assert compared > 40
