"""To whom of those whom it addresses a post counts as written: one account, so that a raid can't hide behind a name put first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dunnock import accounts, posts
from dunnock.foundation.db import Tx
from dunnock.foundation.ids import id_at, ms_of
from dunnock.integrity.store import observations
from dunnock.integrity.strangers import MOST, WINDOW_MS

_MOST_NAMED: Final = 8


async def targets_of(tx: Tx, seen: Sequence[posts.Post]) -> list[int | None]:
    """For each post whom it answers, quotes or names; None: nobody but themselves.

    Of several members of this server, the one to whom by far the most was written of late, else now this one, now that: whoever
    always names the same two is noticed at twice as many posts, not never. One query where posts address several, and a short
    count for each member named beside others.
    """
    addressed = [_addressed(post) for post in seen]
    several = {one for found in addressed if len(found) > 1 for one in found}
    known = await accounts.find_many(tx, several) if several else {}
    here = {one.id for one in known.values() if one.local}
    return [await _one_of(tx, post.id, found, here) for post, found in zip(seen, addressed, strict=True)]


def _addressed(post: posts.Post) -> list[int]:
    """The answered, the quoted, the named; at most eight, without the author."""
    named = dict.fromkeys((post.reply_to_author_id, post.quoted_author_id, *post.mentions))
    return [one for one in named if one is not None and one != post.author_id][:_MOST_NAMED]


async def _one_of(tx: Tx, post_id: int, found: Sequence[int], here: set[int]) -> int | None:
    members = [one for one in found if one in here]
    if len(members) < 2:
        return next(iter(members or found), None)
    since = id_at(tx.now - WINDOW_MS)
    numbers = {one: await tx.value(observations.NUMBER_TO, target=one, since=since, most=MOST) for one in members}
    ranked = sorted(members, key=lambda one: -numbers[one])
    if numbers[ranked[0]] > 2 * numbers[ranked[1]] + 2:
        return ranked[0]
    return members[ms_of(post_id) % len(members)]
