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


CONTAINERS = frozenset(("mov", "matroska", "ogg", "mp3", "aac", "flac", "wav", "avi", "asf"))
"""What holds sound or moving pictures, by the names of the readers for it; no other reader is ever opened."""

_STARTS = (
    (b"\x1a\x45\xdf\xa3", "matroska"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"ID3", "mp3"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
)


def sniff_container(head: bytes) -> str | None:
    """What kind of container these first bytes begin, one of `CONTAINERS`; None when none of ours.

    Source: WHATWG MIME Sniffing, section 6.2; ISO/IEC 14496-12 section 4.3; ISO/IEC 11172-3 and 13818-7 for the frames.
    """
    if head[4:8] == b"ftyp":
        return None if _brands(head) & {b"avif", b"avis", b"heic", b"heix", b"mif1"} else "mov"
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip"):  # QuickTime without a type box
        return "mov"
    if head[:4] == b"RIFF" and head[8:12] in (b"WAVE", b"AVI "):
        return "wav" if head[8:12] == b"WAVE" else "avi"
    for start, name in _STARTS:
        if head.startswith(start):
            return name
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        layer = head[1] >> 1 & 3
        return "aac" if layer == 0 and head[1] & 0xF0 == 0xF0 else "mp3" if layer == 1 else None
    return None


def is_sound(container: str, head: bytes) -> bool:
    """Does it hold sound and no picture, as far as its beginning tells?"""
    return (
        container in {"mp3", "aac", "flac", "wav"}
        or (container == "mov" and head[8:12] in (b"M4A ", b"M4B "))
        or (container == "ogg" and b"theora" not in head and b"\x80theora" not in head)
    )


def _brands(head: bytes) -> set[bytes]:
    """Major and compatible brands of an ISO base media file, as far as they are in `head`."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))}
