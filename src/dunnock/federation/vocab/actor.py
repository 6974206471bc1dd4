"""An account of this server as an actor."""

from __future__ import annotations

from typing import Any

from dunnock.accounts.account import Account
from dunnock.federation.places import Places
from dunnock.foundation.clock import DAY, iso
from dunnock.media import read_picture
from dunnock.media.model import URL_PATH

_TYPES = {"person": "Person", "service": "Service", "group": "Group"}


def actor(account: Account, places: Places, *, public_pem: str) -> dict[str, Any]:
    """The actor document, without a context."""
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
        "publicKey": key(places, account.username, public_pem),
        "attachment": [{"type": "PropertyValue", "name": line.name, "value": line.html} for line in account.fields],
        "tag": [],
    }
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


def suspended_actor(account: Account, places: Places, *, public_pem: str) -> dict[str, Any]:
    """An account that staff suspended: nothing of what it said, but that it is."""
    uri = places.actor(account.username)
    return {
        "id": uri,
        "type": _TYPES[account.kind],
        "preferredUsername": account.username,
        "inbox": f"{uri}/inbox",
        "suspended": True,
        "publicKey": key(places, account.username, public_pem),
    }


def server_actor(places: Places, *, public_pem: str) -> dict[str, Any]:
    """The server itself, which asks other servers for what nobody in particular wants to see."""
    return {
        "id": places.instance_actor,
        "type": "Application",
        "preferredUsername": places.domain,
        "name": places.domain,
        "url": f"{places.base}/about",
        "inbox": f"{places.instance_actor}/inbox",
        "outbox": f"{places.instance_actor}/outbox",
        "endpoints": {"sharedInbox": places.shared_inbox},
        "manuallyApprovesFollowers": True,
        "publicKey": key(places, None, public_pem),
    }


def key(places: Places, name: str | None, public_pem: str) -> dict[str, str]:
    """The key that an account (None: the server) signs with."""
    owner = places.instance_actor if name is None else places.actor(name)
    return {"id": places.key(name), "owner": owner, "publicKeyPem": public_pem}
