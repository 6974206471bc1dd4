"""Staff and who is whom. Ours: /api/v1/dunnock/admin/{protected_names,lookalikes,persona_turns}."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts
from dunnock.accounts import Power
from dunnock.api.kit import Called, Form, Id, Query, require
from dunnock.api.mastodon.admin_cases import DECIDES, READS, WRITES, Asked, asked
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid
from dunnock.integrity import identity
from dunnock.integrity.identity.letters import Letters

HERE: Final = "/api/v1/dunnock/admin"
_END = 2**62


class NamesParams(msgspec.Struct, frozen=True):
    """Those with an id above `after`."""

    after: int = 0


class LookalikesParams(msgspec.Struct, frozen=True):
    """`state`: marked or watched; last seen before `max_at` (Unix milliseconds)."""

    state: Literal["marked", "watched"] = "marked"
    max_at: int = _END


class TurnsParams(msgspec.Struct, frozen=True):
    """`state`: suspended (badges wait) or noticed; with an id below `max_id`."""

    state: Literal["suspended", "noticed"] = "suspended"
    max_id: int = _END


class NameForm(msgspec.Struct):
    """A name, and what it is called by: a handle, the account that owns it, its site."""

    name: str = ""
    handle: str = ""
    account_id: Id | None = None
    site: str = ""


class LookalikeForm(msgspec.Struct):
    """Is the account an impostor of the name?"""

    account_id: Id | None = None
    name_id: Id | None = None
    impostor: bool | None = None


class TurnForm(msgspec.Struct):
    """`restore`: the account is still whose it was and has its badges back."""

    restore: bool | None = None


class ProtectedName(msgspec.Struct, kw_only=True):
    """A name that nobody else may be taken for."""

    id: str
    name: str
    handle: str
    account_id: str | None
    site: str


class Lookalike(msgspec.Struct, kw_only=True):
    """An account that is taken for a name, and what shows it."""

    account_id: str
    name_id: str
    name: str
    owner_id: str | None
    state: str
    evidence: Any
    at: str


class PersonaTurn(msgspec.Struct, kw_only=True):
    """An account that became another: what it was, what shows it, the badges that wait."""

    id: str
    account_id: str
    former: str
    evidence: Any
    held_labels: list[str]
    state: str
    until: str


class NamePart(msgspec.Struct, kw_only=True):
    """A part of the suspect's name. `how`: same; alike (it looks as `of` does); other. `characters`: as Unicode calls them."""

    text: str
    how: str
    of: str
    characters: list[str]


class PairSide(msgspec.Struct, kw_only=True):
    """One of the two; `account_id` null: a name that nobody bears here."""

    account_id: str | None
    handle: str
    name: str
    bio: str
    standing: str
    created_at: str | None
    statuses_count: int
    followers_count: int
    following_count: int
    statuses_a_day: float


class AccountPair(msgspec.Struct, kw_only=True):
    """An account beside the name or the account that it is taken for. `contact_ids`: whom both follow; `case_ids`: open ones."""

    what: str
    state: str
    score: float | None
    evidence: Any
    suspect: PairSide
    original: PairSide
    handle: list[NamePart]
    name: list[NamePart]
    contact_ids: list[str]
    case_ids: list[str]


@get(f"{HERE}/protected_names", guards=[require(READS)])
async def list_names(params: Query[NamesParams], caller: Called, db: NamedDependency[Db]) -> list[ProtectedName]:
    """Names that staff protect, the oldest first; at most 200."""
    return [_name(one) for one in await identity.list_names(db, by=me(caller), after=params.after)]


@post(f"{HERE}/protected_names", guards=[require(WRITES)], status_code=200)
async def protect_name(form: Form[NameForm], caller: Called, db: NamedDependency[Db]) -> ProtectedName:
    """Protect a name from now on, and look at all accounts for those that are taken for it."""
    async with db.begin() as tx:
        made = await identity.add_name(
            tx, form.name, handle=form.handle, account_id=form.account_id or 0, site=form.site, by=me(caller)
        )
    return _name(made)


