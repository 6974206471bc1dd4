"""Statements about the event log that both engines run for themselves."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select
from sqlalchemy.sql.expression import literal_column

from dunnock.foundation.db.sql import Sql, insert_into
from dunnock.foundation.db.tables import event_log, jobs

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
