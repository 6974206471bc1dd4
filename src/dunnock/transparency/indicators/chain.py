"""The chain of the feed: each entry is bound to all before it by hashes of what they say, so that what was said can be left out.

An entry's hash is SHA-256 of the JSON array `[number, hash before, SHA-256 of the content]` in UTF-8, without spaces.
"""

from __future__ import annotations

import hashlib

import msgspec

START = "0" * 64
_encode = msgspec.json.Encoder().encode


def digest(content: str) -> str:
    """What the chain holds of an entry."""
    return hashlib.sha256(content.encode()).hexdigest()


def link(number: int, before: str, content_digest: str) -> str:
    """The hash of an entry."""
    return hashlib.sha256(_encode((number, before, content_digest))).hexdigest()
