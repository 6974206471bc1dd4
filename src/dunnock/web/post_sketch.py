"""What pages show of a post to everybody: drawn once, kept with the post, and so forgotten with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from markupsafe import Markup, escape

from dunnock import previews
from dunnock.accounts.views import AccountCard
from dunnock.foundation.db import Db
from dunnock.media.model import Focus, Media
from dunnock.media.views import find as find_media
from dunnock.posts.views import PostCard
from dunnock.previews import Preview
from dunnock.text import plain
from dunnock.web.faces import Faces, file_url, short, web_address, with_emoji

# Languages written from right to left. Source: CLDR, characterOrder.
_RIGHT_TO_LEFT = frozenset(["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ku", "nqo", "ps", "sd", "ug", "ur", "yi"])
_OPEN = frozenset(("public", "unlisted"))
_FOCUS_STEPS = 4
MOST_MADE = 8
"""Pieces of HTML kept with a post, some 2 kB a language: two languages of it."""
_LONGEST_ABOUT = 180


class Shot(msgspec.Struct, frozen=True):
    """A picture, film or sound of a post: its address, that of the preview ("": none) and the preview's pixels.

    `focus`: classes that keep the point in sight that no crop may lose. `away`: it is not here, and `url` is where it is.
    """

    url: str
    preview: str
    width: int
    height: int
    alt: str
    film: bool = False
    sound: bool = False
    loop: bool = False
    away: bool = False
    focus: str = ""


class Link(msgspec.Struct, frozen=True):
    """What the link of a post leads to; `creator_id`: the account that says that it made that page."""

    url: str
    title: str
    about: str
    provider: str
    author: str
    language: str | None
    picture: str
    picture_alt: str
    large: bool
    creator_id: int | None


class Sketch(msgspec.Struct):
    """A post without its author, its numbers and what depends on who looks. `foreign`: its language, if it can be translated."""

    html: Markup
    warning: Markup
    right_to_left: bool
    foreign: str
    pictures: list[Shot]
    link: Link | None
    summary: str
    made: dict[tuple[str, str], tuple[Any, Markup]]

    def kept(self, part: str, locale: str, of: Any) -> Markup | None:
        """HTML of a part in a language that a template made of the same things; None: it is to be made."""
        held = self.made.get((part, locale))
        return held[1] if held is not None and held[0] == of else None

    def keep(self, part: str, locale: str, of: Any, html: Markup) -> Markup:
        """Keep what a template made, in place of what it made before; gives it back."""
        if len(self.made) >= MOST_MADE:
            self.made.clear()
        self.made[part, locale] = (of, html)
        return html


def sketch_of(card: PostCard) -> Sketch:
    """The sketch of a post that was drawn."""
    assert card.sketch is not None
    drawn: Sketch = card.sketch
    return drawn


async def draw(db: Db, cards: Collection[PostCard], people: Mapping[int, AccountCard], faces: Faces) -> None:
    """Fill in `sketch` where it is missing: one query each for media and link previews, one a server for emoji."""
    bare = [card for card in cards if card.sketch is None]
    if not bare:
        return
    media = await find_media(db, [one for card in bare for one in card.media])
    links = await previews.of_posts(db, [card.id for card in bare if card.preview_id is not None])
    emoji = await faces.emoji([(people[card.author_id].domain, card.emoji) for card in bare])
    for card in bare:
        known = emoji.get(people[card.author_id].domain, {})
        pictures = [shot for one in card.media if one in media and (shot := shot_of(media[one])) is not None]
        card.sketch = _sketch(card, known, pictures, links.get(card.id))


def _sketch(card: PostCard, emoji: Mapping[str, str], pictures: list[Shot], preview: Preview | None) -> Sketch:
    language = (card.language or "").partition("-")[0]
    return Sketch(
        html=with_emoji(card.html, emoji),
        warning=with_emoji(str(escape(card.warning)), emoji),
        right_to_left=language in _RIGHT_TO_LEFT,
        foreign=language if card.html and card.visibility in _OPEN else "",
        pictures=pictures,
        # As in Mastodon's clients, pictures of one's own and quotes leave no room for it.
        link=None if preview is None or pictures or card.quote_state is not None else _link(preview),
        summary=short(card.warning or plain(card.html)),
        made={},
    )


def shot_of(one: Media, description: str | None = None, focus: Focus | None = None) -> Shot | None:
    """How a stored file is shown, by its own words or by those that it once had; None: it is not ready."""
    alt = one.description or "" if description is None else description
    picture = one.picture
    if picture is None:
        address = web_address(one.remote_url)
        return None if address is None else Shot(address, "", 0, 0, alt, away=True)
    clip = picture.clip is not None
    small = picture.small or picture.original
    return Shot(
        file_url(picture.original),
        "" if clip and picture.small is None else file_url(small),
        small.width,
        small.height,
        alt,
        film=clip and picture.original.mime == "video/mp4",
        sound=clip and picture.original.mime == "audio/mpeg",
        loop=one.kind == "gifv",
        focus=_focus_classes(focus or one.focus),
    )


def _focus_classes(focus: Focus | None) -> str:
    """The point in steps of a quarter of the picture; none for the middle, where crops are anyway."""
    if focus is None:
        return ""
    across, down = round((focus[0] + 1) / 2 * _FOCUS_STEPS), round((1 - focus[1]) / 2 * _FOCUS_STEPS)
    names: Sequence[str] = [
        f"at-{name}{step}" for name, step in (("x", across), ("y", down)) if step != _FOCUS_STEPS // 2
    ]
    return " ".join(names)


def _link(preview: Preview) -> Link | None:
    card, url = preview.card, web_address(preview.url)
    if url is None or not card.title:
        return None
    picture = preview.picture
    shown = None if picture is None else picture.small or picture.still
    return Link(
        url=url,
        title=card.title,
        about=short(card.description, _LONGEST_ABOUT),
        provider=card.provider_name or url.split("/")[2],
        author=card.author_name,
        language=card.language,
        picture="" if shown is None else file_url(shown),
        picture_alt=card.image_description,
        large=shown is not None and shown.width >= 300 and shown.width > shown.height,
        creator_id=card.creator_id if card.credited else None,
    )
