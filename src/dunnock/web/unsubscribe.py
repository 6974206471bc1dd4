"""Stopping mails without signing in: one press on the page, or one request of a mail program (RFC 8058).

The token in the address is what may do this, and can do nothing else; so this form, alone of all, needs no token of a page.
"""

from __future__ import annotations

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency, Provide

from dunnock import letters
from dunnock.api.kit import Query
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.web.failure import PAGE_EXCEPTION_HANDLERS
from dunnock.web.mail_settings import WORDS
from dunnock.web.show import Show, keep_to_itself, provide_show
from dunnock.web.visitor import find_visitor
from dunnock.web.words import N_


class UnsubscribeParams(msgspec.Struct, frozen=True):
    """What the link in the mail has."""

    token: str = ""


@get("/unsubscribe")
async def ask_unsubscribe(
    params: Query[UnsubscribeParams], show: NamedDependency[Show], db: NamedDependency[Db]
) -> Response[str]:
    """One button: programs that look into mails and follow links must not stop anything."""
    try:
        _, kind = await letters.check_unsubscribe(db, params.token)
    except DomainError as error:
        return _page(show, error=error)
    return _page(show, unsubscribe_token=params.token, what=_words(kind))


@post("/unsubscribe", status_code=200)
async def unsubscribe(
    params: Query[UnsubscribeParams], show: NamedDependency[Show], db: NamedDependency[Db]
) -> Response[str]:
    """Stop them."""
    try:
        async with db.begin() as tx:
            kind = await letters.unsubscribe(tx, params.token)
    except DomainError as error:
        return _page(show, error=error)
    return _page(show, what=_words(kind), stopped=True)


def _page(
    show: Show,
    *,
    error: DomainError | None = None,
    unsubscribe_token: str = "",
    what: str = "",
    stopped: bool = False,
) -> Response[str]:
    page = show(
        "unsubscribe.html", error=error, with_form=True, unsubscribe_token=unsubscribe_token, what=what, stopped=stopped
    )
    return keep_to_itself(page)


def _words(kind: str) -> str:
    return WORDS.get(kind, N_("All of what others do that concerns me"))


HANDLERS = [
    Router(
        "/",
        route_handlers=[ask_unsubscribe, unsubscribe],
        dependencies={"visitor": Provide(find_visitor), "show": Provide(provide_show)},
        exception_handlers=PAGE_EXCEPTION_HANDLERS,
        include_in_schema=False,
    )
]
