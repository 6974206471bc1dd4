"""Rows of raids."""

from __future__ import annotations

from sqlalchemy import bindparam, case, delete, func, or_, select, update

from dunnock.foundation.db import BigId, Row, Sql, among, insert_into, insert_once, upsert
from dunnock.foundation.erase import Step, of, rows, some_of
from dunnock.integrity.raids.model import Hit, Raid, Raider
from dunnock.integrity.raids.tables import raid_accounts, raid_hits, raid_marks, raids
from dunnock.integrity.tables import cluster_members, clusters

_r, _a, _k, _h = raids.c, raid_accounts.c, raid_marks.c, raid_hits.c
_the, _since = bindparam("the", type_=BigId), bindparam("since", type_=BigId)
_target, _now = bindparam("target", type_=BigId), bindparam("now", type_=BigId)
_most = bindparam("most", type_=BigId)
_raid = select(_r.id, _r.first_at, _r.last_at, _r.case_id, _r.ended_at, _r.ended_by)
_elsewhere = or_(_a.waves > 1, _a.last_target_id != _target)

ADD = insert_into(raids, "id", "first_at", "last_at")
FIND = Sql(_raid.where(_r.id == _the))
HOLD = Sql(_raid.where(_r.id == _the), _raid.where(_r.id == _the).with_for_update())
LATELY = Sql(_raid.where(among(_r.id, "ids"), _r.last_at > _since).order_by(_r.id))
GOING_ON = Sql(_raid.where(_r.last_at > _since, _r.ended_at.is_(None)).order_by(_r.last_at.desc()).limit(_most))
OF_CASE = Sql(_raid.where(_r.case_id == bindparam("case", type_=BigId)).order_by(_r.id.desc()).limit(1))
TOUCH = Sql(update(raids).where(_r.id == _the).values(last_at=_now))
JOIN_CASE = Sql(update(raids).where(_r.id == _the).values(case_id=bindparam("new_case", type_=BigId)))
END = Sql(
    update(raids)
    .where(_r.id == _the, _r.ended_at.is_(None))
    .values(ended_at=_now, ended_by=bindparam("who", type_=BigId))
)

_number = select(func.count()).where(_a.raid_id == _the).scalar_subquery()
NUMBERS = Sql(
    select(_number, select(func.count()).where(_k.raid_id == _the).scalar_subquery(),
           select(func.count()).where(_h.raid_id == _the).scalar_subquery())
)  # fmt: skip
ADD_ACCOUNT = insert_once(
    raid_accounts,
    "raid_id",
    "account_id",
    "domain",
    "waves",
    "last_target_id",
    "last_at",
    keys=["raid_id", "account_id"],
)
ADD_MARK = insert_once(raid_marks, keys=["raid_id", "kind", "mark"])
WROTE_TO = Sql(
    update(raid_accounts)
    .where(_a.raid_id == _the, among(_a.account_id, "ids"))
    .values(
        waves=_a.waves + case((_a.last_target_id != _target, 1), else_=0), last_target_id=_target, last_at=_now
    )
)  # fmt: skip
HELD_ACCOUNTS = Sql(select(_a.account_id).where(_a.raid_id == _the, among(_a.account_id, "ids")))
RAIDED_ELSEWHERE = Sql(  # raids that go on, in which an account took part, but for what it did to the target
    select(_a.raid_id)
    .join(raids, _r.id == _a.raid_id)
    .where(
        _a.account_id == bindparam("account", type_=BigId), _a.last_at > _since, ~_a.left_out, _elsewhere,
        _r.ended_at.is_(None),
    )
    .order_by(_a.last_at.desc())
    .limit(1)
)  # fmt: skip
RAIDERS_AMONG = Sql(select(_a.account_id).where(among(_a.account_id, "ids"), _a.last_at > _since).distinct())
RAIDED_AMONG = Sql(select(_h.account_id).where(among(_h.account_id, "ids"), _h.last_at > _since).distinct())
AGAIN = Sql(  # (account, waves) of those who took part in a raid at others than the target
    select(_a.account_id, _a.waves).where(
        _a.raid_id == _the, among(_a.account_id, "ids"), _a.last_at > _since, ~_a.left_out, _elsewhere
    )
)
NUMBER_AGAIN = Sql(  # (raid, how many of some accounts took part at others than the target)
    select(_a.raid_id, func.count())
    .where(among(_a.account_id, "ids"), _a.last_at > _since, ~_a.left_out, _elsewhere)
    .group_by(_a.raid_id)
)
MARKED = Sql(  # (raid, kind, mark) of raids that say, or come from, some of these
    select(_k.raid_id, _k.kind, _k.mark)
    .join(raids, _r.id == _k.raid_id)
    .where(among(_k.mark, "marks"), _r.last_at > _since)
    .limit(_most)
)
SAID_AT = Sql(  # the raid that was at the target since then, and says one of these words
    select(_h.raid_id)
    .join(raids, _r.id == _h.raid_id)
    .join(raid_marks, _k.raid_id == _h.raid_id)
    .where(
        _h.account_id == _target, _h.last_at > _since, _r.ended_at.is_(None), _k.kind == "word", among(_k.mark, "marks")
    )
    .order_by(_h.last_at.desc())
    .limit(1)
)
WORDS = Sql(select(_k.mark).where(_k.raid_id == _the, _k.kind == "word", among(_k.mark, "marks")))
_n = cluster_members.c
_mine = (
    select(_n.cluster_id, func.count().label("number"))
    .join(clusters, clusters.c.id == _n.cluster_id)
    .where(among(_n.account_id, "ids"), or_(clusters.c.state == "open", clusters.c.state == "confirmed"))
    .group_by(_n.cluster_id)
    .having(func.count() >= bindparam("least", type_=BigId))
    .subquery()
)
NETWORKS = Sql(  # (raid, of some accounts, of the raid's) that are in one network
    select(_a.raid_id, func.max(_mine.c.number), func.count())
    .select_from(_mine.join(cluster_members, _n.cluster_id == _mine.c.cluster_id).join(
        raid_accounts, _a.account_id == _n.account_id
    ))
    .where(_a.last_at > _since, ~_a.left_out)
    .group_by(_a.raid_id, _mine.c.cluster_id)
)  # fmt: skip
OF_SERVER = Sql(
    select(_a.account_id)
    .where(_a.domain == bindparam("host"), _a.last_at > _since, ~_a.left_out)
    .distinct()
    .limit(_most)
)
ACCOUNTS = Sql(
    select(_a.account_id, _a.domain, _a.waves, _a.last_at, _a.left_out)
    .where(_a.raid_id == _the)
    .order_by(_a.waves.desc(), _a.account_id)
    .limit(_most)
)
LEAVE_OUT = Sql(
    update(raid_accounts)
    .where(_a.raid_id == _the, _a.account_id == bindparam("account", type_=BigId), ~_a.left_out)
    .values(left_out=True)
)

