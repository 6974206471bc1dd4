"""What members did through which door, for as long as an owner can still take it back: what was there before each act.

A door is a browser's session or an app's token (`foundation/acting.py`). Kept for eight days, and read by `undo_acts.py` alone.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from dunnock.accounts.store import door_acts as store
from dunnock.foundation.acting import acting
from dunnock.foundation.clock import DAY, HOUR
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.ids import id_at

KEPT_MS = 7 * DAY + 2 * HOUR
"""As long as the link of a mail is good, and what it reaches back."""
MOST = 2_000
ActKind = Literal["follow", "block", "mute", "server", "factors", "email", "app", "filter"]
ACT_KINDS: tuple[ActKind, ...] = get_args(ActKind)


class DoorAct(msgspec.Struct, frozen=True):
    """One change. `target`: whom or what it is about; `was`: JSON of what was there before; empty: nothing."""

    door: int
    kind: ActKind
    target: str
    was: str


async def note_act(tx: Tx, account_id: int, kind: ActKind, target: object, was: object = None) -> None:
    """Keep what was there before the account's owner, or somebody with their password, changed it in this request.

    `was` None: nothing. Nothing is kept of what others, jobs and commands do.
    """
    by = acting()
    if by.door and by.account_id == account_id:
        text = "" if was is None else msgspec.json.encode(was).decode()
        await tx.run(
            store.ADD, id=tx.new_id(), account_id=account_id, door=by.door, kind=kind, target=str(target), was=text
        )


async def note_member_act(tx: Tx, member_id: int, kind: ActKind, target: object, was: object = None) -> None:
    """The same of what is a member's own."""
    by = acting()
    if by.member_id == member_id:
        await note_act(tx, by.account_id, kind, target, was)


async def app_let_in(tx: Tx, account_id: int, *, grant: str, token_id: int) -> None:
    """The code that was noted as `app` is this token now, which is a door of its own."""
    await tx.run(store.NAME_APP, account=account_id, grant=grant, token=str(token_id))


async def doors_to_access(reader: Reader, account_id: int, *, since: int) -> set[int]:
    """Through which doors the address or the second factors were changed since then."""
    rows = await reader.all(store.SINCE, account=account_id, above=id_at(since) - 1, most=MOST)
    return {row[0] for row in rows if row[1] in {"email", "factors"}}


async def acts_to_undo(reader: Reader, account_id: int, *, since: int, doors: frozenset[int]) -> list[DoorAct]:
    """The first act on each thing through these doors since then (Unix ms), oldest first: what was before is what was.

    Left out is what was changed again through another door: that was its owner. Of more than 2,000 acts the first count.
    """
    rows = await reader.all(store.SINCE, account=account_id, above=id_at(since) - 1, most=MOST)
    acts = [DoorAct(*row) for row in rows]
    doors |= {int(one.target) for one in acts if one.kind == "app" and one.door in doors and one.target.isdigit()}
    first: dict[tuple[str, str], DoorAct] = {}
    for one in acts:
        if one.door in doors:
            first.setdefault((one.kind, one.target), one)
        else:
            first.pop((one.kind, one.target), None)
    return [one for one in first.values() if one.kind != "app"]
