"""What staff see of accounts: the persona's standing and the member behind it, in batches. Mastodon: Admin::Account."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

import msgspec

from dunnock.accounts.account import Label, Standing, name_key, read_labels
from dunnock.accounts.member import Role, State
from dunnock.accounts.paging import Cursor
from dunnock.accounts.store import sheets as store
from dunnock.foundation.db import Db, Reader

Status = Literal["active", "pending", "disabled", "silenced", "suspended", "sensitized"]


class Sheet(msgspec.Struct, frozen=True):
    """One account as staff see it. From `member_id` on: None where nobody signs in to it. Times in Unix milliseconds."""

    id: int
    username: str
    domain: str
    created_at: int
    standing: Standing
    sensitized: bool
    member_id: int | None
    email: str | None
    role: Role | None
    state: State | None
    locale: str | None
    reason: str | None
    app_id: int | None
    invited_by: int | None
    """The account of who made their invitation."""
    unconfirmed: bool | None
    """Whether they still have to confirm their e-mail address."""
    protected: bool
    """What staff do to it needs two of them."""
    labels: tuple[Label, ...]

    @property
    def handle(self) -> str:
        """`name` here, `name@domain` elsewhere."""
        return f"{self.username}@{self.domain}" if self.domain else self.username


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which accounts staff look for; what is empty does not narrow the search. Names and addresses match in part."""

    origin: Literal["local", "remote"] | None = None
    status: Status | None = None
    roles: tuple[str, ...] = ()
    invited_by: int | None = None
    username: str = ""
    display_name: str = ""
    domain: str = ""
    email: str = ""


async def sheets(reader: Reader, ids: Collection[int]) -> dict[int, Sheet]:
    """The sheets of accounts, whatever their standing; unknown ids are left out. One query."""
    if not ids:
        return {}
    return {row[0]: _sheet(row) for row in await reader.all(store.SHEETS, ids=list(dict.fromkeys(ids)))}


async def find_sheet(reader: Reader, account_id: int) -> Sheet | None:
    """One of them; None when there is no such account."""
    return (await sheets(reader, (account_id,))).get(account_id)


async def look_for(db: Db, wanted: Wanted, cursor: Cursor) -> list[Sheet]:
    """Accounts that fit, newest first. A slow question: names and addresses are looked for in their middle too."""
    given = {
        "origin": wanted.origin,
        "status": wanted.status,
        "roles": wanted.roles,
        "invited_by": wanted.invited_by,
        "username": wanted.username.strip().removeprefix("@").casefold(),
        "display_name": name_key(wanted.display_name),
        "domain": wanted.domain.strip().casefold(),
        "email": wanted.email.strip().casefold(),
    }
    rows = await store.search(db, {name: value for name, value in given.items() if value}, cursor)
    return [_sheet(row) for row in rows]


def _sheet(row: tuple[Any, ...]) -> Sheet:
    names = Sheet.__struct_fields__
    held = dict(zip(names, row, strict=True))
    held |= {
        "standing": Standing(held["standing"]),
        "sensitized": bool(held["sensitized"]),
        "state": None if held["state"] is None else State(held["state"]),
        "unconfirmed": None if held["member_id"] is None else bool(held["unconfirmed"]),
        "protected": bool(held["protected"]),
        "labels": read_labels(held["labels"]),
    }
    return Sheet(**held)
