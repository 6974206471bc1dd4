"""People look at what met something: they let it go, or refuse it with a reason that its author is told and can object to."""

from __future__ import annotations

from collections.abc import Collection
from typing import Generic

from dunnock import accounts, moderation, posts
from dunnock.accounts import Power, Staff
from dunnock.foundation.db import Reader, Tx
from dunnock.integrity.meetings.kind import Kind, M
from dunnock.integrity.meetings.letting_go import let_go
from dunnock.integrity.meetings.model import NEWEST
from dunnock.moderation import log

MOST_AT_ONCE = 50
LONGEST_REASON = 500
NEEDS = Power.MANAGE_REPORTS


class Judge(Generic[M]):
    """What staff do with the meetings of one kind."""

    def __init__(self, kind: Kind[M]) -> None:
        """Of this kind."""
        self._kind = kind

    async def waiting(self, reader: Reader, *, by: int, below: int = NEWEST, most: int = 50) -> list[M]:
        """What waits for a person, the newest first, below an id. Raises: NotPermitted."""
        await accounts.permit(reader, by, NEEDS)
        return [self._kind.read(row) for row in await reader.all(self._kind.rows.WAITING, below=below, most=most)]

    async def met(
        self, reader: Reader, with_id: int, state: str, *, by: int, below: int = NEWEST, most: int = 50
    ) -> list[M]:
        """What met one rule or stop and is in one state, the newest first, below an id. Raises: NotPermitted."""
        await accounts.permit(reader, by, NEEDS)
        rows = await reader.all(self._kind.rows.MET, the=with_id, the_state=state, below=below, most=most)
        return [self._kind.read(row) for row in rows]

    async def release(self, tx: Tx, ids: Collection[int], *, by: int, reason: str = "") -> None:
        """Let these be as they were. Raises: NotPermitted; the kind's refusal: they are too many, gone, or judged already."""
        staff = await log.acting(tx, by, NEEDS)
        for one in await self._hold(tx, ids):
            await let_go(tx, self._kind, one, "released", reason=reason.strip()[:LONGEST_REASON], by=by)
            await self._note(tx, staff, "release", one)

    async def refuse(self, tx: Tx, ids: Collection[int], *, by: int, reason: str) -> None:
        """Say that these posts are to be read as unlisted for good, or never published where they are held.

        That is a warning with the reason for each author, who may object. Where the objection is granted, or the warning is
        taken back, the posts are public again, or published.

        Raises:
            NotPermitted: also towards one of the authors.
            The kind's refusal: they are too many, gone, judged already, no posts, no reason is given, or an author is protected.
            What `moderation.decide` raises.
        """
        staff = await log.acting(tx, by, NEEDS)
        words = reason.strip()
        if not words or len(words) > LONGEST_REASON:
            raise self._kind.refused(
                len(words), say=f"Validation failed: Give a reason of up to {LONGEST_REASON} characters"
            )
        for account_id, theirs in (await self._by_author(tx, ids)).items():
            facts = await self._kind.facts(tx, theirs)
            judgement = moderation.Judgement(action="none", account_ids=(account_id,), text=words, facts=facts[:1_000])
            decided = await moderation.decide(tx, judgement, by=by)
            if decided.request_id is not None:
                raise self._kind.refused(
                    account_id, say="Validation failed: Too many for one person at once; decide in a case"
                )
            for one in theirs:
                await self._keep(tx, one, words, by=by, decision_id=decided.id)
                await self._note(tx, staff, "refuse", one)

    async def _by_author(self, tx: Tx, ids: Collection[int]) -> dict[int, list[M]]:
        held, protected = await self._hold(tx, ids), await accounts.protected_ids(tx)
        found: dict[int, list[M]] = {}
        for one in held:
            if one.post_id is None or one.account_id is None:
                raise self._kind.refused(
                    one.id, say="Validation failed: Only posts can be refused; decide about accounts in a case"
                )
            if one.account_id in protected:
                raise self._kind.refused(
                    one.id, say="Validation failed: An author is protected; decide about it in a case"
                )
            found.setdefault(one.account_id, []).append(one)
        return dict(sorted(found.items()))

    async def _keep(self, tx: Tx, one: M, words: str, *, by: int, decision_id: int) -> None:
        limited = one.limited
        if not limited and not one.held and one.post_id is not None:
            limited = await posts.set_apart(tx, one.post_id)
        await tx.run(
            self._kind.rows.JUDGE, the=one.id, was=one.state, new_state="refused", stays=limited, why=words, now=tx.now,
            by=by, decision=decision_id,
        )  # fmt: skip

    async def _note(self, tx: Tx, staff: Staff, act: str, one: M) -> None:
        subject, said = self._kind.entry(one)
        await log.note(tx, staff, f"{self._kind.acts}.{act}", subject, **said)

    async def _hold(self, tx: Tx, ids: Collection[int]) -> list[M]:
        wanted = sorted(set(ids))
        if not 0 < len(wanted) <= MOST_AT_ONCE:
            raise self._kind.refused(len(wanted), say=f"Validation failed: Choose 1 to {MOST_AT_ONCE}")
        held = [self._kind.read(row) for row in await tx.all(self._kind.rows.HOLD, ids=wanted)]
        if len(held) != len(wanted) or any(one.state != "waiting" for one in held):
            raise self._kind.refused(len(held))
        return held
