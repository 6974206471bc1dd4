"""What becomes of what a member chose, once their account is gone."""

from __future__ import annotations

from dunnock import accounts, filters
from dunnock.accounts import Cursor, Standing
from dunnock.feeds import conversations, lists
from dunnock.feeds import reactions as feeds
from dunnock.feeds.conversations import settle_conversations
from dunnock.feeds.tags import follow_tag, followed_tags
from dunnock.filters import KeywordChange
from dunnock.filters import reactions as filtering
from dunnock.foundation.clock import now_ms
from dunnock.foundation.reactions import Reactions
from dunnock.posts import featured


async def test_nothing_of_it_is_kept(db, make):
    gone, other = await make.member(), await make.member()
    reactions = Reactions(db, {**feeds.HEARS, accounts.StandingChanged: (feeds.on_standing, filtering.on_standing)})
    await reactions.prepare()
    post = await make.post(gone, visibility="direct", mentions=(other,))
    for me, you in ((gone, other), (other, gone)):
        await make.follow(me, you)
        await make.list(me, of=(you,))
        async with db.begin() as tx:
            await follow_tag(tx, me.id, "cats")
            await featured.feature(tx, me.id, "cats")
            await accounts.endorse(tx, me.id, target=you.id)
            await settle_conversations(tx, post.id)
            await filters.make_filter(
                tx, me.id, title="private", contexts=["home"], keywords=[KeywordChange(keyword="secret")]
            )

    async def left(me):
        return (
            len(await lists.lists_of(db, me.id)),
            len((await followed_tags(db, me.id, Cursor(), now=now_ms())).tags),
            len(await featured.featured_tags(db, me.id)),
            len(await conversations.conversations(db, me.id, Cursor())),
            len(await filters.filters_of(db, me.id)),
            len((await accounts.endorsed(db, me.id, Cursor())).ids),
        )

    assert await left(gone) == await left(other) == (1, 1, 1, 1, 1, 1)
    async with db.begin() as tx:
        await accounts.change_standing(tx, {gone.id: Standing.SUSPENDED})
    await reactions.settle()
    assert await left(gone) == (1, 1, 1, 1, 1, 1)  # it may come back
    async with db.begin() as tx:
        await accounts.change_standing(tx, {gone.id: Standing.DELETED})
    await reactions.settle()
    assert await left(gone) == (0, 0, 0, 0, 0, 0)
    assert await left(other) == (1, 1, 1, 1, 1, 0)
