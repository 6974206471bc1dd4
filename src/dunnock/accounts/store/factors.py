"""Rows of second factors, sign-ins under way, and browsers that were seen before."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, delete, func, or_, select, update

from dunnock.accounts.tables import (
    accounts,
    browsers,
    members,
    passkeys,
    recovery_codes,
    sessions,
    sign_in_steps,
    totps,
)
from dunnock.foundation.db import BigId, Sql, among, insert_into, insert_once

_member = bindparam("member", type_=BigId)
_at = bindparam("at", type_=BigId)
_p, _s, _t, _r, _b = passkeys.c, sign_in_steps.c, totps.c, recovery_codes.c, browsers.c

HAS_TOTP = Sql(select(_t.member_id).where(_t.member_id == _member, _t.confirmed_at.is_not(None)))
HAS_PASSKEY = Sql(select(_p.id).where(_p.member_id == _member).limit(1))
CODES_LEFT = Sql(select(func.count()).select_from(recovery_codes).where(_r.member_id == _member, _r.used_at.is_(None)))

TOTP = Sql(select(_t.secret, _t.confirmed_at, _t.last_step).where(_t.member_id == _member))
ADD_TOTP = insert_into(totps, "member_id", "secret")
DROP_TOTP = Sql(delete(totps).where(_t.member_id == _member))
DROP_PLANNED_TOTP = Sql(delete(totps).where(_t.member_id == _member, _t.confirmed_at.is_(None)))
CONFIRM_TOTP = Sql(
    update(totps)
    .where(_t.member_id == _member, _t.confirmed_at.is_(None))
    .values(confirmed_at=_at, last_step=bindparam("step"))
)
USE_TOTP = Sql(
    update(totps)
    .where(_t.member_id == _member, _t.confirmed_at.is_not(None), _t.last_step < bindparam("step", type_=BigId))
    .values(last_step=bindparam("step", type_=BigId))
)

ADD_CODE = insert_into(recovery_codes, "digest", "member_id")
DROP_CODES = Sql(delete(recovery_codes).where(_r.member_id == _member))
USE_CODE = Sql(
    update(recovery_codes)
    .where(_r.digest == bindparam("the"), _r.member_id == _member, _r.used_at.is_(None))
    .values(used_at=_at)
)

_passkey = select(
    _p.id, _p.member_id, _p.credential_id, _p.public_key, _p.sign_count, _p.name, _p.created_at, _p.used_at
)
PASSKEYS_OF = Sql(_passkey.where(_p.member_id == _member).order_by(_p.id))
PASSKEY_CALLED = Sql(_passkey.where(_p.credential_id == bindparam("credential")))
ADD_PASSKEY = insert_into(
    passkeys, "id", "member_id", "credential_id", "public_key", "sign_count", "name", "created_at"
)
RENAME_PASSKEY = Sql(
    update(passkeys)
    .where(_p.id == bindparam("the", type_=BigId), _p.member_id == _member)
    .values(name=bindparam("called"))
)
DROP_PASSKEY = Sql(delete(passkeys).where(_p.id == bindparam("the", type_=BigId), _p.member_id == _member))
DROP_TOTP_SINCE = Sql(delete(totps).where(_t.member_id == _member, _t.confirmed_at >= bindparam("since", type_=BigId)))
DROP_PASSKEYS_SINCE = Sql(
    delete(passkeys).where(_p.member_id == _member, _p.created_at >= bindparam("since", type_=BigId))
)
DROP_PASSKEYS = Sql(delete(passkeys).where(_p.member_id == _member))
USED_PASSKEY = Sql(
    update(passkeys)
    .where(
        _p.id == bindparam("the", type_=BigId),
        # A count that does not grow tells of a copy; authenticators without one always say 0.
        or_(
            _p.sign_count < bindparam("count", type_=BigId),
            and_(_p.sign_count == 0, bindparam("count", type_=BigId) == 0),
        ),
    )
    .values(sign_count=bindparam("count", type_=BigId), used_at=_at)
)

PASSKEY_ROWS = Sql(
    select(_p.id, _p.credential_id, _p.public_key, _p.sign_count, _p.name, _p.created_at, _p.used_at)
    .where(_p.member_id == _member)
    .order_by(_p.id)
)
PUT_BACK_PASSKEY = insert_into(
    passkeys, "id", "member_id", "credential_id", "public_key", "sign_count", "name", "created_at", "used_at"
)
CODE_ROWS = Sql(select(_r.digest, _r.used_at).where(_r.member_id == _member).order_by(_r.digest))
PUT_BACK_CODE = insert_into(recovery_codes, "digest", "member_id", "used_at")
ADD_STEP = insert_into(sign_in_steps, "digest", "purpose", "member_id", "held", "client", "challenge", "expires_at")
STEP = Sql(
    select(_s.member_id, _s.held, _s.client, _s.challenge).where(
        _s.digest == bindparam("digest"),
        _s.purpose == bindparam("purpose"),
        _s.expires_at > bindparam("now", type_=BigId),
    )
)
USE_STEP = Sql(delete(sign_in_steps).where(_s.digest == bindparam("the")))
OVER_STEPS = Sql(select(_s.digest).where(_s.expires_at < bindparam("before", type_=BigId)))
DROP_STEPS = Sql(delete(sign_in_steps).where(among(_s.digest, "ids")))

FOR_PASSKEY = Sql(
    select(members.c.id, members.c.password_hash, members.c.state, accounts.c.standing, members.c.unconfirmed)
    .join_from(members, accounts, accounts.c.id == members.c.account_id)
    .where(members.c.id == _member)
)

ADD_BROWSER = insert_once(browsers, keys=["digest"])
SAW_BROWSER = Sql(update(browsers).where(_b.digest == bindparam("the")).values(seen_at=_at))
KNOWS_BROWSER = Sql(select(_b.member_id).where(_b.digest == bindparam("digest")))
SEEN_NETWORKS = Sql(select(_b.digest).where(_b.member_id == _member, _b.digest.like(bindparam("prefix"))))
DROP_NETWORKS = Sql(delete(browsers).where(_b.member_id == _member, _b.digest.like(bindparam("prefix"))))
SET_STEP_CODE = Sql(
    update(sign_in_steps)
    .where(_s.digest == bindparam("the"), _s.expires_at > bindparam("now", type_=BigId))
    .values(challenge=bindparam("code"))
)
FORGET_BROWSERS_SINCE = Sql(
    delete(browsers).where(_b.member_id == _member, _b.seen_at >= bindparam("since", type_=BigId))
)
DOUBTED = Sql(  # sessions that began since then with a new browser, of which nobody said that it was they
    select(sessions.c.id, sessions.c.client, sessions.c.created_at)
    .where(
        sessions.c.member_id == _member, sessions.c.doubted, sessions.c.created_at >= bindparam("since", type_=BigId)
    )
    .order_by(sessions.c.id.desc())
    .limit(20)
)
SETTLED = Sql(update(sessions).where(sessions.c.member_id == _member, sessions.c.doubted).values(doubted=False))
SESSION_BEFORE = Sql(select(sessions.c.id).where(sessions.c.member_id == bindparam("member_id", type_=BigId)).limit(1))
OVER_BROWSERS = Sql(select(_b.digest).where(_b.seen_at < bindparam("before", type_=BigId)))
DROP_BROWSERS = Sql(delete(browsers).where(among(_b.digest, "ids")))
PROVEN = Sql(update(sessions).where(sessions.c.id == bindparam("the", type_=BigId)).values(proven_at=_at))
