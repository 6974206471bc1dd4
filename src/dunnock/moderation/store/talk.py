"""Rows of what servers write to each other about reports, and of what staff know of servers."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, update

from dunnock.foundation.db import BigId, Sql, among, insert_into, insert_once
from dunnock.moderation.tables import report_messages, reports, server_notes

_r, _m, _n = reports.c, report_messages.c, server_notes.c
_report = bindparam("report", type_=BigId)
_the = bindparam("the", type_=BigId)

FIND = Sql(select(_r.id, _r.account_id, _r.target_id, _r.forwarded, _r.uri, _r.answered_at).where(_r.id == _the))
OF_FLAG = Sql(select(_r.id).where(_r.uri == bindparam("the_uri"), _r.uri.is_not(None)).order_by(_r.id).limit(1))
NAME = Sql(update(reports).where(_r.id == _report, _r.uri.is_(None)).values(uri=bindparam("the_uri")))
ANSWERED = Sql(
    update(reports)
    .where(_r.id == _report, _r.answered_at.is_(None))
    .values(answered_at=bindparam("now", type_=BigId), updated_at=bindparam("now", type_=BigId))
)
ADD = insert_once(report_messages, keys=["uri"])
_message = select(_m.id, _m.text, _m.by_account_id, _m.closes, _m.report_id, _m.passed_on)
MESSAGES = Sql(_message.where(_m.report_id == _report).order_by(_m.id).limit(200))
MESSAGE = Sql(_message.where(_m.id == _the))
PASS_ON = Sql(
    update(report_messages)
    .where(_m.id == _the, _m.report_id == _report, _m.by_account_id.is_(None), _m.passed_on.is_(False))
    .values(passed_on=True)
)
PASSED_ON = Sql(
    select(_m.report_id, _m.id, _m.text).where(among(_m.report_id, "ids"), _m.passed_on.is_(True)).order_by(_m.id)
)

ADD_NOTE = insert_into(server_notes)
NOTES = Sql(
    select(_n.id, _n.domain, _n.text, _n.contact, _n.by_account_id)
    .where(_n.domain == bindparam("the_domain"))
    .order_by(_n.id.desc())
    .limit(100)
)
DROP_NOTE = Sql(delete(server_notes).where(_n.id == _the))
