"""Uploads and custom emoji over whole requests, as clients send them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from api.kit.driver import Answer, call
from dunnock import media as pictures
from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.api import files
from dunnock.api.kit import Caller, EdgeSettings, Lane, Limits, build_edge
from dunnock.api.mastodon import custom_emojis, media
from dunnock.api.mastodon.render import Render
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.media import MediaStore
from dunnock.media.upload import process_waiting
from dunnock.posts.views import PostViews
from making import Make
from media.clips import film, song

URL = "https://home.example"
V1, V2 = "/api/v1/media", "/api/v2/media"
ALL = frozenset(("read", "write"))


def image(family: str = "PNG", size: tuple[int, int] = (60, 40), **more: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, family, **more)
    return out.getvalue()


def multipart(**fields: str | bytes) -> bytes:
    parts = []
    for name, value in fields.items():
        if isinstance(value, bytes):
            head = f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="a.png"\r\n\r\n'
            parts.append(head.encode() + value + b"\r\n")
        else:
            parts.append(f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    return b"".join(parts) + b"--x--\r\n"


class Client:
    """Requests of members; a token is an account's id, `id:scope` for one scope only."""

    def __init__(self, db: Db, media_store: MediaStore) -> None:
        render = Render(db, views := AccountViews(db), PostViews(db, views), Viewers(db), public_url=URL)
        lane = Lane()
        files.add_to(lane, media_store.storage)
        settings = Settings(data=Path("/nowhere"), public_url=URL, media_limit_mb=1)
        given = {"db": db, "render": render, "media_store": media_store, "settings": settings}
        self.app = build_edge(
            [*media.HANDLERS, *custom_emojis.HANDLERS],
            authenticate=self._authenticate,
            settings=EdgeSettings(dev=True, limits=Limits(upload_bytes=2_000_000)),
            lane=lane,
            given=given,
        )

    async def _authenticate(self, token: bytes) -> Caller | None:
        who, _, scope = token.decode().partition("=")
        held = frozenset([scope]) if scope else ALL
        return Caller(token_id=1, app_id=1, member_id=int(who), account_id=int(who), scopes=held)

    async def ask(self, method: str, path: str, who: Any, scope: str = "", **fields: str | bytes) -> Answer:
        body = multipart(**fields) if fields else b""
        kind = "multipart/form-data; boundary=x" if fields else None
        token = None if who is None else f"{who.id}={scope}"
        return await call(self.app, method, path, body, kind=kind, token=token, chunk=60_000)


@pytest.fixture
async def media_store(tmp_path: Path) -> AsyncIterator[MediaStore]:
    store = MediaStore.local(tmp_path / "media")
    yield store
    await store.aclose()


@pytest.fixture
async def client(db: Db, media_store: MediaStore) -> Client:
    return Client(db, media_store)


