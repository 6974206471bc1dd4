"""Staff and indicators: what this server says to others of what it decided, and what others say, to decide about.

Ours: /api/v1/dunnock/admin/indicators, /api/v1/dunnock/admin/indicator_feeds.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock.api.kit import Called, Form, Query, require, told_id
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid
from dunnock.foundation.settings import Settings
from dunnock.transparency import indicators, subscriptions

INDICATORS: Final = "/api/v1/dunnock/admin/indicators"
FEEDS: Final = "/api/v1/dunnock/admin/indicator_feeds"
_FEED: Final = f"{FEEDS}/{{feed_id:int}}"
_READS, _WRITES = "admin:read:domain_blocks", "admin:write:domain_blocks"


class AdminIndicator(msgspec.Struct, kw_only=True):
    """One thing that is said; `hashed`: `value` stands for a name that is not."""

    kind: str
    value: str
    hashed: bool
    severity: str
    reason: str
    techniques: list[str]
    expires_at: str | None


class OwnFeed(msgspec.Struct, kw_only=True):
    """What the feed says, or would say were it published: how many of each kind (`whole`: all were counted), and some."""

    url: str
    published: bool
    counts: dict[str, int]
    whole: bool
    some: list[AdminIndicator]


@get(INDICATORS, guards=[require("admin:read")])
async def show_indicators(caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]) -> OwnFeed:
    """What the feed of indicators says or would say; the setting `publish_indicators` publishes it."""
    found = await indicators.preview(db, await indicators.names_of(db, settings.domain), by=me(caller))
    return OwnFeed(
        url=indicators.feed_url(settings),
        published=settings.publish_indicators,
        counts=dict(found.counts),
        whole=found.whole,
        some=[indicator_wire(one) for one in found.some],
    )


def indicator_wire(one: indicators.Indicator) -> AdminIndicator:
    """One of them as the API has it."""
    return AdminIndicator(
        kind=one.kind,
        value=one.value,
        hashed=one.hashed,
        severity=one.severity,
        reason=one.reason,
        techniques=list(one.techniques),
        expires_at=None if one.expires_at is None else iso(one.expires_at),
    )


class FeedForm(msgspec.Struct):
    """`url`: the feed's address, or the name of its server; `title`: what to call it."""

    url: str = ""
    title: str = ""


class DraftParams(msgspec.Struct, frozen=True):
    """`state`: waiting, accepted, dismissed, withdrawn, expired, or taken_back (acted on, and taken back since)."""

    state: str = "waiting"
    after: int = 0


class AcceptForm(msgspec.Struct):
    """`entries`: numbers of drafts. `severity` of rules (none: as the feed says); `words` of a text that the feed hashes."""

    entries: list[int] = msgspec.field(default_factory=list)
    severity: str = ""
    words: str = ""


class AdminFeed(msgspec.Struct, kw_only=True):
    """A feed of another server; ours. `states`: how many drafts are in which; `sound`: all was read, and checked."""

    id: str
    title: str
    url: str
    server: str
    key: str
    number: int
    sound: bool
    trouble: str
    read_at: str | None
    states: dict[str, int]


class AdminDraft(AdminIndicator, kw_only=True):
    """One thing that a feed says, and what it would touch here; `made`, `made_id`: what came of it."""

    number: int
    letters: int
    state: str
    stated_at: str
    retracted_at: str | None
    made: str
    made_id: str | None
    account_ids: list[str]
    asset_ids: list[str]
    posts: int
    following: int
    followers: int


class AcceptedDrafts(msgspec.Struct, kw_only=True):
    """How many were acted on and how many were left; the case about accounts and links."""

    changed: int
    left: int
    case_id: str | None


@get(FEEDS, guards=[require(_READS)])
async def list_indicator_feeds(caller: Called, db: NamedDependency[Db]) -> list[AdminFeed]:
    """The feeds of indicators that this server reads."""
    return [
        AdminFeed(
            id=str(one.id), title=one.title, url=one.url, server=one.server, key=one.key, number=one.number,
            sound=one.sound, trouble=one.trouble, read_at=None if one.read_at is None else iso(one.read_at), states=states,
        )
        for one, states in await subscriptions.feeds(db, by=me(caller))
    ]  # fmt: skip


