"""Keeps the search index as the posts are: a post goes in, is changed or goes out with the fact that made it so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from weakref import WeakSet

import msgspec

from dunnock import previews, text
from dunnock.discovery import marks
from dunnock.discovery.across import PAIRS, across
from dunnock.discovery.store import search as store
from dunnock.discovery.words import fold, words_of
from dunnock.foundation.clock import MINUTE
from dunnock.foundation.db import Db, Row, Tx
from dunnock.foundation.job import Job
from dunnock.media import views as media
from dunnock.previews import Preview

CHUNK = 200
MOST_WORDS = 4_000  # of one post; what comes after is not found
_MOST_OF_ONE = 200  # PostgreSQL keeps 255 places of a word
_FOREVER = (1 << 63) - 1
BACKLOG_EVERY_MS = 5 * MINUTE
_BACKLOG = "all, in two halves, and what stands across words"
_PAIRED_BY = ("all, folded anew, with finer pairs", _BACKLOG)  # the backlogs that left marks of pairs everywhere
_TIMED_BY = ("all, with pairs and times", *_PAIRED_BY)  # and those of the time

_ids = msgspec.json.Decoder(list[int]).decode
_names = msgspec.json.Decoder(list[str]).decode


class IndexAuthor(Job, frozen=True):
    """Bring an author's posts below `below` into the index, or out of it; a chunk at a time, newest first."""

    account_id: int
    below: int = _FOREVER


class IndexSpan(Job, frozen=True):
    """The same for all posts from `first` on, below `below`: what an import brought."""

    first: int
    below: int


class IndexBacklog(Job, frozen=True):
    """Take in the posts that were there before the index. The schedule asks again and again; at the end it does nothing."""


async def index_posts(tx: Tx, ids: Sequence[int]) -> None:
    """Make the index say of these posts what they say now; those that nobody may look for are taken out."""
    if not ids:
        return
    held = {row[0]: row[1] for row in await tx.all(store.HELD, ids=list(ids))}
    rows = await tx.all(store.SOURCES, ids=list(ids))
    wanted_media = {one for row in rows if row[10] != "[]" for one in _ids(row[10])}
    files = await media.find(tx, wanted_media) if wanted_media else {}
    linked = await previews.of_posts(tx, [row[0] for row in rows])
    for row in rows:
        words = _words(row, [files[one] for one in _ids(row[10]) if one in files], linked.get(row[0]))
        post_id, as_text, vector = row[0], " ".join(words), _vector(words, row[0])
        before = held.pop(post_id, None)
        if before is None and await tx.run(store.ADD, id=post_id, words=as_text, vector=vector):
            continue
        if before not in (as_text, vector):
            await tx.run(store.CHANGE, id=post_id, words=as_text, vector=vector)
    if held:
        await tx.run(store.REMOVE, ids=list(held))


async def index_kept(tx: Tx, post_id: int) -> None:
    """Take in a post that somebody keeps, if it is not there yet."""
    if await tx.value(store.IS_HELD, id=post_id) is None:
        await index_posts(tx, [post_id])


async def index_linking(tx: Tx, preview_id: int) -> None:
    """What a link leads to is known: look at the newest posts with it again."""
    rows = await tx.all(store.LINKING, preview=preview_id, most=CHUNK)
    await index_posts(tx, [row[0] for row in rows])


async def index_author(db: Db, job: IndexAuthor) -> None:
    """One chunk; the next one is enqueued with it, so a restart goes on where it was."""
    async with db.begin() as tx:
        rows = await tx.all(store.BY_AUTHOR, author=job.account_id, below=job.below, most=CHUNK)
        await index_posts(tx, [row[0] for row in rows])
        if len(rows) == CHUNK:
            await tx.enqueue(IndexAuthor(job.account_id, rows[-1][0]))


async def index_span(db: Db, job: IndexSpan) -> None:
    """One chunk, as `index_author`."""
    async with db.begin() as tx:
        rows = await tx.all(store.WITHIN, first=job.first, below=job.below, most=CHUNK)
        await index_posts(tx, [row[0] for row in rows])
        if len(rows) == CHUNK:
            await tx.enqueue(IndexSpan(job.first, rows[-1][0]))


async def index_backlog(db: Db, _: IndexBacklog) -> None:
    """Go down from the newest post that was there, chunk by chunk, until nothing is left."""
    while True:
        below = await db.value(store.PROGRESS, name=_BACKLOG)
        if below == 0:
            return
        async with db.begin() as tx:
            rows = await tx.all(store.ALL_BELOW, below=_FOREVER if below is None else below, most=CHUNK)
            await index_posts(tx, [row[0] for row in rows])
            await tx.run(store.NOTE_PROGRESS, name=_BACKLOG, below=rows[-1][0] if rows else 0)


async def author_changed(tx: Tx, account_id: int) -> None:
    """The author may have agreed to be found, or no longer: look at the newest post, and have all of them brought in line."""
    newest = await tx.value(store.NEWEST_PUBLIC, author=account_id)
    if newest is None:
        return
    held = {row[0]: _has(row[1], marks.PUBLIC) for row in await tx.all(store.HELD, ids=[newest])}
    now = {row[0]: bool(row[11]) for row in await tx.all(store.SOURCES, ids=[newest])}
    if held != now:
        await tx.enqueue(IndexAuthor(account_id))


