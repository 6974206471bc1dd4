"""Deleting what was seen of an account."""

from __future__ import annotations

from dunnock.foundation.erase import Step, of, rows, some_of
from dunnock.integrity.tables import (
    cluster_apart,
    cluster_edit_members,
    cluster_members,
    cluster_ties,
    doubts,
    observations,
    rhythms,
    signals,
)

SEEN: Step = rows(
    some_of(observations, of(observations.c.account_id), observations.c.id),
    some_of(doubts, of(doubts.c.account_id), doubts.c.origin),
    some_of(rhythms, of(rhythms.c.account_id), rhythms.c.account_id),
    some_of(cluster_ties, of(cluster_ties.c.a_id), cluster_ties.c.b_id),
    some_of(cluster_ties, of(cluster_ties.c.b_id), cluster_ties.c.a_id),
    some_of(cluster_members, of(cluster_members.c.account_id), cluster_members.c.cluster_id),
    some_of(cluster_edit_members, of(cluster_edit_members.c.account_id), cluster_edit_members.c.edit_id),
    some_of(cluster_apart, of(cluster_apart.c.account_id), cluster_apart.c.cluster_id),
    some_of(signals, (signals.c.kind == "account") & of(signals.c.subject_id), signals.c.id),
)
