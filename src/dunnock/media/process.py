"""Turn a picture that somebody sent into the files that we keep; runs only in an image worker (it loads Pillow)."""

from __future__ import annotations

import hashlib
import math
import os
import struct
import zlib
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    ImageFile,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

from dunnock.media import limits, pdq
from dunnock.media.blurhash import blurhash
from dunnock.media.errors import MediaRejected, MediaTooLarge
from dunnock.media.rendition import ImageKind, Processed, Rendition
from dunnock.media.sniff import MediaType, sniff

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# One reader per family, called directly: Pillow never chooses by content, and no other reader can be reached.
_READERS: Final[dict[MediaType, type[ImageFile.ImageFile]]] = {
    MediaType.JPEG: JpegImagePlugin.JpegImageFile,
    MediaType.PNG: PngImagePlugin.PngImageFile,
    MediaType.GIF: GifImagePlugin.GifImageFile,
    MediaType.WEBP: WebPImagePlugin.WebPImageFile,
    MediaType.AVIF: AvifImagePlugin.AvifImageFile,
}
_ENDINGS: Final = {MediaType.JPEG: "jpg", MediaType.PNG: "png", MediaType.GIF: "gif", MediaType.WEBP: "webp"}
# EXIF orientation -> what makes the picture upright. Source: EXIF 2.32, section 4.6.4, tag 0x0112.
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION: Final = 0x0112
# What Pillow's readers raise on damaged input; DecompressionBombError is its own second line of defence.
_DAMAGED: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    RuntimeError,  # libavif
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
_SAY_DAMAGED: Final = "The image is damaged or incomplete"

Image.MAX_IMAGE_PIXELS = limits.SOURCE_PIXELS
ImageFile.LOAD_TRUNCATED_IMAGES = False
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
# Frames that share one palette stay palette frames: a quarter of the memory, and no new quantising.
GifImagePlugin.LOADING_STRATEGY = GifImagePlugin.LoadingStrategy.RGB_AFTER_DIFFERENT_PALETTE_ONLY


class _Frame(NamedTuple):
    """One moment of the picture, upright and in sRGB; `shown` in milliseconds."""

    image: Image.Image
    shown: int


class _Encoded(NamedTuple):
    """Bytes ready to be written, with the media type that they have."""

    data: bytes
    size: tuple[int, int]
    family: MediaType


def process(source: Path, out_dir: Path, *, kind: ImageKind) -> Processed:
    """Decode the image in `source` and write new files without any metadata into the empty directory `out_dir`.

    File names are ours (`original.*`, `small.*`, `static.*`), never the input's. Nothing is written when it refuses.
    A post's picture keeps its shape and is at most 8.3 megapixels; avatars and headers are cropped to fill their size;
    emoji are fitted into 128x128. Pictures stay in their family, but AVIF becomes WebP and a still GIF PNG.

    Raises:
        MediaRejected: not an image that we read, damaged, or with too many pixels or frames.
        MediaTooLarge: too many bytes for its kind.
    """
    with source.open("rb") as file:
        family = _check_bytes(file, kind)
        moving = family is not MediaType.JPEG and _count_frames(file, family) > 1
        try:
            frames = list(_frames(file, family, kind, moving=moving))
        except _DAMAGED as error:
            raise MediaRejected(repr(error), say=_SAY_DAMAGED) from error
    moving = len(frames) > 1
    loop = None if not moving else _loop(frames[0].image)
    first = frames[0].image
    files = {"original": _encode_original(frames, family, kind, loop=loop), "small": _encode_small(first, kind)}
    if moving:
        files["static"] = _encode_still(first, MediaType.PNG if family is MediaType.GIF else family)
    written = {name: _write(out_dir, name, encoded) for name, encoded in files.items()}
    return Processed(
        original=written["original"],
        small=written["small"],
        static=written.get("static"),
        blurhash=_blurhash(first),
        animated=moving,
        prints=() if kind == "emoji" else prints_of(first),
    )


def is_moving_gif(source: Path) -> bool:
    """Is this picture of a post a GIF of more than one frame? Raises as `process`."""
    with source.open("rb") as file:
        return _check_bytes(file, "post") is MediaType.GIF and _count_frames(file, MediaType.GIF) > 1


