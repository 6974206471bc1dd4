"""What a picture looks like stays nearly the same in copies of it: against the reference, and through the media worker."""

from __future__ import annotations

import av
import numpy as np
import pytest
from PIL import Image, ImageEnhance

from dunnock.media.clip import process_clip
from dunnock.media.nearness import SAME, apart
from dunnock.media.pdq import pdq
from dunnock.media.process import process


def scene(seed, height=384, width=512):
    """Discs of many colours and sizes over each other."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    out = np.zeros((height, width, 3))
    for _ in range(24):
        cy, cx, r = rng.uniform(0, height), rng.uniform(0, width), rng.uniform(20, 120)
        out += np.where(((y - cy) ** 2 + (x - cx) ** 2 < r * r)[..., None], rng.uniform(-90, 90, 3), 0)
    return np.clip(out + 128, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("seed", "hexadecimal"),
    [
        (1, "1f80d92be03f2c9cd3427a04a96dfd6bfab4d1c05e2b1c0b85cd2af0b478c38f"),
        (2, "f20a754bcd6f0ae53bb4647270d9d6956f338d6819fe000d264329584e5ade3e"),
        (3, "458773fc8358850f6a395a11378346ed11782639d0f5a8334e8db5d965e3db6c"),
    ],
)
def test_it_is_what_the_reference_gives(seed, hexadecimal):
    """Made by pdqhash 0.2.8, which wraps ThreatExchange's own code."""
    assert pdq(scene(seed)) == hexadecimal


def test_pictures_without_structure_have_none():
    assert pdq(np.full((300, 300, 3), 80, np.uint8)) is None
    assert pdq(scene(1)[:40]) is None


def test_different_pictures_are_far_apart():
    prints = [pdq(scene(seed)) for seed in range(25)]
    assert min(apart(a, b) for n, a in enumerate(prints) for b in prints[:n]) > 2 * SAME


def print_of(tmp_path, image, name, **options):
    source, out = tmp_path / name, tmp_path / f"{name}.out"
    out.mkdir()
    image.save(source, **options)
    (told,) = process(source, out, kind="post").prints
    return told


def test_copies_of_a_picture_are_known_again(tmp_path):
    image = Image.fromarray(scene(5))
    first = print_of(tmp_path, image, "a.png")
    copies = [
        print_of(tmp_path, image, "b.jpg", quality=35),
        print_of(tmp_path, image.resize((230, 170)), "c.webp", quality=60),
        print_of(tmp_path, ImageEnhance.Brightness(image).enhance(1.15), "d.jpg", quality=80),
    ]
    assert max(apart(first, one) for one in copies) <= SAME
    assert apart(first, print_of(tmp_path, Image.fromarray(scene(6)), "f.png")) > SAME


def film(path, seed, *, codec="libx264", size=(320, 240), rate=24, options=None):
    """Four scenes of half a second each."""
    with av.open(str(path), "w") as made:
        video = made.add_stream(codec, rate=rate, options=options or {})
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        for number in range(2 * rate):
            shown = Image.fromarray(scene(seed + number * 2 // rate, 240, 320)).resize(size)
            for packet in video.encode(av.VideoFrame.from_image(shown)):
                made.mux(packet)
        for packet in video.encode(None):
            made.mux(packet)
    return path


def test_encoded_anew_a_film_is_known_again(tmp_path):
    """Each of the three copies shares most of what is seen at its moments with the first one."""
    films = [
        film(tmp_path / "a.mp4", 10),
        film(tmp_path / "b.mp4", 10, size=(192, 144), options={"crf": "34"}),
        film(tmp_path / "c.webm", 10, codec="libvpx", rate=12),
        film(tmp_path / "d.mkv", 10, options={"g": "7"}),
        film(tmp_path / "e.mp4", 40),
    ]
    prints = []
    for path in films:
        out = tmp_path / f"{path.name}.out"
        out.mkdir()
        prints.append(process_clip(path, out).prints)
    first, *copies, other = prints
    assert len(first) >= 3
    for copy in copies:
        known = [one for one in copy if min(apart(one, held) for held in first) <= SAME]
        assert len(known) >= 2, "moments lie at the edges of scenes"
    assert not [one for one in other if min(apart(one, held) for held in first) <= SAME]
