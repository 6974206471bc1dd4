"""A backup is made while the server may run, read back, and put into an empty place."""

from __future__ import annotations

import msgspec
import pytest
from PIL import Image

from dunnock import accounts, media
from dunnock.app import backup
from dunnock.app.backup import BackupFailed
from dunnock.foundation import backups
from dunnock.foundation.db import open_db
from dunnock.foundation.settings import Settings


@pytest.fixture
async def filled(sqlite_template, tmp_path):
    """A server's data with a member and a picture of its own."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "dunnock.db").write_bytes(sqlite_template.read_bytes())
    settings = Settings(data=data, public_url="https://hedge.example")
    db = await open_db(settings.database)
    await accounts.create_member(db, username="wren", email="wren@mail.example", password="seven wrens in a hedge")
    store = media.MediaStore.local(settings.media)
    Image.new("RGB", (8, 8), "teal").save(tmp_path / "bird.png")
    await media.add_emoji(db, store, shortcode="bird", path=tmp_path / "bird.png")
    await store.aclose()
    await db.close()
    (data / "dunnock.toml").write_text('title = "Hedge"\n')
    return settings


async def test_there_and_back(filled, tmp_path):
    to = tmp_path / "backups"
    assert backups.last(filled.data) is None
    made = await backup.make(filled, to, lambda _: None)
    assert made.parent == to
    noted = backups.last(filled.data)
    assert noted is not None
    assert (noted.path, noted.files) == (str(made), 1)
    assert backup.newest(to) == made
    empty = Settings(data=tmp_path / "elsewhere", public_url="https://hedge.example")
    manifest = await backup.restore(empty, made, lambda _: None)
    assert manifest.public_url == "https://hedge.example"
    assert (empty.data / "dunnock.toml").read_text() == 'title = "Hedge"\n'
    db = await open_db(empty.database)
    assert (await accounts.member_named(db, "wren")).email == "wren@mail.example"
    (name,) = await media.used_files(db)
    await db.close()
    assert (empty.media / "files" / name[:2] / name[2:4] / name).is_file()
    with pytest.raises(BackupFailed, match="already"):
        await backup.restore(empty, made, lambda _: None)
    assert (made / "dunnock.db").stat().st_mode & 0o077 == 0, "for this user only"


async def test_what_is_damaged_is_found_before_anything_is_put_back(filled, tmp_path):
    made = await backup.make(filled, tmp_path / "backups", lambda _: None)
    name = (made / "files.txt").read_text().split()[0]
    file = tmp_path / "backups" / "files" / name[:2] / name[2:4] / name
    good = {path: path.read_bytes() for path in (made / "dunnock.db", made / "files.txt", made / "manifest.json", file)}
    place = Settings(data=tmp_path / "elsewhere")
    for path, content in good.items():
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(BackupFailed):
            await backup.restore(place, made, lambda _: None)
        path.unlink()
        with pytest.raises(BackupFailed):
            backup.verify(made, deep=False)
        path.write_bytes(content)
        assert not place.data.exists(), path
    manifest = msgspec.json.decode(good[made / "manifest.json"])
    for name, value in (("schema", "9999"), ("engine", "postgresql"), ("database", "../../etc/passwd")):
        (made / "manifest.json").write_bytes(msgspec.json.encode(manifest | {name: value}))
        with pytest.raises(BackupFailed):
            await backup.restore(place, made, lambda _: None)
    (made / "manifest.json").write_bytes(good[made / "manifest.json"])
    backup.verify(made, deep=True)


async def test_media_is_copied_once_and_old_ones_go(filled, tmp_path, monkeypatch):
    to, told = tmp_path / "backups", []
    first = await backup.make(filled, to, lambda _: None)
    later = backup.clock.now_ms() + 5_000
    monkeypatch.setattr(backup.clock, "now_ms", lambda: later)
    second = await backup.make(filled, to, told.append)
    assert "0 new files" in told[-1]
    assert backup.newest(to) == second
    assert backup.prune(to, 1) == 1
    assert not first.exists()
    backup.verify(second, deep=True)
