"""Two accounts side by side: who is taken for somebody, or may be back, and the account or name before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from dunnock import accounts, moderation, text
from dunnock.accounts import Account, Counts, Power
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Reader
from dunnock.foundation.errors import Missing
from dunnock.integrity.identity.impostors import alikes_of
from dunnock.integrity.identity.letters import Letters, compare
from dunnock.integrity.identity.protected import find_name
from dunnock.integrity.signals import find_signal, signals_about

MOST_CONTACTS = 500
"""Of each, those whom it followed last."""
_NEEDS = Power.MANAGE_REPORTS


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two. `account_id` 0: a name that nobody bears here. `avatar`: JSON of media's Picture; `a_day`: posts."""

    account_id: int
    handle: str
    name: str
    bio: str = ""
    avatar: str | None = None
    standing: str = ""
    created_at: int = 0
    posts: int = 0
    followers: int = 0
    following: int = 0
    a_day: float = 0.0


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Both, and what shows it. `state` of the finding: watched, marked, cleared, over; open, confirmed, dismissed.

    `handle`, `name`: those of the suspect, compared with the other's. `contacts`: whom both follow. `cases`: open ones about
    the suspect. `score` 0 to 1; None: no detector is sure enough to have said so.
    """

    what: Literal["lookalike", "return"]
    suspect: Side
    original: Side
    state: str
    score: float | None
    evidence: dict[str, Any]
    handle: Sequence[Letters]
    name: Sequence[Letters]
    contacts: Sequence[int]
    cases: Sequence[int]


async def lookalike_pair(reader: Reader, account_id: int, name_id: int, *, by: int) -> Pair:
    """An account beside the protected name that it is taken for.

    Raises: NotPermitted; Missing: it is taken for no such name.
    """
    await accounts.permit(reader, by, _NEEDS)
    alike = next((one for one in await alikes_of(reader, account_id) if one.name_id == name_id), None)
    protected = await find_name(reader, name_id)
    if alike is None or protected is None:
        raise Missing(account_id, name_id)
    said = [one for one in await signals_about(reader, "account", account_id) if one.detector == "identity.lookalike"]
    score = next((one.score for one in said if one.evidence.get("name_id") == str(name_id)), None)
    alone = Side(account_id=0, handle=protected.handle, name=protected.name)
    return await _pair(
        reader, "lookalike", account_id, protected.account_id, alone, state=alike.state, score=score,
        evidence=msgspec.to_builtins(alike.evidence),
    )  # fmt: skip


async def return_pair(reader: Reader, signal_id: int, *, by: int) -> Pair:
    """An account beside the suspended one that it may be.

    Raises: NotPermitted; SignalMissing; Missing: the signal says something else.
    """
    await accounts.permit(reader, by, _NEEDS)
    signal = await find_signal(reader, signal_id)
    if signal.detector != "identity.return":
        raise Missing(signal_id)
    former_id = int(signal.evidence["former_id"])
    gone = Side(account_id=0, handle="", name="")
    return await _pair(
        reader, "return", signal.subject_id, former_id, gone, state=signal.state, score=signal.score,
        evidence=signal.evidence,
    )  # fmt: skip


async def _pair(
    reader: Reader,
    what: Literal["lookalike", "return"],
    suspect_id: int,
    original_id: int,
    alone: Side,
    *,
    state: str,
    score: float | None,
    evidence: dict[str, Any],
) -> Pair:
    ids = [one for one in (suspect_id, original_id) if one]
    people, counts = await accounts.find_many(reader, ids), await accounts.counts_of(reader, ids)
    if suspect_id not in people:
        raise Missing(suspect_id)
    suspect = _side(people[suspect_id], counts.get(suspect_id, Counts()))
    known = original_id in people
    original = _side(people[original_id], counts.get(original_id, Counts())) if known else alone
    contacts = await _followed(reader, suspect_id) & await _followed(reader, original_id) if known else frozenset()
    about = await moderation.cases_about(reader, [suspect_id])
    return Pair(
        what=what, suspect=suspect, original=original, state=state, score=score, evidence=evidence,
        handle=compare(suspect.handle.partition("@")[0], original.handle.partition("@")[0]),
        name=compare(suspect.name, original.name), contacts=sorted(contacts),
        cases=[one.id for one in about if not one.closed],
    )  # fmt: skip


def _side(one: Account, counts: Counts) -> Side:
    return Side(
        account_id=one.id, handle=one.handle, name=one.display_name, bio=text.plain(one.bio_html), avatar=one.avatar,
        standing=one.standing.value, created_at=one.created_at, posts=counts.posts, followers=counts.followers,
        following=counts.following, a_day=counts.posts / max(1.0, (now_ms() - one.created_at) / DAY),
    )  # fmt: skip


async def _followed(reader: Reader, account_id: int) -> frozenset[int]:
    page = await accounts.following(reader, account_id, accounts.Cursor(limit=MOST_CONTACTS), viewer=account_id)
    return frozenset(page.ids)
