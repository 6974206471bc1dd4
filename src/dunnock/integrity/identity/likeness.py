"""How much a newcomer has in common with an account that was suspended: pure, each common thing weighed by how rare it is.

Weights are nats: how much likelier a common thing is between two accounts of one person than between two of anybody.
Source: DISARM T0121.001, drill D14; Fellegi and Sunter 1969, "A Theory for Record Linkage".
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping

import msgspec

from dunnock.integrity.identity.skeleton import looks, words
from dunnock.media.nearness import SAME, apart_or_mirrored

_SURE = 3.0
"""Nats beyond what the number of comparisons makes likely: log(20), at most one link in twenty is a coincidence."""
_MOST_WORDS = 5.5
"""Of names and words together: people do choose the same, so something else has to speak for it, too."""
_WORDS = frozenset(("handle", "name", "bio"))
_MOST = 6.0
"""Of one thing: no single one is a proof."""
_ASSET, _MAIL, _INVITER = 4.0, 3.0, 1.5
_MOST_FOLLOWS = 7.0
_USUAL_COMMON = 0.15
"""The part of what two accounts follow, or say of themselves, that they have in common because of their interests."""
_SHINGLE = 3
_PRINT = re.compile("[0-9a-f]{64}")
_SHORT_CORE = 5


class Traits(msgspec.Struct, frozen=True):
    """What is compared. `mail`: its domain, empty for providers that many use; `assets`: where it leads money and people.

    `avatar`: what it looks like, a print (`integrity.pictures`), or else what names its file.
    """

    account_id: int
    handle: str
    name: str
    bio: str
    avatar: str
    mail: str
    inviter: int
    follows: frozenset[int]
    assets: frozenset[int]


class Crowd:
    """All that are compared: what many have says little."""

    def __init__(self, everybody: Collection[Traits], popularity: Mapping[int, float], *, former: int) -> None:
        """`popularity`: the part of all accounts that follows an account; `former`: how many are suspended."""
        self.popularity = popularity
        self.enough = math.log(max(2, former)) + _SURE
        self._number = max(2, len(everybody))
        self._have = Counter(
            thing
            for one in everybody
            for thing in {*_names(one), *_handles(one), *_shingles(one.bio), ("picture", one.avatar)}
        )

    def rarity(self, thing: tuple[str, ...]) -> float:
        """Nats that it says when two have it."""
        return min(_MOST, math.log(self._number / max(2, self._have[thing])) + 1)


class Common(msgspec.Struct, frozen=True):
    """What two accounts have in common: kind -> nats. `needed`: for a person to look, and two things."""

    account_id: int
    former_id: int
    shares: dict[str, float]
    needed: float

    @property
    def nats(self) -> float:
        """All together."""
        said = math.fsum(nats for kind, nats in self.shares.items() if kind in _WORDS)
        return min(_MOST_WORDS, said) + math.fsum(nats for kind, nats in self.shares.items() if kind not in _WORDS)

    @property
    def enough(self) -> bool:
        """Whether a person should look."""
        return self.nats >= self.needed and len(self.shares) > 1

    @property
    def score(self) -> float:
        """From 0 to 1: 0.95 where it is just enough."""
        return round(1 / (1 + math.exp(self.needed - 3 - self.nats)), 3)


def compare(new: Traits, former: Traits, crowd: Crowd) -> Common:
    """What they have in common."""
    shares = {
        "picture": crowd.rarity(("picture", former.avatar)) if _one_picture(new.avatar, former.avatar) else 0.0,
        "handle": _rarest(_handles(new) & _handles(former), crowd),
        "name": _rarest(_names(new) & _names(former), crowd),
        "bio": _bio(_shingles(new.bio), _shingles(former.bio), crowd),
        "mail": _MAIL if new.mail and new.mail == former.mail else 0.0,
        "inviter": _INVITER if new.inviter and new.inviter == former.inviter else 0.0,
        "assets": min(2, len(new.assets & former.assets)) * _ASSET,
        "follows": _follows(new.follows, former.follows, crowd.popularity),
    }
    told = {kind: round(nats, 3) for kind, nats in shares.items() if nats > 0}
    return Common(new.account_id, former.account_id, told, round(crowd.enough, 3))


def _one_picture(one: str, other: str) -> bool:
    if not one or not other:
        return False
    return one == other or (
        bool(_PRINT.fullmatch(one) and _PRINT.fullmatch(other)) and apart_or_mirrored(one, other) <= SAME
    )


def _rarest(common: set[tuple[str, str]], crowd: Crowd) -> float:
    return max((crowd.rarity(thing) for thing in common), default=0.0)


def _names(one: Traits) -> set[tuple[str, str]]:
    return {("name", look) for look in looks(one.name)}


def _handles(one: Traits) -> set[tuple[str, str]]:
    """The handle without what is added to have it again: numbers, a last short word."""
    parts = words(one.handle)
    bare = [part for part in parts if not part.isdigit()]
    cut = {"".join(bare), "".join(bare[:-1])} if len(bare) > 1 else {"".join(bare)}
    return {("handle", look) for part in cut if len(part) >= _SHORT_CORE for look in looks(part)}


def _bio(one: set[tuple[str, ...]], other: set[tuple[str, ...]], crowd: Crowd) -> float:
    if not one or not other:
        return 0.0
    common = one & other
    part = len(common) / len(one | other)
    return part * max(map(crowd.rarity, common)) if part >= _USUAL_COMMON else 0.0


def _shingles(text: str) -> set[tuple[str, ...]]:
    parts = words(text)
    return {tuple(parts[at : at + _SHINGLE]) for at in range(len(parts) - _SHINGLE + 1)}


def _follows(one: frozenset[int], other: frozenset[int], popularity: Mapping[int, float]) -> float:
    """The rarer what both follow, and the larger the part of the smaller list, the more it says."""
    common = one & other
    if len(common) < _SHINGLE:
        return 0.0
    part = len(common) / min(len(one), len(other))
    rare = math.fsum(-math.log(min(1.0, max(1e-6, popularity.get(an_id, 1e-3)))) for an_id in common) / len(common)
    return min(_MOST_FOLLOWS, max(0.0, part - _USUAL_COMMON) * rare * 1.5)
