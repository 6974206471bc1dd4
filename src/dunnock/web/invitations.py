"""Settings: inviting others."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts, discovery
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid, Kind
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member, Visitor

_MOST_USES, _MOST_DAYS = 10_000, 3_660


class InvitingRefused(DomainError):
    """Only staff may invite."""

    code, kind, safe = "inviting_refused", Kind.DENIED, "Only the people who run this server can invite others to it."


class InvitationsParams(DoneParams, frozen=True):
    """`collection`: whose people those who come are offered to follow."""

    collection: Id | None = None


class InvitationForm(Sent):
    """For how many people and days; 0: no limit. `collection`: as for the page."""

    most_uses: int = 1
    days: int = 7
    collection: Id | None = None


class WithdrawForm(Sent):
    """Which invitation to end."""

    id: Id


@get("/settings/invitations")
async def list_invitations(
    *,
    params: Query[InvitationsParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
) -> Response[str]:
    """One's invitations, and the form for a new one."""
    return await _list(show, db, member, visitor, collection=params.collection)


@post("/settings/invitations", status_code=303)
async def invite(
    form: Form[InvitationForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
) -> Response[str] | Response[None]:
    """Make an invitation; only those who run the server may."""
    if not visitor.is_staff:
        raise InvitingRefused(member.member_id)
    if not (0 <= form.most_uses <= _MOST_USES and 0 <= form.days <= _MOST_DAYS):
        raise Invalid(form.most_uses, form.days)
    try:
        async with db.begin() as tx:
            await accounts.invite(
                tx,
                by_member_id=member.member_id,
                most_uses=form.most_uses or None,
                expires_at=tx.now + form.days * DAY if form.days else None,
            )
    except DomainError as error:
        return await _list(show, db, member, visitor, collection=form.collection, error=error)
    query = "" if form.collection is None else f"?collection={form.collection}"
    return show.go(f"/settings/invitations{query}", done="invited")


@post("/settings/invitations/withdraw", status_code=303)
async def withdraw(
    form: Form[WithdrawForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Nobody else may join with it."""
    async with db.begin() as tx:
        await accounts.revoke_invitation(tx, form.id, by_member_id=member.member_id)
    return show.go("/settings/invitations", done="withdrawn")


async def _list(
    show: Show,
    db: Db,
    member: Member,
    visitor: Visitor,
    *,
    collection: int | None,
    error: DomainError | None = None,
) -> Response[str]:
    held = await accounts.invitations_by(db, member.member_id)
    one = None
    if collection is not None:
        one = await discovery.find_collection(db, collection, viewer=member.account_id)
    return show("invitations.html", error=error, invitations=held, allowed=visitor.is_staff, collection=one)


HANDLERS = pages(list_invitations, invite, withdraw)
