"""What the running server knows of the accounts behind trends, and what it keeps of what was held back."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence

import msgspec

from dunnock.accounts.independence import independence_of
from dunnock.discovery.events import TrendHeldBack
from dunnock.discovery.store import trend_facts as store
from dunnock.discovery.store import trends as acts_store
from dunnock.discovery.trend_engine import (
    GATHERED,
    GATHERING,
    HALF_LIFE,
    SEVERAL,
    WINDOW,
    Found,
    Past,
    Scene,
    Why,
    circles_of,
    judge,
    ranked,
)
from dunnock.discovery.trend_pasts import GATHERINGS, REMEMBERED_FOR, gathered_of
from dunnock.discovery.vouching import vouched_of
from dunnock.foundation.clock import DAY, HOUR
from dunnock.foundation.db import Db, Reader, Row, Tx
from dunnock.foundation.ids import id_at, ms_of

MOST_HELD = 10_000
"""So many accounts behind what is held back are told of."""
LISTED = 100
"""So many of each kind are trends for everybody, at most; those of each language come on top."""
MOST_LANGUAGES = 30
"""Of so many languages, those that most is written in, the trends are kept."""
LOOKED_AT = 200_000
"""So many acts are looked at, at most."""
_TOOK_PART_FOR = 30 * DAY
_FAIR = 10  # posts for each time that it took part in what was held back: an account of its own
_SETTLED = HOUR
_MOST_GATHERINGS = 60_000  # of a half hour
_SLOTS = 96  # half hours that are taken up at once, at most
_HELD_SHOWN = 100
_FIRST = 5


class Judged(msgspec.Struct, frozen=True):
    """What was found of a subject; who took it up first: (account, when, ms)."""

    found: Found
    first: tuple[tuple[int, int], ...]


class HeldBack(msgspec.Struct, frozen=True):
    """Something that is not listed though many took it up; `kind`: tag, post, link; `since`: ms."""

    kind: str
    subject_id: int
    since: int
    reason: Why
    accounts: int
    effective: float
    communities: int
    extreme: bool


async def judge_rows(
    db: Db, kind: str, rows: Sequence[Row], expected: Mapping[int, float], *, now: int
) -> tuple[list[Judged], list[Judged]]:
    """Judge (subject, account, act, language): what may be listed, the strongest first, and what is held back."""
    acts: dict[int, dict[int, int]] = {}
    languages: dict[int, dict[int, str]] = {}
    for subject, account, act, language in rows:
        by = acts.setdefault(subject, {})
        if account not in by or act < by[account]:
            by[account] = act
            if language:
                languages.setdefault(subject, {})[account] = base_of(language)
    for by in acts.values():
        for account, act in by.items():
            by[account] = ms_of(act)
    pasts, scene = await _scene(db, {row[1] for row in rows}, now=now)
    found = [
        judge(
            one,
            by,
            circles_of(one, by, pasts, scene),
            scene,
            now=now,
            half_life=HALF_LIFE[kind],
            expected=expected[one],
            languages=languages.get(one),
        )
        for one, by in acts.items()
        if one in expected
    ]
    listed, held = ranked(found)

    def shown(one: Found) -> Judged:
        first = heapq.nsmallest(_FIRST, acts[one.id].items(), key=lambda act: (act[1], act[0]))
        return Judged(one, tuple(first))

    return [shown(one) for one in listed], [shown(one) for one in held]


def base_of(language: str) -> str:
    """The language that one is a kind of: of `pt-BR` it is `pt`."""
    return language.partition("-")[0].lower()


async def _scene(db: Db, account_ids: Collection[int], *, now: int) -> tuple[dict[int, Past], Scene]:
    ids = sorted(account_ids)
    if not ids:
        return {}, Scene()
    before = id_at(now - WINDOW)
    held = {int(row[0]): int(row[1]) for row in await db.slow(store.HELD_OF, ids=ids)}
    here = await db.slow(store.HERE_BEFORE, ids=ids, before=before)
    known = {int(row[0]) for row in here if row[1] > _FAIR * held.get(row[0], 0)}
    gathered, gatherings = await gathered_of(db).of(db, ids, now=now)
    pasts = {
        one: Past(SEVERAL if one in known else None, gathered[one]) for one in ids if one in known or gathered[one]
    }
    scene = Scene(
        accounts=max(int(await db.value(store.ACTIVE, since=now - REMEMBERED_FOR) or 0), len(ids)),
        gatherings=gatherings,
        young=await db.one(store.ANYBODY_BEFORE, before=before) is None,
        groups=await independence_of(db, ids),
        vouched=await vouched_of(db, ids),
    )
    return pasts, scene


async def keep_held(tx: Tx, kind: str, held: Sequence[Judged], before: Mapping[int, HeldBack]) -> None:
    """Write down what is held back now; integrity is told once of each extreme one. `before`: what was held back already."""
    await tx.run(store.FREE, kind=kind)
    for one in held:
        found, was = one.found, before.get(one.found.id)
        assert found.held is not None
        extreme = found.extreme or (was is not None and was.extreme)
        await tx.run(
            store.HOLD,
            kind=kind,
            subject_id=found.id,
            since=tx.now if was is None else was.since,
            reason=str(found.held),
            accounts=found.raw,
            effective=found.effective,
            communities=found.communities,
            extreme=extreme,
        )
        part = [
            {"account_id": account, "kind": kind, "subject_id": found.id, "at": tx.now}
            for account, weight in found.weights.items()
            if weight < 1
        ][:MOST_HELD]
        await tx.many(store.TOOK_PART, part)
        if extreme and not (was is not None and was.extreme):
            await tx.record(
                TrendHeldBack(
                    what=kind,
                    subject_id=found.id,
                    reason=str(found.held),
                    accounts=found.raw,
                    effective=found.effective,
                )
            )


async def held_back(reader: Reader, kind: str) -> list[HeldBack]:
    """What is held back as of the last refresh, the latest first; `kind`: tag, post, link."""
    rows = await reader.all(store.HELD, kind=kind, most=_HELD_SHOWN)
    return [
        HeldBack(row[0], int(row[1]), int(row[2]), Why(row[3]), int(row[4]), float(row[5]), int(row[6]), bool(row[7]))
        for row in rows
    ]


async def held_accounts(reader: Reader, kind: str, subject_id: int) -> list[int]:
    """Accounts that took up what was held back and did not act alone, of the last 30 days; 10,000 at most."""
    return [
        int(row[0]) for row in await reader.all(store.HELD_ACCOUNTS, kind=kind, subject_id=subject_id, most=MOST_HELD)
    ]


async def remember_gatherings(db: Db, now: int) -> None:
    """Take up the half hours that are over: which accounts came together. What is older than a week is forgotten."""
    last = (now - _SETTLED) // GATHERING
    done = await db.value(acts_store.PROGRESS, name=GATHERINGS)
    for slot in range(max(last - _SLOTS, done or 0), last):
        since, until = id_at(slot * GATHERING) - 1, id_at((slot + 1) * GATHERING) - 1
        came: list[tuple[int, list[int]]] = []
        for query in acts_store.OF_SLOT:
            by: dict[int, list[int]] = {}
            for subject, account in await db.slow(query, since=since, until=until, looked_at=LOOKED_AT):
                by.setdefault(subject, []).append(account)
            came += [(subject, accounts) for subject, accounts in by.items() if len(accounts) >= GATHERED]
        async with db.begin() as tx:
            numbered = [(id_at(slot * GATHERING, at), *one) for at, one in enumerate(came[:_MOST_GATHERINGS])]
            await tx.many(
                store.ADD_GATHERING,
                [{"id": number, "subject_id": subject, "accounts": len(by)} for number, subject, by in numbered],
            )
            await tx.many(
                store.ADD_GATHERED,
                [{"account_id": one, "gathering_id": number} for number, _, by in numbered for one in by],
            )
            await tx.run(acts_store.NOTE_PROGRESS, name=GATHERINGS, below=slot + 1)
    async with db.begin() as tx:
        await tx.run(store.DROP_GATHERED, before=id_at(now - REMEMBERED_FOR))
        await tx.run(store.DROP_GATHERINGS, before=id_at(now - REMEMBERED_FOR))
        await tx.run(store.DROP_TOOK_PART, before=now - _TOOK_PART_FOR)
