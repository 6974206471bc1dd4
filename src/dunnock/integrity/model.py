"""What integrity knows: acts that were seen, signals, clusters and their members."""

from __future__ import annotations

import enum
import math
from typing import Any, Literal

import msgspec

from dunnock.foundation.clock import DAY

ACTS_KEPT_MS = 30 * DAY
"""So long it is kept who did what."""
SubjectKind = Literal["account", "post", "cluster", "hashtag", "link", "domain", "media"]
State = Literal["open", "confirmed", "dismissed"]


class Act(enum.IntEnum):
    """What somebody did. The numbers are kept in tables: never use one again."""

    POST = 1
    BOOST = 2
    FAVOURITE = 3
    FOLLOW = 4
    REPORT = 5
    PERSONA = 6
    SIGN_UP = 7


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """What one detector says of one subject. `score` 0 to 1; `times`: how often it was raised; Unix milliseconds."""

    id: int
    detector: str
    kind: SubjectKind
    subject_id: int
    name: str
    score: float
    evidence: dict[str, Any]
    times: int
    first_at: int
    last_at: int
    state: State
    case_id: int | None


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """Accounts that act together. `score`: nats of the surest; `summary`: JSON of `Summary`; Unix milliseconds."""

    id: int
    state: str
    score: float
    size: int
    summary: str
    first_at: int
    last_at: int
    case_id: int | None
    merged_into: int | None
    split_from: int | None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """How a cluster was found: `shared` part of its acts against the `usual` part that accounts outside share with it."""

    how: str
    traces: dict[str, int]
    shared: float
    usual: float
    posts: tuple[int, ...]


class ClusterMember(msgspec.Struct, frozen=True, kw_only=True):
    """One account of a cluster. `evidence`: JSON from which the score, in nats, is computed again."""

    account_id: int
    role: str
    score: float
    evidence: str
    joined_at: int
    seen_at: int


def one_in(nats: float) -> int:
    """Of how many accounts that have nothing to do with a network one at most reaches so many nats by chance; two digits.

    At most a million million: beyond that the chance of anything else that was not thought of is greater.

    Source: Markov's inequality for a ratio of likelihoods, docs/integrity.md.
    """
    number = str(int(math.exp(min(max(nats, 0.0), 28.0))))
    return min(int(number[:2].ljust(len(number), "0")), 1_000_000_000_000)


class ClusterEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did to clusters: merged one into the other, or split the other off. Its moment is in the id."""

    id: int
    act: Literal["merge", "split"]
    cluster_id: int
    other_id: int
    was: str
    reason: str
    by_account_id: int
    undone_at: int | None
    undone_by: int | None


class ClusterTie(msgspec.Struct, frozen=True, kw_only=True):
    """Two accounts of a cluster: the trace that says most, how often they met, nats."""

    a_id: int
    b_id: int
    trace: int
    occasions: int
    weight: float
