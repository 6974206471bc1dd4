"""The policy, requests and settings through whole requests; and notifications that only staff and the warned get."""

from __future__ import annotations

import re

import pytest

from api.people import URL
from api.readers import Readers
from dunnock import accounts, moderation, notifications, posts
from dunnock.api.mastodon.notices import TYPES
from dunnock.foundation.clock import iso
from dunnock.foundation.ids import ms_of
from dunnock.foundation.jobs import Jobs
from dunnock.notifications import KINDS, SETTABLE

V1, V2 = "/api/v1/notifications", "/api/v2/notifications"
REQUESTS, POLICY, OLD = f"{V1}/requests", f"{V2}/policy", f"{V1}/policy"
SETTINGS = "/api/v1/dunnock/notifications/settings"
EMPTY = {"pending_requests_count": 0, "pending_notifications_count": 0}


@pytest.fixture
async def people(db):
    made = Readers(db)
    await made.reactions.prepare()
    return made


async def publish(people, author, text="hello", **draft):
    return await people.do(
        posts.publish, posts.Draft(text=text, **draft), author_id=author.id, app_id=None, settings=people.settings
    )


async def jobs(people):
    does = {
        notifications.ReleaseKeptBack: notifications.release_kept_back,
        notifications.DiscardKeptBack: notifications.discard_kept_back,
    }
    await Jobs(people.db, does).settle()


async def test_the_policy(people, make):
    me = await make.member()
    first = {
        "for_not_following": "accept",
        "for_not_followers": "accept",
        "for_new_accounts": "accept",
        "for_private_mentions": "filter",
        "for_limited_accounts": "filter",
        "for_bots": "accept",
        "summary": EMPTY,
    }
    assert await people.get(POLICY, me) == first
    answer = await people.ask("PATCH", POLICY, me, json={"for_bots": "drop", "for_new_accounts": "filter"})
    changed = first | {"for_bots": "drop", "for_new_accounts": "filter"}
    assert (answer.status, answer.json) == (200, changed)
    answer = await people.ask("PUT", POLICY, me, form={"for_private_mentions": "accept", "other": "thing"})
    changed |= {"for_private_mentions": "accept"}
    assert answer.json == await people.get(POLICY, me) == changed
    for wrong in ({"for_bots": "perhaps"}, {"for_bots": 7}):
        answer = await people.ask("PATCH", POLICY, me, json=wrong | {"for_new_accounts": "drop"})
        assert answer.status == 422
        assert "error" in answer.json
    assert await people.get(POLICY, me) == changed
    old = await people.get(OLD, me)
    assert old == {
        "filter_not_following": False,
        "filter_not_followers": False,
        "filter_new_accounts": True,
        "filter_private_mentions": False,
        "filter_bots": True,
        "summary": EMPTY,
    }
    answer = await people.ask(
        "PATCH", OLD, me, form={"filter_bots": "1", "filter_new_accounts": "0", "filter_private_mentions": "true"}
    )
    assert answer.json == old | {"filter_new_accounts": False, "filter_private_mentions": True}
    assert await people.get(POLICY, me) == changed | {"for_new_accounts": "accept", "for_private_mentions": "filter"}
    answer = await people.ask("PUT", OLD, me, json={"filter_bots": False})
    assert answer.json["filter_bots"] is False
    assert await people.get(POLICY, await make.member()) == first


