"""Archives: everything is in, nobody else gets it, and a crash costs nothing."""

from __future__ import annotations

import io
import json
import tarfile
from types import SimpleNamespace

import pytest
from PIL import Image
from sqlalchemy import select

from api.kit.driver import call
from api.owning import Owning
from api.staffed import URL, staffed
from dunnock import accounts, filters, media, portability, posts
from dunnock.app.tables import metadata
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Sql
from dunnock.portability import activities, archive
from dunnock.portability.store import archives as store
from dunnock.portability.tables import archives
from dunnock.posts import sources
from dunnock.posts import tables as p
from dunnock.posts.bulk import BadRow, Import

PATH = "/api/v1/dunnock/archives"


@pytest.fixture
async def home(database_url, tmp_path, make):
    made = await staffed(database_url, tmp_path, make)
    made.__class__ = Owning
    await made.house.reactions.prepare()
    yield made
    await made.house.close()


async def publish(home, who, words, **draft):
    async with home.house.db.begin() as tx:
        return await posts.publish(
            tx, posts.Draft(text=words, **draft), author_id=who.id, app_id=None, settings=home.house.settings
        )


async def picture(home, make, who, tmp_path, colour):
    path = tmp_path / f"{colour}.png"
    Image.new("RGB", (40, 30), colour).save(path)
    kept = await home.house._media_store.keep(path, kind="post")
    return await make.media(who, files=media.write_picture(kept.picture), description=f"all {colour}")


async def busy(home, make, tmp_path):
    anna, bob = await make.member("anna", display_name="Anna"), await make.member("bob")
    red = await picture(home, make, anna, tmp_path, "red")
    theirs = await publish(home, bob, "bob says")
    first = await publish(home, anna, "hello #Birds and @bob", language="en", media_ids=(red.id,))
    second = await publish(home, anna, "to myself", warning="careful", visibility="unlisted", reply_to_id=first.id)
    await publish(home, anna, "followers only", visibility="followers")
    await publish(home, anna, "psst @bob", visibility="direct")
    await publish(home, bob, "a secret for @anna", visibility="direct")
    await publish(home, anna, "well?", poll=posts.PollDraft(options=("yes", "no"), expires_in=3600))
    async with home.house.db.begin() as tx:
        await posts.edit(
            tx,
            second.id,
            posts.Changes(text="to myself, edited", warning="careful"),
            by=anna.id,
            settings=home.house.settings,
        )
        await posts.boost(tx, theirs.id, by=anna.id)
        await posts.favourite(tx, theirs.id, by=anna.id)
        await posts.bookmark(tx, theirs.id, by=anna.id)
        await accounts.follow(tx, follower=anna.id, followed=bob.id)
        await accounts.write_note(tx, anna.id, target=bob.id, note="owes me a book")
        await filters.make_filter(tx, anna.id, title="No wrens", contexts=["home"])
    await home.settle()
    return SimpleNamespace(anna=anna, bob=bob, theirs=theirs, first=first, second=second)


async def unpacked(home, who, archive_id):
    answer = await home.ask("GET", f"{PATH}/{archive_id}/file", who)
    assert answer.status == 200, answer
    assert int(answer.headers["content-length"]) == len(answer.body)
    with tarfile.open(fileobj=io.BytesIO(answer.body), mode="r:gz") as tar:
        return {one.name: tar.extractfile(one).read() for one in tar.getmembers()}


