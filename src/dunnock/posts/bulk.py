"""Bulk import of posts that exist elsewhere already: original dates, marked, once each, however often it is run.

What is decided here:

- A post is known again by what its source calls it, whichever file it comes in; the name is kept as 64 bits of its digest.
- Reposts come in as posts of the reposter with the text they carry, for their targets are hashes or not in the file.
- Mentions stay text: names of elsewhere are nobody here.
- A reply is linked when both ends are imported, in whichever order they come; else it stands for itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from dunnock import text
from dunnock.accounts import bulk as accounts
from dunnock.foundation import ids
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Conflict, Db, Tx
from dunnock.posts.content import tag_pages
from dunnock.posts.events import PostsImported
from dunnock.posts.store import bulk as store

LONGEST = 10_000
"""Characters of a post that are kept."""
CHUNK = 1_000
"""Rows in one transaction: about 100 ms of SQLite's only writer."""
_TRIES = 3
_KEPT_NAMES = 200_000


class SourcePost(msgspec.Struct, kw_only=True, gc=False):
    """A post as a file tells of it. `row` is its place in the file, from 1; `key` and `author` are the source's names.

    `at` is in Unix milliseconds. `html`: safe HTML where the source has HTML; else it is made from the text.
    """

    row: int
    key: str
    author: str
    at: int
    text: str
    author_name: str = ""
    display_name: str = ""
    language: str | None = None
    hashtags: tuple[str, ...] = ()
    html: str | None = None
    warning: str = ""
    sensitive: bool = False
    visibility: str = "public"


class BadRow(msgspec.Struct, frozen=True, gc=False):
    """A row that can't be imported, and why."""

    row: int
    reason: str


class Outcome(msgspec.Struct, frozen=True):
    """What became of a chunk: posts added, posts known before, rows left out."""

    added: int
    known: int
    bad: list[BadRow]


class _Ready(msgspec.Struct, gc=False):
    """A post with everything that is made of it outside the transaction."""

    key: int
    post: SourcePost
    values: dict[str, Any]
    tags: tuple[tuple[str, str], ...]


