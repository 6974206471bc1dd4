"""Judge accounts, and take it back. Mastodon: Admin::AccountAction, AccountWarning; unsilence, unsuspend, enable.

A decision is one row with its subjects, applied in the same transaction, obeyed by everybody at the next read.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from dunnock import accounts
from dunnock.accounts import Power, Sheet, Staff, Standing, State
from dunnock.foundation.db import Reader, Tx
from dunnock.moderation import handle, log
from dunnock.moderation.errors import DecisionInvalid, DecisionMissing, PresetMissing, ReportMissing
from dunnock.moderation.events import DecisionReversed, DecisionTaken, MemberWarned
from dunnock.moderation.model import ACCOUNT_ACTIONS, LONGEST_TEXT, MEMBER_ACTIONS, Action, Warned
from dunnock.moderation.report import find_report
from dunnock.moderation.store import decisions as store

_UNDO_WORD = {"sensitive": "unsensitive", "disable": "enable", "limit": "unlimit", "suspend": "unsuspend"}


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What is decided about which accounts. `report_id`: what it answers; `mail`: write to the members too.

    `text` is for the members, below that of the preset.
    """

    action: str
    account_ids: tuple[int, ...]
    text: str = ""
    report_id: int | None = None
    preset_id: int | None = None
    mail: bool = True


async def decide(tx: Tx, judgement: Judgement, *, by: int) -> int:
    """Judge, apply, warn, close the reports that it answers; the decision's id.

    Only lower roles can be judged, and nobody themselves.

    Raises:
        NotPermitted: the role of `by` does not allow it, in general or towards one of the accounts.
        AccountMissing, ReportMissing, PresetMissing: as they say; a report about somebody else is missing.
        DecisionInvalid: no such action, not for accounts of other servers, or too long a text.
    """
    staff = await accounts.permit(tx, by, Power.MANAGE_MEMBERS)
    action = next((known for known in ACCOUNT_ACTIONS if known == judgement.action), None)
    if action is None:
        raise DecisionInvalid(judgement.action[:80])
    text = await _text(tx, judgement)
    sheets = [await subject_of(tx, an_id, staff) for an_id in sorted(set(judgement.account_ids))]
    if action in MEMBER_ACTIONS and any(one.member_id is None for one in sheets):
        raise DecisionInvalid(action)
    post_ids: Collection[int] = ()
    if judgement.report_id is not None:
        report = await find_report(tx, judgement.report_id)
        if report.target_id not in judgement.account_ids:
            raise ReportMissing(judgement.report_id)
        post_ids = report.post_ids
    decision_id = tx.new_id()
    await tx.run(
        store.ADD,
        id=decision_id,
        action=action,
        by_account_id=staff.account_id,
        text=text,
        report_id=judgement.report_id,
        mail=judgement.mail,
    )
    await _write_subjects(tx, decision_id, action, sheets, post_ids)
    for one in sheets:
        await log.note(tx, staff, f"account.{action}", one.id, called=one.handle, decision=str(decision_id))
        if one.member_id is not None:
            await tx.record(MemberWarned(account_id=one.id, decision_id=decision_id))
    await tx.record(DecisionTaken(decision_id=decision_id))
    if action == "none" and judgement.report_id is not None:
        await handle.resolve(tx, judgement.report_id, staff)
    elif action != "none":
        for one in sheets:
            await handle.resolve_all_about(tx, one.id, staff)
    return decision_id


