"""Who is taken for a protected name: looked at when an account is made or changed and when it answers in that name.

What follows is a label that all can see and that goes when it is wrong, what it answers is covered by it, the owner of the name
is told, and staff have the case. Nothing is removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from dunnock import accounts, posts
from dunnock.accounts import Account, Power
from dunnock.foundation.clock import MINUTE
from dunnock.foundation.db import Db, Reader, Row, Tx
from dunnock.foundation.errors import Missing
from dunnock.foundation.reactions import in_batches
from dunnock.integrity.identity import store
from dunnock.integrity.identity.events import ImpostorCleared, ImpostorFound
from dunnock.integrity.identity.links import CheckLinks
from dunnock.integrity.identity.lookalike import keys_for
from dunnock.integrity.identity.protected import LookAtEverybody, Protected, drop_name, find_name, named
from dunnock.integrity.identity.verdict import Evidence, Seen, answers, judge
from dunnock.integrity.pictures import print_of
from dunnock.integrity.signals import raise_signal
from dunnock.letters import SendLetter
from dunnock.media.nearness import ALIKE, SAME
from dunnock.moderation import log

_MOST_NAMES = 50
_A_BATCH = 200
_MOST_ANSWERS = 3
_KIND = "impersonation"
_evidence = msgspec.json.Decoder(Evidence).decode


class Alike(msgspec.Struct, frozen=True):
    """An account that is taken for a name. `state`: watched, marked, cleared or over; `at` in Unix milliseconds."""

    account_id: int
    name_id: int
    state: str
    evidence: Evidence
    at: int
    name: str
    owner_id: int


async def look_at(tx: Tx, account_id: int) -> None:
    """Look at an account as it shows itself now: mark it, watch it, or let it go."""
    account = await accounts.find(tx, account_id)
    if account is None or not account.shown:
        return
    held = {one.name_id: one for one in await _alikes(tx, store.ALIKE_OF, account=account_id)}
    found = {} if await _trusted(tx, account) else await _found(tx, account)
    for name_id, (state, evidence, _) in found.items():
        before = held.get(name_id)
        if before is not None and (
            before.state in {"cleared", state} or (before.state, state) == ("marked", "watched")
        ):
            continue
        await _put(tx, account_id, name_id, state, evidence)
    for name_id, one in held.items():
        if name_id not in found and one.state in {"watched", "marked"}:
            await _put(tx, account_id, name_id, "over", one.evidence)
    await _label(tx, account_id)


@in_batches
async def look_at_answer(tx: Tx, events: Sequence[posts.PostPublished]) -> None:
    """Somebody who comes near a name answers: to who speaks of it, that is a reason more, and they are marked."""
    replies = [one for one in events if one.reply_to_author_id not in {None, one.author_id}]
    if replies:
        near = {row[0] for row in await tx.all(store.WATCHED_AMONG, ids=sorted({one.author_id for one in replies}))}
        for one in replies:
            if one.author_id in near and one.reply_to_id is not None:
                await _look_at_answer(tx, one, one.reply_to_id)


async def _look_at_answer(tx: Tx, event: posts.PostPublished, asked_id: int) -> None:
    watched = await _alikes(tx, store.WATCHED, account=event.author_id)  # perhaps no more, after another answer
    if not watched:
        return
    try:
        asked = await posts.find_visible(tx, asked_id, event.author_id)
    except posts.PostMissing:
        return
    mentioned = await accounts.find_many(tx, asked.mentions)
    for one in watched:
        name = await find_name(tx, one.name_id)
        if name is None:
            continue
        to_owner = bool(name.account_id) and asked.author_id == name.account_id
        if to_owner or answers(asked.text, {key: who.username for key, who in mentioned.items()}, name):
            told = (*one.evidence.answers, event.post_id)[-_MOST_ANSWERS:]
            evidence = msgspec.structs.replace(one.evidence, answers=told)
            await _put(tx, one.account_id, one.name_id, "marked", evidence)
    await _label(tx, event.author_id)


async def settle(tx: Tx, account_id: int, name_id: int, *, impostor: bool, by: int) -> None:
    """Staff say whether an account is an impostor of a name; of one that is not it is never said again.

    Raises:
        NotPermitted: the role of `by` does not allow it.
        Missing: nobody thought so.
    """
    staff = await log.acting(tx, by, Power.MANAGE_REPORTS)
    row = await tx.one(store.ALIKE, account=account_id, the=name_id)
    if row is None:
        raise Missing(account_id)
    one = _alike(row)
    new = "marked" if impostor else "cleared"
    await tx.run(store.SETTLE_ALIKE, account=account_id, the=name_id, new_state=new, now=tx.now, whom=by)
    await _label(tx, account_id)
    if not impostor:
        await tx.record(ImpostorCleared(account_id=account_id, name_id=name_id))
    elif one.state != "marked":
        await tx.record(ImpostorFound(account_id=account_id, name_id=name_id))
    await log.note(tx, staff, "account.impostor" if impostor else "account.genuine", account_id, called=one.name)


async def unprotect(tx: Tx, name_id: int, *, by: int) -> None:
    """Protect a name no longer; nobody is marked for it any more. Raises: NotPermitted."""
    for account_id in await drop_name(tx, name_id, by=by):
        await _label(tx, account_id)


async def alikes(reader: Reader, state: str, *, by: int, before: int, most: int = 50) -> list[Alike]:
    """Accounts in a state, the newest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, Power.MANAGE_REPORTS)
    return await _alikes(reader, store.ALIKES, which=state, before=before, most=most)


async def alikes_of(reader: Reader, account_id: int) -> list[Alike]:
    """What an account is taken for."""
    return await _alikes(reader, store.ALIKE_OF, account=account_id)


