"""Rows of the lists of servers to block that this server follows, and of what they say."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, select, update

from dunnock.foundation.db import BigId, Sql, among, insert_once, upsert
from dunnock.moderation.tables import block_lists, listed_servers, spared_servers

_b, _s, _x = block_lists.c, listed_servers.c, spared_servers.c
_the = bindparam("the", type_=BigId)
_list = bindparam("list_id", type_=BigId)
_columns = (
    _b.id, _b.title, _b.url, _b.severity, _b.applies, _b.retracts, _b.by_account_id, _b.next_at, _b.read_at, _b.trouble,
    _b.servers, _b.unusable, _b.etag,
)  # fmt: skip
_said = (
    _s.domain, _s.severity, _s.comment, _s.reject_media, _s.reject_reports, _s.state, _s.block_id, _s.since, _s.following,
    _s.followers,
)  # fmt: skip

ADD = insert_once(
    block_lists, "id", "title", "url", "severity", "applies", "retracts", "by_account_id", "next_at", keys=["url"]
)
ALL = Sql(select(*_columns).order_by(_b.id))
FIND = Sql(select(*_columns).where(_b.id == _the))
DUE = Sql(select(_b.id).where(_b.next_at <= bindparam("now", type_=BigId)).order_by(_b.next_at).limit(50))
CHANGE = Sql(
    update(block_lists)
    .where(_b.id == _the)
    .values({
        name: bindparam(f"new_{name}", type_=_b[name].type)
        for name in ("title", "severity", "applies", "retracts", "by_account_id", "etag", "next_at")
    })
)  # fmt: skip
READ = Sql(
    update(block_lists)
    .where(_b.id == _the)
    .values({
        name: bindparam(f"new_{name}", type_=_b[name].type)
        for name in ("read_at", "next_at", "trouble", "servers", "unusable", "etag")
    })
)  # fmt: skip
TROUBLED = Sql(
    update(block_lists)
    .where(_b.id == _the)
    .values(trouble=bindparam("told"), next_at=bindparam("again_at", type_=BigId))
)
DROP = Sql(delete(block_lists).where(_b.id == _the))

PUT = upsert(listed_servers, ["list_id", "domain"])
SAID = Sql(select(*_said).where(_s.list_id == _list).order_by(_s.domain))
SAID_OF = Sql(select(*_said).where(_s.list_id == _list, among(_s.domain, "domains")).order_by(_s.domain))
PAGE = Sql(
    select(*_said)
    .where(_s.list_id == _list, _s.state == bindparam("state"), _s.domain > bindparam("after"))
    .order_by(_s.domain)
    .limit(bindparam("most"))
)
STATES = Sql(select(_s.list_id, _s.state, func.count()).group_by(_s.list_id, _s.state))
FORGET = Sql(delete(listed_servers).where(_s.list_id == _list, among(_s.domain, "domains")))
FORGET_ALL = Sql(delete(listed_servers).where(_s.list_id == _list))
BEHIND = Sql(  # the lists whose rules these are
    select(_s.block_id, _b.id, _b.title)
    .join_from(listed_servers, block_lists, _b.id == _s.list_id)
    .where(among(_s.block_id, "ids"))
)
OTHERS = Sql(select(_s.list_id).where(_s.block_id == _the, _s.list_id != _list))

SPARE = insert_once(spared_servers, keys=["domain"])
SPARED = Sql(select(_x.domain, _x.why, _x.at).order_by(_x.domain))
SPARE_NO_LONGER = Sql(delete(spared_servers).where(_x.domain == bindparam("key")))
