"""What rules keep of a member's posts, as its author is told it, and the way to object before anybody judged.

A person's judgement comes as a decision, which has its own way to object (`moderation.appeal`).
"""

from __future__ import annotations

from typing import NamedTuple

from dunnock.foundation.db import Reader, Tx
from dunnock.integrity.rules import store
from dunnock.integrity.rules.errors import HitRefused
from dunnock.integrity.rules.model import LONGEST_OBJECTION, Hit

_MOST = 100


class Kept(NamedTuple):
    """A post that a rule keeps: by the rule of that name, until it ends (Unix milliseconds) if nobody looks before."""

    hit: Hit
    rule: str
    until: int


async def kept_of(reader: Reader, account_id: int) -> list[Kept]:
    """What rules keep of the account's posts, the newest first, at most 100: what waits, and what a person refused."""
    return [
        Kept(store.hit_of(row), row[-2], row[-1])
        for row in await reader.all(store.OF_AUTHOR, account=account_id, most=_MOST)
    ]


async def object_to_hit(tx: Tx, hit_id: int, words: str, *, account_id: int) -> None:
    """Say why a rule is wrong about an own post, once: staff read it where they judge.

    Raises:
        HitRefused: nothing of the account's waits under that id, it objected already, or the words are none or too many.
    """
    said = words.strip()
    if not said or len(said) > LONGEST_OBJECTION:
        raise HitRefused(len(said), say=f"Validation failed: Say why in up to {LONGEST_OBJECTION} characters")
    if not await tx.run(store.OBJECT, the=hit_id, account=account_id, words=said, now=tx.now):
        raise HitRefused(hit_id, say="Validation failed: There is nothing to object to, or you did already")
