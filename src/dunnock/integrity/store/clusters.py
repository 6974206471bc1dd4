"""Rows of clusters, their members, ties and growth."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, literal_column, select, update

from dunnock.foundation.db import BigId, Row, Sql, among, insert_into, upsert
from dunnock.integrity.model import Cluster, ClusterMember, ClusterTie
from dunnock.integrity.tables import cluster_members, cluster_sizes, cluster_ties, clusters, observations

_c, _m, _t, _z, _o = clusters.c, cluster_members.c, cluster_ties.c, cluster_sizes.c, observations.c
_the = bindparam("the", type_=BigId)
_row = select(
    _c.id, _c.state, _c.score, _c.size, _c.summary, _c.first_at, _c.last_at, _c.case_id, _c.merged_into, _c.split_from
)
ADD = insert_into(clusters, "id", "score", "size", "summary", "first_at", "last_at", "split_from")
FIND = Sql(_row.where(_c.id == _the))
HOLD = Sql(_row.where(_c.id == _the), _row.where(_c.id == _the).with_for_update())
LIST = Sql(
    _row.where(_c.state == bindparam("the_state")).order_by(_c.last_at.desc(), _c.id.desc()).limit(bindparam("most"))
)
OF_CASE = Sql(
    _row.where(_c.case_id == bindparam("the_case", type_=BigId), _c.state != "merged")
    .order_by(_c.last_at.desc(), _c.id.desc())
    .limit(bindparam("most"))
)
OF_ACCOUNT = Sql(  # with its part, nats, and since when; those seen last first
    _row.add_columns(_m.role, _m.score, _m.joined_at)
    .join(cluster_members, _m.cluster_id == _c.id)
    .where(_m.account_id == bindparam("account", type_=BigId), _c.state != "merged")
    .order_by(_c.last_at.desc(), _c.id.desc())
    .limit(bindparam("most"))
)
GROW = Sql(
    update(clusters)
    .where(_c.id == _the)
    .values(
        score=bindparam("new_score"),
        size=bindparam("new_size", type_=BigId),
        summary=bindparam("new_summary"),
        first_at=bindparam("new_first", type_=BigId),
        last_at=bindparam("new_last", type_=BigId),
    )
)
JUDGE = Sql(
    update(clusters)
    .where(_c.id == _the)
    .values(
        state=bindparam("new_state"),
        merged_into=bindparam("into", type_=BigId),
        judged_at=bindparam("now", type_=BigId),
        judged_by=bindparam("by", type_=BigId),
    )
)
JOIN_CASE = Sql(update(clusters).where(_c.id == _the).values(case_id=bindparam("new_case", type_=BigId)))
_ours = select(func.count()).where(_m.cluster_id == _the).select_from(cluster_members)
_surest = select(func.coalesce(func.max(_m.score), 0)).where(_m.cluster_id == _the)
RESIZE = Sql(
    update(clusters).where(_c.id == _the).values(size=_ours.scalar_subquery(), score=_surest.scalar_subquery())
)
MEETING = Sql(  # clusters that some accounts are in, and how many of them
    select(_m.cluster_id, _c.state, func.count())
    .join(clusters, _c.id == _m.cluster_id)
    .where(among(_m.account_id, "ids"), _c.state != "merged")
    .group_by(_m.cluster_id, _c.state)
    .order_by(func.count().desc(), _m.cluster_id.desc())
)
PUT_MEMBER = upsert(
    cluster_members, ["cluster_id", "account_id"], "cluster_id", "account_id", "role", "score", "evidence", "joined_at",
    "seen_at",
)  # fmt: skip
SINCE = Sql(select(_m.account_id, _m.joined_at, _m.score).where(_m.cluster_id == _the))
MEMBERS = Sql(
    select(_m.account_id, _m.role, _m.score, _m.evidence, _m.joined_at, _m.seen_at)
    .where(_m.cluster_id == _the)
    .order_by(_m.score.desc(), _m.account_id)
    .limit(bindparam("most"))
)
MOVE_MEMBERS = Sql(  # but for those who are in the other one already
    update(cluster_members)
    .where(
        _m.cluster_id == _the,
        among(_m.account_id, "ids"),
    )
    .values(cluster_id=bindparam("into", type_=BigId))
)
ELSEWHERE = Sql(  # those who are in another cluster, too, that people did not dismiss and that is in the same case
    select(_m.account_id)
    .join(clusters, _c.id == _m.cluster_id)
    .where(
        among(_m.account_id, "ids"),
        _c.id != _the,
        _c.case_id == bindparam("the_case", type_=BigId),
        _c.state != "dismissed",
        _c.state != "merged",
    )
)
AMONG = Sql(select(_m.account_id).where(_m.cluster_id == _the, among(_m.account_id, "ids")))
DROP_MEMBERS = Sql(delete(cluster_members).where(_m.cluster_id == _the, among(_m.account_id, "ids")))
PUT_TIE = upsert(
    cluster_ties, ["cluster_id", "a_id", "b_id"], "cluster_id", "a_id", "b_id", "trace", "occasions", "weight"
)
TIES = Sql(
    select(_t.a_id, _t.b_id, _t.trace, _t.occasions, _t.weight)
    .where(_t.cluster_id == _the)
    .order_by(_t.weight.desc(), _t.a_id, _t.b_id)
    .limit(bindparam("most"))
)
_first = (
    select(_o.id)
    .where(_o.account_id == _m.account_id, _o.id >= bindparam("since", type_=BigId))
    .order_by(_o.id)
    .limit(1)
    .scalar_subquery()
)
FIRST_ACTS = Sql(  # of the surest accounts of a cluster, from an id on: one look into an index for each
    select(_m.account_id, _first)
    .where(_m.cluster_id == _the)
    .order_by(_m.score.desc(), _m.account_id)
    .limit(bindparam("most"))
)
_within = (
    select(_o.id)
    .join_from(cluster_members, observations, _o.account_id == _m.account_id)
    .where(_m.cluster_id == _the, _o.id >= bindparam("since", type_=BigId), _o.id < bindparam("before", type_=BigId))
    .limit(bindparam("most", type_=BigId))
    .subquery()
)
_stretch = _within.c.id // bindparam("step", type_=BigId)
ACTS = Sql(  # (stretch of time, acts in it) of the accounts of a cluster; `step` in units of ids
    select(_stretch.label("stretch"), func.count())
    .group_by(literal_column("stretch"))
    .order_by(literal_column("stretch"))
)
PUT_SIZE = upsert(cluster_sizes, ["cluster_id", "at"], "cluster_id", "at", "size", "acts")
SIZES = Sql(select(_z.at, _z.size, _z.acts).where(_z.cluster_id == _the).order_by(_z.at).limit(bindparam("most")))


def cluster_of(row: Row) -> Cluster:
    """A row of `FIND`."""
    return Cluster(
        id=row[0], state=row[1], score=row[2], size=row[3], summary=row[4], first_at=row[5], last_at=row[6], case_id=row[7],
        merged_into=row[8], split_from=row[9],
    )  # fmt: skip


def member_of(row: Row) -> ClusterMember:
    """A row of `MEMBERS`."""
    return ClusterMember(
        account_id=row[0], role=row[1], score=row[2], evidence=row[3], joined_at=row[4], seen_at=row[5]
    )


def tie_of(row: Row) -> ClusterTie:
    """A row of `TIES`."""
    return ClusterTie(a_id=row[0], b_id=row[1], trace=row[2], occasions=row[3], weight=row[4])
