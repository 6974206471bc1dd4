"""What can go wrong with a file that somebody sends."""

from __future__ import annotations

from dunnock.foundation.errors import DomainError, Kind


class MediaRejected(DomainError):
    """The file is not one we take: no image, damaged, or too expensive to open. Sending it again changes nothing."""

    code, kind = "media_rejected", Kind.INVALID
    safe = "The file is not an image we can read (JPEG, PNG, GIF, WebP, AVIF)"


class MediaUnknown(MediaRejected):
    """The file is of no kind that we take."""

    code = "media_unknown"


class MediaTooLarge(DomainError):
    """The file has more bytes than this kind of image may have."""

    code, kind, safe = "media_too_large", Kind.TOO_LARGE, "The file is too large"


class MediaFailed(DomainError):
    """We could not work on the file: our side is at fault or too busy, or the worker died of it."""

    code, kind = "media_failed", Kind.UNAVAILABLE
    safe = "This image could not be processed right now; please try again later or choose another one"


class MediaUnusable(DomainError):
    """A post can't have this media: it is unknown, another's, used, or not ready."""

    code, kind, safe = "media_unusable", Kind.INVALID, "The media can't be attached"


class MediaMissing(DomainError):
    """There is no such media, or it is not the asker's."""

    code, kind, safe = "media_missing", Kind.MISSING, "Record not found"


class PrintsRefused(DomainError):
    """This can't be stopped: there is too little to see on it, it was not processed, or it is no print."""

    code, kind = "prints_refused", Kind.INVALID
    safe = "Validation failed: There is too little to see on it to know it again (a print has 64 hexadecimal digits)"


class DescriptionRefused(DomainError):
    """The description or the focus breaks a rule."""

    code, kind, safe = "description_refused", Kind.INVALID, "Validation failed"


class EmojiRefused(DomainError):
    """The shortcode of a custom emoji can't be used."""

    code, kind, safe = "emoji_refused", Kind.INVALID, "A shortcode is 2 to 50 letters, digits and underscores"
