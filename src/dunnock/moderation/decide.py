"""Judge accounts. Mastodon: Admin::AccountAction, AccountWarning.

A decision is one row with its subjects, obeyed by everybody at the next read. About few accounts it is applied in the same
transaction; what one person must not do alone waits for a second one (`second`), and is then carried out by jobs (`carry_out`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import msgspec

from dunnock.accounts import Power, Sheet, Staff
from dunnock.foundation.db import Tx
from dunnock.moderation import effects, handle, log, second
from dunnock.moderation.cases import find_case, parts
from dunnock.moderation.decisions import hold_decision
from dunnock.moderation.errors import DecisionInvalid, ReportMissing
from dunnock.moderation.events import DecisionTaken, MemberWarned
from dunnock.moderation.jobs import CarryOut, GatherSubjects
from dunnock.moderation.judgement import Judgement, actions_of, check_grounds, text_of
from dunnock.moderation.model import MEMBER_ACTIONS, Action, DecisionState, Gathering
from dunnock.moderation.report import find_report
from dunnock.moderation.store import decisions as store
from dunnock.moderation.subject import subject_of

_MOST_NAMED = 1_000


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """The decision, and the request that somebody else must agree to before it is carried out; None: it is already."""

    id: int
    request_id: int | None = None


async def decide(tx: Tx, judgement: Judgement, *, by: int) -> Decided:
    """Judge, apply, warn, close the reports that it answers; or have it wait for a second person.

    Only lower roles can be judged, and nobody themselves. About more than 50 accounts, about protected ones, and when one
    person judged 100 in an hour, somebody else must agree. The accounts of a case are gathered by a job first.

    Raises:
        NotPermitted: the role of `by` does not allow it, in general or towards one of the accounts.
        AccountMissing, ReportMissing, PresetMissing, CaseMissing: as they say; a report about somebody else is missing.
        DecisionInvalid: no such action, not for accounts of other servers, or something is too long or too much.
    """
    staff = await log.acting(tx, by, Power.MANAGE_MEMBERS)
    check_grounds(judgement)
    sentence = _Sentence(judgement, actions_of(judgement), await text_of(tx, judgement), staff)
    if judgement.case_id is not None and not judgement.account_ids:
        return await _gather(tx, judgement.case_id, sentence)
    sheets = await _accounts(tx, sentence)
    post_ids = await _reported_posts(tx, judgement)
    protected = any(one.protected for one in sheets)
    if await needs_two(tx, staff, len(sheets), sentence.actions, protected=protected):
        return await _wait(tx, sentence, sheets, post_ids, protected=protected)
    return await _do(tx, sentence, sheets, post_ids)


class _Sentence(NamedTuple):
    """A judgement that was checked, and whose it is."""

    judgement: Judgement
    actions: tuple[Action, ...]
    text: str
    staff: Staff


async def _accounts(tx: Tx, sentence: _Sentence) -> list[Sheet]:
    """Whom it names. Raises: NotPermitted, AccountMissing, DecisionInvalid."""
    ids = sorted(set(sentence.judgement.account_ids))
    if not 0 < len(ids) <= _MOST_NAMED:
        raise DecisionInvalid(
            len(sentence.judgement.account_ids), say=f"Validation failed: Choose 1 to {_MOST_NAMED} accounts"
        )
    sheets = [await subject_of(tx, an_id, sentence.staff) for an_id in ids]
    if MEMBER_ACTIONS & set(sentence.actions) and any(one.member_id is None for one in sheets):
        raise DecisionInvalid(sentence.actions[0])
    return sheets


async def _reported_posts(tx: Tx, judgement: Judgement) -> Collection[int]:
    """The posts of the report that it answers. Raises: ReportMissing."""
    if judgement.report_id is None:
        return ()
    report = await find_report(tx, judgement.report_id)
    if report.target_id not in judgement.account_ids:
        raise ReportMissing(judgement.report_id)
    return report.post_ids


async def _wait(
    tx: Tx, sentence: _Sentence, sheets: Collection[Sheet], post_ids: Collection[int], *, protected: bool
) -> Decided:
    """Write it down, and ask the second person."""
    decision_id = await _add(tx, sentence, state="waiting", number=len(sheets))
    await _write_subjects(tx, decision_id, [one.id for one in sheets], post_ids)
    asked = await request_for(tx, decision_id, sentence.staff, why=sentence.text, protected=protected)
    return Decided(id=decision_id, request_id=asked)


async def _do(tx: Tx, sentence: _Sentence, sheets: Collection[Sheet], post_ids: Collection[int]) -> Decided:
    """Do it at once: warn the members, and close the reports that it answers."""
    _, actions, _, staff = sentence
    decision_id = await _add(tx, sentence, state="applied", number=len(sheets))
    was = await effects.apply(tx, actions, sheets)
    await _write_subjects(tx, decision_id, [one.id for one in sheets], post_ids, was)
    for one in sheets:
        await log.note(tx, staff, f"account.{actions[0]}", one.id, called=one.handle, decision=str(decision_id))
        if one.member_id is not None:
            await tx.record(MemberWarned(account_id=one.id, decision_id=decision_id))
    await tx.record(DecisionTaken(decision_id=decision_id))
    if actions[0] != "none":
        for one in sheets:
            await handle.resolve_all_about(tx, one.id, staff)
    elif sentence.judgement.report_id is not None:
        await handle.resolve(tx, sentence.judgement.report_id, staff)
    return Decided(id=decision_id)


async def needs_two(tx: Tx, staff: Staff, number: int, actions: Collection[Action], *, protected: bool) -> bool:
    """Must somebody else agree before one person does that to so many accounts?"""
    if actions == ("none",) and not protected and number <= second.MOST_ALONE:
        return False
    return (
        protected or number > second.MOST_ALONE or await second.too_much_alone(tx, staff, number)
    ) and await second.has_second(tx, staff, Power.MANAGE_MEMBERS)


async def request_for(tx: Tx, decision_id: int, staff: Staff, *, why: str, protected: bool) -> int:
    """Ask somebody else to agree to a decision whose subjects are written down; the request's id."""
    body = await _exactly(tx, decision_id)
    return await second.needs_second(tx, "decision", body, staff, why=why, about_protected=protected)


