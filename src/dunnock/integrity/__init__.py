"""Integrity: sees accounts that act together, with evidence, and puts them before people. Nothing here acts on anybody.

The measuring part (`coaction`, `clusters`) is pure: columns in, columns out, no database and no clock. It needs numpy and
igraph, which are imported when a batch or the watch first computes, not when a process starts. The batch needs no server:
the face is loaded name by name when it is asked for, so that no database and no domain comes with it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dunnock.integrity.detectors import DETECTORS
    from dunnock.integrity.errors import ClusterMissing, ClusterRefused, OriginHoldMissing, SignalMissing
    from dunnock.integrity.events import SignalGrew, SignalRaised
    from dunnock.integrity.graph import Graph, GraphAccount, GraphTie, graph_of
    from dunnock.integrity.handle import (
        clusters_of_case,
        growth_of,
        judge_cluster,
        judge_signal,
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
        one_in,
    )
    from dunnock.integrity.origins import HeldOrigin, end_origin_hold, list_origin_holds
    from dunnock.integrity.regroup import edits_of, merge_clusters, split_cluster, undo_edit
    from dunnock.integrity.signals import (
        Health,
        Week,
        detector_health,
        detector_weeks,
        find_signal,
        list_signals,
        raise_signal,
        signals_about,
    )
    from dunnock.integrity.timeline import Moment, Stretch, Timeline, timeline_of

_HOMES = {
    "detectors": ("DETECTORS",),
    "errors": ("ClusterMissing", "ClusterRefused", "OriginHoldMissing", "SignalMissing"),
    "events": ("SignalGrew", "SignalRaised"),
    "graph": ("Graph", "GraphAccount", "GraphTie", "graph_of"),
    "handle": (
        "clusters_of_case",
        "growth_of",
        "judge_cluster",
        "judge_signal",
        "list_clusters",
        "members_of",
        "show_cluster",
        "ties_of",
        "topics",
    ),
    "model": (
        "Act",
        "Cluster",
        "ClusterEdit",
        "ClusterMember",
        "ClusterTie",
        "Signal",
        "State",
        "SubjectKind",
        "Summary",
        "one_in",
    ),
    "origins": ("HeldOrigin", "end_origin_hold", "list_origin_holds"),
    "regroup": ("edits_of", "merge_clusters", "split_cluster", "undo_edit"),
    "signals": (
        "Health",
        "Week",
        "detector_health",
        "detector_weeks",
        "find_signal",
        "list_signals",
        "raise_signal",
        "signals_about",
    ),
    "timeline": ("Moment", "Stretch", "Timeline", "timeline_of"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


__all__ = [
    "DETECTORS",
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
    "clusters_of_case",
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
    "one_in",
    "raise_signal",
    "show_cluster",
    "signals_about",
    "split_cluster",
    "ties_of",
    "timeline_of",
    "topics",
    "undo_edit",
]
