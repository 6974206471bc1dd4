"""/api/v1/emails and a sign-up through an app on a server that sends mail."""

from __future__ import annotations

import importlib
from urllib.parse import urlencode

import pytest

from api.kit.driver import Answer, call
from dunnock import accounts
from dunnock.accounts.mail_links import Tries
from dunnock.app.build import build
from dunnock.app.settings import load
from mail_server import MailServer, link_in

UNCONFIRMED = (403, {"error": "Your login is missing a confirmed e-mail address"})


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    for name in ("mailing", "asking"):
        monkeypatch.setattr(importlib.import_module("dunnock.accounts.confirm"), name, Tries(3, 60_000))


@pytest.fixture
async def house(database_url, tmp_path):
    server = await MailServer().start()
    given = {"database_url": database_url, "smtp_url": server.url, "sign_up": "open"}
    built = await build(load(tmp_path, environ={}, flags=given))
    built.server = server
    yield built
    await built.close()
    await server.stop()


async def ask(house, method, path, token, **fields) -> Answer:
    body = urlencode(fields).encode()
    kind = "application/x-www-form-urlencoded" if fields else None
    return await call(house.edge, method, path, body, kind=kind, token=token)


async def app_token(house, scopes="read write") -> tuple[accounts.App, str]:
    async with house.db.begin() as tx:
        app, _ = await accounts.register_app(
            tx, name="An app", redirect_uris=["urn:ietf:wg:oauth:2.0:oob"], scopes=scopes
        )
        _, raw = await accounts.make_token(tx, app, scopes=scopes, member_id=None, account_id=None)
    return app, raw


async def joined(house, app_raw, username="wren"):
    given = {"username": username, "email": f"{username}@mail.example", "password": "seven wrens", "agreement": "1"}
    answer = await ask(house, "POST", "/api/v1/accounts", app_raw, **given)
    assert answer.status == 200, answer
    assert set(answer.json) == {"access_token", "token_type", "scope", "created_at"}
    return answer.json["access_token"]


async def mailed(house):
    house.server.taken.clear()
    await house.jobs.settle()
    return list(house.server.taken)


async def test_joining_through_an_app(house):
    _, app_raw = await app_token(house)
    token = await joined(house, app_raw)
    answer = await ask(house, "GET", "/api/v1/accounts/verify_credentials", token)
    assert (answer.status, answer.json) == UNCONFIRMED
    answer = await ask(house, "GET", "/api/v1/timelines/home", token)
    assert (answer.status, answer.json) == UNCONFIRMED
    assert (await ask(house, "GET", "/api/v1/timelines/public", token)).status == 200  # as a stranger (SC-119)
    answer = await ask(house, "GET", "/api/v1/emails/check_confirmation", token)
    assert (answer.status, answer.json) == (200, False)
    [(to, message)] = await mailed(house)
    assert to == "wren@mail.example"
    async with house.db.begin() as tx:
        await accounts.confirm(tx, link_in(message, "/auth/confirmation").partition("=")[2])
    answer = await ask(house, "GET", "/api/v1/emails/check_confirmation", token)
    assert (answer.status, answer.json) == (200, True)
    assert (await ask(house, "GET", "/api/v1/accounts/verify_credentials", token)).status == 200


async def test_the_mail_again(house):
    _, app_raw = await app_token(house)
    token = await joined(house, app_raw)
    await mailed(house)
    answer = await ask(house, "POST", "/api/v1/emails/confirmations", token)
    assert (answer.status, answer.json) == (200, {})
    assert [to for to, _ in await mailed(house)] == ["wren@mail.example"]
    answer = await ask(house, "POST", "/api/v1/emails/confirmations", token, email="other@mail.example")
    assert (answer.status, answer.json) == (200, {})
    [(to, message)] = await mailed(house)
    assert to == "other@mail.example"
    answer = await ask(house, "POST", "/api/v1/emails/confirmations", token, email="nonsense")
    assert answer.status == 422
    assert answer.json == {
        "error": "Validation failed: Email is invalid",
        "details": {"email": [{"error": "ERR_INVALID", "description": "is invalid"}]},
    }
    assert (await ask(house, "POST", "/api/v1/emails/confirmations", token)).status == 200
    answer = await ask(house, "POST", "/api/v1/emails/confirmations", token)  # SC-124
    assert (answer.status, answer.json["error"]) == (429, "Too many attempts; please wait some minutes and try again")
    assert "retry-after" in answer.headers
    async with house.db.begin() as tx:
        await accounts.confirm(tx, link_in(message, "/auth/confirmation").partition("=")[2])
    answer = await ask(house, "POST", "/api/v1/emails/confirmations", token)
    assert (answer.status, answer.json["error"]) == (
        403,
        "This method is only available while the e-mail is awaiting confirmation",
    )


async def test_who_may_not(house):
    app, app_raw = await app_token(house)
    token = await joined(house, app_raw)
    other, other_raw = await app_token(house)
    member = await accounts.member_named(house.db, "wren")
    async with house.db.begin() as tx:
        _, elsewhere = await accounts.make_token(
            tx, other, scopes="write", member_id=member.id, account_id=member.account_id
        )
        _, reads = await accounts.make_token(tx, app, scopes="read", member_id=member.id, account_id=member.account_id)
    answer = await ask(house, "POST", "/api/v1/emails/confirmations", elsewhere)
    assert (answer.status, answer.json["error"]) == (
        403,
        "This method is only available to the application the user originally signed-up with",
    )
    for method, path, held, status in (
        ("POST", "confirmations", None, 401),
        ("POST", "confirmations", "never-was", 401),
        ("POST", "confirmations", reads, 403),
        ("POST", "confirmations", other_raw, 422),
        ("GET", "check_confirmation", None, 401),
        ("GET", "check_confirmation", elsewhere, 403),
        ("GET", "check_confirmation", other_raw, 422),
    ):
        assert (await ask(house, method, f"/api/v1/emails/{path}", held)).status == status, (method, path, status)
    async with house.db.begin() as tx:
        await accounts.change_state(tx, member.id, accounts.State.DISABLED)
    answer = await ask(house, "POST", "/api/v1/emails/confirmations", token)
    assert (answer.status, answer.json) == (403, {"error": "Your login is currently disabled"})


async def test_staff_see_who_is_confirmed(house):
    _, app_raw = await app_token(house)
    await joined(house, app_raw)
    owner = await accounts.create_member(
        house.db, username="ada", email="ada@mail.example", password="seven wrens", role="owner"
    )
    app, _ = await app_token(house, "admin:read")
    async with house.db.begin() as tx:
        _, raw = await accounts.make_token(
            tx, app, scopes="admin:read", member_id=owner.id, account_id=owner.account_id
        )
    member = await accounts.member_named(house.db, "wren")
    for one, confirmed in ((member, False), (owner, True)):
        answer = await ask(house, "GET", f"/api/v1/admin/accounts/{one.account_id}", raw)
        assert answer.json["confirmed"] is confirmed
