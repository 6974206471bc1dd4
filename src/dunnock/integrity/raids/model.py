"""What a raid is: people who wrote to one member as one hand, and go on to the next. Pure rules, no rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from dunnock.accounts import Account
from dunnock.foundation.clock import DAY
from dunnock.integrity.strangers import Wrote, shared_words

COUNTS_MS: Final = 14 * DAY
"""So long after its last part an account counts as one that raided, and a raid goes on."""
FEWEST: Final = 5
"""Accounts that raided before, or say its words: fewer may have met by chance."""
AMONG, SAME_WORDS = 0.2, 0.3
"""Of all who take part, those who raided before; of all who write, those who say its words."""
SWARM: Final = 3
"""Members within `COUNTS_MS`, from which on who took part is held back from everybody here."""
MOST_ACCOUNTS, MOST_MARKS, MOST_HITS = 5_000, 600, 1_000


class Raid(msgspec.Struct, frozen=True, kw_only=True):
    """One raid, of one member or many. `ended_at`: staff said that it is none. Unix milliseconds."""

    id: int
    first_at: int
    last_at: int
    case_id: int | None
    ended_at: int | None
    ended_by: int | None


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A member who was raided: `people` wrote `posts` within twenty minutes at most, `again` of them had raided others.

    `early`: seen by who they were, before it was a flood.
    """

    raid_id: int
    account_id: int
    first_at: int
    last_at: int
    people: int
    posts: int
    again: int
    early: bool
    signal_id: int


class Raider(msgspec.Struct, frozen=True, kw_only=True):
    """An account that took part, and how often it turned to another member. `left_out`: it did not, people say."""

    account_id: int
    domain: str
    waves: int
    last_at: int
    left_out: bool


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What is seen of a raid at one member. `raiders`: account -> its server; `marks`: of words and of servers."""

    target_id: int
    raiders: Mapping[int, str]
    words: frozenset[str]
    servers: frozenset[str]
    people: int
    posts: int


class Kin(msgspec.Struct, frozen=True, kw_only=True):
    """What speaks for it that a part belongs to a raid.

    Of its accounts, `again` took part before, `said` say words of the raid, `network` are in a network with as many of it
    (the fewer of both); `servers` are a raid's own both times.
    """

    raid: Raid
    again: int = 0
    said: int = 0
    network: int = 0
    servers: tuple[str, ...] = ()


def belongs(kin: Kin, *, raiders: int, people: int) -> bool:
    """Is it the same raid? Both are raids already; one of these four says that one hand is behind both."""
    return (
        (kin.again >= FEWEST and kin.again >= AMONG * raiders)
        or (kin.said >= FEWEST and kin.said >= SAME_WORDS * people)
        or kin.network >= FEWEST
        or bool(kin.servers)
    )


def part_of(
    target_id: int,
    wrote: Sequence[Wrote],
    people: Mapping[int, Account],
    *,
    new: Collection[int],
    servers: Sequence[str],
) -> Part:
    """Who of those who wrote takes part, and not only stands by.

    Whoever says, in 32 letters or more, what another says; and the new accounts of the `servers` that the raid comes from.
    """
    shared = shared_words(wrote)
    banked = {one.account_id for one in wrote if one.told & shared}
    raiders = {
        one.id: one.domain for one in people.values() if one.id in banked or (one.id in new and one.domain in servers)
    }
    told = {word for one in wrote for word in one.told & shared if one.account_id in raiders}
    return Part(
        target_id=target_id,
        raiders=raiders,
        words=frozenset(names_of(told)),
        servers=frozenset(servers),
        people=len(people),
        posts=len(wrote),
    )


def names_of(words: Collection[int]) -> Iterator[str]:
    """What hashes of words are called among the marks of a raid."""
    return (f"{word:016x}" for word in words)
