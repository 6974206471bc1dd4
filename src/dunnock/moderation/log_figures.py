"""What the log of a span of time comes to: how often what was done, and to how many accounts. From its entries alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection
from typing import Any

import msgspec

from dunnock.foundation.db import Reader
from dunnock.foundation.ids import id_at, ms_of
from dunnock.moderation.store import log as store

_BATCH = 5_000
_ACTIONS = ("sensitive", "disable", "limit", "suspend")
_BACK = {"unsensitive": "sensitive", "enable": "disable", "unlimit": "limit", "unsuspend": "suspend"}


class LogFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of a span. `acts`: entries by act; `accounts`: accounts by what was done to them; `given_back`: for how many it
    was taken back; `first` and `last`: number and hash of the entries at its ends, None: there is none.
    """

    acts: dict[str, int]
    accounts: dict[str, int]
    given_back: dict[str, int]
    first: tuple[int, str] | None
    last: tuple[int, str] | None


async def log_figures(reader: Reader, since: int, until: int) -> LogFigures:
    """The figures of the entries from `since` to before `until` (Unix milliseconds)."""
    span = {"first": id_at(since), "end": id_at(until)}
    acts = {row[0]: int(row[1]) for row in await reader.all(store.ACTS, **span)}
    accounts, back = Counter[str](), Counter[str]()
    for name, number in acts.items():
        kind, _, verb = name.partition(".")
        if kind == "account" and verb in _ACTIONS:
            accounts[verb] += number
        elif kind == "account" and verb in _BACK:
            back[_BACK[verb]] += number
    async for act, details in log_details(reader, ("decision.done", "decision.undone"), since, until):
        if act == "decision.done":
            accounts.update({one: int(details["accounts"]) for one in details["actions"] if one in _ACTIONS})
        else:
            back["decision"] += int(details["accounts"])
    back["objection"] = acts.get("appeal.grant", 0)
    ends = [await reader.one(one, **span) for one in (store.BOUND, store.BOUND_LAST)]
    first, last = (None if one is None else (int(one[0]), str(one[1])) for one in ends)
    return LogFigures(
        acts=acts,
        accounts=dict(sorted(accounts.items())),
        given_back=dict(sorted((name, number) for name, number in back.items() if number)),
        first=first,
        last=last,
    )


async def log_details(
    reader: Reader, acts: Collection[str], since: int, until: int
) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """The details of entries of some acts, the oldest first."""
    after = id_at(since) - 1
    while rows := await reader.all(store.DETAILS, acts=list(acts), after=after, end=id_at(until), most=_BATCH):
        for row in rows:
            yield row[1], msgspec.json.decode(row[2])
        after = rows[-1][0]


async def log_began(reader: Reader) -> int | None:
    """When the first entry was written (Unix milliseconds); None: there is none."""
    first = await reader.value(store.FIRST_ID)
    return None if first is None else ms_of(int(first))
