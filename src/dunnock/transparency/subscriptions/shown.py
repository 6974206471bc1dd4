"""What staff see of a feed: its drafts, and what each would touch here."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from dunnock import accounts
from dunnock.foundation.db import Db, Reader
from dunnock.transparency.subscriptions import store
from dunnock.transparency.subscriptions.model import NEEDS, Draft, State, draft_of

_MOST_MATCHES = 500


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What a draft would touch: accounts here that it is about with their posts and followers, or a server's follows.

    `assets`: destinations that were seen here.
    """

    account_ids: tuple[int, ...] = ()
    asset_ids: tuple[int, ...] = ()
    posts: int = 0
    following: int = 0
    followers: int = 0

    @property
    def nothing(self) -> bool:
        """Is it about nothing that is known here?"""
        return not (self.account_ids or self.asset_ids or self.following or self.followers)


async def drafts(
    reader: Reader, feed_id: int, state: State, *, taken_back: bool = False, after: int = 0, most: int = 100, by: int
) -> list[Draft]:
    """What a feed says and is in this state, by number; `taken_back`: acted on, and taken back since. Raises: NotPermitted."""
    await accounts.permit(reader, by, NEEDS)
    if taken_back:
        return [draft_of(row) for row in await reader.all(store.TAKEN_BACK, the=feed_id, after=after, most=most)]
    return [draft_of(row) for row in await reader.all(store.PAGE, the=feed_id, state=state, after=after, most=most)]


async def effects_of(db: Db, feed_id: int, some: Sequence[Draft], *, by: int) -> dict[int, Effect]:
    """Draft's number -> what it would touch here. Five queries. Raises: NotPermitted."""
    await accounts.permit(db, by, NEEDS)
    matches = await matches_of(db, feed_id, [one.number for one in some])
    follows = await accounts.follows_at(db, [one.value for one in some if one.kind == "server"])
    people = {an_id for one in some if one.kind == "account" for an_id in matches.get(one.number, ())}
    counts = await accounts.counts_of(db, people) if people else {}
    found: dict[int, Effect] = {}
    for one in some:
        ids = tuple(matches.get(one.number, ()))
        following, followers = follows.get(one.value, (0, 0)) if one.kind == "server" else (0, 0)
        if one.kind == "account":
            followers = sum(counts[an_id].followers for an_id in ids if an_id in counts)
        found[one.number] = Effect(
            account_ids=ids if one.kind == "account" else (),
            asset_ids=ids if one.kind == "destination" else (),
            posts=sum(counts[an_id].posts for an_id in ids if an_id in counts) if one.kind == "account" else 0,
            following=following,
            followers=followers,
        )
    return found


async def matches_of(reader: Reader, feed_id: int, numbers: Collection[int]) -> dict[int, list[int]]:
    """Draft's number -> ids of what here it is about."""
    found: dict[int, list[int]] = {}
    if numbers:
        for number, an_id in await reader.all(store.MATCHES, the=feed_id, numbers=list(numbers), most=_MOST_MATCHES):
            found.setdefault(number, []).append(an_id)
    return found


async def came_of(reader: Reader, what: str, an_id: int) -> list[tuple[int, str, int, int | None]]:
    """The drafts that led to a case or a rule: (feed's id, its title, entry, when its publisher took it back)."""
    return [(row[0], row[1], row[2], row[3]) for row in await reader.all(store.CAME_OF, what=what, the=an_id, most=100)]
