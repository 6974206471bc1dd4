"""Rows of what people did to clusters by hand."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, or_, select, union_all, update

from dunnock.foundation.db import BigId, Row, Sql, among, insert_into, upsert
from dunnock.integrity.model import ClusterEdit, ClusterMember
from dunnock.integrity.tables import cluster_apart, cluster_edit_members, cluster_edits

_e, _m, _a = cluster_edits.c, cluster_edit_members.c, cluster_apart.c
_the = bindparam("the", type_=BigId)
_row = select(
    _e.id, _e.act, _e.cluster_id, _e.other_id, _e.was, _e.reason, _e.by_account_id, _e.undone_at, _e.undone_by
)
ADD = insert_into(cluster_edits, "id", "act", "cluster_id", "other_id", "was", "reason", "by_account_id")
HOLD = Sql(_row.where(_e.id == _the), _row.where(_e.id == _the).with_for_update())
OF = Sql(  # about a cluster, the newest first
    _row.where(or_(_e.cluster_id == _the, _e.other_id == _the)).order_by(_e.id.desc()).limit(bindparam("most"))
)
WENT_INTO = Sql(  # clusters that are part of this one now: merged into it, or split off from it and taken back
    union_all(
        select(_e.cluster_id).where(_e.other_id == _the, _e.act == "merge", _e.undone_at.is_(None)),
        select(_e.other_id).where(_e.cluster_id == _the, _e.act == "split", _e.undone_at.is_not(None)),
    )
)
UNDO = Sql(
    update(cluster_edits)
    .where(_e.id == _the)
    .values(undone_at=bindparam("now", type_=BigId), undone_by=bindparam("by", type_=BigId))
)
ADD_MEMBER = insert_into(cluster_edit_members)
MEMBERS = Sql(
    select(_m.account_id, _m.role, _m.score, _m.evidence, _m.joined_at, _m.seen_at)
    .where(_m.edit_id == _the)
    .order_by(_m.account_id)
)
MOVED = Sql(  # but for those who were in the other cluster already
    select(_m.account_id).where(_m.edit_id == _the, ~_m.both).order_by(_m.account_id)
)
KEEP_APART = upsert(cluster_apart, ["cluster_id", "account_id"], "cluster_id", "account_id", "edit_id")
LET_TOGETHER = Sql(delete(cluster_apart).where(_a.edit_id == _the))
LET_IN = Sql(delete(cluster_apart).where(_a.cluster_id == _the, among(_a.account_id, "ids")))
APART = Sql(select(_a.account_id).where(_a.cluster_id == _the, among(_a.account_id, "ids")).order_by(_a.account_id))


def edit_of(row: Row) -> ClusterEdit:
    """A row of `HOLD`."""
    return ClusterEdit(**dict(zip(ClusterEdit.__struct_fields__, row, strict=True)))


def moved_of(row: Row) -> ClusterMember:
    """A row of `MEMBERS`."""
    return ClusterMember(
        account_id=row[0], role=row[1], score=row[2], evidence=row[3], joined_at=row[4], seen_at=row[5]
    )
