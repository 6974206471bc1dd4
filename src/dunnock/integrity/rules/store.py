"""Rows of staff's rules, and of what met them."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Text, bindparam, delete, func, or_, select, update

from dunnock.foundation.db import BigId, Row, Sql, among, insert_into, insert_once
from dunnock.integrity.meetings.store import HITS, shared
from dunnock.integrity.meetings.tables import watch_hits
from dunnock.integrity.rules.model import Hit, Rule
from dunnock.integrity.rules.tables import watch_rules

_r, _h = watch_rules.c, watch_hits.c
_the = bindparam("the", type_=BigId)
_now = bindparam("now", type_=BigId)
_most = bindparam("most", type_=BigId)
_rule = select(
    _r.id, _r.name, _r.condition, _r.effect, _r.state, _r.version, _r.tested, _r.trial, _r.made_by, _r.live_by,
    _r.expires_at, _r.ended_at,
)  # fmt: skip

ADD = insert_into(watch_rules, "id", "name", "condition", "effect", "version", "made_by", "expires_at")
FIND = Sql(_rule.where(_r.id == _the))
HOLD = Sql(_rule.where(_r.id == _the), _rule.where(_r.id == _the).with_for_update())
NAMES = Sql(select(_r.id, _r.name).where(among(_r.id, "ids")).order_by(_r.id))
LIST = Sql(_rule.order_by(_r.id.desc()).limit(_most))
IN_FORCE = Sql(
    _rule.where(or_(_r.state == "dry", _r.state == "live"), _r.expires_at > _now).order_by(_r.id).limit(_most)
)
OVER = Sql(_rule.where(_r.state != "ended", _r.expires_at <= _now).order_by(_r.id).limit(_most))
ENDED = Sql(  # rules that are over and still keep something
    select(_h.rule_id)
    .join(watch_rules, _r.id == _h.rule_id)
    .where(_h.state == "waiting", _r.state == "ended")
    .distinct()
    .order_by(_h.rule_id)
    .limit(_most)
)
CHANGE = Sql(
    update(watch_rules)
    .where(_r.id == _the)
    .values(
        name=bindparam("new_name", type_=Text),
        condition=bindparam("new_condition", type_=Text),
        effect=bindparam("new_effect", type_=Text),
        expires_at=bindparam("new_end", type_=BigId),
        version=bindparam("new_version", type_=BigId),
    )
)
TRIED = Sql(
    update(watch_rules).where(_r.id == _the).values(trial=bindparam("new_trial", type_=Text), tested=bindparam("of"))
)
SET_STATE = Sql(
    update(watch_rules)
    .where(_r.id == _the)
    .values(
        state=bindparam("new_state", type_=Text),
        live_by=bindparam("who", type_=BigId),
        ended_at=bindparam("ended", type_=BigId),
    )
)

ADD_HIT = insert_once(
    watch_hits, "id", "rule_id", "version", "kind", "subject_id", "account_id", "told", "state", "held",
    keys=["rule_id", "kind", "subject_id"],
)  # fmt: skip
COUNTS = Sql(  # of some rules
    select(_h.rule_id, _h.state, func.count())
    .where(among(_h.rule_id, "ids"))
    .group_by(_h.rule_id, _h.state)
    .order_by(_h.rule_id, _h.state)
)
OLD = Sql(  # what a dry run noted, and what a rule that ended let go
    select(_h.id)
    .where(or_(_h.state == "noted", _h.state == "lapsed"), _h.id < bindparam("before", type_=BigId))
    .order_by(_h.id)
    .limit(_most)
)
DROP = Sql(delete(watch_hits).where(among(_h.id, "ids")))

OF_AUTHOR = Sql(  # what rules keep of an account's posts, the newest first: (hit…, name of the rule, when it ends)
    select(*HITS.columns, _r.name, _r.expires_at)
    .join_from(watch_hits, watch_rules, _r.id == _h.rule_id)
    .where(
        _h.account_id == bindparam("account", type_=BigId),
        or_(_h.state == "waiting", _h.state == "refused"),
        or_(_h.limited, _h.held),
    )
    .order_by(_h.id.desc())
    .limit(_most)
)
OBJECT = Sql(
    update(watch_hits)
    .where(
        _h.id == _the,
        _h.account_id == bindparam("account", type_=BigId),
        _h.state == "waiting",
        or_(_h.limited, _h.held),
        _h.objected_at.is_(None),
    )
    .values(objection=bindparam("words", type_=Text), objected_at=_now)
)
KEEPING = Sql(  # which of these posts is any hit holding?
    select(_h.subject_id).where(_h.kind == "post", among(_h.subject_id, "ids"), _h.held).distinct()
)
HOLDING = Sql(  # the hits that hold a post
    HITS.select.where(_h.kind == "post", _h.subject_id == bindparam("subject", type_=BigId), _h.held).order_by(_h.id)
)

_told = msgspec.json.Decoder(dict[str, Any]).decode


def rule_of(row: Row) -> Rule:
    """A row of `FIND`."""
    return Rule(**dict(zip(Rule.__struct_fields__, row, strict=True)))


def hit_of(row: Row) -> Hit:
    """A row of `HITS`."""
    kind, subject_id = row[9], row[10]
    return Hit(
        **shared(row), version=row[8], kind=kind, subject_id=subject_id, post_id=subject_id if kind == "post" else None,
        told=_told(row[11]), held=bool(row[12]), objection=row[13], objected_at=row[14],
    )  # fmt: skip
