"""Rows of signals."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import bindparam, func, literal_column, select, update

from dunnock.foundation.clock import DAY
from dunnock.foundation.db import BigId, Row, Sql, among, insert_once
from dunnock.integrity.model import Signal
from dunnock.integrity.tables import cluster_members, signals

WEEK = 7 * DAY
_s, _m = signals.c, cluster_members.c
_the = bindparam("the", type_=BigId)
_row = select(
    _s.id,
    _s.detector,
    _s.kind,
    _s.subject_id,
    _s.name,
    _s.score,
    _s.evidence,
    _s.times,
    _s.first_at,
    _s.last_at,
    _s.state,
    _s.case_id,
)
_same = (
    _s.detector == bindparam("the_detector"),
    _s.kind == bindparam("the_kind"),
    _s.subject_id == bindparam("subject", type_=BigId),
    _s.name == bindparam("the_name"),
)
ADD = insert_once(
    signals, "id", "detector", "kind", "subject_id", "name", "score", "evidence", "times", "first_at", "last_at",
    keys=["detector", "kind", "subject_id", "name"],
)  # fmt: skip
FIND = Sql(_row.where(_s.id == _the))
FIND_MANY = Sql(_row.where(among(_s.id, "ids")).order_by(_s.id))
HOLD_SAME = Sql(_row.where(*_same), _row.where(*_same).with_for_update())
AGAIN = Sql(
    update(signals)
    .where(_s.id == _the)
    .values(
        score=bindparam("new_score"),
        evidence=bindparam("new_evidence"),
        times=_s.times + 1,
        last_at=bindparam("now", type_=BigId),
    )
)
JUDGE = Sql(
    update(signals)
    .where(_s.id == _the)
    .values(
        state=bindparam("new_state"), judged_at=bindparam("now", type_=BigId), judged_by=bindparam("by", type_=BigId)
    )
)
JOIN_CASE = Sql(update(signals).where(_s.id == _the).values(case_id=bindparam("new_case", type_=BigId)))
CASES_OF = Sql(  # of what one detector says of some accounts, the newest case first
    select(_s.case_id)
    .where(_s.detector == bindparam("the_detector"), _s.kind == "account", among(_s.subject_id, "ids"))
    .where(_s.case_id.is_not(None))
    .order_by(_s.case_id.desc())
    .limit(1)
)
SINCE = Sql(  # what detectors said of late, but for what people dismissed, the latest first
    select(_s.id, _s.kind, _s.subject_id, _s.detector, _s.score, _s.last_at)
    .where(_s.last_at >= bindparam("since", type_=BigId), _s.state != "dismissed")
    .order_by(_s.last_at.desc(), _s.id.desc())
    .limit(bindparam("most"))
)
ABOUT = Sql(
    _row.where(_s.kind == bindparam("the_kind"), _s.subject_id == bindparam("subject", type_=BigId))
    .order_by(_s.last_at.desc(), _s.id.desc())
    .limit(bindparam("most"))
)
LIST = Sql(  # of one detector, in one state
    _row.where(_s.state == bindparam("the_state"), _s.detector == bindparam("the_detector"))
    .order_by(_s.last_at.desc(), _s.id.desc())
    .limit(bindparam("most"))
)
OF_MEMBERS = Sql(  # (detector, when first, of how many) of what was said of the accounts of a cluster
    select(_s.detector, func.min(_s.first_at), func.count())
    .where(_s.kind == "account", _s.subject_id.in_(select(_m.account_id).where(_m.cluster_id == _the)))
    .group_by(_s.detector)
    .order_by(func.min(_s.first_at), _s.detector)
)
_began = _s.judged_at - _s.judged_at % literal_column(str(WEEK))
HEALTH = Sql(  # (detector, state, number, the latest)
    select(_s.detector, _s.state, func.count(), func.max(_s.last_at))
    .where(_s.last_at >= bindparam("since", type_=BigId))
    .group_by(_s.detector, _s.state)
    .order_by(_s.detector, _s.state)
)
WEEKS = Sql(  # (detector, the week's beginning, state, number) of what people judged, by when they did
    select(_s.detector, _began, _s.state, func.count())
    .where(_s.judged_at >= bindparam("since", type_=BigId), _s.state != "open")
    .group_by(_s.detector, _began, _s.state)
    .order_by(_s.detector, _began, _s.state)
)
_raised = _s.first_at - _s.first_at % literal_column(str(WEEK))
RAISED = Sql(  # (detector, the week's beginning, number) of signals, by when they were first raised
    select(_s.detector, _raised, func.count())
    .where(_s.last_at >= bindparam("since", type_=BigId), _s.first_at >= bindparam("since", type_=BigId))
    .group_by(_s.detector, _raised)
    .order_by(_s.detector, _raised)
)

_evidence = msgspec.json.Decoder(dict[str, Any]).decode


def signal_of(row: Row) -> Signal:
    """A row of `FIND` and the like."""
    return Signal(
        id=row[0],
        detector=row[1],
        kind=row[2],
        subject_id=row[3],
        name=row[4],
        score=row[5],
        evidence=_evidence(row[6]),
        times=row[7],
        first_at=row[8],
        last_at=row[9],
        state=row[10],
        case_id=row[11],
    )
