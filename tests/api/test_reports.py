"""Complaints through whole requests: what members send, what staff see of it and do with it."""

from __future__ import annotations

import re

import pytest

from api.staffed import staffed
from dunnock import server

WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
FILE, ADMIN = "/api/v1/reports", "/api/v1/admin/reports"


@pytest.fixture
async def staff(database_url, tmp_path, make):
    made = await staffed(database_url, tmp_path, make)
    yield made
    await made.house.close()


@pytest.fixture
async def two(make):
    return await make.member("ada"), await make.member("ben")


async def test_a_report_is_exact(staff, two, make):
    ada, ben = two
    post = await make.post(ben, "buy this")
    got = await staff.post(
        FILE, ada, account_id=str(ben.id), status_ids=[str(post.id)], comment=" not nice ", category="spam",
        forward=True,
    )  # fmt: skip
    assert WHEN.fullmatch(got.pop("created_at"))
    assert got.pop("target_account") == await staff.get(f"/api/v1/accounts/{ben.id}")
    assert got.pop("id").isdigit()
    assert got == {
        "action_taken": False, "action_taken_at": None, "category": "spam", "comment": "not nice", "forwarded": False,
        "status_ids": [str(post.id)], "collection_ids": [], "rule_ids": [],
    }  # fmt: skip


async def test_only_to_a_server_that_there_is_it_is_forwarded(staff, two, make):
    far = await make.account("far", domain="far.example")
    for asked in (True, False):
        got = await staff.post(FILE, two[0], account_id=str(far.id), forward=asked, comment=str(asked))
        assert got["forwarded"] is asked


async def test_rules_that_were_broken(staff, two, make):
    async with staff.house.db.begin() as tx:
        rule = await server.add_rule(tx, "Be kind", hint="always")
        gone = await server.add_rule(tx, "Be quiet")
        await server.remove_rule(tx, gone.id)
    moderator = await make.member(role="moderator")
    told = {"id": str(rule.id), "text": "Be kind", "hint": "always", "translations": {}}
    got = await staff.post(FILE, two[0], account_id=str(two[1].id), rule_ids=[str(rule.id)])
    assert (got["category"], got["rule_ids"]) == ("violation", [str(rule.id)])
    report = f"{ADMIN}/{got['id']}"
    assert (await staff.get(report, moderator))["rules"] == [told]
    answer = await staff.ask("PUT", report, moderator, json={"category": "spam"})
    assert (answer.json["category"], answer.json["rules"]) == ("spam", [])
    answer = await staff.ask("PUT", report, moderator, json={"category": "violation", "rule_ids": [str(rule.id)]})
    assert answer.json["rules"] == [told]
    answer = await staff.ask("POST", FILE, two[0], json={"account_id": str(two[1].id), "rule_ids": [str(gone.id)]})
    assert answer.status == 422, "a rule that was put away"


async def test_without_a_word_it_is_of_the_other_kind(staff, two):
    answer = await staff.ask("POST", FILE, two[0], form={"account_id": two[1].id})
    assert (answer.status, answer.json["category"], answer.json["comment"]) == (200, "other", "")


async def test_members_read_what_became_of_their_own(staff, two, make):
    """SC-056: what was done is not said, nor by whom; nobody reads those of others."""
    ada, ben = two
    own = "/api/v1/dunnock/reports"
    assert await staff.get(own, ada) == []
    post = await make.post(ben, "ads")
    filed = [
        await staff.post(FILE, ada, account_id=str(ben.id), comment=f"no {number}", status_ids=[str(post.id)])
        for number in range(3)
    ]
    ids = [one["id"] for one in filed]
    moderator = await make.member("mo", role="moderator")
    await staff.post(f"{ADMIN}/{ids[0]}/resolve", moderator)
    await staff.post(f"{ADMIN}/{ids[1]}/assign_to_self", moderator)
    told = await staff.get(own, ada)
    assert [(one["id"], one["state"], one["action_taken"]) for one in told] == [
        (ids[2], "waiting", False), (ids[1], "in_hand", False), (ids[0], "closed", True),
    ]  # fmt: skip
    assert told[0] == filed[2] | {"state": "waiting", "answers": [], "target_account": told[0]["target_account"]}
    assert told[0]["target_account"]["id"] == str(ben.id)
    assert "mo" not in {told[0]["comment"], told[2]["comment"]}
    assert not {"assigned_account", "action_taken_by_account"} & set(told[1])
    answer = await staff.ask("GET", f"{own}?limit=1&max_id={ids[2]}", ada)
    assert [one["id"] for one in answer.json] == [ids[1]]
    assert f"max_id={ids[1]}" in answer.headers["link"]
    assert (await staff.get(f"{own}/{ids[0]}", ada))["state"] == "closed"
    for who in (ben, moderator):
        assert (await staff.ask("GET", f"{own}/{ids[0]}", who)).status == 404
        assert await staff.get(own, who) == []
    await staff.post(f"/api/v1/admin/accounts/{ben.id}/action", moderator, type="suspend")
    told = await staff.get(own, ada)
    assert [one["state"] for one in told] == ["acted", "acted", "closed"]
    assert [one["target_account"] for one in told] == [None] * 3, "as everywhere, they read as missing"


