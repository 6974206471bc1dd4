"""Statements about this server's own keys."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, select, update

from dunnock.federation.tables import key_pairs
from dunnock.foundation.db import BigId, Reader, Sql, Tx, insert_once

SERVER = 0
"""What stands for the server itself where an account is meant."""
_account = key_pairs.c.account_id == bindparam("account", type_=BigId)
_FIND = Sql(
    select(key_pairs.c.public_pem, key_pairs.c.private_pem, key_pairs.c.ed_private_pem, key_pairs.c.number).where(
        _account
    )
)
_ADD = insert_once(
    key_pairs, "account_id", "public_pem", "private_pem", "ed_private_pem", "made_at", keys=["account_id"]
)
_ADD_ED = Sql(
    update(key_pairs).where(_account, key_pairs.c.ed_private_pem.is_(None)).values(ed_private_pem=bindparam("ed"))
)
_REPLACE = Sql(
    update(key_pairs)
    .where(_account)
    .values(
        public_pem=bindparam("public"),
        private_pem=bindparam("private"),
        ed_private_pem=bindparam("ed"),
        number=key_pairs.c.number + 1,
        made_at=bindparam("now", type_=BigId),
    )
)
_HOLDERS = Sql(
    select(key_pairs.c.account_id)
    .where(key_pairs.c.account_id > bindparam("above", type_=BigId))
    .order_by(key_pairs.c.account_id)
    .limit(bindparam("most"))
)


class Held(msgspec.Struct, frozen=True):
    """Keys as PEM; `ed_private` None: there is none yet. `number`: how many pairs there were with this one."""

    public: str
    private: str
    ed_private: str | None
    number: int = 1


async def find(reader: Reader, account_id: int) -> Held | None:
    """The keys of an account."""
    row = await reader.one(_FIND, account=account_id)
    return None if row is None else Held(*row)


async def add(tx: Tx, account_id: int, made: Held) -> None:
    """Keep the keys, unless there are some."""
    await tx.run(
        _ADD,
        account_id=account_id,
        public_pem=made.public,
        private_pem=made.private,
        ed_private_pem=made.ed_private,
        made_at=tx.now,
    )


async def add_ed(tx: Tx, account_id: int, ed_private: str) -> None:
    """Keep an Ed25519 key beside the other one, unless there is one."""
    await tx.run(_ADD_ED, account=account_id, ed=ed_private)


async def replace(tx: Tx, account_id: int, made: Held) -> bool:
    """Let these be the keys from now on; False: there were none, and some are made at first need."""
    return (
        await tx.run(
            _REPLACE, account=account_id, public=made.public, private=made.private, ed=made.ed_private, now=tx.now
        )
        > 0
    )


async def holders(reader: Reader, *, above: int, most: int) -> Sequence[int]:
    """Accounts that have keys, in the order of their ids."""
    return [row[0] for row in await reader.all(_HOLDERS, above=above, most=most)]
