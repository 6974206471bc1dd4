"""Complain about somebody. Mastodon: the report form."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts, moderation, posts, server
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Missing
from dunnock.posts.views import PostViews
from dunnock.web.cards import Cards
from dunnock.web.evidence import Reads
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_CATEGORIES = (
    ("other", "Something else"), ("spam", "It is spam"), ("violation", "It breaks rules of this server"),
    ("legal", "It is against the law"),
)  # fmt: skip


class ReportParams(msgspec.Struct, frozen=True):
    """`post`: the post that is meant."""

    post: Id | None = None


class ReportForm(Sent):
    """What is wrong. `post_id`: with this post; `rule_ids`: the rules it breaks."""

    account_id: Id | None = None
    category: str = "other"
    comment: str = ""
    post_id: Id | None = None
    rule_ids: tuple[Id, ...] = ()


@get("/report/{account_id:int}")
async def ask_report(
    *,
    account_id: FromPath[int],
    params: Query[ReportParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
    post_views: NamedDependency[PostViews],
) -> Response[str]:
    """The form to complain about an account, or about one post of it."""
    asked = ReportForm(post_id=params.post)
    return await _ask(account_id, asked, show, member, Reads(db, account_views, post_views))


@post("/report", status_code=303)
async def send_report(
    *,
    form: Form[ReportForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
    post_views: NamedDependency[PostViews],
) -> Response[str] | Response[None]:
    """Tell those who run the server."""
    account_id = form.account_id
    if account_id is None:
        raise Missing
    complaint = moderation.Complaint(
        target_id=account_id,
        category=form.category,
        comment=form.comment,
        post_ids=() if form.post_id is None else (form.post_id,),
        rule_ids=form.rule_ids if form.category == "violation" else (),
    )
    try:
        async with db.begin() as tx:
            await moderation.file_report(tx, complaint, by=member.account_id)
    except moderation.ReportInvalid as error:
        return await _ask(account_id, form, show, member, Reads(db, account_views, post_views), error=error)
    card = await account_views.one(account_id)
    return show.go("/" if card is None else f"/@{card.handle}", done="reported")


async def _ask(
    account_id: int, form: ReportForm, show: Show, member: Member, reads: Reads, *, error: DomainError | None = None
) -> Response[str]:
    account = await accounts.find_shown(reads.db, account_id)
    if account.id == member.account_id:
        raise Missing(account_id)
    ids = [] if form.post_id is None else [form.post_id]
    if len(await posts.visible_of(reads.db, account_id, ids, viewer_id=member.account_id)) != len(ids):
        raise Missing(account_id)
    faces = await Cards(reads.db, reads.account_views).faces([account_id])
    shown = await reads.posts(ids)
    return show(
        "report.html",
        error=error,
        form=form,
        target=faces[0],
        about=next(iter(shown.values()), None),
        categories=_CATEGORIES,
        rules=await server.rules(reads.db),
    )


HANDLERS = pages(ask_report, send_report)
