"""Stored files of people: images made safe, small and free of metadata before anybody else sees them.

The image workers import this package in their own small process, so what is listed here must stay light:
no database, no web framework, no Pillow or numpy at import time.
"""

from __future__ import annotations

from dunnock.media.errors import MediaFailed, MediaRejected, MediaTooLarge
from dunnock.media.rendition import ImageKind, Processed, Rendition
from dunnock.media.sniff import MediaType, sniff
from dunnock.media.workers import ImageWorkers

__all__ = [
    "ImageKind",
    "ImageWorkers",
    "MediaFailed",
    "MediaRejected",
    "MediaTooLarge",
    "MediaType",
    "Processed",
    "Rendition",
    "sniff",
]
