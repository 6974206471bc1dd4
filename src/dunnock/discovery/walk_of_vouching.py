"""A walk over who follows whom, from people whom the server knows: for whom they vouch. Pure.

Who follows somebody vouches for them, a little. A walk begins at those whom the server knows (staff, and its first members)
and goes on to whom one follows; at each step some of it begins anew. An account is vouched for when as much of the walk comes
to it as goes over an ordinary follow; over none goes more than four times as much. So a crowd gets in only over follows by
people outside of it, whatever its accounts do among each other: for g of these at most g * FOLLOW_CARRIES / ANEW of its accounts
are vouched for, and one to three times g in measurements.

Source: the walk is that of SybilRank (Cao et al., "Aiding the Detection of Fake Accounts in Large Scale Social Online
Services", NSDI 2012) with the bounded edges of Advogato's trust metric (Levien); docs/discovery.md, "Amplification".
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FOLLOW_CARRIES = 4.0
"""So many times as much as over an ordinary follow goes over one at most."""
ANEW = 0.25
"""This part of the walk begins anew at each step."""
_STEPS_AT_LEAST = 6
_LESS = 1 / 3  # of the walk goes over follows that carry less than an ordinary one

Ids = npt.NDArray[np.int64]


def vouched(followers: array[int] | Ids, followed: array[int] | Ids, known: Sequence[int]) -> set[int]:
    """For whom the known ones vouch, themselves among them.

    `followers`, `followed`: who follows whom, (n_follows,).
    """
    people, places = np.unique(np.concatenate((np.asarray(followers), np.asarray(followed))), return_inverse=True)
    at = np.searchsorted(people, np.asarray(sorted(known), dtype=np.int64))
    roots = np.asarray(
        [place for place, one in zip(at, sorted(known), strict=True) if place < len(people) and people[place] == one],
        dtype=np.int64,
    )
    if not len(roots):
        return set()
    source, target = places[: len(followers)].astype(np.int32), places[len(followers) :].astype(np.int32)
    outgoing = np.bincount(source, minlength=len(people))
    start: npt.NDArray[np.float64] = np.zeros(len(people))
    start[roots] = 1 / len(roots)
    here = arrived = start
    ordinary, most = 0.0, math.inf
    for _ in range(max(_STEPS_AT_LEAST, math.ceil(math.log2(len(people))))):
        each = np.minimum(np.divide(here, outgoing, out=np.zeros(len(people)), where=outgoing > 0), most)
        ordinary = _ordinary(each, outgoing)
        most = FOLLOW_CARRIES * ordinary
        arrived = np.asarray(np.bincount(target, weights=each[source], minlength=len(people)), dtype=np.float64)
        # What ended at those who follow nobody, or was too much for a follow, begins anew, too.
        here = (1 - ANEW) * (arrived + (1 - arrived.sum()) * start) + ANEW * start
    enough = arrived >= ordinary * (1 - 1e-9)
    enough[roots] = True
    return set(people[enough].tolist())


def _ordinary(each: npt.NDArray[np.float64], outgoing: Ids) -> float:
    """What goes over an ordinary follow. It is weighed by what goes over each: so a crowd moves it only by what comes into it.

    `each`: over each follow of an account; `outgoing`: how many follows it has.
    """
    order = np.argsort(each)
    upto = np.cumsum((each * outgoing)[order])
    return float(each[order][np.searchsorted(upto, upto[-1] * _LESS)])
