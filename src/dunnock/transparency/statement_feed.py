"""Statements of reasons as everybody may read them: one for each account that a decision restricts, and nobody's name.

They are written down once the decision is carried out, and marked when it is taken back. Source: DSA, articles 17 and 24(5).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

import msgspec

from dunnock import moderation
from dunnock.foundation.clock import MINUTE
from dunnock.foundation.db import Db, Reader, Tx
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Does
from dunnock.transparency import store
from dunnock.transparency.archive.pseudonyms import Pseudonyms
from dunnock.transparency.statements import statement

_CHUNK = 500
_KEY = "statements"


class StateReasons(Job, frozen=True):
    """Write down the statements of a decision that was carried out."""

    decision_id: int
    within_ms = 30 * MINUTE


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """One statement. `content` as the European Union's database takes it; `withdrawn_at` (Unix milliseconds): taken back."""

    id: int
    content: Mapping[str, Any]
    withdrawn_at: int | None


async def order_statements(tx: Tx, event: moderation.DecisionTaken) -> None:
    """Reasons are to be stated."""
    await tx.enqueue(StateReasons(decision_id=event.decision_id))


async def withdraw(tx: Tx, event: moderation.DecisionReversed) -> None:
    """The statement stands no more."""
    key = await tx.value(store.KEY, the_name=_KEY)
    if key is not None:
        await tx.run(store.WITHDRAW, puid=_puid(str(key), event.decision_id, event.account_id), now=tx.now)


async def state_reasons(db: Db, job: StateReasons) -> None:
    """One statement for each account that the decision is in force for; those that are there stay."""
    decision = await moderation.find_decision(db, job.decision_id)
    reported = decision.report_id is not None or (
        decision.case_id is not None and bool(await moderation.reports_of_case(db, decision.case_id))
    )
    after, key = 0, await _key(db)
    decision = msgspec.structs.replace(decision, facts=Pseudonyms(bytes.fromhex(key)).text(decision.facts, ()))
    while ids := await moderation.actioned(db, [decision.id], after=after, most=_CHUNK):
        async with db.begin() as tx:
            for an_id in ids:
                told = statement(decision, _puid(key, decision.id, an_id), reported=reported)
                if told is None:
                    return
                await tx.run(
                    store.ADD_STATEMENT, id=tx.new_id(), decision_id=decision.id, puid=told["puid"],
                    content=msgspec.json.encode(told).decode(),
                )  # fmt: skip
        after = ids[-1]


JOBS: Does = {StateReasons: state_reasons}


async def stated(reader: Reader, *, before: int | None = None, most: int = 100) -> list[Stated]:
    """Statements, newest first, older than the id `before`."""
    rows = await reader.all(store.STATEMENTS, below=before or 2**63 - 1, most=most)
    return [Stated(id=row[0], content=msgspec.json.decode(row[1]), withdrawn_at=row[2]) for row in rows]


async def _key(db: Db) -> str:
    """What names statements by; made at first need, never published."""
    async with db.begin() as tx:
        await tx.run(store.ADD_KEY, name=_KEY, key=secrets.token_hex(32))
        return str(await tx.value(store.KEY, the_name=_KEY))


def _puid(key: str, decision_id: int, account_id: int) -> str:
    """A name for one statement that says nothing of the account."""
    told = hmac.new(bytes.fromhex(key), f"{decision_id}:{account_id}".encode(), hashlib.sha256)
    return f"{decision_id}-{told.hexdigest()[:32]}"
