"""Stored files of people: images made safe, small and free of metadata before anybody else sees them; custom emoji.

The image workers import this package in their own small process, so the face is loaded name by name when it is asked
for, and no database, Pillow or numpy comes with it. No module has the name of something in the face: importing it
would hide that.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dunnock.media.attach import claim, hold, let_go, release, remove_of
    from dunnock.media.cache import COPIES_EVERY, TrimCopies, cache_jobs_of, trim_copies
    from dunnock.media.caption import describe
    from dunnock.media.custom import add_emoji, change_emoji, remove_emoji
    from dunnock.media.discard import remove
    from dunnock.media.errors import (
        DescriptionRefused,
        EmojiRefused,
        MediaFailed,
        MediaMissing,
        MediaRejected,
        MediaTooLarge,
        MediaUnknown,
        MediaUnusable,
        PrintsRefused,
    )
    from dunnock.media.events import EmojiChanged, MediaAccepted, MediaChanged
    from dunnock.media.keep import Kept, MediaStore, take_picture
    from dunnock.media.model import Emoji, File, Focus, Media, Picture, read_picture, write_picture
    from dunnock.media.remote import (
        FetchMedia,
        RemoteFile,
        add_remote,
        copy_emoji,
        copy_picture,
        remote_jobs_of,
        same_remote,
    )
    from dunnock.media.rendition import ImageKind, Processed, Rendition
    from dunnock.media.sniff import MediaType
    from dunnock.media.stops import (
        STOP_EFFECTS,
        MediaStop,
        StopEffect,
        StopMatch,
        any_stop,
        end_media_stop,
        find_stop,
        looks_stopped,
        media_stops,
        soften_stop,
        stop_prints,
        stopped_among,
        stops_over,
    )
    from dunnock.media.sweep import EVERY, RemoveUnused, SweepFiles, jobs_of, remove_unused, sweep_files, used_files
    from dunnock.media.upload import ProcessMedia, accept, find_own, make_thumbnail, process_later, put_thumbnail
    from dunnock.media.views import all_emoji, every_emoji, find, find_emoji, shown_before
    from dunnock.media.workers import ImageWorkers

_HOMES = {
    "attach": ("claim", "hold", "let_go", "release", "remove_of"),
    "cache": ("COPIES_EVERY", "TrimCopies", "cache_jobs_of", "trim_copies"),
    "caption": ("describe",),
    "custom": ("add_emoji", "change_emoji", "remove_emoji"),
    "discard": ("remove",),
    "errors": (
        "DescriptionRefused",
        "EmojiRefused",
        "MediaFailed",
        "MediaMissing",
        "MediaRejected",
        "MediaTooLarge",
        "MediaUnknown",
        "MediaUnusable",
        "PrintsRefused",
    ),
    "events": ("EmojiChanged", "MediaAccepted", "MediaChanged"),
    "keep": ("Kept", "MediaStore", "take_picture"),
    "model": ("Emoji", "File", "Focus", "Media", "Picture", "read_picture", "write_picture"),
    "remote": ("FetchMedia", "RemoteFile", "add_remote", "copy_emoji", "copy_picture", "remote_jobs_of", "same_remote"),
    "rendition": ("ImageKind", "Processed", "Rendition"),
    "sniff": ("MediaType",),
    "stops": (
        "STOP_EFFECTS",
        "MediaStop",
        "StopEffect",
        "StopMatch",
        "any_stop",
        "end_media_stop",
        "find_stop",
        "looks_stopped",
        "media_stops",
        "soften_stop",
        "stop_prints",
        "stopped_among",
        "stops_over",
    ),
    "sweep": ("EVERY", "RemoveUnused", "SweepFiles", "jobs_of", "remove_unused", "sweep_files", "used_files"),
    "upload": (
        "ProcessMedia",
        "accept",
        "change_thumbnail",
        "find_own",
        "make_thumbnail",
        "process_later",
        "put_thumbnail",
    ),
    "views": ("all_emoji", "every_emoji", "find", "find_emoji", "shown_before"),
    "workers": ("ImageWorkers",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


__all__ = [
    "COPIES_EVERY",
    "EVERY",
    "STOP_EFFECTS",
    "DescriptionRefused",
    "Emoji",
    "EmojiChanged",
    "EmojiRefused",
    "FetchMedia",
    "File",
    "Focus",
    "ImageKind",
    "ImageWorkers",
    "Kept",
    "Media",
    "MediaAccepted",
    "MediaChanged",
    "MediaFailed",
    "MediaMissing",
    "MediaRejected",
    "MediaStop",
    "MediaStore",
    "MediaTooLarge",
    "MediaType",
    "MediaUnknown",
    "MediaUnusable",
    "Picture",
    "PrintsRefused",
    "ProcessMedia",
    "Processed",
    "RemoteFile",
    "RemoveUnused",
    "Rendition",
    "StopEffect",
    "StopMatch",
    "SweepFiles",
    "TrimCopies",
    "accept",
    "add_emoji",
    "add_remote",
    "all_emoji",
    "any_stop",
    "cache_jobs_of",
    "change_emoji",
    "change_thumbnail",
    "claim",
    "copy_emoji",
    "copy_picture",
    "describe",
    "end_media_stop",
    "every_emoji",
    "find",
    "find_emoji",
    "find_own",
    "find_stop",
    "hold",
    "jobs_of",
    "let_go",
    "looks_stopped",
    "make_thumbnail",
    "media_stops",
    "process_later",
    "put_thumbnail",
    "read_picture",
    "release",
    "remote_jobs_of",
    "remove",
    "remove_emoji",
    "remove_of",
    "remove_unused",
    "same_remote",
    "shown_before",
    "soften_stop",
    "stop_prints",
    "stopped_among",
    "stops_over",
    "sweep_files",
    "take_picture",
    "trim_copies",
    "used_files",
    "write_picture",
]
