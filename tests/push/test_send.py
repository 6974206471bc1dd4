"""What arrives where, and what does not."""

from __future__ import annotations

import base64
import json

import pytest
from sqlalchemy import select

from api.kit.driver import call
from dunnock import accounts, posts, push
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.db.tables import jobs
from dunnock.foundation.http import Door
from dunnock.integrity import rules
from dunnock.push import crypto
from dunnock.push.send import PAUSES_MS, SendPush, send_push
from dunnock.push.tables import push_keys, push_subscriptions
from push.conftest import settle

JOBS = Sql(select(jobs.c.kind, jobs.c.body, jobs.c.run_at, jobs.c.attempts).where(jobs.c.kind == "SendPush"))
ROWS = Sql(select(push_subscriptions.c.id))


@pytest.fixture
async def two(make, app):
    """(Ada with an app, Bea)."""
    ada, bea = await make.member("ada"), await make.member("bea", display_name="Bea Wren")
    return await app(ada), bea


async def say(house, who, text, **more):
    async with house.db.begin() as tx:
        draft = posts.Draft(text=text, **more)
        return await posts.publish(tx, draft, author_id=who.id, app_id=None, settings=house.settings)


async def test_a_mention_arrives_as_mastodon_has_it(house, two, outside):
    mine, bea = two
    outside.page("/", status=201)
    await mine.subscribe(outside, "mention")
    said = await say(house, bea, "Hello @ada, how is the <nest> & the brood?")
    await settle(house)
    [one] = outside.asked
    line, headers, _ = one
    assert line == "POST / HTTP/1.1"
    got = mine.opened(one)
    told = (await mine.ask("GET", "/api/v1/notifications")).json[0]
    assert got == {
        "access_token": mine.token,
        "preferred_locale": "en",
        "notification_id": int(told["id"]),
        "notification_type": "mention",
        "icon": "http://127.0.0.1:8000/avatars/original/missing.png",
        "title": "Bea Wren mentioned you",
        "body": said.text,
    }
    assert headers["ttl"] == str(48 * 3600)
    assert headers["urgency"] == "normal"
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["content-type"] == "application/octet-stream"
    assert headers["user-agent"].startswith("Dunnock/")
    scheme, _, rest = headers["authorization"].partition(" ")
    parts = dict(one.split("=", 1) for one in rest.split(","))
    assert (scheme, parts["k"]) == ("vapid", await push.public_key(house.db))
    claims = json.loads(base64.urlsafe_b64decode(parts["t"].split(".")[1] + "=="))
    assert claims["aud"] == outside.url
    assert claims["sub"] == "http://127.0.0.1:8000"
    assert 0 < claims["exp"] - now_ms() / 1000 <= 24 * 3600


async def test_the_draft_for_apps_that_do_not_say_standard(house, two, outside):
    mine, bea = two
    outside.page("/", status=201)
    await mine.subscribe(outside, "follow", standard=False)
    async with house.db.begin() as tx:
        await accounts.follow(tx, follower=bea.id, followed=mine.who.id)
    await settle(house)
    [one] = outside.asked
    got, headers = mine.opened(one), one[1]
    assert (got["notification_type"], got["title"], got["body"]) == ("follow", "Bea Wren now follows you", "")
    assert headers["content-encoding"] == "aesgcm"
    assert headers["authorization"].startswith("WebPush ey")
    assert headers["crypto-key"].endswith(f";p256ecdsa={await push.public_key(house.db)}")
    assert len(headers["encryption"]) == len("salt=") + 22


async def test_only_the_types_that_were_asked_for(house, two, outside):
    mine, bea = two
    outside.page("/", status=201)
    await mine.subscribe(outside, "favourite", "status")
    said = await say(house, mine.who, "mine")
    await say(house, bea, "@ada hello")
    async with house.db.begin() as tx:
        await posts.favourite(tx, said.id, by=bea.id)
        await posts.boost(tx, said.id, by=bea.id)
    await settle(house)
    assert [mine.opened(one)["notification_type"] for one in outside.asked] == ["favourite"]


