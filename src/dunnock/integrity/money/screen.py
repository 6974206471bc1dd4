"""Keeps back posts that lead to what is blocked or held: in memory, by destination, in every spelling."""

from __future__ import annotations

from collections.abc import Sequence

from dunnock.foundation.db import Db
from dunnock.foundation.events import Logged
from dunnock.integrity.money.events import AssetJudged
from dunnock.integrity.money.judge import all_stopped
from dunnock.integrity.money.links import asset_of, assets_of, canonical
from dunnock.integrity.money.observe import short_ways
from dunnock.integrity.money.written import addresses, seen
from dunnock.posts import Candidate, PostRefused


class Destinations:
    """What is stopped, as one process knows it; read anew when staff or an alarm change it."""

    def __init__(self, db: Db, *, kept: bool = True) -> None:
        """Listens to `db`'s events from now on; not `kept`: it is good for one look."""
        self._db = db
        self._stale = True
        self._stopped: dict[str, str] = {}
        self._short: dict[str, str] = {}
        if kept:
            db.listen(self._heard)

    async def fresh(self) -> Destinations:
        """Itself, knowing what is stopped now. Two queries after a change, else none."""
        self._db.sync()
        if self._stale:
            self._stale = False
            self._stopped = {one.key: one.why for one in await all_stopped(self._db)}
            self._short = await short_ways(self._db, self._stopped)
        return self

    def why(self, url: str) -> str | None:
        """Why an address is stopped; None: it is not."""
        if not self._stopped:
            return None
        found = asset_of(url)
        return None if found is None else self._stopped.get(found.key)

    def __call__(self, candidate: Candidate) -> None:
        """Look at a post. Raises: PostRefused."""
        if not self._stopped:
            return
        links = list(candidate.links)
        keys = [one.key for one in assets_of(candidate.text, links)]
        if self._short:
            written = [*links, *addresses(seen(candidate.text), without=links)]
            keys += [self._short[at] for url in written if (at := canonical(url)) in self._short]
        for key in keys:
            if key in self._stopped:
                raise PostRefused(key, say=f"This leads to something that is stopped here: {self._stopped[key]}")

    def _heard(self, logged: Sequence[Logged]) -> None:
        if any(isinstance(one.event, AssetJudged) for one in logged):
            self._stale = True
