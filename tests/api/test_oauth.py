"""/oauth/token, /oauth/revoke, /oauth/userinfo and the metadata, through whole requests. The consent page: tests/web."""

from __future__ import annotations

import pytest

from accounts.joining import CHALLENGE, VERIFIER, code_for, join
from api.outsiders import CALLBACK, Outsider, basic, house
from dunnock import accounts
from dunnock.accounts import scopes

__all__ = ["house"]


@pytest.fixture
async def app(house):
    made = Outsider(house)
    await made.register()
    return made


@pytest.fixture
async def ada(house):
    return await join(house.db)


async def code(app, ada, **asked):
    held = await accounts.app_called(app.house.db, app.app["client_id"])
    return await code_for(app.house.db, held, ada, **asked)


def form(a_code, **more):
    return {"grant_type": "authorization_code", "code": a_code, "redirect_uri": CALLBACK} | more


@pytest.mark.parametrize("encoding", ["form", "json", "multipart"])
@pytest.mark.parametrize("how", ["body", "basic", "pkce"])
async def test_token(app, ada, encoding, how):
    pkce = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"} if how == "pkce" else {}
    sent = form(await code(app, ada, scope="read write", **pkce))
    headers = (basic(client_id=app.app["client_id"], secret=app.app["client_secret"]),) if how == "basic" else ()
    if how == "body":
        sent |= app.secret
    elif how == "pkce":  # a public client shows no secret
        sent |= {"client_id": app.app["client_id"], "code_verifier": VERIFIER}
    answer = await app.ask("POST", "/oauth/token", sent, encoding, headers=headers)
    assert answer.status == 200, answer
    got = answer.json
    assert set(got) == {"access_token", "token_type", "scope", "created_at"}
    assert (got["token_type"], got["scope"]) == ("Bearer", "read write")
    assert isinstance(got["created_at"], int)
    assert answer.headers["cache-control"] == "no-store"
    shown = await app.ask("GET", "/api/v1/accounts/verify_credentials", token=got["access_token"])
    assert shown.json["username"] == "ada"


def refusal(answer):
    assert set(answer.json) == {"error", "error_description"}
    assert answer.json["error_description"]
    return answer.status, answer.json["error"]


@pytest.mark.parametrize(
    ("more", "status", "slug"),
    [
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"code": ""}, 400, "invalid_request"),
        ({"code": "never-was"}, 400, "invalid_grant"),
        ({"redirect_uri": ""}, 400, "invalid_grant"),
        ({"client_secret": ""}, 400, "invalid_grant"),  # a public client without PKCE
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wrong"}, 401, "invalid_client"),
        ({"client_id": ""}, 401, "invalid_client"),
        ({"code_verifier": VERIFIER}, 400, "invalid_grant"),
    ],
)
async def test_refused(app, ada, more, status, slug):
    """RFC 6749, 5.2: the status, the error and what it says."""
    answer = await app.ask("POST", "/oauth/token", form(await code(app, ada)) | app.secret | more)
    assert refusal(answer) == (status, slug)
    if status == 401:
        assert answer.headers["www-authenticate"].startswith("Basic ")


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic !!", "Basic \u00fc\u00fc", "Basic /////w==", "Basic OnNlY3JldA==", "Basic eA==", "basic eDp5"],
)
async def test_broken_basic(app, ada, header):
    answer = await app.ask("POST", "/oauth/token", form(await code(app, ada)), headers=(("authorization", header),))
    assert refusal(answer) == (401, "invalid_client")


async def test_one_way_at_a_time(app, ada):
    headers = (basic(app.app["client_id"], app.app["client_secret"]),)
    for more in (app.secret, {"client_id": "another"}):
        answer = await app.ask("POST", "/oauth/token", form(await code(app, ada)) | more, headers=headers)
        assert refusal(answer) == (400, "invalid_request")
    same = {"client_id": app.app["client_id"]}
    assert (await app.ask("POST", "/oauth/token", form(await code(app, ada)) | same, headers=headers)).status == 200


async def test_app_token(app):
    answer = await app.app_token("read")
    assert (answer.status, answer.json["scope"]) == (200, "read")
    assert refusal(await app.app_token("read push")) == (400, "invalid_scope")
    assert refusal(await app.app_token(client_secret="")) == (401, "invalid_client")


async def test_revoke(app, ada, house):
    sent = form(await code(app, ada)) | app.secret
    token = (await app.ask("POST", "/oauth/token", sent)).json["access_token"]
    other = Outsider(house)
    await other.register()
    assert refusal(await other.ask("POST", "/oauth/revoke", {"token": token} | other.secret)) == (
        403, "unauthorized_client",
    )  # fmt: skip
    wrong = {"token": token, "client_id": app.app["client_id"], "client_secret": "wrong"}
    assert refusal(await app.ask("POST", "/oauth/revoke", wrong)) == (403, "unauthorized_client")
    assert refusal(await app.ask("POST", "/oauth/revoke", app.secret)) == (403, "unauthorized_client")
    assert refusal(await app.ask("POST", "/oauth/revoke", {"token": token})) == (403, "unauthorized_client")
    assert (await app.ask("GET", "/api/v1/accounts/verify_credentials", token=token)).status == 200
    for _ in range(2):
        answer = await app.ask("POST", "/oauth/revoke", {"token": token} | app.secret)
        assert (answer.status, answer.json) == (200, {})
    gone = await app.ask("GET", "/api/v1/accounts/verify_credentials", token=token)
    assert (gone.status, gone.json) == (401, {"error": "The access token is invalid"})


async def test_userinfo(app, ada, house):
    sent = form(await code(app, ada, scope="profile")) | app.secret
    token = (await app.ask("POST", "/oauth/token", sent)).json["access_token"]
    got = (await app.ask("GET", "/oauth/userinfo", token=token)).json
    assert (await app.ask("POST", "/oauth/userinfo", token=token)).json == got
    wider = form(await code(app, ada, scope="read")) | app.secret
    reader = (await app.ask("POST", "/oauth/token", wider)).json["access_token"]
    assert (await app.ask("GET", "/oauth/userinfo", token=reader)).status == 403  # it is not `profile`
    base = house.settings.public_url
    assert got["picture"].startswith(base)
    assert {key: value for key, value in got.items() if key != "picture"} == {
        "iss": f"{base}/", "sub": f"{base}/users/ada", "name": "ada", "preferred_username": "ada",
        "profile": f"{base}/@ada",
    }  # fmt: skip


async def test_metadata(app, house):
    got = (await app.ask("GET", "/.well-known/oauth-authorization-server")).json
    base = house.settings.public_url
    assert got["issuer"] == f"{base}/"
    assert got["code_challenge_methods_supported"] == ["S256"]
    assert got["scopes_supported"] == list(scopes.KNOWN)
    assert got["grant_types_supported"] == ["authorization_code", "client_credentials"]
    for name, value in got.items():
        if name.endswith("_endpoint"):
            assert value.startswith(f"{base}/")
