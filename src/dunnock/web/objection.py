"""Objecting without signing in, by the link of a letter: for members who are suspended or can't sign in.

The token in the address is what may do this, for one decision, and can do nothing else; so this form needs no token of a page.
"""

from __future__ import annotations

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency, Provide

from dunnock import letters, moderation
from dunnock.api.kit import Form, Query
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.web.failure import PAGE_EXCEPTION_HANDLERS
from dunnock.web.show import Show, keep_to_itself, provide_show
from dunnock.web.visitor import find_visitor


class ObjectionParams(msgspec.Struct, frozen=True):
    """What the link in the mail has."""

    token: str = ""


class ObjectionForm(msgspec.Struct):
    """What one has to say."""

    text: str = ""


@get("/objection")
async def ask_for_objection(
    params: Query[ObjectionParams], show: NamedDependency[Show], db: NamedDependency[Db]
) -> Response[str]:
    """The decision, and room to say why it is wrong."""
    return await _page(params.token, show, db)


@post("/objection", status_code=200)
async def send_objection(
    params: Query[ObjectionParams], form: Form[ObjectionForm], show: NamedDependency[Show], db: NamedDependency[Db]
) -> Response[str]:
    """Object; somebody else of the staff looks at it."""
    try:
        async with db.begin() as tx:
            account_id, decision_id = await letters.check_objection(tx, params.token)
            await moderation.file_appeal(tx, decision_id, form.text, account_id=account_id)
    except DomainError as error:
        return await _page(params.token, show, db, text=form.text, error=error)
    return await _page(params.token, show, db)


async def _page(token: str, show: Show, db: Db, *, text: str = "", error: DomainError | None = None) -> Response[str]:
    decision = appeal = None
    try:
        account_id, decision_id = await letters.check_objection(db, token)
        decision = await moderation.find_decision(db, decision_id)
        appeal = (await moderation.appeals_of(db, [decision_id], account_id=account_id)).get(decision_id)
    except DomainError as refusal:
        error = error or refusal
    return keep_to_itself(
        show(
            "objection.html",
            error=error,
            with_form=True,
            objection_token=token,
            decision=decision,
            appeal=appeal,
            text=text,
        )
    )


HANDLERS = [
    Router(
        "/",
        route_handlers=[ask_for_objection, send_objection],
        dependencies={"visitor": Provide(find_visitor), "show": Provide(provide_show)},
        exception_handlers=PAGE_EXCEPTION_HANDLERS,
        include_in_schema=False,
    )
]
