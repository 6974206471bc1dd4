"""Posts as ActivityStreams tells them, for the outbox of an archive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from dunnock import accounts, media, posts
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db, Row
from dunnock.portability.export import Place
from dunnock.portability.store import archives as store

CONTEXT: Final = "https://www.w3.org/ns/activitystreams"
PUBLIC: Final = f"{CONTEXT}#Public"
FILES: Final = "media_attachments/files"
_ids = msgspec.json.Decoder(list[int]).decode
_names = msgspec.json.Decoder(list[str]).decode


def actor_uri(name: str, place: Place) -> str:
    """What an account of this server is called."""
    return f"{place.url}/users/{name}"


def _people(one: accounts.Account, place: Place) -> str:
    return one.uri or actor_uri(one.username, place)


def _audience(visibility: str, me: str, mentioned: Sequence[str]) -> tuple[list[str], list[str]]:
    """(to, cc). Source: Mastodon's ActivityPub::TagManager#to and #cc."""
    followers = f"{me}/followers"
    if visibility == "public":
        return [PUBLIC], [followers, *mentioned]
    if visibility == "unlisted":
        return [followers], [PUBLIC, *mentioned]
    if visibility == "followers":
        return [followers], list(mentioned)
    return list(mentioned), []


async def activities(db: Db, rows: Sequence[Row], *, account: accounts.Account, place: Place) -> list[dict[str, Any]]:
    """The activities (Create, Announce) of rows of `store.POSTS`, with a fixed number of queries but for edited ones."""
    me = actor_uri(account.username, place)
    others = {one for row in rows for one in row[1:4] if one is not None}
    places = {row[0]: row[1] or f"{actor_uri(row[2], place)}/statuses/{row[0]}"
              for row in await db.all(store.PLACES, ids=list(others))}  # fmt: skip
    named = await accounts.find_many(db, {one for row in rows for one in _ids(row[9])})
    pictures = await media.find(db, {one for row in rows for one in _ids(row[12])})
    polls = await posts.polls_of(db, [row[0] for row in rows if row[15] is not None])
    told = []
    for row in rows:
        uri = row[16] or f"{me}/statuses/{row[0]}"
        mentioned = [_people(named[one], place) for one in _ids(row[9]) if one in named]
        to, cc = _audience(row[6], me, mentioned)
        activity = {"id": f"{uri}/activity", "actor": me, "published": iso(row[13]), "to": to, "cc": cc}
        if row[1] is not None:
            told.append(activity | {"type": "Announce", "object": places.get(row[1])})
            continue
        note = _note(row, activity, places, named, place)
        note["attachment"] = [_attachment(pictures[one]) for one in _ids(row[12]) if one in pictures]
        if row[0] in polls:
            note |= _question(polls[row[0]])
        if row[14] is not None:
            note["history"] = await _history(db, row[0], account.id)
        told.append(activity | {"type": "Create", "object": note})
    return told


def _note(
    row: Row,
    activity: Mapping[str, Any],
    places: Mapping[int, str],
    named: Mapping[int, accounts.Account],
    place: Place,
) -> dict[str, Any]:
    me = activity["actor"]
    tags: list[dict[str, str]] = [
        {"type": "Mention", "href": _people(named[one], place), "name": f"@{_full(named[one], place)}"}
        for one in _ids(row[9]) if one in named
    ]  # fmt: skip
    tags += [
        {"type": "Hashtag", "href": f"{place.url}/tags/{name.casefold()}", "name": f"#{name}"}
        for name in _names(row[10])
    ]
    note: dict[str, Any] = {
        "id": activity["id"].removesuffix("/activity"),
        "type": "Note",
        "summary": row[5] or None,
        "inReplyTo": None if row[2] is None else places.get(row[2]),
        "published": iso(row[13]),
        "url": row[17] or f"{place.url}/@{me.rpartition('/')[2]}/{row[0]}",
        "attributedTo": me,
        "to": activity["to"],
        "cc": activity["cc"],
        "sensitive": bool(row[8]),
        "content": row[4],
        "contentMap": {row[7]: row[4]} if row[7] else {},
        "tag": tags,
    }
    if row[14] is not None:
        note["updated"] = iso(row[14])
    if row[3] is not None and row[3] in places:
        note["quote"] = places[row[3]]
    return note


def _full(one: accounts.Account, place: Place) -> str:
    return f"{one.username}@{one.domain or place.domain}"


def _attachment(one: media.Media) -> dict[str, Any]:
    told: dict[str, Any] = {"type": "Document", "name": one.description, "blurhash": one.blurhash, "url": None}
    if one.picture is not None:
        file = one.picture.original
        told |= {"mediaType": file.mime, "url": f"/{FILES}/{file.path}", "width": file.width, "height": file.height}
    if one.focus is not None:
        told["focalPoint"] = list(one.focus)
    return told


def _question(poll: posts.Poll) -> dict[str, Any]:
    options = [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": count}}
        for name, count in zip(poll.options, poll.tallies, strict=True)
    ]
    return {
        "type": "Question",
        "endTime": iso(poll.expires_at),
        "votersCount": poll.voters,
        "anyOf" if poll.multiple else "oneOf": options,
    }


async def _history(db: Db, post_id: int, account_id: int) -> list[dict[str, Any]]:
    """What it said before; ours, no word of ActivityStreams."""
    _, versions = await posts.history(db, post_id, account_id)
    return [
        {"content": one.html, "summary": one.warning or None, "sensitive": one.sensitive, "published": iso(one.at)}
        for one in versions[:-1]
    ]


def actor(account: accounts.Account, place: Place, *, icon: str | None, image: str | None) -> dict[str, Any]:
    """The account as a Person; `icon` and `image` are files of the archive."""
    me = actor_uri(account.username, place)
    kinds = {"person": "Person", "service": "Service", "group": "Group"}
    told: dict[str, Any] = {
        "@context": CONTEXT,
        "id": me,
        "type": kinds[account.kind],
        "preferredUsername": account.username,
        "name": account.display_name,
        "summary": account.bio_html,
        "url": f"{place.url}/@{account.username}",
        "outbox": "outbox.json",
        "likes": "likes.json",
        "bookmarks": "bookmarks.json",
        "manuallyApprovesFollowers": account.locked,
        "discoverable": account.discoverable,
        "indexable": account.indexable,
        "published": iso(account.created_at),
        "attachment": [{"type": "PropertyValue", "name": one.name, "value": one.html} for one in account.fields],
    }
    if icon is not None:
        told["icon"] = {"type": "Image", "url": icon, "summary": account.avatar_description}
    if image is not None:
        told["image"] = {"type": "Image", "url": image, "summary": account.header_description}
    return told
