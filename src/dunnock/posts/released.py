"""Posts as a release of the public archive reads them: those of some accounts, in order, a page at a time."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from dunnock.foundation.db import Reader, Row
from dunnock.posts.store import released as store

_ids = msgspec.json.Decoder(tuple[int, ...]).decode
_AUTHORS = 25
"""So many are asked for at once."""
_names = msgspec.json.Decoder(tuple[str, ...]).decode


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """One post or boost as a release has it. `boosted`: author, text and language of what it boosts."""

    id: int
    author_id: int
    text: str
    warning: str
    language: str | None
    created_at: int
    reply_to_id: int | None
    reply_to_author_id: int | None
    quoted_id: int | None
    boost_of_id: int | None
    boosted: tuple[int, str, str | None] | None
    mentions: tuple[int, ...]
    hashtags: tuple[str, ...]
    media: tuple[int, ...]
    poll_id: int | None
    app_id: int | None
    counts: tuple[int, int, int, int]
    """Replies, boosts, favourites, quotes."""
    open: bool
    """Was it for everybody? Others are counted, and never released."""


async def released_posts(
    reader: Reader, authors: Collection[int], *, after: tuple[int, int], most: int
) -> list[Released]:
    """Posts of these accounts by author and id, behind `after` (author, post); what is deleted is left out."""
    rows: list[Row] = []
    if after[0] in authors:
        rows += await reader.all(store.OF_ONE, author=after[0], after=after[1], most=most)
    later = sorted(one for one in authors if one > after[0])
    for at in range(0, len(later), _AUTHORS):
        if len(rows) == most:
            break
        rows += await reader.all(store.OF_SOME, authors=later[at : at + _AUTHORS], most=most - len(rows))
    return [
        Released(
            id=row[0],
            author_id=row[1],
            text=row[2],
            warning=row[3],
            language=row[4],
            created_at=row[5],
            reply_to_id=row[6],
            reply_to_author_id=row[7],
            quoted_id=row[8],
            boost_of_id=row[9],
            boosted=None if row[10] is None else (row[10], row[11], row[12]),
            mentions=_ids(row[13]),
            hashtags=_names(row[14]),
            media=_ids(row[15]),
            poll_id=row[16],
            app_id=row[17],
            counts=(row[18] or 0, row[19] or 0, row[20] or 0, row[21] or 0),
            open=row[22] in {"public", "unlisted"},
        )
        for row in rows
    ]
