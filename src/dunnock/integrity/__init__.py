"""Integrity: sees accounts that act together, with evidence, and puts them before people. Nothing here acts on anybody.

The measuring part (`coaction`, `clusters`) is pure: columns in, columns out, no database and no clock. It needs numpy and
igraph, which are imported when a batch or the watch first computes, not when a process starts.
"""

from __future__ import annotations

from dunnock.integrity.errors import ClusterMissing, ClusterRefused, OriginHoldMissing, SignalMissing
from dunnock.integrity.events import SignalGrew, SignalRaised
from dunnock.integrity.graph import Graph, GraphAccount, GraphTie, graph_of
from dunnock.integrity.handle import (
    growth_of,
    judge_cluster,
    list_clusters,
    members_of,
    show_cluster,
    ties_of,
    topics,
)
from dunnock.integrity.model import (
    Act,
    Cluster,
    ClusterEdit,
    ClusterMember,
    ClusterTie,
    Signal,
    State,
    SubjectKind,
    Summary,
)
from dunnock.integrity.origins import HeldOrigin, end_origin_hold, list_origin_holds
from dunnock.integrity.regroup import edits_of, merge_clusters, split_cluster, undo_edit
from dunnock.integrity.signals import (
    Health,
    Week,
    detector_health,
    detector_weeks,
    find_signal,
    judge_signal,
    list_signals,
    raise_signal,
    signals_about,
)
from dunnock.integrity.timeline import Moment, Stretch, Timeline, timeline_of

__all__ = [
    "Act",
    "Cluster",
    "ClusterEdit",
    "ClusterMember",
    "ClusterMissing",
    "ClusterRefused",
    "ClusterTie",
    "Graph",
    "GraphAccount",
    "GraphTie",
    "Health",
    "HeldOrigin",
    "Moment",
    "OriginHoldMissing",
    "Signal",
    "SignalGrew",
    "SignalMissing",
    "SignalRaised",
    "State",
    "Stretch",
    "SubjectKind",
    "Summary",
    "Timeline",
    "Week",
    "detector_health",
    "detector_weeks",
    "edits_of",
    "end_origin_hold",
    "find_signal",
    "graph_of",
    "growth_of",
    "judge_cluster",
    "judge_signal",
    "list_clusters",
    "list_origin_holds",
    "list_signals",
    "members_of",
    "merge_clusters",
    "raise_signal",
    "show_cluster",
    "signals_about",
    "split_cluster",
    "ties_of",
    "timeline_of",
    "topics",
    "undo_edit",
]
