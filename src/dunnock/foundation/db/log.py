"""The event log as both engines use it for themselves: statements, and telling those who listen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.sql.expression import literal_column

from dunnock.foundation import events
from dunnock.foundation.db.face import Listener
from dunnock.foundation.db.sql import Sql, insert_into
from dunnock.foundation.db.tables import event_log, jobs
from dunnock.foundation.events import Logged

_log = structlog.get_logger()

_columns = (event_log.c.tx, event_log.c.id, event_log.c.at, event_log.c.kind, event_log.c.body)
ADD_EVENT = Sql(
    event_log.insert().values(
        tx=literal_column("0"), at=bindparam("at"), kind=bindparam("kind"), body=bindparam("body")
    ),
    event_log.insert().values(
        tx=literal_column("pg_current_xact_id()::text::bigint"),
        at=bindparam("at"),
        kind=bindparam("kind"),
        body=bindparam("body"),
    ),
)
ADD_JOB = insert_into(jobs, "id", "kind", "body", "lane", "run_at")
AFTER_ID = Sql(
    select(*_columns).where(event_log.c.id > bindparam("id")).order_by(event_log.c.id).limit(bindparam("most"))
)
LAST_ID = Sql(select(func.coalesce(func.max(event_log.c.id), 0)))
SINCE = Sql(
    select(*_columns)
    .where(
        or_(event_log.c.tx > bindparam("tx"), and_(event_log.c.tx == bindparam("tx"), event_log.c.id > bindparam("id")))
    )
    .order_by(event_log.c.tx, event_log.c.id)
    .limit(bindparam("most"))
)


def read(rows: Iterable[Any]) -> list[Logged]:
    """The events of rows of the log, without those that this release does not know or can't read."""
    heard = []
    for tx, an_id, at, kind, body in rows:
        try:
            event = events.decode(kind, body)
        except ValueError:  # msgspec's errors are
            _log.exception("an event of the log can't be read", event_id=an_id, event_kind=kind)
            continue
        if event is not None:
            heard.append(Logged(tx, an_id, at, event))
    return heard


def tell(listeners: Sequence[Listener], heard: Sequence[Logged]) -> None:
    """Call every listener, whatever the others do: what they hear of is committed, so nobody may be told that it failed."""
    for listener in listeners:
        try:
            listener(heard)
        except Exception:  # noqa: BLE001
            _log.exception("a listener failed", listener=getattr(listener, "__qualname__", repr(listener)))
