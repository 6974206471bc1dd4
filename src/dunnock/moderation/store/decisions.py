"""Rows of decisions and their subjects."""

from __future__ import annotations

from sqlalchemy import Boolean, and_, bindparam, column, delete, func, or_, select, table, update

from dunnock.foundation.db import BigId, Sql, among, insert_into
from dunnock.moderation.tables import decision_subjects, decisions, warning_presets

_accounts = table(
    "accounts", column("id", BigId), column("domain"), column("protected", Boolean)
)  # named here, never imported
_d, _s = decisions.c, decision_subjects.c
_account = bindparam("account", type_=BigId)
_now = bindparam("now", type_=BigId)

ADD = insert_into(
    decisions, "id", "action", "by_account_id", "text", "report_id", "mail", "also", "state", "case_id", "parts", "subjects",
    "expires_at", "ground", "category", "facts",
)  # fmt: skip
_the = bindparam("the", type_=BigId)
_row = select(
    _d.id, _d.action, _d.also, _d.state, _d.by_account_id, _d.approved_by, _d.text, _d.case_id, _d.subjects, _d.expires_at,
    _d.reversed_at, _d.ground, _d.category, _d.facts, _d.report_id,
)  # fmt: skip
FIND = Sql(_row.where(_d.id == _the))
HOLD = Sql(_row.where(_d.id == _the), _row.where(_d.id == _the).with_for_update())
OF_CASE = Sql(_row.where(_d.case_id == _the).order_by(_d.id.desc()).limit(bindparam("most")))
ABOUT = Sql(  # decisions carried out about an account, newest first, with when they were taken back for it
    _row.add_columns(_s.reversed_at)
    .join_from(decisions, decision_subjects, _s.decision_id == _d.id)
    .where(_s.kind == "account", _s.subject_id == bindparam("account", type_=BigId), _s.applied_at.is_not(None))
    .order_by(_d.id.desc())
    .limit(bindparam("most"))
)
ON_LAW = Sql(  # a decision in force about an account that rests on the law
    select(_d.id)
    .join_from(decisions, decision_subjects, _s.decision_id == _d.id)
    .where(
        _s.kind == "account",
        _s.subject_id == bindparam("account", type_=BigId),
        _s.applied_at.is_not(None),
        _s.reversed_at.is_(None),
        _d.ground == "law",
    )
    .limit(1)
)
ACTIONED = Sql(  # accounts for which one of these decisions is in force, by id
    select(_s.subject_id)
    .where(
        among(_s.decision_id, "ids"),
        _s.kind == "account",
        _s.applied_at.is_not(None),
        _s.reversed_at.is_(None),
        _s.subject_id > bindparam("after", type_=BigId),
    )
    .distinct()
    .order_by(_s.subject_id)
    .limit(bindparam("most"))
)
OVER_WHOM = Sql(
    select(_s.subject_id, _s.decision_id)
    .where(
        among(_s.decision_id, "ids"),
        _s.kind == "account",
        among(_s.subject_id, "accounts"),
        _s.applied_at.is_not(None),
        _s.reversed_at.is_(None),
    )
    .order_by(_s.subject_id, _s.decision_id)
)
PARTS_OF = Sql(select(_d.case_id, _d.parts, _d.report_id, _d.mail).where(_d.id == _the))
SET_STATE = Sql(
    update(decisions).where(_d.id == _the, _d.state == bindparam("old_state")).values(state=bindparam("new_state"))
)
SET_GATHERED = Sql(
    update(decisions)
    .where(_d.id == _the)
    .values(state=bindparam("new_state"), subjects=bindparam("number", type_=BigId))
)
SET_APPROVED = Sql(update(decisions).where(_d.id == _the).values(approved_by=bindparam("whom", type_=BigId)))
SET_TAKEN_OVER = Sql(
    update(decisions).where(_d.id == _the).values(by_account_id=bindparam("whom", type_=BigId), approved_by=None)
)
ANY_PROTECTED = Sql(  # is one of its accounts protected?
    select(_s.subject_id)
    .join_from(decision_subjects, _accounts, _accounts.c.id == _s.subject_id)
    .where(_s.decision_id == _the, _s.kind == "account", _accounts.c.protected)
    .limit(1)
)
BY_SERVER = Sql(  # servers whose accounts were judged since, and still are: those with the most first
    select(_accounts.c.domain, func.count(func.distinct(_s.decision_id)), func.count())
    .select_from(decision_subjects)
    .join(decisions, _d.id == _s.decision_id)
    .join(_accounts, _accounts.c.id == _s.subject_id)
    .where(
        _s.decision_id > bindparam("since", type_=BigId),
        _s.kind == "account",
        _s.applied_at.is_not(None),
        _s.reversed_at.is_(None),
        _d.action != "none",
        _accounts.c.domain != "",
    )
    .group_by(_accounts.c.domain)
    .order_by(func.count().desc(), _accounts.c.domain)
    .limit(bindparam("most"))
)
SET_REVERSED = Sql(
    update(decisions)
    .where(_d.id == _the)
    .values(state="undone", reversed_at=_now, reversed_by=bindparam("whom", type_=BigId))
)
OVER = Sql(select(_d.id).where(_d.expires_at <= _now, _d.state == "applied").order_by(_d.expires_at).limit(100))
UNAPPLIED = Sql(  # accounts that it was not yet carried out for
    select(_s.subject_id)
    .where(_s.decision_id == _the, _s.kind == "account", _s.applied_at.is_(None))
    .order_by(_s.subject_id)
    .limit(bindparam("most"))
)
APPLIED = Sql(  # accounts that it is in force for, with what was so before
    select(_s.subject_id, _s.was)
    .where(
        _s.decision_id == _the,
        _s.kind == "account",
        _s.applied_at.is_not(None),
        _s.reversed_at.is_(None),
        _s.subject_id > bindparam("after", type_=BigId),
    )
    .order_by(_s.subject_id)
    .limit(bindparam("most"))
)
SUBJECT_IDS = Sql(
    select(_s.subject_id)
    .where(_s.decision_id == _the, _s.kind == "account", _s.subject_id > bindparam("after", type_=BigId))
    .order_by(_s.subject_id)
    .limit(bindparam("most"))
)
SET_PARTS = Sql(update(decisions).where(_d.id == _the).values(parts=bindparam("new_parts")))
MARK_APPLIED = Sql(
    update(decision_subjects)
    .where(_s.decision_id == _the, _s.kind == "account", _s.subject_id == bindparam("account", type_=BigId))
    .values(applied_at=_now, was=bindparam("was_then"))
)
MARK_REVERSED = Sql(
    update(decision_subjects)
    .where(_s.decision_id == _the, _s.kind == "account", among(_s.subject_id, "ids"))
    .values(reversed_at=_now)
)
PROGRESS = Sql(
    select(func.count(), func.count(_s.applied_at), func.count(_s.reversed_at)).where(
        _s.decision_id == _the, _s.kind == "account"
    )
)
ADD_SUBJECT = insert_into(decision_subjects, "decision_id", "kind", "subject_id", "was", "applied_at")
_about = and_(_s.decision_id == _d.id, _s.kind == "account", _s.subject_id == _account)
STANDING = Sql(  # decisions about an account that were not taken back, newest first
    select(_d.id, _s.was)
    .join_from(decision_subjects, decisions, _about)
    .where(
        or_(_d.action == bindparam("the_action"), _d.also.contains(bindparam("quoted_action"))),
        _s.reversed_at.is_(None),
        _s.applied_at.is_not(None),
    )
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
OTHERS_STANDING = Sql(  # accounts for which another decision with this action is in force as well
    select(_s.subject_id, _s.decision_id)
    .join(decisions, _d.id == _s.decision_id)
    .where(
        _s.kind == "account",
        among(_s.subject_id, "ids"),
        _s.decision_id != _the,
        or_(_d.action == bindparam("the_action"), _d.also.contains(bindparam("quoted_action"))),
        _s.reversed_at.is_(None),
        _s.applied_at.is_not(None),
    )
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
    .values(reversed_at=_now, reversed_by=bindparam("whom", type_=BigId), state="undone")
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
