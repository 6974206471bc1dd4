"""The keys that this server's accounts, and the server itself, sign with: made at first need, kept for ever."""

from __future__ import annotations

import asyncio

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from dunnock.federation.places import Places
from dunnock.federation.signatures import Signer
from dunnock.federation.store import keys as store
from dunnock.foundation.cache import Cache
from dunnock.foundation.db import Db

KEPT = 2_000
_BITS = 2_048  # what every server can verify; Source: Mastodon, Account#generate_keys


class Pair(msgspec.Struct, frozen=True):
    """`public` as PEM, and the signer with the private one."""

    public: str
    signer: Signer


class Keys:
    """The key pairs of one process."""

    def __init__(self, db: Db, places: Places) -> None:
        """Nothing is read yet."""
        self._db, self._places = db, places
        self._kept: Cache[int, Pair] = Cache(KEPT)

    async def of(self, account_id: int | None, name: str | None) -> Pair:
        """The pair of a local account, or (both None) of the server."""
        key = store.SERVER if account_id is None else account_id
        known = self._kept.get(key)
        if known is not None:
            return known
        found = await store.find(self._db, key)
        if found is None:
            made = await asyncio.to_thread(_make)
            async with self._db.begin() as tx:
                await store.add(tx, key, *made)
            found = await store.find(self._db, key) or made
        private = serialization.load_pem_private_key(found[1].encode(), None)
        pair = Pair(found[0], Signer(self._places.key(name), private))
        self._kept.put(key, pair)
        return pair


def _make() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=_BITS)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return public.decode(), private.decode()