@pytest.mark.both_engines
async def test_requests_are_exactly_what_clients_expect(people, make):
    me, eve, dave = await make.member("me"), await make.member("eve"), await make.member("dave")
    await people.ask("PATCH", POLICY, me, json={"for_not_following": "filter"})
    for text in ("@me one", "@me two"):
        last = await publish(people, eve, text)
    secret = await publish(people, dave, "@me three", visibility="direct")
    second, first = await people.get(REQUESTS, me)
    status = await people.get(f"{V1}?account_id={eve.id}", me)
    assert first == {
        "id": first["id"],
        "created_at": first["created_at"],
        "updated_at": first["updated_at"],
        "notifications_count": "2",
        "account": status[0]["account"],
        "last_status": status[0]["status"],
    }
    assert first["last_status"]["id"] == str(last.id)
    assert list(first) == ["id", "created_at", "updated_at", "notifications_count", "account", "last_status"]
    assert first["created_at"] < first["updated_at"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first["created_at"])
    assert (second["account"]["username"], second["last_status"]["id"]) == ("dave", str(secret.id))
    assert await people.get(f"{REQUESTS}/{first['id']}", me) == first
    assert (await people.get(POLICY, me))["summary"] == {"pending_requests_count": 2, "pending_notifications_count": 3}
    # Kept back: in no list, unless it is asked for.
    assert await people.get(V1, me) == []
    assert len(await people.get(f"{V1}?include_filtered=true", me)) == 3
    assert len((await people.get(f"{V2}?include_filtered=true", me))["notification_groups"]) == 3
    assert (await people.get(V2, me))["notification_groups"] == []
    assert await people.get(f"{V1}/unread_count", me) == await people.get(f"{V2}/unread_count", me) == {"count": 0}
    assert await people.get(f"{V2}/unread_count?include_filtered=1", me) == {"count": 3}
    # Pages
    answer = await people.ask("GET", f"{REQUESTS}?limit=1", me)
    assert [one["id"] for one in answer.json] == [second["id"]]
    following = re.search(rf'<{URL}([^>]*)>; rel="next"', answer.headers["link"])[1]
    answer = await people.ask("GET", following, me)
    assert [one["id"] for one in answer.json] == [first["id"]]
    prev = re.search(rf'<{URL}([^>]*)>; rel="prev"', answer.headers["link"])[1]
    assert [one["id"] for one in await people.get(prev, me)] == [second["id"]]
    assert [one["id"] for one in await people.get(f"{REQUESTS}?since_id={first['id']}", me)] == [second["id"]]
    assert await people.get(REQUESTS, eve) == []
    assert (await people.ask("GET", f"{REQUESTS}/{first['id']}", eve)).status == 404


@pytest.mark.both_engines
async def test_one_message_is_let_through_and_the_rest_waits(people, make):
    me, eve = await make.member("me"), await make.member("eve")
    await people.ask("PATCH", POLICY, me, json={"for_not_following": "filter"})
    one, two = [await publish(people, eve, text) for text in ("@me one", "@me two")]
    [request] = await people.get(REQUESTS, me)
    here = f"/api/v1/dunnock/notification_requests/{request['id']}/statuses"
    assert [status["id"] for status in await people.get(here, me)] == [str(two.id), str(one.id)]
    assert (await people.ask("GET", here, eve)).status == 404
    assert (await people.ask("POST", f"{here}/{one.id}/release", eve)).status == 404
    assert (await people.ask("POST", f"{here}/{one.id}/release", me)).status == 200
    assert (await people.ask("POST", f"{here}/{one.id}/release", me)).status == 404, "it waits no longer"
    assert [told["status"]["id"] for told in await people.get(V1, me)] == [str(one.id)]
    assert [status["id"] for status in await people.get(here, me)] == [str(two.id)]
    await publish(people, eve, "@me three")
    assert len(await people.get(V1, me)) == 1, "she is a stranger still"
    for status in await people.get(here, me):
        await people.ask("POST", f"{here}/{status['id']}/release", me)
    assert await people.get(REQUESTS, me) == []


async def test_accept_and_send_away(people, make):
    me, senders = await make.member("me"), [await make.member() for _ in range(6)]
    await people.ask("PATCH", POLICY, me, json={"for_not_following": "filter"})
    for one in senders:
        await publish(people, one, "@me hello")
    ids = [one["id"] for one in await people.get(REQUESTS, me)][::-1]

    async def left():
        return [one["id"] for one in await people.get(REQUESTS, me)][::-1]

    assert await people.get(f"{REQUESTS}/merged", me) == {"merged": True}
    for act in ("accept", "dismiss"):
        for wrong in (f"{REQUESTS}/{ids[0]}/{act}", f"{REQUESTS}/5/{act}"):
            assert (await people.ask("POST", wrong, senders[0])).status == 404
        assert await people.post(f"{REQUESTS}/{act}", senders[0], **{"id[]": ids[0]}) == {}
        assert await people.post(f"{REQUESTS}/{act}", me) == {}
    assert await left() == ids
    assert await people.post(f"{REQUESTS}/{ids[0]}/accept", me) == {}
    assert await left() == ids[1:]
    assert await people.get(f"{REQUESTS}/merged", me) == {"merged": False}
    assert (await people.ask("POST", f"{REQUESTS}/accept", me, json={"id": [ids[1], [ids[2]], "7", "x"]})).json == {}
    assert await people.post(f"{REQUESTS}/{ids[3]}/dismiss", me) == {}
    assert (await people.ask("POST", f"{REQUESTS}/dismiss?id[]={ids[4]}", me)).json == {}
    assert await left() == ids[5:]
    await jobs(people)
    assert await people.get(f"{REQUESTS}/merged", me) == {"merged": True}
    told = {one["account"]["id"] for one in await people.get(V1, me)}
    assert told == {str(one.id) for one in senders[:3]}
    every = await people.get(f"{V1}?include_filtered=true", me)
    assert {one["account"]["id"] for one in every} == told | {str(senders[5].id)}
    for method, path in (
        ("GET", REQUESTS),
        ("GET", f"{REQUESTS}/merged"),
        ("GET", POLICY),
        ("GET", OLD),
        ("GET", SETTINGS),
    ):
        assert (await people.ask(method, path, me, "write")).status == 403
        assert (await people.ask(method, path)).status == 401
    for method, path in (("POST", f"{REQUESTS}/accept"), ("PATCH", POLICY), ("PATCH", OLD), ("PATCH", SETTINGS)):
        assert (await people.ask(method, path, me, "read")).status == 403