async def test_the_same_complaint_joins_the_one_that_waits(staff, two, make, events):
    ada, ben = two
    posts = [await make.post(ben, "one"), await make.post(ben, "two")]
    said = {"account_id": str(ben.id), "comment": "again", "category": "spam"}
    first = await staff.post(FILE, ada, **said, status_ids=[str(posts[0].id)])
    second = await staff.post(FILE, ada, **said, status_ids=[str(posts[1].id)])
    assert second["id"] == first["id"]
    assert second["status_ids"] == [str(one.id) for one in posts]
    other = await staff.post(FILE, ada, **said | {"comment": "something else"})
    assert other["id"] != first["id"]
    filed = [one for one in await events() if type(one).__name__ == "ReportFiled"]
    assert [one.report_id for one in filed] == [int(first["id"]), int(other["id"])]
    moderator = await make.member(role="moderator")
    await staff.post(f"{ADMIN}/{first['id']}/resolve", moderator)
    third = await staff.post(FILE, ada, **said)
    assert third["id"] != first["id"], "one that staff are done with is not opened by its own"


@pytest.mark.parametrize("visibility", ["followers", "direct"])
async def test_posts_that_one_may_not_see(staff, two, make, events, visibility):
    """SC-049, SC-056: a report names only what its sender may see; nothing of the post comes back."""
    ada, ben = two
    hidden = await make.post(ben, "secret", visibility=visibility)
    answer = await staff.ask("POST", FILE, ada, json={"account_id": str(ben.id), "status_ids": [str(hidden.id)]})
    assert (answer.status, answer.json) == (404, {"error": "Record not found"})
    assert await events() == []
    assert await staff.get(ADMIN, await make.member(role="owner")) == []


async def test_a_direct_post_to_oneself_may_be_reported_and_staff_see_it(staff, two, make):
    ada, ben = two
    post = await make.post(ben, "bad words", visibility="direct", mentions=(ada,))
    filed = await staff.post(FILE, ada, account_id=str(ben.id), status_ids=[str(post.id)])
    assert filed["status_ids"] == [str(post.id)]
    assert "bad words" not in str(filed)
    seen = await staff.get(f"{ADMIN}/{filed['id']}", await make.member(role="moderator"))
    assert [one["content"] for one in seen["statuses"]] == ["<p>bad words</p>"]


async def test_refusals(staff, two, make, events):
    ada, ben = two
    own = await make.post(ada, "mine")
    gone = await make.account(standing="suspended")
    tries = [
        ({}, 404, "Record not found"),
        ({"account_id": "1"}, 404, "Record not found"),
        ({"account_id": "x"}, 404, "Record not found"),
        ({"account_id": str(gone.id)}, 404, "Record not found"),
        ({"account_id": str(ada.id)}, 422, "Validation failed: You can't report yourself"),
        ({"account_id": str(ben.id), "status_ids": [str(own.id)]}, 404, "Record not found"),
        ({"account_id": str(ben.id), "status_ids": ["7"]}, 404, "Record not found"),
        ({"account_id": str(ben.id), "collection_ids": ["7"]}, 404, "Record not found"),
        ({"account_id": str(ben.id), "comment": "x" * 1001}, 422,
         "Validation failed: Comment is too long (maximum is 1000 characters)"),
        ({"account_id": str(ben.id), "category": "rude"}, 422,
         "Validation failed: Category is not included in the list"),
        ({"account_id": str(ben.id), "rule_ids": ["9"]}, 422,
         "Validation failed: Rule ids does not reference valid rules"),
        ({"account_id": str(ben.id), "rule_ids": ["9"], "category": "spam"}, 422,
         "Validation failed: Rule ids does not reference valid rules"),
        ({"account_id": str(ben.id), "category": "violation"}, 422,
         "Validation failed: Rule ids does not reference valid rules"),
        ({"account_id": str(ben.id), "status_ids": [str(n) for n in range(1, 502)]}, 422,
         "Validation failed: at most 500 posts fit in one report"),
    ]  # fmt: skip
    for form, status, error in tries:
        answer = await staff.ask("POST", FILE, ada, json=form)
        assert (answer.status, answer.json) == (status, {"error": error}), form
    assert await events() == []
    assert (await staff.ask("POST", FILE, None, json={})).status == 401
    assert (await staff.ask("POST", FILE, ada, "read write:accounts", json={})).status == 403


