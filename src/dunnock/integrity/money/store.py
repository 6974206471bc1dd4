"""Rows of where money and people are led."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, exists, func, select, update

from dunnock.foundation.db import BigId, Sql, among, insert_once, upsert
from dunnock.integrity.money.tables import asset_uses, assets, short_links

_a, _u, _s = assets.c, asset_uses.c, short_links.c
_the = bindparam("the", type_=BigId)
_account = bindparam("account", type_=BigId)
_most = bindparam("most", type_=BigId)

_asset = select(_a.id, _a.key, _a.kind, _a.site, _a.state, _a.why, _a.first_at)
ADD = insert_once(assets, "id", "key", "kind", "site", "first_at", keys=["key"])
BY_KEYS = Sql(_asset.where(among(_a.key, "keys")).order_by(_a.id))
BY_IDS = Sql(_asset.where(among(_a.id, "ids")).order_by(_a.id))
AFTER = Sql(_asset.where(_a.id > bindparam("after", type_=BigId)).order_by(_a.id).limit(_most))
IN_STATE = Sql(_asset.where(_a.state != "").order_by(_a.id.desc()).limit(_most))
SET_STATE = Sql(
    update(assets)
    .where(_a.id == _the)
    .values(state=bindparam("new_state"), why=bindparam("new_why"), by_account_id=bindparam("whom", type_=BigId))
)
USE = upsert(asset_uses, ["asset_id", "account_id", "post_id"], "asset_id", "account_id", "post_id", "at", "protected")
UNUSE = Sql(delete(asset_uses).where(_u.account_id == _account, _u.post_id == bindparam("post", type_=BigId)))
OF_ACCOUNTS = Sql(
    select(_u.asset_id, _u.account_id, func.count(), func.min(_u.at), func.max(_u.at))
    .where(among(_u.account_id, "ids"))
    .group_by(_u.asset_id, _u.account_id)
    .order_by(_u.asset_id, _u.account_id)
    .limit(_most)
)
USERS = Sql(
    select(_u.asset_id, _u.account_id, func.count(), func.min(_u.at), func.max(_u.at))
    .where(among(_u.asset_id, "ids"))
    .group_by(_u.asset_id, _u.account_id)
    .order_by(_u.asset_id, _u.account_id)
    .limit(_most)
)
PROTECTED_SINCE = Sql(
    select(_u.account_id, _u.post_id)
    .where(_u.asset_id == _the, _u.at >= bindparam("since", type_=BigId), _u.protected)
    .order_by(_u.at, _u.post_id)
    .limit(_most)
)
SHARED = Sql(  # assets that several accounts led to lately, most accounts first
    select(_u.asset_id, func.count(_u.account_id.distinct()).label("people"))
    .where(_u.at >= bindparam("since", type_=BigId))
    .group_by(_u.asset_id)
    .having(func.count(_u.account_id.distinct()) >= bindparam("least"))
    .order_by(func.count(_u.account_id.distinct()).desc(), _u.asset_id)
    .limit(_most)
)
FORGET = Sql(delete(asset_uses).where(_u.account_id == _account))
TRIM_USES = Sql(
    delete(asset_uses).where(
        _u.at < bindparam("before", type_=BigId), _u.post_id != 0, _u.asset_id.in_(select(_a.id).where(_a.state == ""))
    )
)
TRIM = Sql(
    delete(assets).where(
        _a.state == "", _a.first_at < bindparam("before", type_=BigId), ~exists().where(_u.asset_id == _a.id)
    )
)
TARGETS = Sql(select(_s.address, _s.target).where(among(_s.address, "addresses")))
LEARNT = Sql(select(_s.address, _s.target).where(_s.target != "").order_by(_s.at.desc(), _s.address).limit(_most))
LEARN = upsert(short_links, ["address"], "address", "target", "at")
TRIM_SHORT = Sql(delete(short_links).where(_s.at < bindparam("before", type_=BigId)))
