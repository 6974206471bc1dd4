"""Who is who: named verifiers and what they say, domains as handles.

Ours: /api/v1/dunnock/{verifiers,attestations,domain_handle}, …/accounts/:id/attestation.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts, moderation
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Called, Form, Id, Query, public, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.admin_cases import Asked, asked
from dunnock.api.mastodon.pages import answer, me
from dunnock.api.mastodon.render import Render
from dunnock.federation.places import Places
from dunnock.foundation.clock import iso, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid
from dunnock.foundation.http import Door
from dunnock.foundation.settings import Settings
from dunnock.integrity import identity

OURS: Final = "/api/v1/dunnock"
_ONE: Final = f"{OURS}/accounts/{{account_id:int}}/attestation"


class DomainForm(msgspec.Struct):
    """A domain that is the caller's."""

    domain: str = ""


class OwnDomain(msgspec.Struct, kw_only=True):
    """The caller's domain. `proof`: the line for `https://DOMAIN/.well-known/dunnock`; `lost`: gone, taken; empty: it counts."""

    proof: str
    domain: str
    way: str
    proved_at: str | None
    checked_at: str | None
    failing_since: str | None
    lost: str


class VouchedParams(msgspec.Struct, frozen=True):
    """Those said before `max_at` (Unix milliseconds); of one moment those with an account id below `max_id`."""

    max_at: int = accounts.NEWEST_ATTESTED
    max_id: int = 0


class VerifierForm(msgspec.Struct):
    """Whom to name, what for (up to 120 characters), and until when (Unix milliseconds); no `until`: without an end."""

    account_id: Id | None = None
    what: str = ""
    until: int | None = None


class Verifier(msgspec.Struct, kw_only=True):
    """Whom staff named to say who others are. `counts`: whether that counts now; `attested_count`: for how many."""

    account_id: str
    acct: str
    display_name: str
    what: str
    since: str
    until: str | None
    counts: bool
    attested_count: int


class Vouched(msgspec.Struct, kw_only=True):
    """An account for which a verifier vouches. `max_at`: for the next page."""

    account_id: str
    acct: str
    display_name: str
    since: str
    max_at: int


class OwnAttestation(msgspec.Struct, kw_only=True):
    """What a verifier said of the caller. `state`: given, doubted (the name is another since), refused; `counts`: all see it."""

    verifier_id: str
    acct: str
    display_name: str
    what: str
    since: str
    state: str
    counts: bool


@get(f"{OURS}/verifiers", guards=[public("read:accounts")])
async def list_verifiers(db: NamedDependency[Db]) -> list[Verifier]:
    """All named verifiers, the first first."""
    return [_verifier(one) for one in await accounts.list_verifiers(db)]


