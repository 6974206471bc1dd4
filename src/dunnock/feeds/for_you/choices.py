"""What a member chose for their For You feed: off, without a signal, less of somebody or something, all forgotten."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar, Literal

import msgspec

from dunnock.feeds.for_you.features import NAMES
from dunnock.feeds.store import custom as custom_store
from dunnock.feeds.store import for_you as store
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.errors import Missing

MOST_LESS = 500
_MOST_TIMES = 10


class ReceiptMissing(Missing):
    """For You did not show this post to the member within the last seven days."""

    code = "receipt_missing"


class SignalMissing(Missing):
    """There is no such signal."""

    code = "signal_missing"
    safe: ClassVar[str] = "There is no such signal"


class Less(msgspec.Struct, frozen=True):
    """Of whom (an account) or of what (a hashtag) the member wants to see less. `key`: a hashtag's folded name."""

    kind: Literal["author", "tag"]
    subject_id: int
    times: int
    key: str | None = None


class Choices(msgspec.Struct, frozen=True):
    """`dropped`: signals that do not count; `forget_before`: acts up to this
    id are no part of the profile.
    """

    off: bool = False
    dropped: frozenset[str] = frozenset()
    forget_before: int = 0
    less: tuple[Less, ...] = ()


async def choices_of(reader: Reader, account_id: int) -> Choices:
    """What a member chose. Two queries."""
    row = await reader.one(store.CHOICES, owner=account_id)
    less = tuple(Less(*one) for one in await reader.all(store.LESS, owner=account_id))
    if row is None:
        return Choices(less=less)
    return Choices(bool(row[0]), frozenset(row[1].split()), int(row[2]), less)


async def reads_it(reader: Reader, account_id: int) -> bool:
    """Did For You show the member something within the last seven days, and is it not switched off since?"""
    if await reader.one(store.READS_IT, owner=account_id) is None:
        return False
    return not (await choices_of(reader, account_id)).off


async def switch(tx: Tx, account_id: int, *, off: bool) -> None:
    """Have no For You feed, or have it again."""
    await _put(tx, account_id, msgspec.structs.replace(await choices_of(tx, account_id), off=off))


async def drop_signals(tx: Tx, account_id: int, names: Collection[str]) -> None:
    """These signals, and no others, do not count for the member.

    Raises:
        SignalMissing: there is no such signal.
    """
    unknown = set(names) - set(NAMES)
    if unknown:
        raise SignalMissing(min(unknown)[:40])
    held = await choices_of(tx, account_id)
    await _put(tx, account_id, msgspec.structs.replace(held, dropped=frozenset(names)))


async def see_less(tx: Tx, account_id: int, kind: Literal["author", "tag"], subject_id: int) -> None:
    """See less of an author or a hashtag; each time again a little less."""
    held = await choices_of(tx, account_id)
    times = next((one.times for one in held.less if (one.kind, one.subject_id) == (kind, subject_id)), 0)
    if times or len(held.less) < MOST_LESS:
        await tx.run(
            store.PUT_LESS,
            account_id=account_id,
            kind=kind,
            subject_id=subject_id,
            times=min(times + 1, _MOST_TIMES),
        )


async def see_as_before(tx: Tx, account_id: int, kind: Literal["author", "tag"], subject_id: int) -> None:
    """Take that back."""
    await tx.run(store.DROP_LESS, owner=account_id, kind=kind, subject=subject_id)


async def reset(tx: Tx, account_id: int) -> None:
    """Forget what was learnt: what was served, also in own feeds, what to see less of; acts until now lead nowhere any more."""
    held = await choices_of(tx, account_id)
    await tx.run(store.FORGET_SERVED, owner=account_id)
    await tx.run(store.FORGET_LESS, owner=account_id)
    await tx.run(custom_store.FORGET_ORDERS, owner=account_id)
    await _put(tx, account_id, msgspec.structs.replace(held, dropped=frozenset(), forget_before=tx.new_id()))


async def _put(tx: Tx, account_id: int, new: Choices) -> None:
    await tx.run(
        store.CHOOSE,
        account_id=account_id,
        off=new.off,
        dropped=" ".join(sorted(new.dropped)),
        forget_before=new.forget_before,
    )
