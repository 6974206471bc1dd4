"""This server's push key: made once for an installation, kept in the database, never logged. Wire name: `vapid_key`."""

from __future__ import annotations

from dunnock.foundation.db import Db
from dunnock.push import store


async def public_key(db: Db) -> str:
    """What apps trust: the public half, base64url of the uncompressed point. One query."""
    return (await key_pair(db))[0]


async def key_pair(db: Db) -> tuple[str, str]:
    """(public, secret), both base64url. Whoever asks first makes it; of several at one moment one wins."""
    held = await store.key(db)
    if held is None:
        from dunnock.push.crypto import new_pair  # noqa: PLC0415 (cryptography is loaded where it is used, not at start)

        public, secret = new_pair()
        async with db.begin() as tx:
            await store.add_key(tx, public=public, secret=secret)
        held = await store.key(db)
        assert held is not None
    return held
