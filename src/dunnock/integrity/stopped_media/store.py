"""Rows of posts that showed what staff stopped."""

from __future__ import annotations

from sqlalchemy import Text, bindparam, delete, func, select, update

from dunnock.foundation.db import BigId, Row, Sql, among, insert_once
from dunnock.integrity.stopped_media.model import Shown
from dunnock.integrity.tables import media_stop_hits

_h = media_stop_hits.c
_the = bindparam("the", type_=BigId)
_below = bindparam("below", type_=BigId)
_most = bindparam("most", type_=BigId)
_state = bindparam("the_state", type_=Text)
_shown = select(
    _h.id, _h.stop_id, _h.post_id, _h.media_id, _h.account_id, _h.apart, _h.state, _h.limited, _h.reason, _h.judged_by,
    _h.decision_id,
)  # fmt: skip

ADD = insert_once(
    media_stop_hits, "id", "stop_id", "post_id", "media_id", "account_id", "apart", "state", "limited",
    keys=["stop_id", "post_id"],
)  # fmt: skip
WAITING = Sql(_shown.where(_h.state == "waiting", _h.id < _below).order_by(_h.id.desc()).limit(_most))
COUNT_WAITING = Sql(
    select(func.count()).select_from(select(_h.id).where(_h.state == "waiting").limit(_most).subquery())
)
OF_STOP = Sql(_shown.where(_h.stop_id == _the, _h.state == _state, _h.id < _below).order_by(_h.id.desc()).limit(_most))
WAITING_OF = Sql(_shown.where(_h.stop_id == _the, _h.state == "waiting").order_by(_h.id).limit(_most))
_some = _shown.where(among(_h.id, "ids")).order_by(_h.id)
HOLD = Sql(_some, _some.with_for_update())
OF_DECISION = Sql(_shown.where(_h.decision_id == _the).order_by(_h.id))
SINCE = Sql(
    select(func.count()).where(_h.stop_id == _the, _h.state == "waiting", _h.id >= bindparam("since", type_=BigId))
)
STOPS_WAITING = Sql(  # stops by which something waits
    select(_h.stop_id).where(_h.state == "waiting").distinct().order_by(_h.stop_id).limit(_most)
)
JUDGE = Sql(
    update(media_stop_hits)
    .where(_h.id == _the)
    .values(
        state=bindparam("new_state", type_=Text),
        limited=bindparam("stays"),
        reason=bindparam("why", type_=Text),
        judged_at=bindparam("now", type_=BigId),
        judged_by=bindparam("by", type_=BigId),
        decision_id=bindparam("decision", type_=BigId),
    )
)
FORGET_POST = Sql(delete(media_stop_hits).where(_h.post_id == bindparam("post", type_=BigId)))
FORGET = Sql(delete(media_stop_hits).where(_h.account_id == bindparam("account", type_=BigId)))


def shown_of(row: Row) -> Shown:
    """A row of `WAITING`."""
    return Shown(
        id=row[0], stop_id=row[1], post_id=row[2], media_id=row[3], account_id=row[4], apart=row[5], state=row[6],
        limited=bool(row[7]), reason=row[8], judged_by=row[9], decision_id=row[10],
    )  # fmt: skip
