"""Stored bytes of JSON: what rarely changes is rendered once; accounts, counters and the viewer's tail are spliced in.

Wire names: Account, Status, MediaAttachment, CustomEmoji. Source: Mastodon's REST serializers, client-api.md points 1 to 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from html import escape
from typing import Any
from urllib.parse import quote as percent_encoded

import msgspec

from dunnock.accounts.account import SAID_BY_SERVER, VERIFIED_BY, Attestation, Label, read_fields
from dunnock.accounts.views import AccountCard
from dunnock.api.mastodon.roles import shown_roles
from dunnock.filters import Filter, Result
from dunnock.foundation.clock import DAY, iso, iso_day
from dunnock.media.model import URL_PATH, Emoji, Media, Picture, read_picture
from dunnock.media.rendition import Clip
from dunnock.posts.poll import Poll
from dunnock.posts.views import BOOKMARKED, BOOSTED, FAVOURITED, PINNED, PostCard
from dunnock.previews import Preview
from dunnock.text import hashtag_key

to_json = msgspec.json.encode

VISIBILITY = {"public": "public", "unlisted": "unlisted", "followers": "private", "direct": "direct"}
"""Ours to Mastodon's."""

MUTED, OWN, MAY_QUOTE = 16, 32, 64
"""Further bits beside those of what a viewer did with a post: its conversation is muted; it is their own; they may quote it."""


_ANYBODY_REPLIES = {"reply_approval": {"policy": "everyone", "current_user": "allowed"}}
_AUTOMATIC = {"public": b'["public"]', "followers": b'["followers"]', "nobody": b"[]"}


def _tail(bits: int) -> bytes:
    def yes(bit: int) -> str:
        return "true" if bits & bit else "false"

    pinned = f',"pinned":{yes(PINNED)}' if bits & OWN else ""
    return (
        f'"{"automatic" if bits & MAY_QUOTE else "denied"}"}}'
        f',"favourited":{yes(FAVOURITED)},"reblogged":{yes(BOOSTED)},"muted":{yes(MUTED)}'
        f',"bookmarked":{yes(BOOKMARKED)}{pinned},"filtered":[]}}'
    ).encode()


TAILS = [_tail(bits) for bits in range(128)]
"""The viewer's part of a Status and its end, for each combination of bits. It begins with the value of the last member
before it: `quote_approval.current_user`."""
STRANGERS_TAIL = b'"denied"}}'
_NOT_FILTERED = len(b"[]}")


DOMAIN_LINE = "Domain"
"""The name of the profile's line that shows a label in apps that know of none."""


class Addresses:
    """Where things of this server are found."""

    def __init__(self, public_url: str) -> None:
        """`public_url` without a slash at the end."""
        self.base = public_url

    def profile(self, card: AccountCard) -> str:
        """The page of an account."""
        return card.url or f"{self.base}/@{card.username}"

    def account_uri(self, card: AccountCard) -> str:
        """The ActivityPub id of an account."""
        return card.uri or f"{self.base}/users/{card.username}"

    def post(self, post: PostCard, author: AccountCard) -> str:
        """The page of a post."""
        return post.url or f"{self.base}/@{author.username}/{post.id}"

    def post_uri(self, post: PostCard, author: AccountCard) -> str:
        """The ActivityPub id of a post, of a boost that of its activity."""
        if post.uri:
            return str(post.uri)
        uri = f"{self.base}/users/{author.username}/statuses/{post.id}"
        return f"{uri}/activity" if post.boost_of_id else uri

    def tag(self, key: str) -> str:
        """The page of a hashtag."""
        return f"{self.base}/tags/{key}"

    def file(self, name: str) -> str:
        """A stored file."""
        return f"{self.base}{URL_PATH}{name}"

    def picture(self, stored: str | None, which: str) -> tuple[str, str]:
        """(moving, still) addresses of an avatar or header (`which`: `avatars`, `headers`), or of the default one."""
        if stored is None:
            missing = f"{self.base}/{which}/original/missing.png"
            return missing, missing
        picture = read_picture(stored)
        return self.file(picture.original.path), self.file(picture.still.path)


