"""Two persons for what one alone must not do: one asks, another reads exactly what will be done, and agrees.

A request is bound to the SHA-256 of what will be done; who agrees names that hash, is somebody else with the same power, has
signed in lately, and does so within 30 minutes. The rule is kept here, below the API and the pages, which call use cases that
write a request down in place of doing it (DISARM drill D04: a rogue session of staff). Commands are bound by `shell`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from dunnock import accounts
from dunnock.accounts import Power, Staff
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.db import Db, Reader, Row, Tx
from dunnock.foundation.ids import id_at
from dunnock.foundation.job import Job
from dunnock.moderation import log
from dunnock.moderation.errors import RequestMissing, RequestRefused
from dunnock.moderation.events import StaffAlarmed, StaffRequested
from dunnock.moderation.store import requests as store

WITHIN_MS = 30 * MINUTE
"""A request that nobody agreed to lapses after that."""
FRESH_MS = 30 * MINUTE
"""Who agrees must have signed in so lately."""
MOST_ALONE = 50
"""Accounts that one person may judge in one decision, and 100 in an hour."""
MOST_ALONE_AN_HOUR = 100
MOST_ACTS_AN_HOUR = 10
"""How often one person may touch how members sign in, in an hour, before it needs another."""
COOLS_MS = DAY
"""So long after their own password, address or second step changed, one can't agree, nor touch others' ways in alone."""
ALARM_AFTER = 3
"""So many requests about protected accounts, or beyond what one may do alone in an hour, alarm all staff."""

_SERVER = Staff(log.THE_SERVER, 0, "owner")
Act = Callable[[Tx, Mapping[str, Any], Staff, Staff], Awaitable[None]]
Refused = Callable[[Tx, Mapping[str, Any]], Awaitable[None]]
_ACTS: dict[str, tuple[Power, Act]] = {}
_REFUSED: dict[str, Refused] = {}


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What one of the staff wants, or (`by_account_id` None) a command on the server is to do. Times in Unix milliseconds.

    `body` is JSON: exactly what will be done.
    """

    id: int
    kind: str
    body: str
    digest: str
    why: str
    by_account_id: int | None
    expires_at: int
    verdict: str
    decided_at: int | None
    decided_by: int | None

    @property
    def said(self) -> dict[str, Any]:
        """The body, read."""
        held: dict[str, Any] = msgspec.json.decode(self.body)
        return held


class EndRequests(Job, frozen=True):
    """Let requests lapse that nobody agreed to in time."""


def done_by(kind: str, power: Power) -> Callable[[Act], Act]:
    """Mark what does a kind of request once somebody agreed; `power`: what both need."""

    def marked(act: Act) -> Act:
        _ACTS[kind] = (power, act)
        return act

    return marked


def not_done_by(kind: str) -> Callable[[Refused], Refused]:
    """Mark what follows when nobody agrees to a kind of request: it is refused, taken back, or lapses."""

    def marked(act: Refused) -> Refused:
        _REFUSED[kind] = act
        return act

    return marked


def digest_of(kind: str, body: str) -> str:
    """What a request is bound to."""
    return hashlib.sha256(f"{kind}\n{body}".encode()).hexdigest()


async def has_second(reader: Reader, staff: Staff, power: Power) -> bool:
    """Is there anybody else who could agree? On a server with one person of staff nobody could, and they act alone."""
    return await accounts.others_with(reader, power, but=staff.account_id) > 0


async def needs_second(
    tx: Tx, kind: str, body: Mapping[str, Any], staff: Staff, *, why: str = "", about_protected: bool = False
) -> int:
    """Write down what `staff` want, for another to agree to; the request's id. The same again is the same request."""
    return await ask(tx, kind, body, staff, why=why, about_protected=about_protected)


async def ask(
    tx: Tx, kind: str, body: Mapping[str, Any], staff: Staff | None, *, why: str = "", about_protected: bool = False
) -> int:
    """As `needs_second`; `staff` None: a command on the server itself asks."""
    by = None if staff is None else staff.account_id
    text = msgspec.json.encode(dict(body), order="sorted").decode()
    digest = digest_of(kind, text)
    held = await tx.value(store.SAME, digest=digest, by=by, now=tx.now)
    if held is not None:
        return int(held)
    request_id = tx.new_id()
    await tx.run(
        store.ADD, id=request_id, kind=kind, body=text, digest=digest, why=why[:500], by_account_id=by,
        expires_at=tx.now + WITHIN_MS, alarming=about_protected,
    )  # fmt: skip
    await log.note_by(tx, by or log.THE_SERVER, "request.ask", request_id, called=kind, digest=digest)
    await tx.record(StaffRequested(request_id=request_id))
    if about_protected:
        asked = await tx.value(store.ASKED_SINCE, by=by, since=id_at(tx.now - HOUR))
        if asked >= ALARM_AFTER:
            await log.note_by(tx, by or log.THE_SERVER, "request.alarm", request_id, called=kind, asked=asked)
            await tx.record(StaffAlarmed(by_account_id=by or log.THE_SERVER, request_id=request_id))
    return request_id


