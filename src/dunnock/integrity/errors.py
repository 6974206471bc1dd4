"""What can go wrong in integrity."""

from __future__ import annotations

from dunnock.foundation.errors import DomainError, Kind, Missing


class OriginHoldMissing(Missing):
    """No such server is held back (any more)."""

    code = "origin_hold_missing"


class RaidMissing(Missing):
    """There is no such raid (any more), or the account has no part in it."""

    code = "raid_missing"


class SignalMissing(Missing):
    """There is no such signal."""

    code = "signal_missing"


class ClusterMissing(Missing):
    """There is no such cluster."""

    code = "cluster_missing"


class ClusterRefused(DomainError):
    """That can't be done with this cluster: it was merged into another, or nothing would be left of it."""

    code, kind, safe = "cluster_refused", Kind.INVALID, "Validation failed: that can't be done with this network"
