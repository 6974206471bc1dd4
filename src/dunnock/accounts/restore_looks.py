"""Puts back how an account looked before somebody else changed it: name, bio, fields, pictures and their descriptions."""

from __future__ import annotations

from typing import Any

from dunnock.accounts.account import read_fields
from dunnock.accounts.persona import Persona
from dunnock.accounts.profile import change_profile
from dunnock.accounts.store import profiles as store
from dunnock.foundation.db import Tx
from dunnock.foundation.ids import id_at

_MOST = 200


async def restore_looks(tx: Tx, account_id: int, *, since: int, public_url: str) -> bool:
    """Everything that a member changed of the looks since then (Unix milliseconds) is as it was before; was there anything?

    It is a change of the server's own in the history, so nothing of that is lost. Of more than 200 changes the first count.

    Raises:
        ProfileInvalid: what was there before may not be any more.
    """
    rows = await tx.all(store.CHANGED_BY_MEMBER, the=account_id, above=id_at(since) - 1, most=_MOST)
    before: dict[str, str] = {}
    for one in (Persona(*row) for row in rows):
        before.setdefault(one.field, one.old)
    given: dict[str, Any] = {name: before[name] for name in ("display_name", "bio") if name in before}
    for name in ("avatar", "header"):
        if name in before:
            given[name] = before[name] or None
            given[f"{name}_description"] = before.get(f"{name}_description", "")
        elif f"{name}_description" in before:
            given[f"{name}_description"] = before[f"{name}_description"]
    if "fields" in before:
        given["fields"] = [(line.name, line.value) for line in read_fields(before["fields"] or "[]")]
    if "kind" in before:
        given["bot"] = before["kind"] == "service"
    if given:
        await change_profile(tx, account_id, public_url=public_url, by_member_id=None, **given)
    return bool(given)
