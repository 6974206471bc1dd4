"""Statements about named verifiers, and about what they say of accounts."""

from __future__ import annotations

from sqlalchemy import Boolean, and_, bindparam, delete, func, literal_column, or_, select, update

from dunnock.accounts.tables import accounts, attestations, verifiers
from dunnock.foundation.db import BigId, Sql, among, upsert

_v, _a = verifiers.c, attestations.c
_the = bindparam("the", type_=BigId)
_now = bindparam("now", type_=BigId)
_by = accounts.alias("by")

# Verifiers ----------------------------------------------------------------------------------------------------------

_given = (
    select(func.count())
    .select_from(attestations)
    .where(_a.verifier_id == _v.account_id, _a.state == "given", _a.at >= _v.since)
    .scalar_subquery()
)
_verifier = select(
    _v.account_id, _v.what, _v.called, _v.since, _v.until, _v.doubted, _by.c.username, _by.c.display_name,
    _by.c.standing, _given,
).select_from(verifiers.join(_by, _by.c.id == _v.account_id))  # fmt: skip
PUT_VERIFIER = upsert(verifiers, ["account_id"], "account_id", "what", "called", "since", "until", "doubted")
VERIFIER = Sql(_verifier.where(_v.account_id == _the))
_held = select(_v.account_id).where(_v.account_id == _the)
HOLD_VERIFIER = Sql(_held, _held.with_for_update())
VERIFIERS = Sql(_verifier.order_by(_v.since, _v.account_id))
NUMBER_OF_VERIFIERS = Sql(select(func.count()).select_from(verifiers))
DROP_VERIFIER = Sql(delete(verifiers).where(_v.account_id == _the))
DOUBT_VERIFIER = Sql(update(verifiers).where(_v.account_id == _the, ~_v.doubted).values(doubted=True))
OVER = Sql(select(_v.account_id).where(_v.until <= _now).order_by(_v.account_id))

# What they say --------------------------------------------------------------------------------------------------------

_one = select(_a.verifier_id, _a.account_id, _a.called, _a.state, _a.at)
PUT = upsert(attestations, ["verifier_id", "account_id"], "verifier_id", "account_id", "called", "state", "at")
ONE = Sql(_one.where(_a.verifier_id == _the, _a.account_id == bindparam("whom", type_=BigId)))
MOVE = Sql(
    update(attestations)
    .where(
        _a.verifier_id == _the, _a.account_id == bindparam("whom", type_=BigId), among(_a.state, "was")
    )
    .values(state=bindparam("new_state"))
)  # fmt: skip
_living = or_(_a.state == "given", _a.state == "doubted")
ALIVE = Sql(
    select(func.count())
    .select_from(attestations)
    .where(_a.verifier_id == _the, _living, _a.at >= bindparam("since", type_=BigId))
)
SAID_SINCE = Sql(
    select(func.count())
    .select_from(attestations)
    .where(_a.verifier_id == _the, _a.at >= bindparam("since", type_=BigId))
)
GIVEN = Sql(  # by the verifier, newest first; `shown`: only what counts of accounts that all can see
    _one.join_from(attestations, verifiers, _v.account_id == _a.verifier_id)
    .join(accounts, accounts.c.id == _a.account_id)
    .where(
        _a.verifier_id == _the,
        _a.at >= _v.since,
        or_(
            and_(bindparam("shown", type_=Boolean()), _a.state == "given", accounts.c.standing == "active"),
            and_(~bindparam("shown", type_=Boolean()), _living, accounts.c.standing != "deleted"),
        ),
        or_(
            _a.at < bindparam("before", type_=BigId),
            and_(_a.at == bindparam("before", type_=BigId), _a.account_id < bindparam("below", type_=BigId)),
        ),
    )
    .order_by(_a.at.desc(), _a.account_id.desc())
    .limit(bindparam("most"))
)
OF = Sql(  # those about an account, whatever became of them
    _one.join_from(attestations, verifiers, and_(_v.account_id == _a.verifier_id, _a.at >= _v.since))
    .where(_a.account_id == _the, _a.state != "withdrawn")
    .order_by(_a.at.desc(), _a.verifier_id)
)
BY = Sql(
    select(_a.account_id)
    .where(_a.verifier_id == _the, _a.account_id > bindparam("after", type_=BigId))
    .order_by(_a.account_id)
    .limit(bindparam("most"))
)
_shown = select(accounts.c.id, accounts.c.attestations).where(among(accounts.c.id, "ids")).order_by(accounts.c.id)
HOLD_SHOWN = Sql(_shown, _shown.with_for_update())
COUNTING = Sql(
    select(_a.account_id, _by.c.id, _by.c.username, _by.c.display_name, _v.what, _a.at)
    .join_from(attestations, verifiers, _v.account_id == _a.verifier_id)
    .join(_by, _by.c.id == _a.verifier_id)
    .where(
        among(_a.account_id, "ids"),
        _a.state == "given",
        _a.at >= _v.since,
        ~_v.doubted,
        or_(_v.until.is_(None), _v.until > _now),
        _by.c.standing == literal_column("'active'"),
    )
    .order_by(_a.account_id, _a.at, _a.verifier_id)
)
SET_SHOWN = Sql(update(accounts).where(accounts.c.id == _the).values(attestations=bindparam("new")))
