"""People to meet: the directory and suggestions. Nobody is shown who did not agree to be (`discoverable`) or is limited."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Literal

import msgspec

from dunnock import accounts
from dunnock.accounts.viewers import Viewer, Viewers
from dunnock.accounts.views import AccountCard, AccountViews
from dunnock.discovery.alike import liked_alike
from dunnock.discovery.events import VouchingChanged
from dunnock.discovery.fresh import Fresh
from dunnock.discovery.store import people as store
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db, Row, Tx
from dunnock.foundation.events import Logged
from dunnock.posts.events import PostDeleted, PostPublished

Order = Literal["active", "new"]
Source = Literal["friends_of_friends", "follows_you", "liked_alike", "most_followed", "writes_here"]

FURTHEST = 2_000
"""So many accounts the directory has at most."""
MOST_SUGGESTED = 200
_FRIENDS = 200
_LOOKED_AT = 20_000
_CANDIDATES = 400
_COMPARED = 1_000
_FOLLOWERS_LOOKED_AT = 5_000
_FOLLOWERS_SHOWN = 10  # of those with no other reason: to follow somebody must not be a way to fill their suggestions
_NEAREST = 5  # come before them
_FEWEST = 10  # with fewer, those who write here come after them: a new server has nobody yet whom many follow
_HERE_LOOKED_AT = 100
_UNKNOWN = ("unknown", 0)
_MASS = ("mass", 0)
_SOME_BY_CHANCE = {"hour", "mass"}
_BY_CHANCE = 3  # so many come in one hour, or are followed by the same account


class Suggestion(msgspec.Struct, frozen=True):
    """Somebody to follow, and why, the best reason first."""

    account_id: int
    sources: tuple[Source, ...]


class People:
    """The directory and the suggestions of one process. `ages`: who of the members is under 18."""

    def __init__(
        self, db: Db, account_views: AccountViews, viewers: Viewers, *, ages: accounts.Ages | None = None
    ) -> None:
        """Listens to `db`'s events from now on."""
        self._db, self._accounts, self._viewers = db, account_views, viewers
        self.ages = ages or accounts.Ages()
        self._directory = {key: Fresh(self._reads(*key)) for key in store.DIRECTORY}
        self._most_followed: Fresh[list[int]] = Fresh(self._read_most_followed, share=100)
        db.listen(self._heard)

    async def directory(
        self, viewer_id: int | None, *, order: Order = "active", local: bool = False, offset: int = 0, limit: int = 40
    ) -> list[int]:
        """Account ids: those who posted last first, or the newest accounts first."""
        if limit <= 0:
            return []
        self._db.sync()
        ids = await self._directory[order, local].get()
        viewer = None if viewer_id is None else await self._viewers.get(viewer_id)
        wanted, found, shown = offset + limit, [], 0  # type: int, list[int], int
        for at in range(0, len(ids), 200):
            part = ids[at : at + 200]
            for an_id in _presentable(part, await self._accounts.get(part), viewer, local=local):
                shown += 1
                if shown > offset:
                    found.append(an_id)
                if shown == wanted:
                    return found
        return found

    async def suggestions(self, viewer_id: int, *, limit: int = 40, offset: int = 0) -> list[Suggestion]:
        """People the member may want to follow: whom those they follow follow, whom those like who like what they like, who
        follows them, then the most followed; where these are fewer than ten, who wrote here last.

        Nobody under 18 is suggested to who is not.
        """
        self._db.sync()
        viewer = await self._viewers.get(viewer_id)
        near = await self._db.slow(
            store.FRIENDS_OF_FRIENDS, viewer=viewer_id, friends=_FRIENDS, looked_at=_LOOKED_AT, most=_CANDIDATES
        )
        theirs = {"viewer": viewer_id, "friends": _FRIENDS, "ids": [row[0] for row in near]}
        grouped = await self._db.slow(store.GROUPED_FRIENDS, **theirs)
        support = await self._db.slow(store.FRIENDS_SUPPORT, **theirs)
        popular = await self._most_followed.get()
        left_out = {row[0] for row in await self._db.all(store.DISMISSED, viewer=viewer_id)}
        left_out |= {row[0] for row in await self._db.all(store.REQUESTED, viewer=viewer_id)}
        left_out.add(viewer_id)
        latest = await self._db.slow(store.FOLLOWERS, viewer=viewer_id, looked_at=_FOLLOWERS_LOOKED_AT)
        followers = [an_id for an_id in spread(latest) if an_id not in left_out and an_id not in viewer.following]
        ranked = by_support(support, grouped)
        alike = await liked_alike(self._db, viewer_id)
        known = {*ranked, *alike, *popular}
        back = [one for one in followers if one in known] + [one for one in followers if one not in known]
        back = back[:_FOLLOWERS_SHOWN]
        order = [*ranked[:_NEAREST], *alike[:_NEAREST], *back, *ranked, *alike, *popular]
        sources: dict[int, list[Source]] = {an_id: [] for an_id in order}
        reasons: tuple[tuple[Source, Iterable[int]], ...] = (
            ("friends_of_friends", ranked),
            ("follows_you", followers),
            ("liked_alike", alike),
            ("most_followed", popular),
        )
        for reason, some in reasons:
            for an_id in some:
                if an_id in sources:
                    sources[an_id].append(reason)
        ids = [an_id for an_id in sources if an_id not in left_out and an_id not in viewer.following]
        if len(ids) < _FEWEST:
            left_out |= {*ids, *viewer.following}
            for an_id in await self._writing_here(left_out, most=_FEWEST - len(ids)):
                sources[an_id] = ["writes_here"]
                ids.append(an_id)
        shown = list(_presentable(ids, await self._accounts.get(ids), viewer))[:MOST_SUGGESTED]
        now = now_ms()
        minors = await self.ages.minors(self._db, [viewer_id, *shown], now=now)
        if viewer_id not in minors:
            shown = [an_id for an_id in shown if an_id not in minors]
        return [Suggestion(an_id, tuple(sources[an_id])) for an_id in shown[offset : offset + limit]]

    async def _writing_here(self, left_out: Collection[int], *, most: int) -> list[int]:
        """Members who posted last and agreed to be found; nobody of whom is known that they act together with others."""
        active = [one for one in await self._directory["active", True].get() if one not in left_out][:_HERE_LOOKED_AT]
        cards, together = await self._accounts.get(active), await accounts.independence_of(self._db, active)
        wrote = [one for one in active if one in cards and cards[one].counts[0] > 0 and one not in together]
        return wrote[:most]

    def _reads(self, order: str, local: bool) -> Callable[[], Awaitable[list[int]]]:  # noqa: FBT001 (a key of the table of statements)
        async def read() -> list[int]:
            return [row[0] for row in await self._db.slow(store.DIRECTORY[order, local], most=FURTHEST)]

        return read

    async def _read_most_followed(self) -> list[int]:
        ids = [row[0] for row in await self._db.slow(store.MOST_FOLLOWED, most=_COMPARED)]
        grouped = await self._db.slow(store.GROUPED_FOLLOWERS, ids=ids)
        return by_support(await self._db.slow(store.SUPPORT, ids=ids), grouped)[:_CANDIDATES]

    def _heard(self, logged: Sequence[Logged]) -> None:
        for one in logged:
            match one.event:
                case accounts.AccountMade() | accounts.AccountSettingsChanged() | accounts.StandingChanged():
                    self._spoil(("active", "new"))
                    self._most_followed.spoil()
                case PostPublished() | PostDeleted():
                    self._spoil(("active",))
                case accounts.Followed() | accounts.Unfollowed():
                    self._most_followed.spoil()
                case accounts.IndependenceChanged() | VouchingChanged():
                    self._most_followed.spoil(at_once=True)
                case _:
                    pass

    def _spoil(self, orders: Sequence[str]) -> None:
        for (order, _), fresh in self._directory.items():
            if order in orders:
                fresh.spoil()


