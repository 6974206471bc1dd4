"""The terms of service, with every version that was published and the day from which it holds. Mastodon: TermsOfService."""

from __future__ import annotations

import datetime as dt

import msgspec

from dunnock.foundation.clock import iso_day
from dunnock.foundation.db import Reader, Tx
from dunnock.server import store
from dunnock.server.errors import GuideRefused, TermsMissing
from dunnock.server.events import GuideChanged
from dunnock.server.pages import checked


class Terms(msgspec.Struct, frozen=True):
    """One version, in Markdown; days as YYYY-MM-DD. `succeeded_by`: the day of the next version, when there is one."""

    id: int
    text: str
    changes: str
    effective_on: str
    published_at: int
    succeeded_by: str | None = None

    def effective(self, today: str) -> bool:
        """Does it hold on that day, or did it once?"""
        return self.effective_on <= today


async def all_terms(reader: Reader) -> list[Terms]:
    """Every version, oldest first."""
    versions = [Terms(*row) for row in await reader.all(store.TERMS)]
    return [
        msgspec.structs.replace(one, succeeded_by=versions[at].effective_on) if at < len(versions) else one
        for at, one in enumerate(versions, start=1)
    ]


async def current_terms(reader: Reader, now: int) -> Terms:
    """The version that holds now; before the first holds, that one.

    Raises:
        TermsMissing: none was published.
    """
    versions = await all_terms(reader)
    if not versions:
        raise TermsMissing
    holding = [one for one in versions if one.effective(iso_day(now))]
    return holding[-1] if holding else versions[0]


async def terms_of(reader: Reader, day: str) -> Terms:
    """The version that holds from that day on.

    Raises:
        TermsMissing: there is none of that day.
    """
    for one in await all_terms(reader):
        if one.effective_on == day:
            return one
    raise TermsMissing(day[:40])


async def publish_terms(tx: Tx, words: str, *, effective_on: str | None = None, changes: str = "") -> None:
    """A new version, which holds from `effective_on` (YYYY-MM-DD; None: today).

    Raises:
        GuideRefused: it is empty or too long, the day is none or in the past, or another version holds from that day.
    """
    words, changes = checked(words), checked(changes)
    day = effective_on or iso_day(tx.now)
    try:
        known = dt.date.fromisoformat(day).isoformat() == day
    except ValueError:
        known = False
    if not known or day < iso_day(tx.now):
        raise GuideRefused(day[:40], say="Validation failed: the day must look like 2026-11-26 and not be in the past")
    if not words:
        raise GuideRefused(say="Validation failed: Text can't be blank")
    if not await tx.run(
        store.ADD_TERMS, id=tx.new_id(), text=words, changes=changes, effective_on=day, published_at=tx.now
    ):
        raise GuideRefused(day, say="Validation failed: another version holds from that day; choose a later one")
    await tx.record(GuideChanged(what="terms"))
