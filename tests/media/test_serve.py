"""Serving stored files: safe types only, cached for ever, in parts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from api.kit.driver import Answer, call
from dunnock.api import files
from dunnock.api.kit import Edge, Lane, build_edge
from dunnock.media import MediaStore, read_picture, take_picture

Picture = Callable[..., Path]


@pytest.fixture
def edge(media_store: MediaStore) -> Edge:
    lane = Lane()
    files.add_to(lane, media_store.storage)

    async def nobody(_: bytes) -> None:
        return None

    return build_edge([], authenticate=nobody, lane=lane)


async def ask(edge: Edge, path: str, **headers: str) -> Answer:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return await call(edge, "GET", path, headers=pairs)


async def kept(media_store: MediaStore, picture: Path) -> tuple[str, bytes]:
    name = read_picture(await take_picture(media_store, picture, "post")).original.path
    return name, media_store.storage.path(name).read_bytes()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("family", "kind"), [("PNG", "png"), ("JPEG", "jpeg"), ("WEBP", "webp"), ("GIF", "mp4")])
async def test_whole_and_safe(edge: Edge, media_store: MediaStore, picture: Picture, family: str, kind: str) -> None:
    name, content = await kept(media_store, picture(family=family, frames=2 if family == "GIF" else 1))
    answer = await ask(edge, f"/media/{name}", accept="application/activity+json")
    assert (answer.status, answer.body) == (200, content)
    assert answer.headers["content-type"] == ("video/mp4" if kind == "mp4" else f"image/{kind}")
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"] == f'"{name.partition(".")[0]}"'


async def test_large_files_come_in_pieces(edge: Edge, media_store: MediaStore, tmp_path: Path) -> None:
    path = tmp_path / "noise.png"
    Image.effect_noise((1200, 1000), 100).save(path)
    name, content = await kept(media_store, path)
    assert len(content) > 3 * files.CHUNK
    assert (await ask(edge, f"/media/{name}")).body == content
    start, end = files.CHUNK - 5, 3 * files.CHUNK + 5
    part = await ask(edge, f"/media/{name}", range=f"bytes={start}-{end}")
    assert part.body == content[start : end + 1]


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-", 5, None),
        ("bytes=-4", -4, None),
        ("bytes=2-99999999", 2, None),
        ("bytes=-99999999", 0, None),
        ("bytes=0-", 0, None),
    ],
)
async def test_one_part(
    edge: Edge, media_store: MediaStore, picture: Picture, *, wanted: str, start: int, end: int | None
) -> None:
    name, content = await kept(media_store, picture())
    answer = await ask(edge, f"/media/{name}", range=wanted)
    assert (answer.status, answer.body) == (206, content[start:end])
    first = start % len(content)
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(answer.body) - 1}/{len(content)}"
    assert answer.headers["content-length"] == str(len(answer.body))


@pytest.mark.parametrize(
    "wanted", ["bytes=0-1,3-4", "lines=1-2", "bytes=5-2", "bytes=a-b", "bytes=-", "bytes=" + "9" * 30 + "-"]
)
async def test_what_is_no_part_is_the_whole(edge: Edge, media_store: MediaStore, picture: Picture, wanted: str) -> None:
    name, content = await kept(media_store, picture())
    answer = await ask(edge, f"/media/{name}", range=wanted)
    assert (answer.status, answer.body) == (200, content)
    assert "content-range" not in answer.headers


async def test_parts_that_are_not_there(edge: Edge, media_store: MediaStore, picture: Picture) -> None:
    name, content = await kept(media_store, picture())
    for wanted in (f"bytes={len(content)}-", "bytes=-0", "bytes=999999-1000000"):
        answer = await ask(edge, f"/media/{name}", range=wanted)
        assert (answer.status, answer.body) == (416, b"")
        assert answer.headers["content-range"] == f"bytes */{len(content)}"


async def test_known_and_changed(edge: Edge, media_store: MediaStore, picture: Picture) -> None:
    name, content = await kept(media_store, picture())
    tag = f'"{name.partition(".")[0]}"'
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = await ask(edge, f"/media/{name}", if_none_match=known)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["etag"] == tag
    assert (await ask(edge, f"/media/{name}", if_none_match='"other"')).status == 200
    assert (await ask(edge, f"/media/{name}", range="bytes=0-0", if_range=tag)).status == 206
    assert (await ask(edge, f"/media/{name}", range="bytes=0-0", if_range='"other"')).body == content


async def test_only_pictures_by_their_exact_name(edge: Edge, media_store: MediaStore, tmp_path: Path) -> None:
    """SC-003, SC-004, SC-008, SC-009: whatever lies in the storage, only pictures are served."""
    path = tmp_path / "actor"
    path.write_bytes(b'{"type":"Person"}')
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    stored = [await media_store.storage.put(path, sha256=sha256, suffix=end) for end in ("json", "html", "svg", "bin")]
    await media_store.storage.put(path, sha256=sha256, suffix="png")
    wrong = [f"{sha256.upper()}.png", f"{sha256}.png.", f"{sha256}", f"{sha256}.PNG", f"{sha256[:-1]}0.png", "..", ".lock",
             f"..%2f{sha256}.png", f"{sha256[:2]}/{sha256[2:4]}/{sha256}.png", f"{sha256}.png/", f"{sha256}.png/x",
             f"../files/{sha256}.png", "", "\0"]  # fmt: skip
    for name in [*stored, *wrong]:
        answer = await ask(edge, f"/media/{name}", accept="application/activity+json")
        assert answer.status == 404, name
        assert b"Person" not in answer.body
    answer = await ask(edge, f"/media/{sha256}.png", accept="application/activity+json")
    assert answer.headers["content-type"] == "image/png", "even what is no picture at all is called one"


@pytest.mark.parametrize(("which", "size"), [("avatars", (240, 240)), ("headers", (1500, 500))])
async def test_pictures_of_those_who_chose_none(edge: Edge, which: str, size: tuple[int, int]) -> None:
    answer = await ask(edge, f"/{which}/original/missing.png")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    with Image.open(BytesIO(answer.body)) as image:
        image.load()
        assert (image.size, image.format, image.mode) == (size, "PNG", "RGB")