class Import:
    """One file on its way in. Chunks are handed to it in the order of the file, by one caller."""

    def __init__(self, db: Db, source: str, *, total: int, public_url: str) -> None:
        """`source` is the file's identity (name and digest), `total` its rows."""
        self._db, self._source, self._total = db, source, total
        self._tag_url = tag_pages(public_url)
        self._accounts: dict[str, int] = {}
        self._tags: dict[str, int] = {}

    async def done(self) -> int:
        """How many rows are in already: where to go on."""
        found = await store.progress(self._db, self._source)
        return found[0] if found else 0

    async def linked(self) -> int:
        """How many replies were looked at already."""
        found = await store.progress(self._db, f"{self._source} replies")
        return found[0] if found else 0

    async def add(self, rows: Sequence[SourcePost | BadRow], *, done: int) -> Outcome:
        """Bring in a chunk; `done` rows of the file are behind us with it. All of it is committed, or nothing.

        Raises:
            Busy: the database did not let us in.
        """
        ready, bad = self._prepare(rows)
        for attempt in range(1, _TRIES + 1):
            try:
                async with self._db.begin() as tx:
                    added, authors, tags = await self._write(tx, ready)
                    await store.note_progress(tx, self._source, done, self._total)
            except Conflict:  # another import made the same account or id at the same moment
                if attempt == _TRIES:
                    raise
            else:
                self._remember(authors, tags)
                return Outcome(added, len(ready) - added, bad)
        raise AssertionError

    def _prepare(self, rows: Sequence[SourcePost | BadRow]) -> tuple[list[_Ready], list[BadRow]]:
        ready: list[_Ready] = []
        bad: list[BadRow] = []
        latest = now_ms() + DAY
        for row in rows:
            if isinstance(row, BadRow):
                bad.append(row)
            elif not 0 < row.at <= latest:
                bad.append(BadRow(row.row, "its date is before 1970 or in the future"))
            else:
                try:
                    one = _ready(row, self._tag_url)
                except text.BadText:
                    bad.append(BadRow(row.row, "its text is not valid Unicode"))
                    continue
                if one.values["text"]:
                    ready.append(one)
                else:
                    bad.append(BadRow(row.row, "it has no text"))
        return ready, bad

    async def _write(self, tx: Tx, ready: list[_Ready]) -> tuple[int, dict[str, int], dict[str, int]]:
        fresh = {one.key: one for one in reversed(ready)}  # of several rows with one key the first counts
        for key in await store.known(tx, list(fresh)):
            del fresh[key]
        if not fresh:
            return 0, {}, {}
        new = list(fresh.values())
        post_ids = await _free_ids(tx, new)
        authors = await self._authors(tx, new)
        tags = await self._tag_ids(tx, new)
        known_authors, known_tags = self._accounts, self._tags
        rows: list[dict[str, Any]] = []
        keys: list[dict[str, int]] = []
        tagged: list[dict[str, int]] = []
        sums: dict[int, accounts.Sum] = {}
        for one, post_id in zip(new, post_ids, strict=True):
            author = one.post.author
            author_id = known_authors.get(author) or authors[author]
            values = one.values
            values["id"] = values["thread_id"] = post_id
            values["author_id"] = author_id
            rows.append(values)
            keys.append({"key": one.key, "post_id": post_id})
            tagged += [{"hashtag_id": known_tags.get(key) or tags[key], "post_id": post_id} for key, _ in one.tags]
            at, before = one.post.at, sums.get(author_id)
            sums[author_id] = (
                accounts.Sum(author_id, 1, at, at) if before is None
                else accounts.Sum(author_id, before.more + 1, min(before.oldest, at), max(before.newest, at))
            )  # fmt: skip
        rows.sort(key=_by_id)
        await store.add(tx, rows, keys)
        if tagged:
            await store.tag(tx, tagged)
        await accounts.count_posts(tx, sums.values())
        await tx.record(
            PostsImported(source=self._source, count=len(rows), first_id=rows[0]["id"], last_id=rows[-1]["id"])
        )
        return len(rows), authors, tags

    async def _authors(self, tx: Tx, new: list[_Ready]) -> dict[str, int]:
        """The accounts that are not remembered yet."""
        strangers: dict[str, accounts.Newcomer] = {}
        for one in new:
            post = one.post
            if post.author in self._accounts:
                continue
            before = strangers.get(post.author)
            strangers[post.author] = accounts.Newcomer(
                post.author,
                post.author_name or post.author,
                (before.display_name if before else "") or post.display_name,
                min(before.since, post.at) if before else post.at,
            )
        return await accounts.meet(tx, list(strangers.values())) if strangers else {}

    async def _tag_ids(self, tx: Tx, new: list[_Ready]) -> dict[str, int]:
        """The hashtags that are not remembered yet."""
        names: dict[str, str] = {}
        for one in new:
            for key, name in one.tags:
                if key not in self._tags:
                    names.setdefault(key, name)
        return await store.tags(tx, names) if names else {}

    def _remember(self, authors: dict[str, int], tags: dict[str, int]) -> None:
        """Keep what is committed, up to a bound."""
        for kept, more in ((self._accounts, authors), (self._tags, tags)):
            if len(kept) + len(more) > _KEPT_NAMES:
                kept.clear()
            kept.update(more)

    async def link(self, replies: Sequence[tuple[str, str]], *, done: int, total: int) -> int:
        """Make replies of imported posts, given as (its key, key of what it replies to); how many were linked now.

        Call it when all posts of the file are in. `done` of `total` replies are behind us with these.
        """
        pairs = {_digest(child): _digest(parent) for child, parent in replies}
        async with self._db.begin() as tx:
            post_ids = await store.known(tx, [*{*pairs, *pairs.values()}])
            wanted = {post_ids[a]: post_ids[b] for a, b in pairs.items() if a in post_ids and b in post_ids}
            linked = await _link(tx, wanted) if wanted else []
            await store.note_progress(tx, f"{self._source} replies", done, total)
            if linked:
                await tx.record(PostsImported(source=self._source, count=0, first_id=min(linked), last_id=max(linked)))
        return len(linked)


