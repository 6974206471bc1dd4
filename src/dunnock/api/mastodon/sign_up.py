"""POST /api/v1/accounts: joining from within an app."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.api.kit import Called, Form, origin_of, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Missing
from dunnock.foundation.settings import Settings


class SignUpForm(msgspec.Struct):
    """What somebody filled in."""

    username: str = ""
    email: str = ""
    password: str = ""
    agreement: bool = False
    locale: str = "en"
    reason: str = ""
    invite_code: str = ""
    date_of_birth: str = ""


@post("/api/v1/accounts", status_code=200, guards=[require(("write", "write:accounts"), user=False)])
async def join(
    form: Form[SignUpForm],
    request: Request[Any, Any, Any],
    caller: Called,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[wire.Token]:
    """Token of the new member. Until a moderator approves (where that is the policy) it opens nothing."""
    app = await accounts.find_app(db, caller.app_id)
    if app is None:
        raise Missing(caller.app_id)
    # Sign-ups through apps are counted by the edge, with the address.
    member = await accounts.sign_up(
        db,
        accounts.SignUp(
            username=form.username.strip(),
            email=form.email,
            password=form.password,
            agreement=form.agreement,
            locale=form.locale,
            reason=form.reason,
            invitation=form.invite_code,
            date_of_birth=form.date_of_birth,
        ),
        policy=settings.sign_up,
        app_id=app.id,
        origin=origin_of(request),
        confirm=settings.confirms_mail,
        min_age=settings.min_age,
    )
    scopes = " ".join(sorted(caller.scopes))
    async with db.begin() as tx:
        _, raw = await accounts.make_token(tx, app, scopes=scopes, member_id=member.id, account_id=member.account_id)
        issued = accounts.Issued(raw, scopes, tx.now // 1000)
    return answer(msgspec.json.encode(issued))


HANDLERS = [join]
