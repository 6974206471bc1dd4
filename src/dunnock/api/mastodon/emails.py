"""/api/v1/emails: new members' addresses."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.api.kit import Called, Form, require
from dunnock.api.kit.address import bucket_key
from dunnock.api.mastodon.pages import me
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings


class ConfirmationForm(msgspec.Struct):
    """`email`: another address, when the first one was wrong."""

    email: str | None = None


@post(
    "/api/v1/emails/confirmations",
    status_code=200,
    guards=[require(("write", "write:accounts"), unconfirmed=True)],
)
async def confirm_again(
    form: Form[ConfirmationForm],
    request: Request[Any, Any, Any],
    caller: Called,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> dict[str, str]:
    """Send the mail for confirming once more, perhaps to another address."""
    assert caller.member_id is not None
    scope: Any = request.scope
    await accounts.confirm_again(
        db,
        caller.member_id,
        app_id=caller.app_id,
        email=form.email,
        mail_possible=settings.confirms_mail,
        address="" if settings.dev else bucket_key(scope["visit"].address),
    )
    return {}


@get("/api/v1/emails/check_confirmation", guards=[require(("read", "read:accounts"), unconfirmed=True)])
async def check_confirmation(caller: Called, db: NamedDependency[Db]) -> bool:
    """Whether the member's address is confirmed."""
    member = await accounts.member_of(db, me(caller))
    return member is not None and not member.unconfirmed


HANDLERS = [confirm_again, check_confirmation]
