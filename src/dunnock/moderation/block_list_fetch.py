"""Reads the lists of servers to block again and again, and does what they say as far as they are trusted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from itertools import islice
from typing import Any

import msgspec

from dunnock import accounts
from dunnock.accounts.server_rules import covering
from dunnock.foundation.clock import HOUR, MINUTE, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.foundation.http import Door
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Every
from dunnock.moderation import block_lists
from dunnock.moderation.block_list_file import MOST_BYTES, Listed, read_list
from dunnock.moderation.block_lists import BlockList, Said
from dunnock.moderation.source import etag_of, read_source
from dunnock.moderation.store import block_lists as store

FETCH_EVERY_MS = 12 * HOUR
AFTER_TROUBLE_MS = HOUR
_LOOK_EVERY_MS = 5 * MINUTE
_FEW = 20
"""A list of at most so many servers may shrink as it likes."""
_CHUNK = 100
_ACCEPT = "text/csv, application/json, text/plain;q=0.8, */*;q=0.1"


class FetchDueLists(Job, frozen=True):
    """Read the lists whose time has come."""


class FetchBlockList(Job, frozen=True):
    """Read a list. `trusting`: staff looked at it, so it may be much shorter than before."""

    list_id: int
    trusting: bool = False

    @property
    def lane(self) -> str:
        """One for all: nothing waits for them."""
        return "block lists"


EVERY = (Every(FetchDueLists(), _LOOK_EVERY_MS),)
"""For the schedule."""


def jobs_of(door: Door, *, here: str) -> dict[type[Job], Callable[[Db, Any], Awaitable[None]]]:
    """Who does these jobs. `here`: this server's own name, about which no list makes rules."""

    async def due(db: Db, _: FetchDueLists) -> None:
        rows = await db.all(store.DUE, now=now_ms())
        async with db.begin() as tx:
            for row in rows:
                await tx.enqueue(FetchBlockList(row[0]))

    async def fetch(db: Db, job: FetchBlockList) -> None:
        await fetch_block_list(db, door, job, here=here)

    return {FetchDueLists: due, FetchBlockList: fetch}


async def fetch_block_list(db: Db, door: Door, job: FetchBlockList, *, here: str) -> None:
    """Read a list and bring what is known of it up to date; why that did not work is kept for staff."""
    try:
        held = await block_lists.find(db, job.list_id)
    except block_lists.ListMissing:
        return
    try:
        await _read(db, door, held, here=here, trusting=job.trusting)
    except DomainError as error:
        async with db.begin() as tx:
            await tx.run(store.TROUBLED, the=held.id, told=error.text, again_at=tx.now + AFTER_TROUBLE_MS)


class ListShrank(DomainError):
    """The list names less than half of what it named: a broken or hijacked list must not open all doors."""

    code = "block_list_shrank"


async def _read(db: Db, door: Door, held: BlockList, *, here: str, trusting: bool) -> None:
    answer = await read_source(door, held.url, etag=held.etag, most=MOST_BYTES, accept=_ACCEPT)
    if answer is None:
        await _written(db, held, servers=held.servers, unusable=held.unusable, etag=held.etag)
        return
    found = read_list(answer.body, otherwise=held.severity)
    if not trusting and held.servers > _FEW and len(found.servers) < held.servers / 2:
        text = f"The list names {len(found.servers)} servers instead of {held.servers}: nothing was changed"
        raise ListShrank(held.id, say=text)
    known = {one.domain: one for one in map(block_lists.said_of, await db.slow(store.SAID, list_id=held.id))}
    follows = _by_name(await accounts.follows_by_server(db))
    spared = await block_lists.spares(db, here)
    news = _news(found.servers, known)
    while chunk := list(islice(news, _CHUNK)):
        async with db.begin() as tx:
            for said in chunk:
                following, followers = follows.get(said.domain, (0, 0))
                one = msgspec.structs.replace(
                    said, since=said.since or tx.now, following=following, followers=followers
                )
                if one.state == "waiting" and held.applies and not following and not followers:
                    one = await block_lists.put_in_force(tx, held, one, spared, by=held.by_account_id)
                elif spared.touched_by(one.domain):
                    one = msgspec.structs.replace(one, state="spared")
                await block_lists.keep_said(tx, held.id, one)
    gone = iter([one for name, one in known.items() if name not in found.servers])
    while over := list(islice(gone, _CHUNK)):
        async with db.begin() as tx:
            for one in over:
                if held.retracts:
                    await block_lists.retract(tx, held, one)
            await tx.run(store.FORGET, list_id=held.id, domains=[one.domain for one in over])
    await _written(db, held, servers=len(found.servers), unusable=found.unusable, etag=etag_of(answer))


async def _written(db: Db, held: BlockList, *, servers: int, unusable: int, etag: str) -> None:
    async with db.begin() as tx:
        await tx.run(
            store.READ, the=held.id, new_read_at=tx.now, new_next_at=tx.now + FETCH_EVERY_MS, new_trouble="",
            new_servers=servers, new_unusable=unusable, new_etag=etag,
        )  # fmt: skip


def _news(found: Mapping[str, Listed], known: Mapping[str, Said]) -> Iterator[Said]:
    """What the list says for the first time, or otherwise than before, or what waits still."""
    for domain, listed in found.items():
        was = known.get(domain)
        if was is None:
            yield Said(**msgspec.structs.asdict(listed))
        elif was.listed != listed and was.state != "dismissed":
            yield msgspec.structs.replace(was, **msgspec.structs.asdict(listed), state="waiting")
        elif was.state in {"waiting", "spared"}:
            yield msgspec.structs.replace(was, state="waiting")


def _by_name(follows: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """(follows from here, from there) of each server and all below its name."""
    found: dict[str, tuple[int, int]] = {}
    for domain, (following, followers) in follows.items():
        for name in covering(domain):
            before = found.get(name, (0, 0))
            found[name] = before[0] + following, before[1] + followers
    return found