def emoji_wire(one: Emoji, addresses: Addresses) -> dict[str, Any]:
    """CustomEmoji."""
    return {
        "shortcode": one.shortcode,
        "url": addresses.file(one.file),
        "static_url": addresses.file(one.still_file),
        "visible_in_picker": one.listed,
        "category": one.category,
    }


def media_wire(one: Media, addresses: Addresses) -> dict[str, Any]:
    """MediaAttachment; `url` is null until the file is ready; of one that could not be copied it is where that is."""
    elsewhere = one.remote_url if one.kind == "unknown" else None
    return {
        "id": str(one.id),
        "type": one.kind,
        "url": elsewhere if one.picture is None else addresses.file(one.picture.original.path),
        "preview_url": _preview_url(one.picture, addresses),
        "remote_url": one.remote_url,
        "preview_remote_url": None,
        "text_url": None,
        "meta": _meta(one.picture, one.focus),
        "description": one.description,
        "blurhash": one.blurhash,
    }


def _preview_url(picture: Picture | None, addresses: Addresses) -> str | None:
    """The small form; of a picture that has none itself, of sound without a cover nothing."""
    if picture is None:
        return None
    shown = picture.small or (picture.original if picture.clip is None else None)
    return None if shown is None else addresses.file(shown.path)


def _meta(picture: Picture | None, focus: tuple[float, float] | None) -> dict[str, Any] | None:
    """What is known of the file, and the focus from the moment it is chosen; None when there is neither."""
    if picture is None:
        return None if focus is None else {"focus": {"x": focus[0], "y": focus[1]}}
    meta: dict[str, Any] = {} if picture.clip is None else _clip_meta(picture, picture.clip)
    for name, file in (("original", picture.original), ("small", picture.small)):
        if file is not None and (name == "small" or picture.clip is None):
            meta[name] = {
                "width": file.width,
                "height": file.height,
                "size": f"{file.width}x{file.height}",
                "aspect": file.width / file.height if file.height else 0,
            }
    if focus is not None:
        meta["focus"] = {"x": focus[0], "y": focus[1]}
    return meta


_FEATURED = {"automatic": ["public"], "manual": [], "current_user": "automatic"}
_NOT_FEATURED = {"automatic": [], "manual": [], "current_user": "denied"}