def _by_id(row: dict[str, Any]) -> int:
    an_id: int = row["id"]
    return an_id


def _digest(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(errors="replace"), digest_size=8).digest(), "big", signed=True)


def _ready(post: SourcePost, tag_url: Any) -> _Ready:
    raw = post.text if len(post.text) <= LONGEST else post.text[:LONGEST]
    parsed = text.parse(raw)
    warning = text.clean(post.warning) if post.warning else ""
    tags = {tag.key: tag.name for tag in parsed.hashtags} if parsed.spans else {}
    for name in post.hashtags:
        if (key := text.hashtag_key(name)) not in tags and text.is_hashtag(name):
            tags[key] = name
    html = post.html
    if html is None:
        html = text.render(parsed, mention_url={}, tag_url=tag_url)
    emoji = parsed.shortcodes if parsed.spans else ()
    values = {
        "text": parsed.text, "html": html, "warning": warning, "visibility": post.visibility,
        "language": text.check_language(post.language), "sensitive": post.sensitive, "created_at": post.at,
        "hashtags": _json(list(tags.values())) if tags else "[]", "emoji": _json(emoji) if emoji else "[]",
        "imported": True,
    }  # fmt: skip
    return _Ready(_digest(post.key), post, values, tuple(tags.items()) if post.visibility == "public" else ())


def _json(names: Sequence[str]) -> str:
    return msgspec.json.encode(names).decode()


async def _free_ids(tx: Tx, new: list[_Ready]) -> list[int]:
    """An id of its moment for each post, decided by its key; where several share a moment the next guess of each is tried."""
    found: list[int] = [0] * len(new)
    used: set[int] = set()
    waiting = list(range(len(new)))
    guess = 0
    while waiting:
        wishes = [
            ids.id_for(new[at].post.at, new[at].post.key if not guess else f"{new[at].post.key} {guess}")
            for at in waiting
        ]
        used |= await store.taken(tx, wishes)
        again = []
        for at, wish in zip(waiting, wishes, strict=True):
            if wish in used:
                again.append(at)
            else:
                used.add(wish)
                found[at] = wish
        waiting, guess = again, guess + 1
    return found


async def _link(tx: Tx, wanted: dict[int, int]) -> list[int]:
    """Link (reply -> what it replies to); the ids of the replies that were not linked before."""
    rows = {row[0]: row for row in await store.ends(tx, sorted({*wanted, *wanted.values()}))}
    thread = {an_id: row[2] for an_id, row in rows.items()}
    of_thread: dict[int, set[int]] = {}
    for an_id, its in thread.items():
        of_thread.setdefault(its, set()).add(an_id)
    links: list[dict[str, int]] = []
    moves: list[dict[str, int]] = []
    counts: dict[int, int] = {}
    for child, parent in wanted.items():
        # A post that stands for itself begins its thread; one whose thread it would end up in is its own descendant.
        if child not in rows or parent not in rows or rows[child][3] is not None or thread[parent] == child:
            continue
        links.append({"the": child, "to": parent, "to_author": rows[parent][1]})
        moves.append({"the": child, "new_thread": thread[parent]})
        if child > rows[child][5]:  # else who wrote it is suspended
            counts[parent] = counts.get(parent, 0) + 1
        moved = of_thread.pop(child, set())
        of_thread.setdefault(thread[parent], set()).update(moved)
        for one in moved:
            thread[one] = thread[parent]
    await store.link(tx, links, moves, [{"the": post_id, "more": more} for post_id, more in sorted(counts.items())])
    return [link["the"] for link in links]
