"""Delete an account with all that belongs to it. Mastodon: DeleteAccountService.

At once nobody sees anything of it and nobody is signed in to it; what it holds is deleted by a job, step by step. Each domain
deletes its own (`dunnock.*.erase`); the app puts the steps in order. The name stays, so that nobody else can take it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec

from dunnock import accounts
from dunnock.accounts import Standing
from dunnock.accounts.sign_up import prove_password
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Conflict, Db, Reader, Tx
from dunnock.foundation.erase import Step
from dunnock.foundation.job import Job
from dunnock.media import SweepFiles
from dunnock.portability.archive import erase_archives
from dunnock.portability.errors import DeletionRefused
from dunnock.portability.store import deletions as store

Steps: TypeAlias = Sequence[tuple[str, Step]]
By: TypeAlias = Literal["member", "staff", "command"]
WORK_MS = 20_000
LOOKED_AFTER_MS = 3 * DAY
_PAUSE_S = 0.01
_MOST_CONFLICTS = 5


class DeleteAccount(Job, frozen=True):
    """Go on deleting what belongs to an account."""

    account_id: int


class Deletion(msgspec.Struct, frozen=True):
    """How far it is: `step` is what is being deleted now, `things` how much was. Times in Unix milliseconds."""

    account_id: int
    by_whom: By
    step: str
    things: int
    begun_at: int
    finished_at: int | None


async def delete_own(db: Db, member_id: int, *, password: str, name: str | None = None) -> None:
    """A member deletes their account; `name`: what they typed to be sure of it, None: they were not asked.

    Raises:
        DeletionRefused: the name or the password is not right, or nobody would own the server any more.
        TooManyTries: too many wrong passwords lately.
    """
    member = await accounts.find_member(db, member_id)
    if member is None:
        raise accounts.MemberMissing(member_id)
    if name is not None and name.strip().removeprefix("@").casefold() != member.username.casefold():
        raise DeletionRefused(
            member_id,
            say="Validation failed: This is not your name here",
            details={"name": [("", "This is not your name here")]},
        )
    try:
        await prove_password(db, member_id, password)
    except accounts.SignUpRefused as error:
        raise DeletionRefused(
            member_id,
            say="Validation failed: The password is not right",
            details={"password": [("", "The password is not right")]},
        ) from error
    async with db.begin() as tx:
        await begin_deletion(tx, member.account_id, by="member")


async def begin_deletion(tx: Tx, account_id: int, *, by: By) -> None:
    """From now on the account reads as missing, and nobody is signed in to it; a job deletes what it holds. Twice is once.

    Raises:
        DeletionRefused: it is the last owner's.
    """
    member = await accounts.member_of(tx, account_id)
    if member is not None and member.role == "owner":
        owners = [one for one in await accounts.staff(tx) if one.role == "owner"]
        if [one.account_id for one in owners] == [account_id]:
            raise DeletionRefused(
                account_id,
                say="Validation failed: You are this server's only owner. Give somebody else that role first",
            )
    await accounts.change_standing(tx, {account_id: Standing.DELETED})
    if await tx.run(store.ADD, account_id=account_id, by_whom=by, begun_at=tx.now):
        await tx.enqueue(DeleteAccount(account_id))


async def find_deletion(reader: Reader, account_id: int) -> Deletion | None:
    """How far the deletion of an account is; None: nobody asked for it."""
    row = await reader.one(store.FIND, the=account_id)
    return None if row is None else msgspec.convert(dict(zip(Deletion.__struct_fields__, row, strict=True)), Deletion)


async def delete_account(db: Db, job: DeleteAccount, *, steps: Steps, work_ms: int = WORK_MS) -> bool:
    """Go on where it is, for a while; True: all of it is done. It may be stopped at any point, and done again."""
    until = now_ms() + work_ms
    held = await find_deletion(db, job.account_id)
    if held is None:
        return True
    names = [name for name, _ in steps]
    at = names.index(held.step) if held.step in names else 0
    conflicts = 0
    while at < len(steps):
        if now_ms() >= until:
            async with db.begin() as tx:
                await tx.enqueue(job)
            return False
        name, step = steps[at]
        try:
            number = await step(db, job.account_id)
        except Conflict:
            # What was on its way wrote a row after the step that deletes such rows: once more from the first.
            conflicts += 1
            if conflicts > _MOST_CONFLICTS:
                raise
            at = 0
            continue
        async with db.begin(durable=False) as tx:
            await tx.run(store.MOVE, the=job.account_id, new_step=name, more=number)
        if number:
            await asyncio.sleep(_PAUSE_S)
        else:
            at += 1
    async with db.begin() as tx:
        await tx.run(store.FINISH, the=job.account_id, now=tx.now)
        if held.finished_at is None:
            await tx.enqueue(SweepFiles())
    return True


async def look_after(db: Db, *, steps: Steps) -> None:
    """Go once more over accounts that were deleted lately: events on their way may have written something after all."""
    for (account_id,) in await db.slow(store.LATELY, since=now_ms() - LOOKED_AFTER_MS):
        for _, step in steps:
            await _all_of(step, db, account_id)


async def _all_of(step: Step, db: Db, account_id: int) -> None:
    more = 1
    while more:
        more = await step(db, account_id)
        await asyncio.sleep(_PAUSE_S if more else 0)


async def erase_imports(db: Db, account_id: int) -> int:
    """Files that the member brought."""
    async with db.begin() as tx:
        await tx.run(store.DROP_ROWS, the=account_id)
        return await tx.run(store.DROP_IMPORTS, the=account_id)


ERASES: tuple[tuple[str, Step], ...] = (("imports", erase_imports), ("archives", erase_archives))
