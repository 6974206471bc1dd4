"""Accounts that became somebody else: their badges wait until staff looked, and readers are told for 30 days who they were.

What is taken is kept and given back whole. The history of names stays public either way (accounts.personas).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dunnock import accounts
from dunnock.accounts import Account, Label, Power, Staff
from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.foundation.db import Db, Reader, Row, Tx
from dunnock.foundation.errors import Missing
from dunnock.foundation.ids import id_at
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Every
from dunnock.integrity.identity import store
from dunnock.integrity.identity.events import PersonaTurned
from dunnock.integrity.identity.links import CheckLinks
from dunnock.integrity.identity.shift import SETTLED_MS, WINDOW_MS, Evidence, weigh, weigh_steps
from dunnock.integrity.signals import raise_signal
from dunnock.moderation import log, second

NOTICE_MS = 30 * DAY
_NEVER = 2**53
_MOST_CHANGES = 100
_LOOKED_BACK_MS = 180 * DAY
_BADGES = frozenset(("official",))
_KIND = "renamed"
_LONGEST_FORMER = 80
_evidence = msgspec.json.Decoder(Evidence).decode
_labels = msgspec.json.Decoder(tuple[Label, ...]).decode


class Turn(msgspec.Struct, frozen=True):
    """One of them. `held`: the badges that wait; `state`: suspended, noticed or over; `until`: Unix milliseconds."""

    id: int
    account_id: int
    former: str
    evidence: Evidence
    held: tuple[Label, ...]
    state: str
    until: int


class EndNotices(Job, frozen=True):
    """Take down the notices whose 30 days are over."""


EVERY = (Every(EndNotices(), HOUR),)


async def look_at(tx: Tx, account_id: int) -> None:
    """Look at what an account changed of late; suspend its badges and tell readers, if it is another now."""
    account = await accounts.find(tx, account_id)
    if account is None or not account.shown:
        return
    held = await _turn_of(tx, account_id)
    called = account.display_name or account.username
    if held is not None and called == held.former and _said(account) == held.former:
        await accounts.drop_label(tx, [account_id], _KIND)  # it bears the name again
    counts = (await accounts.counts_of(tx, [account_id])).get(account_id)
    badges = tuple(one for one in account.labels if one.kind in _BADGES)
    proved = any(one.verified_at is not None for one in account.fields)
    waits = held is not None and held.state == "suspended"
    restored = int(await tx.value(store.RESTORED, account=account_id, now=tx.now) or 0)
    told = await _weigh(
        tx,
        account,
        above=max([restored, *(one.since for one in badges)]),
        followers=counts.followers if counts else 0,
        badge=bool(badges or account.attestations or account.domain_handle) or proved or waits,
        vouched=bool(badges or account.attestations)
        or (held is not None and (bool(held.held) or held.evidence.vouched)),
        badges=badges,
    )
    if told is None or not told.turned:
        return
    former = (held.former if held is not None and held.until > tx.now else told.old)[:_LONGEST_FORMER]
    if held is None or badges or _says_more(told, held.evidence):
        await _put(tx, account_id, held, told, former=former, badges=badges)
    for one in badges:
        await accounts.drop_label(tx, [account_id], one.kind)
    if proved:
        await accounts.doubt_links(tx, account_id)
    if called != former:
        await accounts.put_label(tx, [account_id], _KIND, f"Formerly {former}", of=former)


async def _weigh(
    tx: Tx, account: Account, *, above: int, followers: int, badge: bool, vouched: bool, badges: Sequence[Label]
) -> Evidence | None:
    """The stronger of what changed in minutes and what changed step by step. `above`: what staff saw then stands."""
    called = account.display_name or account.username
    since = id_at(max(above, tx.now - 2 * WINDOW_MS))
    changes = await accounts.personas(tx, account.id, accounts.Cursor(limit=_MOST_CHANGES, since_id=since))
    quick = weigh(changes, now_called=called, followers=followers, badge=badge, handle=account.username)
    horizon = max(above, tx.now - _LOOKED_BACK_MS)
    given_up = await accounts.given_up(tx, account.id, above=horizon, now=tx.now, stood=SETTLED_MS)
    steps = weigh_steps(
        given_up,
        now_called=called,
        followers=followers,
        badge=badge,
        vouched=vouched,
        now=tx.now,
        handle=account.username,
        vouched_name=await accounts.name_at(tx, account.id, above) if badges else None,
    )
    found = [one for one in (quick, steps) if one is not None]
    return max(found, key=lambda one: (one.serious, one.turned, one.score), default=None)


def _says_more(told: Evidence, before: Evidence) -> bool:
    """Whether it became yet another, or more of it did: a bio brought up to date lets no notice stand for longer."""
    return (
        told.new != before.new
        or not set(told.fields) <= set(before.fields)
        or (told.serious and not before.serious)
        or told.badge > before.badge
    )


async def _put(
    tx: Tx, account_id: int, held: Turn | None, told: Evidence, *, former: str, badges: Sequence[Label]
) -> None:
    waiting = (*(held.held if held is not None else ()), *badges)
    body = {
        "evidence": msgspec.json.encode(told).decode(),
        "held": msgspec.json.encode(waiting).decode(),
        "state": "suspended" if told.badge else "noticed",
        "until": tx.now + NOTICE_MS,
    }
    if held is None:
        turn_id = tx.new_id()
        await tx.run(store.ADD_TURN, id=turn_id, account_id=account_id, former=former, **body)
        await tx.record(PersonaTurned(account_id=account_id, turn_id=turn_id))
    else:
        await tx.run(
            store.CHANGE_TURN, the=held.id, whom=None, **{f"new_{name}": value for name, value in body.items()}
        )
    if told.serious:
        shown = {
            "at": told.at, "since": told.since, "fields": list(told.fields), "role": told.role, "followers": told.followers,
            "badge": told.badge,
        }  # fmt: skip
        await raise_signal(tx, "identity.shift", "account", account_id, score=told.score, evidence=shown)


async def settle(tx: Tx, turn_id: int, *, restore: bool, by: int) -> int | None:
    """Staff looked: the account is still whose it was and has its badges back, or the notice alone stays.

    A protected account has its badges back when another person agreed; the request that they must agree to, None: it is done.

    Raises:
        NotPermitted: the role of `by` does not allow it.
        Missing: there is no such turn (any more).
    """
    staff = await log.acting(tx, by, Power.MANAGE_MEMBERS)
    one = await _open(tx, turn_id)
    sheet = await accounts.find_sheet(tx, one.account_id)
    protected = sheet is not None and (sheet.protected or any(label.kind in _BADGES for label in one.held))
    if restore and protected and await second.has_second(tx, staff, Power.MANAGE_MEMBERS):
        return await second.needs_second(tx, "badges", _body(one), staff, why=one.former, about_protected=True)
    await _settle(tx, one, staff, restore=restore, by=by)
    return None


@second.done_by("badges", Power.MANAGE_MEMBERS)
async def _restore(tx: Tx, body: Mapping[str, Any], asker: Staff, _: Staff) -> None:
    one = await _open(tx, int(body["turn"]))
    if _body(one) != body:
        raise Missing(one.id)  # it became yet another meanwhile: that is for a new look
    await _settle(tx, one, asker, restore=True, by=asker.account_id)


def _body(one: Turn) -> dict[str, Any]:
    badges = [f"{label.kind}: {label.text}" for label in one.held]
    return {"turn": one.id, "account": one.account_id, "former": one.former, "badges": badges, "until": one.until}


async def _open(tx: Tx, turn_id: int) -> Turn:
    row = await tx.one(store.TURN, the=turn_id)
    if row is None or row[5] == "over":
        raise Missing(turn_id)
    return _turn(row)


async def _settle(tx: Tx, one: Turn, staff: Staff, *, restore: bool, by: int) -> None:
    if restore:
        await accounts.drop_label(tx, [one.account_id], _KIND)
        for label in one.held:
            await accounts.put_label(tx, [one.account_id], label.kind, label.text, of=label.of)
        await tx.enqueue(CheckLinks(account_id=one.account_id))
    state, until = ("over", tx.now) if restore else ("noticed", one.until)
    await _change(tx, one, state=state, until=until, by=by)
    await log.note(tx, staff, "account.same" if restore else "account.turned", one.account_id, called=one.former)


async def list_turns(reader: Reader, state: str, *, by: int, below: int, most: int = 50) -> list[Turn]:
    """Those in a state, newest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, Power.MANAGE_REPORTS)
    return [_turn(row) for row in await reader.all(store.TURNS, which=state, below=below, most=most)]


