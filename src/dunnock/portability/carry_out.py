"""Does imports, some rows in a transaction: what was done and that it was done are committed together."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Protocol

import msgspec

from dunnock import accounts, filters, posts, text
from dunnock.accounts.counts import hold
from dunnock.feeds import lists
from dunnock.feeds.custom import keep
from dunnock.foundation import refresh
from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.db import Db, Reader, Row, Tx
from dunnock.foundation.errors import DomainError, Kind
from dunnock.foundation.job import Job
from dunnock.portability.bring import DoImport, Import, Outcome, handle_of, hold_own, try_again, work_name
from dunnock.portability.errors import ImportMissing
from dunnock.portability.feeds_file import FeedRow
from dunnock.portability.parse import FilterRow
from dunnock.portability.store import exports
from dunnock.portability.store import imports as store

CHUNK: Final = 25
WORK_MS: Final = 20_000
"""After so long the job lets others have their turn."""
RETRY_EVERY_MS: Final = 6 * HOUR
_PAUSE_S: Final = 0.01
_LOCKING = frozenset(("following", "blocking", "lists"))
_ABOUT_NOBODY = frozenset(("domain_blocking", "filters", "feeds"))
_FOR_NOW = frozenset((Kind.UNAVAILABLE, Kind.CONFLICT))
_NOT_YET = "This server can't look for it on other servers yet. It is tried again when that is possible."
Settled = tuple[Outcome, str]


class Resolver(Protocol):
    """Finds accounts and posts of other servers, over the network."""

    async def account(self, handle: text.Handle) -> int | None:
        """The account's id here; None: there is no such account."""

    async def post(self, uri: str) -> int | None:
        """The post's id here; None: there is no such post."""


class RetryWaiting(Job, frozen=True):
    """Look once more for what imports wait for."""


async def do_import(db: Db, job: DoImport, *, resolver: Resolver | None = None) -> None:
    """Go on where the import is. `resolver` None: what this server does not know waits."""
    until = now_ms() + WORK_MS
    while now_ms() < until:
        if not await _step(db, job.import_id, resolver):
            return
        await asyncio.sleep(_PAUSE_S)
    async with db.begin() as tx:
        await tx.enqueue(job)


async def retry_waiting(db: Db, _: RetryWaiting, *, resolver: Resolver | None = None) -> None:
    """Have imports that wait for accounts or posts go on; without a resolver there is no use in that."""
    if resolver is None:
        return
    for (import_id,) in await db.slow(store.WAITING):
        row = await db.one(store.FIND, the=import_id)
        if row is not None:
            async with db.begin() as tx:
                await try_again(tx, row[1], import_id)


async def _step(db: Db, import_id: int, resolver: Resolver | None) -> bool:
    """The next rows, or the next part of what is to go; whether there is more."""
    row = await db.one(store.FIND, the=import_id)
    if row is None or row[4] != "running":
        return False
    account_id, kind = row[1], row[2]
    if row[8] is not None:
        return await _remove_some(db, account_id, import_id)
    waiting = await store.next_rows(db, import_id, most=CHUNK)
    found = await _find(db, kind, waiting, resolver)
    async with db.begin() as tx:
        try:
            one = await hold_own(tx, account_id, import_id)
        except ImportMissing:
            return False
        if one.state != "running":
            return False
        rows = [row for row in await store.next_rows(tx, import_id, most=CHUNK) if row[1] in found]
        if not rows and not waiting:
            await tx.run(store.SET_STATE, the=import_id, new_state="finished", finished=tx.now)
            await refresh.tell(tx, work_name(import_id), results=one.settled, finished=True)
            return False
        if kind in _LOCKING:  # all at once and in one order, so that nobody waits in a circle
            await hold(tx, {account_id, *(held.id for held in found.values() if held.id is not None)})
        known = await _relations(tx, account_id, kind, found)
        outcomes: list[tuple[int, Outcome, str]] = []
        seen: set[str] = set()
        for row in rows:
            if row[1] in seen:
                outcomes.append((row[0], "already", "It stands in the file more than once"))
                continue
            seen.add(row[1])
            outcomes.append((row[0], *await _settle(tx, one, row, found[row[1]], known)))
        await store.settle(tx, import_id, outcomes)
        await refresh.tell(tx, work_name(import_id), results=one.settled + len(outcomes))
    return True


