"""A post of this server as a Note or a Question. Source: federation.md, sections 3, 6, 7 and 8."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dunnock import accounts, media, posts
from dunnock.accounts.account import Account
from dunnock.federation.places import PUBLIC, Places
from dunnock.federation.store import quotes
from dunnock.federation.vocab.actor import labels_of
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Reader
from dunnock.media.model import URL_PATH
from dunnock.posts import Poll, Post
from dunnock.text import hashtag_key


def uri_of(account: Account, places: Places) -> str:
    """What an account is called between servers."""
    return account.uri or places.actor(account.username)


async def post_uri(reader: Reader, post_id: int, places: Places) -> str | None:
    """What a post is called between servers; None: there is none (any more)."""
    found = await posts.names_of(reader, [post_id])
    named = found.get(post_id)
    return None if named is None else named.uri or places.post(named.username, post_id)


def audience(visibility: str, followers: str, mentioned: Sequence[str]) -> dict[str, list[str]]:
    """`to` and `cc`. Source: federation.md, section 6."""
    match visibility:
        case "public":
            return {"to": [PUBLIC], "cc": [followers, *mentioned]}
        case "unlisted":
            return {"to": [followers], "cc": [PUBLIC, *mentioned]}
        case "followers":
            return {"to": [followers], "cc": list(mentioned)}
        case _:
            return {"to": list(mentioned), "cc": []}


async def note(reader: Reader, post: Post, author: Account, places: Places) -> dict[str, Any]:
    """The post as an object, without a context. `post` is no boost."""
    uri = places.post(author.username, post.id)
    people = await accounts.find_many(reader, post.mentions) if post.mentions else {}
    mentioned = [people[an_id] for an_id in post.mentions if an_id in people]
    named = await posts.names_of(reader, [one for one in (post.reply_to_id, post.quoted_id) if one is not None])
    files = await media.find(reader, post.media)
    emoji = await media.find_emoji(reader, post.emoji)
    polls = await posts.polls_of(reader, [post.id]) if post.poll_id is not None else {}
    told: dict[str, Any] = {
        "id": uri,
        "type": "Note",
        "summary": post.warning or None,
        "inReplyTo": _name(named, post.reply_to_id, places),
        "published": iso(post.created_at),
        "url": places.page(author.username, post.id),
        "attributedTo": places.actor(author.username),
        **audience(post.visibility, places.followers(author.username), [uri_of(one, places) for one in mentioned]),
        "sensitive": post.sensitive,
        "conversation": f"tag:{places.domain},{iso(post.created_at)[:10]}:thread={post.thread_id}",
        "content": post.html,
        "attachment": [_attachment(files[an_id], places) for an_id in post.media if an_id in files],
        "tag": [
            *(
                {
                    "type": "Mention",
                    "href": uri_of(one, places),
                    "name": f"@{one.username}@{one.domain or places.domain}",
                }
                for one in mentioned
            ),
            *({"type": "Hashtag", "href": places.tag(hashtag_key(name)), "name": f"#{name}"} for name in post.hashtags),
            *(
                {
                    "type": "Emoji",
                    "id": f"{places.base}/emojis/{one.shortcode}",
                    "name": f":{one.shortcode}:",
                    "updated": iso(0),
                    "icon": {"type": "Image", "url": f"{places.base}{URL_PATH}{one.file}"},
                }
                for one in emoji
            ),
        ],
        "interactionPolicy": {
            "canQuote": _may_quote(post, author, places),
            "canReply": _may_reply(post, author, [uri_of(one, places) for one in mentioned], places),
        },
    }
    if author.labels:
        told["labels"] = labels_of(author)
    if post.language:
        told["contentMap"] = {post.language: post.html}
    if post.edited_at is not None:
        told["updated"] = iso(post.edited_at)
    if post.visibility in posts.OPEN:
        told |= await _context(reader, post, author, places)
        counts = await posts.counts_of(reader, post.id)
        told["replies"] = {
            "id": f"{uri}/replies",
            "type": "Collection",
            "first": {
                "type": "CollectionPage",
                "next": f"{uri}/replies?page=true",
                "partOf": f"{uri}/replies",
                "items": [],
            },
        }
        told["likes"] = {"id": f"{uri}/likes", "type": "Collection", "totalItems": counts[2]}
        told["shares"] = {"id": f"{uri}/shares", "type": "Collection", "totalItems": counts[1]}
    if post.quoted_id is not None and post.quote_state in {"accepted", "pending"}:
        quoted = _name(named, post.quoted_id, places)
        told |= {"quote": quoted, "_misskey_quote": quoted, "quoteUri": quoted}
        if post.quote_state == "accepted":
            told |= await _leave_to_quote(reader, post, named.get(post.quoted_id), uri, places)
    if post.id in polls:
        told |= _question(polls[post.id])
    return told


async def _context(reader: Reader, post: Post, author: Account, places: Places) -> dict[str, str]:
    """Where the whole conversation is, if it began here and everybody may read how. Source: FEP-7888."""
    if post.thread_id == post.id:
        return {"context": places.context(author.username, post.id)}
    root = await posts.find_living(reader, post.thread_id)
    named = (await posts.names_of(reader, [post.thread_id])).get(post.thread_id)
    if root is None or named is None or named.uri is not None or root.visibility not in posts.OPEN:
        return {}
    return {"context": places.context(named.username, root.id)}


def _name(named: Mapping[int, posts.Named], post_id: int | None, places: Places) -> str | None:
    found = None if post_id is None else named.get(post_id)
    return None if found is None or post_id is None else found.uri or places.post(found.username, post_id)


async def _leave_to_quote(
    reader: Reader, post: Post, quoted: posts.Named | None, uri: str, places: Places
) -> dict[str, str]:
    """Where it stands that the post may quote another's, for those who ask. Source: FEP-044f."""
    if quoted is None or post.quoted_id is None or quoted.author_id == post.author_id:
        return {}
    if quoted.uri is None:
        word: str | None = places.quote_authorization(quoted.username, post.quoted_id, uri)
    else:
        word = await quotes.word_of(reader, post.id)
    return {} if word is None else {"quoteAuthorization": word}