@get(f"{OURS}/verifiers/{{account_id:int}}/attestations", guards=[public("read:accounts")])
async def list_vouched(
    account_id: FromPath[int],
    params: Query[VouchedParams],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> list[Vouched]:
    """Accounts for which a verifier vouches, the newest first; at most 40."""
    verifier = await accounts.find_verifier(db, account_id)
    if verifier is None or not verifier.counts(now_ms()):
        return []
    found = await accounts.attested_by(db, account_id, shown=True, before=params.max_at, below=params.max_id)
    cards = await account_views.get([one.account_id for one in found])
    return [
        Vouched(
            account_id=str(card.id), acct=card.handle, display_name=card.display_name, since=iso(one.at), max_at=one.at
        )
        for one in found
        if (card := cards.get(one.account_id)) is not None
    ]


@post(_ONE, guards=[require("write:accounts")], status_code=200)
async def attest(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Account]:
    """As a verifier, say for all to see that an account is who it says it is."""
    async with db.begin() as tx:
        await accounts.attest(tx, account_id, by=me(caller))
    return answer(await render.account(account_id))


@delete(_ONE, guards=[require("write:accounts")], status_code=200)
async def withdraw(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Account]:
    """As a verifier, take back what one said of an account."""
    await accounts.find_shown(db, account_id)
    async with db.begin() as tx:
        await accounts.withdraw_attestation(tx, account_id, by=me(caller))
    return answer(await render.account(account_id))


@get(f"{OURS}/attestations", guards=[require("read:accounts")])
async def list_own(caller: Called, db: NamedDependency[Db]) -> list[OwnAttestation]:
    """What verifiers said of the caller, the newest first."""
    verifiers = {one.account_id: one for one in await accounts.list_verifiers(db)}
    return [
        OwnAttestation(
            verifier_id=str(by.account_id), acct=by.username, display_name=by.display_name, what=by.what,
            since=iso(one.at), state=one.state, counts=one.state == "given" and by.counts(now_ms()),
        )
        for one in await accounts.attested_of(db, me(caller))
        if (by := verifiers.get(one.verifier_id)) is not None
    ]  # fmt: skip


@delete(f"{OURS}/attestations/{{verifier_id:int}}", guards=[require("write:accounts")], status_code=200)
async def refuse(verifier_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Let a verifier not say who the caller is, now and later."""
    async with db.begin() as tx:
        await accounts.refuse_attestation(tx, me(caller), verifier_id=verifier_id)
    return {}


@get(f"{OURS}/domain_handle", guards=[require("read:accounts")])
async def show_domain(caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]) -> OwnDomain:
    """The domain that the caller wears as a handle, or lost, and what proves one."""
    return await _domain(db, me(caller), settings)


@post(f"{OURS}/domain_handle", guards=[require("write:accounts")], status_code=200)
async def prove_domain(
    form: Form[DomainForm],
    caller: Called,
    db: NamedDependency[Db],
    door: NamedDependency[Door],
    settings: NamedDependency[Settings],
) -> OwnDomain:
    """Look whether a domain says that it is the caller's, and wear it as a handle then."""
    await identity.prove_domain(db, door, me(caller), form.domain, places=Places(settings.public_url))
    return await _domain(db, me(caller), settings)


@delete(f"{OURS}/domain_handle", guards=[require("write:accounts")], status_code=200)
async def drop_domain(caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]) -> OwnDomain:
    """Wear no domain any more."""
    async with db.begin() as tx:
        await accounts.drop_domain(tx, me(caller))
    return await _domain(db, me(caller), settings)


@post(f"{OURS}/admin/verifiers", guards=[require("admin:write")], status_code=200)
async def name_verifier(form: Form[VerifierForm], caller: Called, db: NamedDependency[Db]) -> Asked:
    """Name an account of this server a verifier, or name one anew; somebody else must agree."""
    await accounts.permit(db, me(caller), accounts.Power.MANAGE_SETTINGS)
    if form.account_id is None:
        raise Invalid(None, say="Validation failed: Give account_id and what")
    async with db.begin() as tx:
        return asked(
            await moderation.name_verifier(tx, form.account_id, form.what, until=form.until, by=me(caller))
        )  # fmt: skip


@delete(f"{OURS}/admin/verifiers/{{account_id:int}}", guards=[require("admin:write")], status_code=200)
async def end_verifier(account_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Let nothing count any more that a verifier said."""
    async with db.begin() as tx:
        await moderation.end_verifier(tx, account_id, by=me(caller))
    return {}


async def _domain(db: Db, account_id: int, settings: Settings) -> OwnDomain:
    account = await accounts.find_shown(db, account_id)
    held = await accounts.find_domain(db, account_id)
    proof = f"@{account.username}@{settings.domain}"
    if held is None:
        return OwnDomain(
            proof=proof, domain="", way="", proved_at=None, checked_at=None, failing_since=None, lost=""
        )  # fmt: skip
    return OwnDomain(
        proof=proof, domain=held.domain, way=held.way, proved_at=iso(held.proved_at), checked_at=iso(held.checked_at),
        failing_since=None if held.failing_since is None else iso(held.failing_since), lost=held.lost_why,
    )  # fmt: skip


def _verifier(one: accounts.Verifier) -> Verifier:
    return Verifier(
        account_id=str(one.account_id), acct=one.username, display_name=one.display_name, what=one.what,
        since=iso(one.since), until=None if one.until is None else iso(one.until), counts=one.counts(now_ms()),
        attested_count=one.attested,
    )  # fmt: skip


HANDLERS: list[Any] = [
    list_verifiers, list_vouched, attest, withdraw, list_own, refuse, name_verifier, end_verifier, show_domain,
    prove_domain, drop_domain,
]  # fmt: skip
