"""Staff and one account's fingerprint. Ours: /api/v1/dunnock/admin/accounts/:id/fingerprint."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import moderation
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Called, require, told_id
from dunnock.api.mastodon.admin_cases import READS
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import DAY, iso
from dunnock.foundation.db import Db
from dunnock.foundation.ids import ms_of
from dunnock.integrity.fingerprint import Fingerprint, fingerprint_of

HERE: Final = "/api/v1/dunnock/admin"


class Share(msgspec.Struct, kw_only=True):
    """How many of the posts have it. `name` null: it is not known."""

    name: str | None
    posts: int


class PersonaChange(msgspec.Struct, kw_only=True):
    """One change of what the account shows; pictures and profile fields are JSON as they are kept."""

    at: str
    field: str
    old: str
    new: str


class Destination(msgspec.Struct, kw_only=True):
    """Where it leads money or people, how often; `state`: empty, blocked or held."""

    key: str
    kind: str
    state: str
    times: int


class Membership(msgspec.Struct, kw_only=True):
    """A network that it is in. `score`: nats."""

    network_id: str
    state: str
    size: int
    role: str
    score: float
    joined_at: str


class SignalAbout(msgspec.Struct, kw_only=True):
    """What a detector says of it; `score` 0 to 1."""

    id: str
    detector: str
    score: float
    state: str
    last_at: str
    case_id: str | None


class DecisionAbout(msgspec.Struct, kw_only=True):
    """What was decided about it, and whether that was taken back."""

    id: str
    action: str
    text: str
    case_id: str | None
    decided_at: str
    undone_at: str | None


class AccountFingerprint(msgspec.Struct, kw_only=True):
    """An account as staff compare it with others, from its newest 500 public posts and boosts and what the server keeps.

    `week`: posts and boosts by weekday (Monday first) and hour of UTC. `woke_at`, `moved_at` null: it never did.
    """

    account_id: str
    created_at: str
    posts: int
    replies: int
    boosts: int
    first_post_at: str | None
    last_post_at: str | None
    posts_a_day: float
    week: list[list[int]]
    woke_at: str | None
    slept_days: int
    moved_at: str | None
    moved_from: list[str]
    moved_to: list[str]
    apps: list[Share]
    links: list[Share]
    languages: list[Share]
    destinations: list[Destination]
    changes: list[PersonaChange]
    networks: list[Membership]
    signals: list[SignalAbout]
    decisions: list[DecisionAbout]


@get(f"{HERE}/accounts/{{account_id:int}}/fingerprint", guards=[require(READS)])
async def show_fingerprint(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], account_views: NamedDependency[AccountViews]
) -> AccountFingerprint:
    """Whom an account was, when and with what it posts, what was found and decided about it. The log says who looked."""
    held = await fingerprint_of(db, account_id, by=me(caller))
    await moderation.note_reads(db, "account.fingerprint.read", [account_id], by=me(caller))
    apps = []
    for one, number in held.habits.apps:
        app = None if one is None else await account_views.app(one)
        apps.append(Share(name=None if app is None else app[0], posts=number))
    return AccountFingerprint(apps=apps, **_habits(held), **_found(held))


def _habits(held: Fingerprint) -> dict[str, Any]:
    habits, rhythm = held.habits, held.rhythm
    return {
        "account_id": str(held.sheet.id), "created_at": iso(held.sheet.created_at), "posts": habits.posts,
        "replies": habits.replies, "boosts": habits.boosts, "first_post_at": _when(habits.first_at),
        "last_post_at": _when(habits.last_at), "posts_a_day": round(habits.a_day, 3),
        "week": [list(day) for day in habits.week],
        "woke_at": _when(rhythm.woke_at if rhythm else 0), "slept_days": rhythm.slept_ms // DAY if rhythm else 0,
        "moved_at": _when(rhythm.moved_at if rhythm else 0), "moved_from": list(rhythm.moved_from if rhythm else ()),
        "moved_to": list(rhythm.moved_to if rhythm else ()),
        "links": [Share(name=host, posts=number) for host, number in habits.hosts],
        "languages": [Share(name=tag, posts=number) for tag, number in habits.languages],
    }  # fmt: skip


def _found(held: Fingerprint) -> dict[str, Any]:
    return {
        "destinations": [
            Destination(key=one.key, kind=one.kind, state=one.state, times=number) for one, number in held.destinations
        ],
        "changes": [PersonaChange(at=iso(one.at), field=one.field, old=one.old, new=one.new) for one in held.changes],
        "networks": [
            Membership(
                network_id=str(one.cluster.id), state=one.cluster.state, size=one.cluster.size, role=one.role,
                score=one.score, joined_at=iso(one.joined_at),
            )
            for one in held.networks
        ],
        "signals": [
            SignalAbout(
                id=str(one.id), detector=one.detector, score=one.score, state=one.state, last_at=iso(one.last_at),
                case_id=told_id(one.case_id),
            )
            for one in held.signals
        ],
        "decisions": [
            DecisionAbout(
                id=str(one.id), action=one.action, text=one.text, case_id=told_id(one.case_id),
                decided_at=iso(ms_of(one.id)), undone_at=None if undone_at is None else iso(undone_at),
            )
            for one, undone_at in held.decisions
        ],
    }  # fmt: skip


def _when(ms: int) -> str | None:
    return iso(ms) if ms else None


HANDLERS: list[Any] = [show_fingerprint]
