"""Rows of other servers' feeds."""

from __future__ import annotations

from sqlalchemy import bindparam, case, delete, func, or_, select, update

from dunnock.foundation.db import BigId, Sql, among, insert_once
from dunnock.transparency.subscriptions.model import Draft, Feed
from dunnock.transparency.tables import foreign_indicators, foreign_matches, indicator_feeds

_f, _d, _m = indicator_feeds.c, foreign_indicators.c, foreign_matches.c
_the = bindparam("the", type_=BigId)
_now = bindparam("now", type_=BigId)
_most = bindparam("most", type_=BigId)

_feed = select(*(_f[name] for name in Feed.__struct_fields__))
ADD = insert_once(indicator_feeds, "id", "title", "url", "by_account_id", "next_at", keys=["url"])
ALL = Sql(_feed.order_by(_f.id))
FIND = Sql(_feed.where(_f.id == _the))
DUE = Sql(select(_f.id).where(_f.next_at <= _now).order_by(_f.next_at).limit(20))
_read = (
    "server",
    "key",
    "address_key",
    "number",
    "hash",
    "said_at",
    "unusable",
    "etag",
    "next_at",
    "read_at",
    "trouble",
)
READ = Sql(  # unless somebody else read it meanwhile
    update(indicator_feeds)
    .where(_f.id == _the, _f.number == bindparam("was_number", type_=BigId))
    .values({name: bindparam(f"new_{name}", type_=_f[name].type) for name in _read})
)
TROUBLED = Sql(
    update(indicator_feeds)
    .where(_f.id == _the)
    .values(trouble=bindparam("told"), next_at=bindparam("again_at", type_=BigId))
)
FORGET_KEY = Sql(
    update(indicator_feeds)
    .where(_f.id == _the)
    .values(key="", address_key="", server="", number=0, hash="", said_at="", etag="", trouble="", next_at=_now)
)
DROP = Sql(delete(indicator_feeds).where(_f.id == _the))

_draft = select(*(_d[name] for name in Draft.__struct_fields__)).where(_d.feed_id == _the)
KEEP = insert_once(
    foreign_indicators, "feed_id", "number", "uid", "kind", "value", "hashed", "letters", "severity", "reason", "techniques",
    "stated_at", "expires_at",
)  # fmt: skip
PAGE = Sql(
    _draft.where(_d.state == bindparam("state"), _d.number > bindparam("after", type_=BigId))
    .order_by(_d.number)
    .limit(_most)
)
TAKEN_BACK = Sql(  # what was acted on, and its publisher took back
    _draft.where(_d.state == "accepted", _d.retracted_at.is_not(None), _d.number > bindparam("after", type_=BigId))
    .order_by(_d.number)
    .limit(_most)
)
SOME = Sql(_draft.where(among(_d.number, "numbers")).order_by(_d.number))
BY_UID = Sql(_draft.where(_d.uid == bindparam("uid"), _d.retracted_at.is_(None)))
STATES = Sql(select(_d.feed_id, _d.state, func.count(), func.count(_d.retracted_at)).group_by(_d.feed_id, _d.state))
COUNT = Sql(select(func.count()).select_from(foreign_indicators).where(_d.feed_id == _the))
RETRACT = Sql(
    update(foreign_indicators)
    .where(_d.feed_id == _the, _d.uid == bindparam("uid"), _d.retracted_at.is_(None))
    .values(retracted_at=_now, state=case((_d.state == "waiting", "withdrawn"), else_=_d.state))
)
EXPIRE = Sql(
    update(foreign_indicators)
    .where(_d.feed_id == _the, _d.state == "waiting", _d.expires_at <= _now)
    .values(state="expired")
)
DECIDE = Sql(
    update(foreign_indicators)
    .where(
        _d.feed_id == _the, _d.number == bindparam("number", type_=BigId), or_(_d.state == "waiting", _d.state == "dismissed")
    )
    .values(
        state=bindparam("new_state"), made=bindparam("new_made"), made_id=bindparam("new_made_id", type_=BigId),
        decided_by=bindparam("whom", type_=BigId),
    )
)  # fmt: skip
CAME_OF = Sql(  # which drafts led to this
    select(_f.id, _f.title, _d.number, _d.retracted_at)
    .join_from(foreign_indicators, indicator_feeds, _f.id == _d.feed_id)
    .where(_d.made == bindparam("what"), _d.made_id == _the)
    .order_by(_d.feed_id, _d.number)
    .limit(_most)
)
FORGET_UNDECIDED = Sql(delete(foreign_indicators).where(_d.feed_id == _the, _d.state != "accepted"))
FORGET_DRAFTS = Sql(delete(foreign_indicators).where(_d.feed_id == _the))
FORGET_MATCHES = Sql(delete(foreign_matches).where(_m.feed_id == _the))

LOOKED_FOR = Sql(
    select(_d.value, _d.number)
    .where(_d.feed_id == _the, _d.kind == bindparam("the_kind"), _d.state == "waiting")
    .order_by(_d.number)
)
MATCH = insert_once(foreign_matches, "feed_id", "number", "subject_id", keys=["feed_id", "number", "subject_id"])
MATCHES = Sql(
    select(_m.number, _m.subject_id)
    .where(_m.feed_id == _the, among(_m.number, "numbers"))
    .order_by(_m.number, _m.subject_id)
    .limit(_most)
)
