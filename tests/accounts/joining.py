"""Members, apps and tokens made through the face, for the tests of this folder."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from dunnock import accounts
from dunnock.accounts import oauth

PASSWORD = "seven wrens in a hedge"
CALLBACK = "https://app.example/cb"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def form(username: str = "ada", **values: Any) -> accounts.SignUp:
    given = {"email": f"{username}@mail.example", "password": PASSWORD, "agreement": True} | values
    return accounts.SignUp(username=username, **given)


async def join(db: Any, username: str = "ada", **values: Any) -> accounts.Member:
    return await accounts.create_member(
        db, username=username, email=f"{username}@mail.example", password=PASSWORD, **values
    )


async def do(db: Any, use_case: Any, *args: Any, **named: Any) -> Any:
    async with db.begin() as tx:
        return await use_case(tx, *args, **named)


async def register(db: Any, *uris: str, scopes: str = "read write follow", **named: Any) -> tuple[accounts.App, str]:
    named = {"name": "An app"} | named
    made: tuple[accounts.App, str] = await do(
        db, accounts.register_app, redirect_uris=uris or [CALLBACK], scopes=scopes, **named
    )
    return made


async def code_for(db: Any, app: accounts.App, member: accounts.Member, **asked: Any) -> str:
    given = {"client_id": app.client_id, "redirect_uri": CALLBACK, "response_type": "code", "scope": "read"} | asked
    checked = await oauth.check_request(db, oauth.Asked(**given))
    code: str = await do(db, oauth.grant, checked, member_id=member.id)
    return code


async def exchange(db: Any, app: accounts.App, code: str, **named: Any) -> accounts.Issued:
    given = {"proven": True, "redirect_uri": CALLBACK, "verifier": None} | named
    return await oauth.exchange(db, app, code=code, **given)


async def token_for(db: Any, app: accounts.App, member: accounts.Member, scopes: str = "read") -> str:
    _, raw = await do(db, accounts.make_token, app, scopes=scopes, member_id=member.id, account_id=member.account_id)
    return str(raw)
