"""What we know of a stored file (MediaAttachment), and of a custom emoji (CustomEmoji)."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from dunnock.media.rendition import Clip

Kind = Literal["image", "gifv", "video", "audio", "unknown"]
State = Literal["ready", "processing", "failed"]
Focus = tuple[float, float]

TYPES: Final = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
}
"""Ending -> media type of everything that we store and serve. Never anything that a browser or a server would run or
trust (HTML, SVG, JSON, PDF). Source: SC-003, SC-004, SC-008, SC-009."""

URL_PATH: Final = "/media/"
"""What stands before a file's name in its address."""

MOST_DESCRIPTION: Final = 1500
"""Characters of a description. Source: Mastodon MediaAttachment::MAX_DESCRIPTION_LENGTH."""


class File(msgspec.Struct, frozen=True):
    """One stored file: `path` is its name in the storage, `width` and `height` in pixels, `bytes` its size."""

    path: str
    width: int
    height: int
    bytes: int
    mime: str


class Picture(msgspec.Struct, frozen=True, omit_defaults=True):
    """An image in the forms that we keep. `small`: still preview; `static`: the first frame, None when nothing moves.

    With a `clip` it is sound or a moving picture: `original` is that, `small` its preview, if it has one. `prints`: what it
    looks like (`media.pdq`), of a moving picture at several moments; none where there is too little to see.
    """

    original: File
    small: File | None = None
    static: File | None = None
    clip: Clip | None = None
    prints: tuple[str, ...] = ()

    @property
    def still(self) -> File:
        """The full size that does not move."""
        return self.static or self.original

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all files in the storage."""
        return tuple(file.path for file in (self.original, self.small, self.static) if file is not None)


class Media(msgspec.Struct, frozen=True):
    """A file of an account. `post_id` None: no post uses it; `picture` None: it is not ready.

    `focus`: the point that no crop may lose, from -1 (left, bottom) to 1 (right, top). `remote_url`: where another server
    has it, of which ours is a copy; None: it is a member's own.
    """

    id: int
    account_id: int
    post_id: int | None
    kind: Kind
    state: State
    picture: Picture | None
    description: str | None = None
    focus: Focus | None = None
    blurhash: str | None = None
    remote_url: str | None = None


class Emoji(msgspec.Struct, frozen=True):
    """A custom emoji: `file` and `still_file` are names in the storage; not `listed`: not offered in the picker."""

    shortcode: str
    file: str
    still_file: str
    category: str | None
    listed: bool


_picture = msgspec.json.Decoder(Picture)
_focus = msgspec.json.Decoder(Focus)


def read_picture(text: str) -> Picture:
    """A picture from the JSON that a row holds.

    Raises:
        msgspec.MsgspecError: it is none.
    """
    return _picture.decode(text)


def write_picture(picture: Picture) -> str:
    """The JSON that a row holds."""
    return msgspec.json.encode(picture).decode()


def read_focus(text: str | None) -> Focus | None:
    """A focus from the JSON that a row holds; None when none was chosen."""
    return None if text is None else _focus.decode(text)


def write_focus(focus: Focus | None) -> str | None:
    """The JSON that a row holds."""
    return None if focus is None else msgspec.json.encode(focus).decode()
