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
from dunnock.integrity.addressed import targets_of
from dunnock.integrity.coaction.near import fingerprints_of
from dunnock.integrity.floods import look_for_flood
from dunnock.integrity.marks import marks_of_boost, marks_of_post
from dunnock.integrity.model import ACTS_KEPT_MS, Act
from dunnock.integrity.pictures import recognise
from dunnock.integrity.store import observations as store
from dunnock.integrity.words import words_of
from dunnock.media import Media, MediaChanged, Picture
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
    targets = await targets_of(tx, seen)
    authors = {post.author_id for post, target in zip(seen, targets, strict=True) if target is not None}
    addressed = {target for target in targets if target is not None}
    near = await raids.nearby(tx, authors, addressed)
    for post, parsed, key, target in zip(seen, told, keys, targets, strict=True):
        marks = await _marks_of(tx, post, parsed, key, [files[one] for one in post.media if one in files])
        await tx.run(
            store.ADD, id=post.id, account_id=post.author_id, act=int(Act.POST), target_id=target or post.reply_to_author_id,
            object_id=post.reply_to_id, marks=marks,
        )  # fmt: skip
        if target is not None and await _look_for_raid(tx, post, target, marks, near):
            near = await raids.nearby(tx, authors, addressed)


async def see_anew(tx: Tx, event: posts.PostEdited | posts.PostAnswers | posts.PostNames) -> None:
    """A post says something else, or it became known whom it answers or names: it is compared by that from now on."""
    await _see_again(tx, event.post_id)


async def see_file(tx: Tx, event: MediaChanged) -> None:
    """What a file shows is known now: a copy of another server's is there. When the copy goes, what it showed is still known."""
    if event.post_id is None:
        return
    file = (await media.find(tx, {event.media_id})).get(event.media_id)
    if file is not None and file.picture is not None:
        await _see_again(tx, event.post_id)


async def _see_again(tx: Tx, post_id: int) -> None:
    post = await posts.find_living(tx, post_id)
    if post is None:
        return
    parsed, files = text.parse(words_of(post)), await media.find(tx, set(post.media))
    (near,) = fingerprints_of([parsed.text.lower()])
    marks = await _marks_of(tx, post, parsed, near, [files[one] for one in post.media if one in files])
    (target,) = await targets_of(tx, [post])
    await tx.run(
        store.ANEW,
        the=post.id,
        new_target=target or post.reply_to_author_id,
        new_object=post.reply_to_id,
        new_marks=marks,
    )


async def _look_for_raid(tx: Tx, post: posts.Post, target: int, marks: bytes, near: raids.Nearby) -> bool:
    """Whether a raid may have begun or grown."""
    changed = await look_for_flood(tx, target)
    if changed:
        near = await raids.nearby(tx, [post.author_id], [target])
    if post.author_id in near.raiders:
        await raids.look_for_raiders(tx, target, by=post.author_id)
        near = await raids.nearby(tx, [post.author_id], [target])
        changed = True
    if target in near.raided:
        await raids.take_part(tx, target, post_id=post.id, by=post.author_id, marks=marks)
        changed = True
    return changed


async def _marks_of(
    tx: Tx, post: posts.Post, parsed: text.Parsed, near: Sequence[int], files: Sequence[Media]
) -> bytes:
    named = [one for one in post.mentions if one != post.reply_to_author_id]
    return marks_of_post(
        parsed.text,
        tags=[text.hashtag_key(tag) for tag in post.hashtags],
        links=parsed.links,
        media=[name for one in files if one.picture is not None for name in await _shown(tx, one.picture)],
        reply_to=post.reply_to_id,
        named=named,
        near=near,
    )


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