@pytest.mark.parametrize("path", [V1, V2])
@pytest.mark.both_engines
async def test_upload_show_change_remove(client: Client, make: Make, path: str) -> None:
    anna = await make.member()
    sent = await client.ask(
        "POST", path, anna, file=image("JPEG", (1600, 900)), description="A field", focus="0.5,-0.5"
    )
    assert sent.status == 200, sent
    entity = sent.json
    assert sent.headers["content-type"].startswith("application/json")
    assert entity["url"].startswith(f"{URL}/media/")
    assert entity["url"].endswith(".jpg")
    assert entity["preview_url"].startswith(f"{URL}/media/")
    assert entity["preview_url"] != entity["url"]
    assert entity["meta"]["original"] == {"width": 1600, "height": 900, "size": "1600x900", "aspect": 16 / 9}
    assert entity["meta"]["small"]["width"] < 700
    assert entity["meta"]["focus"] == {"x": 0.5, "y": -0.5}
    assert {name: entity[name] for name in ("type", "description", "remote_url", "preview_remote_url", "text_url")} == {
        "type": "image",
        "description": "A field",
        "remote_url": None,
        "preview_remote_url": None,
        "text_url": None,
    }
    assert entity["id"].isdigit()
    assert entity["blurhash"]
    one = f"{V1}/{entity['id']}"
    assert (await client.ask("GET", one, anna)).json == entity
    changed = await client.ask("PUT", one, anna, description="Grass")
    assert changed.json == entity | {"description": "Grass"}
    changed = await client.ask("PUT", one, anna, focus="0,0", description="")
    assert (changed.json["description"], changed.json["meta"]["focus"]) == (None, {"x": 0, "y": 0})
    served = await client.ask("GET", entity["url"].removeprefix(URL), None)
    assert (served.status, served.headers["content-type"]) == (200, "image/jpeg")
    gone = await client.ask("DELETE", one, anna)
    assert (gone.status, gone.json) == (200, {})
    assert (await client.ask("GET", one, anna)).status == 404


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"description": "no file"}, 422, "File can't be blank"),
        ({"file": "just text"}, 422, ""),
        ({"file": b"<html>"}, 422, "Validation failed: File content type is invalid, File is invalid"),
        ({"file": image()[:-20]}, 422, "damaged"),
        ({"file": b"\xff\xd8\xff" + b"\0" * 3_000_000}, 413, ""),
        ({"file": b"\xff\xd8\xff" + b"\0" * 1_500_000}, 413, "at most 1 MB"),
        ({"file": image(), "description": "x" * 1501}, 422, "too long"),
        ({"file": image(), "focus": "2,0"}, 422, "Focus"),
        ({"file": image(), "focus": "nan,nan"}, 422, "Focus"),
        ({"file": image(), "focus": "left"}, 422, "Focus"),
        ({"file": image(), "thumbnail": b"<html>"}, 422, "is not an image"),
    ],
)
async def test_bad_input_is_refused_in_json(
    client: Client, make: Make, events: Any, *, fields: dict[str, Any], status: int, words: str
) -> None:
    anna = await make.member()
    for path in (V1, V2):
        answer = await client.ask("POST", path, anna, **fields)
        assert answer.status == status, answer
        assert set(answer.json) == {"error"}
        assert words in answer.json["error"]
    assert await events() == []


async def test_only_ones_own_and_with_the_scope(client: Client, make: Make) -> None:
    """SC-061."""
    anna, eve = await make.member(), await make.member()
    an_id = (await client.ask("POST", V2, anna, file=image())).json["id"]
    for method in ("GET", "PUT", "DELETE"):
        more = {"description": "x"} if method == "PUT" else {}
        assert (await client.ask(method, f"{V1}/{an_id}", eve, **more)).status == 404
        assert (await client.ask(method, f"{V1}/123", anna, **more)).status == 404
        assert (await client.ask(method, f"{V1}/nonsense", anna, **more)).status == 404
        assert (await client.ask(method, f"{V1}/{an_id}", None, **more)).status == 401
        assert (await client.ask(method, f"{V1}/{an_id}", anna, "read", **more)).status == 403
    for path in (V1, V2):
        assert (await client.ask("POST", path, None, file=image())).status == 401
        assert (await client.ask("POST", path, anna, "write:statuses", file=image())).status == 403
        assert (await client.ask("POST", path, anna, "write:media", file=image())).status == 200


async def test_what_a_post_uses_is_changed_with_the_post(client: Client, db: Db, make: Make) -> None:
    anna = await make.member()
    an_id = (await client.ask("POST", V2, anna, file=image())).json["id"]
    post = await make.post(anna)
    async with db.begin() as tx:
        await pictures.claim(tx, [int(an_id)], account_id=anna.id, post_id=post.id)
    assert (await client.ask("GET", f"{V1}/{an_id}", anna)).status == 200
    assert (await client.ask("PUT", f"{V1}/{an_id}", anna, description="x")).status == 404
    refused = await client.ask("DELETE", f"{V1}/{an_id}", anna)
    assert (refused.status, refused.json) == (422, {"error": "Media attachment is currently used by a status"})


