"""Whether the pages that a profile links to link back to it (`rel="me"`): read through the one door out, after each change.

Those that do are looked at again each day.

Source: microformats, "rel-me"; Mastodon, VerifyLinkService. docs/integrity-identity.md.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Iterator
from typing import Any
from urllib.parse import urlsplit

from dunnock import accounts
from dunnock.accounts import Account
from dunnock.accounts.account import Field
from dunnock.federation.places import Places
from dunnock.foundation.clock import DAY, MINUTE
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.http import MAX_URL, Answer, Door, OutsideFailed, OutsideForbidden, Wanted
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Every
from dunnock.integrity.identity import store
from dunnock.integrity.identity.trying import proving
from dunnock.previews.page import attributes_at, decoded

_PAGE = Wanted(
    types=frozenset({"text/html", "application/xhtml+xml"}), most=1024 * 1024, cut=True, hops=3, within_s=8
)  # fmt: skip
_PAUSES_MS = (MINUTE, 15 * MINUTE)
"""Between the tries where nobody answers."""
_MOST_LINES = 8
_AT_ONCE = 15
"""Accounts that one job looks at: if nobody answers, it takes 16 minutes."""
_ASK_LATER = frozenset((429, *range(500, 600)))
_TAG = re.compile(r"<(?:(!--)|(a|area|link|script|style|textarea|title|template|iframe)(?=[\s/>]))", re.IGNORECASE)
_LINKS = frozenset(("a", "area", "link"))
_MOST_TAGS = 5_000


class CheckLinks(Job, frozen=True):
    """Look whether the pages that an account's profile links to link back."""

    account_id: int
    tries: int = 0


class CheckAllLinks(Job, frozen=True):
    """Look again at the links that count as checked, of accounts with an id above `after`."""

    within_ms = 1_200_000
    after: int = 0


EVERY = (Every(CheckAllLinks(), DAY),)


def jobs_of(door: Door, places: Places) -> dict[type[Job], Callable[[Db, Any], Awaitable[None]]]:
    """Who looks."""

    async def do(db: Db, job: CheckLinks) -> None:
        await check_links(db, door, job, places=places)

    async def do_all(db: Db, job: CheckAllLinks) -> None:
        due, further = await accounts.with_checked_links(db, after=job.after, most=_AT_ONCE)
        for account_id in due:  # who does not answer is asked again tomorrow
            await check_links(db, door, CheckLinks(account_id=account_id, tries=len(_PAUSES_MS)), places=places)
        if further is not None:
            async with db.begin() as tx:
                await tx.enqueue(CheckAllLinks(after=further))

    return {CheckLinks: do, CheckAllLinks: do_all}


async def look_at_links(tx: Tx, account_id: int) -> None:
    """Have the links of a profile looked at again. Raises: TooManyTries: asked for too often."""
    proving.begin(f"links {account_id}")
    await tx.enqueue(CheckLinks(account_id=account_id))


async def check_links(db: Db, door: Door, job: CheckLinks, *, places: Places) -> None:
    """Do the job. Links of an account that turned wait until staff looked, or the notice is over."""
    account = await accounts.find(db, job.account_id)
    if account is None or not account.shown or await _waits(db, account):
        return
    own = _own(account, places)
    found: dict[str, bool | None] = {}
    for url in dict.fromkeys(map(link_of, account.fields[:_MOST_LINES])):
        if url:
            try:
                found[url] = await _links_back(door, url, own)
            except OutsideFailed:
                found[url] = None
    async with db.begin(durable=False) as tx:
        if not await _waits(db, account):
            await accounts.prove_links(tx, account.id, found)
        if None in found.values() and job.tries < len(_PAUSES_MS):
            again = CheckLinks(account_id=account.id, tries=job.tries + 1)
            await tx.enqueue(again, run_at=tx.now + _PAUSES_MS[job.tries])


def link_of(line: Field) -> str:
    """The address that a line of a profile is, and nothing beside it; empty: it is none over https."""
    url = line.value.strip()
    if not url.startswith("https://") or len(url) > MAX_URL or any(char.isspace() for char in url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.hostname and "@" not in parts.netloc else ""


def me_links(page: str) -> Iterator[str]:
    """Where the page's links with `rel="me"` lead, as written; not those in comments, scripts and fields."""
    at = 0
    for _ in range(_MOST_TAGS):
        tag = _TAG.search(page, at)
        if tag is None:
            return
        at = tag.end()
        name = (tag[2] or "").lower()
        if name not in _LINKS:
            end = page.find("-->" if tag[1] else f"</{tag[2]}", at)
            if end < 0:
                return
            at = end
            continue
        held, at = attributes_at(page, at)
        if "me" in held.get("rel", "").lower().split():
            yield held.get("href", "").strip()


async def _links_back(door: Door, url: str, own: Collection[str]) -> bool:
    """Raises: OutsideFailed: nobody answered; another time somebody may."""
    try:
        answer = await door.get(url, _PAGE, headers={"accept": "text/html, application/xhtml+xml;q=0.9"})
    except OutsideForbidden:
        return False
    if answer.status in _ASK_LATER:
        raise OutsideFailed(answer.status)
    # What another host says proves nothing of this one: an open redirect would speak for anybody.
    if answer.status != 200 or _host(answer.url) != _host(url):
        return False
    return await asyncio.to_thread(_names, answer, own)


def _names(answer: Answer, own: Collection[str]) -> bool:
    return any(_same(link) in own for link in me_links(decoded(answer.body, answer.charset)))


def _own(account: Account, places: Places) -> frozenset[str]:
    """The addresses of an account's profile, as `_same` has them."""
    known = (account.url, account.uri)
    if account.local:
        known = (places.profile(account.username), places.actor(account.username))
    return frozenset(_same(one) for one in known if one)


def _same(url: str) -> str:
    return url.partition("#")[0].rstrip("/").casefold()


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


async def _waits(db: Db, account: Account) -> bool:
    return await db.one(store.TURN_OF, account=account.id) is not None