def _has(words: str, mark: str) -> bool:
    return f" {mark} " in f" {words} " or f"'{mark}':" in words


def _words(row: Row, files: Iterable[Any], preview: Preview | None) -> list[str]:
    """The words and marks of a post, in order."""
    (
        _,
        author_id,
        written,
        html,
        warning,
        language,
        sensitive,
        reply,
        mentions,
        hashtags,
        attached,
        public,
        options,
    ) = row
    parsed = text.parse(written or (text.plain(html) if html else ""))
    parts = [warning, parsed.text, *(one.description for one in files if one.description)]
    if options is not None:
        parts += _names(options)
    found: list[str] = []
    for part in parts:
        if part and (some := words_of(part)):
            found += [marks.GAP, *some] if found else some
    found = _limited(found)
    found += _across(parts, found)
    found.append(marks.by(author_id))
    found += [marks.to(one) for one in _ids(mentions)]
    found += [marks.hashtag(one) for one in _names(hashtags)]
    found += [marks.handle(one.key) for one in parsed.handles]
    if language:
        found += marks.languages(language)
    if reply:
        found.append(marks.IS["reply"])
    if sensitive:
        found.append(marks.IS["sensitive"])
    if attached != "[]":
        kinds = {marks.MEDIA.get(one.kind, "") for one in files} - {""}
        found += [marks.HAS["media"], *sorted(marks.HAS[kind] for kind in kinds)]
    if options is not None:
        found.append(marks.HAS["poll"])
    if preview is not None and preview.card.html:
        found.append(marks.HAS["embed"])
    if parsed.links:
        found.append(marks.HAS["link"])
        found += sorted({mark for link in parsed.links for mark in _hosts(link)})
    return in_its_half(list(_once_marks(found)), public=bool(public))


def _across(parts: Iterable[str | None], words: Iterable[str]) -> list[str]:
    """Marks of the pairs of letters that are a word in none of the parts."""
    pairs = PAIRS & set(words)
    return [marks.across(one) for one in sorted(across(pairs, fold("\n".join(filter(None, parts)))))] if pairs else []


def in_its_half(words: Sequence[str], *, public: bool) -> list[str]:
    """The words and marks of a post that everybody may find, or that not everybody may."""
    return [*words, marks.PUBLIC] if public else [one if one == marks.GAP else marks.shy(one) for one in words]


def _once_marks(words: Iterable[str]) -> Iterable[str]:
    """Words as often as they stand there, marks once (but for the gaps)."""
    seen: set[str] = set()
    for word in words:
        if word[0] in "#@:" and word != marks.GAP:
            if word in seen:
                continue
            seen.add(word)
        yield word


def _limited(words: list[str]) -> list[str]:
    """No more words than the engines take, and none so often that one would count its places and the other not."""
    if len(words) <= _MOST_OF_ONE:
        return words
    words = words[:MOST_WORDS]
    often = {word for word, count in Counter(words).items() if count > _MOST_OF_ONE}
    if not often:
        return words
    left = dict.fromkeys(often, _MOST_OF_ONE)
    kept: list[str] = []
    for word in words:
        if word in left:
            if not left[word]:
                kept.append(marks.GAP)
                continue
            left[word] -= 1
        kept.append(word)
    return kept


def _hosts(link: str) -> list[str]:
    host = link.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2].partition(":")[0]
    try:
        return marks.hosts(text.canonical_domain(host))
    except text.BadDomain:
        return []


class Marked(msgspec.Struct, frozen=True):
    """Does all that is in the index have the marks of its pairs of words (`pairs`), and of its time (`timed`)?

    `halves`: is all of it in the half where it belongs? Until then it may be anywhere.
    """

    pairs: bool
    timed: bool
    halves: bool


async def marked(db: Db) -> Marked:
    """Not before the backlog is done."""
    if db in _ALL_MARKED:
        return Marked(pairs=True, timed=True, halves=True)
    done = {name for name in _TIMED_BY if await db.value(store.PROGRESS, name=name) == 0}
    if _BACKLOG in done:
        _ALL_MARKED.add(db)
    return Marked(pairs=not done.isdisjoint(_PAIRED_BY), timed=bool(done), halves=_BACKLOG in done)


_ALL_MARKED: WeakSet[Db] = WeakSet()  # it stays so: asked once


def _vector(words: Sequence[str], post_id: int) -> str:
    """The words as the text of a tsvector, in the order that PostgreSQL writes it in; which follow each other, and when."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words, 1):
        places.setdefault(word, []).append(place)
    # Beyond 255 places only the gap can come, which nobody looks for.
    vector = {word: f"'{word}':{','.join(map(str, at[:255]))}" for word, at in places.items()}
    vector |= {mark: f"'{mark}'" for mark in (*marks.pairs(words), *marks.times(post_id))}
    return " ".join([vector[word] for word in sorted(vector, key=str.encode)])
