"""Rows of posts that showed what staff stopped; what all meetings have is in `meetings.store`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from dunnock.foundation.db import BigId, Row, Sql, insert_once
from dunnock.integrity.meetings.store import shared
from dunnock.integrity.meetings.tables import media_stop_hits
from dunnock.integrity.stopped_media.model import Shown

_h = media_stop_hits.c

ADD = insert_once(
    media_stop_hits, "id", "stop_id", "post_id", "media_id", "account_id", "apart", "state", keys=["stop_id", "post_id"]
)
STOPS_WAITING = Sql(  # stops by which something waits
    select(_h.stop_id)
    .where(_h.state == "waiting", _h.stop_id > bindparam("above", type_=BigId))
    .distinct()
    .order_by(_h.stop_id)
    .limit(bindparam("most", type_=BigId))
)
FORGET_POST = Sql(delete(media_stop_hits).where(_h.post_id == bindparam("post", type_=BigId)))


def shown_of(row: Row) -> Shown:
    """A row of `meetings.store.SHOWN`."""
    return Shown(**shared(row), post_id=row[8], media_id=row[9], apart=row[10])
