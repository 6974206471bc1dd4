"""Hashtags as things of their own, also those that no post has (yet)."""

from __future__ import annotations

import msgspec

from dunnock.foundation.db import Tx
from dunnock.foundation.errors import Missing
from dunnock.posts.store import index
from dunnock.text import hashtag_key, is_hashtag


class HashtagMissing(Missing):
    """The name can be no hashtag."""

    code = "hashtag_missing"


class KnownHashtag(msgspec.Struct, frozen=True):
    """A hashtag; `key` is its folded name."""

    id: int
    key: str


async def find_or_make(tx: Tx, name: str) -> KnownHashtag:
    """The hashtag of that name (with or without `#`), made when nobody used it yet.

    Raises:
        HashtagMissing: it can be none.
    """
    name = name.removeprefix("#")
    key = hashtag_key(name)
    if not key or "\0" in name or not is_hashtag(name):
        raise HashtagMissing(name[:40])
    return KnownHashtag((await index.make_tags(tx, [(key, name)]))[key], key)
