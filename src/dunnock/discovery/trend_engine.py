"""What is a trend: pure rules, the same for the running server and for `dunnock trends replay`.

A subject (a hashtag, a post, a page) has acts: who took it up, when. How strong it is, is how far the number of people
who act on their own is above what is usual. Accounts that one hand may lead count together as the square root of their number:

* those of whom integrity says that they act together,
* those who came together before: in the same half hour to another subject, far more of them than chance explains,
* those of whom nothing is known: no earlier act but in subjects that were held back,
* those whom nobody vouches for, where this server knows of some whom people do (`vouching.py`).

What the rules hold back is told with its reason, so that people can look at it.

Source: docs/trends.md; the bursts of bots that these rules are for: Elmas et al., "Ephemeral Astroturfing Attacks", EuroS&P 2021.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import chain

import msgspec

from dunnock.accounts.independence import Independence
from dunnock.foundation.clock import DAY, HOUR, MINUTE
from dunnock.foundation.ids import ms_of

PERSISTED = 5 * MINUTE
"""The act of an account of which nothing is known counts when it has stood so long; others count at once."""
WINDOW = DAY
LEAST = 3
"""So many accounts, and so many communities, make a trend."""
ORDINARY = 0.5
"""What is expected of a subject without a past."""
GATHERING = 30 * MINUTE
"""Acts on one subject in the same span of so long: who did them came together."""
GATHERED = 5
"""So many accounts are a gathering that is remembered."""
REMEMBERED = 12
"""So many gatherings of an account are remembered, the latest."""
BURST = 5 * MINUTE
EXTREME = 10.0
"""From so many accounts for each that acts on its own, what was held back is a matter for integrity."""

HALF_LIFE = {"tag": 4 * HOUR, "post": 3 * HOUR, "link": 6 * HOUR}
"""Of an act of lately, by what it takes up; just now it is `FAST` times shorter."""
FAST = 8
"""So much faster than lately an act fades from what is taken up just now."""
_LATELY = 0.0625  # as much as just now: it decides where little happens
_ALREADY = 0.5  # of what a steady stream would bring just now is no news
_TOGETHER = 3  # accounts
_LIFT = 5.0  # times as many as by chance
_MOST = 0.5  # of the smaller of the two gatherings
_MOST_AT_LEAST = 10
_STEEP = 4.0  # times the next busiest five minutes
_THIN = 0.2  # of the accounts with a past act on their own
_THIN_AT_LEAST = 20
_VOUCHED = 0.05  # to so many of those whom nobody vouches for, somebody else belongs
_UNKNOWN = ("unknown", 0)
_SPOKEN = 0.2  # of what counts is in a language: it is a trend there, too


class Why(StrEnum):
    """Why something is held back."""

    UNKNOWN = "unknown_accounts"
    TOGETHER = "acted_together"
    BURST = "one_burst"
    UNVOUCHED = "nobody_vouches"
    COMMUNITIES = "few_communities"


class Past(msgspec.Struct, frozen=True):
    """What is known of an account from before.

    `first`: the subject that it took up first, `SEVERAL` when it took up more; None: nothing is known. `gatherings`: the
    latest, by their numbers.
    """

    first: int | None = None
    gatherings: tuple[int, ...] = ()


SEVERAL = 0
NOBODY = Past()


class Scene(msgspec.Struct, frozen=True):
    """What accounts are seen against.

    `accounts`: how many acted in the last days; `gatherings`: number -> (subject, how many came); `young`: there is no past
    yet in which anybody could be known; `groups`: who acts together, as integrity says; `vouched`: for whom people vouch
    whom this server knows; None: it does not know enough of them. A gathering's number is an id of its half hour (`id_at`).
    """

    accounts: int = 1
    gatherings: Mapping[int, tuple[int, int]] = {}
    young: bool = False
    groups: Mapping[int, Independence] = {}
    vouched: Collection[int] | None = None


class Circles(msgspec.Struct, frozen=True):
    """`of`: the circle of each account that is of one; `unknown`: the accounts of which nothing is known.

    `came`: those that came together before. Whom nobody vouches for is of one circle with those of whom nothing is known.
    """

    of: dict[int, tuple[str, int]]
    unknown: set[int]
    came: frozenset[int] = frozenset()


class Found(msgspec.Struct):
    """How strong a subject is, and why.

    `raw`: accounts that took it up; `effective`: as how many independent ones they count; `communities`: how many circles
    they are from, each stranger being one of their own; `unknown`, `unvouched`, `together`: accounts without a past, those
    with one for whom nobody vouches, and those that came with others; `weights`: account -> how much it counts, of acts
    that count already; `held`: not to be shown, and why. `languages`: in which languages it is a trend -> the share of what
    counts that is in it.
    """

    id: int
    strength: float
    raw: int
    effective: float
    communities: int
    unknown: int
    together: int
    weights: dict[int, float]
    held: Why | None = None
    languages: dict[str, float] = {}
    unvouched: int = 0

    @property
    def extreme(self) -> bool:
        """Is it a matter for integrity?"""
        return self.held is not None and self.raw >= EXTREME and self.raw >= EXTREME * max(self.effective, 1.0)


def surprise(observed: float, expected: float) -> float:
    """How far a count is above what was expected: half the deviance of a Poisson variable; 0 when it is not above."""
    return 0.0 if observed <= expected else observed * math.log(observed / expected) - observed + expected


def strength_of(fast: float, slow: float, expected: float) -> float:
    """How strong a subject is, by how many took it up just now and by how many lately; `expected`: of the latter.

    What was there already is less of a surprise: so something new is seen beside what is large since the morning.
    """
    usual = max(ORDINARY, expected / FAST, (slow - fast) / FAST * _ALREADY)
    return surprise(fast, usual) + surprise(slow, expected) * _LATELY


def most_strength(fast: float, slow: float, expected: float) -> float:
    """No subject that so many took up is stronger, whatever they count."""
    return surprise(fast, max(ORDINARY, expected / FAST)) + surprise(slow, expected) * _LATELY


def steady(per_hour: float, half_life: int) -> float:
    """What a steady stream of so many accounts an hour comes to, when each counts half after the half-life."""
    hours = half_life / HOUR
    return per_hour * hours / math.log(2) * (1 - math.pow(0.5, WINDOW / half_life))


class Weighed(msgspec.Struct, frozen=True):
    """How much the accounts that took a subject up count, as of a time. It stays true until another act comes, goes or counts.

    `fast`, `slow`: as how many they count just now and lately, at `at`. `until`: when the next act begins to count, ms; None:
    all count already. The other fields are those of `Found`.
    """

    at: int
    until: int | None
    fast: float
    slow: float
    raw: int
    effective: float
    communities: int
    unknown: int
    unvouched: int
    together: int
    weights: dict[int, float]
    held: Why | None
    languages: dict[str, float]

    def due(self, now: int) -> bool:
        """Does another act count by now?"""
        return self.until is not None and now >= self.until

    def found(self, subject: int, *, now: int, half_life: int, expected: float = ORDINARY) -> Found:
        """The same some time later: each act has faded by as much as the others."""
        age = (now - self.at) / half_life
        return Found(
            id=subject,
            strength=strength_of(self.fast * 0.5 ** (age * FAST), self.slow * 0.5**age, expected),
            raw=self.raw,
            effective=self.effective,
            communities=self.communities,
            unknown=self.unknown,
            together=self.together,
            weights=self.weights,
            held=self.held,
            languages=self.languages,
            unvouched=self.unvouched,
        )


def judge(
    subject: int,
    acts: Mapping[int, int],
    circles: Circles,
    scene: Scene,
    *,
    now: int,
    half_life: int,
    expected: float = ORDINARY,
    languages: Mapping[int, str] | None = None,
) -> Found | None:
    """Judge a subject by its acts (account -> time of the act, ms) of the last day; None when too few count yet.

    `languages`: account -> the language of its act, where it has one.
    """
    weighed = weigh(acts, circles, scene, now=now, half_life=half_life, languages=languages)
    return None if weighed is None else weighed.found(subject, now=now, half_life=half_life, expected=expected)


def weigh(
    acts: Mapping[int, int],
    circles: Circles,
    scene: Scene,
    *,
    now: int,
    half_life: int,
    languages: Mapping[int, str] | None = None,
) -> Weighed | None:
    """What of a judgement does not depend on what is usual; None when too few count yet."""
    if len(acts) < LEAST:
        return None
    of, unknown = circles.of, circles.unknown
    old = now - PERSISTED
    counted = [one for one, at in acts.items() if at <= old or not (scene.young or one in unknown)]
    if len(counted) < LEAST:
        return None
    waiting = None if len(counted) == len(acts) else min([at for at in acts.values() if at > old])
    weights, communities, together = _weights(counted, of, unknown, scene)
    lost = unknown.intersection(weights) if unknown else unknown
    strangers = math.fsum([weight for account, weight in weights.items() if account not in lost])
    unvouched = [] if scene.vouched is None else [one for one in weights if of.get(one) is _UNKNOWN and one not in lost]
    if lost and not scene.young:
        _dampen(weights, lost, strangers)
    together += len(circles.came.intersection(unvouched))
    bounded = _steepness(sorted(acts.values()))
    fast = slow = 0.0
    for account, weight in weights.items():
        faded = 0.5 ** ((now - acts[account]) / half_life)
        slow += weight * faded
        fast += weight * faded**FAST
    total = math.fsum(weights.values())
    return Weighed(
        at=now,
        until=None if waiting is None else waiting + PERSISTED,
        fast=fast * bounded,
        slow=slow * bounded,
        raw=len(counted),
        effective=total * bounded,
        communities=communities,
        unknown=len(lost),
        unvouched=len(unvouched),
        together=together,
        weights=weights,
        held=_held(
            _Crowd(len(counted), len(lost), len(unvouched), communities, together),
            own=strangers - math.fsum([weights[one] for one in unvouched]),
            bounded=bounded,
            young=scene.young,
        ),
        languages=_languages(weights, circles, scene, languages) if languages else {},
    )


def ranked(found: Iterable[Found | None]) -> tuple[list[Found], list[Found]]:
    """What is listed, the strongest first, and what is held back."""
    known = sorted((one for one in found if one is not None), key=lambda one: (-one.strength, -one.id))
    listed = [one for one in known if one.held is None and one.strength > 0]
    return listed, [one for one in known if one.held is not None]


def circles_of(subject: int, acts: Mapping[int, int], pasts: Mapping[int, Past], scene: Scene) -> Circles:
    """Who of those that took a subject up came together before, and of whom nothing is known."""
    known = [(account, pasts.get(account, NOBODY)) for account in acts]
    vouched = scene.vouched
    unknown = {
        account
        for account, past in known
        if past.first in (None, subject) and not (vouched is not None and account in vouched)
    }
    telling = _telling(subject, Counter(chain.from_iterable([past.gatherings for _, past in known])), len(acts), scene)
    theirs: dict[int, list[int]] = {}
    if telling:
        theirs = {account: _apart(subject, acts[account], past, scene) for account, past in known if past.gatherings}
        telling = _telling(subject, Counter(chain.from_iterable(theirs.values())), len(acts), scene)
    came_by = {
        account: max(told)[1]
        for account, gatherings in theirs.items()
        if (told := [telling[one] for one in gatherings if one in telling])
    }
    # Who takes turns over hours is one crowd all the same.
    earlier = {one: scene.gatherings[one][0] for one in set(came_by.values())}
    circles: dict[int, tuple[str, int]] = {account: ("subject", earlier[one]) for account, one in came_by.items()}
    if vouched is not None and not scene.young:
        circles |= dict.fromkeys([one for one in acts if one not in vouched], _UNKNOWN)
    circles |= dict.fromkeys(unknown, _UNKNOWN)
    for account, group in scene.groups.items():
        if account in acts:
            circles[account] = ("group", group.group)
    return Circles(circles, unknown, frozenset(came_by))


def _telling(subject: int, came: Counter[int], here: int, scene: Scene) -> dict[int, tuple[int, int]]:
    """Gatherings from which far more came here than chance explains -> (how many came, its number)."""
    telling: dict[int, tuple[int, int]] = {}
    for gathering, both in came.items():
        if both < _TOGETHER or gathering not in scene.gatherings:
            continue
        on, size = scene.gatherings[gathering]
        by_chance = size * here / max(scene.accounts, 1)
        most = both >= max(_MOST_AT_LEAST, _MOST * min(size, here))
        if on != subject and (both >= _LIFT * by_chance or most):
            telling[gathering] = (both, gathering)
    return telling


def _apart(subject: int, at: int, past: Past, scene: Scene) -> list[int]:
    """An account's gatherings in other half hours than those in which it took this up, too.

    An event has several hashtags, and people write more than one of them into a post: that says nothing of who leads them.
    """
    here = {at // GATHERING}
    here.update([_slot(one) for one in past.gatherings if scene.gatherings.get(one, (None,))[0] == subject])
    return [one for one in past.gatherings if _slot(one) not in here]


def _slot(gathering: int) -> int:
    return ms_of(gathering) // GATHERING


def _weights(
    counted: Sequence[int], circles: Mapping[int, tuple[str, int]], unknown: set[int], scene: Scene
) -> tuple[dict[int, float], int, int]:
    """How much each counts; of how many communities they are; how many came with others."""
    sums: dict[tuple[str, int], float] = {}
    communities: set[tuple[str, int]] = set()
    for account in counted:
        if (circle := circles.get(account)) is not None:
            group = scene.groups.get(account)
            sums[circle] = sums.get(circle, 0.0) + (1.0 if group is None else group.weight)
            if account not in unknown:
                communities.add(circle)
    weights: dict[int, float] = {}
    alone = together = 0
    for account in counted:
        circle = circles.get(account)
        if circle is None:
            weights[account] = 1.0
            alone += 1
            continue
        group = scene.groups.get(account)
        weights[account] = (1.0 if group is None else group.weight) / math.sqrt(max(sums[circle], 1.0))
        together += circle is not _UNKNOWN and sums[circle] > 1
    return weights, alone + len(communities), together


def _dampen(weights: dict[int, float], unknown: set[int], strangers: float) -> None:
    """Accounts of which nothing is known at most double what others give."""
    theirs = [one for one in weights if one in unknown]
    total = math.fsum(weights[one] for one in theirs)
    if total > strangers:
        for one in theirs:
            weights[one] *= strangers / total


def _languages(
    weights: Mapping[int, float], circles: Circles, scene: Scene, languages: Mapping[int, str]
) -> dict[str, float]:
    """Where it is a trend: at least three communities took it up in that language, who give a fifth of what counts.

    So nobody gets what is large elsewhere into the list of a language with accounts that one hand leads.
    """
    sums: dict[str, float] = {}
    for account, weight in weights.items():
        if (language := languages.get(account)) is not None:
            sums[language] = sums.get(language, 0.0) + weight
    total = math.fsum(weights.values())
    spoken = {language: weight / total for language, weight in sums.items() if weight >= _SPOKEN * total > 0}
    return {
        language: share
        for language, share in spoken.items()
        if _several([one for one in weights if languages.get(one) == language], circles, scene)
    }


def _several(accounts: Sequence[int], circles: Circles, scene: Scene) -> bool:
    """Are they of as many communities as make a trend?"""
    found: set[object] = set()
    for account in accounts:
        if scene.young or account not in circles.unknown:
            found.add(account if scene.young else circles.of.get(account, account))
            if len(found) >= LEAST:
                return True
    return False


def _steepness(times: Sequence[int]) -> float:
    """1 for a crowd that keeps coming, less for one that came in one burst: the share of the acts that is believed.

    Genuine interest lasts: what came in the busiest five minutes counts at most some times what came in the next busiest.
    """
    at, busiest, first = 0, 0, 0
    for until, time in enumerate(times):
        while time - times[at] >= BURST:
            at += 1
        if until - at + 1 > busiest:
            busiest, first = until - at + 1, at
    others = [*times[:first], *times[first + busiest :]]
    at = second = 0
    for until, time in enumerate(others):
        while time - others[at] >= BURST:
            at += 1
        second = max(second, until - at + 1)
    believed = _STEEP * max(second, LEAST)
    if busiest <= believed:
        return 1.0
    return (len(others) + min(busiest, believed + math.sqrt(busiest - believed))) / len(times)


class _Crowd(msgspec.Struct, frozen=True):
    """Of how many accounts, how many circles; how many came with others. `unvouched`: with a past, but nobody vouches."""

    raw: int
    unknown: int
    unvouched: int
    communities: int
    together: int


def _held(crowd: _Crowd, *, own: float, bounded: float, young: bool) -> Why | None:
    """`own`: as how many those count of whom something is known, and for whom somebody vouches where that is asked."""
    if bounded < 0.5:
        return Why.BURST
    if young:
        return None
    known = crowd.raw - crowd.unknown - crowd.unvouched
    if known >= _THIN_AT_LEAST and own < _THIN * known:
        return Why.TOGETHER
    if crowd.unvouched >= _THIN_AT_LEAST and own < _VOUCHED * crowd.unvouched:
        return Why.TOGETHER if crowd.together > crowd.raw / 2 else Why.UNVOUCHED
    if crowd.communities < LEAST:
        if crowd.unknown > known + crowd.unvouched:
            return Why.UNKNOWN
        return Why.TOGETHER if crowd.together > 0 else Why.UNVOUCHED if crowd.unvouched > known else Why.COMMUNITIES
    return None