async def marked_for(reader: Reader, name_id: int) -> list[int]:
    """The accounts that are marked for a name."""
    return [one.account_id for one in await _alikes(reader, store.ALIKE_TO, the=name_id)]


async def look_at_everybody(db: Db, job: LookAtEverybody) -> None:
    """Do the job: a batch, and the next one follows."""
    name = await find_name(db, job.name_id)
    batch = await accounts.find_after(db, job.after, most=_A_BATCH)
    if name is None or not batch:
        return
    alike = [one.id for one in batch if one.shown and judge(_seen(one), name) is not None]
    async with db.begin(durable=False) as tx:
        for account_id in alike:
            await look_at(tx, account_id)
        await tx.enqueue(LookAtEverybody(name_id=job.name_id, after=batch[-1].id))


async def _found(tx: Tx, account: Account) -> dict[int, tuple[str, Evidence, Protected]]:
    seen = _seen(account)
    keys = sorted({key for called in {seen.handle, seen.name} for key in keys_for(called)})
    rows: Sequence[Row] = await tx.all(store.NAMES_BY_KEYS, keys=keys, most=_MOST_NAMES) if keys else ()
    names = list(map(named, rows))
    owners = await accounts.find_many(tx, [name.account_id for name in names if name.account_id])
    found: dict[int, tuple[str, Evidence, Protected]] = {}
    for name in names:
        owner = owners.get(name.account_id)
        judged = judge(seen, name, picture=print_of(owner.avatar) if owner is not None else "")
        if judged is not None:
            found[name.id] = (*judged, name)
    return found


async def _trusted(tx: Tx, account: Account) -> bool:
    """Those who are protected, or whose name it is themselves, are nobody's impostors."""
    if any(one.kind == "official" for one in account.labels) or await tx.value(store.OWNED, account=account.id):
        return True
    sheet = await accounts.find_sheet(tx, account.id)
    return sheet is not None and (sheet.protected or sheet.role not in {None, "member"})


async def _put(tx: Tx, account_id: int, name_id: int, state: str, evidence: Evidence) -> None:
    body = msgspec.json.encode(evidence).decode()
    await tx.run(store.PUT_ALIKE, account_id=account_id, name_id=name_id, state=state, evidence=body, at=tx.now)
    if evidence.remote and state in {"marked", "watched"}:
        await tx.enqueue(CheckLinks(account_id=account_id))  # whose website links back is no impostor
    if state == "marked":
        await tx.record(ImpostorFound(account_id=account_id, name_id=name_id))
        await _tell_owner(tx, account_id, name_id)
        shown = {
            "name_id": str(name_id), "handle_is": evidence.handle_is, "name_is": evidence.name_is,
            "remote": evidence.remote, "picture": evidence.picture, "answers": [str(one) for one in evidence.answers],
        }  # fmt: skip
        await raise_signal(tx, "identity.lookalike", "account", account_id, score=_score(evidence), evidence=shown)


async def _tell_owner(tx: Tx, account_id: int, name_id: int) -> None:
    """A mail to whose name it is, if they are a member here."""
    name = await find_name(tx, name_id)
    owner = await accounts.member_of(tx, name.account_id) if name is not None and name.account_id else None
    if owner is not None:
        await tx.enqueue(
            SendLetter(mail_id=tx.new_id(), member_id=owner.id, what="impostor", about=account_id),
            run_at=tx.now + _TELL_OWNER_MS,
        )


_TELL_OWNER_MS = MINUTE
"""So that what is over at once, and what comes together, is told as it is then."""


def _score(evidence: Evidence) -> float:
    """How sure: each way that a name is alike leaves its part of doubt, and so does each answer in it."""
    doubt = _DOUBT[evidence.handle_is] * _DOUBT[evidence.name_is] * _DOUBT_ANSWER ** len(evidence.answers)
    if evidence.picture >= 0:
        doubt *= _DOUBT_COPY if evidence.picture <= SAME else _DOUBT_CUT if evidence.picture <= ALIKE else 1.0
    return round(1 - doubt, 3)


_DOUBT = {"": 1.0, "same": 0.05, "affix": 0.1, "slip": 0.2, "near": 0.6}
_DOUBT_ANSWER = 0.3
_DOUBT_COPY, _DOUBT_CUT = 0.1, 0.4


async def _label(tx: Tx, account_id: int) -> None:
    """What all are told of the account, as it is known now. A label that staff wrote stays as they wrote it."""
    account = await accounts.find(tx, account_id)
    if account is None:
        return
    said = next((one for one in account.labels if one.kind == _KIND), None)
    if said is not None and not said.of:
        return
    marked = [one for one in await _alikes(tx, store.ALIKE_OF, account=account_id) if one.state == "marked"]
    if marked:
        of = marked[0].name
        await accounts.put_label(tx, [account_id], _KIND, f"This is not {of}", of=of)
    elif said is not None:
        await accounts.drop_label(tx, [account_id], _KIND)


def _seen(account: Account) -> Seen:
    proven = {urlsplit(one.value).hostname for one in account.fields if one.verified_at is not None}
    hosts = frozenset(host.removeprefix("www.") for host in (*proven, account.domain_handle) if host)
    return Seen(account.id, account.username, account.display_name, not account.local, hosts, print_of(account.avatar))


async def _alikes(reader: Reader, sql: object, **values: object) -> list[Alike]:
    return [_alike(row) for row in await reader.all(sql, **values)]  # type: ignore[arg-type]


def _alike(row: Row) -> Alike:
    return Alike(row[0], row[1], row[2], _evidence(row[3]), row[4], row[5], row[6])
