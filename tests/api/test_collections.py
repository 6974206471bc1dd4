"""Collections through whole requests."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from api.finders import Finders
from api.people import URL
from dunnock import accounts
from dunnock.accounts.standing import change_standing
from dunnock.discovery.tables import collection_items, collections, dismissals
from dunnock.foundation.db import Sql

PATH = "/api/v1/collections"


@pytest.fixture
async def people(db):
    made = Finders(db)
    await made.reactions.prepare()
    return made


@pytest.fixture
async def owner(make):
    return await make.member("owner")


async def make_one(people, owner, **json):
    answer = await people.ask("POST", PATH, owner, json={"name": "Nice accounts"} | json)
    assert answer.status == 200, answer
    return answer.json["collection"]


@pytest.mark.both_engines
async def test_make_show_change_delete(people, make, owner):
    anna = await make.member("anna")
    made = await make_one(
        people, owner, description="<b>Very</b> nice", language="en", tag_name="#Accounts", account_ids=[str(anna.id)]
    )
    assert made == {
        "id": made["id"],
        "account_id": str(owner.id),
        "uri": f"{URL}/ap/{owner.id}/collections/{made['id']}",
        "url": f"{URL}/collections/{made['id']}",
        "name": "Nice accounts",
        "description": "&lt;b&gt;Very&lt;/b&gt; nice",
        "language": "en",
        "local": True,
        "sensitive": False,
        "discoverable": True,
        "tag": {"name": "Accounts", "url": f"{URL}/tags/accounts"},
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
        "item_count": 1,
        "items": [
            {
                "id": made["items"][0]["id"],
                "account_id": str(anna.id),
                "state": "accepted",
                "created_at": made["items"][0]["created_at"],
            }
        ],
    }
    path = f"{PATH}/{made['id']}"
    got = await people.get(path)
    assert ([one["acct"] for one in got["accounts"]], got["collection"]) == (["owner", "anna"], made)
    for method in ("PATCH", "PUT"):
        changed = (await people.ask(method, path, owner, form={"name": f"By {method}", "sensitive": "1"})).json
        assert (changed["collection"]["name"], changed["collection"]["sensitive"]) == (f"By {method}", True)
        assert changed["collection"]["tag"] == made["tag"]
    changed = (await people.ask("PATCH", path, owner, json={"tag_name": None, "language": None})).json["collection"]
    assert (changed["tag"], changed["language"]) == (None, None)
    assert (await people.ask("DELETE", path, owner)).json == {}
    assert (await people.ask("GET", path)).status == 404
    assert (await people.ask("DELETE", path, owner)).status == 404


@pytest.mark.both_engines
async def test_items_come_and_go(people, make, owner):
    anna, bob = await make.member("anna"), await make.member("bob")
    made = await make_one(people, owner)
    path = f"{PATH}/{made['id']}/items"
    item = (await people.ask("POST", path, owner, json={"account_id": str(anna.id)})).json["collection_item"]
    assert set(item) == {"id", "account_id", "state", "created_at"}
    again = (await people.ask("POST", path, owner, json={"account_id": str(anna.id)})).json["collection_item"]
    assert again == item
    other = (await people.ask("POST", path, owner, form={"account_id": bob.id})).json["collection_item"]
    assert (await people.ask("DELETE", f"{path}/{other['id']}", owner)).json == {}
    assert (await people.ask("DELETE", f"{path}/{other['id']}", owner)).status == 404
    assert (await people.ask("POST", f"{path}/{item['id']}/revoke", bob)).status == 403
    assert (await people.ask("POST", f"{path}/{item['id']}/revoke", anna)).json == {}
    assert (await people.ask("POST", f"{path}/{item['id']}/revoke", anna)).json == {}, "twice is once"
    got = await people.get(f"{PATH}/{made['id']}", owner)
    assert (got["collection"]["items"], got["collection"]["item_count"]) == ([], 0)
    assert (await people.ask("POST", path, owner, json={"account_id": str(anna.id)})).status == 403, (
        "who left stays out"
    )


async def test_consent(people, make, owner):
    made = await make_one(people, owner)
    path = f"{PATH}/{made['id']}/items"
    shy, blocker = await make.member(discoverable=False), await make.member()
    gone = await make.account(standing="suspended")
    await make.block(blocker, owner)
    for one, status in ((shy, 403), (blocker, 403), (gone, 422)):
        assert (await people.ask("POST", path, owner, json={"account_id": str(one.id)})).status == status
    assert (await people.ask("POST", path, owner, json={"account_id": "99"})).status == 422
    assert (await people.ask("POST", path, owner)).status == 422
    refused = await people.ask("POST", PATH, owner, json={"name": "x", "account_ids": [str(shy.id)]})
    assert refused.status == 403
    assert len((await people.get(f"/api/v1/accounts/{owner.id}/collections", owner))["collections"]) == 1
    friend = await make.member()
    await people.ask("POST", path, owner, json={"account_id": str(friend.id)})
    await people.do(accounts.block, friend.id, target=owner.id)
    assert (await people.get(f"{PATH}/{made['id']}", owner))["collection"]["items"] == []


async def test_lists_of_collections(people, make, owner):
    anna, eve = await make.member("anna"), await make.member("eve")
    mine = [await make_one(people, owner, name=f"No {n}", account_ids=[str(anna.id)]) for n in range(3)]
    hidden = await make_one(people, owner, name="hidden", discoverable=False, account_ids=[str(anna.id)])
    path = f"/api/v1/accounts/{owner.id}/collections"

    async def names(where, who=None):
        return [one["name"] for one in (await people.get(where, who))["collections"]]

    assert await names(path, owner) == ["hidden", "No 2", "No 1", "No 0"]
    assert await names(path) == await names(path, eve) == ["No 2", "No 1", "No 0"]
    answer = await people.ask("GET", f"{path}?limit=1&offset=1")
    assert [one["name"] for one in answer.json["collections"]] == ["No 1"]
    assert answer.headers["link"] == (
        f'<{URL}{path}?limit=1&offset=2>; rel="next", <{URL}{path}?limit=1&offset=0>; rel="prev"'
    )
    within = f"/api/v1/accounts/{anna.id}/in_collections"
    assert await names(within, anna) == ["hidden", "No 2", "No 1", "No 0"]
    assert await names(within, eve) == ["No 2", "No 1", "No 0"]
    assert (await people.ask("GET", within)).status == 401
    assert (await people.get(f"{PATH}/{hidden['id']}"))["collection"]["name"] == "hidden"
    await make.block(owner, eve)
    assert (await people.ask("GET", path, eve)).status == 404
    assert (await people.ask("GET", f"{PATH}/{mine[0]['id']}", eve)).status == 404
    assert await names(within, eve) == []
    assert (await people.ask("GET", "/api/v1/accounts/99/collections")).status == 404


async def test_limits(people, make, owner):
    members = [await make.account(discoverable=True) for _ in range(151)]
    ids = [str(one.id) for one in members]
    assert (await people.ask("POST", PATH, owner, json={"name": "x", "account_ids": ids})).status == 422
    full = await make_one(people, owner, account_ids=ids[:150])
    assert (await people.ask("POST", f"{PATH}/{full['id']}/items", owner, json={"account_id": ids[150]})).status == 422
    for _ in range(9):
        await make_one(people, owner)
    refused = await people.ask("POST", PATH, owner, json={"name": "one more"})
    assert (refused.status, refused.json["error"]["error"]) == (
        422,
        "Validation failed: You can have up to 10 collections",
    )


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"name": ""}, "name", "ERR_BLANK"),
        ({"name": "x" * 41}, "name", "ERR_TOO_LONG"),
        ({"description": "x" * 101}, "description", "ERR_TOO_LONG"),
        ({"language": "nonsense"}, "language", "ERR_INVALID"),
        ({"tag_name": "no tag"}, "tag", "ERR_INVALID"),
    ],
)
async def test_what_is_refused(people, owner, wrong, field, code):
    answer = await people.ask("POST", PATH, owner, json={"name": "fine"} | wrong)
    assert answer.status == 422
    inner = answer.json["error"]  # as Mastodon does it here and nowhere else
    assert inner["error"].startswith("Validation failed: ")
    assert inner["details"][field][0]["error"] == code
    assert (await people.get(f"/api/v1/accounts/{owner.id}/collections", owner))["collections"] == []


async def test_others_may_not(people, make, owner):
    made, eve = await make_one(people, owner), await make.member("eve")
    path = f"{PATH}/{made['id']}"
    for method, where, form in (
        ("PATCH", path, {"name": "mine"}), ("DELETE", path, None), ("POST", f"{path}/items", {"account_id": eve.id}),
        ("DELETE", f"{path}/items/1", None),
    ):  # fmt: skip
        assert (await people.ask(method, where, eve, form=form)).status == 403, where
        assert (await people.ask(method, where, form=form)).status == 401, where
        assert (await people.ask(method, where, owner, "read", form=form)).status == 403, where
    assert (await people.ask("POST", f"{path}/items/1/revoke", eve)).status == 404


async def test_nothing_stays_of_who_is_gone(people, make, owner):
    anna = await make.member("anna")
    mine, hers = await make_one(people, owner, account_ids=[str(anna.id)]), await make_one(people, anna)
    assert (await people.ask("DELETE", f"/api/v1/suggestions/{anna.id}", owner)).status == 200
    await people.do(change_standing, {anna.id: accounts.Standing.DELETED})
    assert await people.db.all(Sql(select(collections.c.id))) == [(int(mine["id"]),)]
    assert await people.db.all(Sql(select(collection_items.c.id))) == []
    assert await people.db.all(Sql(select(dismissals.c.target_id))) == []
    assert (await people.ask("GET", f"{PATH}/{hers['id']}")).status == 404


async def test_starters_are_chosen_shown_followed_and_dropped(people, make, owner):
    anna, boss = await make.member("anna"), await make.member("boss", role="owner")
    made = await make_one(people, owner, account_ids=[str(anna.id)])
    choose = f"/api/v1/dunnock/admin/collections/{made['id']}/starter"
    assert (await people.ask("POST", choose, owner, "admin:write")).status == 403
    assert (await people.ask("POST", choose, boss, "admin:write")).json["collection"]["id"] == made["id"]
    shown = (await people.ask("GET", "/api/v1/dunnock/collections/starters")).json["collections"]
    assert [(one["id"], one["item_count"]) for one in shown] == [(made["id"], 1)]
    carl = await make.member("carl")
    follow = f"/api/v1/dunnock/collections/{made['id']}/follow"
    nobody = await people.ask("POST", follow, carl, json={"without_ids": [str(anna.id)]})
    assert nobody.json == {"followed": 0, "asked": 0, "left_out": 0, "waiting": 0}
    assert (await people.ask("POST", follow, carl, json={"account_ids": []})).json["followed"] == 0
    assert (await people.ask("POST", follow, carl)).json == {"followed": 1, "asked": 0, "left_out": 0, "waiting": 0}
    assert (await people.ask("DELETE", choose, boss, "admin:write")).status == 200
    assert (await people.ask("GET", "/api/v1/dunnock/collections/starters")).json == {"collections": []}


async def test_large_ones_come_in_parts_and_are_followed_in_the_background(people, make, owner):
    members = [await make.account(discoverable=True) for _ in range(60)]
    ids = [str(one.id) for one in members]
    made = await make_one(people, owner, account_ids=ids)
    path = f"{PATH}/{made['id']}"
    assert [one["account_id"] for one in (await people.ask("GET", path)).json["collection"]["items"]] == ids
    part = await people.ask("GET", f"{path}?limit=25&offset=50")
    assert [one["account_id"] for one in part.json["collection"]["items"]] == ids[50:]
    assert part.json["collection"]["item_count"] == 60
    assert len(part.json["accounts"]) == 11
    assert part.headers["link"] == f'<{URL}{path}?limit=25&offset=25>; rel="prev"'
    first = await people.ask("GET", f"{path}?limit=25")
    assert first.headers["link"] == f'<{URL}{path}?limit=25&offset=25>; rel="next"'

    follow, carl = f"/api/v1/dunnock/collections/{made['id']}/follow", await make.member("carl")
    assert (await people.ask("GET", follow, carl)).status == 404
    begun = await people.ask("POST", follow, carl, json={"without_ids": ids[:5]})
    assert begun.json == {"followed": 25, "asked": 0, "left_out": 0, "waiting": 30}
    assert (await people.ask("GET", follow, carl)).json == begun.json
    await people.jobs.settle()
    assert (await people.ask("GET", follow, carl)).json == {"followed": 55, "asked": 0, "left_out": 0, "waiting": 0}
    found = await accounts.relationships(people.db, carl.id, [one.id for one in members])
    assert {str(one.id) for one in found if one.following} == set(ids[5:])
