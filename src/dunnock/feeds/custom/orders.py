"""In which order a scored feed was shown to a reader: its further pages go on with that, whatever came meanwhile.

Kept for an hour, for whoever reads on. What may not be shown any more is left out when a page is read.
"""

from __future__ import annotations

import base64
import hashlib
import zlib

import msgspec

from dunnock.feeds.custom.file import FeedFile
from dunnock.feeds.for_you.features import INFERRED
from dunnock.feeds.for_you.receipt import Receipt
from dunnock.feeds.store import custom as store
from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.db import Db, Reader
from dunnock.foundation.job import Job

KEPT = TRIM_EVERY_MS = HOUR
_MOST_OF_A_READER = 20


class TrimOrders(Job, frozen=True):
    """Forget orders that nobody reads on in."""


class Order(msgspec.Struct, frozen=True):
    """Receipts in the order in which they were shown first; `weights`: the text of the file that they name."""

    receipts: tuple[Receipt, ...]
    weights: str

    @property
    def inferred(self) -> bool:
        """Whether something in it was inferred from what the reader did, so that it is nothing for whoever is under 18 by now."""
        return any(not INFERRED.isdisjoint(one.values) for one in self.receipts)


async def hold(db: Db, reader_id: int, file: FeedFile, order: Order) -> None:
    """Keep an order for the pages that follow; the one before by the same file gives way."""
    packed = base64.b85encode(zlib.compress(msgspec.json.encode(order), 1)).decode()
    async with db.begin(durable=False) as tx:
        await tx.run(store.HOLD_ORDER, account_id=reader_id, file=_name(file), at=tx.now, held=packed)
        for row in (await tx.all(store.ORDERS_OF, owner=reader_id))[_MOST_OF_A_READER:]:
            await tx.run(store.DROP_ORDER, owner=reader_id, file=row[0])


async def held(reader: Reader, reader_id: int, file: FeedFile) -> Order | None:
    """The order in which the reader was shown the feed within the last hour; None: none is kept."""
    row = await reader.one(store.ORDER, owner=reader_id, file=_name(file))
    if row is None or row[0] < now_ms() - KEPT:
        return None
    return msgspec.json.decode(zlib.decompress(base64.b85decode(row[1])), type=Order)


async def trim_orders(db: Db, _: TrimOrders) -> None:
    """Delete old orders, some hundreds at a time."""
    while True:
        async with db.begin(durable=False) as tx:
            rows = await tx.all(store.OLD_ORDERS, before=tx.now - KEPT, most=500)
            for account, file in rows:
                await tx.run(store.DROP_ORDER, owner=account, file=file)
        if len(rows) < 500:
            return


def _name(file: FeedFile) -> str:
    return hashlib.sha256(msgspec.json.encode(file, order="deterministic")).hexdigest()
