"""What the server and its image workers say to each other: msgpack behind four bytes of length."""

from __future__ import annotations

import msgspec

from dunnock.media.rendition import ImageKind, Processed


class Task(msgspec.Struct, frozen=True):
    """Process the image in `source` into the directory `out_dir`."""

    source: str
    out_dir: str
    kind: ImageKind


class Done(msgspec.Struct, frozen=True, tag=True):
    """The files are written."""

    processed: Processed


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The file is at fault: `code` names the error, `text` is for people, `reason` for the log."""

    code: str
    text: str
    reason: str


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The worker is at fault; `reason` is for the log."""

    reason: str


def frame(message: Task | Done | Refused | Failed) -> bytes:
    """The message as it goes through the pipe."""
    body = msgspec.msgpack.encode(message)
    return len(body).to_bytes(4, "big") + body
