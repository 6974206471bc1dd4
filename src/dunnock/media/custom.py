"""The server's own custom emoji: added and removed by its owner."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from dunnock.foundation.db import Db, Tx
from dunnock.media import store
from dunnock.media.errors import EmojiRefused
from dunnock.media.events import EmojiChanged
from dunnock.media.keep import MediaStore
from dunnock.media.model import Emoji

# Source: Mastodon CustomEmoji::SHORTCODE_RE_FRAGMENT and its maximum of 128 characters.
_SHORTCODE: Final = re.compile(r"[a-zA-Z0-9_]{2,128}", re.ASCII)
MOST_CATEGORY: Final = 100


async def add_emoji(
    db: Db, media_store: MediaStore, *, shortcode: str, path: Path, category: str | None = None, listed: bool = True
) -> Emoji:
    """Add an emoji of this server from an image, or replace the one of that name. `category` None: none.

    Raises:
        EmojiRefused: the shortcode or the category can't be used.
        MediaRejected: the file is not an image that we read, is damaged, or costs too much.
        MediaTooLarge: the file has too many bytes.
        MediaFailed: no worker or no space for it; trying again later may help.
    """
    if not _SHORTCODE.fullmatch(shortcode):
        raise EmojiRefused(shortcode)
    category = _category(category)
    picture = (await media_store.keep(path, kind="emoji")).picture
    emoji = Emoji(shortcode, picture.original.path, picture.still.path, category, listed)
    async with db.begin() as tx:
        await tx.run(
            store.PUT_EMOJI,
            shortcode=shortcode,
            domain="",
            file=emoji.file,
            still_file=emoji.still_file,
            category=category,
            listed=listed,
            created_at=tx.now,
        )
        await tx.record(EmojiChanged(shortcode=shortcode, domain=""))
    return emoji


async def change_emoji(tx: Tx, shortcode: str, *, category: str | None, listed: bool, disabled: bool) -> bool:
    """Where an emoji of this server stands in pickers; `disabled`: posts show its name. False: there is none.

    Raises:
        EmojiRefused: the category can't be used.
    """
    changed = await tx.run(
        store.CHANGE_EMOJI, name=shortcode, new_category=_category(category), new_listed=listed, new_disabled=disabled
    )
    if changed:
        await tx.record(EmojiChanged(shortcode=shortcode, domain=""))
    return bool(changed)


async def remove_emoji(tx: Tx, shortcode: str) -> bool:
    """Remove an emoji of this server; False when there was none of that name. Posts show its shortcode from then on."""
    removed = bool(await tx.run(store.REMOVE_EMOJI, name=shortcode, of=""))
    if removed:
        await tx.record(EmojiChanged(shortcode=shortcode, domain=""))
    return removed


def _category(typed: str | None) -> str | None:
    category = (typed or "").strip() or None
    if category is not None and len(category) > MOST_CATEGORY:
        raise EmojiRefused(category, say=f"A category has at most {MOST_CATEGORY} characters")
    return category