class _Found(msgspec.Struct, frozen=True):
    """`id` None: it is unknown; `asked`: another server said so."""

    id: int | None
    asked: bool = False


async def _find(db: Db, kind: str, rows: Sequence[Row], resolver: Resolver | None) -> dict[str, _Found]:
    """What the rows are about, by key; before the transaction, because it may ask other servers."""
    keys = list(dict.fromkeys(row[1] for row in rows))
    found: dict[str, _Found] = {}
    if kind == "bookmarks":
        for key in keys:
            if key.startswith("#"):
                found[key] = _Found(int(key[1:]))
            else:
                found[key] = _Found(None if resolver is None else await resolver.post(key), resolver is not None)
        return found
    if kind in _ABOUT_NOBODY:
        return {key: _Found(None) for key in keys}
    handles = {key: handle_of(key.rpartition("\n")[2]) for key in keys}
    known = await accounts.find_by_handles(db, list(handles.values()))
    for key, handle in handles.items():
        one = known.get(handle.key)
        if one is not None:
            found[key] = _Found(one.id if one.shown else None, asked=not one.shown)
        elif resolver is None or handle.domain is None:
            found[key] = _Found(None)
        else:
            found[key] = _Found(await resolver.account(handle), asked=True)
    return found


async def _relations(
    reader: Reader, account_id: int, kind: str, found: Mapping[str, _Found]
) -> dict[int, accounts.Relationship]:
    if kind not in {"following", "blocking", "muting", "lists"}:
        return {}
    ids = [one.id for one in found.values() if one.id is not None]
    return {one.id: one for one in await accounts.relationships(reader, account_id, ids)}


async def _settle(tx: Tx, one: Import, row: Row, found: _Found, known: Mapping[int, accounts.Relationship]) -> Settled:
    """Do what the row says, all of it or nothing."""
    if found.id is None and one.kind not in _ABOUT_NOBODY:
        return _not_found(row[1].rpartition("\n")[2], found)
    try:
        async with tx.savepoint():
            cells = msgspec.json.decode(row[2], type=list[str])
            return await _DO[one.kind](tx, one.account_id, found.id or 0, cells, row[1], known)
    except DomainError as error:
        if error.kind in _FOR_NOW:
            raise
        return "refused", error.text


def _not_found(key: str, found: _Found) -> Settled:
    if found.asked:
        return "refused", "There is no such account or post (any more)"
    if key.endswith("@"):
        return "refused", f"There is nobody called {key.removesuffix('@')} on this server"
    return "waiting", _NOT_YET


def _said(cell: str) -> bool | None:
    """What a cell says; None: nothing. Source: ActiveModel::Type::Boolean."""
    return cell.lower() not in {"f", "false", "0", "off", "no"} if cell else None


async def _follow(
    tx: Tx, me: int, whom: int, cells: Sequence[str], _: str, known: Mapping[int, accounts.Relationship]
) -> Settled:
    boosts, notify, spoken = (_said(cells[1]), _said(cells[2]), cells[3]) if len(cells) > 3 else (None, None, "")
    languages = [code.strip() for code in spoken.split(",") if code.strip()] or None
    before = known.get(whom)
    in_force = await accounts.follow(tx, follower=me, followed=whom, boosts=boosts, notify=notify, languages=languages)
    if before is not None and (before.following or before.requested):
        same = (
            boosts in {None, before.boosts}
            and notify in {None, before.notify}
            and (languages is None or set(languages) == set(before.languages or ()))
        )
        return ("already", "") if same else ("done", "The options of the follow were changed")
    return "done", "" if in_force else "They were asked; the follow begins when they agree"


async def _block(
    tx: Tx, me: int, whom: int, _c: Sequence[str], _k: str, known: Mapping[int, accounts.Relationship]
) -> Settled:
    await accounts.block(tx, me, target=whom)
    return ("already" if whom in known and known[whom].blocking else "done"), ""


