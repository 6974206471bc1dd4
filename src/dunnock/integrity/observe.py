"""Write down who did what to which object: public acts only, as hashes, for thirty days."""

from __future__ import annotations

from dunnock import posts, text
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.ids import id_at
from dunnock.foundation.job import Job
from dunnock.integrity import raids
from dunnock.integrity.floods import look_for_flood
from dunnock.integrity.marks import marks_of_boost, marks_of_post
from dunnock.integrity.model import ACTS_KEPT_MS, Act
from dunnock.integrity.pictures import recognise
from dunnock.integrity.store import observations as store
from dunnock.media import Picture
from dunnock.media import views as media

_CHUNK = 500
_MOST_PRINTS = 4


class TrimObservations(Job, frozen=True):
    """Forget what was seen a month ago."""


async def see_post(tx: Tx, event: posts.PostPublished) -> None:
    """A post is there."""
    if event.visibility not in posts.OPEN:
        return
    post = await posts.find_living(tx, event.post_id)
    if post is None:
        return
    parsed = text.parse(post.text or (text.plain(post.html) if post.html else ""))
    files = await media.find(tx, post.media) if post.media else {}
    named = [one for one in post.mentions if one != post.reply_to_author_id]
    marks = marks_of_post(
        parsed.text,
        tags=[text.hashtag_key(tag) for tag in post.hashtags],
        links=parsed.links,
        media=[name for one in files.values() if one.picture is not None for name in await _shown(tx, one.picture)],
        reply_to=post.reply_to_id,
        named=named,
    )
    target = post.reply_to_author_id or next(iter(named), None)
    await tx.run(
        store.ADD, id=post.id, account_id=post.author_id, act=int(Act.POST), target_id=target, object_id=post.reply_to_id,
        marks=marks,
    )  # fmt: skip
    if target is not None and target != post.author_id:
        await look_for_flood(tx, target)
        await raids.look_for_raiders(tx, target, by=post.author_id)


async def _shown(tx: Tx, picture: Picture) -> list[str]:
    """What stands for a file: the pictures that it shows, the same for copies; its name where there is too little to see."""
    prints = [f"picture {await recognise(tx, one)}" for one in picture.prints[:_MOST_PRINTS]]
    return prints or [picture.original.path]


async def see_boost(tx: Tx, event: posts.PostBoosted) -> None:
    """Somebody hands a post on."""
    shown = await posts.find_living(tx, event.post_id)
    if shown is None or event.visibility not in posts.OPEN:
        return
    await tx.run(
        store.ADD, id=event.boost_id, account_id=event.by, act=int(Act.BOOST), target_id=shown.author_id,
        object_id=shown.id, marks=marks_of_boost(shown.id, shown.author_id),
    )  # fmt: skip


async def unsee_post(tx: Tx, event: posts.PostDeleted) -> None:
    """What its author deleted is not kept."""
    await tx.run(store.REMOVE, the=event.post_id)


async def trim_observations(db: Db, _: TrimObservations) -> None:
    """Some hundreds of rows at a time, the oldest first."""
    before = id_at(now_ms() - ACTS_KEPT_MS)
    while ids := [row[0] for row in await db.slow(store.OLD, before=before, most=_CHUNK)]:
        async with db.begin() as tx:
            await tx.run(store.DROP, ids=ids)
