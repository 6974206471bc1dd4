"""Posts of other servers, read from their documents: notes and questions as they are, other kinds turned into posts.

Source: federation.md, sections 3, 7, 8 and 11.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from dunnock import text
from dunnock.federation.audience import Audience, audience_of
from dunnock.federation.errors import ActivityInvalid
from dunnock.federation.parse import (
    count_of,
    end_of,
    id_of,
    ids_of,
    is_public,
    language_of,
    link_of,
    listed,
    objects_of,
    text_of,
    time_of,
    type_of,
    types_of,
)
from dunnock.federation.places import host_of, page_of
from dunnock.foundation.clock import DAY
from dunnock.media import RemoteFile
from dunnock.media.model import Kind
from dunnock.posts import RemotePoll

NATIVE: Final = frozenset({"Note", "Question"})
CONVERTED: Final = frozenset({"Article", "Page", "Video", "Event", "Image", "Audio"})
MOST_TAGS, MOST_MENTIONS, MOST_FILES, MOST_OPTIONS, MOST_OPTION, MOST_WARNING = 100, 50, 16, 100, 500, 2_048
_QUOTES: Final = "https://misskey-hub.net/ns#_misskey_quote"
_NEVER: Final = 100 * 365 * DAY
_HASHTAG = re.compile(r"#?(\S{1,200})")
_SHORTCODE = re.compile(r":?([A-Za-z0-9_]{1,64}):?")
_BLURHASH = re.compile(r"[!-~]{6,100}")
_LINKS = re.compile(r'<a href="(https?://[^"]+)"(?![^>]*(?:mention|hashtag))')


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A post as its document says, before anybody in it was looked up. Times are Unix milliseconds."""

    uri: str
    url: str
    author: str
    html: str
    warning: str
    sensitive: bool
    language: str | None
    audience: Audience
    created_at: int
    edited_at: int | None
    reply_to: str
    mentions: tuple[str, ...]
    hashtags: tuple[str, ...]
    emoji: tuple[str, ...]
    files: tuple[RemoteFile, ...]
    links: tuple[str, ...]
    poll: RemotePoll | None
    quote: str
    quote_approval: str
    quote_policy: str
    reply_policy: str


def is_post(document: Any) -> bool:
    """Is it of a kind that becomes a post?"""
    return any(one in NATIVE or one in CONVERTED for one in types_of(document))


def author_of(document: Mapping[str, Any]) -> str:
    """Who wrote it: of several the first that is no group (videos name person and channel); "" for nobody."""
    people = listed(document.get("attributedTo"))
    named = [one for one in people if not (isinstance(one, dict) and type_of(one) == "Group")]
    return id_of((named or people or [None])[0])


def read_post(document: Mapping[str, Any], *, followers: str | None, now: int) -> Written:
    """A document as a post. `followers`: the address of its author's followers.

    Raises:
        ActivityInvalid: it is none.
    """
    uri, author = id_of(document), author_of(document)
    kind = next((one for one in types_of(document) if one in NATIVE or one in CONVERTED), "")
    if not host_of(uri) or not kind or host_of(author) != host_of(uri):
        raise ActivityInvalid("no post", say="That is no post with an id and an author on the same server")
    url = page_of(link_of(document.get("url")), uri)
    quote = _quote(document)
    html = _html(document, kind, url)
    updated = document.get("updated")
    created_at = time_of(document.get("published"), now)
    edited_at = time_of(updated, now) if isinstance(updated, str) and kind in NATIVE else None
    hashtags, emoji, mentions = _tags(document)
    return Written(
        uri=uri,
        url=url,
        author=author,
        html=html,
        warning=_warning(document, kind),
        sensitive=document.get("sensitive") is True,
        language=_language(document),
        audience=audience_of(document, followers),
        created_at=created_at,
        edited_at=edited_at,
        reply_to=id_of(document.get("inReplyTo")),
        mentions=mentions,
        hashtags=hashtags,
        emoji=emoji,
        files=_files(document, kind),
        links=tuple(dict.fromkeys(_LINKS.findall(html)))[:5],
        poll=_poll(document, now) if kind == "Question" else None,
        quote=quote,
        quote_approval=id_of(document.get("quoteAuthorization")),
        quote_policy=_quote_policy(document, followers),
        reply_policy=_reply_policy(document, followers),
    )


def _html(document: Mapping[str, Any], kind: str, url: str) -> str:
    body = text.sanitise(text_of(document, "content"))
    if kind in NATIVE:
        return body
    title = text.escape(text.said_plainly(text_of(document, "name", most=500)))
    if body and document.get("mediaType") == "text/markdown":
        body = "<p>" + text.escape(text_of(document, "content")[:5_000]).replace("\n", "<br>") + "</p>"
    head = f"<p><strong>{title}</strong></p>" if title else ""
    return text.sanitise(f'{head}{body}<p><a href="{text.escape(url)}">{text.escape(url)}</a></p>')


def _warning(document: Mapping[str, Any], kind: str) -> str:
    """The summary of native kinds, as text; of an article it is no warning."""
    if kind not in NATIVE:
        return ""
    said = text_of(document, "summary", most=20 * MOST_WARNING)
    return text.said_plainly(said)[:MOST_WARNING]


def _language(document: Mapping[str, Any]) -> str | None:
    code = language_of(document)
    return None if code is None else text.check_language(code)


