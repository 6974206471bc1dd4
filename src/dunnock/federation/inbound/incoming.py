"""An activity that was let in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dunnock import accounts
from dunnock.accounts.account import Account
from dunnock.federation.house import Federation
from dunnock.federation.parse import id_of
from dunnock.federation.store.actors import Remote
from dunnock.foundation.db import Tx


class Incoming:
    """`sender` is whoever signed it; `inbox_of` the account in whose own inbox it came."""

    __slots__ = ("activity", "house", "inbox_of", "kind", "sender")

    def __init__(
        self, house: Federation, activity: Mapping[str, Any], kind: str, sender: Remote, inbox_of: int | None
    ) -> None:
        """The signature holds, and the sender may be heard."""
        self.house, self.activity, self.kind, self.sender, self.inbox_of = house, activity, kind, sender, inbox_of

    @property
    def id(self) -> str:
        """Its address; "" when it has none."""
        return id_of(self.activity)

    @property
    def object(self) -> Any:
        """What it is about, as written."""
        return self.activity.get("object")

    @property
    def object_id(self) -> str:
        """The address of what it is about."""
        return id_of(self.object)

    @property
    def inner(self) -> Mapping[str, Any] | None:
        """What it is about, where that is written out."""
        held = self.object
        if isinstance(held, list):
            held = held[0] if held else None
        return held if isinstance(held, dict) else None

    async def member(self, tx: Tx, uri: str) -> Account | None:
        """This server's account with that address."""
        local = self.house.places.local(uri)
        if local is None or local.post_id is not None:
            return None
        found = await accounts.find_by_handle(tx, local.name)
        return found if found is not None and found.shown else None
