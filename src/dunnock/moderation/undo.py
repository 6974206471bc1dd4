"""Take decisions back: a whole one, one whose time is over, or all that is in force of an action on one account.

Mastodon: unsilence, unsuspend, enable, unsensitive.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dunnock import accounts
from dunnock.accounts import Power, Sheet, Staff, Standing
from dunnock.foundation.db import Tx
from dunnock.moderation import effects, log, second
from dunnock.moderation.decisions import hold_decision
from dunnock.moderation.errors import DecisionInvalid
from dunnock.moderation.events import DecisionReversed
from dunnock.moderation.jobs import UndoDecision
from dunnock.moderation.model import ACCOUNT_ACTIONS, Action
from dunnock.moderation.store import decisions as store
from dunnock.moderation.subject import subject_of

_UNDO_WORD = {"sensitive": "unsensitive", "disable": "enable", "limit": "unlimit", "suspend": "unsuspend"}


@second.done_by("undo", Power.MANAGE_MEMBERS)
async def _begin_undo(tx: Tx, body: Mapping[str, Any], asker: Staff, _: Staff) -> None:
    await _undo(tx, int(body["decision"]), asker)


async def undo(tx: Tx, decision_id: int, *, by: int) -> int | None:
    """Take back the whole of a decision, by a job; the request that somebody else must agree to first, if so.

    Raises:
        NotPermitted, DecisionMissing: as they say.
        DecisionInvalid: it is not in force, or can't be taken back.
    """
    staff = await log.acting(tx, by, Power.MANAGE_MEMBERS)
    held = await hold_decision(tx, decision_id)
    if held.state != "applied" or not set(held.actions) & _UNDO_WORD.keys():
        raise DecisionInvalid(decision_id, say="Validation failed: This decision can't be taken back")
    if held.subjects > second.MOST_ALONE and await second.has_second(tx, staff, Power.MANAGE_MEMBERS):
        return await second.needs_second(tx, "undo", {"decision": decision_id, "accounts": held.subjects}, staff)
    await _undo(tx, decision_id, staff)
    return None


async def undo_over(tx: Tx, decision_id: int) -> None:
    """Take back a decision whose time is over, as who took it said then."""
    held = await hold_decision(tx, decision_id)
    if held.state == "applied":
        await log.note_by(tx, held.by_account_id, "decision.over", decision_id)
        await tx.run(store.SET_STATE, the=decision_id, old_state="applied", new_state="undoing")
        await tx.enqueue(UndoDecision(decision_id=decision_id, by=held.by_account_id))


async def take_back(tx: Tx, account_id: int, action: Action, *, by: int) -> int | None:
    """End what is in force of an action on an account; when nothing is, nothing happens.

    For a protected one only two can: the request that somebody else must agree to; None: it is done.

    Raises:
        NotPermitted, AccountMissing: as `decide`; also to unsuspend an account that is not suspended, as Mastodon.
        DecisionInvalid: this can't be taken back.
    """
    staff = await log.acting(tx, by, Power.MANAGE_MEMBERS)
    if action not in _UNDO_WORD:
        raise DecisionInvalid(action)
    sheet = await subject_of(tx, account_id, staff)
    if action == "suspend" and sheet.standing is not Standing.SUSPENDED:
        raise accounts.NotPermitted(staff.account_id, account_id)
    if sheet.protected and await second.has_second(tx, staff, Power.MANAGE_MEMBERS):
        body = {"account": account_id, "action": action}
        return await second.needs_second(tx, "take_back", body, staff, why=sheet.handle, about_protected=True)
    await end_action(tx, sheet, action, staff)
    return None


@second.done_by("take_back", Power.MANAGE_MEMBERS)
async def _agreed(tx: Tx, body: Mapping[str, Any], asker: Staff, _: Staff) -> None:
    sheet = await subject_of(tx, int(body["account"]), asker)
    action = next((one for one in ACCOUNT_ACTIONS if one == body["action"]), None)
    if action is None:
        raise DecisionInvalid(body["action"])
    await end_action(tx, sheet, action, asker)


async def end_action(tx: Tx, sheet: Sheet, action: Action, staff: Staff) -> None:
    """End what is in force of an action on an account, whatever decisions it comes from."""
    held = await tx.all(store.STANDING, account=sheet.id, the_action=action, quoted_action=f'"{action}"')
    was = effects.read_was(held[0][1], action).get(action, "") if held else ""
    changed = await effects.restore(tx, sheet, action, was)
    for decision_id, _ in held:
        await tx.run(store.REVERSE_SUBJECT, decision=decision_id, account=sheet.id, now=tx.now)
        await tx.run(store.REVERSE, decision=decision_id, whom=staff.account_id, now=tx.now)
        await tx.record(DecisionReversed(decision_id=decision_id, account_id=sheet.id))
    if changed or held:
        await log.note(
            tx, staff, f"account.{_UNDO_WORD[action]}", sheet.id, called=sheet.handle,
            decisions=[str(row[0]) for row in held],
        )  # fmt: skip


async def _undo(tx: Tx, decision_id: int, staff: Staff) -> None:
    if not await tx.run(store.SET_STATE, the=decision_id, old_state="applied", new_state="undoing"):
        raise DecisionInvalid(decision_id, say="Validation failed: This decision can't be taken back")
    await log.note(tx, staff, "decision.undo", decision_id)
    await tx.enqueue(UndoDecision(decision_id=decision_id, by=staff.account_id))
