"""What was kept is let go: when a person says so, when what it met is over, or when the judgement about it is taken back."""

from __future__ import annotations

from dunnock import moderation
from dunnock.foundation.db import Tx
from dunnock.integrity.meetings.keep import give_back
from dunnock.integrity.meetings.kind import Kind, M
from dunnock.integrity.meetings.model import MeetingState

_CHUNK = 200


async def let_go(
    tx: Tx, kind: Kind[M], meeting: M, state: MeetingState, *, reason: str = "", by: int | None = None
) -> None:
    """Let it be as it was; what keeps it too stays as it is. Nothing happens where somebody judged it since it was read."""
    if await tx.run(
        kind.rows.LET_GO, the=meeting.id, was=meeting.state, new_state=state, why=reason, now=tx.now, by=by,
        decision=meeting.decision_id,
    ):  # fmt: skip
        await give_back(tx, meeting)


async def let_go_waiting(tx: Tx, kind: Kind[M], with_id: int) -> int:
    """Let go the first hundreds of what met this and waits; how many: 0 when it is done."""
    rows = await tx.all(kind.rows.WAITING_WITH, the=with_id, most=_CHUNK)
    for row in rows:
        await let_go(tx, kind, kind.read(row), "lapsed")
    return len(rows)


async def let_go_judged(tx: Tx, kind: Kind[M], event: moderation.DecisionReversed) -> None:
    """The judgement about it was taken back, by staff or because the member objected."""
    for row in await tx.all(kind.rows.OF_DECISION, the=event.decision_id):
        meeting = kind.read(row)
        if meeting.state == "refused" and meeting.account_id == event.account_id:
            await let_go(tx, kind, meeting, "released", reason=meeting.reason, by=meeting.judged_by)
