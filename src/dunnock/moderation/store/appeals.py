"""Rows of objections to decisions."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from dunnock.foundation.db import BigId, Sql, among, insert_once
from dunnock.moderation.tables import appeals, decision_subjects

_a, _s = appeals.c, decision_subjects.c
_the = bindparam("the", type_=BigId)
_row = select(_a.id, _a.decision_id, _a.account_id, _a.text, _a.verdict, _a.answer, _a.decided_at, _a.decided_by)
ADD = insert_once(appeals, "id", "decision_id", "account_id", "text", keys=["decision_id", "account_id"])
FIND = Sql(_row.where(_a.id == _the))
HOLD = Sql(_row.where(_a.id == _the), _row.where(_a.id == _the).with_for_update())
OF = Sql(_row.where(among(_a.decision_id, "ids"), _a.account_id == bindparam("account", type_=BigId)))
WAITING = Sql(
    _row.where(_a.verdict == "", _a.id > bindparam("above", type_=BigId), _a.id < bindparam("below", type_=BigId))
    .order_by(_a.id)
    .limit(bindparam("most"))
)
DECIDE = Sql(
    update(appeals)
    .where(_a.id == _the, _a.verdict == "")
    .values(
        verdict=bindparam("new_verdict"),
        answer=bindparam("new_answer"),
        decided_at=bindparam("now", type_=BigId),
        decided_by=bindparam("whom", type_=BigId),
    )
)
STANDS = Sql(  # is the decision in force for the account, and what was so before?
    select(_s.was).where(
        _s.decision_id == bindparam("decision", type_=BigId),
        _s.kind == "account",
        _s.subject_id == bindparam("account", type_=BigId),
        _s.applied_at.is_not(None),
        _s.reversed_at.is_(None),
    )
)
EMPTY = Sql(update(appeals).where(_a.account_id == bindparam("account", type_=BigId), _a.text != "").values(text=""))
