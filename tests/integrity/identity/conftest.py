"""What the tests of identity share: a house whose reactions and jobs run when they are told to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from dunnock import accounts, moderation
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.reactions import Reactions
from dunnock.integrity import identity

JOBS = {**identity.JOBS, **moderation.JOBS, accounts.SettleAttested: accounts.settle_attested}


class House(SimpleNamespace):
    """`await house.do(use_case, ...)` in a transaction of its own, then all that follows from it."""

    async def settle(self) -> None:
        for _ in range(2):
            await self.reactions.settle()
            await self.jobs.settle()

    async def do(self, use_case: Any, *args: Any, **named: Any) -> Any:
        async with self.db.begin() as tx:
            done = await use_case(tx, *args, **named)
        await self.settle()
        return done

    async def arrive(self, *made: Any) -> None:
        """Accounts that were put there are told of as new."""
        async with self.db.begin() as tx:
            for one in made:
                await tx.record(accounts.AccountMade(account_id=one.id))
        await self.settle()

    async def labels(self, one: Any) -> dict[str, str]:
        """Kind -> whom the label is about, or what it says."""
        found = await accounts.find(self.db, one.id)
        return {label.kind: label.of or label.text for label in found.labels}


@pytest.fixture
async def house(db):
    made = House(db=db, reactions=Reactions(db, identity.HEARS), jobs=Jobs(db, JOBS))
    await made.reactions.prepare()  # they hear from now on
    return made


@pytest.fixture
async def staff(make):
    return await make.member("keeper", role="admin")