async def _mute(
    tx: Tx, me: int, whom: int, cells: Sequence[str], _: str, known: Mapping[int, accounts.Relationship]
) -> Settled:
    hide = _said(cells[1]) if len(cells) > 1 else None
    before = known.get(whom)
    if before is not None and before.muting and hide in {None, before.muting_notifications}:
        return "already", ""
    await accounts.mute(tx, me, target=whom, notifications=hide is not False)
    return "done", ""


async def _block_domain(
    tx: Tx, me: int, _w: int, _c: Sequence[str], key: str, _: Mapping[int, accounts.Relationship]
) -> Settled:
    cursor = accounts.Cursor(limit=10_000)
    there = any(name == key for _, name in await accounts.blocked_domains(tx, me, cursor))
    await accounts.block_domain(tx, me, domain=key)
    return ("already" if there else "done"), ""


async def _bookmark(
    tx: Tx, me: int, post: int, _c: Sequence[str], _k: str, _: Mapping[int, accounts.Relationship]
) -> Settled:
    try:
        new = await posts.bookmark_once(tx, post, by=me)
    except posts.PostMissing:
        return "refused", "There is no such post, or you may not see it"
    return ("done" if new else "already"), ""


async def _list(
    tx: Tx, me: int, whom: int, cells: Sequence[str], _: str, known: Mapping[int, accounts.Relationship]
) -> Settled:
    """Source: Mastodon's BulkImportRowService: whoever is put on a list is followed first."""
    title = cells[0]
    held = next((one for one in await lists.lists_of(tx, me) if one.title == title), None)
    if held is None:
        held = await lists.make_list(tx, me, title=title)
    elif any(one.id == held.id for one in await lists.lists_with(tx, me, member=whom)):
        return "already", ""
    before = known.get(whom)
    if whom != me and not (before is not None and (before.following or before.requested)):
        await accounts.follow(tx, follower=me, followed=whom)
    await lists.add_to_list(tx, me, held.id, [whom])
    return "done", ""


async def _filter(
    tx: Tx, me: int, _w: int, cells: Sequence[str], key: str, _: Mapping[int, accounts.Relationship]
) -> Settled:
    row = msgspec.json.decode(cells[0], type=FilterRow)
    ends = None
    if row.expires_at is not None:
        ends = _moment(row.expires_at)
        if ends is None or ends <= tx.now:
            return "refused", "Its time is over"
    words = {(one.keyword, one.whole_word) for one in row.keywords}
    for held in await filters.filters_of(tx, me):
        if held.title == key:
            if {(one.keyword, one.whole_word) for one in held.keywords} == words:
                return "already", ""
            await filters.delete_filter(tx, me, held.id)
    await filters.make_filter(
        tx,
        me,
        title=row.title,
        contexts=row.context,
        action=row.filter_action,
        expires_in=None if ends is None else (ends - tx.now) // 1000,
        keywords=[filters.KeywordChange(keyword=one.keyword, whole_word=one.whole_word) for one in row.keywords],
    )
    return "done", ""


async def _feed(
    tx: Tx, me: int, _w: int, cells: Sequence[str], key: str, _: Mapping[int, accounts.Relationship]
) -> Settled:
    """A feed of the same name gets the file's text, and is shown to whom it was shown before."""
    row = msgspec.json.decode(cells[0], type=FeedRow)
    held = next((one for one in await keep.feeds_of(tx, me) if (one.account_id, one.title) == (me, key)), None)
    if held is None:
        await keep.make_feed(tx, me, text=row.text)
        return "done", ""
    if held.text == row.text:
        return "already", ""
    await keep.change_feed(tx, me, held.id, text=row.text)
    return "done", "It replaced the feed of this name"


def _moment(written: str) -> int | None:
    try:
        return int(msgspec.convert(written, dt.datetime).timestamp() * 1000)
    except (msgspec.ValidationError, OverflowError, ValueError):
        return None


_DO: Mapping[str, Callable[..., Awaitable[Settled]]] = {
    "following": _follow,
    "blocking": _block,
    "muting": _mute,
    "domain_blocking": _block_domain,
    "bookmarks": _bookmark,
    "lists": _list,
    "filters": _filter,
    "feeds": _feed,
}

# Overwrite ------------------------------------------------------------------------------------------------------------

_PAGES = {"following": "following", "blocking": "blocks", "muting": "mutes", "domain_blocking": "domains",
          "bookmarks": "bookmarks"}  # fmt: skip