_hit = select(_h.raid_id, _h.account_id, _h.first_at, _h.last_at, _h.people, _h.posts, _h.again, _h.early, _h.signal_id)
PUT_HIT = upsert(raid_hits, ["raid_id", "account_id"])
HIT = Sql(_hit.where(_h.raid_id == _the, _h.account_id == _target))
HITS = Sql(_hit.where(_h.raid_id == _the).order_by(_h.first_at, _h.account_id).limit(_most))
HITS_OF = Sql(_hit.where(among(_h.raid_id, "ids")).order_by(_h.raid_id, _h.first_at, _h.account_id).limit(_most))
NUMBER_SINCE = Sql(
    select(func.count()).select_from(
        select(_h.account_id).where(_h.raid_id == _the, _h.last_at > _since).limit(_most).subquery()
    )
)

_old = select(_a.raid_id, _a.account_id).where(_a.last_at < bindparam("before", type_=BigId)).limit(_most)
OLD_ACCOUNTS = Sql(_old)
DROP_ACCOUNT = Sql(delete(raid_accounts).where(_a.raid_id == _the, _a.account_id == bindparam("account", type_=BigId)))
OLD = Sql(select(_r.id).where(_r.last_at < bindparam("before", type_=BigId)).order_by(_r.last_at).limit(_most))
DROP_MARKS = Sql(delete(raid_marks).where(among(_k.raid_id, "ids")))
DROP_HITS = Sql(delete(raid_hits).where(among(_h.raid_id, "ids")))
DROP_ACCOUNTS = Sql(delete(raid_accounts).where(among(_a.raid_id, "ids")))
DROP = Sql(delete(raids).where(among(_r.id, "ids")))
FORGET: Step = rows(
    some_of(raid_accounts, of(_a.account_id), _a.raid_id),
    some_of(raid_hits, of(_h.account_id), _h.raid_id),
)
"""What an account did in raids, and that it was raided."""


def raid_of(row: Row) -> Raid:
    """A row of `FIND` and the like."""
    return Raid(
        id=row[0], first_at=row[1], last_at=row[2], case_id=row[3], ended_at=row[4], ended_by=row[5]
    )  # fmt: skip


def hit_of(row: Row) -> Hit:
    """A row of `HIT` and the like."""
    return Hit(
        raid_id=row[0], account_id=row[1], first_at=row[2], last_at=row[3], people=row[4], posts=row[5], again=row[6],
        early=bool(row[7]), signal_id=row[8],
    )  # fmt: skip


def raider_of(row: Row) -> Raider:
    """A row of `ACCOUNTS`."""
    return Raider(account_id=row[0], domain=row[1], waves=row[2], last_at=row[3], left_out=bool(row[4]))
