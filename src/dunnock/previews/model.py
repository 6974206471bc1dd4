"""What a preview is. Mastodon: PreviewCard."""

from __future__ import annotations

import msgspec

from dunnock.media.model import Picture

LONGEST = 2048
"""Characters of an address. Longer ones get no preview."""


class Card(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a page says of itself; texts are plain. `width`, `height`: of picture or player, 0 where there is none.

    `html`: a player, already made safe. `published_at` in Unix milliseconds.
    """

    type: str = "link"
    """`link`, `photo` or `video`."""
    title: str = ""
    description: str = ""
    language: str | None = None
    author_name: str = ""
    author_url: str = ""
    provider_name: str = ""
    provider_url: str = ""
    html: str = ""
    width: int = 0
    height: int = 0
    image_description: str = ""
    embed_url: str = ""
    blurhash: str | None = None
    published_at: int | None = None
    creator_id: int | None = None
    """The account that the page names as who made it."""
    credited: bool = False
    """Whether that account says that it writes there; anybody can name anybody."""


class Preview(msgspec.Struct, frozen=True):
    """What an address leads to. `link_id`: the preview of the page itself, whichever of its addresses was posted."""

    id: int
    link_id: int
    url: str
    card: Card
    picture: Picture | None


read_card = msgspec.json.Decoder(Card).decode


def write_card(card: Card) -> str:
    """The JSON that a row holds."""
    return msgspec.json.encode(card).decode()
