"""Accounts that come with a bulk import: local, marked, without a member, so nobody signs in to them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from dunnock import text
from dunnock.accounts.account import name_key
from dunnock.accounts.events import AccountMade, MemberSignedUp
from dunnock.accounts.store import bulk as store
from dunnock.foundation.db import Conflict, Tx

_PLAIN = re.compile("[a-z0-9_]{1,30}")
_NOT_IN_NAMES = re.compile("[^A-Za-z0-9_]+")
_NAME_KEPT = 20


class Newcomer(msgspec.Struct, frozen=True):
    """An account of elsewhere: `key` is its identity there, `name` what it is called there (may be the key).

    `since` is its first known post, in Unix milliseconds.
    """

    key: str
    name: str
    display_name: str
    since: int
    bot: bool = False


class Settler(msgspec.Struct, frozen=True):
    """A member made by a command, confirmed at once. `at` is since when, in Unix milliseconds.

    `password_hash` "!" lets nobody sign in. `username` is taken as it is, reserved or not.
    """

    username: str
    email: str
    at: int
    display_name: str = ""
    password_hash: str = "!"  # noqa: S105 (no password has this hash)
    role: str = "member"
    language: str | None = None
    bot: bool = False


class Sum(msgspec.Struct, frozen=True):
    """`more` imported posts of an account, the oldest and the newest of them in Unix milliseconds."""

    account_id: int
    more: int
    oldest: int
    newest: int


def names_for(newcomer: Newcomer) -> list[str]:
    """The local names that this newcomer may get, best first. The same key always leads to the same names.

    A key that is a name already is kept. Everything else gets a digest of the key behind it, so that a name of elsewhere is
    never taken for the account of a member here.
    """
    digest = hashlib.blake2b(newcomer.key.encode(errors="replace"), digest_size=9).hexdigest()
    stem = _NOT_IN_NAMES.sub("_", newcomer.name)[:_NAME_KEPT].strip("_").lower() or "imported"
    names = [f"{stem}_{digest[:8]}", f"{stem[:10]}_{digest}"]
    if newcomer.name == newcomer.key and _PLAIN.fullmatch(newcomer.key):
        try:
            names.insert(0, text.check_username(newcomer.key))
        except text.BadUsername:
            return names
    return names


async def meet(tx: Tx, newcomers: Sequence[Newcomer]) -> dict[str, int]:
    """The local account of each newcomer by its key; those seen for the first time are made.

    Raises:
        Conflict: every name that a newcomer could get belongs to a member, or was taken at this very moment.
    """
    wishes = {one.key: (one, names_for(one)) for one in newcomers}
    every = sorted({name for _, names in wishes.values() for name in names})
    holders = await store.holders_of(tx, every)
    found: dict[str, int] = {}
    made: list[dict[str, Any]] = []
    for key, (one, names) in wishes.items():
        known = next((holders[name][0] for name in names if name in holders and holders[name][1]), None)
        if known is not None:
            found[key] = known
            continue
        name = next((name for name in names if name not in holders), None)
        if name is None:
            raise Conflict(key, names)
        an_id = found[key] = tx.new_id()
        holders[name] = (an_id, True)
        shown = " ".join(one.display_name.split())[:100]
        made.append({
            "id": an_id, "username": name, "username_key": text.handle_key(name), "display_name": shown,
            "name_key": name_key(shown), "kind": "service" if one.bot else "person", "created_at": one.since,
            "imported": True,
        })  # fmt: skip
    if made:
        await store.add(tx, made)
        for row in made:
            await tx.record(AccountMade(account_id=row["id"]))
    return found


async def count_posts(tx: Tx, sums: Iterable[Sum]) -> None:
    """Add imported posts to the counts of their authors, and let an author be as old as their first post."""
    await store.count(
        tx,
        [
            {"the": one.account_id, "more": one.more, "oldest": one.oldest, "newest": one.newest}
            for one in sorted(
                sums, key=lambda one: one.account_id
            )  # in one order, so that two imports never wait in a circle
        ],
    )


async def settle(tx: Tx, settlers: Sequence[Settler]) -> dict[str, int]:
    """Make a local account with an active member for each; the accounts by username.

    Raises:
        Conflict: a username or an e-mail address is taken.
    """
    accounts: list[dict[str, Any]] = []
    members: list[dict[str, Any]] = []
    for one in settlers:
        account_id, member_id = tx.new_id(), tx.new_id()
        accounts.append({
            "id": account_id, "username": one.username, "username_key": text.handle_key(one.username),
            "display_name": one.display_name, "name_key": name_key(one.display_name),
            "kind": "service" if one.bot else "person", "created_at": one.at, "imported": False,
        })  # fmt: skip
        members.append({
            "id": member_id, "account_id": account_id, "email": one.email, "email_key": one.email.casefold(),
            "password_hash": one.password_hash, "role": one.role, "default_language": one.language, "created_at": one.at,
        })  # fmt: skip
        await tx.record(AccountMade(account_id=account_id))
        await tx.record(MemberSignedUp(member_id=member_id, account_id=account_id, state="active"))
    await store.add(tx, accounts)
    await store.add_members(tx, members)
    return {row["username"]: row["id"] for row in accounts}
