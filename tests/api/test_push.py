"""/api/v1/push/subscription through whole requests; what is pushed is in tests/push."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from api.kit.driver import call
from api.kit.test_requests import MULTI, multipart
from dunnock import push
from outside import outside
from push.conftest import PATH, app, house

__all__ = ["app", "house", "outside"]

ENDPOINT = "https://push.example/send/abc?x=y"
ALERTS = {
    "mention": False, "status": False, "reblog": False, "follow": False, "follow_request": False, "favourite": False,
    "poll": False, "update": False, "quote": False, "quoted_update": False, "severed_relationships": False,
    "moderation_warning": False, "admin.sign_up": False, "admin.report": False,
}  # fmt: skip


@pytest.fixture
async def mine(make, app):
    return await app(await make.member("ada"))


@pytest.mark.both_engines
async def test_the_whole_life_of_a_subscription(house, mine):
    missing = await mine.ask("GET")
    assert (missing.status, missing.json) == (404, {"error": "Record not found"})
    sent = {
        "subscription": {"endpoint": ENDPOINT, "keys": mine.keys(), "standard": True},
        "data": {
            "policy": "followed",
            "alerts": {"mention": True, "admin.sign_up": "1", "poll": False, "nonsense": True},
        },
    }
    made = await mine.ask("POST", PATH, sent)
    assert made.status == 200, made
    assert made.json.pop("id", "").isdecimal()
    wanted = {
        "endpoint": ENDPOINT, "standard": True, "alerts": ALERTS | {"mention": True, "admin.sign_up": True},
        "server_key": await push.public_key(house.db), "policy": "followed",
    }  # fmt: skip
    assert {key: value for key, value in made.json.items() if key != "id"} == wanted
    assert (await mine.ask("GET")).json == made.json
    for method in ("PUT", "PATCH"):
        changed = await mine.ask(method, PATH, {"data": {"alerts": {"follow": True}}})
        assert changed.json == made.json | {"alerts": ALERTS | {"follow": True}, "policy": "all"}
    again = await mine.ask("POST", PATH, {"subscription": {"endpoint": "https://other.example/", "keys": mine.keys()}})
    assert again.json["id"] != made.json["id"]
    assert (again.json["endpoint"], again.json["standard"], again.json["alerts"]) == (
        "https://other.example/",
        False,
        ALERTS,
    )
    for _ in range(2):
        gone = await mine.ask("DELETE")
        assert (gone.status, gone.json) == (200, {})
    assert (await mine.ask("GET")).status == 404
    assert (await mine.ask("PUT", PATH, {"data": {"alerts": {"follow": True}}})).status == 404


@pytest.mark.parametrize("encoding", ["form", "multipart"])
async def test_forms_as_old_apps_send_them(house, mine, encoding):
    keys = mine.keys()
    fields = {
        "subscription[endpoint]": ENDPOINT, "subscription[keys][p256dh]": keys["p256dh"],
        "subscription[keys][auth]": keys["auth"], "data[alerts][reblog]": "true", "data[alerts][admin.report]": "on",
        "data[alerts][mention]": "0", "policy": "follower",
    }  # fmt: skip
    if encoding == "form":
        body, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
    else:
        body, kind = multipart(*((name, value, None) for name, value in fields.items())), MULTI
    answer = await call(house.edge, "POST", PATH, body, kind=kind, token=mine.token)
    assert answer.status == 200, answer
    assert answer.json["alerts"] == ALERTS | {"reblog": True, "admin.report": True}
    assert (answer.json["policy"], answer.json["standard"]) == ("follower", False)


@pytest.mark.parametrize(
    "endpoint",
    ["", "   ", "nonsense", "javascript:alert(1)", "ftp://push.example/", "https://push.example:22/", "https://10.0.0.1/",
     "https://169.254.169.254/", "http://127.9.9.9/", "https://[::1]/", "https://user:pass@push.example/",
     "https://push.example/" + "x" * 2100],
)  # fmt: skip
async def test_endpoints_that_nothing_is_sent_to(mine, endpoint):
    """SC-078."""
    answer = await mine.ask("POST", PATH, {"subscription": {"endpoint": endpoint, "keys": mine.keys()}})
    assert answer.status == 422, answer
    assert list(answer.json) == ["error"]
    assert (await mine.ask("GET")).status == 404


@pytest.mark.parametrize("keys", [{}, {"p256dh": "x", "auth": "y"}, {"p256dh": "", "auth": ""}, None])
async def test_keys_that_nothing_is_encrypted_for(mine, keys):
    answer = await mine.ask("POST", PATH, {"subscription": {"endpoint": ENDPOINT, "keys": keys}})
    assert answer.status == 422, answer
    assert (await mine.ask("GET")).status == 404


async def test_a_policy_that_there_is_not(mine):
    where = {"endpoint": ENDPOINT, "keys": mine.keys()}
    answer = await mine.ask("POST", PATH, {"subscription": where, "data": {"policy": "friends"}})
    assert answer.status == 422
    assert (await mine.ask("POST", PATH, {"subscription": where})).status == 200
    assert (await mine.ask("PUT", PATH, {"data": {"policy": "friends"}})).status == 422
    assert (await mine.ask("GET")).json["policy"] == "all"


async def test_a_subscription_is_its_tokens_alone(make, app, outside):
    """SC-117: there is no id in the address, so nobody can name another's."""
    ada, bea = await make.member("ada"), await make.member("bea")
    first, second, others = await app(ada), await app(ada), await app(bea)
    made = await first.subscribe(outside, "mention")
    for one in (second, others):
        assert (await one.ask("GET")).status == 404
        assert (
            await one.ask("PUT", f"{PATH}?id={made['id']}", {"id": made["id"], "data": {"alerts": {}}})
        ).status == 404
        await one.ask("DELETE", f"{PATH}?id={made['id']}", {"id": made["id"]})
    assert (await first.ask("GET")).json == made


async def test_the_key_is_told_where_apps_look_for_it(house, mine):
    key = await push.public_key(house.db)
    instance = await call(house.edge, "GET", "/api/v2/instance")
    assert instance.json["configuration"]["vapid"] == {"public_key": key}
    assert (await mine.ask("GET", "/api/v1/apps/verify_credentials")).json["vapid_key"] == key
    registered = await mine.ask(
        "POST", "/api/v1/apps", {"client_name": "x", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"}
    )
    assert registered.json["vapid_key"] == key
