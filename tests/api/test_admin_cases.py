"""Staff and what needs care, through whole requests: cases and decisions, second persons, objections, emergencies, ways in."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from api.staffed import staffed
from dunnock import accounts, moderation, posts
from dunnock.accounts import Standing, passwords
from dunnock.foundation.db import Sql
from dunnock.foundation.jobs import Jobs

HERE = "/api/v1/dunnock/admin"


@pytest.fixture
async def staff(database_url, tmp_path, make):
    made = await staffed(database_url, tmp_path, make)
    yield made
    await made.house.close()


@pytest.fixture
async def people(make, db):
    roles = {"mo": "moderator", "ada": "admin", "eve": "admin", "wren": "member", "robin": "member"}
    made = {name: await make.member(name, role=role) for name, role in roles.items()}
    hashed = await passwords.make_hash("a good long one")
    async with db.begin() as tx:
        await tx.run(Sql(text("UPDATE members SET password_hash = :word").bindparams(word=hashed)))
    return made


async def test_techniques_are_found(staff, people):
    found = await staff.get(f"{HERE}/techniques?q=swarming", people["mo"])
    assert found[0]["id"] == "T0049.005"
    assert (found[0]["name"], found[0]["description"][:8]) == ("Conduct Swarming", "Swarming")
    assert await staff.get(f"{HERE}/techniques", people["mo"]) == []


async def test_a_case_of_the_server_was_opened_by_nobody(staff, people, db):
    async with db.begin() as tx:
        case_id = await moderation.open_case_by_server(
            tx, "Two birds", hypothesis="Alike", severity=1, techniques=(), subjects=()
        )
    assert (await staff.get(f"{HERE}/cases/{case_id}", people["mo"]))["opened_by_id"] is None


@pytest.mark.both_engines
async def test_a_case_from_its_opening_to_its_end(staff, people):
    mo, wren, robin = people["mo"], people["wren"], people["robin"]
    case = await staff.post(f"{HERE}/cases", mo, title="Two birds", severity=2)
    here = f"{HERE}/cases/{case['id']}"
    added = await staff.post(
        f"{here}/subjects",
        mo,
        subjects=[
            {"kind": "account", "id": str(wren.id), "part": "core", "why": "The same text"},
            {"kind": "account", "id": str(robin.id), "part": "core"},
            {"kind": "hashtag", "name": "#Lies"},
        ],
    )
    assert {(one["kind"], one["part"], one["number"]) for one in added["subjects"]} == {
        ("account", "core", 2), ("hashtag", "", 1),
    }  # fmt: skip
    changed = {"kind": "account", "id": str(robin.id), "part": "amplifier"}
    assert (await staff.ask("PATCH", f"{here}/subjects", mo, json=changed)).status == 200
    listed = await staff.get(f"{here}/subjects?kind=account", mo)
    assert {(one["id"], one["part"], one["why"]) for one in listed} == {
        (str(wren.id), "core", "The same text"), (str(robin.id), "amplifier", ""),
    }  # fmt: skip
    assert (await staff.ask("DELETE", f"{here}/subjects", mo, json={"kind": "hashtag", "name": "lies"})).status == 200
    await staff.post(f"{here}/notes", mo, audience="staff", text="Look")
    got = await staff.ask("PATCH", here, mo, json={"techniques": ["T0049.005"], "closed": True, "assigned_to_id": None})
    assert (got.json["techniques"], got.json["assigned_to_id"], got.json["notes"][0]["text"]) == (
        ["T0049.005"], None, "Look",
    )  # fmt: skip
    assert got.json["closed_at"]
    assert [one["id"] for one in await staff.get(f"{HERE}/cases?closed=true", mo)] == [case["id"]]
    decided = await staff.post(f"{HERE}/decisions", mo, action="limit", case_id=case["id"], parts=["core"], text="Hm")
    assert decided["request_id"] is None
    await Jobs(staff.house.db, moderation.JOBS).settle()
    shown = await staff.get(f"{HERE}/decisions/{decided['id']}", mo)
    assert (shown["state"], shown["accounts"], shown["applied"]) == ("applied", 1, 1)
    assert await staff.get(f"{here}/decisions", mo) == [shown]
    assert (await accounts.find_sheet(staff.house.db, wren.id)).standing is Standing.LIMITED
    assert await staff.post(f"{HERE}/decisions/{decided['id']}/undo", mo) == {"request_id": None}
    assert (await staff.ask("POST", f"{here}/links", mo, json={"case_id": case["id"]})).status == 422
    assert (await staff.ask("GET", here, wren)).status == 403


async def test_a_second_person_agrees_with_their_password(staff, people, make):
    ada, eve = people["ada"], people["eve"]
    star = await make.member("star", protected=True)
    answer = await staff.post(f"{HERE}/accounts/{star.id}/reset_factors", ada)
    (request,) = await staff.get(f"{HERE}/requests", eve)
    assert request["id"] == answer["request_id"]
    assert request["body"] == {"account": star.id}
    at = f"{HERE}/requests/{request['id']}/approve"
    proof = {"digest": request["digest"], "password": "a good long one"}
    assert (await staff.ask("POST", at, eve, json=proof | {"password": "wrong one"})).status == 422
    assert (await staff.ask("POST", at, ada, json=proof)).status == 403, "not who asked"
    assert (await staff.ask("POST", at, eve, json=proof | {"digest": "0" * 64})).status == 403
    assert (await staff.post(at, eve, **proof))["verdict"] == "approved"
    again = await staff.post(f"{HERE}/accounts/{star.id}/sign_out", ada)
    refused = await staff.post(f"{HERE}/requests/{again['request_id']}/refuse", eve)
    assert (refused["verdict"], refused["decided_by_id"]) == ("refused", str(eve.id))


async def test_an_objection_is_answered(staff, people):
    mo, ada, wren = people["mo"], people["ada"], people["wren"]
    decided = await staff.post(f"{HERE}/decisions", mo, action="limit", account_ids=[str(wren.id)])
    async with staff.house.db.begin() as tx:
        appeal = await moderation.file_appeal(tx, int(decided["id"]), "Why?", account_id=wren.id)
    (listed,) = await staff.get(f"{HERE}/appeals", ada)
    assert (listed["id"], listed["text"]) == (str(appeal), "Why?")
    assert await staff.post(f"{HERE}/appeals/{appeal}/approve", ada, answer="Sorry") == {}
    assert (await accounts.find_sheet(staff.house.db, wren.id)).standing is Standing.ACTIVE
    assert (await staff.ask("POST", f"{HERE}/appeals/{appeal}/reject", ada, json={})).status == 404


async def test_emergencies(staff, people):
    ada, wren = people["ada"], people["wren"]
    (stop,) = await staff.post(f"{HERE}/posting_stops", ada, who="everybody", hours=1, why="A raid")
    assert (await staff.ask("POST", "/api/v1/statuses", wren, json={"status": "x"})).status == 403
    assert (await staff.ask("DELETE", f"{HERE}/posting_stops/{stop['id']}", ada)).status == 200
    (held,) = await staff.post(f"{HERE}/text_stops", ada, text="bc1qxy2kgdy", who="everybody", hours=1, why="A scam")
    refused = await staff.ask("POST", "/api/v1/statuses", wren, json={"status": "send to BC1QXY2KGDY now"})
    assert (refused.status, "stopped a text" in refused.json["error"]) == (403, True)
    assert (await staff.ask("DELETE", f"{HERE}/text_stops/{held['id']}", ada)).status == 200
    assert await posts.text_stops(staff.house.db) == []
    assert (await staff.ask("POST", "/api/v1/statuses", wren, json={"status": "BC1QXY2KGDY"})).status == 200


async def test_roles_labels_and_protection(staff, people):
    ada, wren = people["ada"], people["wren"]
    here = f"{HERE}/accounts/{wren.id}"
    assert await staff.post(f"{here}/role", ada, role="moderator") == {"request_id": None}
    assert await staff.post(f"{here}/labels", ada, kind="official", text="Mayor") == {"request_id": None}
    sheet = await accounts.find_sheet(staff.house.db, wren.id)
    assert (sheet.role, sheet.protected, sheet.labels[0].text) == ("moderator", True, "Mayor")
    assert (await staff.ask("DELETE", f"{here}/labels", ada, json={"kind": "official"})).json["request_id"]
    assert (await staff.post(f"{here}/unprotect", ada))["request_id"]
    assert await staff.post(f"{here}/protect", ada) == {"request_id": None}


async def test_reported_posts_of_a_protected_account_need_two(staff, people, make):
    mo, ada, robin = people["mo"], people["ada"], people["robin"]
    star = await make.member("star", protected=True)
    post = await make.post(star, "hello")
    async with staff.house.db.begin() as tx:
        complaint = moderation.Complaint(target_id=star.id, post_ids=(post.id,))
        report = await moderation.file_report(tx, complaint, by=robin.id)
    at = f"{HERE}/reports/{report.id}"
    assert await staff.post(f"{at}/assign", mo, account_id=str(ada.id)) == {}
    asked = await staff.post(f"{at}/delete_statuses", mo, text="Hm")
    assert (await staff.ask("GET", f"/api/v1/statuses/{post.id}", robin)).status == 200
    request = await staff.get(f"{HERE}/requests/{asked['request_id']}", ada)
    proof = {"digest": request["digest"], "password": "a good long one"}
    await staff.post(f"{HERE}/requests/{request['id']}/approve", ada, **proof)
    assert (await staff.ask("GET", f"/api/v1/statuses/{post.id}", robin)).status == 404
    for word in ("suspend",):
        assert (
            await staff.ask("POST", f"/api/v1/admin/accounts/{star.id}/action", mo, json={"type": word})
        ).status == 403


@pytest.mark.both_engines
async def test_the_queue_of_reports(staff, people):
    mo, wren, robin = people["mo"], people["wren"], people["robin"]
    async with staff.house.db.begin() as tx:
        for category in ("other", "spam"):
            complaint = moderation.Complaint(target_id=wren.id, category=category)
            report = await moderation.file_report(tx, complaint, by=robin.id)
    (queued,) = await staff.get(f"{HERE}/reports", mo)
    assert (queued["id"], queued["reports"], queued["people"], queued["severity"]) == (str(report.id), 2, 1.0, 1)
    assert len(await staff.get(f"{HERE}/reports?joined=false", mo)) == 2
    assert (await staff.ask("PATCH", f"{HERE}/reports/{report.id}", mo, json={"severity": 3})).status == 200
    assert [one["id"] for one in await staff.get(f"{HERE}/reports?severity=2", mo)] == [str(report.id)]


@pytest.mark.both_engines
async def test_what_the_server_says_and_offers(staff, people):
    ada, mo = people["ada"], people["mo"]
    rules = await staff.post(f"{HERE}/rules", ada, text="Be kind")
    rules = await staff.post(f"{HERE}/rules", ada, text="No spam", hint="None")
    assert (await staff.post(f"{HERE}/rules/{rules[1]['id']}/move", ada, up=True))[0]["text"] == "No spam"
    assert len((await staff.ask("DELETE", f"{HERE}/rules/{rules[0]['id']}", ada)).json) == 1
    assert (await staff.ask("PUT", f"{HERE}/texts/about", ada, json={"text": "We like *birds*"})).status == 200
    (made,) = await staff.post(f"{HERE}/announcements", ada, text="Hello all")
    put = await staff.ask("PUT", f"{HERE}/announcements/{made['id']}", ada, json={"text": "Hello everybody"})
    assert put.json[0]["text"] == "Hello everybody"
    assert (await staff.ask("DELETE", f"{HERE}/announcements/{made['id']}", ada)).json == []
    assert (await staff.ask("PUT", f"{HERE}/settings/title", ada, json={"value": "Nest"})).status == 200
    assert (await staff.ask("DELETE", f"{HERE}/settings/title", ada)).status == 200
    code = (await staff.post(f"{HERE}/invitations", ada, most_uses=3))["id"]
    assert (await staff.ask("DELETE", f"{HERE}/invitations/{code}", ada)).status == 200
    form = {"title": "A list", "url": "https://lists.example/a.csv", "severity": "suspend"}
    made = await staff.post(f"{HERE}/block_lists", ada, **form)
    assert (await staff.get(f"{HERE}/block_lists", ada))[0]["title"] == "A list"
    assert await staff.get(f"{HERE}/block_lists/{made['id']}/servers", ada) == []
    assert await staff.post(f"{HERE}/block_lists/{made['id']}/adopt", ada, domains=["x.example"]) == {"changed": 0}
    assert (await staff.ask("DELETE", f"{HERE}/block_lists/{made['id']}", ada, json={"keep": False})).status == 200
    await staff.post(f"{HERE}/spared_servers", ada, domain="friend.example", why="Known")
    assert await staff.get(f"{HERE}/spared_servers", ada) == [{"domain": "friend.example", "why": "Known"}]
    await staff.post(f"{HERE}/relays", ada, inbox="https://relay.example/inbox")
    (relay,) = await staff.get(f"{HERE}/relays", ada)
    assert (await staff.ask("DELETE", f"{HERE}/relays/{relay['id']}", ada)).status == 200
    assert await staff.get(f"{HERE}/releases", ada) == []
    assert (await staff.ask("POST", f"{HERE}/rules", mo, json={"text": "Mine"})).status == 403