async def approve(tx: Tx, request_id: int, digest: str, *, by: int, signed_in_at: int) -> Request:
    """Agree to a request, and have it done in the same transaction. `digest`: what was read; `signed_in_at`: when `by` did.

    Raises:
        NotPermitted: the role of `by`, or by now that of who asked, does not allow it.
        RequestMissing: there is none, or it is decided or over.
        RequestRefused: it is their own, another text than they read, they signed in more than 30 minutes ago, or their way
            in changed within a day.
        What doing it raises; then nothing is decided.
    """
    await log.acting(tx, by, Power.MANAGE_REPORTS)
    request = await _held(tx, request_id)
    power, act = _ACTS[request.kind]
    staff = await log.acting(tx, by, power)
    if by == request.by_account_id:
        raise RequestRefused(by, say="Somebody else of the staff must agree to it")
    if digest != request.digest or digest_of(request.kind, request.body) != request.digest:
        raise RequestRefused(digest[:80], say="This is not the request that you read. Please look at it again")
    if now_ms() - signed_in_at > FRESH_MS:
        raise RequestRefused(
            signed_in_at, say="Please sign out and in again first: who agrees must have signed in lately"
        )
    if await cooling(tx, staff):
        raise RequestRefused(
            by, say="Your own password, address or second step changed within a day: somebody else must agree for now"
        )
    asker = _SERVER if request.by_account_id is None else await accounts.permit(tx, request.by_account_id, power)
    await tx.run(store.DECIDE, the=request_id, new_verdict="approved", now=tx.now, whom=by)
    await log.note(tx, staff, "request.approve", request_id, called=request.kind, digest=request.digest)
    await act(tx, request.said, asker, staff)
    return request


async def refuse(tx: Tx, request_id: int, *, by: int) -> None:
    """Say no to a request, or take back one's own. Raises: NotPermitted, RequestMissing."""
    await log.acting(tx, by, Power.MANAGE_REPORTS)
    request = await _held(tx, request_id)
    staff = await log.acting(tx, by, _ACTS[request.kind][0])
    await tx.run(store.DECIDE, the=request_id, new_verdict="refused", now=tx.now, whom=by)
    await _not_done(tx, request)
    await log.note(tx, staff, "request.refuse", request_id, called=request.kind)


async def open_requests(reader: Reader, *, by: int) -> list[Request]:
    """What waits for a second person, newest first, of the kinds that the role of `by` may decide. Raises: NotPermitted."""
    staff = await accounts.permit(reader, by, Power.MANAGE_REPORTS)
    rows = [_request(row) for row in await reader.all(store.OPEN, now=now_ms())]
    return [one for one in rows if accounts.may(staff.role, _ACTS[one.kind][0])]


async def latest_requests(reader: Reader, *, by: int, most: int = 50) -> list[Request]:
    """The newest requests, decided or not. Raises: NotPermitted."""
    await accounts.permit(reader, by, Power.VIEW_LOG)
    return [_request(row) for row in await reader.all(store.LATEST, most=most)]


async def show_request(reader: Reader, request_id: int, *, by: int) -> Request:
    """One request. Raises: NotPermitted, RequestMissing."""
    await accounts.permit(reader, by, Power.MANAGE_REPORTS)
    row = await reader.one(store.FIND, the=request_id)
    if row is None:
        raise RequestMissing(request_id)
    found = _request(row)
    await accounts.permit(reader, by, _ACTS[found.kind][0])
    return found


async def too_much_alone(tx: Tx, staff: Staff, more: int) -> bool:
    """Would judging `more` accounts alone be more than one person may in an hour?"""
    judged = await tx.value(store.JUDGED_SINCE, by=staff.account_id, since=id_at(tx.now - HOUR))
    return bool(judged + more > MOST_ALONE_AN_HOUR)


async def too_many_acts(tx: Tx, staff: Staff) -> bool:
    """Did one person touch how members sign in so often in the last hour that another has to look at it?"""
    return bool(await tx.value(store.ACTS_SINCE, by=staff.account_id, since=id_at(tx.now - HOUR)) >= MOST_ACTS_AN_HOUR)


async def cooling(reader: Reader, staff: Staff) -> bool:
    """Did the way into their own account change within a day? Then it may be somebody else who acts."""
    return await accounts.access_changed(reader, staff.member_id, since=now_ms() - COOLS_MS)


async def end_requests(db: Db, _: EndRequests) -> None:
    """Let requests lapse that nobody agreed to in time."""
    for row in await db.all(store.LAPSED, now=now_ms()):
        async with db.begin() as tx:
            if await tx.run(store.DECIDE, the=row[0], new_verdict="refused", now=tx.now, whom=None):
                await _not_done(tx, _request(row))
                await log.note_by(tx, row[5] or log.THE_SERVER, "request.lapse", row[0], called=row[1])


async def _not_done(tx: Tx, request: Request) -> None:
    if request.kind in _REFUSED:
        await _REFUSED[request.kind](tx, request.said)


async def _held(tx: Tx, request_id: int) -> Request:
    row = await tx.one(store.HOLD, the=request_id)
    if row is None or row[7] or row[6] <= tx.now:
        raise RequestMissing(request_id)
    return _request(row)


def _request(row: Row) -> Request:
    return Request(**dict(zip(Request.__struct_fields__, row, strict=True)))