def _check_bytes(file: IO[bytes], kind: ImageKind) -> MediaType:
    size = os.fstat(file.fileno()).st_size
    if size == 0:
        raise MediaRejected(say="The file is empty")
    most = limits.SOURCE_BYTES[kind]
    if size > most:
        shown = f"{most // 1024 // 1024} MB" if most >= 1024 * 1024 else f"{most // 1024} KB"
        raise MediaTooLarge(size, say=f"The file is too large: at most {shown} are possible here")
    family = sniff(file.read(limits.SNIFF_BYTES))
    if family is None:
        raise MediaRejected("no known magic bytes")
    file.seek(0)
    if family is MediaType.WEBP:
        # Pillow's reader allocates the canvas when it opens a WebP file; the other readers wait.
        _check_pixels(*_webp_size(file.read(30)))
        file.seek(0)
    return family


def _webp_size(head: bytes) -> tuple[int, int]:
    """Width and height in pixels as the header says. Source: RFC 9649, sections 2.5 to 2.7."""
    head = head.ljust(30, b"\0")
    if head[12:16] == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF


def _check_pixels(width: int, height: int, frames: int = 1) -> None:
    if width * height > limits.SOURCE_PIXELS:
        most = f"at most {limits.SOURCE_PIXELS / 1_000_000:.1f} megapixels are possible"
        raise MediaRejected(width, height, say=f"The image has too many pixels: {width} x {height}, {most}")
    if frames > limits.SOURCE_FRAMES:
        most = f"at most {limits.SOURCE_FRAMES:,} are possible"
        raise MediaRejected(frames, say=f"The animation has too many frames: {most}")
    if frames > 1 and width * height * frames > limits.SOURCE_ANIMATION_PIXELS:
        raise MediaRejected(
            width, height, frames, say="The animation has too many pixels in all; please make it smaller or shorter"
        )


def _count_frames(file: IO[bytes], family: MediaType) -> int:
    """Frames that the container claims, without decoding; for GIF at most one more than we allow."""
    try:
        if family is MediaType.GIF:
            file.seek(0)
            count = _count_gif_frames(file.read())
            width, height = _open(file, family).size
        else:
            image = _open(file, family)
            count, (width, height) = getattr(image, "n_frames", 1), image.size
    except _DAMAGED as error:
        raise MediaRejected(repr(error), say=_SAY_DAMAGED) from error
    _check_pixels(width, height, count)
    return count


def _count_gif_frames(data: bytes) -> int:
    """Walk the blocks of a GIF; Pillow's own count takes seconds on a file of a million empty frames.

    Source: GIF89a specification, sections 17 to 27.
    """

    def table(flags: int) -> int:
        return 3 << (flags & 7) + 1 if flags & 0x80 else 0

    def after_blocks(at: int) -> int:
        while at < len(data) and data[at]:
            at += 1 + data[at]
        return at + 1

    count, at = 0, 13 + table(data[10]) if len(data) > 10 else 13
    while at + 10 < len(data) and count <= limits.SOURCE_FRAMES:
        if data[at] == 0x2C:
            count += 1
            at = after_blocks(at + 11 + table(data[at + 9]))
        elif data[at] == 0x21:
            at = after_blocks(at + 2)
        elif data[at] == 0x3B:
            break
        else:
            at += 1
    return count


def _open(file: IO[bytes], family: MediaType) -> ImageFile.ImageFile:
    file.seek(0)
    return _READERS[family](file)


def _frames(file: IO[bytes], family: MediaType, kind: ImageKind, *, moving: bool) -> Iterator[_Frame]:
    """The frames that we keep, already in their final size; one when `moving` is false."""
    image = _open(file, family)
    _check_pixels(*image.size)
    if family is MediaType.PNG and not moving:
        image.verify()
        image = _open(file, family)
    orientation = _orientation(image)
    count = min(image.n_frames, limits.SOURCE_FRAMES) if moving else 1  # type: ignore[attr-defined]
    size = _wanted(image.size, kind, frames=count, turned=orientation >= 5)
    if family is MediaType.JPEG:
        # Decodes at 1/2, 1/4 or 1/8 of the size where that is still enough: the inverse DCT does the scaling.
        image.draft(None, size)
    profile = image.info.get("icc_profile")
    # The default image of an animated PNG is for those who cannot animate, and need not be a frame.
    start = 1 if moving and image.info.get("default_image") else 0
    for index in range(start, count):
        if index:
            try:
                image.seek(index)
            except EOFError:
                break
        image.load()
        frame = _plain(image, keep_palette=image.size == size and not profile)
        frame = _resized(frame, size, crop=kind in ("avatar", "header"))
        frame = _in_srgb(frame, profile)
        if orientation in _UPRIGHT:
            frame = frame.transpose(_UPRIGHT[orientation])
        frame.info = {key: frame.info[key] for key in ("transparency",) if key in frame.info and frame.mode == "P"}
        if index == start and (family is MediaType.AVIF or "loop" in image.info):
            # Pillow does not tell for AVIF, where running for ever is the custom.
            frame.info["loop"] = image.info.get("loop", 0)
        yield _Frame(frame, int(image.info.get("duration", 100)))


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 when there is none or it is nonsense, which is no reason to refuse a picture."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except _DAMAGED:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _wanted(size: tuple[int, int], kind: ImageKind, *, frames: int, turned: bool) -> tuple[int, int]:
    """The size in pixels that we keep, as the source lies (`turned`: what we keep has width and height swapped)."""
    most = limits.ANIMATION_PIXELS // frames
    if kind in ("avatar", "header"):
        full = limits.AVATAR_SIZE if kind == "avatar" else limits.HEADER_SIZE
        full = _fit(full, pixels=most, side=limits.ORIGINAL_SIDE)
        return (full[1], full[0]) if turned else full
    if kind == "emoji":
        return _fit(size, pixels=most, side=limits.EMOJI_SIDES[0])
    return _fit(size, pixels=min(most, limits.ORIGINAL_PIXELS), side=limits.ORIGINAL_SIDE)


