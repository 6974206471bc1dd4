"""Rows of protected names, of who is taken for them, and of who became somebody else."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, select, update

from dunnock.foundation.db import BigId, Sql, among, insert_into, insert_once, upsert
from dunnock.integrity.identity.tables import lookalikes, protected_keys, protected_names, turns

_n, _k, _l, _t = protected_names.c, protected_keys.c, lookalikes.c, turns.c
_the = bindparam("the", type_=BigId)
_account = bindparam("account", type_=BigId)

_name = select(_n.id, _n.name, _n.handle, _n.account_id, _n.site, _n.source)
ADD_NAME = insert_once(
    protected_names,
    "id",
    "name",
    "handle",
    "account_id",
    "site",
    "source",
    "by_account_id",
    "created_at",
    keys=["source", "name", "account_id"],
)
ADD_KEY = insert_once(protected_keys, "key", "name_id", keys=["key", "name_id"])
NAME = Sql(_name.where(_n.id == _the))
NAMES = Sql(
    _name.where(_n.source == bindparam("of"), _n.id > bindparam("after", type_=BigId))
    .order_by(_n.id)
    .limit(bindparam("most"))
)
NAMES_AFTER = Sql(_name.where(_n.id > bindparam("after", type_=BigId)).order_by(_n.id).limit(bindparam("most")))
KEYS_OF = Sql(select(_k.name_id, _k.key).where(among(_k.name_id, "ids")))
NAMES_BY_KEYS = Sql(
    _name.where(_n.id.in_(select(_k.name_id).where(among(_k.key, "keys")))).order_by(_n.id).limit(bindparam("most"))
)
NAMES_WITH_SITES = Sql(_name.where(_n.site != "", _n.source == "staff").order_by(_n.id))
OF_ACCOUNT = Sql(_name.where(_n.account_id == _account, _n.source == "account").order_by(_n.id))
OWNED = Sql(select(_n.id).where(_n.account_id == _account).limit(1))
OF_ACCOUNTS = Sql(select(_n.account_id).where(_n.source == "account").distinct().order_by(_n.account_id))
COUNT_NAMES = Sql(select(func.count()).select_from(protected_names).where(_n.source == "staff"))
DROP_KEYS = Sql(delete(protected_keys).where(_k.name_id == _the))
DROP_LOOKALIKES = Sql(delete(lookalikes).where(_l.name_id == _the))
DROP_NAME = Sql(delete(protected_names).where(_n.id == _the))

_alike = select(_l.account_id, _l.name_id, _l.state, _l.evidence, _l.at, _n.name, _n.account_id).select_from(
    lookalikes.join(protected_names, _n.id == _l.name_id)
)
ALIKE_OF = Sql(_alike.where(_l.account_id == _account).order_by(_l.name_id))
ALIKE_TO = Sql(_alike.where(_l.name_id == _the, _l.state == "marked").order_by(_l.account_id))
ALIKE = Sql(_alike.where(_l.account_id == _account, _l.name_id == _the))
ALIKES = Sql(
    _alike.where(_l.state == bindparam("which"), _l.at < bindparam("before", type_=BigId))
    .order_by(_l.at.desc(), _l.account_id.desc())
    .limit(bindparam("most"))
)
WATCHED = Sql(_alike.where(_l.account_id == _account, _l.state == "watched").order_by(_l.name_id))
WATCHED_AMONG = Sql(select(_l.account_id).where(among(_l.account_id, "ids"), _l.state == "watched").distinct())
PUT_ALIKE = upsert(lookalikes, ["account_id", "name_id"], "account_id", "name_id", "state", "evidence", "at")
SETTLE_ALIKE = Sql(
    update(lookalikes)
    .where(_l.account_id == _account, _l.name_id == _the)
    .values(state=bindparam("new_state"), at=bindparam("now", type_=BigId), decided_by=bindparam("whom", type_=BigId))
)
FORGET_ALIKES = Sql(delete(lookalikes).where(_l.account_id == _account))

_turn = select(_t.id, _t.account_id, _t.former, _t.evidence, _t.held, _t.state, _t.until)
ADD_TURN = insert_into(turns, "id", "account_id", "former", "evidence", "held", "state", "until")
TURN = Sql(_turn.where(_t.id == _the))
TURN_OF = Sql(_turn.where(_t.account_id == _account, _t.state != "over").order_by(_t.id.desc()).limit(1))
RESTORED = Sql(  # when staff said last that an account is the same (turns._settle)
    select(func.max(_t.until)).where(
        _t.account_id == _account,
        _t.state == "over",
        _t.decided_by.is_not(None),
        _t.until <= bindparam("now", type_=BigId),
    )
)
TURNS = Sql(
    _turn.where(_t.state == bindparam("which"), _t.id < bindparam("below", type_=BigId))
    .order_by(_t.id.desc())
    .limit(bindparam("most"))
)
DUE_TURNS = Sql(
    _turn.where(_t.state != "over", _t.until <= bindparam("now", type_=BigId)).order_by(_t.id).limit(bindparam("most"))
)
CHANGE_TURN = Sql(
    update(turns)
    .where(_t.id == _the)
    .values(
        evidence=bindparam("new_evidence"),
        held=bindparam("new_held"),
        state=bindparam("new_state"),
        until=bindparam("new_until", type_=BigId),
        decided_by=bindparam("whom", type_=BigId),
    )
)
FORGET_TURNS = Sql(delete(turns).where(_t.account_id == _account))
