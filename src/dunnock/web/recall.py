"""Taking one's account back by the link of a mail: one button, for nobody who merely follows links may do it."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.api.kit import Form, Query
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.foundation.settings import Settings
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show, keep_to_itself


class RecallParams(msgspec.Struct, frozen=True):
    """The token of the mail's link."""

    recall_token: str = ""


class RecallForm(Sent):
    """The same."""

    recall_token: str = ""


@get("/auth/recall")
async def ask_recall(
    params: Query[RecallParams], show: NamedDependency[Show], db: NamedDependency[Db]
) -> Response[str]:
    """What will be done, and the button."""
    return await _page(show, db, params.recall_token)


@post("/auth/recall", status_code=200)
async def recall(
    form: Form[RecallForm], show: NamedDependency[Show], db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[str]:
    """Do it; a mail to choose another password is on its way."""
    try:
        member = await accounts.recall(db, form.recall_token, public_url=settings.public_url)
    except DomainError as error:
        return await _page(show, db, form.recall_token, error=error)
    return keep_to_itself(show("recall.html", with_form=True, name=member.username, done_now=True, recall_token=""))


async def _page(show: Show, db: Db, token: str, *, error: DomainError | None = None) -> Response[str]:
    name = ""
    try:
        name = (await accounts.recalling(db, token)).username
    except DomainError as over:
        error = error or over
    return keep_to_itself(
        show("recall.html", with_form=True, error=error, name=name, done_now=False, recall_token=token)
    )


HANDLERS = pages(ask_recall, recall)