def _fit(size: tuple[int, int], *, pixels: int, side: int) -> tuple[int, int]:
    """The largest size of the same shape, not above the given one, with at most so many pixels in all and on a side."""
    width, height = size
    scale = min(1.0, side / max(size))
    if width * scale * height * scale > pixels:
        scale = math.sqrt(pixels / (width * height))
    if scale >= 1:
        return size
    return max(1, int(width * scale)), max(1, int(height * scale))


def _plain(image: Image.Image, *, keep_palette: bool) -> Image.Image:
    """A copy as L, RGB, RGBA or (only when allowed) P: what every encoder and filter of ours understands."""
    if image.mode == "P" and keep_palette:
        return image.copy()
    if image.mode in ("L", "RGB", "RGBA", "CMYK") and "transparency" not in image.info:
        return image.copy()
    if image.mode.startswith("I"):
        # 16-bit grey; Pillow's own conversion to L has clipped instead of scaling in some versions.
        values = np.asarray(image).astype(np.int64)
        return Image.fromarray(np.clip(values >> 8, 0, 255).astype(np.uint8))
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("L" if image.mode == "1" else "RGB")


def _resized(image: Image.Image, size: tuple[int, int], *, crop: bool) -> Image.Image:
    if image.size == size:
        return image
    if image.mode == "P":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if crop:
        return ImageOps.fit(image, size, Image.Resampling.LANCZOS)
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The same colours in sRGB and L, RGB, RGBA or P. A profile that cannot be read or does not fit is ignored."""
    if profile and image.mode != "P":
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            if image.mode == "CMYK" or "sRGB" not in ImageCms.getProfileDescription(source):
                target = ImageCms.createProfile("sRGB")
                mode = "RGBA" if image.mode == "RGBA" else "RGB"
                changed = ImageCms.profileToProfile(image, source, target, outputMode=mode)
                image = image if changed is None else changed
        except (ImageCms.PyCMSError, *_DAMAGED):
            pass
    return image.convert("RGB") if image.mode == "CMYK" else image


def _loop(first: Image.Image) -> int | None:
    """How often the animation runs, 0 for ever; None when the file does not say, which means once."""
    loop = first.info.pop("loop", None)
    return None if loop is None else int(loop)


def _encode_original(frames: list[_Frame], family: MediaType, kind: ImageKind, *, loop: int | None) -> _Encoded:
    if family is MediaType.AVIF:
        family = MediaType.WEBP
    encode = _encode_moving if len(frames) > 1 else _encode_first
    if family is MediaType.GIF and len(frames) == 1:
        family = MediaType.PNG
    encoded = encode(frames, family, loop)
    if kind != "emoji":
        return encoded
    for side in limits.EMOJI_SIDES[1:]:
        if len(encoded.data) <= limits.EMOJI_BYTES:
            return encoded
        size = _fit(frames[0].image.size, pixels=side * side, side=side)
        frames = [_Frame(_resized(frame.image, size, crop=False), frame.shown) for frame in frames]
        encoded = encode(frames, family, loop)
    if len(encoded.data) > limits.EMOJI_BYTES:
        raise MediaTooLarge(len(encoded.data), say="The emoji is too large, even when made smaller: use fewer frames")
    return encoded


def _encode_first(frames: list[_Frame], family: MediaType, _loop: int | None) -> _Encoded:
    return _encode_still(frames[0].image, family)


def _encode_still(image: Image.Image, family: MediaType, *, quality: int = limits.ORIGINAL_QUALITY) -> _Encoded:
    if family is MediaType.AVIF:
        family = MediaType.WEBP
    out = BytesIO()
    if family is MediaType.JPEG:
        image.save(out, "JPEG", quality=quality, optimize=True)
    elif family is MediaType.PNG:
        image.save(out, "PNG")
    else:
        image.save(out, "WEBP", quality=quality, method=4 if image.width * image.height <= limits.SMALL_PIXELS else 2)
    return _Encoded(out.getvalue(), image.size, family)


def _encode_moving(frames: list[_Frame], family: MediaType, loop: int | None) -> _Encoded:
    first, *rest = [frame.image for frame in frames]
    options: dict[str, Any] = {"save_all": True, "append_images": rest, "duration": [frame.shown for frame in frames]}
    out = BytesIO()
    if family is MediaType.GIF:
        if loop is not None:
            options["loop"] = loop
        # A frame cannot make opaque pixels transparent again unless the canvas is cleared before it.
        see_through = any(image.has_transparency_data for image in (first, *rest))
        first.save(out, "GIF", disposal=2 if see_through else 1, **options)
    elif family is MediaType.PNG:
        first.save(out, "PNG", loop=1 if loop is None else loop, **options)
    else:
        loop = 1 if loop is None else loop
        first.save(out, "WEBP", quality=limits.SMALL_QUALITY, method=2, loop=loop, **options)
    return _Encoded(out.getvalue(), first.size, family)


def _encode_small(first: Image.Image, kind: ImageKind) -> _Encoded:
    if kind == "avatar":
        size = _fit(first.size, pixels=limits.SMALL_PIXELS, side=max(limits.AVATAR_SMALL_SIZE))
    elif kind == "header":
        size = _fit(first.size, pixels=limits.SMALL_PIXELS, side=max(limits.HEADER_SMALL_SIZE))
    elif kind == "emoji":
        size = _fit(first.size, pixels=limits.SMALL_PIXELS, side=limits.EMOJI_SMALL_SIDE)
    else:
        size = _fit(first.size, pixels=limits.SMALL_PIXELS, side=limits.SMALL_SIDE)
    return _encode_still(_resized(first, size, crop=False), MediaType.WEBP, quality=limits.SMALL_QUALITY)


def _blurhash(first: Image.Image) -> str:
    """The blurhash on white where the picture is transparent, from at most 64 pixels a side."""
    size = _fit(first.size, pixels=limits.BLURHASH_SIDE**2, side=limits.BLURHASH_SIDE)
    if first.mode == "P":
        first = first.convert("RGBA" if first.has_transparency_data else "RGB")
    tiny = first.resize(size, Image.Resampling.BOX, reducing_gap=2.0)
    if tiny.mode == "RGBA":
        tiny = Image.alpha_composite(Image.new("RGBA", size, "white"), tiny)
    return blurhash(np.asarray(tiny.convert("RGB")), components=limits.BLURHASH_COMPONENTS)


def prints_of(*images: Image.Image) -> tuple[str, ...]:
    """What pictures look like, on white where they are transparent; those are left out that have too little to see."""
    prints: list[str] = []
    for image in images:
        size = _fit(image.size, pixels=pdq.SIDE**2, side=pdq.SIDE)
        small = _opaque(image).resize(size, Image.Resampling.BOX, reducing_gap=2.0)
        told = pdq.pdq(np.asarray(small))
        if told is not None:
            prints.append(told)
    return tuple(dict.fromkeys(prints))


def _opaque(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def write_preview(image: Image.Image, out_dir: Path) -> Rendition:
    """Write the small still form of a picture, `small.webp`, into `out_dir`."""
    return _write(out_dir, "small", _encode_small(image.convert("RGB"), "post"))


def blurhash_of(image: Image.Image) -> str:
    """The blurhash of a picture."""
    return _blurhash(image.convert("RGB"))


def _write(out_dir: Path, name: str, encoded: _Encoded) -> Rendition:
    file_name = f"{name}.{_ENDINGS[encoded.family]}"
    with (out_dir / file_name).open("xb") as file:
        file.write(encoded.data)
    width, height = encoded.size
    return Rendition(
        name=file_name,
        width=width,
        height=height,
        size=len(encoded.data),
        mime=encoded.family.value,
        sha256=hashlib.sha256(encoded.data).hexdigest(),
    )