async def test_staff_see_all_of_a_report(staff, two, make):
    ada, ben = two
    moderator = await make.member("mod", role="moderator")
    post = await make.post(ben, "words")
    boost = await make.boost(ben, await make.post(ada, "others"))
    filed = await staff.post(
        FILE, ada, account_id=str(ben.id), status_ids=[str(post.id), str(boost.id)], comment="why", category="legal"
    )
    got = await staff.get(f"{ADMIN}/{filed['id']}", moderator)
    assert got == (await staff.get(ADMIN, moderator))[0]
    assert WHEN.fullmatch(got["created_at"])
    assert got["updated_at"] == got["created_at"]
    assert got["account"] == await staff.get(f"/api/v1/admin/accounts/{ada.id}", moderator)
    assert got["target_account"] == await staff.get(f"/api/v1/admin/accounts/{ben.id}", moderator)
    shown = await staff.get(f"/api/v1/statuses/{post.id}")
    assert got["statuses"] == [shown, await staff.get(f"/api/v1/statuses/{boost.id}")]
    assert {name: got[name] for name in got if name not in {"account", "target_account", "statuses"}} == {
        "id": filed["id"], "action_taken": False, "action_taken_at": None, "category": "legal", "comment": "why",
        "forwarded": False, "created_at": got["created_at"], "updated_at": got["updated_at"],
        "assigned_account": None, "action_taken_by_account": None, "rules": [],
    }  # fmt: skip


async def test_a_deleted_post_is_left_out(staff, two, make):
    ada, ben = two
    post = await make.post(ben, "words")
    filed = await staff.post(FILE, ada, account_id=str(ben.id), status_ids=[str(post.id)])
    assert (await staff.ask("DELETE", f"/api/v1/statuses/{post.id}", ben)).status == 200
    assert (await staff.get(f"{ADMIN}/{filed['id']}", await make.member(role="admin")))["statuses"] == []


@pytest.mark.both_engines
async def test_the_way_of_a_report(staff, two, make, events):
    ada, ben = two
    moderator = await make.member("mod", role="moderator")
    report = f"{ADMIN}/{(await staff.post(FILE, ada, account_id=str(ben.id)))['id']}"
    got = await staff.post(f"{report}/assign_to_self", moderator)
    assert got["assigned_account"]["id"] == str(moderator.id)
    assert (await staff.post(f"{report}/unassign", moderator))["assigned_account"] is None
    for method in ("PUT", "PATCH"):
        answer = await staff.ask(method, report, moderator, form={"category": "legal" if method == "PUT" else "spam"})
        assert (answer.status, answer.json["category"]) == (200, "legal" if method == "PUT" else "spam")
    for _ in range(2):
        got = await staff.post(f"{report}/resolve", moderator)
        assert got["action_taken"] is True
        assert WHEN.fullmatch(got["action_taken_at"])
        assert got["action_taken_by_account"]["id"] == str(moderator.id)
    assert await staff.get(ADMIN, moderator) == []
    assert [one["id"] for one in await staff.get(f"{ADMIN}?resolved=true", moderator)] == [got["id"]]
    got = await staff.post(f"{report}/reopen", moderator)
    assert (got["action_taken"], got["action_taken_at"], got["action_taken_by_account"]) == (False, None, None)
    assert [type(one).__name__ for one in await events()] == ["ReportFiled", "ReportResolved"]
    acts = [one["act"] for one in await staff.get("/api/v1/dunnock/admin/log?deeds=true", moderator)]
    assert acts == [
        "report.reopen", "report.resolve", "report.change", "report.change", "report.unassign", "report.assign",
    ]  # fmt: skip