async def test_202_then_206_then_200(
    client: Client, db: Db, make: Make, media_store: MediaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "PATIENCE_S", 0.001)
    anna = await make.member()
    sent = await client.ask("POST", V2, anna, file=image(size=(3000, 2000)), description="Slow")
    assert (sent.status, sent.json["url"], sent.json["description"]) == (202, None, "Slow")
    one = f"{V1}/{sent.json['id']}"
    asked = await client.ask("GET", one, anna)
    assert (asked.status, asked.json) == (206, sent.json)
    changed = await client.ask("PUT", one, anna, description="Described meanwhile", focus="0.5,-1")
    assert (changed.status, changed.json["meta"]) == (206, {"focus": {"x": 0.5, "y": -1}})
    await process_waiting(db, media_store, pictures.ProcessMedia(media_id=int(sent.json["id"])))
    ready = await client.ask("GET", one, anna)
    assert (ready.status, ready.json["description"]) == (200, "Described meanwhile")
    assert ready.json["meta"]["focus"] == {"x": 0.5, "y": -1}
    assert ready.json["url"].endswith(".png")


async def later(client: Client, db: Db, media_store: MediaStore, sent: Answer) -> None:
    """The job of what was sent."""
    assert (sent.status, sent.json["url"]) == (202, None)
    await process_waiting(db, media_store, pictures.ProcessMedia(media_id=int(sent.json["id"])))


async def test_a_film(client: Client, db: Db, make: Make, media_store: MediaStore, tmp_path: Path) -> None:
    anna = await make.member()
    film(tmp_path / "a.webm", codec="libvpx-vp9", sound="libopus")
    sent = await client.ask("POST", V2, anna, file=(tmp_path / "a.webm").read_bytes(), description="A sunrise")
    assert (sent.json["type"], sent.json["preview_url"], sent.json["meta"]) == ("video", None, None)
    one = f"{V1}/{sent.json['id']}"
    assert (await client.ask("GET", one, anna)).status == 206
    await later(client, db, media_store, sent)
    ready = await client.ask("GET", one, anna)
    assert ready.status == 200
    entity = ready.json
    assert entity == sent.json | {
        "url": entity["url"],
        "preview_url": entity["preview_url"],
        "blurhash": entity["blurhash"],
        "meta": {
            "length": entity["meta"]["length"],
            "duration": entity["meta"]["duration"],
            "fps": 24,
            "size": "160x90",
            "width": 160,
            "height": 90,
            "aspect": 16 / 9,
            "audio_encode": "aac",
            "audio_bitrate": "48000 Hz",
            "audio_channels": "stereo",
            "original": {
                "width": 160,
                "height": 90,
                "frame_rate": "24/1",
                "duration": entity["meta"]["duration"],
                "bitrate": entity["meta"]["original"]["bitrate"],
            },
            "small": {"width": 160, "height": 90, "size": "160x90", "aspect": 16 / 9},
        },
    }
    assert entity["meta"]["length"].startswith("0:00:01.")
    assert len(entity["blurhash"]) == 36
    for name, kind in (("url", "video/mp4"), ("preview_url", "image/webp")):
        served = await client.ask("GET", entity[name].removeprefix(URL), None)
        assert (served.status, served.headers["content-type"]) == (200, kind)
    assert not any((tmp_path / "media").rglob("*.part"))


@pytest.mark.parametrize("path", [V1, V2])
@pytest.mark.both_engines
async def test_sound_with_a_picture_for_it(
    client: Client, db: Db, make: Make, media_store: MediaStore, *, path: str, tmp_path: Path
) -> None:
    anna = await make.member()
    song(tmp_path / "a.ogg", "libopus")
    sent = await client.ask(
        "POST", path, anna, file=(tmp_path / "a.ogg").read_bytes(), thumbnail=image("PNG", (200, 100))
    )
    assert sent.json["type"] == "audio"
    if path == V2:
        await later(client, db, media_store, sent)
    one = f"{V1}/{sent.json['id']}"
    ready = (await client.ask("GET", one, anna)).json
    assert ready["url"].endswith(".mp3")
    assert ready["meta"]["small"]["size"] == "200x100"
    assert set(ready["meta"]["original"]) == {"duration", "bitrate"}
    changed = await client.ask("PUT", one, anna, thumbnail=image("PNG", (100, 100)), description="New")
    assert changed.status == 200
    assert (changed.json["meta"]["small"]["size"], changed.json["description"]) == ("100x100", "New")
    assert (await client.ask("GET", one, anna)).json == changed.json
    assert (await client.ask("PUT", one, anna, thumbnail=b"<html>")).status == 422


