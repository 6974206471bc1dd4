"""Rows of what met rules and stops of staff, and by which of them a post is kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Table, Text, bindparam, false, func, select, update

from dunnock.foundation.db import BigId, Row, Sql, among
from dunnock.foundation.erase import Step, of, rows, some_of
from dunnock.integrity.meetings.tables import media_stop_hits, watch_hits

_h, _m = watch_hits.c, media_stop_hits.c
_the = bindparam("the", type_=BigId)
_below = bindparam("below", type_=BigId)
_most = bindparam("most", type_=BigId)
_post = bindparam("post", type_=BigId)


class Rows:
    """The statements about the meetings of one kind: `met` is the column of what they met, `own` what only this kind has."""

    def __init__(self, table: Table, met: Column[Any], *own: Column[Any]) -> None:
        """Make them; a meeting is read from `columns` (see `shared`)."""
        c = table.c
        waits = c.state == "waiting"
        self.columns = (
            c.id, met, c.account_id, c.state, c.limited, c.reason, c.judged_by, c.decision_id, *own,
        )  # fmt: skip
        self.select = select(*self.columns)
        newest = self.select.where(c.id < _below).order_by(c.id.desc()).limit(_most)
        some = self.select.where(among(c.id, "ids")).order_by(c.id)
        judged = {
            "state": bindparam("new_state", type_=Text),
            "reason": bindparam("why", type_=Text),
            "judged_at": bindparam("now", type_=BigId),
            "judged_by": bindparam("by", type_=BigId),
            "decision_id": bindparam("decision", type_=BigId),
        }
        as_read = update(table).where(c.id == _the, c.state == bindparam("was", type_=Text))
        as_it_was: dict[str, Any] = {name: false() for name in ("limited", "held") if name in c}
        self.WAITING = Sql(newest.where(waits))
        self.MET = Sql(newest.where(met == _the, c.state == bindparam("the_state", type_=Text)))
        self.WAITING_WITH = Sql(self.select.where(met == _the, waits).order_by(c.id).limit(_most))
        self.HOLD = Sql(some, some.with_for_update())
        self.OF_DECISION = Sql(self.select.where(c.decision_id == _the).order_by(c.id))
        self.SINCE = Sql(select(func.count()).where(met == _the, waits, c.id >= bindparam("since", type_=BigId)))
        self.LIMIT = Sql(update(table).where(c.id == _the).values(limited=True))
        self.JUDGE = Sql(as_read.values(limited=bindparam("stays"), **judged))
        self.LET_GO = Sql(as_read.values(**as_it_was, **judged))


HITS = Rows(watch_hits, _h.rule_id, _h.version, _h.kind, _h.subject_id, _h.told, _h.held, _h.objection, _h.objected_at)
SHOWN = Rows(media_stop_hits, _m.stop_id, _m.post_id, _m.media_id, _m.apart)

TIMES_KEPT = Sql(
    select(
        select(func.count()).where(_h.kind == "post", _h.subject_id == _post, _h.limited).scalar_subquery()
        + select(func.count()).where(_m.post_id == _post, _m.limited).scalar_subquery()
    )
)
TIMES_HELD = Sql(select(func.count()).where(_h.kind == "post", _h.subject_id == _post, _h.held))

FORGET_HITS: Step = rows(some_of(watch_hits, of(_h.account_id), _h.id))
FORGET_SHOWN: Step = rows(some_of(media_stop_hits, of(_m.account_id), _m.id))


def shared(row: Row) -> dict[str, Any]:
    """What a row of any kind says: all of a `Meeting` but of which post it is, and whether it is held."""
    return {
        "id": row[0], "with_id": row[1], "account_id": row[2], "state": row[3], "limited": bool(row[4]), "reason": row[5],
        "judged_by": row[6], "decision_id": row[7],
    }  # fmt: skip