async def test_everything_is_in_it_and_nobody_elses(home, make, tmp_path):
    it = await busy(home, make, tmp_path)
    answer = await home.ask("POST", PATH, it.anna)
    one = answer.json
    assert (answer.status, one["state"], one["url"], one["expires_at"]) == (200, "building", None, None)
    refresh_id = answer.headers["mastodon-async-refresh"].split('"')[1]
    assert (await home.post(PATH, it.anna))["id"] == one["id"], "one at a time"
    assert (await home.ask("GET", f"{PATH}/{one['id']}/file", it.anna)).status == 404, "not ready"
    await home.settle()
    one = await home.get(f"{PATH}/{one['id']}", it.anna)
    assert (one["state"], one["phase"], one["posts"]) == ("ready", "ready", 6)
    told = await home.get(f"/api/v1_alpha/async_refreshes/{refresh_id}", it.anna)
    assert told["async_refresh"]["status"] == "finished"
    files = await unpacked(home, it.anna, one["id"])
    assert {name for name in files if not name.startswith("media_attachments/")} == {
        "actor.json", "outbox.json", "likes.json", "bookmarks.json", "member.json", *portability.NAMES,
    }  # fmt: skip
    outbox = json.loads(files["outbox.json"])
    assert (outbox["type"], outbox["totalItems"], len(outbox["orderedItems"])) == ("OrderedCollection", 6, 6)
    me = f"{URL}/users/anna"
    hello, again, only, direct, question, boost = outbox["orderedItems"]
    note = hello["object"]
    attached = note.pop("attachment")
    assert note == {
        "id": f"{me}/statuses/{it.first.id}", "type": "Note", "summary": None, "inReplyTo": None,
        "published": note["published"], "url": f"{URL}/@anna/{it.first.id}", "attributedTo": me,
        "to": [activities.PUBLIC], "cc": [f"{me}/followers", f"{URL}/users/bob"], "sensitive": False,
        "content": it.first.html, "contentMap": {"en": it.first.html},
        "tag": [
            {"type": "Mention", "href": f"{URL}/users/bob", "name": f"@bob@{URL.removeprefix('http://')}"},
            {"type": "Hashtag", "href": f"{URL}/tags/birds", "name": "#Birds"},
        ],
    }  # fmt: skip
    assert [(each["type"], each["mediaType"], each["name"]) for each in attached] == [
        ("Document", "image/png", "all red")
    ]
    assert Image.open(io.BytesIO(files[attached[0]["url"].removeprefix("/")])).size == (40, 30)
    assert again["object"]["inReplyTo"] == note["id"]
    assert again["object"]["summary"] == "careful"
    assert "edited" in again["object"]["content"]
    assert [each["content"] for each in again["object"]["history"]] == [it.second.html]
    assert (only["to"], only["cc"]) == ([f"{me}/followers"], [])
    assert (direct["to"], direct["cc"]) == ([f"{URL}/users/bob"], [])
    assert question["object"]["type"] == "Question"
    assert [each["name"] for each in question["object"]["oneOf"]] == ["yes", "no"]
    theirs = f"{URL}/users/bob/statuses/{it.theirs.id}"
    assert (boost["type"], boost["object"]) == ("Announce", theirs)
    assert json.loads(files["likes.json"])["orderedItems"] == [theirs]
    assert json.loads(files["bookmarks.json"])["orderedItems"] == [theirs]
    actor = json.loads(files["actor.json"])
    assert (actor["type"], actor["preferredUsername"], actor["name"]) == ("Person", "anna", "Anna")
    member = json.loads(files["member.json"])
    assert member["members"][0]["email"] == "anna@mail.example"
    assert member["private_notes"] == [{"target_id": it.bob.id, "text": "owes me a book"}]
    assert member["people"] == {str(it.bob.id): "bob"}
    assert [each["title"] for each in member["filters"]] == ["No wrens"]
    whole = b"".join(files.values())
    for secret in (b"a secret for", b"bob says", b"bob@mail.example", b"password_hash", b"_digest", b'"digest"'):
        assert secret not in whole, secret


async def test_it_is_read_back(home, make, tmp_path):
    """`dunnock import posts --format mastodon` takes the outbox."""
    it = await busy(home, make, tmp_path)
    one = await home.post(PATH, it.anna)
    await home.settle()
    files = await unpacked(home, it.anna, one["id"])
    for name in ("outbox.json", "actor.json"):
        (tmp_path / name).write_bytes(files[name])
    source = sources.open_source(tmp_path / "outbox.json", "mastodon")
    rows = [row for chunk in source.posts(0) for row in chunk]
    good = [row for row in rows if not isinstance(row, BadRow)]
    assert [row.reason for row in rows if isinstance(row, BadRow)] == [
        "it is not public", "it is not public", "it is a boost of a post that is not in the file",
    ]  # fmt: skip
    work = Import(home.house.db, "a file", total=source.total, public_url=URL)
    outcome = await work.add(rows, done=len(rows))
    assert outcome.added == len(good) == 3
    linked = [await work.link(pairs, done=1, total=1) for pairs in source.replies(0)]
    assert linked == [1]
    imported = select(p.posts.c.text, p.posts.c.html).where(p.posts.c.imported).order_by(p.posts.c.created_at)
    held = await home.house.db.all(Sql(imported))
    assert [row[0] for row in held] == ["hello #Birds and @bob", "to myself, edited", "well?"]
    assert 'href="http://localhost:3000/tags/birds"' in held[0][1]