def _may_quote(post: Post, author: Account, places: Places) -> dict[str, list[str]]:
    match post.quote_policy:
        case "public":
            return {"automaticApproval": [PUBLIC]}
        case "followers":
            return {"automaticApproval": [places.followers(author.username)]}
        case _:
            return {"automaticApproval": [places.actor(author.username)]}


def _may_reply(post: Post, author: Account, mentioned: Sequence[str], places: Places) -> dict[str, list[str]]:
    me = places.actor(author.username)
    match post.reply_policy:
        case "everyone":
            return {"automaticApproval": [PUBLIC]}
        case "followers":
            return {"automaticApproval": [me, places.followers(author.username), *mentioned]}
        case "following":
            return {"automaticApproval": [me, f"{me}/following", *mentioned]}
        case "mentioned":
            return {"automaticApproval": [me, *mentioned]}
        case _:
            return {"automaticApproval": [me]}


def _attachment(one: media.Media, places: Places) -> dict[str, Any]:
    told: dict[str, Any] = {"type": "Document", "name": one.description, "url": None}
    if one.blurhash:
        told["blurhash"] = one.blurhash
    if one.picture is not None:
        file = one.picture.original
        told |= {
            "mediaType": file.mime,
            "url": f"{places.base}{URL_PATH}{file.path}",
            "width": file.width,
            "height": file.height,
        }
    if one.focus is not None:
        told["focalPoint"] = list(one.focus)
    return told


def _question(poll: Poll) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "Question",
        "endTime": iso(poll.expires_at),
        "votersCount": poll.voters,
        "anyOf" if poll.multiple else "oneOf": [
            {
                "type": "Note",
                "name": name,
                "replies": {"type": "Collection", "totalItems": 0 if poll.hide_totals and not poll.ended else count},
            }
            for name, count in zip(poll.options, poll.tallies, strict=True)
        ],
    }
    if poll.ended:
        told["closed"] = iso(poll.expires_at)
    return told


def create(told: Mapping[str, Any]) -> dict[str, Any]:
    """The Create of an object, without a context."""
    return {
        "id": f"{told['id']}/activity",
        "type": "Create",
        "actor": told["attributedTo"],
        "published": told["published"],
        "to": told["to"],
        "cc": told["cc"],
        "object": told,
    }


def announce(boost: Post, booster: Account, original: str, author: str | None, places: Places) -> dict[str, Any]:
    """A boost, without a context. `original`: the post that it shows, `author`: who wrote that."""
    me = places.actor(booster.username)
    followers = places.followers(booster.username)
    others = [author] if author else []
    told = audience(boost.visibility, followers, others)
    return {
        "id": f"{places.post(booster.username, boost.id)}/activity",
        "type": "Announce",
        "actor": me,
        "published": iso(boost.created_at),
        **told,
        "object": original,
    }
