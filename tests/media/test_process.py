"""What `process` keeps, makes and refuses, on real files made by Pillow and by hand."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from dunnock.media import limits
from dunnock.media.blurhash import blurhash
from dunnock.media.errors import MediaRejected, MediaTooLarge
from dunnock.media.process import process
from dunnock.media.sniff import MediaType, sniff

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dunnock.media.rendition import ImageKind, Processed, Rendition

    Run = Callable[..., tuple[Processed, Path]]

SECRET = b"<script>alert(1)</script>"


def gradient(width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    y, x = np.mgrid[0:height, 0:width]
    channels = (x * 255 // max(1, width - 1), y * 255 // max(1, height - 1), (x * 7 + y * 13) % 256)
    return np.stack(channels, -1).astype(np.uint8)


def picture(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    return Image.fromarray(gradient(width, height)).convert(mode)


def encoded(image: Image.Image, family: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, family, **options)
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_header(width: int, height: int) -> bytes:
    size = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + size + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def gif_of(frames: int, *, width: int = 2, height: int = 2) -> bytes:
    one = b"\x21\xf9\x04\x00\x05\x00\x00\x00\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return head + one * frames + b";"


def moving(count: int = 3, size: tuple[int, int] = (40, 30)) -> list[Image.Image]:
    return [Image.new("RGB", size, (80 * index % 256, 200 - index, 40)) for index in range(count)]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    made = 0

    def run(data: bytes, kind: ImageKind = "post") -> tuple[Processed, Path]:
        nonlocal made
        made += 1
        source, out = tmp_path / f"in{made}", tmp_path / f"out{made}"
        source.write_bytes(data)
        out.mkdir()
        return process(source, out, kind=kind), out

    return run


def files(made: Processed) -> list[Rendition]:
    return [file for file in (made.original, made.small, made.static) if file is not None]


def opened(out: Path, file: Rendition) -> Image.Image:
    with Image.open(out / file.name) as image:
        image.load()
        return image


@pytest.mark.parametrize(
    ("family", "media_type", "kept"),
    [
        ("JPEG", MediaType.JPEG, "image/jpeg"),
        ("PNG", MediaType.PNG, "image/png"),
        ("GIF", MediaType.GIF, "image/png"),
        ("WEBP", MediaType.WEBP, "image/webp"),
        ("AVIF", MediaType.AVIF, "image/webp"),
    ],
)
def test_each_family_is_known_and_kept(run: Run, family: str, media_type: MediaType, kept: str) -> None:
    data = encoded(picture(), family)
    assert sniff(data[: limits.SNIFF_BYTES]) is media_type
    made, out = run(data)
    assert (made.original.mime, made.original.width, made.original.height) == (kept, 64, 48)
    assert made.small.mime == "image/webp"
    assert made.static is None
    assert not made.animated
    for file in files(made):
        stored = (out / file.name).read_bytes()
        assert (file.size, file.sha256) == (len(stored), hashlib.sha256(stored).hexdigest())
        found = sniff(stored)
        assert found is not None
        assert found.value == file.mime
        assert opened(out, file).size == (file.width, file.height)
    assert made.sha256 == made.original.sha256
    assert sorted(path.name for path in out.iterdir()) == sorted(file.name for file in files(made))
    pixels = np.asarray(opened(out, made.original).convert("RGB")).astype(int)
    assert np.abs(pixels - gradient(64, 48)).mean() < 30


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"{",
        b'{"@context":"https://www.w3.org/ns/activitystreams","type":"Note"}',
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"MM\x00*\x00\x00",
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42",
        b"\x00\x00\x01\xba",
        b"GIF88a",
    ],
)
def test_other_things_are_no_images(run: Run, head: bytes) -> None:
    """SC-003, SC-004, SC-008, SC-102: an activity, a script or another format never gets as far as a decoder."""
    assert sniff(head) is None
    with pytest.raises(MediaRejected) as refused:
        run(head)
    assert refused.value.text in ("The file is empty", MediaRejected.safe)


def test_avif_is_found_behind_other_major_brands() -> None:
    assert sniff(b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf") is MediaType.AVIF
    assert sniff(b"\x00\x00\x00\x10ftypmif1\x00\x00\x00\x00avif") is None


@pytest.mark.parametrize(
    ("pixels", "components", "expected"),
    [
        (np.zeros((8, 8, 3), np.uint8), (4, 4), "U00000fQfQfQfQfQfQfQfQfQfQfQfQfQfQfQ"),
        (np.full((8, 8, 3), 255, np.uint8), (4, 4), "UfTSUA~qfQ~q~qt7fQt7fQfQfQfQ~qt7fQt7"),
        (np.full((5, 3, 3), (255, 0, 0), np.uint8), (4, 4), "U~TI:j|cfQ|c]9$5fQ$5fQfQfQfQ]9$5fQ$5"),
        (gradient(32, 24), (4, 4), "U$Hewc2nwyX8l~WBjpe;gIfdfSfmn$WqjyfS"),
        (gradient(32, 24), (5, 3), "M$Hewc2nwyX8a{l~WBjpe;fOgIfdfSfmfP"),
        (gradient(32, 24), (1, 1), "00Hewc"),
        (gradient(3, 60), (4, 4), "U~Jj;]CQ6i}[h*Z*a_ifgIf*fRf$jDawa{jY"),
        (gradient(1, 1), (4, 4), "U00000fQfQfQfQfQfQfQfQfQfQfQfQfQfQfQ"),
    ],
)
def test_blurhash_is_what_others_compute(pixels: Any, components: tuple[int, int], expected: str) -> None:
    """The expected strings were computed with PyPI's blurhash 1.1.5."""
    assert blurhash(pixels, components=components) == expected


