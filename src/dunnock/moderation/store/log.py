"""Rows of the staff's log: added and read, never changed."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from dunnock.foundation.db import BigId, Sql, insert_into
from dunnock.moderation.tables import staff_log

ADD = insert_into(staff_log)
_page = (
    select(
        staff_log.c.id,
        staff_log.c.at,
        staff_log.c.by_account_id,
        staff_log.c.act,
        staff_log.c.subject_kind,
        staff_log.c.subject_id,
        staff_log.c.subject,
        staff_log.c.details,
    )
    .where(staff_log.c.id > bindparam("above", type_=BigId), staff_log.c.id < bindparam("below", type_=BigId))
    .limit(bindparam("most"))
)
PAGE = {False: Sql(_page.order_by(staff_log.c.id.desc())), True: Sql(_page.order_by(staff_log.c.id))}
