"""Bring notifications in line with what is so now: what an act deserves is there once, what was undone is gone.

Every function reads the present state, so it may be called again, late, or out of order.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from dunnock import accounts, discovery, moderation, posts
from dunnock.foundation.db import Tx
from dunnock.foundation.ids import ms_of
from dunnock.notifications.model import Kind, answer
from dunnock.notifications.store import facts
from dunnock.notifications.store import rows as store
from dunnock.notifications.store.facts import Subject


async def _tell(
    tx: Tx,
    ids: Collection[int],
    kind: Kind,
    *,
    by: int,
    at: int,
    post: Subject | None = None,
    about: int = 0,
    private_mention: bool = False,
    own: bool = False,
) -> None:
    """Tell those of the accounts who are to hear of it, and keep it back from those who want to be asked first."""
    hearers = await facts.hearers(tx, ids, from_id=by, kind=kind, post=post, now=tx.now, own=own)
    if not hearers:
        return
    answered: Collection[int] = ()
    if private_mention and post is not None:
        answered = await facts.answered(tx, [one.account_id for one in hearers if not one.follows], post)
    told: list[int] = []
    kept_back: list[int] = []
    for one in hearers:
        private = private_mention and one.account_id not in answered
        match answer(one, kind, tx.now, private_mention=private):
            case "accept":
                told.append(one.account_id)
            case "filter":
                kept_back.append(one.account_id)
            case _:
                pass
    post_id = about if post is None else post.id
    await store.tell(tx, told, kind, by=by, post_id=post_id, at=at)
    await store.tell(tx, kept_back, kind, by=by, post_id=post_id, at=at, filtered=True)


async def settle_post(tx: Tx, post_id: int) -> None:
    """Tell those whom the post addresses, and followers who asked to hear of each post of its author.

    By address, never by name in the text: a name in a private post that addresses somebody else tells nobody (SC-050).
    """
    post = await facts.subject(tx, post_id)
    if post is None:
        await store.drop_post(tx, post_id)
        return
    author, at = post.author_id, ms_of(post.id)
    addressed = await facts.mentioned(tx, post_id)
    if addressed:
        private = post.visibility == "direct"
        await _tell(tx, addressed, "mention", by=author, at=at, post=post, private_mention=private)
    if post.visibility != "direct" and (post.reply_to_id is None or post.reply_to_author_id == author):
        watchers = set(await facts.watching(tx, author, post.language)).difference(addressed)
        await _tell(tx, watchers, "post", by=author, at=at, post=post)


async def settle_released(tx: Tx, post_id: int, account_id: int) -> None:
    """Tell an account of a post that was held back from it, as if it came now. What it was told, or sent away, stays so."""
    if not await store.drop_kept_back(tx, account_id, post_id):
        return
    await settle_post(tx, post_id)
    await settle_quote(tx, post_id)


async def settle_kept(tx: Tx, post_id: int) -> None:
    """Tell a member that a rule keeps their post, as long as it waits. Nobody can choose not to hear of that."""
    post = await posts.find_waiting(tx, post_id)
    if post is not None:
        told = await facts.interested(tx, (post.author_id,), "held")
        await store.tell(tx, told, "held", by=post.author_id, post_id=post_id, at=tx.now)


async def settle_let_out(tx: Tx, post_id: int, account_id: int) -> None:
    """Tell a member who was told that a rule keeps their post that it is published now."""
    if await store.drop_others(tx, post_id, "held", ()):
        told = await facts.interested(tx, (account_id,), "let_out")
        await store.tell(tx, told, "let_out", by=account_id, post_id=post_id, at=tx.now)


async def settle_access(tx: Tx, member_id: int, kind: str, about: int) -> None:
    """Tell a member what somebody did to get into their account. Nobody can choose not to hear of that."""
    member = await accounts.find_member(tx, member_id)
    if member is not None:
        told = await facts.interested(tx, (member.account_id,), kind)
        await store.tell(tx, told, kind, by=member.account_id, post_id=about, at=tx.now)


async def settle_edit(tx: Tx, post_id: int) -> None:
    """Tell those who boosted the post what became of it, and whom it addresses since; forget whom it no longer does."""
    post = await facts.subject(tx, post_id)
    if post is None:
        await store.drop_post(tx, post_id)
        return
    author = post.author_id
    addressed = await facts.mentioned(tx, post_id)
    await store.drop_others(tx, post_id, "mention", addressed)
    private = post.visibility == "direct"
    await _tell(tx, addressed, "mention", by=author, at=post.edited_at or tx.now, post=post, private_mention=private)
    if post.edited_at is not None:
        # Of several edits the last is told: the newer notification takes the place of the older.
        await store.drop_older(tx, post_id, "edit", post.edited_at)
        boosters = await facts.boosters(tx, post_id, until=post.edited_at)  # later ones boosted what it says now
        await _tell(tx, boosters, "edit", by=author, at=post.edited_at, post=post)
        await _tell_quoters(tx, post, post.edited_at)


async def _tell_quoters(tx: Tx, post: Subject, at: int) -> None:
    """Tell those who quoted the post before it was edited; each by their own post."""
    quotes: dict[int, list[int]] = {}
    for quoting_id, quoter in await facts.quoters(tx, post.id, until=at):
        quotes.setdefault(quoter, []).append(quoting_id)
    hearers = await facts.hearers(tx, quotes, from_id=post.author_id, kind="quote_edit", post=post, now=tx.now)
    for one in hearers:
        if answer(one, "quote_edit", tx.now) == "accept":
            for quoting_id in quotes[one.account_id]:
                await store.drop_older(tx, quoting_id, "quote_edit", at)
                await store.tell(tx, (one.account_id,), "quote_edit", by=post.author_id, post_id=quoting_id, at=at)


async def settle_quote(tx: Tx, post_id: int) -> None:
    """Tell the author of what the post quotes, as long as it may quote it."""
    post = await facts.subject(tx, post_id)
    if post is None:
        await store.drop_post(tx, post_id)
        return
    quoted_author, author = post.quoted_author_id, post.author_id
    if quoted_author is None:
        return
    if post.quote_state == "accepted":
        private = post.visibility == "direct"
        at = ms_of(post.id)
        await _tell(tx, (quoted_author,), "quote", by=author, at=at, post=post, private_mention=private)
        return
    await store.take_back(tx, quoted_author, "quote", by=author, post_id=post_id)
    await store.take_back(tx, author, "quote_edit", by=quoted_author, post_id=post_id)


async def settle_gone(tx: Tx, post_id: int, author_id: int) -> None:
    """Forget a deleted post, also what was told of it to those who quoted it."""
    await store.drop_post(tx, post_id)
    for quoting_id, quoter in await facts.quoters(tx, post_id, until=tx.now):
        await store.take_back(tx, quoter, "quote_edit", by=author_id, post_id=quoting_id)


async def settle_act(tx: Tx, post_id: int, by: int, kind: Literal["favourite", "boost"]) -> None:
    """Tell the author that `by` favourites or boosts the post, or take it back."""
    post = await facts.subject(tx, post_id)
    if post is None:
        await store.drop_post(tx, post_id)
        return
    done_at = await facts.act(tx, post_id, by, kind)
    if done_at is not None:
        await _tell(tx, (post.author_id,), kind, by=by, at=done_at, post=post)
        return
    await store.take_back(tx, post.author_id, kind, by=by, post_id=post_id)
    if kind == "boost":  # and what they were told as a booster
        await store.take_back(tx, by, "edit", by=post.author_id, post_id=post_id)


async def settle_follow(tx: Tx, *, follower: int, followed: int) -> None:
    """Tell of a follow, or of a request as long as it is not answered."""
    stands = await facts.follow(tx, follower, followed)
    for kind in ("follow", "follow_request"):
        if kind != stands:
            await store.take_back(tx, followed, kind, by=follower)
    if stands is not None:
        await _tell(tx, (followed,), stands, by=follower, at=tx.now)


async def settle_sign_up(tx: Tx, account_id: int) -> None:
    """Tell those who run the server of a new member, once mail is shown to reach them."""
    member = await accounts.member_of(tx, account_id)
    if member is not None and member.unconfirmed:
        return
    await _tell(tx, await facts.staff(tx), "sign_up", by=account_id, at=tx.now)


async def settle_poll(tx: Tx, post_id: int) -> None:
    """Tell its author and those who voted that a poll is over."""
    post = await facts.subject(tx, post_id)
    if post is None:
        await store.drop_post(tx, post_id)
        return
    voters = await facts.concerned_by_poll(tx, post_id)
    if voters is not None:
        await _tell(tx, {post.author_id, *voters}, "poll", by=post.author_id, at=tx.now, post=post, own=True)


async def settle_severance(tx: Tx, account_id: int, severance_id: int) -> None:
    """Tell a member of the follows they lost."""
    told = await facts.interested(tx, (account_id,), "severed")
    await store.tell(tx, told, "severed", by=account_id, post_id=severance_id, at=ms_of(severance_id))


async def settle_report(tx: Tx, report_id: int) -> None:
    """Tell those who run the server of a complaint."""
    report = (await moderation.find_reports(tx, (report_id,))).get(report_id)
    if report is not None and report.account_id is not None:
        staff = [one for one in await facts.staff(tx) if one != report.target_id]
        await _tell(tx, staff, "report", by=report.account_id, at=ms_of(report_id), about=report_id)


async def settle_warning(tx: Tx, account_id: int, decision_id: int) -> None:
    """Tell a member what staff decided about their account. Nobody can choose not to hear of that."""
    if decision_id in await moderation.warnings(tx, account_id, (decision_id,)):
        told = await facts.interested(tx, (account_id,), "warning")
        await store.tell(tx, told, "warning", by=account_id, post_id=decision_id, at=ms_of(decision_id))


async def settle_collected(tx: Tx, collection_id: int, item_id: int) -> None:
    """Tell an account that it is in somebody's collection, as long as it is."""
    held = await discovery.collection_as_it_is(tx, collection_id)
    for item in () if held is None else held.items:
        if held is not None and item.id == item_id and item.account_id != held.account_id:
            await _tell(
                tx, (item.account_id,), "collected", by=held.account_id, at=item.created_at, about=collection_id
            )


async def settle_collection_edit(tx: Tx, collection_id: int) -> None:
    """Tell those who were in a collection before its last change of it; of several changes the last is kept."""
    held = await discovery.collection_as_it_is(tx, collection_id)
    if held is None or held.updated_at <= held.created_at:
        return
    await store.drop_older(tx, collection_id, "collection_edit", held.updated_at)
    before = [
        one.account_id for one in held.items if one.account_id != held.account_id and one.created_at <= held.updated_at
    ]
    await _tell(tx, before, "collection_edit", by=held.account_id, at=held.updated_at, about=collection_id)


async def settle_collection(tx: Tx, collection_id: int) -> None:
    """Who is not in a collection (any more) is told nothing of it."""
    held = await discovery.collection_as_it_is(tx, collection_id)
    there = () if held is None else [one.account_id for one in held.items]
    for kind in ("collected", "collection_edit"):
        await store.drop_others(tx, collection_id, kind, there)


async def settle_pair(tx: Tx, account_id: int, other: int) -> None:
    """Forget what `other` did when `account_id` does not want to hear of it: a block, either way, or a mute."""
    if not await facts.willing(tx, (account_id,), from_id=other, now=tx.now):
        await store.drop_by(tx, account_id, other)
