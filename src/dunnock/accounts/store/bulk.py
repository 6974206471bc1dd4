"""Statements about accounts that come with a bulk import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, case, or_, select

from dunnock.accounts.tables import account_counts, accounts, members
from dunnock.foundation.db import BigId, Reader, Sql, Tx, among, insert_into

_HOLDERS = Sql(
    select(accounts.c.username_key, accounts.c.id, accounts.c.imported).where(
        accounts.c.domain == "", among(accounts.c.username_key, "keys")
    )
)
_ADD = insert_into(
    accounts, "id", "username", "username_key", "display_name", "name_key", "kind", "created_at", "imported"
)
_ADD_COUNTS = insert_into(account_counts, "account_id")
_ADD_MEMBER = insert_into(
    members, "id", "account_id", "email", "email_key", "password_hash", "role", "default_language", "created_at"
)
_the = bindparam("the", type_=BigId)
_newest = bindparam("newest", type_=BigId)
_COUNT = Sql(
    account_counts.update()
    .where(account_counts.c.account_id == _the)
    .values(
        posts=account_counts.c.posts + bindparam("more"),
        last_post_at=case(
            (or_(account_counts.c.last_post_at.is_(None), account_counts.c.last_post_at < _newest), _newest),
            else_=account_counts.c.last_post_at,
        ),
    )
)
_oldest = bindparam("oldest", type_=BigId)
_SINCE = Sql(
    accounts.update()
    .where(accounts.c.id == _the, accounts.c.imported, accounts.c.created_at > _oldest)
    .values(created_at=_oldest)
)


async def holders_of(reader: Reader, keys: Sequence[str]) -> dict[str, tuple[int, bool]]:
    """Folded local name -> (account, did it come with an import?), for those that somebody has."""
    return {row[0]: (row[1], bool(row[2])) for row in await reader.all(_HOLDERS, keys=keys)}


async def add(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """New imported accounts with their counters at zero."""
    await tx.many(_ADD, rows)
    await tx.many(_ADD_COUNTS, [{"account_id": row["id"]} for row in rows])


async def count(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add `more` posts to `the` account, of which the first and the last are of `oldest` and `newest`."""
    rows = list(rows)
    await tx.many(_COUNT, rows)
    await tx.many(_SINCE, rows)


async def add_members(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Members of accounts that have none."""
    await tx.many(_ADD_MEMBER, rows)