def _tags(document: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """(hashtags, emoji, mentioned addresses), each once and not too many."""
    hashtags: dict[str, None] = {}
    emoji: dict[str, None] = {}
    mentions: dict[str, None] = {}
    for one in listed(document.get("tag")):
        if not isinstance(one, dict):
            continue
        name = one.get("name")
        match type_of(one):
            case "Hashtag" if isinstance(name, str) and (found := _HASHTAG.fullmatch(name.strip())):
                if len(hashtags) < MOST_TAGS and text.is_hashtag(found[1]):
                    hashtags[found[1]] = None
            case "Emoji" if isinstance(name, str) and (found := _SHORTCODE.fullmatch(name)):
                emoji[found[1]] = None
            case "Mention":
                href = id_of(one.get("href"))
                if href and len(mentions) < MOST_MENTIONS:
                    mentions[href] = None
            case _:
                pass
    return tuple(hashtags), tuple(emoji)[:MOST_TAGS], tuple(mentions)


def _files(document: Mapping[str, Any], kind: str) -> tuple[RemoteFile, ...]:
    files = [found for one in listed(document.get("attachment")) if isinstance(one, dict) and (found := _file(one))]
    if kind in {"Image", "Audio"} and not files and (found := _file(document)):
        files.append(found)
    if kind in {"Article", "Page", "Event", "Video"} and not files:
        for image in objects_of(document.get("image") or document.get("icon"), "Image", "Document"):
            if found := _file(image):
                files.append(found)
                break
    return tuple(files[:MOST_FILES])


def _file(one: Mapping[str, Any]) -> RemoteFile | None:
    kind_of = {"Image": "image", "Video": "video", "Audio": "audio", "Document": ""}
    said = kind_of.get(type_of(one))
    if said is None:
        return None
    media_type = one.get("mediaType")
    media_type = media_type if isinstance(media_type, str) else ""
    url = link_of(one.get("url") or one.get("href"), kind=media_type or "text/html")
    if not url:
        return None
    start = media_type.partition("/")[0]
    kind: Kind = start if start in {"image", "video", "audio"} else said or "image"  # type: ignore[assignment]  # of these
    described = text_of(one, "summary", most=10_000) or text_of(one, "name", most=10_000)
    blurhash = one.get("blurhash")
    return RemoteFile(
        url=url,
        kind=kind,
        description=text.said_plainly(described) or None,
        focus=_focus(one.get("focalPoint")),
        blurhash=blurhash if isinstance(blurhash, str) and _BLURHASH.fullmatch(blurhash) else None,
    )


def _focus(value: Any) -> tuple[float, float] | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    if not all(isinstance(one, (int, float)) and not isinstance(one, bool) and -1 <= one <= 1 for one in value):
        return None
    return float(value[0]), float(value[1])


def _poll(document: Mapping[str, Any], now: int) -> RemotePoll | None:
    multiple = document.get("oneOf") is None and document.get("anyOf") is not None
    options: dict[str, int] = {}
    for one in listed(document.get("anyOf") if multiple else document.get("oneOf")):
        if isinstance(one, dict) and len(options) < MOST_OPTIONS:
            name = text.said_plainly(text_of(one, "name", most=MOST_OPTION))
            if name:
                options.setdefault(name, count_of(one.get("replies")) or 0)
    if not options:
        return None
    closed = document.get("closed")
    ends = end_of(document.get("endTime"))
    if closed:
        ends = min(end_of(closed) or now, now)
    tallies = tuple(options.values())
    return RemotePoll(
        options=tuple(options),
        tallies=tallies,
        voters=max(count_of(document.get("votersCount")) or 0, *tallies),
        multiple=multiple,
        expires_at=now + _NEVER if ends is None else ends,
    )


def _quote(document: Mapping[str, Any]) -> str:
    for name in ("quote", "_misskey_quote", "quoteUrl", "quoteUri"):
        found = id_of(document.get(name))
        if host_of(found):
            return found
    for one in objects_of(document.get("tag"), "Link"):  # as FEP-e232 has it
        href = one.get("href")
        if host_of(href) and _QUOTES in listed(one.get("rel")):
            return str(href)
    return ""


def _quote_policy(document: Mapping[str, Any], followers: str | None) -> str:
    policy = document.get("interactionPolicy")
    may = policy.get("canQuote") if isinstance(policy, dict) else None
    if not isinstance(may, dict):
        return "nobody"
    automatic = may.get("automaticApproval")
    if is_public(automatic):
        return "public"
    return "followers" if followers is not None and followers in ids_of(automatic) else "nobody"


def _reply_policy(document: Mapping[str, Any], followers: str | None) -> str:
    """Who need not ask to answer: as `posts.REPLY_POLICIES`; who may ask may try. Source: GoToSocial, interaction policies."""
    policy = document.get("interactionPolicy")
    may = policy.get("canReply") if isinstance(policy, dict) else None
    if not isinstance(may, dict):
        return "everyone"
    ways = [may.get(name) for name in ("automaticApproval", "always", "manualApproval", "approvalRequired")]
    if any(is_public(one) for one in ways) or all(one is None for one in ways):
        return "everyone"
    named = {uri for one in ways for uri in ids_of(one)}
    if followers is not None and followers in named:
        return "followers"
    return "following" if any(uri.endswith("/following") for uri in named) else "mentioned"