@pytest.mark.parametrize(
    "case",  # (policy, Ada follows Bea, Bea follows Ada, it arrives)
    [
        ("all", False, False, True), ("none", True, True, False), ("followed", True, False, True),
        ("followed", False, True, False), ("follower", False, True, True), ("follower", True, False, False),
    ],
)  # fmt: skip
async def test_the_policy(make, two, outside, case):
    (mine, bea), (policy, follows, followed, arrives) = two, case
    house = mine.house
    outside.page("/", status=201)
    await mine.subscribe(outside, "mention", policy=policy)
    if follows:
        await make.follow(mine.who, bea)
    if followed:
        await make.follow(bea, mine.who)
    await say(house, bea, "@ada hello")
    await settle(house)
    assert len(outside.asked) == arrives


async def test_nothing_of_those_who_are_blocked_or_muted(house, make, two, outside):
    mine, bea = two
    cleo = await make.member("cleo")
    outside.page("/", status=201)
    await mine.subscribe(outside, "mention")
    await make.block(mine.who, bea)
    async with house.db.begin() as tx:
        await accounts.mute(tx, mine.who.id, target=cleo.id)
    for who in (bea, cleo):
        await say(house, who, "@ada hello")
    await settle(house)
    assert outside.asked == []


async def test_nothing_of_what_is_kept_back(house, two, outside):
    """A stranger's message that waits in a request is not pushed."""
    mine, bea = two
    outside.page("/", status=201)
    await mine.subscribe(outside, "mention")
    await mine.ask("PATCH", "/api/v2/notifications/policy", {"for_not_following": "filter"})
    await say(house, bea, "@ada hello")
    await settle(house)
    assert (await mine.ask("GET", "/api/v1/notifications")).json == []
    assert outside.asked == []


@pytest.mark.parametrize(
    "what", ["deleted", "dismissed", "blocked", "unsubscribed", "revoked", "disabled", "unwanted", "old"]
)
async def test_nothing_once_it_is_over(house, two, outside, what):
    """Between the act and the sending: the job looks at what is so when it runs."""
    mine, bea = two
    outside.page("/", status=201)
    await mine.subscribe(outside, "mention")
    said = await say(house, bea, "@ada hello")
    await house.reactions.settle()
    await house.reactions.settle()
    assert len(await house.db.all(JOBS)) == 1
    [told] = (await mine.ask("GET", "/api/v1/notifications")).json
    async with house.db.begin() as tx:
        if what == "deleted":
            await posts.delete(tx, said.id, by=bea.id)
        elif what == "blocked":
            await accounts.block(tx, mine.who.id, target=bea.id)
    if what == "dismissed":
        await mine.ask("POST", f"/api/v1/notifications/{told['id']}/dismiss")
    elif what == "unsubscribed":
        await mine.ask("DELETE")
    elif what == "unwanted":
        await mine.ask("PUT", sent={"data": {"alerts": {"follow": True}}})
    elif what == "revoked":
        await _run(house, "UPDATE tokens SET revoked_at = 1")
    elif what == "disabled":
        await _run(house, "UPDATE members SET state = 'disabled'")
    elif what == "old":
        await _run(house, f"UPDATE notifications SET created_at = {now_ms() - 3 * DAY}")
    await house.jobs.settle()
    assert outside.asked == []
    assert await house.db.all(JOBS) == []


async def _run(house, text):
    from sqlalchemy import text as sql

    async with house.db.begin() as tx:
        await tx.run(Sql(sql(text)))


@pytest.mark.parametrize("status", [404, 410])
async def test_a_subscription_that_is_gone_is_dropped(house, two, outside, status):
    mine, bea = two
    outside.page("/", status=status)
    await mine.subscribe(outside, "mention")
    await say(house, bea, "@ada hello")
    await settle(house)
    assert await house.db.all(ROWS) == []
    assert (await mine.ask("GET")).status == 404


@pytest.mark.parametrize("status", [400, 401, 403, 413, 301])
async def test_another_refusal_is_not_tried_again(house, two, outside, status):
    mine, bea = two
    outside.page("/", status=status, head="location: /elsewhere")
    await mine.subscribe(outside, "mention")
    await say(house, bea, "@ada hello")
    await settle(house)
    assert len(outside.asked) == 1
    assert await house.db.all(JOBS) == []
    assert len(await house.db.all(ROWS)) == 1