@delete(f"{HERE}/protected_names/{{name_id:int}}", guards=[require(WRITES)], status_code=200)
async def unprotect_name(name_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Protect a name no longer."""
    async with db.begin() as tx:
        await identity.unprotect(tx, name_id, by=me(caller))
    return {}


@get(f"{HERE}/lookalikes", guards=[require(READS)])
async def list_lookalikes(params: Query[LookalikesParams], caller: Called, db: NamedDependency[Db]) -> list[Lookalike]:
    """Accounts that are taken for a protected name, the newest first; at most 50."""
    return [
        Lookalike(
            account_id=str(one.account_id), name_id=str(one.name_id), name=one.name, owner_id=_maybe(one.owner_id),
            state=one.state, evidence=msgspec.to_builtins(one.evidence), at=iso(one.at),
        )
        for one in await identity.alikes(db, params.state, by=me(caller), before=params.max_at)
    ]  # fmt: skip


@post(f"{HERE}/lookalikes", guards=[require(WRITES)], status_code=200)
async def settle_lookalike(form: Form[LookalikeForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Say whether an account is an impostor of a name."""
    await accounts.permit(db, me(caller), Power.MANAGE_REPORTS)
    if form.account_id is None or form.name_id is None or form.impostor is None:
        raise Invalid(None, say="Validation failed: Give account_id, name_id and impostor")
    async with db.begin() as tx:
        await identity.settle(tx, form.account_id, form.name_id, impostor=form.impostor, by=me(caller))
    return {}


@get(f"{HERE}/lookalikes/{{account_id:int}}/{{name_id:int}}", guards=[require(READS)])
async def show_lookalike(
    account_id: FromPath[int], name_id: FromPath[int], caller: Called, db: NamedDependency[Db]
) -> AccountPair:
    """An account beside the name that it is taken for, with the letters that are not the same, and whom both follow."""
    return _pair(await identity.lookalike_pair(db, account_id, name_id, by=me(caller)))


@get(f"{HERE}/returns/{{signal_id:int}}", guards=[require(READS)])
async def show_return(signal_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> AccountPair:
    """An account beside the suspended one that it may be, as a signal `identity.return` says."""
    return _pair(await identity.return_pair(db, signal_id, by=me(caller)))


@get(f"{HERE}/persona_turns", guards=[require(READS)])
async def list_turns(params: Query[TurnsParams], caller: Called, db: NamedDependency[Db]) -> list[PersonaTurn]:
    """Accounts that became another, the newest first; at most 50."""
    return [
        PersonaTurn(
            id=str(one.id), account_id=str(one.account_id), former=one.former, evidence=msgspec.to_builtins(one.evidence),
            held_labels=[held.kind for held in one.held], state=one.state, until=iso(one.until),
        )
        for one in await identity.list_turns(db, params.state, by=me(caller), below=params.max_id)
    ]  # fmt: skip


@post(f"{HERE}/persona_turns/{{turn_id:int}}/settle", guards=[require(DECIDES)], status_code=200)
async def settle_turn(turn_id: FromPath[int], form: Form[TurnForm], caller: Called, db: NamedDependency[Db]) -> Asked:
    """Give the badges back, which of a protected account somebody else must agree to, or let only the notice stay."""
    await accounts.permit(db, me(caller), Power.MANAGE_MEMBERS)
    if form.restore is None:
        raise Invalid(None, say="Validation failed: Say whether its badges are restored")
    async with db.begin() as tx:
        return asked(await identity.settle_turn(tx, turn_id, restore=form.restore, by=me(caller)))


def _name(one: identity.Protected) -> ProtectedName:
    return ProtectedName(
        id=str(one.id), name=one.name, handle=one.handle, account_id=_maybe(one.account_id), site=one.site
    )


def _pair(one: identity.Pair) -> AccountPair:
    return AccountPair(
        what=one.what, state=one.state, score=one.score, evidence=one.evidence, suspect=_side(one.suspect),
        original=_side(one.original), handle=_parts(one.handle), name=_parts(one.name),
        contact_ids=[str(an_id) for an_id in one.contacts], case_ids=[str(an_id) for an_id in one.cases],
    )  # fmt: skip


def _side(one: identity.Side) -> PairSide:
    return PairSide(
        account_id=_maybe(one.account_id), handle=one.handle, name=one.name, bio=one.bio, standing=one.standing,
        created_at=iso(one.created_at) if one.created_at else None, statuses_count=one.posts,
        followers_count=one.followers, following_count=one.following, statuses_a_day=round(one.a_day, 3),
    )  # fmt: skip


def _parts(parts: Sequence[Letters]) -> list[NamePart]:
    return [NamePart(text=one.text, how=one.how, of=one.of, characters=list(one.called)) for one in parts]


def _maybe(an_id: int) -> str | None:
    return str(an_id) if an_id else None


HANDLERS: list[Any] = [
    list_names, protect_name, unprotect_name, list_lookalikes, settle_lookalike, show_lookalike, show_return,
    list_turns, settle_turn,
]  # fmt: skip
