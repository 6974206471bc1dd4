"""Staff and what governments asked for. Ours: /api/v1/dunnock/admin/government_requests."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import transparency
from dunnock.api.kit import Called, Form, require
from dunnock.api.mastodon.pages import me
from dunnock.foundation.db import Db
from dunnock.transparency.government import Asked, Done

HERE: Final = "/api/v1/dunnock/admin/government_requests"


class RequestForm(msgspec.Struct):
    """`country`: two letters; `received_on`: 2026-11-27; `number`: of accounts that it was about."""

    authority: str = ""
    country: str = ""
    received_on: str = ""
    law: str = ""
    asked: Asked = "remove"
    number: int = 1
    done: Done = "open"


class AnswerForm(msgspec.Struct):
    """What was done about it."""

    done: str = ""


class AdminGovernmentRequest(RequestForm, kw_only=True):
    """One request; it is public, too."""

    id: str


@get(HERE, guards=[require("admin:read")])
async def list_requests(caller: Called, db: NamedDependency[Db]) -> list[AdminGovernmentRequest]:
    """The newest 200."""
    await transparency.may_record(db, by=me(caller))
    return [
        AdminGovernmentRequest(
            id=str(one.id), authority=one.authority, country=one.country, received_on=one.received_on, law=one.law,
            asked=one.asked, number=one.number, done=one.done,
        )
        for one in await transparency.government_requests(db)
    ]  # fmt: skip


@post(HERE, guards=[require("admin:write")], status_code=200)
async def record_request(form: Form[RequestForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Write a request of a government down; it is public at once."""
    new = transparency.GovernmentRequest(
        authority=form.authority, country=form.country.strip().upper(), received_on=form.received_on, law=form.law,
        asked=form.asked, number=form.number, done=form.done,
    )  # fmt: skip
    async with db.begin() as tx:
        return {"id": str(await transparency.record_request(tx, new, by=me(caller)))}


@post(f"{HERE}/{{request_id:int}}/answer", guards=[require("admin:write")], status_code=200)
async def answer_request(
    request_id: FromPath[int], form: Form[AnswerForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Say what was done about a request that was open."""
    async with db.begin() as tx:
        await transparency.answer_request(tx, request_id, form.done, by=me(caller))
    return {}


HANDLERS: list[Any] = [list_requests, record_request, answer_request]