@pytest.mark.parametrize(
    "case",  # (status, a header, the least pause in milliseconds)
    [(500, "x: y", 0), (503, "x: y", 0), (408, "x: y", 0), (429, "retry-after: 7200", 7_200_000)],
)
async def test_a_service_that_is_down_is_tried_again(house, two, outside, case):
    (mine, bea), (status, head, least) = two, case
    outside.page("/", status=status, head=head)
    await mine.subscribe(outside, "mention")
    await say(house, bea, "@ada hello")
    before = now_ms()
    await settle(house)
    [(_, body, run_at, attempts)] = await house.db.all(JOBS)
    assert json.loads(body)["tries"] == 1
    assert attempts == 0
    assert run_at - before >= max(PAUSES_MS[0], least)
    outside.page("/", status=201)
    await _run(house, "UPDATE jobs SET run_at = 0")
    await house.jobs.settle()
    assert len(outside.asked) == 2
    assert mine.opened(outside.asked[1])["notification_type"] == "mention"


async def test_it_is_given_up_in_the_end(house, two, outside):
    mine, bea = two
    await mine.subscribe(outside, "mention")
    outside.page("/", status=500)
    await say(house, bea, "@ada hello")
    await settle(house)
    for number in range(1, len(PAUSES_MS) + 1):
        [(_, body, _, _)] = await house.db.all(JOBS)
        assert json.loads(body)["tries"] == number
        await _run(house, "UPDATE jobs SET run_at = 0")
        await house.jobs.settle()
    assert await house.db.all(JOBS) == []
    assert len(outside.asked) == len(PAUSES_MS) + 1
    assert len(await house.db.all(ROWS)) == 1


async def test_nothing_goes_inside(house, two, outside):
    """SC-078: an endpoint whose name leads inside by the time of sending."""
    mine, bea = two
    made = await mine.subscribe(outside, "mention")
    await say(house, bea, "@ada hello")
    await house.reactions.settle()
    [told] = (await mine.ask("GET", "/api/v1/notifications")).json
    strict = Door(agent="x")
    job = SendPush(subscription_id=int(made["id"]), notification_id=int(told["id"]), host="x")
    from dunnock.accounts.views import AccountViews

    await send_push(house.db, strict, AccountViews(house.db), job, public_url="https://home.example")
    await strict.close()
    assert outside.asked == []


async def test_every_app_of_a_member_hears(house, two, app, outside):
    mine, bea = two
    other = await app(mine.who)
    outside.page("/a", status=201)
    outside.page("/b", status=201)
    await mine.subscribe(outside, "mention", path="/a")
    await other.subscribe(outside, "mention", path="/b")
    await say(house, bea, "@ada hello")
    await settle(house)
    by_path = {one[0].split()[1]: one for one in outside.asked}
    assert mine.opened(by_path["/a"])["access_token"] == mine.token
    assert other.opened(by_path["/b"])["access_token"] == other.token


async def test_a_warning_hides_the_words_and_long_ones_are_cut(house, two, outside):
    mine, bea = two
    outside.page("/", status=201)
    await mine.subscribe(outside, "mention")
    await say(house, bea, "@ada the butler did it", warning="Spoiler")
    await settle(house)
    await say(house, bea, "@ada " + "long " * 90)
    await settle(house)
    first, second = (mine.opened(one)["body"] for one in outside.asked)
    assert first == "Spoiler"
    assert len(second) == 140
    assert second.endswith("…")


async def test_a_message_always_fits(house, make, app, outside):
    """The widest characters that there are."""
    mine = await app(await make.member("ada"))
    bea = await make.member("bea", display_name="\x01" * 5000)
    outside.page("/", status=201)
    await mine.subscribe(outside, "mention")
    await say(house, bea, "@ada " + "\U0001f9a4" * 400)
    await settle(house)
    [one] = outside.asked
    assert len(one[2]) <= 4096
    assert mine.opened(one)["access_token"] == mine.token


async def test_the_subscription_goes_with_its_token(house, two, app, outside):
    mine, _ = two
    other = await app(mine.who)
    await mine.subscribe(outside, "mention")
    await other.subscribe(outside, "mention")
    async with house.db.begin() as tx:
        row = await tx.one(
            Sql(select(accounts.tables.tokens.c.app_id).where(accounts.tables.tokens.c.id == mine.token_id))
        )
        await accounts.revoke_app(tx, row[0], member_id=mine.who.member_id)
    await house.reactions.settle()
    assert len(await house.db.all(ROWS)) == 1
    assert (await other.ask("GET")).status == 200


