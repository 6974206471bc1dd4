"""Where the staff's log ended, hour by hour: signed in the server's name and published, so that others can hold it to that.

Whoever could write to the database could make a whole new log with sound hashes; they can't make it go through the ends that
others have read and kept (docs/audit-log.md).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

import msgspec
from cryptography.exceptions import InvalidSignature

from dunnock.federation import Federation, read_multikey
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db, Reader
from dunnock.foundation.ids import ms_of
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Does, Every
from dunnock.moderation import chain
from dunnock.transparency import store

_EVERY_MS = 3_600_000
_REPEAT_MS = 24 * _EVERY_MS
"""An end that has not moved is said again after that, so that silence is no excuse."""


class PublishLogEnd(Job, frozen=True):
    """Sign and publish where the log ends now."""


EVERY: tuple[Every, ...] = (Every(PublishLogEnd(), _EVERY_MS),)


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed: the log of this server ended so at that moment (`at`: ISO 8601)."""

    server: str
    number: int
    hash: str
    at: str


class PublishedEnd(msgspec.Struct, frozen=True, kw_only=True):
    """A signed end. `statement`: JSON, byte by byte as it was signed; `signature`: Ed25519, base64; `key`: Multikey."""

    statement: str
    key: str
    signature: str

    @property
    def said(self) -> Statement:
        """The statement, read. Raises: msgspec.ValidationError."""
        return msgspec.json.decode(self.statement.encode(), type=Statement)


def jobs_of(federation: Federation) -> Does:
    """What publishes it."""

    async def publish(db: Db, _: PublishLogEnd) -> None:
        await publish_log_end(db, federation)

    return {PublishLogEnd: publish}


async def publish_log_end(db: Db, federation: Federation) -> bool:
    """Sign where the log ends, unless that was said within a day already. Whether it was said now."""
    end = await chain.end_of(db)
    row = await db.one(store.NEWEST_END)
    if row is not None:
        last = _end(row).said
        if (last.number, last.hash) == (end.number, end.hash) and ms_of(db.new_id()) - ms_of(row[0]) < _REPEAT_MS:
            return False
    an_id = db.new_id()
    said = Statement(server=federation.places.domain, number=end.number, hash=end.hash, at=iso(ms_of(an_id)))
    statement = msgspec.json.encode(said)
    seal = await federation.keys.seal(statement)
    async with db.begin() as tx:
        await tx.run(
            store.ADD_END, id=an_id, number=end.number, statement=statement.decode(), key=seal.key,
            signature=base64.b64encode(seal.signature).decode(),
        )  # fmt: skip
    return True


async def published_ends(
    reader: Reader, *, before: int | None = None, most: int = 100
) -> list[tuple[int, PublishedEnd]]:
    """Ends with their ids, newest first, older than the id `before`."""
    rows = await reader.all(store.ENDS, below=before or 2**63 - 1, most=most)
    return [(row[0], _end(row)) for row in rows]


def read_ends(content: bytes) -> list[PublishedEnd]:
    """The ends of a file as this server publishes them (docs/audit-log.md). Raises: msgspec.DecodeError."""
    return msgspec.json.decode(content, type=_Published).ends


async def check_published(db: Db, kept: Sequence[PublishedEnd] = (), *, server: str) -> chain.Checked:
    """Check the whole log, and that it goes through all ends that were published and those that somebody `kept`.

    An end with a wrong signature, or of another server, counts as a broken entry of its number.
    """
    ends = [*(_end(row) for row in await db.all(store.EVERY_END)), *kept]
    known: list[chain.End] = []
    for one in ends:
        why = _wrong(one, server)
        if why:
            return chain.Checked(end=chain.End(0, chain.START), broken=_number(one), why=why)
        known.append(chain.End(one.said.number, one.said.hash))
    return await chain.check_log(db, known)


class _Published(msgspec.Struct):
    ends: list[PublishedEnd]


def _wrong(one: PublishedEnd, server: str) -> str:
    key = read_multikey(one.key)
    try:
        if key is None:
            return "the key of a published end is none"
        key.verify(base64.b64decode(one.signature, validate=True), one.statement.encode())
        if one.said.server != server:
            return f"an end is of another server ({one.said.server[:100]})"
    except (InvalidSignature, binascii.Error, msgspec.ValidationError):
        return "the signature of a published end is wrong"
    return ""


def _number(one: PublishedEnd) -> int:
    try:
        return one.said.number
    except msgspec.ValidationError:
        return 0


def _end(row: tuple[int, str, str, str]) -> PublishedEnd:
    return PublishedEnd(statement=row[1], key=row[2], signature=row[3])
