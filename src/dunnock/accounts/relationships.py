"""How a viewer stands to other accounts, all of it in one query. Mastodon: Relationship."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dunnock.accounts.store import relations as store
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Reader, Row

_HIDDEN = {"suspended", "deleted"}


class Relationship(msgspec.Struct, frozen=True, kw_only=True):
    """How the viewer stands to account `id`. `languages` are those of the follow, None: all, or no follow."""

    id: int
    following: bool = False
    requested: bool = False
    boosts: bool = False
    notify: bool = False
    languages: tuple[str, ...] | None = None
    followed_by: bool = False
    requested_by: bool = False
    blocking: bool = False
    blocked_by: bool = False
    muting: bool = False
    muting_notifications: bool = False
    mute_expires_at: int | None = None
    domain_blocking: bool = False
    endorsed: bool = False
    note: str = ""


async def relationships(
    reader: Reader, viewer: int, ids: Iterable[int], *, with_suspended: bool = True
) -> list[Relationship]:
    """How `viewer` stands to the accounts, in the order asked for, each once; those that do not exist are left out."""
    wanted = list(dict.fromkeys(ids))
    rows = await reader.all(store.RELATIONSHIPS, me=viewer, ids=wanted, now=now_ms())
    found = {row[0]: _relationship(row) for row in rows if with_suspended or row[1] not in _HIDDEN}
    return [found[an_id] for an_id in wanted if an_id in found]


def _relationship(row: Row) -> Relationship:
    an_id, _, asked, boosts, notify, languages, asked_me, *rest = row
    blocking, blocked_by, mute, notifications, ends, domain, note, endorsed = rest
    return Relationship(
        id=an_id,
        following=asked is not None and not asked,
        requested=bool(asked),
        boosts=bool(boosts),
        notify=bool(notify),
        languages=tuple(languages.split()) if languages else None,
        followed_by=asked_me is not None and not asked_me,
        requested_by=bool(asked_me),
        blocking=blocking is not None,
        blocked_by=blocked_by is not None,
        muting=mute is not None,
        muting_notifications=bool(notifications),
        mute_expires_at=ends,
        domain_blocking=domain is not None,
        endorsed=endorsed is not None,
        note=note or "",
    )
