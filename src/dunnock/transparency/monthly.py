"""The report of a month, from the log of staff alone: made again at any time it is the same, byte by byte.

The log is a chain of hashes whose ends are published, so a report names the entries that it is made of.
"""

from __future__ import annotations

import base64
import calendar
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec

from dunnock.federation import Federation
from dunnock.foundation.clock import DAY, HOUR, iso_day, now_ms
from dunnock.foundation.db import Db, Reader
from dunnock.foundation.errors import Missing
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Does, Every
from dunnock.moderation.log_figures import log_began, log_details, log_figures
from dunnock.transparency import store

FORMAT = "dunnock-report/1"
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_MOST = 120


class MonthMissing(Missing):
    """There is no report of this month."""

    code = "month_missing"


class WriteReports(Job, frozen=True):
    """Write the reports of months that are over."""


EVERY: tuple[Every, ...] = (Every(WriteReports(), HOUR),)


class MonthlyReport(msgspec.Struct, frozen=True, kw_only=True):
    """One report. `content`: JSON as it was signed; `key`: Multikey; `signature`: Ed25519, base64."""

    month: str
    content: str
    key: str
    signature: str

    @property
    def said(self) -> Mapping[str, Any]:
        """The content, read."""
        held: dict[str, Any] = msgspec.json.decode(self.content)
        return held


def jobs_of(federation: Federation) -> Does:
    """What writes them."""

    async def write(db: Db, _: WriteReports) -> None:
        await write_reports(db, federation)

    return {WriteReports: write}


async def write_reports(db: Db, federation: Federation) -> int:
    """Write and sign what is missing of the months that are over; how many that were."""
    began = await log_began(db)
    held = {row[0] for row in await db.all(store.MONTHS, most=_MOST)}
    month, number = iso_day(began)[:7] if began is not None else "9999-12", 0
    while month < iso_day(now_ms())[:7]:
        if month not in held:
            content = await report_of(db, month, server=federation.places.domain)
            seal = await federation.keys.seal(content)
            async with db.begin() as tx:
                await tx.run(
                    store.ADD_MONTH, month=month, content=content.decode(), key=seal.key,
                    signature=base64.b64encode(seal.signature).decode(),
                )  # fmt: skip
            number += 1
        month = _next(month)
    return number


async def report_of(reader: Reader, month: str, *, server: str) -> bytes:
    """The report of a month (2026-11), from the log. Raises: MonthMissing: there is no such month."""
    since, until = span_of(month)
    figures = await log_figures(reader, since, until)
    governments: dict[str, Counter[str]] = {"asked": Counter(), "done": Counter()}
    async for _, details in log_details(reader, ("government.record",), since, until):
        for name, counts in governments.items():
            counts[str(details[name])] += 1
    told = {
        "format": FORMAT,
        "server": server,
        "month": month,
        "log": {"first": figures.first, "last": figures.last},
        "acts": figures.acts,
        "accounts": figures.accounts,
        "given_back": figures.given_back,
        "governments": {name: dict(sorted(counts.items())) for name, counts in governments.items()},
    }
    return msgspec.json.encode(told, order="sorted")


async def monthly_reports(reader: Reader) -> list[str]:
    """The months that have a report, newest first."""
    return [row[0] for row in await reader.all(store.MONTHS, most=_MOST)]


async def find_report(reader: Reader, month: str) -> MonthlyReport:
    """One report, as it was published. Raises: MonthMissing."""
    row = await reader.one(store.MONTH, the_month=month)
    if row is None:
        raise MonthMissing(month[:20])
    return MonthlyReport(month=row[0], content=row[1], key=row[2], signature=row[3])


def span_of(month: str) -> tuple[int, int]:
    """Where a month begins and ends (UTC, Unix milliseconds). Raises: MonthMissing."""
    found = _MONTH.fullmatch(month)
    if found is None:
        raise MonthMissing(month[:20])
    year, number = int(found[1]), int(found[2])
    since = calendar.timegm((year, number, 1, 0, 0, 0)) * 1000
    return since, since + calendar.monthrange(year, number)[1] * DAY


def _next(month: str) -> str:
    return iso_day(span_of(month)[1])[:7]
