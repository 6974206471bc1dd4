"""The keys that this server's accounts, and the server itself, sign with: made at first need, and anew when that is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dunnock.federation.events import KeysRotated
from dunnock.federation.multikey import write_multikey
from dunnock.federation.places import Places
from dunnock.federation.signatures import Signer
from dunnock.federation.store import keys as store
from dunnock.federation.store.keys import SERVER, Held
from dunnock.foundation.cache import Cache
from dunnock.foundation.db import Db
from dunnock.foundation.events import Logged

KEPT = 2_000
_BITS = 2_048  # what every server can verify; Source: Mastodon, Account#generate_keys
_CHUNK = 100


class Pair(msgspec.Struct, frozen=True):
    """`public` as PEM, `signer` with the private one; `multikey`, `prover`: an Ed25519 key beside it; `number`: of how many."""

    public: str
    signer: Signer
    multikey: str
    prover: Signer
    number: int


class Seal(msgspec.Struct, frozen=True):
    """A signature (64 bytes) by Ed25519, and the public key (Multikey, FEP-521a) that it can be checked with."""

    key: str
    signature: bytes


class Keys:
    """The key pairs of one process."""

    def __init__(self, db: Db, places: Places) -> None:
        """Nothing is read yet. Listens to `db`'s events from now on."""
        self._db, self._places = db, places
        self._kept: Cache[int, Pair] = Cache(KEPT)
        db.listen(self._heard)

    def _heard(self, logged: Sequence[Logged]) -> None:
        for one in logged:
            if isinstance(one.event, KeysRotated):
                self._kept.pop(one.event.account_id)

    async def of(self, account_id: int | None, name: str | None) -> Pair:
        """The pair of a local account, or (both None) of the server."""
        key = SERVER if account_id is None else account_id
        known = self._kept.get(key)
        if known is not None:
            return known
        found = await store.find(self._db, key)
        if found is None or found.ed_private is None:
            found = await self._made(key, found)
        private = serialization.load_pem_private_key(found.private.encode(), None)
        ed = serialization.load_pem_private_key((found.ed_private or "").encode(), None)
        assert isinstance(ed, Ed25519PrivateKey)
        signer = Signer(self._places.key(name, found.number), private)
        prover = Signer(self._places.key(name, found.number, kind="ed25519"), ed)
        pair = Pair(found.public, signer, write_multikey(ed.public_key()), prover, found.number)
        self._kept.put(key, pair)
        return pair

    async def seal(self, content: bytes) -> Seal:
        """Sign something in the server's own name with its Ed25519 key, which its actor (`/actor`) names as Multikey."""
        await self.of(None, None)
        found = await store.find(self._db, SERVER)
        assert found is not None
        private = serialization.load_pem_private_key((found.ed_private or "").encode(), None)
        assert isinstance(private, Ed25519PrivateKey)
        return Seal(write_multikey(private.public_key()), private.sign(content))

    async def _made(self, key: int, found: Held | None) -> Held:
        """The keys of who has none, or no Ed25519 key; of two who make them at the same moment one wins."""
        made = await _new() if found is None else None
        async with self._db.begin() as tx:
            if made is not None:
                await store.add(tx, key, made)
            else:
                await store.add_ed(tx, key, _make_ed())
            kept = await store.find(tx, key)
        assert kept is not None
        return kept


async def rotate(db: Db, account_id: int) -> bool:
    """Let a local account (`SERVER`: the server itself) sign with new keys, and other servers know; False: it had none yet.

    What waits to be sent is signed with the new ones. The old ones are forgotten, here at once, elsewhere with the next look.
    """
    made = await _new()
    async with db.begin() as tx:
        if not await store.replace(tx, account_id, made):
            return False
        await tx.record(KeysRotated(account_id=account_id))
    return True


async def rotate_all(db: Db) -> int:
    """Do so with all that have keys, the server itself too; how many they are."""
    above, count = SERVER - 1, 0
    while some := await store.holders(db, above=above, most=_CHUNK):
        for account_id in some:
            count += await rotate(db, account_id)
        above = some[-1]
    return count


async def _new() -> Held:
    public, private = await asyncio.to_thread(_make)
    return Held(public, private, _make_ed())


def _make_ed() -> str:
    return _pem(Ed25519PrivateKey.generate())


def _make() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=_BITS)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return public.decode(), _pem(key)


def _pem(key: rsa.RSAPrivateKey | Ed25519PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