def by_support(support: Iterable[Row], grouped: Iterable[Row]) -> list[int]:
    """Accounts in the order of how many follow them on their own, the most first.

    `support`: (account, are they known, so many in one hour, so many by one voucher, how many such), `grouped`: (account,
    group, how many of it follow, the sum of their weights). Those of a group count as the root of their weights, those who are
    not known together as the root of their number; so do those who came in one hour, and all those whose vouchers vouch for
    more than a few. Source: docs/discovery.md, "Amplification".
    """
    effective: dict[int, float] = {}
    unknown: dict[int, int] = {}
    mass: dict[int, float] = {}
    for an_id, known, came, vouched, number in support:
        effective.setdefault(an_id, 0.0)
        if known and vouched <= _BY_CHANCE:
            effective[an_id] += number * few(came) / came
        elif known:
            mass[an_id] = mass.get(an_id, 0.0) + number * few(came) / came
        else:
            unknown[an_id] = unknown.get(an_id, 0) + number
    for an_id in unknown.keys() | mass.keys():
        weight = mass.get(an_id, 0.0)
        effective[an_id] += max(few(weight), math.sqrt(unknown.get(an_id, 0) + weight))
    for an_id, _, _, weight in grouped:
        effective[an_id] = effective.get(an_id, 0.0) + min(weight, math.sqrt(weight))
    return sorted(effective, key=lambda an_id: (-effective[an_id], an_id))