async def _remove_some(db: Db, account_id: int, import_id: int) -> bool:
    """Take away the next of what is there and not in the file."""
    row = await db.one(store.FIND, the=import_id)
    if row is None or row[8] is None:
        return row is not None
    kind, below = row[2], row[8]
    page = [] if kind not in _PAGES else await exports.page(
        db, _PAGES[kind], account_id, below=below, now=now_ms()
    )  # fmt: skip
    page = page[: CHUNK * 4]
    async with db.begin() as tx:
        try:
            one = await hold_own(tx, account_id, import_id)
        except ImportMissing:
            return False
        if one.state != "running" or one.below != below:
            return one.state == "running"
        if kind in _PAGES:
            removed = await _remove_page(tx, one, page)
        else:
            removed = await _REMOVE[kind](tx, one)
        await tx.run(store.MOVE, the=import_id, new_below=page[-1][0] if page else None, more=removed)
    return True


async def _remove_page(tx: Tx, one: Import, page: Sequence[Row]) -> int:
    keys = [_key(one.kind, row) for row in page]
    kept = await store.in_file(tx, one.id, keys)
    gone = [key for key in keys if key not in kept]
    if one.kind in {"following", "blocking", "muting"}:
        known = await accounts.find_by_handles(tx, [handle_of(key) for key in gone])
        for key in gone:
            whom = known.get(handle_of(key).key)
            if whom is None:
                continue
            if one.kind == "following":
                await accounts.unfollow(tx, follower=one.account_id, followed=whom.id)
            else:
                await (accounts.unblock if one.kind == "blocking" else accounts.unmute)(
                    tx, one.account_id, target=whom.id
                )
        return len(gone)
    for key in gone:
        if one.kind == "domain_blocking":
            await accounts.unblock_domain(tx, one.account_id, domain=key)
    if one.kind == "bookmarks":
        for row, key in zip(page, keys, strict=True):
            if key not in kept:
                await posts.forget_bookmark(tx, row[3], by=one.account_id)
    return len(gone)


def _key(kind: str, row: Row) -> str:
    """The key of what is there: a row of `exports.PAGES`, with its cursor."""
    if kind == "domain_blocking":
        return str(row[1])
    if kind == "bookmarks":
        return str(row[1] or f"#{row[3]}")
    return f"{row[1].lower()}@{row[2]}"


async def _remove_lists(tx: Tx, one: Import) -> int:
    keys = {row[0] for row in await tx.all(store.KEYS, the=one.id)}
    titles = {key.partition("\n")[0] for key in keys}
    removed = 0
    for held in await lists.lists_of(tx, one.account_id):
        if held.title not in titles:
            await lists.delete_list(tx, one.account_id, held.id)
            removed += 1
            continue
        members = await lists.members_of(tx, one.account_id, held.id, accounts.Cursor(limit=0))
        found = await accounts.find_many(tx, members.ids)
        gone = [
            an_id for an_id, who in found.items()
            if f"{held.title}\n{who.username.lower()}@{who.domain}" not in keys
        ]  # fmt: skip
        if gone:
            await lists.remove_from_list(tx, one.account_id, held.id, gone)
            removed += len(gone)
    return removed


async def _remove_filters(tx: Tx, one: Import) -> int:
    titles = {row[0] for row in await tx.all(store.KEYS, the=one.id)}
    gone = [held for held in await filters.filters_of(tx, one.account_id) if held.title not in titles]
    for held in gone:
        await filters.delete_filter(tx, one.account_id, held.id)
    return len(gone)


async def _remove_feeds(tx: Tx, one: Import) -> int:
    """Those that the member made; what they subscribed to stays."""
    titles = {row[0] for row in await tx.all(store.KEYS, the=one.id)}
    held = [feed for feed in await keep.feeds_of(tx, one.account_id) if feed.account_id == one.account_id]
    gone = [feed for feed in held if feed.title not in titles]
    for feed in gone:
        await keep.delete_feed(tx, one.account_id, feed.id)
    return len(gone)


_REMOVE: Mapping[str, Callable[[Tx, Import], Awaitable[int]]] = {
    "lists": _remove_lists,
    "filters": _remove_filters,
    "feeds": _remove_feeds,
}
