"""What a file is, by its first bytes; what the client or another server claims is never looked at."""

from __future__ import annotations

import enum


class MediaType(enum.Enum):
    """The families of images that we read, by the media type they are served with."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    GIF = "image/gif"
    WEBP = "image/webp"
    AVIF = "image/avif"


def sniff(head: bytes) -> MediaType | None:
    """The image family that these first bytes (`limits.SNIFF_BYTES` are enough) belong to; None when none of ours.

    Source: WHATWG MIME Sniffing, section 6.1; ISO/IEC 14496-12 section 4.3 and AVIF 1.1 section 4.1 for `ftyp`.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return MediaType.GIF
    if head[:4] == b"RIFF" and head[8:14] == b"WEBPVP":
        return MediaType.WEBP
    if head[4:8] == b"ftyp" and _brands(head) & {b"avif", b"avis"}:
        return MediaType.AVIF
    return None


def _brands(head: bytes) -> set[bytes]:
    """Major and compatible brands of an ISO base media file, as far as they are in `head`."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))}
