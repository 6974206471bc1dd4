"""What stands between a viewer and everyone else, as the rules of feeds and visibility need it: sets in memory."""

from __future__ import annotations

from collections.abc import Sequence

from dunnock.accounts import events
from dunnock.accounts.store import views as store
from dunnock.foundation.cache import Cache
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.events import Logged

KEPT_VIEWERS = 1_000
_PLAIN: tuple[tuple[bool, None], tuple[bool, None]] = (
    (False, None),
    (True, None),
)  # nearly every follow is one of these


class Viewer:
    """An account that looks. `following`: followed id -> (shows boosts, languages or None for all).

    `muting`: muted id -> end in Unix milliseconds, 0 for no end.
    """

    __slots__ = ("blocked_by", "blocking", "domains", "following", "id", "muting")

    def __init__(
        self,
        an_id: int,
        *,
        following: dict[int, tuple[bool, frozenset[str] | None]] | None = None,
        blocking: frozenset[int] = frozenset(),
        blocked_by: frozenset[int] = frozenset(),
        muting: dict[int, int] | None = None,
        domains: frozenset[str] = frozenset(),
    ) -> None:
        """Take what was read."""
        self.id = an_id
        self.following = following or {}
        self.blocking, self.blocked_by = blocking, blocked_by
        self.muting = muting or {}
        self.domains = domains

    def mutes(self, account_id: int) -> bool:
        """Is a mute of that account in force now?"""
        end = self.muting.get(account_id)
        return end is not None and (end == 0 or end > now_ms())


class Viewers:
    """The viewers of one process that looked lately."""

    def __init__(self, db: Db) -> None:
        """Listens to `db`'s events from now on."""
        self._db = db
        self.kept: Cache[int, Viewer] = Cache(KEPT_VIEWERS)
        self._forgotten = 0  # how often anybody was
        db.listen(self._heard)

    async def get(self, account_id: int) -> Viewer:
        """The viewer, from memory or by five queries."""
        viewer = self.kept.get(account_id)
        if viewer is None:
            ask, known = self._db.all, self._forgotten
            viewer = Viewer(
                account_id,
                following={
                    row[0]: (bool(row[1]), frozenset(row[2].split())) if row[2] else _PLAIN[bool(row[1])]
                    for row in await ask(store.FOLLOWING, id=account_id)
                },
                blocking=frozenset([row[0] for row in await ask(store.BLOCKING, id=account_id)]),
                blocked_by=frozenset([row[0] for row in await ask(store.BLOCKED_BY, id=account_id)]),
                muting={row[0]: row[1] or 0 for row in await ask(store.MUTING, id=account_id)},
                domains=frozenset([row[0] for row in await ask(store.DOMAINS, id=account_id)]),
            )
            if known == self._forgotten:  # else something changed while we read, perhaps this
                self.kept.put(account_id, viewer)
        return viewer

    def _heard(self, logged: Sequence[Logged]) -> None:
        def forget(an_id: int) -> None:
            self._forgotten += 1
            self.kept.pop(an_id)

        for one in logged:
            match one.event:
                case (
                    events.Followed(follower_id=an_id)
                    | events.Unfollowed(follower_id=an_id)
                    | events.FollowChanged(follower_id=an_id)
                    | events.Muted(account_id=an_id)
                    | events.Unmuted(account_id=an_id)
                    | events.DomainBlocked(account_id=an_id)
                    | events.DomainUnblocked(account_id=an_id)
                ):
                    forget(an_id)
                case (
                    events.Blocked(account_id=an_id, target_id=other)
                    | events.Unblocked(account_id=an_id, target_id=other)
                ):
                    forget(an_id)
                    forget(other)
                case _:
                    pass