async def test_the_key_is_made_once(house, make):
    first = await push.public_key(house.db)
    assert await push.public_key(house.db) == first
    assert len(await house.db.all(Sql(select(push_keys.c.public)))) == 1


async def test_of_two_who_make_the_key_one_wins(house):
    import asyncio

    found = await asyncio.gather(*(push.public_key(house.db) for _ in range(8)))
    assert len(set(found)) == 1


async def test_tokens_are_not_stored_readable(house, two, outside):
    mine, _ = two
    await mine.subscribe(outside, "mention")
    [(sealed,)] = await house.db.all(Sql(select(push_subscriptions.c.sealed_token)))
    assert mine.token not in sealed
    _, secret = (await house.db.all(Sql(select(push_keys.c.public, push_keys.c.secret))))[0]
    assert crypto.unseal(secret, sealed, place=str(mine.token_id)) == mine.token


async def test_a_member_under_18_is_not_woken_at_night(house, two, outside, monkeypatch):
    mine, bea = two
    outside.page("/", status=201)
    await mine.subscribe(outside, "mention")
    async with house.db.begin() as tx:
        await accounts.declare_minor(tx, mine.who.id)
    morning = now_ms() + DAY
    monkeypatch.setattr("dunnock.accounts.ages.night_ends", lambda _now, _zone: morning)
    await say(house, bea, "Are you up, @ada?")
    await settle(house)
    assert outside.asked == []
    [(kind, _, run_at, _)] = await house.db.all(JOBS)
    assert (kind, run_at) == ("SendPush", morning)
    assert len((await mine.ask("GET", "/api/v1/notifications")).json) == 1, "it is in the list"
    async with house.db.begin() as tx:
        await accounts.set_band(tx, mine.who.id, "adult")
    await say(house, bea, "And you, @ada?")
    await settle(house)
    assert len(outside.asked) == 1


async def test_what_a_rule_keeps_and_what_becomes_of_it_wakes_its_author(house, make, two, outside):
    mine, _ = two
    staff = await make.member("staff", role="admin")
    outside.page("/", status=201)
    await mine.subscribe(outside, "moderation_warning", policy="followed")

    async def do(use_case, *args, **named):
        async with house.db.begin() as tx:
            done = await use_case(tx, *args, **named)
        await settle(house)
        return done

    rule = rules.Written(name="Pills", condition='text has "cheap pills"', effect="hold")
    rule_id = await do(rules.write_rule, rule, by=staff.id)
    await do(rules.start_dry, rule_id, by=staff.id)
    await do(rules.start_live, rule_id, by=staff.id)
    first, second = [await say(house, mine.who, f"cheap pills {n}") for n in range(2)]
    await say(house, mine.who, "Good morning")
    await settle(house)
    told = (await mine.ask("GET", "/api/v1/notifications")).json
    assert [(one["type"], one["status"]["id"]) for one in told] == [
        ("held_status", str(second.id)), ("held_status", str(first.id)),
    ]  # fmt: skip
    heard = [mine.opened(one) for one in outside.asked]
    assert [(one["title"], one["body"]) for one in heard] == [
        ("Your post waits until somebody looked at it", f"cheap pills {n}") for n in range(2)
    ]
    hits = {one.subject_id: one.id for one in await rules.waiting_hits(house.db, by=staff.id)}
    await do(rules.release_hits, [hits[first.id]], by=staff.id)
    await do(rules.refuse_hits, [hits[second.id]], by=staff.id, reason="No advertising")
    await settle(house)
    told = (await mine.ask("GET", "/api/v1/notifications")).json
    assert [one["type"] for one in told] == ["moderation_warning", "published_status", "held_status"]
    assert [mine.opened(one)["notification_type"] for one in outside.asked[2:]] == [
        "published_status", "moderation_warning",
    ]  # fmt: skip
    known = "supported_types[]=mention&supported_types[]=moderation_warning"
    old = (await call(house.edge, "GET", f"/api/v1/notifications?{known}", token=mine.token)).json
    assert [one["fallback"]["title"] for one in old if "fallback" in one] == [
        "Your post that waited is published now", "Your post waits until somebody looked at it",
    ]  # fmt: skip
