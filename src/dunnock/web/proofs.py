"""Settings: what proves who one is, and, for named verifiers, who others are."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.federation.places import Places
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.foundation.http import Door
from dunnock.foundation.settings import Settings
from dunnock.integrity import identity
from dunnock.web.cards import Cards
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

HERE = "/settings/proofs"
_MOST_SHOWN = accounts.MOST_ATTESTED


class ProofsForm(Sent):
    """`what`: refuse (what a verifier said), attest (whom `handle` names) or withdraw (as a verifier).

    Or prove (`domain`), drop_domain, or links: look at those of the profile again.
    """

    what: str = ""
    account_id: Id | None = None
    handle: str = ""
    domain: str = ""


@get(HERE)
async def ask_proofs(
    *,
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """What proves who one is."""
    return await _ask(show, db, account_views, member, ProofsForm(), here=settings.domain)


@post(HERE, status_code=303)
async def change_proofs(
    *,
    form: Form[ProofsForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    account_views: NamedDependency[AccountViews],
    door: NamedDependency[Door],
) -> Response[str] | Response[None]:
    """Prove a domain, refuse what a verifier said, or vouch for somebody as one."""
    try:
        if form.what == "prove":
            places = Places(settings.public_url)
            await identity.prove_domain(db, door, member.account_id, form.domain, places=places)
        else:
            await _do(db, account_views, form, here=settings.domain, by=member.account_id)
    except DomainError as error:
        return await _ask(show, db, account_views, member, form, here=settings.domain, error=error)
    return show.go(HERE, done="saved")


async def _do(db: Db, account_views: AccountViews, form: ProofsForm, *, here: str, by: int) -> None:
    match form.what, form.account_id:
        case "refuse", int(verifier_id):
            async with db.begin() as tx:
                await accounts.refuse_attestation(tx, by, verifier_id=verifier_id)
        case "links", _:
            async with db.begin() as tx:
                await identity.look_at_links(tx, by)
        case "drop_domain", _:
            async with db.begin() as tx:
                await accounts.drop_domain(tx, by)
        case "withdraw", int(account_id):
            async with db.begin() as tx:
                await accounts.withdraw_attestation(tx, account_id, by=by)
        case "attest", account_id:
            whom = account_id or await _named(account_views, form.handle, here=here)
            async with db.begin() as tx:
                await accounts.attest(tx, whom, by=by)
        case _:
            raise Invalid(form.what[:40])


async def _named(account_views: AccountViews, handle: str, *, here: str) -> int:
    name, _, domain = handle.strip().removeprefix("@").partition("@")
    found = await account_views.id_of(name, "" if domain.casefold() == here else domain.casefold())
    if found is None:
        raise accounts.AccountMissing(handle[:80], say="There is no such account here")
    return found


async def _ask(
    show: Show,
    db: Db,
    account_views: AccountViews,
    member: Member,
    form: ProofsForm,
    *,
    here: str,
    error: DomainError | None = None,
) -> Response[str]:
    me, now = member.account_id, now_ms()
    verifiers = {one.account_id: one for one in await accounts.list_verifiers(db)}
    about = [one for one in await accounts.attested_of(db, me) if one.verifier_id in verifiers]
    own = verifiers.get(me)
    given = [] if own is None else await accounts.attested_by(db, me, shown=False, most=_MOST_SHOWN)
    ids = [*(one.verifier_id for one in about), *(one.account_id for one in given)]
    faces = await Cards(db, account_views).faces(ids)
    return show(
        "proofs.html", error=error, form=form, worn=await accounts.find_domain(db, me), about=about, own=own,
        given=given, faces={one.id: one for one in faces}, verifiers=verifiers, host=here,
        counting={one.account_id for one in verifiers.values() if one.counts(now)},
    )  # fmt: skip


HANDLERS = pages(ask_proofs, change_proofs)
