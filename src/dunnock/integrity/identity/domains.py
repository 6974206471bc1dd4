"""Proves that a domain is a member's: by a small file at it, or by its WebFinger, read through the one door out.

`https://DOMAIN/.well-known/dunnock` is plain text with a line `@name@server`. Or, as servers do it, the answer to
`https://DOMAIN/.well-known/webfinger?resource=acct:name@DOMAIN` has the account's actor as its link `self`.
Source: RFC 7033; the idea of a domain as a handle: AT Protocol, "Handle Resolution".
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import idna
import msgspec

from dunnock import accounts
from dunnock.accounts import Account, DomainHandle, Way
from dunnock.federation.places import Places
from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.foundation.db import Db, Reader
from dunnock.foundation.errors import Invalid
from dunnock.foundation.http import Answer, Door, OutsideFailed, OutsideForbidden, Wanted
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Every
from dunnock.integrity.identity import store
from dunnock.integrity.identity.lookalike import keys_for, likeness
from dunnock.integrity.identity.protected import Protected, named
from dunnock.integrity.identity.skeleton import looks
from dunnock.integrity.identity.trying import proving
from dunnock.text import BadDomain, canonical_domain

_FILE = Wanted(types=frozenset({"text/plain"}), most=4096, hops=0, within_s=6)
_WEBFINGER = Wanted(
    types=frozenset({"application/jrd+json", "application/json"}), most=64 * 1024, hops=0, within_s=6
)  # fmt: skip
"""No redirects: what another host says proves nothing of this one."""
_AT_ONCE = 50
_MOST_NAMES = 50


class CheckDomains(Job, frozen=True):
    """Look again for the proofs of those domains that were last looked at a day ago."""

    within_ms = 1_200_000


EVERY = (Every(CheckDomains(), HOUR),)


class _Link(msgspec.Struct):
    rel: str = ""
    href: str = ""


class _Jrd(msgspec.Struct):
    links: list[_Link] = []


_read_jrd = msgspec.json.Decoder(_Jrd).decode


async def prove_domain(db: Db, door: Door, account_id: int, written: str, *, places: Places) -> str:
    """Let an account wear a domain, if the domain says that it is the account's; the domain in A-labels.

    Raises:
        Invalid: it is no name of a host, this server's own, or taken for a name that is protected; or there is no proof.
        TooManyTries: asked for too often.
    """
    account = await accounts.find_shown(db, account_id)
    try:
        domain = canonical_domain(written.strip().removeprefix("@").removeprefix("https://").rstrip("/"))
    except BadDomain as error:
        raise Invalid(written[:80], say="Validation failed: Domain is no name of a website") from error
    here = places.domain.partition(":")[0]
    if "." not in domain or domain.rpartition(".")[2].isdigit() or domain == here or domain.endswith(f".{here}"):
        raise Invalid(written[:80], say="Validation failed: Domain can't be this server's own, nor an address")
    if await _taken_for(db, account, domain):
        raise Invalid(written[:80], say="Validation failed: Domain looks like one that belongs to a protected name")
    proving.begin(str(account_id))
    way = await find_proof(door, account.username, domain, places=places)
    if way is None:
        raise Invalid(
            written[:80], say="Validation failed: Domain does not say that it is yours: put the file there first"
        )
    async with db.begin() as tx:
        await accounts.wear_domain(tx, account_id, domain, way)
    return domain


async def find_proof(door: Door, username: str, domain: str, *, places: Places) -> Way | None:
    """How a domain says that it belongs to the account; None: it does not."""
    told = await _answer(door, f"https://{domain}/.well-known/dunnock", _FILE)
    if told is not None:
        lines = {line.strip().casefold() for line in told.body.decode("utf-8", "replace").splitlines()}
        if f"@{username}@{places.domain}".casefold() in lines:
            return "file"
    asked = quote(f"acct:{username}@{domain}", safe="")
    told = await _answer(door, f"https://{domain}/.well-known/webfinger?resource={asked}", _WEBFINGER)
    if told is not None:
        try:
            links = _read_jrd(told.body).links
        except (msgspec.DecodeError, RecursionError):
            return None
        if any(link.rel == "self" and link.href == places.actor(username) for link in links):
            return "webfinger"
    return None


def jobs_of(door: Door, places: Places) -> dict[type[Job], Callable[[Db, Any], Awaitable[None]]]:
    """Who looks for the proofs again."""

    async def check_domains(db: Db, _: CheckDomains) -> None:
        due = await accounts.domains_to_check(db, before=now_ms() - DAY, most=_AT_ONCE)
        for held in due:
            account = await accounts.find(db, held.account_id)
            way = None
            if account is not None and account.shown:
                way = await find_proof(door, account.username, held.domain, places=places)
            await _note(db, held, way)
        if len(due) == _AT_ONCE:  # or more than 1,200 would not be looked at each day
            async with db.begin() as tx:
                await tx.enqueue(CheckDomains())

    return {CheckDomains: check_domains}


async def _note(db: Db, held: DomainHandle, way: Way | None) -> None:
    async with db.begin(durable=False) as tx:
        await accounts.note_check(tx, held, found=way)


async def _answer(door: Door, url: str, wanted: Wanted) -> Answer | None:
    try:
        told = await door.get(url, wanted, headers={"accept": ", ".join(sorted(wanted.types))})
    except (OutsideFailed, OutsideForbidden):
        return None
    return told if told.status == 200 else None


async def _taken_for(reader: Reader, account: Account, domain: str) -> bool:
    """Is it taken for a name that staff protect, or for its website, and neither that website nor the name's own account?"""
    labels = [_shown(label) for label in domain.split(".")[:-1]]
    keys = sorted({key for label in labels for key in keys_for(label)})
    rows = await reader.all(store.NAMES_BY_KEYS, keys=keys, most=_MOST_NAMES) if keys else ()
    alike = [name for name in map(named, rows) if name.source == "staff" and _alike(labels, name)]
    whole = looks(".".join(labels))
    sites = map(named, await reader.all(store.NAMES_WITH_SITES))
    alike += [name for name in sites if whole & looks(name.site.rpartition(".")[0])]
    return any(not _owns(account, domain, name) for name in alike)


def _alike(labels: list[str], name: Protected) -> bool:
    found = [likeness(label, called) for label in labels for called in name.called]
    return any(one is not None and one.enough for one in found)


def _owns(account: Account, domain: str, name: Protected) -> bool:
    return account.id == name.account_id or bool(
        name.site and (domain == name.site or domain.endswith(f".{name.site}"))
    )  # fmt: skip


def _shown(label: str) -> str:
    """A label as people see it."""
    return idna.decode(label) if label.startswith("xn--") else label
