"""Registering an app and joining from within it, through whole requests."""

from __future__ import annotations

import pytest

from api.outsiders import Outsider, house
from dunnock import push

__all__ = ["house"]


@pytest.mark.parametrize("encoding", ["form", "json", "multipart"])
async def test_register(house, encoding):
    uris = "urn:ietf:wg:oauth:2.0:oob\nhttps://app.example/cb"
    sent = {"client_name": "An app", "redirect_uris": uris, "scopes": "read write", "website": "https://app.example"}
    if encoding == "json":
        sent["redirect_uris"] = uris.split("\n")
    answer = await Outsider(house).ask("POST", "/api/v1/apps", sent, encoding)
    got = answer.json
    assert answer.status == 200, got
    assert got["id"].isdecimal()
    assert len(got["client_id"]) >= 40
    assert len(got["client_secret"]) >= 40
    vapid = await push.public_key(house.db)
    assert len(vapid) == 87
    del got["id"], got["client_id"], got["client_secret"]
    assert got == {
        "name": "An app", "website": "https://app.example", "scopes": ["read", "write"],
        "redirect_uris": uris.split("\n"), "redirect_uri": uris, "vapid_key": vapid, "client_secret_expires_at": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"client_name": ""}, "Validation failed: Application name can't be blank"),
        ({"redirect_uris": ""}, "Validation failed: Redirect URI can't be blank"),
        ({"redirect_uris": "javascript:alert(1)"}, "Validation failed: Redirect URI is forbidden by the server."),
        ({"scopes": "nonsense"}, "Validation failed: Scopes doesn't match configured on the server."),
        ({"website": "https://[a"}, "Validation failed: Website must be a web address"),
    ],
)
async def test_refused(house, wrong, told):
    sent = {"client_name": "An app", "redirect_uris": "https://app.example/cb"} | wrong
    answer = await Outsider(house).ask("POST", "/api/v1/apps", sent)
    assert (answer.status, answer.json) == (422, {"error": told})


async def test_verify(house):
    outsider = Outsider(house)
    app = await outsider.register()
    token = (await outsider.app_token()).json["access_token"]
    answer = await outsider.ask("GET", "/api/v1/apps/verify_credentials", token=token)
    assert answer.status == 200
    assert answer.json == {key: value for key, value in app.items() if not key.startswith("client_")}


GOOD = {
    "username": "ada", "email": "ada@mail.example", "password": "seven wrens in a hedge", "agreement": "true",
    "locale": "en", "reason": "birds",
}  # fmt: skip


@pytest.fixture
async def outsider(house):
    made = Outsider(house)
    await made.register()
    made.token = (await made.app_token()).json["access_token"]
    return made


async def test_join_by_approval(house, outsider):
    answer = await outsider.ask("POST", "/api/v1/accounts", GOOD, token=outsider.token)
    assert answer.status == 200, answer
    got = answer.json
    assert (got["token_type"], set(got["scope"].split())) == ("Bearer", {"read", "write", "follow"})
    assert isinstance(got["created_at"], int)
    token = got["access_token"]
    waiting = await outsider.ask("GET", "/api/v1/accounts/verify_credentials", token=token)
    assert (waiting.status, waiting.json) == (403, {"error": "Your login is currently pending approval"})
    assert (await outsider.ask("GET", "/api/v2/instance", token=token)).status == 200
    await outsider.approve("ada")
    shown = await outsider.ask("GET", "/api/v1/accounts/verify_credentials", token=token)
    assert (shown.status, shown.json["username"]) == (200, "ada")


async def test_join_with_everything_wrong(outsider):
    """Mastodon's answer word for word: its clients show these reasons beside the fields."""
    answer = await outsider.ask("POST", "/api/v1/accounts", {"password": "x"}, token=outsider.token)
    assert answer.status == 422
    assert answer.json == {
        "error": (
            "Validation failed: Username can't be blank, Email can't be blank, "
            "Password is too short (minimum is 8 characters), Agreement must be accepted, Reason can't be blank"
        ),
        "details": {
            "username": [{"error": "ERR_BLANK", "description": "can't be blank"}],
            "email": [{"error": "ERR_BLANK", "description": "can't be blank"}],
            "password": [{"error": "ERR_TOO_SHORT", "description": "is too short (minimum is 8 characters)"}],
            "agreement": [{"error": "ERR_ACCEPTED", "description": "must be accepted"}],
            "reason": [{"error": "ERR_BLANK", "description": "can't be blank"}],
        },
    }


async def test_join_with_a_taken_name(outsider):
    assert (await outsider.ask("POST", "/api/v1/accounts", GOOD, token=outsider.token)).status == 200
    answer = await outsider.ask("POST", "/api/v1/accounts", GOOD, token=outsider.token)
    taken = [{"error": "ERR_TAKEN", "description": "has already been taken"}]
    assert (answer.status, answer.json["details"]) == (422, {"username": taken, "email": taken})


async def test_join_with_a_bad_invitation(outsider):
    answer = await outsider.ask("POST", "/api/v1/accounts", GOOD | {"invite_code": "x"}, token=outsider.token)
    assert (answer.status, list(answer.json["details"])) == (422, ["invite_code"])