async def test_only_its_owner_gets_it_and_not_for_ever(home, make, tmp_path):
    it = await busy(home, make, tmp_path)
    one = await home.post(PATH, it.anna)
    await home.settle()
    url = (await home.get(f"{PATH}/{one['id']}", it.anna))["url"]
    for path in (f"{PATH}/{one['id']}", f"{PATH}/{one['id']}/file"):
        assert (await home.ask("GET", path, it.bob)).status == 404
        assert (await home.ask("GET", path)).status == 401
        assert (await home.ask("GET", path, it.anna, "write")).status == 403
    answer = await call(home.house.edge, "GET", url.removeprefix(URL))
    assert answer.status in {303, 401}, "a session is needed"
    async with home.house.db.begin() as tx:
        await tx.run(Sql(archives.update().values(created_at=tx.now - 8 * DAY, ready_at=tx.now - 8 * DAY)))
    assert (await home.ask("GET", f"{PATH}/{one['id']}/file", it.anna)).status == 404
    assert await home.get(PATH, it.anna) == []
    folder = home.house.settings.data / "archives"
    assert list(folder.iterdir())
    (folder / "12345").mkdir()
    await archive.sweep_archives(home.house.db, folder)
    assert list(folder.iterdir()) == []
    assert await home.house.db.all(store.OF, account=it.anna.id) == []


async def test_one_a_week(home, make, db, tmp_path):
    anna = await make.member("anna")
    async with db.begin() as tx:
        first, _ = await archive.ask_for_archive(tx, anna.id, folder=tmp_path)
        again, _ = await archive.ask_for_archive(tx, anna.id, folder=tmp_path)
        assert first.id == again.id
        await tx.run(Sql(archives.update().values(phase="ready", ready_at=tx.now)))
    with pytest.raises(portability.ArchiveRefused):
        async with db.begin() as tx:
            await archive.ask_for_archive(tx, anna.id, folder=tmp_path)
    async with db.begin() as tx:
        await tx.run(Sql(archives.update().values(created_at=tx.now - 7 * DAY)))
        second, _ = await archive.ask_for_archive(tx, anna.id, folder=tmp_path)
    assert second.id != first.id


async def test_a_crash_costs_nothing(home, make, tmp_path, monkeypatch):
    """What was written and not committed is cut off at the next start."""
    it = await busy(home, make, tmp_path)
    monkeypatch.setattr(archive, "_POSTS", 2)
    monkeypatch.setattr(archive, "_MEDIA", 1)
    for colour in ("green", "blue"):
        await picture(home, make, it.anna, tmp_path, colour)
    async with home.house.db.begin() as tx:
        held, _ = await archive.ask_for_archive(tx, it.anna.id, folder=tmp_path / "archives")
    real, crashes = archive._move, []

    async def crash(work, was, new):
        if (was.phase, was.after) not in crashes:
            crashes.append((was.phase, was.after))
            raise KeyboardInterrupt
        await real(work, was, new)

    monkeypatch.setattr(archive, "_move", crash)
    settings = home.house.settings
    place = portability.Place(domain=settings.domain, url=settings.public_url)
    storage = home.house._media_store.storage
    for _ in range(40):
        try:
            await archive.build_archive(
                home.house.db, archive.BuildArchive(held.id), storage=storage, place=place, work_ms=10_000
            )
            break
        except KeyboardInterrupt:
            continue
    assert len(crashes) > 8
    files = await unpacked(home, it.anna, held.id)
    outbox = json.loads(files["outbox.json"])
    assert len(outbox["orderedItems"]) == outbox["totalItems"] == 6
    assert len({each["id"] for each in outbox["orderedItems"]}) == 6
    assert len([name for name in files if name.startswith("media_attachments/")]) == 3


def test_every_table_is_told_or_says_why():
    naming = {
        one.name for one in metadata.sorted_tables
        if any(key.target_fullname in {"accounts.id", "members.id"} for key in one.foreign_keys)
    }  # fmt: skip
    assert naming - set(store.ROWS) - set(store.NOT_TOLD) == set()
    tables = {one.name: one for one in metadata.sorted_tables}
    for name, (whose, columns) in store.ROWS.items():
        real = tables["follows" if name == "follow_requests" else name]
        assert {whose, *columns} <= set(real.c.keys()), name
        assert not {"digest", "token_digest", "password_hash", "secret", "sealed_token"} & set(columns)
