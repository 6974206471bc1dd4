"""POST /api/v1/reports: complain about an account. Wire name: Report."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency

from dunnock import moderation
from dunnock.api.kit import Called, Form, Id, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer, me
from dunnock.api.mastodon.render import Render
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Missing
from dunnock.foundation.ids import ms_of


class ReportForm(msgspec.Struct):
    """What somebody complains about."""

    account_id: Id | None = None
    status_ids: list[Id] = []
    collection_ids: list[Id] = []
    rule_ids: list[Id] = []
    comment: str = ""
    category: str = ""
    forward: bool = False


@post("/api/v1/reports", guards=[require("write:reports")], status_code=200)
async def file_report(
    form: Form[ReportForm], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Report]:
    """Complain about an account, or about posts of it, to those who run the server."""
    if form.account_id is None:
        raise Missing
    complaint = moderation.Complaint(
        target_id=form.account_id,
        category=form.category,
        comment=form.comment,
        post_ids=tuple(form.status_ids),
        collection_ids=tuple(form.collection_ids),
        rule_ids=tuple(form.rule_ids),
        forward=form.forward,
    )
    async with db.begin() as tx:
        filed = await moderation.file_report(tx, complaint, by=me(caller))
    target = (await render.accounts_for_staff((filed.target_id,)))[filed.target_id]
    return answer(report_json(filed, target))


def report_json(one: moderation.Report, target: bytes) -> bytes:
    """Report; `target` is the Account that it is about."""
    told: dict[str, Any] = {
        "id": str(one.id),
        "action_taken": not one.is_open,
        "action_taken_at": None if one.resolved_at is None else iso(one.resolved_at),
        "category": one.category,
        "comment": one.comment,
        "forwarded": one.forwarded,
        "created_at": iso(ms_of(one.id)),
        "status_ids": [str(an_id) for an_id in one.post_ids],
        "collection_ids": [str(an_id) for an_id in one.collection_ids],
        "rule_ids": [str(an_id) for an_id in one.rule_ids],
        "target_account": msgspec.Raw(target),
    }
    return msgspec.json.encode(told)


HANDLERS: list[Any] = [file_report]
