"""An account of this server as an actor."""

from __future__ import annotations

from html import escape
from typing import Any

from dunnock import accounts
from dunnock.accounts.account import SAID_BY_SERVER, VERIFIED_BY, Account, Attestation
from dunnock.federation.keys import Pair
from dunnock.federation.places import Places
from dunnock.foundation.clock import DAY, iso
from dunnock.foundation.db import Reader
from dunnock.media import read_picture
from dunnock.media.model import URL_PATH

_DOMAIN = "Domain"
_TYPES = {"person": "Person", "service": "Service", "group": "Group"}


def actor(account: Account, places: Places, *, pair: Pair) -> dict[str, Any]:
    """What an account shows of itself as an actor document, without a context."""
    uri = places.actor(account.username)
    told: dict[str, Any] = {
        "id": uri,
        "type": _TYPES[account.kind],
        "preferredUsername": account.username,
        "name": account.display_name,
        "summary": account.bio_html,
        "url": places.profile(account.username),
        "published": iso(account.created_at // DAY * DAY),
        "inbox": f"{uri}/inbox",
        "outbox": f"{uri}/outbox",
        "followers": places.followers(account.username),
        "following": f"{uri}/following",
        "featured": f"{uri}/collections/featured",
        "featuredTags": f"{uri}/collections/tags",
        "endpoints": {"sharedInbox": places.shared_inbox},
        "manuallyApprovesFollowers": account.locked,
        "discoverable": account.discoverable,
        "indexable": account.indexable,
        "memorial": False,
        "webfinger": f"{account.username}@{places.domain}",
        "attributionDomains": list(account.attribution_domains),
        **keys(places, account.username, pair),
        "attachment": [{"type": "PropertyValue", "name": line.name, "value": line.html} for line in account.fields],
        "tag": [],
    }
    if account.labels:
        told["labels"] = labels_of(account)
        said = [{"type": "PropertyValue", "name": SAID_BY_SERVER, "value": escape(one.text)} for one in account.labels]
        told["attachment"] = said + told["attachment"]
    if account.attestations:
        told["attestations"] = [
            {
                "type": "Attestation", "attributedTo": places.actor(one.handle), "summary": one.what,
                "published": iso(one.since),
            }
            for one in account.attestations
        ]  # fmt: skip
        vouched = [
            {"type": "PropertyValue", "name": VERIFIED_BY, "value": _vouched(one, places)}
            for one in account.attestations
        ]
        told["attachment"] = (
            told["attachment"][: len(account.labels)] + vouched + told["attachment"][len(account.labels) :]
        )
    if account.domain_handle:
        host = account.domain_handle
        told["domainHandle"] = host
        link = f'<a href="https://{host}/" rel="me nofollow noopener noreferrer">{host}</a>'
        at = len(account.labels) + len(account.attestations)
        told["attachment"].insert(at, {"type": "PropertyValue", "name": _DOMAIN, "value": link})
    for name, stored, words in (
        ("icon", account.avatar, account.avatar_description),
        ("image", account.header, account.header_description),
    ):
        if stored is not None:
            file = read_picture(stored).original
            told[name] = {"type": "Image", "mediaType": file.mime, "url": f"{places.base}{URL_PATH}{file.path}"}
            if words:
                told[name]["summary"] = words
    return told


def _vouched(one: Attestation, places: Places) -> str:
    link = f'<a href="{places.profile(one.handle)}">{escape(one.name)}</a>'
    return f"{link} ({escape(one.what)}), {iso(one.since)[:10]}"


def labels_of(account: Account) -> list[dict[str, Any]]:
    """What staff say of an account for all to see: on its actor, and on each post of it (DISARM drill D10)."""
    return [
        {"type": "Label", "name": one.text, "summary": one.kind, "published": iso(one.since)} for one in account.labels
    ]


async def told_actor(reader: Reader, account: Account, places: Places, *, pair: Pair) -> dict[str, Any]:
    """The whole actor document, with its owner's other accounts, without a context."""
    told = actor(account, places, pair=pair)
    aliases = await accounts.aliases_of(reader, account.id)
    if aliases:
        told["alsoKnownAs"] = list(aliases)
    moved = await accounts.moved_to(reader, account.id)
    target = None if moved is None else await accounts.find(reader, moved)
    if target is not None:
        told["movedTo"] = target.uri or places.actor(target.username)
    return told


def bare_actor(account: Account, places: Places, *, pair: Pair) -> dict[str, Any]:
    """That the account is there, where it is reached, and its key: nothing of what it says."""
    uri = places.actor(account.username)
    return {
        "id": uri,
        "type": _TYPES[account.kind],
        "preferredUsername": account.username,
        "inbox": f"{uri}/inbox",
        **keys(places, account.username, pair),
    }


def suspended_actor(account: Account, places: Places, *, pair: Pair) -> dict[str, Any]:
    """An account that staff suspended."""
    return bare_actor(account, places, pair=pair) | {"suspended": True}


def server_actor(places: Places, *, pair: Pair) -> dict[str, Any]:
    """The server itself, which asks other servers for what nobody in particular wants to see."""
    return {
        "id": places.instance_actor,
        "type": "Application",
        "preferredUsername": places.server_name,
        "name": places.domain,
        "url": f"{places.base}/about",
        "inbox": f"{places.instance_actor}/inbox",
        "outbox": f"{places.instance_actor}/outbox",
        "endpoints": {"sharedInbox": places.shared_inbox},
        "manuallyApprovesFollowers": True,
        "logEnds": f"{places.base}/transparency/log-ends",
        **keys(places, None, pair),
    }


def keys(places: Places, name: str | None, pair: Pair) -> dict[str, Any]:
    """The keys that an account (None: the server) signs with. Source: FEP-521a for the second one."""
    owner = places.instance_actor if name is None else places.actor(name)
    ed = {
        "id": places.key(name, pair.number, kind="ed25519"),
        "type": "Multikey",
        "controller": owner,
        "publicKeyMultibase": pair.multikey,
    }
    return {
        "publicKey": {"id": pair.signer.key_id, "owner": owner, "publicKeyPem": pair.public},
        "assertionMethod": [ed],
    }
