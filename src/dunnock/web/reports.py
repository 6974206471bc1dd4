"""Complain about somebody, and see what became of it. Mastodon: the report form."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts, moderation, posts, server
from dunnock.api.kit import Form, Id, Query
from dunnock.api.kit.shape import BIGGEST_ID
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Missing
from dunnock.posts.entries import Span, of_author
from dunnock.web.cards import Cards
from dunnock.web.evidence import Reads
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.person_page import relation_to
from dunnock.web.show import Show
from dunnock.web.steps import PER_PAGE, steps_between
from dunnock.web.visitor import Member, Visitor
from dunnock.web.words import N_

_CATEGORIES: tuple[tuple[moderation.Category, str, str], ...] = (
    ("violation", N_("It breaks rules of this server"), ""),
    ("spam", N_("It is spam"), N_("Harmful links, invented followers, or the same answer again and again.")),
    ("legal", N_("It is against the law"), N_("Where you live, or where this server is.")),
    ("other", N_("Something else"), N_("Also when somebody is unkind to you and you don't know how to name it.")),
)
_POSTS = 8


class ReportParams(msgspec.Struct, frozen=True):
    """`post`: the post that is meant."""

    post: Id | None = None


class ReportForm(Sent):
    """What is wrong. `post_ids`: with these posts; `rule_ids`: the rules it breaks; `forward`: tell their server too."""

    account_id: Id | None = None
    category: str = "other"
    comment: str = ""
    post_ids: tuple[Id, ...] = ()
    rule_ids: tuple[Id, ...] = ()
    forward: bool = False


@get("/report/{account_id:int}")
async def ask_report(
    *,
    account_id: FromPath[int],
    params: Query[ReportParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    reads: NamedDependency[Reads],
) -> Response[str]:
    """The form to complain about an account, or about one post of it."""
    asked = ReportForm(post_ids=() if params.post is None else (params.post,))
    return await _ask(account_id, asked, show, member, reads)


@post("/report", status_code=303)
async def send_report(
    *,
    form: Form[ReportForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    reads: NamedDependency[Reads],
) -> Response[str] | Response[None]:
    """Tell those who run the server, and lead to what else one can do."""
    account_id = form.account_id
    if account_id is None:
        raise Missing
    complaint = moderation.Complaint(
        target_id=account_id,
        category=form.category,
        comment=form.comment,
        post_ids=form.post_ids,
        rule_ids=form.rule_ids if form.category == "violation" else (),
        forward=form.forward,
    )
    try:
        async with db.begin() as tx:
            made = await moderation.file_report(tx, complaint, by=member.account_id)
    except moderation.ReportInvalid as error:
        return await _ask(account_id, form, show, member, reads, error=error)
    return show.go(f"/reports/{made.id}", done="reported")


@get("/reports")
async def list_mine(
    params: Query[PageParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    reads: NamedDependency[Reads],
) -> Response[str]:
    """The member's own complaints and what became of them, newest first."""
    cursor = accounts.Cursor(limit=PER_PAGE, max_id=params.max_id, min_id=params.min_id)
    found = await moderation.own_reports(reads.db, member.account_id, cursor)
    people = await reads.account_views.get({one.target_id for one in found})
    return show(
        "reports.html",
        rows=[(one, people.get(one.target_id)) for one in found],
        titles={key: title for key, title, _ in _CATEGORIES},
        steps=steps_between([one.id for one in found], cursor),
    )


@get("/reports/{report_id:int}")
async def show_mine(
    *,
    report_id: FromPath[int],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    reads: NamedDependency[Reads],
) -> Response[str]:
    """One complaint of the member: what they said, what became of it, and what else they can do."""
    if not 0 < report_id <= BIGGEST_ID:
        raise Missing(report_id)
    db = reads.db
    held = await moderation.own_report(db, report_id, by=member.account_id)
    return show(
        "report_mine.html",
        held=held,
        person=await reads.account_views.one(held.target_id),
        relation=await relation_to(db, visitor, held.target_id),
        rules=await server.rules_by_id(db, held.rule_ids),
        titles={key: title for key, title, _ in _CATEGORIES},
    )


async def _ask(
    account_id: int, form: ReportForm, show: Show, member: Member, reads: Reads, *, error: DomainError | None = None
) -> Response[str]:
    account = await accounts.find_shown(reads.db, account_id)
    me = member.account_id
    if account.id == me:
        raise Missing(account_id)
    if len(await posts.visible_of(reads.db, account_id, form.post_ids, viewer_id=me)) != len(set(form.post_ids)):
        raise Missing(account_id)
    recent = await of_author(reads.db, account_id, Span(), _POSTS, boosts=False)
    seen = await posts.visible_of(reads.db, account_id, recent, viewer_id=me)
    shown = await reads.posts([*dict.fromkeys([*form.post_ids, *[one for one in recent if one in seen]])])
    rules = await server.rules(reads.db)
    return show(
        "report.html",
        error=error,
        form=form,
        target=(await Cards(reads.db, reads.account_views).faces([account_id]))[0],
        host="" if account.local else account.domain,
        posts=list(shown.values()),
        categories=[one for one in _CATEGORIES if rules or one[0] != "violation"],
        rules=rules,
    )


HANDLERS = pages(ask_report, send_report, list_mine, show_mine)
