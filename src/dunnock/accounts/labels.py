"""What staff say of an account for all to see: that it is a government's, or part of a network that acts in concert.

A fact of the account, kept low, so that pages, the API and other servers show it without knowing why it is so. The same file
says which accounts are protected: what staff do to those needs two of them (moderation).
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from dunnock.accounts.account import LABEL_KINDS, Label, read_labels
from dunnock.accounts.errors import LabelRefused
from dunnock.accounts.events import AccountLabelled, AccountProtected
from dunnock.accounts.store import sheets as store
from dunnock.foundation.db import Reader, Tx

LONGEST_LABEL = 120


async def put_label(tx: Tx, ids: Collection[int], kind: str, text: str, *, of: str = "") -> set[int]:
    """Give accounts a label, in place of one of its kind; those that it is new to. `of`: as `Label` has it.

    Raises:
        LabelRefused: no such kind, no text, or too long a one.
    """
    known = next((one for one in LABEL_KINDS if one == kind), None)
    words = " ".join(text.split())
    if known is None or not words or len(words) > LONGEST_LABEL:
        raise LabelRefused(kind[:40])
    new_to: set[int] = set()
    for an_id, stored in await _held(tx, ids):
        held = read_labels(stored)
        if any((one.kind, one.text) == (known, words) for one in held):
            continue
        new = [*(one for one in held if one.kind != known), Label(kind=known, text=words, since=tx.now, of=of)]
        await _store(tx, an_id, new)
        new_to.add(an_id)
    return new_to


async def drop_label(tx: Tx, ids: Collection[int], kind: str) -> set[int]:
    """Take the label of a kind away; those that had it."""
    gone: set[int] = set()
    for an_id, stored in await _held(tx, ids):
        held = read_labels(stored)
        if any(one.kind == kind for one in held):
            await _store(tx, an_id, [one for one in held if one.kind != kind])
            gone.add(an_id)
    return gone


async def protect(tx: Tx, account_id: int, *, protected: bool) -> bool:
    """Let what staff do to an account need two of them, or no longer; whether that is new."""
    changed = bool(await tx.run(store.PROTECT, the=account_id, new=protected))
    if changed:
        await tx.record(AccountProtected(account_id=account_id, protected=protected))
    return changed


async def protected_ids(reader: Reader) -> list[int]:
    """All that are protected, by id."""
    return [int(row[0]) for row in await reader.all(store.PROTECTED)]


async def _store(tx: Tx, account_id: int, labels: Collection[Label]) -> None:
    await tx.run(store.SET_LABELS, the=account_id, new=msgspec.json.encode(list(labels)).decode())
    await tx.record(AccountLabelled(account_id=account_id))


async def _held(tx: Tx, ids: Collection[int]) -> list[tuple[int, str]]:
    return [(row[0], row[1]) for row in await tx.all(store.HOLD_LABELS, ids=list(ids))]
