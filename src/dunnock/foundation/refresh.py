"""How far work in the background is, for whoever asked for it. Mastodon: AsyncRefresh.

A refresh is named by who does the work (`import 5`); clients get an id that only we can have made.
"""

from __future__ import annotations

import hmac
import re

import msgspec
from sqlalchemy import bindparam, delete, select, update

from dunnock.foundation import ids
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import BigId, Reader, Sql, Tx, upsert
from dunnock.foundation.db.tables import refreshes

KEPT_MS = DAY
_ID = re.compile(r"([0-9]{1,19})--([A-Za-z0-9_-]{43})", re.ASCII)

_PUT = upsert(refreshes, ["name"])
_OLD = Sql(delete(refreshes).where(refreshes.c.at < bindparam("before", type_=BigId)))
_BY_NAME = Sql(
    select(refreshes.c.id, refreshes.c.secret, refreshes.c.finished, refreshes.c.results).where(
        refreshes.c.name == bindparam("the_name")
    )
)
_BY_ID = Sql(
    select(refreshes.c.id, refreshes.c.secret, refreshes.c.finished, refreshes.c.results).where(
        refreshes.c.id == bindparam("the", type_=BigId)
    )
)
_TELL = Sql(
    update(refreshes)
    .where(refreshes.c.name == bindparam("the_name"))
    .values(finished=bindparam("over", type_=refreshes.c.finished.type), results=bindparam("count"))
)


class Refresh(msgspec.Struct, frozen=True):
    """`results`: how much came of it so far; None: that says nothing here."""

    id: str
    finished: bool
    results: int | None

    def header(self, *, retry_s: int = 2) -> str:
        """The value of `Mastodon-Async-Refresh`. `retry_s`: when asking again makes sense."""
        counted = "" if self.results is None else f", result_count={self.results}"
        return f'id="{self.id}", retry={retry_s}{counted}'


async def begin(tx: Tx, name: str, *, results: int | None = 0) -> Refresh:
    """The work called `name` begins now (anew). What nobody asked for since yesterday is forgotten."""
    an_id, secret = tx.new_id(), ids.secret()
    await tx.run(_OLD, before=tx.now - KEPT_MS)
    await tx.run(_PUT, name=name, id=an_id, secret=secret, finished=False, results=results, at=tx.now)
    return Refresh(f"{an_id}--{secret}", False, results)


async def tell(tx: Tx, name: str, *, results: int | None, finished: bool = False) -> None:
    """It is so far. Work that nobody follows does no harm."""
    await tx.run(_TELL, the_name=name, over=finished, count=results)


async def named(reader: Reader, name: str) -> Refresh | None:
    """The work called `name`; None when it is over for long, or never was."""
    row = await reader.one(_BY_NAME, the_name=name)
    return None if row is None else Refresh(f"{row[0]}--{row[1]}", bool(row[2]), row[3])


async def find(reader: Reader, refresh_id: str) -> Refresh | None:
    """By the id that we gave; None when we gave no such."""
    match = _ID.fullmatch(refresh_id)
    if match is None or int(match[1]) >= 2**63:
        return None
    row = await reader.one(_BY_ID, the=int(match[1]))
    if row is None or not hmac.compare_digest(row[1], match[2]):
        return None
    return Refresh(refresh_id, bool(row[2]), row[3])