async def end_notices(db: Db, _: EndNotices) -> None:
    """Do the job."""
    while due := [_turn(row) for row in await db.all(store.DUE_TURNS, now=now_ms(), most=200)]:
        async with db.begin() as tx:
            for one in due:
                account = await accounts.find(tx, one.account_id)
                if account is not None and _said(account) == one.former:
                    await accounts.drop_label(tx, [one.account_id], _KIND)
                waits = one.state == "suspended"  # the badge stays away until somebody looked
                if not waits:
                    await tx.enqueue(CheckLinks(account_id=one.account_id))
                await _change(tx, one, state=one.state if waits else "over", until=_NEVER if waits else one.until)


async def _change(tx: Tx, one: Turn, *, state: str, until: int, by: int | None = None) -> None:
    await tx.run(
        store.CHANGE_TURN, the=one.id, new_evidence=msgspec.json.encode(one.evidence).decode(),
        new_held=msgspec.json.encode(one.held).decode(), new_state=state, new_until=until, whom=by,
    )  # fmt: skip


async def _turn_of(reader: Reader, account_id: int) -> Turn | None:
    row = await reader.one(store.TURN_OF, account=account_id)
    return None if row is None else _turn(row)


def _said(account: Account) -> str:
    return next((one.of for one in account.labels if one.kind == _KIND), "")


def _turn(row: Row) -> Turn:
    return Turn(row[0], row[1], row[2], _evidence(row[3]), _labels(row[4]), row[5], row[6])