def _clip_meta(picture: Picture, clip: Clip) -> dict[str, Any]:
    """What is told of sound and moving pictures. Source: Mastodon's MediaAttachment#video_metadata, #audio_metadata."""
    hours, rest = divmod(clip.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    file = picture.original
    meta: dict[str, Any] = {
        "length": f"{int(hours)}:{int(minutes):02d}:{seconds:05.2f}",
        "duration": clip.seconds,
    }
    original: dict[str, Any] = {"duration": clip.seconds, "bitrate": clip.bitrate}
    if clip.rate is not None:
        over, _, under = clip.rate.partition("/")
        meta |= {
            "fps": round(int(over) / int(under or 1)),
            "size": f"{file.width}x{file.height}",
            "width": file.width,
            "height": file.height,
            "aspect": file.width / file.height if file.height else 0,
        }
        original = {"width": file.width, "height": file.height, "frame_rate": clip.rate, **original}
    if clip.sound is not None:
        meta |= {
            "audio_encode": clip.sound,
            "audio_bitrate": f"{clip.sound_rate} Hz",
            "audio_channels": clip.sound_channels,
        }
    return meta | {"original": original}


def account_start(card: AccountCard, addresses: Addresses, emoji: Sequence[Emoji]) -> bytes:
    """An Account without its counters and its closing brace."""
    avatar, avatar_static = addresses.picture(card.avatar, "avatars")
    header, header_static = addresses.picture(card.header, "headers")
    return to_json(
        {
            "id": str(card.id),
            "username": card.username,
            "acct": card.handle,
            "display_name": card.display_name,
            "locked": bool(card.locked),
            "bot": card.kind == "service",
            "discoverable": bool(card.discoverable),
            "indexable": bool(card.indexable),
            "group": card.kind == "group",
            "created_at": iso(card.created_at // DAY * DAY),
            "note": card.bio_html,
            "url": addresses.profile(card),
            "uri": addresses.account_uri(card),
            "avatar": avatar,
            "avatar_static": avatar_static,
            "avatar_description": card.avatar_description,
            "header": header,
            "header_static": header_static,
            "header_description": card.header_description,
            "hide_collections": bool(card.hide_collections),
            "noindex": not card.indexable,
            "emojis": [emoji_wire(one, addresses) for one in emoji],
            "show_media": bool(card.show_media),
            "show_media_replies": bool(card.show_media_replies),
            "show_featured": bool(card.show_featured),
            "roles": None if card.domain else shown_roles(card.role),
            "feature_approval": _FEATURED if card.discoverable and not card.domain else _NOT_FEATURED,
            "fields": [
                *({"name": SAID_BY_SERVER, "value": escape(one.text), "verified_at": None} for one in card.labels),
                *(
                    {"name": VERIFIED_BY, "value": _vouched(one, addresses), "verified_at": None}
                    for one in card.attestations
                ),
                *([_domain(card)] if card.domain_handle else ()),
                *_fields(card),
            ],
        }
        | ({"limited": True} if card.standing == "limited" else {})
        | ({"labels": [_label(one) for one in card.labels]} if card.labels else {})
        | ({"domain_handle": card.domain_handle} if card.domain_handle else {})
        | ({"attestations": [_attestation(one) for one in card.attestations]} if card.attestations else {})
        | ({"suspended": True} if card.standing in {"suspended", "deleted"} else {})
    )[:-1]


def _fields(card: AccountCard) -> list[dict[str, str | None]]:
    return [
        {
            "name": field.name,
            "value": field.html,
            "verified_at": None if field.verified_at is None else iso(field.verified_at),
        }
        for field in read_fields(card.fields)
    ]


def _label(one: Label) -> dict[str, str]:
    return {"kind": one.kind, "text": one.text, "since": iso(one.since)}


def _attestation(one: Attestation) -> dict[str, str]:
    return {
        "account_id": str(one.by_id), "acct": one.handle, "display_name": one.name, "what": one.what,
        "since": iso(one.since),
    }  # fmt: skip


def _vouched(one: Attestation, addresses: Addresses) -> str:
    """A line of the profile for apps that know nothing of attestations."""
    link = f'<a href="{addresses.base}/@{one.handle}">{escape(one.name)}</a>'
    return f"{link} ({escape(one.what)}), {iso_day(one.since)}"


def _domain(card: AccountCard) -> dict[str, str | None]:
    """The domain as a checked link, as apps show those."""
    host = card.domain_handle
    return {
        "name": DOMAIN_LINE,
        "value": f'<a href="https://{host}/" rel="me nofollow noopener noreferrer" translate="no">{host}</a>',
        "verified_at": None if card.domain_since is None else iso(card.domain_since),
    }


def suspended_account(card: AccountCard, addresses: Addresses) -> bytes:
    """Account of somebody suspended, as everybody is told of it: nothing is left of what they said of themselves."""
    shell = copy(card)
    shell.display_name = shell.bio_html = shell.avatar_description = shell.header_description = ""
    shell.avatar = shell.header = None
    shell.labels = shell.attestations = ()
    shell.domain_handle = ""
    shell.fields, shell.kind, shell.role, shell.counts = "[]", "person", "member", (0, 0, 0, None)
    shell.locked = shell.discoverable = shell.indexable = shell.hide_collections = False
    shell.show_media = shell.show_media_replies = shell.show_featured = False
    return account_start(shell, addresses, ()) + account_counters(shell)


def partial_account(card: AccountCard, addresses: Addresses) -> bytes:
    """PartialAccountWithAvatar."""
    avatar, avatar_static = addresses.picture(card.avatar, "avatars")
    return to_json(
        {
            "id": str(card.id),
            "acct": card.handle,
            "locked": bool(card.locked),
            "bot": card.kind == "service",
            "url": addresses.profile(card),
            "avatar": avatar,
            "avatar_static": avatar_static,
        }
    )


def account_counters(card: AccountCard) -> bytes:
    """The rest of an Account, with its closing brace."""
    posts, followers, following, last_post_at = card.counts
    last = b"null" if last_post_at is None else b'"%b"' % iso_day(last_post_at).encode()
    return b',"followers_count":%d,"following_count":%d,"statuses_count":%d,"last_status_at":%b}' % (
        followers,
        following,
        posts,
        last,
    )


def post_start(
    post: PostCard,
    author: AccountCard,
    addresses: Addresses,
    *,
    media: Mapping[int, Media],
    people: Mapping[int, AccountCard],
    emoji: Mapping[str, Emoji],
    app: tuple[str, str | None] | None,
    preview: Preview | None = None,
) -> bytes:
    """A Status up to its account: everything but author, counters and the viewer's part."""
    return (
        to_json(
            _head(post, author, addresses)
            | {
                "content": post.html,
                "application": None if app is None else {"name": app[0], "website": app[1]},
                "media_attachments": [media_wire(media[one], addresses) for one in post.media if one in media],
                "mentions": [_mention(people[one], addresses) for one in post.mentions if one in people],
                "tags": _tags(post.hashtags, addresses),
                "emojis": [emoji_wire(emoji[name], addresses) for name in post.emoji if name in emoji],
                "reblog": None,
                "tagged_collections": [],
            }
            | ({} if post.credited else {"card": None if preview is None else preview_wire(preview, addresses)})
            | ({"poll": None} if post.poll_id is None else {})  # else `Render._extras` has it
            | ({"quote": None} if post.quote_state is None else {})
            | (_ANYBODY_REPLIES if post.reply_policy == "everyone" else {})
        )[:-1]
        + b',"account":'
    )


def preview_wire(
    one: Preview, addresses: Addresses, *, author: bytes | None = None, missing: bool | None = None
) -> dict[str, Any]:
    """PreviewCard. `author`: Account of who made the page; `missing`: the viewer did, and has not said so."""
    card = one.card
    account = None if author is None else msgspec.Raw(author)
    named = card.author_name or card.author_url or account
    return {
        "url": one.url,
        "title": card.title,
        "description": card.description,
        "language": card.language,
        "type": card.type,
        "author_name": card.author_name,
        "author_url": card.author_url,
        "provider_name": card.provider_name,
        "provider_url": card.provider_url,
        "html": card.html,
        "width": card.width,
        "height": card.height,
        "image": None if one.picture is None else addresses.file(one.picture.original.path),
        "image_description": card.image_description,
        "embed_url": card.embed_url,
        "blurhash": card.blurhash,
        "published_at": None if card.published_at is None else iso(card.published_at),
        "authors": [{"name": card.author_name, "url": card.author_url, "account": account}] if named else [],
        "missing_attribution": missing,
    }


def boost_start(boost: PostCard, booster: AccountCard, addresses: Addresses) -> bytes:
    """A Status that shows another one, up to the `content` (the other's)."""
    return (
        to_json(
            _head(boost, booster, addresses)
            | {
                "application": None,
                "media_attachments": [],
                "mentions": [],
                "tags": [],
                "emojis": [],
                "card": None,
                "poll": None,
                "quote": None,
                "tagged_collections": [],
            }
            | _ANYBODY_REPLIES
        )[:-1]
        + b',"content":'
    )


def _head(post: PostCard, author: AccountCard, addresses: Addresses) -> dict[str, Any]:
    return {
        "id": str(post.id),
        "uri": addresses.post_uri(post, author),
        "url": addresses.post(post, author),
        "created_at": iso(post.created_at),
        "edited_at": None if post.edited_at is None else iso(post.edited_at),
        "in_reply_to_id": None if post.reply_to_id is None else str(post.reply_to_id),
        "in_reply_to_account_id": None if post.reply_to_author_id is None else str(post.reply_to_author_id),
        "sensitive": bool(post.sensitive or author.sensitized),
        "spoiler_text": _warning(post, author),
        "visibility": VISIBILITY[post.visibility],
        "language": post.language,
    }


def _warning(post: PostCard, author: AccountCard) -> str:
    """What stands before the content: what an account that is not who it looks like writes to others is covered."""
    if not author.labels or (post.reply_to_id is None and post.visibility != "direct"):
        return str(post.warning)
    said = next((one.text for one in author.labels if one.kind == "impersonation"), "")
    return " · ".join(one for one in (said, post.warning) if one)


def _mention(card: AccountCard, addresses: Addresses) -> dict[str, str]:
    return {"id": str(card.id), "username": card.username, "acct": card.handle, "url": addresses.profile(card)}


def _tags(names: Iterable[str], addresses: Addresses) -> list[dict[str, str]]:
    """Status::Tag: in small letters, whatever the post says (a Tag is spelled as people write it)."""
    return [{"name": name.lower(), "url": addresses.tag(percent_encoded(hashtag_key(name)))} for name in names]


def poll_start(poll: Poll, *, over: bool, emoji: Sequence[Emoji], addresses: Addresses) -> bytes:
    """A Poll without the viewer's part and its closing brace. How many people voted is told where they may choose several."""
    hidden = poll.hide_totals and not over
    return to_json(
        {
            "id": str(poll.id),
            "expires_at": iso(poll.expires_at),
            "expired": over,
            "multiple": poll.multiple,
            "votes_count": poll.votes,
            "voters_count": poll.voters if poll.multiple else None,
            "options": [
                {"title": title, "votes_count": None if hidden else count}
                for title, count in zip(poll.options, poll.tallies, strict=True)
            ],
            "emojis": [emoji_wire(one, addresses) for one in emoji],
        }
    )[:-1]


def poll_end(*, own: bool, choices: Sequence[int]) -> bytes:
    """The viewer's part of a Poll. Authors count as voters, so that no client offers them to vote (as Mastodon has it)."""
    voted = b"true" if own or choices else b"false"
    return b',"voted":%b,"own_votes":%b}' % (voted, to_json(choices))


def post_counters(post: PostCard) -> bytes:
    """The counters of a Status, and what is the same for everybody of who may quote it: the tail goes on with the viewer."""
    replies, boosts, favourites, quotes = post.counts
    return (
        b',"replies_count":%d,"reblogs_count":%d,"favourites_count":%d,"quotes_count":%d'
        b',"quote_approval":{"automatic":%b,"manual":[],"current_user":'
        % (replies, boosts, favourites, quotes, _AUTOMATIC[post.quote_policy])
    )


def reply_approval(post: PostCard, *, allowed: bool) -> bytes:
    """Who may answer a post that not everybody may answer: a member that follows another."""
    return b',"reply_approval":{"policy":"%b","current_user":"%b"}' % (
        post.reply_policy.encode(),
        b"allowed" if allowed else b"denied",
    )


def quote(state: str, body: bytes | None) -> bytes:
    """Quote: a member that follows another. `body` None: the quoted Status is not shown."""
    return b',"quote":{"state":"%b","quoted_status":%b}' % (state.encode(), body or b"null")


def shallow_quote(state: str, quoted_id: int | None) -> bytes:
    """ShallowQuote: a member that follows another."""
    shown = b"null" if quoted_id is None else b'"%d"' % quoted_id
    return b',"quote":{"state":"%b","quoted_status_id":%b}' % (state.encode(), shown)


def filter_wire(one: Filter) -> dict[str, Any]:
    """Filter, without what is in it."""
    return {
        "id": str(one.id),
        "title": one.title,
        "context": one.contexts,
        "expires_at": None if one.expires_at is None else iso(one.expires_at),
        "filter_action": one.action,
    }


def filter_results(found: Sequence[Result]) -> bytes:
    """Array of FilterResult."""
    return to_json(
        [
            {
                "filter": filter_wire(one.filter),
                "keyword_matches": one.words,
                "status_matches": None if one.posts is None else [str(an_id) for an_id in one.posts],
            }
            for one in found
        ]
    )


def with_filtered(tail: bytes, results: bytes) -> bytes:
    """A viewer's tail that says what their filters found."""
    return tail[:-_NOT_FILTERED] + results + b"}"