def test_large_pictures_are_made_smaller(run: Run) -> None:
    made, _ = run(encoded(Image.new("L", (4000, 3000), 99), "JPEG"))
    assert made.original.width * made.original.height <= limits.ORIGINAL_PIXELS
    assert (made.original.width, made.original.height) == (3325, 2494)
    assert limits.SMALL_PIXELS * 0.98 < made.small.width * made.small.height <= limits.SMALL_PIXELS


@pytest.mark.parametrize(
    ("kind", "size", "small"), [("avatar", (400, 400), (120, 120)), ("header", (1500, 500), (600, 200))]
)
@pytest.mark.parametrize("source", [(1000, 300), (30, 80), (1, 1)])
def test_avatars_and_headers_are_filled(
    run: Run, kind: str, size: tuple[int, int], small: tuple[int, int], source: tuple[int, int]
) -> None:
    made, out = run(encoded(picture(*source), "JPEG"), kind)
    assert opened(out, made.original).size == size
    assert opened(out, made.small).size == small


def test_emoji_fit_their_box(run: Run) -> None:
    made, _ = run(encoded(picture(300, 100, "RGBA"), "PNG"), "emoji")
    assert (made.original.width, made.original.height, made.original.mime) == (128, 42, "image/png")
    assert (made.small.width, made.small.height) == (64, 21)
    with pytest.raises(MediaTooLarge) as refused:
        run(encoded(picture(), "PNG") + b"\0" * 256 * 1024, "emoji")
    assert "256 KB" in refused.value.text