async def test_a_request_of_somebody_suspended_is_not_shown(people, make):
    me, eve = await make.member("me"), await make.member("eve")
    await people.ask("PATCH", POLICY, me, json={"for_not_following": "filter"})
    await publish(people, eve, "@me hello")
    (request,) = await people.get(REQUESTS, me)
    await people.do(accounts.change_standing, {eve.id: accounts.Standing.SUSPENDED})
    assert await people.get(REQUESTS, me) == []
    assert (await people.ask("GET", f"{REQUESTS}/{request['id']}", me)).status == 404


async def test_settings(people, make):
    me = await make.member()
    first = await people.get(SETTINGS, me)
    assert first == {TYPES[kind]: "everyone" for kind in KINDS if kind in SETTABLE}
    assert set(TYPES) == set(KINDS)
    answer = await people.ask("PATCH", SETTINGS, me, json={"mention": "followed", "admin.sign_up": "nobody"})
    changed = first | {"mention": "followed", "admin.sign_up": "nobody"}
    assert (answer.status, answer.json) == (200, changed)
    answer = await people.ask("PUT", SETTINGS, me, form={"reblog": "followers", "nonsense": "nobody"})
    assert answer.json == await people.get(SETTINGS, me) == changed | {"reblog": "followers"}
    answer = await people.ask("PATCH", SETTINGS, me, form={"mention": "enemies", "reblog": "everyone"})
    assert answer.status == 422
    assert await people.get(SETTINGS, me) == changed | {"reblog": "followers"}
    bob = await make.member("bob")
    await publish(people, bob, f"@{me.username} hello")
    assert await people.get(V1, me) == []


async def test_staff_hear_of_reports_and_members_of_warnings(people, make):
    boss, me, eve = await make.member("boss", role="admin"), await make.member("me"), await make.member("eve")
    post = await publish(people, eve, "rude words")
    complaint = moderation.Complaint(target_id=eve.id, comment="see this", post_ids=(post.id,))
    filed = await people.do(moderation.file_report, complaint, by=me.id)
    (got,) = await people.get(V1, boss)
    assert (got["type"], got["account"]["id"]) == ("admin.report", str(me.id))
    target = got["report"].pop("target_account")
    assert target["id"] == str(eve.id)
    assert got["report"] == {
        "id": str(filed.id),
        "action_taken": False,
        "action_taken_at": None,
        "category": "other",
        "comment": "see this",
        "forwarded": False,
        "created_at": iso(ms_of(filed.id)),
        "status_ids": [str(post.id)],
        "collection_ids": [],
        "rule_ids": [],
    }
    (group,) = (await people.get(V2, boss))["notification_groups"]
    assert group["report"]["id"] == str(filed.id)
    assert group["group_key"] == f"ungrouped-{got['id']}"
    assert await people.get(V1, me) == await people.get(V1, eve) == []
    judgement = moderation.Judgement(action="none", account_ids=(eve.id,), text="Please be kind", report_id=filed.id)
    decision = (await people.do(moderation.decide, judgement, by=boss.id)).id
    (told,) = await people.get(V1, eve)
    warning = told["moderation_warning"]
    assert (told["type"], told["account"]["id"]) == ("moderation_warning", str(eve.id))
    assert warning == {
        "id": str(decision),
        "action": "none",
        "text": "Please be kind",
        "status_ids": [str(post.id)],
        "target_account": told["account"],
        "appeal": None,
        "created_at": iso(ms_of(decision)),
    }
    (group,) = (await people.get(V2, eve))["notification_groups"]
    assert group["moderation_warning"] == warning
    assert (await people.get(V1, boss))[0]["report"]["action_taken"] is True
    await people.do(moderation.decide, moderation.Judgement(action="limit", account_ids=(eve.id,)), by=boss.id)
    assert [one["moderation_warning"]["action"] for one in await people.get(V1, eve)] == ["silence", "none"]
