"""Followers' synchronisation: two servers notice that they disagree on who follows whom. Source: FEP-8fcf."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

import msgspec

from dunnock.federation.places import MOST_URI, Places

HEADER = "collection-synchronization"
MOST_FOLLOWERS = 25_000
"""Accounts with more do not say it. Source: Mastodon, ActivityPub::DeliveryWorker."""
_PART = re.compile(r'\s*(collectionId|url|digest)="([^"]{1,2048})"\s*(?:,|$)')


class Said(msgspec.Struct, frozen=True):
    """What a sender says of its followers here: their collection, where they are listed, and the digest of their addresses."""

    collection: str
    url: str
    digest: str


def digest_of(uris: Iterable[str]) -> str:
    """The addresses' SHA-256 digests, XORed, in hexadecimal; of none: zeros."""
    held = 0
    for uri in uris:
        held ^= int.from_bytes(hashlib.sha256(uri.encode()).digest(), "big")
    return f"{held:064x}"


def header_of(places: Places, name: str, digest: str) -> str:
    """The header of a delivery."""
    url = f"{places.actor(name)}/followers_synchronization"
    return f'collectionId="{places.followers(name)}", url="{url}", digest="{digest}"'


def read_header(text: str) -> Said | None:
    """What a header says; None for what is none."""
    if len(text) > 2 * MOST_URI + 200:
        return None
    parts = dict(_PART.findall(text))
    if parts.keys() != {"collectionId", "url", "digest"} or len(parts["digest"]) != 64:
        return None
    return Said(parts["collectionId"], parts["url"], parts["digest"].lower())
