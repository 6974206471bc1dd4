"""Rows of what needs a second person."""

from __future__ import annotations

from sqlalchemy import bindparam, func, or_, select, update

from dunnock.foundation.db import BigId, Sql, insert_into
from dunnock.moderation.tables import decisions, staff_log, staff_requests

_r, _d, _l = staff_requests.c, decisions.c, staff_log.c
_the = bindparam("the", type_=BigId)
_by = bindparam("by", type_=BigId)
_since = bindparam("since", type_=BigId)
_row = select(
    _r.id,
    _r.kind,
    _r.body,
    _r.digest,
    _r.why,
    _r.by_account_id,
    _r.expires_at,
    _r.verdict,
    _r.decided_at,
    _r.decided_by,
)
ADD = insert_into(staff_requests, "id", "kind", "body", "digest", "why", "by_account_id", "expires_at", "alarming")
FIND = Sql(_row.where(_r.id == _the))
HOLD = Sql(_row.where(_r.id == _the), _row.where(_r.id == _the).with_for_update())
OPEN = Sql(
    _row.where(_r.verdict == "", _r.expires_at > bindparam("now", type_=BigId)).order_by(_r.id.desc()).limit(200)
)
LATEST = Sql(_row.order_by(_r.id.desc()).limit(bindparam("most")))
SAME = Sql(  # an open request for exactly this
    select(_r.id).where(
        _r.digest == bindparam("digest"),
        _r.by_account_id.is_not_distinct_from(_by),
        _r.verdict == "",
        _r.expires_at > bindparam("now", type_=BigId),
    )
)
LAPSED = Sql(_row.where(_r.verdict == "", _r.expires_at <= bindparam("now", type_=BigId)).order_by(_r.id).limit(100))
DECIDE = Sql(
    update(staff_requests)
    .where(_r.id == _the, _r.verdict == "")
    .values(
        verdict=bindparam("new_verdict"),
        decided_at=bindparam("now", type_=BigId),
        decided_by=bindparam("whom", type_=BigId),
    )
)
GRANTED = Sql(  # what somebody agreed to that a command may do, and that it did not do yet
    select(_r.id)
    .where(
        _r.digest == bindparam("digest"),
        _r.by_account_id.is_(None),
        _r.verdict == "approved",
        _r.used_at.is_(None),
        _r.decided_at > _since,
    )
    .order_by(_r.id)
    .limit(1)
)
USE = Sql(
    update(staff_requests).where(_r.id == _the, _r.used_at.is_(None)).values(used_at=bindparam("now", type_=BigId))
)
ASKED_SINCE = Sql(  # how often one asked for what alarms lately
    select(func.count()).where(_r.by_account_id.is_not_distinct_from(_by), _r.alarming, _r.id > _since)
)
JUDGED_SINCE = Sql(  # how many accounts one judged alone lately
    select(func.coalesce(func.sum(_d.subjects), 0)).where(
        _d.by_account_id == _by,
        _d.id > _since,
        _d.approved_by.is_(None),
        or_(_d.state == "applied", _d.state == "applying"),
        _d.action != "none",
    )
)
ACTS_SINCE = Sql(  # how often one touched how members sign in lately
    select(func.count()).where(
        _l.by_account_id == _by,
        _l.id > _since,
        or_(_l.act == "account.reset_factors", _l.act == "account.sign_out", _l.act == "account.role"),
    )
)