def test_an_animated_emoji_is_made_smaller_until_it_is_small_enough(run: Run) -> None:
    random = np.random.default_rng(5)
    frames = [Image.fromarray(random.integers(0, 255, (64, 64, 3), np.uint8)) for _ in range(24)]
    data = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], quality=60)
    assert len(data) < limits.SOURCE_BYTES["emoji"]
    made, _ = run(data, "emoji")
    assert made.animated
    assert made.original.size <= limits.EMOJI_BYTES


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("family", "kind"), [("JPEG", "post"), ("JPEG", "avatar"), ("PNG", "post")])
def test_pictures_are_turned_upright(run: Run, orientation: int, family: str, kind: str) -> None:
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # upright -> as the camera stored it, Image.Transpose
    upright = Image.new("RGB", (40, 20) if kind == "post" else (40, 40), "blue")
    upright.paste("red", (0, 0, 20, 10) if kind == "post" else (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = upright if orientation == 1 else upright.transpose(Image.Transpose(undo[orientation]))
    made, out = run(encoded(stored, family, exif=exif), kind)
    for file in files(made):
        image = opened(out, file).convert("RGB")
        right, bottom = image.width - 3, image.height - 3
        assert image.width == image.height * (2 if kind == "post" else 1)
        corners = [image.getpixel(at) for at in ((2, 2), (right, 2), (2, bottom), (right, bottom))]
        assert [corner[0] > corner[2] for corner in corners] == [True, False, False, False]  # type: ignore[index]


def test_no_metadata_survives(run: Run) -> None:
    """SC-003, SC-004: places, comments, profiles and scripts of theirs are in none of the files that we serve."""
    exif = Image.Exif()
    exif[0x010F] = "CANARY camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 29: "CANARY"})
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "CANARY <script>alert(1)</script>")
    text.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>CANARY</x:xmpmeta>")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = b"<x:xmpmeta>CANARY</x:xmpmeta>"
    extra: dict[str, dict[str, Any]] = {
        "JPEG": {"exif": exif, "comment": b"CANARY", "xmp": xmp, "icc_profile": profile},
        "PNG": {"exif": exif, "pnginfo": text, "icc_profile": profile},
        "WEBP": {"exif": exif, "xmp": xmp, "icc_profile": profile},
        "AVIF": {"exif": exif, "xmp": xmp, "icc_profile": profile},
        "GIF": {"comment": b"CANARY"},
    }
    for family, options in extra.items():
        data = encoded(picture(), family, **options)
        assert b"CANARY" in data
        for kind in ("post", "avatar", "header", "emoji"):
            made, out = run(data, kind)
            for file in files(made):
                stored = (out / file.name).read_bytes()
                for word in (b"CANARY", b"script", b"Exif", b"EXIF", b"eXIf", b"xmp", b"iCCP", b"ICCP", b"ICC_PROFILE"):
                    assert word not in stored, (family, kind, file.name, word)
                image = opened(out, file)
                assert not image.getexif()
                assert not {"exif", "xmp", "icc_profile", "comment", "Comment"} & set(image.info)
    frames = moving()
    for family in ("GIF", "PNG", "WEBP", "AVIF"):
        data = encoded(frames[0], family, save_all=True, append_images=frames[1:], **extra[family])
        made, out = run(data)
        assert made.animated
        assert all(b"CANARY" not in (out / file.name).read_bytes() for file in files(made))


@pytest.mark.parametrize("family", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
@pytest.mark.parametrize("tail", [b"PK\x03\x04" + SECRET + b"PK\x05\x06" + b"\0" * 18, b"<html>" + SECRET])
def test_bytes_behind_the_picture_are_dropped(run: Run, family: str, tail: bytes) -> None:
    """SC-003, SC-004, SC-102: a picture that is also an archive or a page is only a picture afterwards."""
    made, out = run(encoded(picture(), family) + tail)
    for file in files(made):
        stored = (out / file.name).read_bytes()
        assert SECRET not in stored
        assert b"PK\x05\x06" not in stored


def test_a_gif_that_is_also_a_script_is_only_a_picture(run: Run) -> None:
    """SC-003, SC-004: `GIF89a/*` ... `*/=1;alert(1)` with the script in the size and in a comment block."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    comment = b"*/=1;alert(1)//"
    data = b"GIF89a" + b"/*\x08\x00" + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    data += b"\x21\xfe" + bytes([len(comment)]) + comment + b"\0" + frame + b";" + comment
    made, out = run(data)
    assert made.original.mime == "image/png"
    assert all(b"alert" not in (out / file.name).read_bytes() for file in files(made))


def test_output_names_and_places_are_ours(run: Run, tmp_path: Path) -> None:
    """SC-102: nothing in the file or its name chooses where we write, and nothing that is there is overwritten."""
    source, out = tmp_path / "..%2f..%2fevil.php;.svg", tmp_path / "out"
    source.write_bytes(encoded(picture(), "PNG"))
    out.mkdir()
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    process(source, out, kind="post")
    assert {path for path in tmp_path.rglob("*") if path.is_file()} - before == {
        out / "original.png",
        out / "small.webp",
    }
    with pytest.raises(FileExistsError):
        process(source, out, kind="post")
    victim = tmp_path / "victim"
    other = tmp_path / "other"
    other.mkdir()
    (other / "original.png").symlink_to(victim)
    with pytest.raises(FileExistsError):
        process(source, other, kind="post")
    assert not victim.exists()


@pytest.mark.parametrize("family", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_truncated_files_are_refused(run: Run, tmp_path: Path, family: str, share: float) -> None:
    data = encoded(picture(200, 150), family)
    with pytest.raises(MediaRejected):
        run(data[: int(len(data) * share)])
    assert not list(tmp_path.glob("out*/*"))


@pytest.mark.parametrize("family", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_damaged_files_raise_nothing_else(run: Run, family: str) -> None:
    """A decoder meeting flipped bytes answers with a picture or a refusal, never with another error."""
    random = np.random.default_rng(7)
    good = np.frombuffer(encoded(picture(), family), np.uint8)
    refused = 0
    for _ in range(40):
        bad = good.copy()
        bad[random.integers(12, len(bad), 8)] = random.integers(0, 255, 8)
        try:
            run(bad.tobytes())
        except MediaRejected:
            refused += 1
    assert refused > 0


@pytest.mark.parametrize(
    "data",
    [
        png_header(50_000, 50_000),
        png_header(33_177_601, 1),
        png_header(2**31 - 1, 2**31 - 1),
        encoded(Image.new("L", (8, 8)), "JPEG").replace(b"\x08\x00\x08\x00\x08", b"\x08\xff\xff\xff\xff"),
        gif_of(1, width=65_535, height=65_535),
        b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff\xff\x3f" * 2 + b"VP8L",
        b"RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0\x2f" + b"\xff\xff\xff\x0f" + b"\0" * 12,
    ],
)
def test_bombs_are_refused_by_their_header(run: Run, data: bytes) -> None:
    with pytest.raises(MediaRejected) as refused:
        run(data)
    assert "too many pixels" in refused.value.text


def test_animations_have_limits(run: Run) -> None:
    with pytest.raises(MediaRejected) as refused:
        run(gif_of(10_000))
    assert "too many frames" in refused.value.text
    with pytest.raises(MediaRejected) as refused:
        run(gif_of(900, width=1000, height=1000))
    assert "too many pixels in all" in refused.value.text


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_png_modes(run: Run, mode: str) -> None:
    image = picture(mode=mode) if mode != "I;16" else Image.fromarray(gradient(64, 48)[..., 0].astype(np.uint16) * 257)
    made, out = run(encoded(image, "PNG"))
    got = np.asarray(opened(out, made.original).convert("RGB")).astype(int)
    want = gradient(64, 48)[..., :1].repeat(3, 2) if mode == "I;16" else np.asarray(image.convert("RGB"))
    assert np.abs(got - want).max() <= 1


def test_palettes_and_their_transparency_stay(run: Run) -> None:
    image = picture().quantize(16)
    made, out = run(encoded(image, "PNG", transparency=3))
    kept = opened(out, made.original)
    assert kept.mode == "P"
    holes = np.asarray(image) == 3
    assert holes.any()
    for file in files(made):
        alpha = np.asarray(opened(out, file).convert("RGBA"))[..., 3]
        assert ((alpha < 128) == holes).mean() > 0.95
    shrunk, out = run(encoded(image, "PNG", transparency=3), "avatar")
    assert opened(out, shrunk.original).mode == "RGBA"


def test_cmyk_becomes_rgb(run: Run) -> None:
    made, out = run(encoded(Image.new("CMYK", (32, 32), (0, 255, 255, 0)), "JPEG"))
    kept = opened(out, made.original)
    assert kept.mode == "RGB"
    red, green, blue = kept.getpixel((5, 5))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 80


def test_colours_are_converted_before_the_profile_goes(run: Run) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # The same profile under another name and with red and green exchanged.
    profile = profile.replace("sRGB".encode("utf-16-be"), "ours".encode("utf-16-be"))
    profile = profile.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")
    for family in ("PNG", "JPEG", "WEBP", "AVIF"):
        for kind in ("post", "avatar"):
            made, out = run(encoded(Image.new("RGB", (16, 16), "red"), family, icc_profile=profile), kind)
            red, green, blue = opened(out, made.original).getpixel((3, 3))  # type: ignore[misc]
            assert green > 240, family
            assert max(red, blue) < 20, family
    made, out = run(encoded(Image.new("RGB", (16, 16), (100, 100, 100)), "PNG", icc_profile=b"nonsense" * 20))
    assert opened(out, made.original).getpixel((3, 3)) == (100, 100, 100)


@pytest.mark.parametrize("size", [(1, 1), (20_000, 1), (1, 20_000)])
@pytest.mark.parametrize("family", ["JPEG", "PNG", "GIF"])
def test_odd_shapes(run: Run, size: tuple[int, int], family: str) -> None:
    made, out = run(encoded(Image.new("RGB", size, "green"), family))
    for file in files(made):
        assert opened(out, file).size == (file.width, file.height)
    assert len(made.blurhash) == 36


@pytest.mark.parametrize(
    ("family", "kept"), [("GIF", "image/gif"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("AVIF", "image/webp")]
)
@pytest.mark.parametrize(("kind", "size"), [("post", (40, 30)), ("avatar", (400, 400)), ("emoji", (40, 30))])
def test_animations_stay_animations(run: Run, family: str, kept: str, kind: str, size: tuple[int, int]) -> None:
    frames = moving()
    made, out = run(
        encoded(frames[0], family, save_all=True, append_images=frames[1:], duration=[50, 120, 200], loop=0), kind
    )
    assert made.animated
    assert made.original.mime == kept
    shown = []
    with Image.open(out / made.original.name) as image:
        assert image.size == size
        assert image.n_frames == 3  # type: ignore[attr-defined]
        for index, frame in enumerate(frames):
            image.seek(index)
            got, want = image.convert("RGB").getpixel((9, 9)), frame.getpixel((9, 9))
            assert max(abs(a - b) for a, b in zip(got, want, strict=True)) < 12  # type: ignore[arg-type]
            shown.append(round(image.info["duration"]))
        assert shown == [50, 120, 200]
        assert image.info["loop"] == 0
    assert made.static is not None
    still = opened(out, made.static)
    assert not getattr(still, "is_animated", False)
    assert still.size == size


def test_large_animations_lose_size_and_no_frames(run: Run) -> None:
    frames = moving(45, (1000, 800))
    made, out = run(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    with Image.open(out / made.original.name) as image:
        assert image.n_frames == 45  # type: ignore[attr-defined]
        assert limits.ANIMATION_PIXELS * 0.98 < image.width * image.height * 45 <= limits.ANIMATION_PIXELS


def test_transparent_animations_clear_between_frames(run: Run) -> None:
    frames = []
    for at in (0, 10, 20):
        frame = Image.new("RGBA", (30, 10), (0, 0, 0, 0))
        frame.paste((255, 0, 0, 255), (at, 0, at + 10, 10))
        frames.append(frame)
    made, out = run(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], disposal=2))
    with Image.open(out / made.original.name) as image:
        for index, at in enumerate((5, 15, 25)):
            image.seek(index)
            alpha = np.asarray(image.convert("RGBA"))[5, (5, 15, 25), 3]
            assert [bool(value) for value in alpha] == [x == at for x in (5, 15, 25)]