async def test_bad_changes(staff, two, make):
    moderator = await make.member(role="moderator")
    report = f"{ADMIN}/{(await staff.post(FILE, two[0], account_id=str(two[1].id)))['id']}"
    for form, error in (
        ({"category": "rude"}, "Validation failed: Category is not included in the list"),
        ({"category": "violation", "rule_ids": ["5"]}, "Validation failed: Rule ids does not reference valid rules"),
        ({"rule_ids": ["5"]}, "Validation failed: Rule ids must be blank"),
    ):
        answer = await staff.ask("PUT", report, moderator, json=form)
        assert (answer.status, answer.json) == (422, {"error": error}), form
    for act in ("assign_to_self", "unassign", "resolve", "reopen"):
        assert (await staff.ask("POST", f"{ADMIN}/1/{act}", moderator)).status == 404
    assert (await staff.ask("PUT", f"{ADMIN}/1", moderator, json={"category": "spam"})).status == 404
    assert (await staff.ask("GET", f"{ADMIN}/1", moderator)).status == 404


@pytest.mark.both_engines
async def test_lists_and_their_pages(staff, make):
    moderator = await make.member(role="moderator")
    people = [await make.member() for _ in range(3)]
    far = await make.account("far", domain="far.example")
    ids = []
    for by, about in ((0, people[1]), (0, people[2]), (1, people[2]), (2, far)):
        ids.append((await staff.post(FILE, people[by], account_id=str(about.id)))["id"])
    seen = lambda query: staff.get(f"{ADMIN}?{query}", moderator)  # noqa: E731
    of = lambda reports: [one["id"] for one in reports]  # noqa: E731
    assert of(await seen("")) == ids[::-1]
    assert of(await seen(f"account_id={people[0].id}")) == [ids[1], ids[0]]
    assert of(await seen(f"target_account_id={people[2].id}")) == [ids[2], ids[1]]
    assert of(await seen("by_target_domain=FAR.example")) == [ids[3]]
    assert of(await seen(f"limit=2&max_id={ids[3]}")) == [ids[2], ids[1]]
    assert of(await seen(f"limit=2&min_id={ids[0]}")) == [ids[2], ids[1]]
    assert of(await seen(f"since_id={ids[2]}")) == [ids[3]]
    page = await staff.ask("GET", f"{ADMIN}?limit=2&account_id={people[0].id}", moderator)
    at = f"http://localhost:3000{ADMIN}?limit=2&account_id={people[0].id}"
    assert page.headers["link"] == f'<{at}&max_id={ids[0]}>; rel="next", <{at}&min_id={ids[1]}>; rel="prev"'


async def test_who_may(staff, two, make):
    filed = (await staff.post(FILE, two[0], account_id=str(two[1].id)))["id"]
    for role, status in (("member", 403), ("moderator", 200), ("admin", 200), ("owner", 200)):
        one = await make.member(role=role)
        for method, path in (("GET", ADMIN), ("GET", f"{ADMIN}/{filed}"), ("POST", f"{ADMIN}/{filed}/resolve")):
            answer = await staff.ask(method, path, one)
            assert answer.status == status, (role, path)
        answer = await staff.ask("GET", ADMIN, one, "read write admin:read:accounts admin:write")
        assert (answer.status, answer.json["error"]) == (403, "This action is outside the authorized scopes")


@pytest.mark.both_engines
async def test_with_collections(staff, two, make):
    """Collections of whom it is about, as far as one may see them; more of them join the report that waits."""
    ada, ben = two
    made = [
        (await staff.post("/api/v1/collections", who, name="x", discoverable=seen))["collection"]["id"]
        for who, seen in ((ben, True), (ben, True), (ben, False), (ada, True))
    ]
    for bad in (made[2], made[3], "7"):
        answer = await staff.ask("POST", FILE, ada, json={"account_id": str(ben.id), "collection_ids": [bad]})
        assert (answer.status, answer.json) == (404, {"error": "Record not found"}), bad
    filed = await staff.post(FILE, ada, account_id=str(ben.id), collection_ids=[made[0]])
    assert filed["collection_ids"] == [made[0]]
    again = await staff.post(FILE, ada, account_id=str(ben.id), collection_ids=[made[1]])
    assert (again["id"], again["collection_ids"]) == (filed["id"], made[:2])
    many = [str(n) for n in range(1, 52)]
    answer = await staff.ask("POST", FILE, ada, json={"account_id": str(ben.id), "collection_ids": many})
    assert (answer.status, answer.json) == (
        422, {"error": "Validation failed: at most 50 collections fit in one report"},
    )  # fmt: skip
