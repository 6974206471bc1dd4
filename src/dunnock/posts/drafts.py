"""Drafts that are kept on the server, so that a member goes on writing on another device. Ours: Mastodon has none."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dunnock import media, text
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.settings import Settings
from dunnock.posts.errors import DraftChanged, DraftMissing, DraftRefused
from dunnock.posts.model import MOST_MEDIA, VISIBILITIES, Draft, check_policies
from dunnock.posts.poll import MOST_OPTIONS
from dunnock.posts.publish import short_key, take_draft
from dunnock.posts.store import index
from dunnock.posts.store import waiting as store
from dunnock.posts.thread_of import MOST_PARTS
from dunnock.posts.waiting import Sketch

MOST = 200
_LONGEST_OPTION = 500


async def add_draft(tx: Tx, parts: Sequence[Draft], *, by: int, settings: Settings, key: str | None = None) -> Sketch:
    """Keep a new draft: one post, or the posts of a thread. It may be unfinished, but not nonsense.

    `key`: as `publish`; asking again gives the draft as it is now.

    Raises:
        DraftMissing: the key's draft is posted or thrown away meanwhile.
        DraftRefused: too many drafts or parts, too long, or a visibility or language that there is not.
        MediaUnusable: a picture is not `by`'s, or used by a post already.
    """
    kept = _check(parts, settings)
    draft_id = tx.new_id()
    if key and (bound := await index.take_key(tx, by, short_key(f"draft {key}"), draft_id)) is not None:
        return await find_draft(tx, bound, by=by)
    await store.hold_account(tx, by)
    if await store.count_sketches(tx, by) >= MOST:
        raise DraftRefused(say=f"Validation failed: You have exceeded the limit of {MOST} drafts")
    made = Sketch(id=draft_id, account_id=by, version=1, parts=kept, updated_at=tx.now)
    await store.add_sketch(tx, made)
    await media.hold(tx, made.media_ids, account_id=by, holder_id=made.id, firm=False)
    return made


async def find_draft(reader: Reader, draft_id: int, *, by: int) -> Sketch:
    """An own draft.

    Raises:
        DraftMissing: `by` has none of that id; it may have been posted.
    """
    found = await store.find_sketch(reader, draft_id, by)
    if found is None:
        raise DraftMissing(draft_id)
    return found


async def drafts_of(reader: Reader, account_id: int, *, above: int, below: int, most: int, up: bool) -> list[Sketch]:
    """Own drafts between the ids, the newest first; `up`: those right above `above`, the oldest first."""
    return await store.sketch_page(reader, account_id, above=above, below=below, most=most, up=up)


async def change_draft(
    tx: Tx, draft_id: int, parts: Sequence[Draft], *, version: int, by: int, settings: Settings
) -> Sketch:
    """Let an own draft say this, if it is still at `version`: what another device wrote meanwhile is never lost.

    Raises:
        DraftMissing: `by` has none of that id.
        DraftChanged: it is at another version, which comes with the error.
        DraftRefused, MediaUnusable: as `add_draft`.
    """
    kept = _check(parts, settings)
    held = await store.hold_sketch(tx, draft_id, by)
    if held is None:
        raise DraftMissing(draft_id)
    if held.version != version:
        raise DraftChanged(held)
    if held.parts == kept:
        return held
    new = msgspec.structs.replace(held, version=version + 1, parts=kept, updated_at=tx.now)
    if held.media_ids != new.media_ids:
        await media.let_go(tx, draft_id)
        await media.hold(tx, new.media_ids, account_id=by, holder_id=draft_id, firm=False)
    await store.change_sketch(tx, new)
    return new


async def drop_draft(tx: Tx, draft_id: int, *, by: int) -> None:
    """Throw an own draft away; its media are kept for a day. Raises DraftMissing as `find_draft`."""
    await take_draft(tx, draft_id, by)


def _check(parts: Sequence[Draft], settings: Settings) -> tuple[Draft, ...]:
    if not parts or len(parts) > MOST_PARTS:
        raise DraftRefused(say=f"Validation failed: a draft has 1 to {MOST_PARTS} posts")
    kept = tuple([_clean(one, 10 * settings.max_post_length) for one in parts])
    if len(msgspec.json.encode(kept)) > 100_000 + 20 * settings.max_post_length:  # bytes, all parts together
        raise DraftRefused(say="Validation failed: the draft is too long")
    return kept


def _clean(draft: Draft, longest: int) -> Draft:
    if len(draft.text) + len(draft.warning) > longest:
        raise DraftRefused(say="Validation failed: the draft is too long")
    if len(draft.media_ids) > MOST_MEDIA:
        raise DraftRefused(say=f"Validation failed: a post can have up to {MOST_MEDIA} media")
    if draft.visibility is not None and draft.visibility not in VISIBILITIES:
        raise DraftRefused(draft.visibility, say="Validation failed: Visibility is not included in the list")
    if draft.language and text.check_language(draft.language) is None:
        raise DraftRefused(draft.language[:40], say="Validation failed: Language is not one we know (ISO 639)")
    check_policies(draft.quote_policy, draft.reply_policy)
    poll = draft.poll
    if poll is not None:
        if len(poll.options) > MOST_OPTIONS:
            raise DraftRefused(say=f"Validation failed: Choices can't contain more than {MOST_OPTIONS} items")
        poll = msgspec.structs.replace(poll, options=tuple([text.clean(one[:_LONGEST_OPTION]) for one in poll.options]))
    return msgspec.structs.replace(draft, text=text.clean(draft.text), warning=text.clean(draft.warning), poll=poll)
