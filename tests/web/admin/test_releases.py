"""A release goes to the public by two of the staff, and everybody reads and checks it."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import text

from dunnock import accounts, moderation, transparency
from dunnock.federation import Federation
from dunnock.foundation.db import Sql
from dunnock.foundation.http import Door
from dunnock.media import MediaStore
from dunnock.transparency import amendments
from dunnock.transparency.archive import Order, export_release, verify_release
from web.admin.test_cases import press


@pytest.fixture
async def released(db, site, join, publish):
    """A release of one suspended account, made and not published."""
    wren, mo = await join("wren"), await join("mo", "moderator")
    await publish(wren, "A lie")
    async with db.begin() as tx:
        judgement = moderation.Judgement(action="suspend", account_ids=(wren.account_id,))
        decided = await moderation.decide(tx, judgement, by=mo.account_id)
    folder = site.settings.data / "releases" / "wren"
    store = MediaStore.local(site.settings.data / "media")
    order = Order(decision_ids=(decided.id,), title="One <bird>", method="Listening")
    house = Federation(db, Door(agent="test"), site.settings, store)
    made = await export_release(db, house, store.storage, order, folder, say=lambda _: None)
    return made, folder


async def test_it_is_published_by_two(db, site, released, signed_in, tmp_path):
    made, folder = released
    stranger, ada, eve = site.browser(), await signed_in("ada", "admin"), await signed_in("eve", "admin")
    at = f"/transparency/releases/{made.release_id}"
    assert (await stranger.get(at)).status == 404
    assert (await stranger.get(f"{at}/manifest.json")).status == 404
    assert "No release yet" in (await stranger.get("/transparency")).text
    await ada.get("/admin/releases")
    page = await ada.submit("/admin/releases")
    assert "has to agree first" in page.text
    assert (await stranger.get(at)).status == 404
    page = await press(eve, "/admin/requests", "approve")
    assert "Agreed" in page.text
    assert "One <bird>" in (await stranger.get("/transparency")).text
    page = await stranger.get(at)
    for words in ("One <bird>", "Listening", "statements.jsonl", made.manifest, "Techniques (DISARM)"):
        assert words in page.text
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in folder.iterdir():
        got = await stranger.get(f"{at}/{path.name}")
        assert got.headers["content-disposition"].startswith("attachment")
        (copy / path.name).write_text(got.body)
    assert verify_release(copy).wrong == ()
    for wrong in ("state.json", "../../dunnock.db", "nothing.csv", "%2e%2e/%2e%2e/dunnock.db"):
        assert (await stranger.get(f"{at}/{wrong}")).status == 404
    log = await moderation.entries(db, accounts.Cursor(), by=(await accounts.find_by_handle(db, "ada")).id)
    assert "release.publish" in {one.act for one in log}


async def test_what_was_taken_back_is_taken_out(db, site, released, signed_in, join):
    made, folder = released
    ada, eve, stranger = await signed_in("ada", "admin"), await signed_in("eve", "admin"), site.browser()
    await ada.get("/admin/releases")
    await ada.submit("/admin/releases")
    await press(eve, "/admin/requests", "approve")
    release = await transparency.find_published(db, made.release_id)
    whom = await accounts.find_by_handle(db, "ada")
    async with db.begin() as tx:
        await moderation.undo(tx, release.decisions[0], by=whom.id)
        await tx.run(Sql(text("UPDATE decision_subjects SET reversed_at = 1")))
        await amendments.mark_stale(tx, moderation.DecisionReversed(decision_id=release.decisions[0], account_id=1))
    at = f"/transparency/releases/{made.release_id}"
    assert "is being taken out" in (await stranger.get(at)).text
    house = Federation(db, Door(agent="test"), site.settings, MediaStore.local(site.settings.data / "media"))
    assert await amendments.amend_stale(db, house, folder.parent) == 0, "while it is being taken back"
    async with db.begin() as tx:
        await tx.run(Sql(text("UPDATE decisions SET state = 'undone'")))
    assert await amendments.amend_stale(db, house, folder.parent) == 1
    page = (await stranger.get(at)).text
    assert "Former versions" in page
    old = await stranger.get(f"{at}/versions/1/manifest.json")
    assert hashlib.sha256(old.body.encode()).hexdigest() == made.manifest
    for wrong in ("versions/1/statements.jsonl", "versions/2/manifest.json", "versions/x/manifest.json"):
        assert (await stranger.get(f"{at}/{wrong}")).status == 404, wrong


async def test_what_was_changed_is_not_shown(db, released, signed_in):
    made, folder = released
    ada = await signed_in("ada", "owner")
    await ada.get("/admin/releases")
    page = await ada.submit("/admin/releases")
    assert "It is done" in page.text, "nobody else could agree"
    (folder / "manifest.json").write_text((folder / "manifest.json").read_text().replace("One", "Two"))
    assert "Its files are not here" in (await ada.get("/admin/releases")).text
    assert (await ada.get(f"/transparency/releases/{made.release_id}/manifest.json")).status == 404
