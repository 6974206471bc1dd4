"""Sound and moving pictures: what is made of them, and what is refused. The bad ones: SC-003, SC-008, FFmpeg's past."""

from __future__ import annotations

import contextlib
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from dunnock.media import limits
from dunnock.media.clip import process_clip
from dunnock.media.errors import MediaRejected, MediaTooLarge
from dunnock.media.make import make
from media.clips import facts, film, song


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def first_colour(path: Path, at: tuple[int, int]) -> tuple[int, ...]:
    with av.open(str(path)) as held:
        return next(held.decode(video=0)).to_image().getpixel(at)


@pytest.mark.parametrize(
    ("name", "codec", "sound"),
    [
        ("a.mp4", "libx264", "aac"), ("a.mov", "libx264", "aac"), ("a.mkv", "libx264", "aac"),
        ("a.webm", "libvpx-vp9", "libopus"), ("a.webm", "libvpx", "libopus"), ("a.avi", "mpeg4", "mp3"),
        ("a.mp4", "libx265", "aac"),
    ],
)  # fmt: skip
def test_every_film_becomes_mp4(tmp_path, out, name, codec, sound):
    made = process_clip(film(tmp_path / name, codec=codec, sound=sound), out)
    assert (made.kind, made.original.mime, made.original.width, made.original.height) == ("video", "video/mp4", 160, 90)
    found = facts(out / made.original.name)
    assert [one for one, _ in found["streams"]] == ["video", "audio"]
    assert [name for _, name in found["streams"]] == ["h264", "aac"]
    assert found["frames"] == 24
    assert made.clip is not None
    assert made.clip.seconds == pytest.approx(1.0, abs=0.12)
    assert (made.clip.sound, made.clip.sound_channels) == ("aac", "stereo")
    assert made.small is not None
    assert (made.small.mime, made.small.width) == ("image/webp", 160)
    assert len(made.blurhash) == 36
    head = (out / made.original.name).read_bytes()
    assert head.index(b"moov") < head.index(b"mdat"), "it plays while it is loaded"


def test_h264_with_aac_is_taken_over_as_it_is(tmp_path, out):
    source = film(tmp_path / "a.mp4")
    made = process_clip(source, out)

    def packets(path):
        with av.open(str(path)) as held:
            return [bytes(packet) for packet in held.demux(video=0) if packet.size]

    assert packets(source) == packets(out / made.original.name)


def test_a_film_without_sound_is_a_gifv(tmp_path, out):
    made = process_clip(film(tmp_path / "a.webm", codec="libvpx-vp9", sound=None), out)
    assert (made.kind, made.clip.sound) == ("gifv", None)
    assert [one for one, _ in facts(out / made.original.name)["streams"]] == ["video"]


def test_an_animated_gif_becomes_a_silent_film(tmp_path, out):
    frames = [Image.new("RGB", (61, 41), (at * 20, 10, 200)) for at in range(10)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=100, loop=0)
    made = make(tmp_path / "a.gif", out, kind="post")
    assert (made.kind, made.original.mime) == ("gifv", "video/mp4")
    assert (made.original.width, made.original.height) == (60, 40), "even sides, as every player wants them"
    found = facts(out / made.original.name)
    assert found["frames"] == 10
    assert found["seconds"] == pytest.approx(1.0, abs=0.15)


def test_a_still_gif_stays_a_picture_and_an_avatar_moves_as_before(tmp_path, out):
    Image.new("RGB", (20, 20), "red").save(tmp_path / "still.gif")
    assert make(tmp_path / "still.gif", out, kind="post").kind == "image"
    frames = [Image.new("RGB", (20, 20), (at * 20, 10, 200)) for at in range(3)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=100)
    other = tmp_path / "avatar"
    other.mkdir()
    assert make(tmp_path / "a.gif", other, kind="avatar").original.mime == "image/gif"


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp3", "libmp3lame"), ("a.ogg", "libopus"), ("a.flac", "flac"), ("a.wav", "pcm_s16le"),
     ("a.m4a", "aac"), ("a.aac", "aac")],
)  # fmt: skip
def test_every_sound_becomes_mp3(tmp_path, out, name, codec):
    made = process_clip(song(tmp_path / name, codec, rate=44_100 if codec != "libopus" else 48_000), out)
    assert (made.kind, made.original.mime, made.small, made.blurhash) == ("audio", "audio/mpeg", None, None)
    found = facts(out / made.original.name)
    assert found["streams"] == [("audio", "mp3float")] or found["streams"] == [("audio", "mp3")]
    assert made.clip.seconds == pytest.approx(1.0, abs=0.12)


def test_nothing_that_tells_of_people_is_left(tmp_path, out):
    told = {
        "location": "+48.1+011.5/",
        "comment": "at home",
        "title": "secret",
        "artist": "Ada",
        "com.apple.quicktime.make": "X",
    }
    for path in (film(tmp_path / "a.mov", metadata=told), song(tmp_path / "b.mp3", "libmp3lame", metadata=told)):
        folder = out / path.name
        folder.mkdir()
        made = process_clip(path, folder)
        data = (folder / made.original.name).read_bytes()
        for word in (b"secret", b"at home", b"Ada", b"48.1"):
            assert word not in data
        known = {
            "major_brand",
            "minor_version",
            "compatible_brands",
            "language",
            "handler_name",
            "vendor_id",
            "encoder",
        }
        assert set(facts(folder / made.original.name)["metadata"]) <= known


