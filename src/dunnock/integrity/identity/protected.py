"""The names that nobody else is to be taken for: those that staff write down, and those of protected accounts."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dunnock import accounts
from dunnock.accounts import Power
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Db, Reader, Row, Tx
from dunnock.foundation.errors import Invalid
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Every
from dunnock.integrity.identity import store
from dunnock.integrity.identity.lookalike import keys_of
from dunnock.integrity.identity.skeleton import looks
from dunnock.moderation import log

LONGEST_NAME, LONGEST_SITE = 60, 253
MOST_NAMES = 5_000
_SHORTEST = 3
_SLICE = 500
_A_BATCH = 100


class Protected(msgspec.Struct, frozen=True):
    """One protected name. `handle`: what its accounts are called; `account_id` 0: nobody here; `source`: staff or account."""

    id: int
    name: str
    handle: str
    account_id: int
    site: str
    source: str

    @property
    def called(self) -> tuple[str, ...]:
        """All that it is known by."""
        return tuple(dict.fromkeys(one for one in (self.handle, self.name) if one))


class SyncProtected(Job, frozen=True):
    """Bring protected names up to date: of accounts that were protected before there were names, and what all are found by."""


class LookAtEverybody(Job, frozen=True):
    """Look at all accounts behind `after` for those that are taken for the name."""

    name_id: int
    after: int = 0


EVERY = (Every(SyncProtected(), DAY),)


async def add_name(tx: Tx, name: str, *, by: int, handle: str = "", account_id: int = 0, site: str = "") -> Protected:
    """Protect a name from now on, and look at all accounts for those that are taken for it.

    Raises:
        NotPermitted: the role of `by` does not allow it.
        Invalid: too short or too long, or there are too many.
    """
    staff = await log.acting(tx, by, Power.MANAGE_BLOCKS)
    one = Protected(
        tx.new_id(), " ".join(name.split()), handle.strip().removeprefix("@"), account_id, _host(site), "staff"
    )
    if (
        not all(any(len(look) >= _SHORTEST for look in looks(called)) for called in one.called)
        or not one.name
        or max(map(len, one.called)) > LONGEST_NAME
        or len(one.site) > LONGEST_SITE
    ):
        raise Invalid(name[:80], say=f"Validation failed: Name needs {_SHORTEST} to {LONGEST_NAME} letters and digits")
    if await tx.value(store.COUNT_NAMES) >= MOST_NAMES:
        raise Invalid(MOST_NAMES, say=f"Validation failed: At most {MOST_NAMES} names can be protected")
    if not await _add(tx, one, by=by):
        raise Invalid(name[:80], say="Validation failed: Name is protected already")
    await log.note(tx, staff, "name.protect", one.id, called=one.name, site=one.site)
    await tx.enqueue(LookAtEverybody(name_id=one.id))
    return one


async def drop_name(tx: Tx, name_id: int, *, by: int) -> list[int]:
    """Protect a name no longer; the accounts that were taken for it. Raises: NotPermitted."""
    staff = await log.acting(tx, by, Power.MANAGE_BLOCKS)
    row = await tx.one(store.NAME, the=name_id)
    if row is None or Protected(*row).source != "staff":
        return []
    freed = [int(alike[0]) for alike in await tx.all(store.ALIKE_TO, the=name_id)]
    await _drop(tx, name_id)
    await log.note(tx, staff, "name.unprotect", name_id, called=row[1])
    return freed


async def list_names(reader: Reader, *, by: int, after: int = 0, most: int = 200) -> list[Protected]:
    """Names that staff wrote down, the oldest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, Power.MANAGE_BLOCKS)
    return [Protected(*row) for row in await reader.all(store.NAMES, of="staff", after=after, most=most)]


async def find_name(reader: Reader, name_id: int) -> Protected | None:
    """One of them."""
    row = await reader.one(store.NAME, the=name_id)
    return None if row is None else Protected(*row)


async def sync_account(tx: Tx, account_id: int) -> None:
    """Let the names of an account be protected as it is now: both names of one that is protected, else none."""
    sheet = await accounts.find_sheet(tx, account_id)
    account = await accounts.find(tx, account_id)
    held = [Protected(*row) for row in await tx.all(store.OF_ACCOUNT, account=account_id)]
    name = "" if account is None else account.display_name or account.username
    guarded = sheet is not None and sheet.protected and account is not None and account.shown
    if account is not None and guarded and any((one.name, one.handle) == (name, account.username) for one in held):
        return
    for one in held:
        await _drop(tx, one.id)
    if account is not None and guarded and looks(account.username):
        one = Protected(
            tx.new_id(), name if looks(name) else account.username, account.username, account_id, "", "account"
        )
        await _add(tx, one, by=None)
        await tx.enqueue(LookAtEverybody(name_id=one.id))


async def sync_protected(db: Db, _: SyncProtected) -> None:
    """Do the job."""
    wanted = set(await accounts.protected_ids(db))
    held = {int(row[0]) for row in await db.all(store.OF_ACCOUNTS)}
    ids = sorted(wanted | held)
    for at in range(0, len(ids), _SLICE):
        async with db.begin(durable=False) as tx:
            for account_id in ids[at : at + _SLICE]:
                await sync_account(tx, account_id)
    after = 0
    while rows := await db.all(store.NAMES_AFTER, after=after, most=_A_BATCH):
        names = list(map(named, rows))
        after = names[-1].id
        async with db.begin(durable=False) as tx:
            await _find_anew(tx, names)


async def _find_anew(tx: Tx, names: Sequence[Protected]) -> None:
    """Let names be found by what they look like to this release, and look at everybody for those that were found otherwise."""
    held: dict[int, set[str]] = {}
    for name_id, key in await tx.all(store.KEYS_OF, ids=[one.id for one in names]):
        held.setdefault(name_id, set()).add(key)
    for one in names:
        keys = _keys(one)
        if held.get(one.id, set()) != keys:
            await tx.run(store.DROP_KEYS, the=one.id)
            await tx.many(store.ADD_KEY, [{"key": key, "name_id": one.id} for key in sorted(keys)])
            await tx.enqueue(LookAtEverybody(name_id=one.id))


async def _add(tx: Tx, one: Protected, *, by: int | None) -> bool:
    if not await tx.run(store.ADD_NAME, **msgspec.structs.asdict(one), by_account_id=by, created_at=tx.now):
        return False
    await tx.many(store.ADD_KEY, [{"key": key, "name_id": one.id} for key in sorted(_keys(one))])
    return True


def _keys(one: Protected) -> set[str]:
    return {key for called in one.called for key in keys_of(called)}


async def _drop(tx: Tx, name_id: int) -> None:
    await tx.run(store.DROP_KEYS, the=name_id)
    await tx.run(store.DROP_LOOKALIKES, the=name_id)
    await tx.run(store.DROP_NAME, the=name_id)


def _host(site: str) -> str:
    host = site.strip().casefold().removeprefix("https://").removeprefix("http://").partition("/")[0]
    return host.removeprefix("www.")


def named(row: Row) -> Protected:
    """The name in a row."""
    return Protected(*row)
