"""What can go wrong with a file that somebody sends."""

from __future__ import annotations

from dunnock.foundation.errors import DomainError, Kind


class MediaRejected(DomainError):
    """The file is not one we take: no image, damaged, or too expensive to open. Sending it again changes nothing."""

    code, kind = "media_rejected", Kind.INVALID
    safe = "The file is not an image we can read (JPEG, PNG, GIF, WebP, AVIF)"


class MediaTooLarge(DomainError):
    """The file has more bytes than this kind of image may have."""

    code, kind, safe = "media_too_large", Kind.TOO_LARGE, "The file is too large"


class MediaFailed(DomainError):
    """We could not work on the file: our side is at fault or too busy, or the worker died of it."""

    code, kind = "media_failed", Kind.UNAVAILABLE
    safe = "This image could not be processed right now; please try again later or choose another one"
