"""What a post says, shows and answers later is compared as if it had from the beginning, as a scan of what stands does."""

from __future__ import annotations

import pytest

from dunnock import integrity, media, posts
from dunnock.foundation.db import Sql
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.integrity.coaction import Trace
from dunnock.integrity.marks import objects_of
from dunnock.integrity.reactions import HEARS
from dunnock.integrity.store import observations as store
from dunnock.integrity.watch import WatchActs, watch_acts
from dunnock.media.tables import media as files_table

WORDS = "river market morning bridge song paper window garden train letter winter candle".split()  # noqa: SIM905
SCRIPT = "The ministry has kept its promise to our farmers and the whole valley thanks them for it #valley"
PRINT = "3c" * 32


@pytest.fixture
async def reactions(db):
    made = Reactions(db, HEARS)
    await made.prepare()
    return made


async def objects(db, post_id, trace):
    (found,) = [bytes(row[3]) for row in await db.all(store.RECENT, since=0, most=99) if row[0] == post_id]
    return objects_of(found, [trace])


async def test_who_edits_posts_into_a_script_is_found_as_who_wrote_it(db, make, reactions, tmp_path):
    settings = Settings(data=tmp_path, public_url="https://here.example")
    mod, paid = await make.member("mod", role="moderator"), [await make.account() for _ in range(10)]
    made = []
    for n, one in enumerate(paid):
        async with db.begin() as tx:
            draft = posts.Draft(text=" ".join(WORDS[n:] + WORDS[:n]), visibility="public")
            made.append(await posts.publish(tx, draft, author_id=one.id, app_id=None, settings=settings))
    await reactions.settle()
    await watch_acts(db, WatchActs())
    assert await integrity.list_clusters(db, "open", by=mod.id) == []
    for one, post in zip(paid, made, strict=True):
        async with db.begin() as tx:
            await posts.edit(tx, post.id, posts.Changes(text=SCRIPT), by=one.id, settings=settings)
    await reactions.settle()
    await watch_acts(db, WatchActs())
    [network] = await integrity.list_clusters(db, "open", by=mod.id)
    assert network.size == 10


async def test_a_picture_and_an_answer_that_become_known_later_are_seen(db, make, reactions):
    far, near = await make.account(domain="far.example"), await make.account()
    file = await make.media(far, state="processing", remote_url="https://far.example/a.jpg")
    post, parent = await make.post(far, "look", media=f"[{file.id}]"), await make.post(near, "hello")
    async with db.begin() as tx:
        await tx.record(posts.PostPublished(post_id=post.id, author_id=far.id, visibility="public"))
    await reactions.settle()
    assert await objects(db, post.id, Trace.MEDIA) == await objects(db, post.id, Trace.REPLY) == []
    shown = media.write_picture(media.Picture(original=media.File("a.webp", 9, 9, 9, "image/webp"), prints=(PRINT,)))
    async with db.begin() as tx:
        await posts.answer_to(tx, post.id, parent.id)
        await tx.run(Sql(files_table.update().values(state="ready", files=shown, post_id=post.id)))
        await tx.record(media.MediaChanged(media_id=file.id, post_id=post.id))
    await reactions.settle()
    assert len(await objects(db, post.id, Trace.REPLY)) == 1
    assert len(seen := await objects(db, post.id, Trace.MEDIA)) == 1
    async with db.begin() as tx:  # the copy is given up
        await tx.run(Sql(files_table.update().values(files="")))
        await tx.record(media.MediaChanged(media_id=file.id, post_id=post.id))
    await reactions.settle()
    assert await objects(db, post.id, Trace.MEDIA) == seen
