"""What discovery makes of others' events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dunnock import accounts, posts
from dunnock.discovery.collections import forget_account, part
from dunnock.discovery.index import IndexAuthor, IndexSpan, author_changed, index_kept, index_linking, index_posts
from dunnock.foundation.db import Tx
from dunnock.foundation.events import Event
from dunnock.foundation.reactions import Reaction
from dunnock.media.events import MediaChanged
from dunnock.previews import PreviewChanged


async def on_post(
    tx: Tx, event: posts.PostPublished | posts.PostBackfilled | posts.PostEdited | posts.PostSetApart
) -> None:
    """What a post says is found from now on."""
    await index_posts(tx, [event.post_id])


async def on_post_deleted(tx: Tx, event: posts.PostDeleted) -> None:
    """Nothing of a deleted post stays in the index."""
    if event.boost_of_id is None:
        await index_posts(tx, [event.post_id])


async def on_kept(tx: Tx, event: posts.PostFavourited | posts.PostBookmarked) -> None:
    """What one keeps one can look for."""
    await index_kept(tx, event.post_id)


async def on_no_longer_kept(tx: Tx, event: posts.PostUnfavourited | posts.PostUnbookmarked) -> None:
    """A post that nobody can look for any more leaves the index."""
    await index_posts(tx, [event.post_id])


async def on_media_changed(tx: Tx, event: MediaChanged) -> None:
    """The description of a picture is part of its post."""
    if event.post_id is not None:
        await index_posts(tx, [event.post_id])


async def on_preview_changed(tx: Tx, event: PreviewChanged) -> None:
    """Whether a link leads to a player is known now."""
    await index_linking(tx, event.preview_id)


async def on_imported(tx: Tx, event: posts.PostsImported) -> None:
    """Old posts came in."""
    await tx.enqueue(IndexSpan(event.first_id, event.last_id + 1))


async def on_settings_changed(tx: Tx, event: accounts.AccountSettingsChanged) -> None:
    """An author agreed to be found, or no longer."""
    await author_changed(tx, event.account_id)


async def on_standing_changed(tx: Tx, event: accounts.StandingChanged) -> None:
    """Of an account that is gone nothing stays."""
    if event.standing == "deleted":
        await forget_account(tx, event.account_id)
        await tx.enqueue(IndexAuthor(event.account_id))


async def on_blocked(tx: Tx, event: accounts.Blocked) -> None:
    """Who blocks whom recommends them no longer, nor the other way round."""
    await part(tx, event.account_id, event.target_id)


HEARS: Mapping[type[Event], Sequence[Reaction]] = {
    posts.PostPublished: (on_post,),
    posts.PostBackfilled: (on_post,),
    posts.PostEdited: (on_post,),
    posts.PostSetApart: (on_post,),
    posts.PostDeleted: (on_post_deleted,),
    posts.PostFavourited: (on_kept,),
    posts.PostBookmarked: (on_kept,),
    posts.PostUnfavourited: (on_no_longer_kept,),
    posts.PostUnbookmarked: (on_no_longer_kept,),
    posts.PostsImported: (on_imported,),
    MediaChanged: (on_media_changed,),
    PreviewChanged: (on_preview_changed,),
    accounts.AccountSettingsChanged: (on_settings_changed,),
    accounts.StandingChanged: (on_standing_changed,),
    accounts.Blocked: (on_blocked,),
}
