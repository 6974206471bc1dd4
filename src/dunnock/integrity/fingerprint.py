"""What tells one account from another: how old it is, whom it was, when and with what it posts, and what was found about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import msgspec

from dunnock import accounts, moderation, text
from dunnock.accounts import Persona, Power, Sheet
from dunnock.foundation.clock import DAY, HOUR
from dunnock.foundation.db import Reader
from dunnock.foundation.errors import Missing
from dunnock.integrity.model import Cluster, Signal
from dunnock.integrity.money import destinations_of
from dunnock.integrity.money.model import Known
from dunnock.integrity.rhythm import Rhythm, find_rhythm
from dunnock.integrity.signals import signals_about
from dunnock.integrity.store import clusters as store
from dunnock.moderation import Decision
from dunnock.posts.entries import Span, of_author
from dunnock.posts.released import Released, released_posts

MOST_POSTS = 500
"""The newest public posts and boosts, which is what is looked at."""
_MOST_CHANGES = 100
_MOST_HOSTS = 30
_MOST_NETWORKS = 50
_THURSDAY = 3  # 1970-01-01 was one, and Monday is 0

Week = tuple[tuple[int, ...], ...]
"""Seven days from Monday, each with the hours of UTC."""


class InNetwork(msgspec.Struct, frozen=True, kw_only=True):
    """A network that the account is in, its part there, and nats."""

    cluster: Cluster
    role: str
    score: float
    joined_at: int


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """How the newest public posts were made. `apps`: by the app's id, None where it is not known; the most used first.

    `first_at`, `last_at` in Unix milliseconds; 0: there are no posts. `week`: posts and boosts by weekday and hour.
    """

    posts: int
    replies: int
    boosts: int
    first_at: int
    last_at: int
    week: Week
    apps: Sequence[tuple[int | None, int]]
    hosts: Sequence[tuple[str, int]]
    languages: Sequence[tuple[str, int]]

    @property
    def a_day(self) -> float:
        """Posts and boosts a day, from the first to the last of these."""
        return (self.posts + self.boosts) / max(1.0, (self.last_at - self.first_at) / DAY) if self.last_at else 0.0


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. `changes`: of what the account shows of itself, the newest first; `destinations`: of money and people."""

    sheet: Sheet
    habits: Habits
    rhythm: Rhythm | None
    changes: Sequence[Persona]
    destinations: Sequence[tuple[Known, int]]
    networks: Sequence[InNetwork]
    signals: Sequence[Signal]
    decisions: Sequence[tuple[Decision, int | None]]


async def fingerprint_of(reader: Reader, account_id: int, *, by: int) -> Fingerprint:
    """What is known of an account, from its public posts and what the server keeps. The edge writes down who looked.

    Raises: NotPermitted; Missing: there is no such account.
    """
    await accounts.permit(reader, by, Power.MANAGE_REPORTS)
    sheet = await accounts.find_sheet(reader, account_id)
    if sheet is None:
        raise Missing(account_id)
    networks = [
        InNetwork(cluster=store.cluster_of(row), role=row[10], score=row[11], joined_at=row[12])
        for row in await reader.all(store.OF_ACCOUNT, account=account_id, most=_MOST_NETWORKS)
    ]
    return Fingerprint(
        sheet=sheet,
        habits=habits_of(await _newest(reader, account_id)),
        rhythm=await find_rhythm(reader, account_id),
        changes=await accounts.personas(reader, account_id, accounts.Cursor(limit=_MOST_CHANGES)),
        destinations=await destinations_of(reader, account_id),
        networks=networks,
        signals=await signals_about(reader, "account", account_id),
        decisions=await moderation.decisions_about(reader, account_id),
    )


def habits_of(rows: Iterable[Released]) -> Habits:
    """What posts tell of how they were made; those that are not for everybody are left out."""
    held = [one for one in rows if one.open]
    written = [one for one in held if one.boost_of_id is None]
    week = [[0] * 24 for _ in range(7)]
    for one in held:
        week[(one.created_at // DAY + _THURSDAY) % 7][one.created_at // HOUR % 24] += 1
    hosts = Counter(host for one in written for host in set(_hosts(one.text)))
    return Habits(
        posts=len(written),
        replies=sum(one.reply_to_id is not None for one in written),
        boosts=len(held) - len(written),
        first_at=min((one.created_at for one in held), default=0),
        last_at=max((one.created_at for one in held), default=0),
        week=tuple(tuple(day) for day in week),
        apps=Counter(one.app_id for one in written).most_common(),
        hosts=hosts.most_common(_MOST_HOSTS),
        languages=Counter(one.language for one in written if one.language).most_common(),
    )


async def _newest(reader: Reader, account_id: int) -> list[Released]:
    ids = await of_author(reader, account_id, Span(), MOST_POSTS)
    if not ids:
        return []
    return await released_posts(reader, [account_id], after=(account_id, min(ids) - 1), most=MOST_POSTS)


def _hosts(words: str) -> Iterable[str]:
    for link in text.parse(words).links:
        host = urlsplit(link).hostname
        if host:
            yield host.removeprefix("www.")
