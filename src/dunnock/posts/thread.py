"""A post's conversation: what it answers, and what answers it. Mastodon: Context."""

from __future__ import annotations

import msgspec

from dunnock.foundation.db import Reader, Row
from dunnock.posts.find import find_original
from dunnock.posts.store import threads as store

MOST = 4_096
"""Posts each way, for members. Source: Mastodon's Api::V1::StatusesController."""
MOST_ANCESTORS_FOR_STRANGERS = 40
MOST_DESCENDANTS_FOR_STRANGERS = 60
DEEPEST_FOR_STRANGERS = 20
_READ = 10_000  # posts of one conversation looked at, each way


class Thread(msgspec.Struct, frozen=True):
    """Ids: `ancestors` from the first post down, `descendants` depth-first, each level authors to themselves first, then oldest.

    Hidden posts are still among them: what shows them leaves out what the viewer may not see.
    """

    ancestors: list[int]
    descendants: list[int]


async def thread(reader: Reader, post_id: int, viewer_id: int | None) -> Thread:
    """The conversation around the post (of a boost: what it shows), by three queries, however long it is.

    Raises:
        PostMissing: there is no such post, or the viewer may not see it.
    """
    post = await find_original(reader, post_id, viewer_id)
    rows = await store.thread_around(reader, post.thread_id, post.id, viewer_id=viewer_id, most=_READ)
    if viewer_id is None:
        return Thread(
            ancestors_of(post.id, rows, most=MOST_ANCESTORS_FOR_STRANGERS),
            descendants_of(post.id, rows, most=MOST_DESCENDANTS_FOR_STRANGERS, deepest=DEEPEST_FOR_STRANGERS),
        )
    return Thread(ancestors_of(post.id, rows, most=MOST), descendants_of(post.id, rows, most=MOST, deepest=MOST))


def ancestors_of(post_id: int, rows: list[Row], *, most: int) -> list[int]:
    """The nearest `most` posts above; `rows` as of `thread_around`. Deleted ones are left out, not what is above."""
    parents = {row[0]: row[1] for row in rows}
    deleted = {row[0] for row in rows if row[2] is not None}
    found: list[int] = []
    seen = {post_id}
    at = parents.get(post_id)
    while at is not None and at in parents and at not in seen and len(found) < most:
        seen.add(at)
        if at not in deleted:
            found.append(at)
        at = parents[at]
    return found[::-1]


def descendants_of(post_id: int, rows: list[Row], *, most: int, deepest: int) -> list[int]:
    """The first `most` posts below, depth-first, at most `deepest` levels down.

    Where authors go on with their own post, that comes before what others answer. Source: Mastodon's
    Status::ThreadingConcern, which puts such posts before all others, also before what they answer.
    """
    authors = {row[0]: row[3] for row in rows}
    children: dict[int, list[Row]] = {}
    for row in rows:
        if row[1] is not None:
            children.setdefault(row[1], []).append(row)
    for parent, answers in children.items():
        author = authors.get(parent)
        answers.sort(key=lambda row, author=author: (row[3] != author, row[0]), reverse=True)  # type: ignore[misc]
    found: list[int] = []
    seen = {post_id}
    waiting = [(row, 1) for row in children.get(post_id, ())]
    while waiting and len(found) < most:
        row, depth = waiting.pop()
        if row[0] in seen:
            continue
        seen.add(row[0])
        if row[2] is None:
            found.append(row[0])
        if depth < deepest:
            waiting += [(child, depth + 1) for child in children.get(row[0], ())]
    return found