@post(FEEDS, guards=[require(_WRITES)], status_code=200)
async def follow_indicator_feed(form: Form[FeedForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Read a feed from now on; its id."""
    async with db.begin() as tx:
        made = await subscriptions.follow(tx, form.title, form.url, by=me(caller))
        await tx.enqueue(subscriptions.FetchFeed(made))
    return {"id": str(made)}


@delete(_FEED, guards=[require(_WRITES)], status_code=200)
async def unfollow_indicator_feed(feed_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Read a feed no longer; what came of it stays."""
    async with db.begin() as tx:
        await subscriptions.unfollow(tx, feed_id, by=me(caller))
    return {}


@post(f"{_FEED}/fetch", guards=[require(_WRITES)], status_code=200)
async def fetch_indicator_feed(feed_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Have a feed read now."""
    async with db.begin() as tx:
        await subscriptions.show_feed(tx, feed_id, by=me(caller))
        await tx.enqueue(subscriptions.FetchFeed(feed_id))
    return {}


@post(f"{_FEED}/trust", guards=[require(_WRITES)], status_code=200)
async def trust_indicator_feed(feed_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Forget a feed's key and read it anew, after its server changed its key."""
    async with db.begin() as tx:
        await subscriptions.trust_again(tx, feed_id, by=me(caller))
        await tx.enqueue(subscriptions.FetchFeed(feed_id))
    return {}


@get(f"{_FEED}/entries", guards=[require(_READS)])
async def list_indicator_drafts(
    feed_id: FromPath[int], params: Query[DraftParams], caller: Called, db: NamedDependency[Db]
) -> list[AdminDraft]:
    """What a feed says, by what came of it, and what each would touch here. 100 at a time, by number."""
    back = params.state == "taken_back"
    state = "accepted" if back else next((one for one in subscriptions.STATES if one == params.state), None)
    if state is None:
        raise Invalid(params.state[:40])
    await subscriptions.show_feed(db, feed_id, by=me(caller))
    found = await subscriptions.drafts(db, feed_id, state, taken_back=back, after=params.after, by=me(caller))
    effects = await subscriptions.effects_of(db, feed_id, found, by=me(caller))
    return [_draft_wire(one, effects[one.number]) for one in found]


@post(f"{_FEED}/accept", guards=[require(_WRITES)], status_code=200)
async def accept_indicators(
    feed_id: FromPath[int], form: Form[AcceptForm], caller: Called, db: NamedDependency[Db]
) -> AcceptedDrafts:
    """Act on what a feed says: a case about accounts and links, rules and stops of the rest."""
    async with db.begin() as tx:
        done = await subscriptions.accept(
            tx, feed_id, form.entries, by=me(caller), severity=form.severity, words=form.words
        )
    return AcceptedDrafts(changed=done.changed, left=done.left, case_id=told_id(done.case_id))


@post(f"{_FEED}/dismiss", guards=[require(_WRITES)], status_code=200)
async def dismiss_indicators(
    feed_id: FromPath[int], form: Form[AcceptForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, int]:
    """Do not act on what a feed says; how many that changed."""
    async with db.begin() as tx:
        return {"changed": await subscriptions.dismiss(tx, feed_id, form.entries, by=me(caller))}


def _draft_wire(one: subscriptions.Draft, effect: subscriptions.Effect) -> AdminDraft:
    return AdminDraft(
        kind=one.kind, value=one.value, hashed=one.hashed, severity=one.severity, reason=one.reason,
        techniques=list(one.techniques), expires_at=iso(one.expires_at), number=one.number, letters=one.letters,
        state=one.state, stated_at=iso(one.stated_at),
        retracted_at=None if one.retracted_at is None else iso(one.retracted_at), made=one.made,
        made_id=told_id(one.made_id), account_ids=[str(an_id) for an_id in effect.account_ids],
        asset_ids=[str(an_id) for an_id in effect.asset_ids], posts=effect.posts, following=effect.following,
        followers=effect.followers,
    )  # fmt: skip


HANDLERS: list[Any] = [
    show_indicators, list_indicator_feeds, follow_indicator_feed, unfollow_indicator_feed, fetch_indicator_feed,
    trust_indicator_feed, list_indicator_drafts, accept_indicators, dismiss_indicators,
]  # fmt: skip
