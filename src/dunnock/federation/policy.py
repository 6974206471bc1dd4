"""Which other servers this one has to do with. Source: accounts.server_rules; federation.md, section 4 (order)."""

from __future__ import annotations

from collections.abc import Sequence

from dunnock.accounts.account import Standing
from dunnock.accounts.events import ServerRulesChanged
from dunnock.accounts.server_rules import ServerRules, read_rules
from dunnock.foundation.db import Db
from dunnock.foundation.events import Logged


class Policy:
    """The rules about servers in one process's memory."""

    def __init__(self, db: Db) -> None:
        """Listens to `db`'s events from now on."""
        self._db = db
        self._rules: ServerRules | None = None
        self._changes = 0
        db.listen(self._heard)

    async def refuses(self, host: str) -> bool:
        """Is nothing taken from and given to that server?"""
        rules = await self._read()
        return any(rules.limit_of(one) is Standing.SUSPENDED for one in {host.partition(":")[0], host})

    async def _read(self) -> ServerRules:
        if self._rules is None:
            known = self._changes
            rules = await read_rules(self._db)
            if known != self._changes:
                return rules
            self._rules = rules
        return self._rules

    def _heard(self, logged: Sequence[Logged]) -> None:
        if any(isinstance(one.event, ServerRulesChanged) for one in logged):
            self._changes += 1
            self._rules = None