async def take_back(tx: Tx, account_id: int, action: Action, *, by: int) -> None:
    """End what is in force of an action on an account; when nothing is, nothing happens.

    Raises:
        NotPermitted, AccountMissing: as `decide`; also to unsuspend an account that is not suspended, as Mastodon.
        DecisionInvalid: this can't be taken back.
    """
    staff = await accounts.permit(tx, by, Power.MANAGE_MEMBERS)
    if action not in _UNDO_WORD:
        raise DecisionInvalid(action)
    sheet = await subject_of(tx, account_id, staff)
    if action == "suspend" and sheet.standing is not Standing.SUSPENDED:
        raise accounts.NotPermitted(staff.account_id, account_id)
    held = await tx.all(store.STANDING, account=account_id, the_action=action)
    changed = await _restore(tx, sheet, action, held[0][1] if held else "")
    for decision_id, _ in held:
        await tx.run(store.REVERSE_SUBJECT, decision=decision_id, account=account_id, now=tx.now)
        await tx.run(store.REVERSE, decision=decision_id, whom=staff.account_id, now=tx.now)
        await tx.record(DecisionReversed(decision_id=decision_id, account_id=account_id))
    if changed or held:
        await log.note(
            tx, staff, f"account.{_UNDO_WORD[action]}", account_id, called=sheet.handle,
            decisions=[str(row[0]) for row in held],
        )  # fmt: skip


async def warnings(reader: Reader, account_id: int, ids: Collection[int]) -> dict[int, Warned]:
    """What the member of an account is told of these decisions; those about others are left out. Two queries."""
    if not ids:
        return {}
    posts: dict[int, list[int]] = {}
    for decision_id, post_id in await reader.all(store.POSTS, ids=list(ids)):
        posts.setdefault(decision_id, []).append(post_id)
    rows = await reader.all(store.WARNED, ids=list(ids), account=account_id)
    return {
        row[0]: Warned(
            id=row[0],
            action=row[1],
            text=row[2],
            account_id=row[3],
            post_ids=tuple(posts.get(row[0], ())),
            mail=bool(row[4]),
            reversed_at=row[5],
        )
        for row in rows
    }


async def find_warning(reader: Reader, account_id: int, decision_id: int) -> Warned:
    """One of them. Raises: DecisionMissing."""
    found = (await warnings(reader, account_id, (decision_id,))).get(decision_id)
    if found is None:
        raise DecisionMissing(decision_id)
    return found


async def subject_of(tx: Tx, account_id: int, staff: Staff) -> Sheet:
    """The account that staff are about to act on.

    Raises:
        AccountMissing: there is none, or it is deleted.
        NotPermitted: it is their own, or of their own or a higher role.
    """
    sheet = await accounts.find_sheet(tx, account_id)
    if sheet is None or sheet.standing is Standing.DELETED:
        raise accounts.AccountMissing(account_id)
    if account_id == staff.account_id or not staff.stands_above(sheet.role):
        raise accounts.NotPermitted(staff.account_id, account_id)
    return sheet


async def _text(tx: Tx, judgement: Judgement) -> str:
    preset = ""
    if judgement.preset_id is not None:
        preset = await tx.value(store.PRESET, the=judgement.preset_id) or ""
        if not preset:
            raise PresetMissing(judgement.preset_id)
    whole = "\n\n".join(part for part in (preset, judgement.text.strip()) if part)
    if len(whole) > LONGEST_TEXT:
        raise DecisionInvalid(
            len(whole), say=f"Validation failed: Text is too long (maximum is {LONGEST_TEXT} characters)"
        )
    return whole


async def _write_subjects(
    tx: Tx, decision_id: int, action: Action, sheets: Collection[Sheet], post_ids: Collection[int]
) -> None:
    was = await _apply(tx, action, sheets)
    rows: list[tuple[str, int, str, int | None]] = [("account", one.id, was.get(one.id, ""), tx.now) for one in sheets]
    rows += [("post", post_id, "", None) for post_id in post_ids]
    names = ("kind", "subject_id", "was", "applied_at")
    await tx.many(
        store.ADD_SUBJECT, [{"decision_id": decision_id, **dict(zip(names, row, strict=True))} for row in rows]
    )


async def _apply(tx: Tx, action: Action, sheets: Collection[Sheet]) -> dict[int, str]:
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


async def _restore(tx: Tx, sheet: Sheet, action: Action, was: str) -> bool:
    """Whether anything changed."""
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