@second.done_by("decision", Power.MANAGE_MEMBERS)
async def _begin(tx: Tx, body: Mapping[str, Any], _: Staff, approver: Staff) -> None:
    """Carry out a decision that somebody agreed to, if it is still exactly that."""
    decision_id = int(body["decision"])
    if await _exactly(tx, decision_id) != body or not await tx.run(
        store.SET_STATE, the=decision_id, old_state="waiting", new_state="applying"
    ):
        raise DecisionInvalid(decision_id, say="The decision is not any more what was asked for")
    await tx.run(store.SET_APPROVED, the=decision_id, whom=approver.account_id)
    await tx.enqueue(CarryOut(decision_id=decision_id))


async def take_over(tx: Tx, decision_id: int, *, by: int) -> int | None:
    """Go on with a decision that stopped because who took it may not any more: from now on it is of `by`.

    What it did already stays. The request that somebody else must agree to before it goes on, if so.

    Raises:
        NotPermitted, DecisionMissing: as they say.
        DecisionInvalid: it did not stop.
    """
    staff = await log.acting(tx, by, Power.MANAGE_MEMBERS)
    held = await hold_decision(tx, decision_id)
    gathered = bool(held.subjects)
    if not await tx.run(
        store.SET_STATE, the=decision_id, old_state="halted", new_state="waiting" if gathered else "gathering"
    ):
        raise DecisionInvalid(decision_id, say="Validation failed: This decision did not stop")
    await tx.run(store.SET_TAKEN_OVER, the=decision_id, whom=by)
    await log.note(tx, staff, "decision.take_over", decision_id, was=str(held.by_account_id))
    if not gathered:
        await tx.enqueue(GatherSubjects(decision_id=decision_id))
        return None
    protected = bool(await tx.value(store.ANY_PROTECTED, the=decision_id))
    if await needs_two(tx, staff, held.subjects, held.actions, protected=protected):
        return await request_for(tx, decision_id, staff, why=held.text, protected=protected)
    await tx.run(store.SET_STATE, the=decision_id, old_state="waiting", new_state="applying")
    await tx.enqueue(CarryOut(decision_id=decision_id))
    return None


