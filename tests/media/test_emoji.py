"""Custom emoji of this server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from dunnock import media
from dunnock.foundation.db import Db
from dunnock.foundation.events import Event
from dunnock.media import MediaStore
from dunnock.media import tables as t
from making import Make

Picture = Callable[..., Path]
Events = Callable[[], Awaitable[list[Event]]]


async def test_added_found_replaced_removed(
    db: Db, make: Make, events: Events, media_store: MediaStore, picture: Picture
) -> None:
    bird = await media.add_emoji(db, media_store, shortcode="bird", path=picture(), category=" Animals ")
    wing = await media.add_emoji(
        db, media_store, shortcode="Wing_2", path=picture(family="GIF", frames=2), listed=False
    )
    assert (bird.category, bird.listed, wing.category, wing.listed) == ("Animals", True, None, False)
    assert bird.file == bird.still_file
    assert wing.file.endswith(".gif")
    assert wing.still_file.endswith(".png")
    await make.row(t.emoji, shortcode="bird", domain="far.example", file="x", still_file="x", created_at=1)
    await make.row(t.emoji, shortcode="off", file="x", still_file="x", created_at=1, disabled=True)
    assert sorted(one.shortcode for one in await media.all_emoji(db)) == ["Wing_2", "bird"]
    assert await media.find_emoji(db, ["bird", "off", "BIRD", "none"]) == [bird]
    assert [one.file for one in await media.find_emoji(db, ["bird"], "far.example")] == ["x"]
    assert await media.find_emoji(db, []) == []
    other = await media.add_emoji(db, media_store, shortcode="bird", path=picture("red"))
    assert await media.find_emoji(db, ["bird"]) == [other] != [bird]
    async with db.begin() as tx:
        assert await media.remove_emoji(tx, "bird")
        assert not await media.remove_emoji(tx, "bird")
    assert await media.all_emoji(db) == [wing]
    assert await events() == [
        media.EmojiChanged(shortcode=name, domain="") for name in ("bird", "Wing_2", "bird", "bird")
    ]


@pytest.mark.parametrize(
    ("shortcode", "category"),
    [
        ("a", None),
        ("", None),
        ("bi rd", None),
        ("bïrd", None),
        (":bird:", None),
        ("b" * 129, None),
        ("bird\n", None),
        ("bird", "x" * 101),
    ],
)
async def test_names_that_no_text_could_use_are_refused(
    db: Db, media_store: MediaStore, picture: Picture, shortcode: str, category: str | None
) -> None:
    with pytest.raises(media.EmojiRefused):
        await media.add_emoji(db, media_store, shortcode=shortcode, path=picture(), category=category)
    assert await media.all_emoji(db) == []


async def test_no_picture_no_emoji(db: Db, media_store: MediaStore, tmp_path: Path) -> None:
    path = tmp_path / "x.svg"
    path.write_text("<svg/>")
    with pytest.raises(media.MediaRejected):
        await media.add_emoji(db, media_store, shortcode="bird", path=path)
    assert await media.all_emoji(db) == []
