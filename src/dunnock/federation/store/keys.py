"""Statements about this server's own keys."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from dunnock.federation.tables import key_pairs
from dunnock.foundation.db import BigId, Reader, Sql, Tx, insert_once

SERVER = 0
"""What stands for the server itself where an account is meant."""
_FIND = Sql(
    select(key_pairs.c.public_pem, key_pairs.c.private_pem).where(
        key_pairs.c.account_id == bindparam("account", type_=BigId)
    )
)
_ADD = insert_once(key_pairs, keys=["account_id"])


async def find(reader: Reader, account_id: int) -> tuple[str, str] | None:
    """Public and private key as PEM."""
    row = await reader.one(_FIND, account=account_id)
    return None if row is None else (row[0], row[1])


async def add(tx: Tx, account_id: int, public: str, private: str) -> None:
    """Keep the pair, unless there is one."""
    await tx.run(_ADD, account_id=account_id, public_pem=public, private_pem=private, made_at=tx.now)
