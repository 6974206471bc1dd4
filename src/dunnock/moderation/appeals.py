"""Members object to decisions about them, and somebody else of the staff looks again. Mastodon: Appeal; DSA, article 20."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from dunnock import accounts
from dunnock.accounts import Power, Staff
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Reader, Row, Tx
from dunnock.foundation.ids import ms_of
from dunnock.moderation import effects, log, second
from dunnock.moderation.decisions import find_decision
from dunnock.moderation.errors import AppealMissing, AppealRefused
from dunnock.moderation.events import AppealDecided, AppealFiled, DecisionReversed
from dunnock.moderation.model import Decision
from dunnock.moderation.store import appeals as store
from dunnock.moderation.store import decisions as decision_store

WITHIN_MS = 183 * DAY
"""So long after the decision one may object: six months. Source: DSA, article 20(1)."""
LONGEST_APPEAL = 5_000


class Appeal(msgspec.Struct, frozen=True, kw_only=True):
    """One objection. `verdict` "": nobody decided yet. Times in Unix milliseconds."""

    id: int
    decision_id: int
    account_id: int
    text: str
    verdict: str
    answer: str
    decided_at: int | None
    decided_by: int | None


async def file_appeal(tx: Tx, decision_id: int, words: str, *, account_id: int) -> int:
    """Object to a decision about one's own account; the objection's id.

    Raises:
        DecisionMissing: there is none about the account.
        AppealRefused: it is over or more than six months old, one objected already, or the words are none or too many.
    """
    decision = await find_decision(tx, decision_id)
    stands = await tx.one(store.STANDS, decision=decision_id, account=account_id)
    if not 0 < len(words.strip()) <= LONGEST_APPEAL:
        raise AppealRefused(len(words), say=f"Validation failed: Write 1 to {LONGEST_APPEAL} characters")
    if stands is None or tx.now - ms_of(decision.id) > WITHIN_MS:
        raise AppealRefused(decision_id)
    appeal_id = tx.new_id()
    if not await tx.run(store.ADD, id=appeal_id, decision_id=decision_id, account_id=account_id, text=words.strip()):
        raise AppealRefused(decision_id, say="Validation failed: You objected to this decision already")
    await tx.record(AppealFiled(appeal_id=appeal_id))
    return appeal_id


async def appeals_of(reader: Reader, decision_ids: Collection[int], *, account_id: int) -> dict[int, Appeal]:
    """What an account objected to these decisions, by decision."""
    if not decision_ids:
        return {}
    rows = await reader.all(store.OF, ids=list(decision_ids), account=account_id)
    return {row[1]: _appeal(row) for row in rows}


async def waiting_appeals(reader: Reader, cursor: accounts.Cursor, *, by: int) -> list[Appeal]:
    """Objections that nobody decided, the oldest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, Power.MANAGE_APPEALS)
    return [_appeal(row) for row in await reader.all(store.WAITING, **cursor.bounds)]


async def decide_appeal(tx: Tx, appeal_id: int, *, granted: bool, by: int, answer: str = "") -> None:
    """Say yes (all that the decision did to the account is taken back) or no to an objection.

    Nobody decides about a decision that they took or agreed to, as long as there is somebody else who could.

    Raises:
        NotPermitted: the role of `by` does not allow it, or the decision is theirs.
        AppealMissing: there is no such objection, or it is decided.
        AppealRefused: the answer is too long.
    """
    staff = await log.acting(tx, by, Power.MANAGE_APPEALS)
    row = await tx.one(store.HOLD, the=appeal_id)
    if row is None or row[4]:
        raise AppealMissing(appeal_id)
    appeal = _appeal(row)
    if len(answer) > LONGEST_APPEAL:
        raise AppealRefused(len(answer), say=f"Validation failed: Write 1 to {LONGEST_APPEAL} characters")
    decision = await find_decision(tx, appeal.decision_id)
    if by in {decision.by_account_id, decision.approved_by} and await second.has_second(
        tx, staff, Power.MANAGE_APPEALS
    ):
        raise accounts.NotPermitted(by, appeal_id)
    await tx.run(
        store.DECIDE, the=appeal_id, new_verdict="granted" if granted else "rejected", new_answer=answer.strip(),
        now=tx.now, whom=by,
    )  # fmt: skip
    if granted:
        await _give_back(tx, decision, appeal.account_id, staff)
    await log.note(
        tx, staff, "appeal.grant" if granted else "appeal.reject", appeal_id, decision=str(decision.id),
        account=str(appeal.account_id),
    )  # fmt: skip
    await tx.record(AppealDecided(appeal_id=appeal_id, account_id=appeal.account_id, granted=granted))


async def find_appeal(reader: Reader, appeal_id: int) -> Appeal:
    """One objection, whoever asks. Raises: AppealMissing."""
    row = await reader.one(store.FIND, the=appeal_id)
    if row is None:
        raise AppealMissing(appeal_id)
    return _appeal(row)


async def _give_back(tx: Tx, decision: Decision, account_id: int, staff: Staff) -> None:
    """Let the account be as it was before the decision, but for what other decisions say of it."""
    stored = await tx.value(store.STANDS, decision=decision.id, account=account_id)
    sheet = await accounts.find_sheet(tx, account_id)
    if stored is None or sheet is None:
        return
    was = effects.read_was(stored, decision.action)
    for action in reversed(decision.actions):
        others = await tx.all(
            decision_store.OTHERS_STANDING, the=decision.id, ids=[account_id], the_action=action,
            quoted_action=f'"{action}"',
        )  # fmt: skip
        if action in was and not others:
            await effects.restore(tx, sheet, action, was[action])
    await tx.run(decision_store.REVERSE_SUBJECT, decision=decision.id, account=account_id, now=tx.now)
    await tx.run(decision_store.REVERSE, decision=decision.id, whom=staff.account_id, now=tx.now)
    await tx.record(DecisionReversed(decision_id=decision.id, account_id=account_id))


def _appeal(row: Row) -> Appeal:
    return Appeal(**dict(zip(Appeal.__struct_fields__, row, strict=True)))
