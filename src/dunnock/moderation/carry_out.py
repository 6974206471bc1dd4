"""Large decisions, chunk by chunk: gathered, carried out and taken back by jobs that go on where they were after a crash.

Each chunk is one transaction that also marks its subjects, so nothing is done twice or forgotten. A job works for some minutes,
then hands the rest to the next.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection

import msgspec

from dunnock import accounts, posts
from dunnock.accounts import Power, Sheet, Staff, Standing
from dunnock.foundation.clock import MINUTE, now_ms
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Does, Every
from dunnock.moderation import effects, handle, log, second, verifiers
from dunnock.moderation.decide import needs_two, request_for
from dunnock.moderation.decisions import decision_of
from dunnock.moderation.events import DecisionHalted, DecisionReversed, DecisionTaken, MemberWarned
from dunnock.moderation.jobs import CarryOut, EndDecisions, GatherSubjects, UndoDecision
from dunnock.moderation.model import Decision, Gathering
from dunnock.moderation.store import cases as case_store
from dunnock.moderation.store import decisions as store
from dunnock.moderation.undo import undo_over

_CHUNK = 200
_GATHERED = 2_000
_WORK_S = 120.0
_END_EVERY_MS = MINUTE

EVERY: tuple[Every, ...] = (
    Every(EndDecisions(), _END_EVERY_MS),
    Every(second.EndRequests(), MINUTE),
    *verifiers.EVERY,
)


async def gather_subjects(db: Db, job: GatherSubjects) -> None:
    """Write down the accounts of a case that a decision is about, then ask the second person, or begin."""

    async def some(tx: Tx, held: Decision) -> bool:
        row = await tx.one(store.PARTS_OF, the=held.id)
        assert row is not None
        if (staff := await _staff(tx, held)) is None:
            return False
        wanted = msgspec.json.decode(row[1], type=Gathering)
        found = await tx.all(
            case_store.ACCOUNTS, case=row[0], roles=list(wanted.parts), after=wanted.after, most=_GATHERED
        )
        spared = set(wanted.but)
        ids = [one[0] for one in found if one[0] not in spared]
        sheets = await _within_reach(tx, ids, staff)
        if len(sheets) < len(ids):
            await log.note(tx, staff, "decision.skip", held.id, accounts=len(ids) - len(sheets))
        await tx.many(
            store.ADD_SUBJECT,
            [
                {"decision_id": held.id, "kind": "account", "subject_id": one.id, "was": "", "applied_at": None}
                for one in sheets
            ],
        )
        protected = wanted.protected or any(one.protected for one in sheets)
        if len(found) == _GATHERED:
            new = msgspec.structs.replace(wanted, after=found[-1][0], protected=protected)
            await tx.run(store.SET_PARTS, the=held.id, new_parts=msgspec.json.encode(new).decode())
            return True
        await _gathered(tx, held, staff, protected=protected)
        return False

    await _in_chunks(db, job, job.decision_id, "gathering", some)


async def carry_out(db: Db, job: CarryOut) -> None:
    """Do what the decision says to those subjects for which it is not done yet."""

    async def some(tx: Tx, held: Decision) -> bool:
        if (staff := await _staff(tx, held)) is None:
            return False
        ids = [row[0] for row in await tx.all(store.UNAPPLIED, the=held.id, most=_CHUNK)]
        sheets = await _within_reach(tx, ids, staff)
        was = await effects.apply(tx, held.actions, sheets)
        for an_id in ids:
            await tx.run(store.MARK_APPLIED, the=held.id, account=an_id, was_then=was.get(an_id, ""), now=tx.now)
        for one in sheets:
            if one.member_id is not None:
                await tx.record(MemberWarned(account_id=one.id, decision_id=held.id))
            if held.action != "none":
                await handle.resolve_all_about(tx, one.id, staff)
        if len(ids) == _CHUNK:
            return True
        await tx.run(store.SET_STATE, the=held.id, old_state="applying", new_state="applied")
        await log.note(tx, staff, "decision.done", held.id, accounts=held.subjects, actions=list(held.actions))
        await tx.record(DecisionTaken(decision_id=held.id))
        return False

    await _in_chunks(db, job, job.decision_id, "applying", some)


async def undo_decision(db: Db, job: UndoDecision) -> None:
    """Let all subjects be as they were before the decision, but for what other decisions say of them."""

    async def some(tx: Tx, held: Decision) -> bool:
        rows = await tx.all(store.APPLIED, the=held.id, after=-1, most=_CHUNK)
        await _restore(tx, held, dict(map(tuple, rows)))
        await tx.run(store.MARK_REVERSED, the=held.id, ids=[row[0] for row in rows], now=tx.now)
        if len(rows) == _CHUNK:
            return True
        await tx.run(store.SET_REVERSED, the=held.id, now=tx.now, whom=job.by)
        await log.note_by(tx, job.by, "decision.undone", held.id, accounts=held.subjects)
        return False

    await _in_chunks(db, job, job.decision_id, "undoing", some)


async def end_decisions(db: Db, _: EndDecisions) -> None:
    """Take back decisions whose time is over."""
    for row in await db.all(store.OVER, now=now_ms()):
        async with db.begin() as tx:
            await undo_over(tx, row[0])


JOBS: Does = {
    GatherSubjects: gather_subjects,
    CarryOut: carry_out,
    UndoDecision: undo_decision,
    EndDecisions: end_decisions,
    second.EndRequests: second.end_requests,
    **verifiers.JOBS,
}


async def _in_chunks(
    db: Db, job: Job, decision_id: int, state: str, some: Callable[[Tx, Decision], Awaitable[bool]]
) -> None:
    """Do a chunk in a transaction of its own while there are more, for two minutes; then leave the rest to the next job.

    Counts follow each chunk; what is not counted anew by then is counted by the job that each change of a standing leaves.
    """
    until = time.monotonic() + _WORK_S
    more = True
    while more:
        async with db.begin() as tx:
            row = await tx.one(store.HOLD, the=decision_id)
            if row is None or row[3] != state:
                return  # done already, or decided otherwise
            more = await some(tx, decision_of(row))
            if more and time.monotonic() > until:
                await tx.enqueue(job)
                return
        while time.monotonic() < until and await posts.count_some_anew(db):
            pass


async def _gathered(tx: Tx, held: Decision, staff: Staff, *, protected: bool) -> None:
    """All are written down: now it waits for the second person, or begins."""
    row = await tx.one(store.PROGRESS, the=held.id)
    number = 0 if row is None else row[0]
    waits = await needs_two(tx, staff, number, held.actions, protected=protected)
    await tx.run(store.SET_GATHERED, the=held.id, new_state="waiting" if waits else "applying", number=number)
    await log.note(tx, staff, "decision.gathered", held.id, accounts=number)
    if waits:
        await request_for(tx, held.id, staff, why=held.text, protected=protected)
    else:
        await tx.enqueue(CarryOut(decision_id=held.id))


async def _within_reach(tx: Tx, ids: Collection[int], staff: Staff) -> list[Sheet]:
    """The accounts that may be judged: there, not their own, and of a lower role."""
    sheets = await accounts.sheets(tx, ids)
    return [
        sheets[an_id]
        for an_id in ids
        if an_id in sheets
        and sheets[an_id].standing is not Standing.DELETED
        and an_id != staff.account_id
        and staff.stands_above(sheets[an_id].role)
    ]


async def _restore(tx: Tx, held: Decision, was: dict[int, str]) -> None:
    sheets = await accounts.sheets(tx, was)
    for action in reversed(held.actions):
        if action == "none":
            continue
        others = {
            row[0]
            for row in await tx.all(
                store.OTHERS_STANDING, the=held.id, ids=list(was), the_action=action, quoted_action=f'"{action}"'
            )
        }
        for an_id, stored in was.items():
            sheet, before = sheets.get(an_id), effects.read_was(stored, held.action)
            if sheet is not None and an_id not in others and action in before:
                await effects.restore(tx, sheet, action, before[action])
    for an_id in was:
        await tx.record(DecisionReversed(decision_id=held.id, account_id=an_id))


async def _staff(tx: Tx, held: Decision) -> Staff | None:
    """Who took the decision. None: they may not any more, so it stops where it is and waits for somebody else."""
    try:
        return await accounts.permit(tx, held.by_account_id, Power.MANAGE_MEMBERS)
    except accounts.NotPermitted:
        await tx.run(store.SET_STATE, the=held.id, old_state=held.state, new_state="halted")
        await log.note_by(tx, log.THE_SERVER, "decision.halt", held.id, who=str(held.by_account_id))
        await tx.record(DecisionHalted(decision_id=held.id))
        return None