def few(number: float) -> float:
    """As how many those count who came in one hour, or of whom the same accounts vouch: some do by chance."""
    return number if number <= _BY_CHANCE else max(_BY_CHANCE, math.sqrt(number))


def spread(followers: Iterable[Row]) -> list[int]:
    """Of (account, group, weight, voucher, hour) of each crowd as many as it counts, one at least, in their order.

    A crowd is a group, those who came in one hour, those whose vouchers vouch for more than a few, and those who are not
    known; the last two come after the others. Source: docs/discovery.md, "Amplification".
    """
    rows = list(followers)
    vouched = Counter([voucher for _, group, _, voucher, _ in rows if group is None])
    crowds = [
        _crowds(group, vouched[voucher] if voucher is not None else None, hour) for _, group, _, voucher, hour in rows
    ]
    weights: dict[tuple[str, int], float] = {}
    for (_, group, weight, _, _), of in zip(rows, crowds, strict=True):
        for crowd in of:
            weights[crowd] = weights.get(crowd, 0.0) + (1.0 if group is None else weight)
    left = {
        crowd: max(1, int(few(int(weight))) if crowd[0] in _SOME_BY_CHANCE else math.isqrt(int(weight)))
        for crowd, weight in weights.items()
    }
    found: tuple[list[int], list[int], list[int]] = ([], [], [])
    for (an_id, *_), of in zip(rows, crowds, strict=True):
        if all(left[crowd] for crowd in of):
            for crowd in of:
                left[crowd] -= 1
            found[2 if of == (_UNKNOWN,) else 1 if _MASS in of else 0].append(an_id)
    return [*found[0], *found[1], *found[2]]


def _crowds(group: int | None, vouched: int | None, hour: int) -> tuple[tuple[str, int], ...]:
    """`vouched`: for so many its voucher vouches; None: it has none."""
    if group is not None:
        return (("group", group),)
    if vouched is None:
        return (_UNKNOWN,)
    return (("hour", hour),) if vouched <= _BY_CHANCE else (("hour", hour), _MASS)


async def dismiss_suggestion(tx: Tx, account_id: int, *, target: int) -> None:
    """Never suggest that account again. Nobody need have suggested it; where there is none, nothing happens."""
    try:
        await accounts.find_shown(tx, target)
    except accounts.AccountMissing:
        return
    await tx.run(store.DISMISS, account_id=account_id, target_id=target)


def _presentable(
    ids: Iterable[int], cards: dict[int, AccountCard], viewer: Viewer | None, *, local: bool = False
) -> Iterable[int]:
    """Those who may be shown to the viewer at this moment."""
    for an_id in ids:
        card = cards.get(an_id)
        if card is None or card.standing != "active" or not card.discoverable:
            continue
        if viewer is not None and (
            an_id in viewer.blocking
            or an_id in viewer.blocked_by
            or viewer.mutes(an_id)
            or (not local and card.domain in viewer.domains)
        ):
            continue
        yield an_id
