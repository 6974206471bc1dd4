"""Write down who did what to which object: public acts only, as hashes, for thirty days."""

from __future__ import annotations

from collections.abc import Sequence

from dunnock import posts, text
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.ids import id_at
from dunnock.foundation.job import Job
from dunnock.foundation.reactions import in_batches
from dunnock.integrity import raids
from dunnock.integrity.coaction.near import fingerprints_of
from dunnock.integrity.floods import look_for_flood
from dunnock.integrity.marks import marks_of_boost, marks_of_post
from dunnock.integrity.model import ACTS_KEPT_MS, Act
from dunnock.integrity.pictures import recognise
from dunnock.integrity.store import observations as store
from dunnock.integrity.words import words_of
from dunnock.media import Media, Picture
from dunnock.media import views as media

_CHUNK = 500
_MOST_PRINTS = 4


class TrimObservations(Job, frozen=True):
    """Forget what was seen a month ago."""


@in_batches
async def see_post(tx: Tx, events: Sequence[posts.PostPublished]) -> None:
    """Posts are there."""
    living = await posts.find_many_living(tx, [one.post_id for one in events if one.visibility in posts.OPEN])
    seen = [living[one.post_id] for one in events if one.post_id in living]
    files = await media.find(tx, {one for post in seen for one in post.media})
    told = [text.parse(words_of(post)) for post in seen]
    keys = fingerprints_of([parsed.text.lower() for parsed in told])
    for post, parsed, near in zip(seen, told, keys, strict=True):
        await _write_down(tx, post, parsed, near, [files[one] for one in post.media if one in files])


async def _write_down(
    tx: Tx, post: posts.Post, parsed: text.Parsed, near: Sequence[int], files: Sequence[Media]
) -> None:
    named = [one for one in post.mentions if one != post.reply_to_author_id]
    marks = marks_of_post(
        parsed.text,
        tags=[text.hashtag_key(tag) for tag in post.hashtags],
        links=parsed.links,
        media=[name for one in files if one.picture is not None for name in await _shown(tx, one.picture)],
        reply_to=post.reply_to_id,
        named=named,
        near=near,
    )
    target = post.reply_to_author_id or next(iter(named), None)
    await tx.run(
        store.ADD, id=post.id, account_id=post.author_id, act=int(Act.POST), target_id=target, object_id=post.reply_to_id,
        marks=marks,
    )  # fmt: skip
    if target is not None and target != post.author_id:
        await look_for_flood(tx, target)
        await raids.look_for_raiders(tx, target, by=post.author_id)
        await raids.take_part(tx, target, post_id=post.id, by=post.author_id, marks=marks)


async def _shown(tx: Tx, picture: Picture) -> list[str]:
    """What stands for a file: the pictures that it shows, the same for copies; its name where there is too little to see."""
    prints = [f"picture {await recognise(tx, one)}" for one in picture.prints[:_MOST_PRINTS]]
    return prints or [picture.original.path]


@in_batches
async def see_boost(tx: Tx, events: Sequence[posts.PostBoosted]) -> None:
    """Some hand posts on."""
    boosts = [one for one in events if one.visibility in posts.OPEN]
    living = await posts.find_many_living(tx, {one.post_id for one in boosts})
    seen = [(one, living[one.post_id]) for one in boosts if one.post_id in living]
    rows = [
        {
            "id": one.boost_id, "account_id": one.by, "act": int(Act.BOOST), "target_id": shown.author_id,
            "object_id": shown.id, "marks": marks_of_boost(shown.id, shown.author_id),
        }
        for one, shown in seen
    ]  # fmt: skip
    if rows:
        await tx.many(store.ADD, rows)


async def unsee_post(tx: Tx, event: posts.PostDeleted) -> None:
    """What its author deleted is not kept."""
    await tx.run(store.REMOVE, the=event.post_id)


async def trim_observations(db: Db, _: TrimObservations) -> None:
    """Some hundreds of rows at a time, the oldest first."""
    before = id_at(now_ms() - ACTS_KEPT_MS)
    while ids := [row[0] for row in await db.slow(store.OLD, before=before, most=_CHUNK)]:
        async with db.begin() as tx:
            await tx.run(store.DROP, ids=ids)
