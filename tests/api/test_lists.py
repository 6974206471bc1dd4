"""Lists through whole requests."""

from __future__ import annotations

import re

import pytest

from api.people import URL
from api.readers import Readers

LISTS = "/api/v1/lists"


@pytest.fixture
async def people(db):
    return Readers(db)


async def test_make_show_change_delete(people, make):
    me, other = await make.member(), await make.member()
    made = await people.post(LISTS, me, title="Friends")
    assert made == {"id": made["id"], "title": "Friends", "replies_policy": "list", "exclusive": False}
    second = (
        await people.ask("POST", LISTS, me, json={"title": "B", "replies_policy": "none", "exclusive": True})
    ).json
    assert second == {"id": second["id"], "title": "B", "replies_policy": "none", "exclusive": True}
    assert await people.get(LISTS, me) == [made, second]
    assert await people.get(LISTS, other) == []
    for method in ("PUT", "PATCH"):
        answer = await people.ask(method, f"{LISTS}/{made['id']}", me, form={"title": method, "exclusive": "1"})
        assert answer.json == made | {"title": method, "exclusive": True}
    assert (await people.get(f"{LISTS}/{made['id']}", me))["title"] == "PATCH"
    answer = await people.ask("DELETE", f"{LISTS}/{made['id']}", me)
    assert (answer.status, answer.json) == (200, {})
    assert (await people.ask("GET", f"{LISTS}/{made['id']}", me)).status == 404


async def test_refusals(people, make):
    me, other = await make.member(), await make.member()
    made = await make.list(me)
    for method, path, form, status, says in (
        ("POST", LISTS, {"title": ""}, 422, "Validation failed: Title can't be blank"),
        ("POST", LISTS, {"title": "x", "replies_policy": "all"}, 422, "'all' is not a valid replies_policy"),
        ("PUT", f"{LISTS}/{made.id}", {"title": ""}, 422, "Validation failed: Title can't be blank"),
        ("PUT", f"{LISTS}/1", {"title": "x"}, 404, "Record not found"),
        ("POST", f"{LISTS}/{made.id}/accounts", {"account_ids[]": other.id}, 404, "Record not found"),
        ("POST", f"{LISTS}/{made.id}/accounts", {"account_ids[]": "nobody"}, 404, "Record not found"),
        ("GET", "/api/v1/accounts/1/lists", None, 404, "Record not found"),
    ):  # fmt: skip
        answer = await people.ask(method, path, me, form=form)
        assert (answer.status, answer.json) == (status, {"error": says}), (method, path)
    for method in ("GET", "PUT", "DELETE"):
        assert (await people.ask(method, f"{LISTS}/{made.id}", other)).status == 404
    for method in ("GET", "POST", "DELETE"):
        assert (await people.ask(method, f"{LISTS}/{made.id}/accounts", other)).status == 404
    assert (await people.ask("GET", LISTS, me, "read:statuses")).status == 403
    assert (await people.ask("POST", LISTS, me, "read", form={"title": "x"})).status == 403
    assert (await people.ask("GET", LISTS)).status == 401


async def test_accounts_of_a_list(people, make):
    me = await make.member()
    others = [await make.account() for _ in range(4)]
    for one in others:
        await make.follow(me, one)
    made = await make.list(me)
    at = f"{LISTS}/{made.id}/accounts"
    answer = await people.ask("POST", at, me, json={"account_ids": [str(one.id) for one in others]})
    assert (answer.status, answer.json) == (200, {})
    answer = await people.ask("POST", at, me, form={"account_ids[]": others[0].id})
    assert (answer.status, answer.json["error"]) == (422, "Validation failed: Account has already been taken")
    newest_first = [str(one.id) for one in reversed(others)]
    first = await people.ask("GET", f"{at}?limit=2", me)
    assert [one["id"] for one in first.json] == newest_first[:2]
    following = re.search(rf'<{URL}({at}[^>]*)>; rel="next"', first.headers["link"])
    assert following
    second = await people.ask("GET", following[1], me)
    assert [one["id"] for one in second.json] == newest_first[2:]
    everybody = await people.ask("GET", f"{at}?limit=0", me)
    assert [one["id"] for one in everybody.json] == newest_first
    assert "link" not in everybody.headers
    assert [one["id"] for one in await people.get(f"/api/v1/accounts/{others[0].id}/lists", me)] == [str(made.id)]
    # DELETE with a body, and with parameters alone.
    await people.ask("DELETE", at, me, json={"account_ids": [str(others[0].id)]})
    await people.ask("DELETE", f"{at}?account_ids[]={others[1].id}", me)
    assert [one["id"] for one in await people.get(at, me)] == newest_first[:2]