@pytest.mark.both_engines
async def test_sound_without_a_picture_has_no_preview(client: Client, make: Make, tmp_path: Path) -> None:
    song(tmp_path / "a.mp3", "libmp3lame")
    sent = await client.ask("POST", V1, await make.member(), file=(tmp_path / "a.mp3").read_bytes())
    assert (sent.json["type"], sent.json["preview_url"], sent.json["blurhash"]) == ("audio", None, None)
    assert "small" not in sent.json["meta"]


async def test_what_moves_silently_is_a_gifv(client: Client, make: Make) -> None:
    frames = [Image.new("RGB", (40, 30), (at * 20, 0, 0)) for at in range(5)]
    held = BytesIO()
    frames[0].save(held, "GIF", save_all=True, append_images=frames[1:], duration=100)
    sent = await client.ask("POST", V2, await make.member(), file=held.getvalue())
    assert (sent.status, sent.json["type"]) == (200, "gifv")
    assert sent.json["url"].endswith(".mp4")
    assert sent.json["preview_url"].endswith(".webp")


async def test_what_is_no_film_fails_and_says_so(client: Client, db: Db, make: Make, media_store: MediaStore) -> None:
    anna = await make.member()
    sent = await client.ask("POST", V2, anna, file=b"OggS" + bytes(200))
    await later(client, db, media_store, sent)
    answer = await client.ask("GET", f"{V1}/{sent.json['id']}", anna)
    assert (answer.status, set(answer.json)) == (422, {"error"})
    refused = await client.ask("POST", V1, anna, file=b"OggS" + bytes(200))
    assert (refused.status, refused.json) == (422, {"error": "The file is damaged or incomplete"})


async def test_a_film_stands_alone_in_a_post(client: Client, db: Db, make: Make, tmp_path: Path) -> None:
    anna = await make.member()
    song(tmp_path / "a.mp3", "libmp3lame")
    sound = (await client.ask("POST", V1, anna, file=(tmp_path / "a.mp3").read_bytes())).json["id"]
    still = (await client.ask("POST", V1, anna, file=image())).json["id"]
    post = await make.post(anna)
    with pytest.raises(pictures.MediaUnusable) as refused:
        async with db.begin() as tx:
            await pictures.claim(tx, [int(still), int(sound)], account_id=anna.id, post_id=post.id)
    assert refused.value.text == "Cannot attach a video to a post that already contains images"


@pytest.mark.both_engines
async def test_a_failed_picture_says_so(client: Client, make: Make) -> None:
    anna = await make.member()
    failed = await make.media(anna, state="failed", unused_since=now_ms())
    answer = await client.ask("GET", f"{V1}/{failed.id}", anna)
    assert (answer.status, set(answer.json)) == (422, {"error"})


async def test_custom_emoji(client: Client, db: Db, media_store: MediaStore, tmp_path: Path) -> None:
    assert (await client.ask("GET", "/api/v1/custom_emojis", None)).json == []
    path = tmp_path / "bird.gif"
    frames = [Image.new("RGB", (50, 50), colour) for colour in ("red", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    emoji = await pictures.add_emoji(db, media_store, shortcode="bird", path=path, category="Animals", listed=False)
    answer = await client.ask("GET", "/api/v1/custom_emojis", None)
    assert (answer.status, answer.json) == (
        200,
        [
            {
                "shortcode": "bird",
                "url": f"{URL}/media/{emoji.file}",
                "static_url": f"{URL}/media/{emoji.still_file}",
                "visible_in_picker": False,
                "category": "Animals",
            }
        ],
    )
    for address in (answer.json[0]["url"], answer.json[0]["static_url"]):
        assert (await client.ask("GET", address.removeprefix(URL), None)).status == 200
