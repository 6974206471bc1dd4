"""What an entry of a feed says, and the shapes that travel: a page of entries under a signed end."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Literal

import msgspec

from dunnock.accounts.account import Account
from dunnock.media.stops import MOST_PRINTS

Kind = Literal["account", "server", "destination", "link", "text", "media"]
_HASH = re.compile(r"[0-9a-f]{64}")


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was decided about. `value`: a name, or (`hashed`) what `hashed` makes of it.

    Of media `value` is PDQ hashes with dots between, several of a film. `letters`: of a text, how many letters and digits were
    hashed; `severity`: of a server (limit, suspend). `expires_at` in Unix milliseconds; None: it does not say.
    """

    kind: Kind
    value: str
    hashed: bool = False
    letters: int = 0
    severity: str = ""
    reason: str = ""
    techniques: tuple[str, ...] = ()
    release_id: int | None = None
    expires_at: int | None = None


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed: the feed of this server ended so at that moment (`at`: ISO 8601).

    `address_key`: 32 bytes, hexadecimal; what names are hashed with, so that whoever knows a name can look whether it is meant.
    """

    server: str
    number: int
    hash: str
    address_key: str
    at: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as it travels. `content`: STIX, byte by byte as it was hashed; None: it was taken back, and is said no more."""

    number: int
    digest: str
    content: str | None = None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a feed. `head`: JSON of `Head`, as it was signed; `key`: Multikey; `signature`: Ed25519, base64."""

    head: str
    key: str
    signature: str
    entries: tuple[Entry, ...]
    next: str | None = None


def hashed(address_key: str, kind: Kind, name: str) -> str:
    """What stands for a name in a feed: HMAC-SHA256 of kind and name, by the feed's key."""
    return hmac.new(bytes.fromhex(address_key), f"{kind}:{name}".encode(), hashlib.sha256).hexdigest()


def is_hash(text: str) -> bool:
    """Is it 64 hexadecimal letters?"""
    return _HASH.fullmatch(text) is not None


def are_prints(text: str) -> bool:
    """Is it one to eight PDQ hashes with dots between, as media are called in feeds?"""
    parts = text.split(".")
    return 0 < len(parts) <= MOST_PRINTS and all(map(is_hash, parts))


def name_of(account: Account, here: str) -> str:
    """What an account is called in feeds: name and server in lower case. `here`: this server's domain."""
    return f"{account.username}@{account.domain or here}".lower()