def test_a_film_held_sideways_is_upright(tmp_path, out):
    path = film(tmp_path / "a.mp4", size=(160, 90), sound=None)
    data = path.read_bytes()
    # The matrix of the track header, which says how to turn it: by a quarter, clockwise.
    one = (0x10000).to_bytes(4, "big")
    plain = one + bytes(12) + one + bytes(12) + (0x40000000).to_bytes(4, "big")
    turned = (
        bytes(4)
        + one
        + bytes(4)
        + (-0x10000).to_bytes(4, "big", signed=True)
        + bytes(8)
        + (90 << 16).to_bytes(4, "big")
    )
    turned += bytes(4) + (0x40000000).to_bytes(4, "big")
    at = data.index(plain, data.index(b"tkhd"))
    path.write_bytes(data[:at] + turned + data[at + 36 :])
    made = process_clip(path, out)
    assert (made.original.width, made.original.height) == (90, 160)
    red, green, _ = first_colour(out / made.original.name, (85, 80))
    assert red > 180, "the upper third is on the right now"
    assert green < 90
    still = Image.open(out / made.small.name).convert("RGB")
    assert still.size == (90, 160)
    assert still.getpixel((85, 80))[0] > 180


def test_large_films_become_smaller_and_fast_ones_slower(tmp_path, out):
    made = process_clip(film(tmp_path / "a.webm", codec="libvpx-vp9", sound=None, size=(2560, 1440), frames=3), out)
    assert made.original.width * made.original.height <= limits.CLIP_MADE_PIXELS
    other = out / "fast"
    other.mkdir()
    fast = process_clip(film(tmp_path / "b.webm", codec="libvpx-vp9", sound=None, frames=120, rate=120), other)
    assert 50 <= facts(other / fast.original.name)["frames"] <= 62


def test_a_cover_is_the_preview_of_a_song(tmp_path, out):
    Image.new("RGB", (64, 64), "teal").save(tmp_path / "cover.png")
    cover = (tmp_path / "cover.png").read_bytes()
    song(tmp_path / "a.mp3", "libmp3lame")
    body = b"\0image/png\0\x03\0" + cover
    frame = b"APIC" + len(body).to_bytes(4, "big") + bytes(2) + body
    size = len(frame)
    head = b"ID3\x03\0\0" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127])
    plain = (tmp_path / "a.mp3").read_bytes()
    start = 10 + int.from_bytes(bytes(plain[6:10]), "big") if plain.startswith(b"ID3") else 0
    (tmp_path / "b.mp3").write_bytes(head + frame + plain[start:])
    made = process_clip(tmp_path / "b.mp3", out)
    assert made.kind == "audio"
    assert made.small is not None
    assert Image.open(out / made.small.name).convert("RGB").getpixel((5, 5)) == pytest.approx((0, 128, 128), abs=6)
    assert b"APIC" not in (out / made.original.name).read_bytes()


def test_too_many_pixels_or_frames_a_second(tmp_path, out):
    with pytest.raises(MediaRejected) as refused:
        process_clip(film(tmp_path / "a.avi", codec="mpeg4", sound=None, size=(4096, 2304), frames=1), out)
    assert refused.value.text == "4096x2304 videos are not supported"
    with pytest.raises(MediaRejected) as refused:
        process_clip(film(tmp_path / "b.mp4", sound=None, rate=240, frames=10), out)
    assert refused.value.text == "240fps videos are not supported"


BAD = {
    "nothing": b"",
    "a playlist that reads files": b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "a list of files": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
    "an empty MP4": (16).to_bytes(4, "big") + b"ftypisom\0\0\2\0",
    "a broken Matroska": b"\x1a\x45\xdf\xa3" + bytes(200),
    "a broken Ogg": b"OggS" + bytes(200),
    "noise as MP3": b"\xff\xfb" + np.random.default_rng(1).bytes(5_000),
    "noise as FLAC": b"fLaC" + np.random.default_rng(2).bytes(5_000),
    "a RIFF without sound": b"RIFF" + (100).to_bytes(4, "little") + b"WAVE" + bytes(100),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_neither_sound_nor_picture(tmp_path, out, what):
    path = tmp_path / "bad.mp4"
    path.write_bytes(BAD[what])
    with pytest.raises(MediaRejected):
        process_clip(path, out)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_half_a_film_is_refused_or_cut_never_a_crash(tmp_path, out, share):
    data = film(tmp_path / "a.mkv").read_bytes()
    (tmp_path / "half.mkv").write_bytes(data[: int(len(data) * share)])
    try:
        made = process_clip(tmp_path / "half.mkv", out)
    except MediaRejected:
        return
    assert facts(out / made.original.name)["frames"] <= 24


def test_damaged_films_never_crash(tmp_path):
    data = bytearray(film(tmp_path / "a.mp4").read_bytes())
    chance = np.random.default_rng(7)
    for number in range(25):
        broken = bytearray(data)
        for at in chance.integers(0, len(data), 40):
            broken[at] ^= int(chance.integers(1, 256))
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "b.mp4").write_bytes(broken)
        with contextlib.suppress(MediaRejected, MediaTooLarge):
            process_clip(folder / "b.mp4", folder)


def test_too_many_bytes(tmp_path, out, monkeypatch):
    monkeypatch.setattr(limits, "CLIP_BYTES", 1000)
    with pytest.raises(MediaTooLarge):
        process_clip(film(tmp_path / "a.mp4"), out)
