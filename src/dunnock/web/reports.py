"""Complain about somebody, and, for staff, what others complained about. Mastodon: the report form, /admin/reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts, moderation, posts, server
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid, Missing
from dunnock.foundation.ids import ms_of
from dunnock.posts.views import PostViews
from dunnock.web.cards import Cards
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_A_PAGE = 40
_CATEGORIES = (
    ("other", "Something else"), ("spam", "It is spam"), ("violation", "It breaks rules of this server"),
    ("legal", "It is against the law"),
)  # fmt: skip
_ACTIONS = (
    ("none", "Only warn"), ("sensitive", "Mark all their posts as sensitive"), ("limit", "Limit"),
    ("disable", "Shut out of signing in"), ("suspend", "Suspend"),
)  # fmt: skip
_NAMES = dict(_CATEGORIES)


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


class ReportsParams(msgspec.Struct, frozen=True):
    """`resolved`: those that staff are done with; `max_id`: older ones."""

    resolved: bool = False
    max_id: Id | None = None
    done: str = ""


class HandleForm(Sent):
    """`what`: resolve, reopen, assign, or act (with `action` and a `text` to the member)."""

    report_id: Id | None = None
    what: str = ""
    action: str = ""
    text: str = ""


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


class Reads(msgspec.Struct, frozen=True):
    """Where these pages read."""

    db: Any
    account_views: Any
    post_views: Any

    async def posts(self, ids: Sequence[int]) -> dict[int, Any]:
        """Posts as pages show them, whoever may see them; deleted ones are left out."""
        found = await self.post_views.get(ids)
        people = await self.account_views.get({card.author_id for card in found.values()})
        entries = [
            card
            for an_id in dict.fromkeys(ids)
            if (card := found.get(an_id)) and (card.boost_of_id is None or card.boost_of_id in found)
        ]
        shown = await Cards(self.db, self.account_views).posts(entries, found, people)
        return {card.id: one for card, one in zip(entries, shown, strict=True)}


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


@get("/admin/reports")
async def list_reports(
    *,
    params: Query[ReportsParams],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
    post_views: NamedDependency[PostViews],
) -> Response[str]:
    """What others complained about, newest first."""
    return await _list(params, show, staff, Reads(db, account_views, post_views))


@post("/admin/reports", status_code=303)
async def handle_report(
    *,
    form: Form[HandleForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
    post_views: NamedDependency[PostViews],
) -> Response[str] | Response[None]:
    """See to a report, be done with it, or judge whom it is about."""
    by = staff.account_id
    if form.report_id is None:
        raise Missing
    try:
        async with db.begin() as tx:
            match form.what:
                case "assign":
                    await moderation.assign_report(tx, form.report_id, by=by, to=by)
                case "resolve":
                    await moderation.resolve_report(tx, form.report_id, by=by)
                case "reopen":
                    await moderation.reopen_report(tx, form.report_id, by=by)
                case "act":
                    report = await moderation.show_report(tx, form.report_id, by=by)
                    judgement = moderation.Judgement(
                        action=form.action, account_ids=(report.target_id,), text=form.text, report_id=report.id
                    )
                    await moderation.decide(tx, judgement, by=by)
                case _:
                    raise Invalid(form.what)
    except (moderation.DecisionInvalid, accounts.NotPermitted) as error:
        return await _list(ReportsParams(), show, staff, Reads(db, account_views, post_views), error=error)
    return show.go("/admin/reports", done="judged" if form.what == "act" else "handled")


async def _list(
    params: ReportsParams, show: Show, staff: Member, reads: Reads, *, error: DomainError | None = None
) -> Response[str]:
    cursor = accounts.Cursor(limit=_A_PAGE, max_id=params.max_id)
    wanted = moderation.WantedReports(resolved=params.resolved)
    found = await moderation.list_reports(reads.db, wanted, cursor, by=staff.account_id)
    people = {an_id for one in found for an_id in (one.account_id, one.target_id, one.assigned_to) if an_id}
    names = {an_id: card.handle for an_id, card in (await reads.account_views.get(people)).items()}
    shown = await reads.posts([an_id for one in found for an_id in one.post_ids])
    rules = {
        rule.id: rule.text for rule in await server.rules_by_id(reads.db, {r for one in found for r in one.rule_ids})
    }
    rows = [
        {
            "report": one,
            "at": ms_of(one.id),
            "kind": _NAMES[one.category],
            "by": names.get(one.account_id, ""),
            "about": names.get(one.target_id, ""),
            "assigned": names.get(one.assigned_to or 0, ""),
            "posts": [shown[an_id] for an_id in one.post_ids if an_id in shown],
            "rules": [rules[an_id] for an_id in one.rule_ids if an_id in rules],
        }
        for one in found
    ]
    return show(
        "reports.html",
        error=error,
        rows=rows,
        resolved=params.resolved,
        actions=_ACTIONS,
        older=found[-1].id if len(found) == _A_PAGE else None,
    )


HANDLERS = pages(ask_report, send_report, list_reports, handle_report)