@second.not_done_by("decision")
async def _give_up(tx: Tx, body: Mapping[str, Any]) -> None:
    """Nobody agreed: the decision is not carried out, and no longer waits."""
    await tx.run(store.SET_STATE, the=int(body["decision"]), old_state="waiting", new_state="refused")


async def _gather(tx: Tx, case_id: int, sentence: _Sentence) -> Decided:
    """A decision about all of a case: its subjects are gathered by a job, then it waits or is carried out."""
    await find_case(tx, case_id)
    wanted = Gathering(parts=parts(sentence.judgement.parts), but=tuple(sorted(set(sentence.judgement.but))))
    decision_id = await _add(tx, sentence, state="gathering", number=0, wanted=wanted)
    await log.note(tx, sentence.staff, "decision.draft", decision_id, case=str(case_id), actions=list(sentence.actions))
    await tx.enqueue(GatherSubjects(decision_id=decision_id))
    return Decided(id=decision_id)


async def _add(
    tx: Tx, sentence: _Sentence, *, state: DecisionState, number: int, wanted: Gathering | None = None
) -> int:
    """The decision's row; its id."""
    judgement, actions, text, staff = sentence
    decision_id = tx.new_id()
    await tx.run(
        store.ADD,
        id=decision_id,
        action=actions[0],
        by_account_id=staff.account_id,
        text=text,
        report_id=judgement.report_id,
        mail=judgement.mail,
        also=msgspec.json.encode(actions[1:]).decode(),
        state=state,
        case_id=judgement.case_id,
        parts="{}" if wanted is None else msgspec.json.encode(wanted).decode(),
        subjects=number,
        expires_at=None if judgement.expires_in is None else tx.now + judgement.expires_in * 1000,
        ground=judgement.ground,
        category=judgement.category,
        facts=judgement.facts.strip(),
    )
    return decision_id


async def _write_subjects(
    tx: Tx,
    decision_id: int,
    account_ids: Collection[int],
    post_ids: Collection[int],
    was: Mapping[int, str] | None = None,
) -> None:
    """`was` None: it is carried out later."""
    applied = None if was is None else tx.now
    rows: list[tuple[str, int, str, int | None]] = [
        ("account", one, (was or {}).get(one, ""), applied) for one in account_ids
    ]
    rows += [("post", post_id, "", None) for post_id in post_ids]
    names = ("kind", "subject_id", "was", "applied_at")
    await tx.many(
        store.ADD_SUBJECT, [{"decision_id": decision_id, **dict(zip(names, row, strict=True))} for row in rows]
    )


async def _exactly(tx: Tx, decision_id: int) -> dict[str, Any]:
    """What a request for a decision is bound to: what is done, to whom, until when, and what they are told."""
    held = await hold_decision(tx, decision_id)
    seen, after = hashlib.sha256(), -1
    while rows := await tx.all(store.SUBJECT_IDS, the=decision_id, after=after, most=5_000):
        for row in rows:
            seen.update(b"%d\n" % row[0])
        after = rows[-1][0]
    return {
        "decision": decision_id,
        "actions": list(held.actions),
        "accounts": held.subjects,
        "subjects": seen.hexdigest(),
        "expires_at": held.expires_at,
        "text": held.text,
    }
