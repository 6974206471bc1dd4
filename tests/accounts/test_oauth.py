"""Authorisation codes, PKCE and client credentials, on both engines through the face."""

from __future__ import annotations

import asyncio

import pytest

from accounts.joining import CALLBACK, CHALLENGE, VERIFIER, code_for, do, exchange, join, register
from dunnock import accounts
from dunnock.accounts import oauth
from dunnock.accounts.command_token import CLIENT_ID, token_by_command
from dunnock.foundation.clock import now_ms

PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


@pytest.fixture
async def app(db):
    return (await register(db))[0]


@pytest.fixture
async def ada(db):
    return await join(db)


@pytest.mark.parametrize(
    ("wrong", "slug", "may_redirect"),
    [
        ({"client_id": "never-was"}, "invalid_client", False),
        ({"client_id": ""}, "invalid_client", False),
        ({"redirect_uri": ""}, "invalid_redirect_uri", False),
        ({"redirect_uri": CALLBACK + "/"}, "invalid_redirect_uri", False),
        ({"response_type": ""}, "unsupported_response_type", True),
        ({"response_type": "token"}, "unsupported_response_type", True),
        ({"scope": "read nonsense"}, "invalid_scope", True),
        ({"scope": "read admin:read"}, "invalid_scope", True),
        ({"scope": "push"}, "invalid_scope", True),
        ({"code_challenge": CHALLENGE}, "invalid_request", True),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "invalid_request", True),
        ({"code_challenge": VERIFIER[:-1], "code_challenge_method": "S256"}, "invalid_request", True),
        ({"code_challenge_method": "S256"}, "invalid_request", True),
    ],
)
async def test_requests_that_are_refused(db, app, ada, *, wrong, slug, may_redirect):
    with pytest.raises(accounts.OAuthRefused) as refused:
        await code_for(db, app, ada, **({"client_id": app.client_id} | wrong))
    assert (refused.value.slug, refused.value.may_redirect) == (slug, may_redirect)


async def test_nobody_is_asked_for_the_command_line(db, ada):
    """Its app has every scope and no secret: a link to its consent page would be a trap."""
    await token_by_command(db, ada, scopes="read")
    with pytest.raises(accounts.OAuthRefused) as refused:
        await oauth.check_request(
            db, oauth.Asked(client_id=CLIENT_ID, redirect_uri="urn:ietf:wg:oauth:2.0:oob", response_type="code")
        )
    assert refused.value.slug == "invalid_client"
    for secret in (None, "", "x"):
        with pytest.raises(accounts.OAuthRefused):
            await oauth.client(db, CLIENT_ID, secret)


async def test_a_code_becomes_a_token(db, app, ada):
    code = await code_for(db, app, ada, scope="write read:statuses follow")
    issued = await exchange(db, app, code)
    assert (issued.scope, issued.token_type) == ("write read:statuses follow", "Bearer")
    assert abs(issued.created_at - now_ms() // 1000) < 60
    token = await accounts.Tokens(db).find(issued.access_token.encode())
    assert (token.app_id, token.member_id, token.account_id) == (app.id, ada.id, ada.account_id)
    assert token.scopes == {"write", "read:statuses", "follow"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"proven": False},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": ""},
        {"verifier": VERIFIER},  # somebody cut the challenge off (RFC 9700, 2.1.1)
    ],
)
async def test_without_pkce(db, app, ada, wrong):
    code = await code_for(db, app, ada)
    with pytest.raises(accounts.OAuthRefused) as refused:
        await exchange(db, app, code, **wrong)
    assert (refused.value.slug, refused.value.status) == ("invalid_grant", 400)
    assert await exchange(db, app, code)  # a wrong try does not burn it


@pytest.mark.parametrize("proven", [True, False])
@pytest.mark.parametrize("verifier", [None, "", "w" * 43, CHALLENGE, "v" * 42, "v" * 129, "ü" * 43, VERIFIER + "\n"])
async def test_pkce_is_enforced(db, app, ada, verifier, proven):
    code = await code_for(db, app, ada, **PKCE)
    with pytest.raises(accounts.OAuthRefused) as refused:
        await exchange(db, app, code, verifier=verifier, proven=proven)
    assert refused.value.slug == "invalid_grant"
    assert await exchange(db, app, code, verifier=VERIFIER, proven=proven)


async def test_codes_that_are_nobodys(db, app, ada):
    other, _ = await register(db)
    code = await code_for(db, app, ada)
    for wrong_app, wrong_code in ((app, "never-was"), (app, ""), (other, code)):
        with pytest.raises(accounts.OAuthRefused):
            await exchange(db, wrong_app, wrong_code)
    assert await exchange(db, app, code)


async def test_a_code_ends(db, app, ada, monkeypatch):
    monkeypatch.setattr(oauth, "CODE_LASTS_MS", 0)
    code = await code_for(db, app, ada)
    with pytest.raises(accounts.OAuthRefused):
        await exchange(db, app, code)


