"""What an action does to accounts, and how it is taken back: the same for one account and for a hundred thousand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from dunnock import accounts
from dunnock.accounts import Sheet, Standing, State
from dunnock.foundation.db import Tx
from dunnock.moderation.model import Action


async def apply(tx: Tx, actions: Sequence[Action], sheets: Collection[Sheet]) -> dict[int, str]:
    """Do all of it; what undoing restores, by account: "" where nothing changed, else JSON {action: what was}."""
    was: dict[int, dict[str, str]] = {one.id: {} for one in sheets}
    for action in actions:
        for an_id, before in (await _apply(tx, action, sheets)).items():
            was[an_id][action] = before
    return {an_id: msgspec.json.encode(held).decode() if held else "" for an_id, held in was.items()}


def read_was(stored: str, action: Action) -> dict[str, str]:
    """What undoing restores, by action; older decisions hold it without JSON."""
    if not stored.startswith("{"):
        return {action: stored} if stored else {}
    held: dict[str, str] = msgspec.json.decode(stored)
    return held


async def _apply(tx: Tx, action: Action, sheets: Collection[Sheet]) -> Mapping[int, str]:
    """What was so before, for those for whom it changed."""
    ids = [one.id for one in sheets]
    match action:
        case "suspend":
            was = await accounts.change_standing(tx, dict.fromkeys(ids, Standing.SUSPENDED))
            return {an_id: standing.value for an_id, standing in was.items()}
        case "limit":
            open_ones = [one.id for one in sheets if one.standing is Standing.ACTIVE]  # suspended is more already
            was = await accounts.change_standing(tx, dict.fromkeys(open_ones, Standing.LIMITED))
            return {an_id: standing.value for an_id, standing in was.items()}
        case "sensitive":
            return dict.fromkeys(await accounts.sensitize(tx, ids, sensitized=True), "as posted")
        case "disable":
            return {
                one.id: one.state.value
                for one in sheets
                if one.member_id is not None
                and one.state is not None
                and await accounts.change_state(tx, one.member_id, State.DISABLED)
            }
        case _:
            return {}


async def restore(tx: Tx, sheet: Sheet, action: Action, was: str) -> bool:
    """Take one action on an account back; whether anything changed."""
    match action:
        case "suspend" if sheet.standing is Standing.SUSPENDED:
            before = Standing.LIMITED if was == Standing.LIMITED.value else Standing.ACTIVE
            return bool(await accounts.change_standing(tx, {sheet.id: before}))
        case "limit" if sheet.standing is Standing.LIMITED:
            return bool(await accounts.change_standing(tx, {sheet.id: Standing.ACTIVE}))
        case "sensitive":
            return bool(await accounts.sensitize(tx, [sheet.id], sensitized=False))
        case "disable" if sheet.member_id is not None and sheet.state is State.DISABLED:
            before_state = State.PENDING if was == State.PENDING.value else State.ACTIVE
            return await accounts.change_state(tx, sheet.member_id, before_state)
        case _:
            return False
