"""What a page's oEmbed answer says, and the players that are let through. Source: oEmbed 1.0, Mastodon's sanitiser."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import msgspec
import nh3

from dunnock.previews.address import absolute
from dunnock.previews.model import Card
from dunnock.previews.page import line, number
from dunnock.text import escape

_LONGEST = 10_000  # characters of a player
_SANDBOX = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-forms"
_SOURCE = re.compile(r"""<(?:iframe|source|video|audio)\b[^>]*\ssrc="(https?://[^"]+)\"""")
_players = nh3.Cleaner(
    tags={"audio", "iframe", "source", "video"},
    clean_content_tags={"script", "style"},
    attributes={
        "audio": {"controls"},
        "iframe": {"allowfullscreen", "frameborder", "height", "scrolling", "src", "width"},
        "source": {"src", "type"},
        "video": {"controls", "height", "loop", "width"},
    },
    url_schemes={"http", "https"},
    url_relative="deny",
    link_rel=None,
    set_tag_attribute_values={"iframe": {"sandbox": _SANDBOX}},
)


class Embed(msgspec.Struct, frozen=True):
    """An oEmbed answer as a card; `image`: where its picture is, "" for none."""

    card: Card
    image: str


def read_embed(body: bytes, endpoint: str, *, here: str) -> Embed | None:
    """What an oEmbed endpoint answered; None for what is none, or only a widget that needs scripts (`rich`).

    `here`: this server's domain, which is never shown in a frame.
    """
    try:
        held = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None
    if not isinstance(held, dict) or str(held.get("version")) != "1.0":
        return None
    thumbnail = _address(endpoint, held.get("thumbnail_url"))
    common: dict[str, Any] = {
        "title": _said(held.get("title")),
        "author_name": _said(held.get("author_name")),
        "author_url": _address(endpoint, held.get("author_url")),
        "provider_name": _said(held.get("provider_name")),
        "provider_url": _address(endpoint, held.get("provider_url")),
    }
    sizes: dict[str, Any] = {"width": number(held.get("width")), "height": number(held.get("height"))}
    match held.get("type"):
        case "link":
            return Embed(Card(type="link", **common), thumbnail)
        case "photo":
            photo = _address(endpoint, held.get("url"))
            return Embed(Card(type="photo", embed_url=photo, **common, **sizes), photo) if photo else None
        case "video":
            player = safe_player(held.get("html"), here=here)
            return Embed(Card(type="video", html=player, **common, **sizes), thumbnail) if player else None
        case _:
            return None


def safe_player(html: Any, *, here: str) -> str:
    """The player of a page without anything but frames, sound and film from the web; "" when nothing is left (SC-099)."""
    if not isinstance(html, str) or len(html) > _LONGEST:
        return ""
    made = _players.clean(html)
    places = _SOURCE.findall(made)
    return made if places and all(urlsplit(place).netloc.lower() != here for place in places) else ""


def framed(player: str, *, width: int, height: int, here: str) -> str:
    """A frame around a page's own player."""
    frame = (
        f'<iframe src="{escape(player)}" width="{width}" height="{height}" allowfullscreen="true" scrolling="no" '
        'frameborder="0"></iframe>'
    )
    return safe_player(frame, here=here)


def _said(value: Any) -> str:
    return line(value, 500) if isinstance(value, str) else ""


def _address(base: str, value: Any) -> str:
    return absolute(base, value) if isinstance(value, str) else ""