@pytest.mark.parametrize("second", [{}, {"proven": False}, {"redirect_uri": "https://x.example"}])
async def test_the_second_use_revokes(db, app, ada, second, events):
    code = await code_for(db, app, ada)
    issued, tokens = await exchange(db, app, code), accounts.Tokens(db)
    assert await tokens.find(issued.access_token.encode())
    with pytest.raises(accounts.OAuthRefused):
        await exchange(db, app, code, **second)
    assert await tokens.find(issued.access_token.encode()) is None
    assert (await events())[-1] == accounts.TokensRevoked(member_id=ada.id, app_id=app.id)


def all_see_it_unused(monkeypatch, many: int) -> None:
    """Nobody writes before `many` have read the code."""
    met = asyncio.Barrier(many)
    real = oauth.find_member

    async def find_member(reader, member_id):
        found = await real(reader, member_id)
        await met.wait()
        return found

    monkeypatch.setattr(oauth, "find_member", find_member)


async def test_two_exchanges_at_once(db, app, ada, monkeypatch):
    """One code, several at the same moment: exactly one gets a token, which is alive afterwards."""
    if db.engine == "postgresql":  # SQLite has one writer at a time: nobody reads between another's read and write
        all_see_it_unused(monkeypatch, 3)
    for number in range(1, 6):
        code = await code_for(db, app, ada)
        done = await asyncio.gather(*(exchange(db, app, code) for _ in range(3)), return_exceptions=True)
        (issued,) = [one for one in done if isinstance(one, accounts.Issued)]
        assert await accounts.Tokens(db).find(issued.access_token.encode())
        assert [one.tokens for one in await accounts.apps_of(db, ada.id)] == [number]


@pytest.mark.parametrize("how", ["password", "disabled", "revoked"])
async def test_a_code_does_not_outlive_what_it_came_from(db, app, ada, how):
    """SC-116: who got a code before the password changed gets nothing for it afterwards."""
    code = await code_for(db, app, ada)
    if how == "password":
        await accounts.change_password(db, ada.id, "eight wrens here", old=None)
    elif how == "disabled":
        await do(db, accounts.change_state, ada.id, accounts.State.DISABLED)
        await do(db, accounts.change_state, ada.id, accounts.State.ACTIVE)
    else:
        await do(db, accounts.revoke_app, app.id, member_id=ada.id)
    with pytest.raises(accounts.OAuthRefused):
        await exchange(db, app, code)
    assert await accounts.apps_of(db, ada.id) == []


async def test_an_exchange_during_a_change_of_password(db, app, ada, monkeypatch):
    """The exchange has looked and not yet written when everything ends: no token is left."""
    code = await code_for(db, app, ada)
    if db.engine == "sqlite":
        await asyncio.gather(
            exchange(db, app, code),
            accounts.change_password(db, ada.id, "eight wrens here", old=None),
            return_exceptions=True,
        )
    else:
        looked, real = asyncio.Event(), oauth.find_member

        async def find_member(reader, member_id):
            found = await real(reader, member_id)
            looked.set()
            await asyncio.sleep(0.2)
            return found

        monkeypatch.setattr(oauth, "find_member", find_member)
        trying = asyncio.create_task(exchange(db, app, code))
        await looked.wait()
        await accounts.change_password(db, ada.id, "eight wrens here", old=None)
        await asyncio.gather(trying, return_exceptions=True)
    assert await accounts.apps_of(db, ada.id) == []


async def test_client_credentials(db, app):
    issued = await oauth.client_credentials(db, app, proven=True, scope="read:accounts write")
    token = await accounts.Tokens(db).find(issued.access_token.encode())
    assert (token.member_id, token.account_id, token.scopes) == (None, None, {"read:accounts", "write"})
    assert (await oauth.client_credentials(db, app, proven=True, scope="")).scope == "read"
    for wrong, slug in (
        ({"proven": False, "scope": ""}, "invalid_client"),
        ({"proven": True, "scope": "push"}, "invalid_scope"),
    ):
        with pytest.raises(accounts.OAuthRefused) as refused:
            await oauth.client_credentials(db, app, **wrong)
        assert refused.value.slug == slug


async def test_client(db):
    app, secret = await register(db)
    assert await oauth.client(db, app.client_id, secret) == (app, True)
    assert await oauth.client(db, app.client_id, None) == (app, False)
    for client_id, wrong in ((app.client_id, "x"), (app.client_id, app.secret_digest), ("x", secret), ("", None)):
        with pytest.raises(accounts.OAuthRefused) as refused:
            await oauth.client(db, client_id, wrong)
        assert (refused.value.slug, refused.value.status) == ("invalid_client", 401)


async def test_revoke(db, app, ada, events):
    other, _ = await register(db)
    issued, tokens = await exchange(db, app, await code_for(db, app, ada)), accounts.Tokens(db)
    with pytest.raises(accounts.OAuthRefused) as refused:
        await oauth.revoke(db, other, issued.access_token)
    assert (refused.value.slug, refused.value.status) == ("unauthorized_client", 403)
    assert await tokens.find(issued.access_token.encode())
    for _ in range(2):
        await oauth.revoke(db, app, issued.access_token)
        assert await tokens.find(issued.access_token.encode()) is None
    await oauth.revoke(db, app, "never-was")
    with pytest.raises(accounts.OAuthRefused):
        await oauth.revoke(db, app, "")
    assert (await events()).count(accounts.TokensRevoked(member_id=ada.id, app_id=app.id)) == 1
