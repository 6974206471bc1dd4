"""Rows of decisions and their subjects."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, delete, select, update

from dunnock.foundation.db import BigId, Sql, among, insert_into
from dunnock.moderation.tables import decision_subjects, decisions, warning_presets

_d, _s = decisions.c, decision_subjects.c
_account = bindparam("account", type_=BigId)
_now = bindparam("now", type_=BigId)

ADD = insert_into(decisions, "id", "action", "by_account_id", "text", "report_id", "mail")
ADD_SUBJECT = insert_into(decision_subjects, "decision_id", "kind", "subject_id", "was", "applied_at")
_about = and_(_s.decision_id == _d.id, _s.kind == "account", _s.subject_id == _account)
STANDING = Sql(  # decisions about an account that were not taken back, newest first
    select(_d.id, _s.was)
    .join_from(decision_subjects, decisions, _about)
    .where(_d.action == bindparam("the_action"), _s.reversed_at.is_(None), _s.applied_at.is_not(None))
    .order_by(_d.id.desc())
)
REVERSE_SUBJECT = Sql(
    update(decision_subjects)
    .where(
        _s.decision_id == bindparam("decision", type_=BigId),
        _s.kind == "account",
        _s.subject_id == _account,
        _s.reversed_at.is_(None),
    )
    .values(reversed_at=_now)
)
_other = decision_subjects.alias("other")
REVERSE = Sql(  # the whole of it, once no subject stands any more
    update(decisions)
    .where(
        _d.id == bindparam("decision", type_=BigId),
        _d.reversed_at.is_(None),
        ~select(_other.c.subject_id)
        .where(_other.c.decision_id == _d.id, _other.c.kind == "account", _other.c.reversed_at.is_(None))
        .correlate(decisions)
        .exists(),
    )
    .values(reversed_at=_now, reversed_by=bindparam("whom", type_=BigId))
)
WARNED = Sql(
    select(_d.id, _d.action, _d.text, _s.subject_id, _d.mail, _s.reversed_at)
    .join_from(decision_subjects, decisions, _s.decision_id == _d.id)
    .where(among(_d.id, "ids"), _s.kind == "account", _s.subject_id == _account)
)
POSTS = Sql(
    select(_s.decision_id, _s.subject_id)
    .where(among(_s.decision_id, "ids"), _s.kind == "post")
    .order_by(_s.decision_id, _s.subject_id)
)

_w = warning_presets.c
PRESET = Sql(select(_w.text).where(_w.id == bindparam("the", type_=BigId)))
PRESETS = Sql(select(_w.id, _w.title, _w.text).order_by(_w.id).limit(bindparam("most")))
ADD_PRESET = insert_into(warning_presets)
DROP_PRESET = Sql(delete(warning_presets).where(_w.id == bindparam("the", type_=BigId)))
