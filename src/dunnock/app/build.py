"""Builds the house: opens the database, makes what the edges need, and puts all of it together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dunnock
from dunnock.accounts import AccountViews, MailUnconfirmed, Viewers, doors
from dunnock.accounts.ages import Ages
from dunnock.accounts.shared_tries import share_tries
from dunnock.accounts.tokens import KEPT, Token, Tokens
from dunnock.api import files, oauth, streaming
from dunnock.api.activitypub import documents, nodeinfo, webfinger
from dunnock.api.activitypub import inbox as inboxes
from dunnock.api.kit import Authenticate, Caller, EdgeSettings, Lane, Limits, NotYetIn, build_edge
from dunnock.api.mastodon import (
    accounts,
    admin_access,
    admin_accounts,
    admin_block_lists,
    admin_cases,
    admin_custom_feeds,
    admin_doors,
    admin_figures,
    admin_fingerprint,
    admin_government,
    admin_house,
    admin_identity,
    admin_indicators,
    admin_media_stops,
    admin_money,
    admin_networks,
    admin_origins,
    admin_raids,
    admin_ranking_audits,
    admin_relays,
    admin_releases,
    admin_reports,
    admin_rules,
    admin_servers,
    admin_talk,
    admin_texts,
    admin_trends,
    announcements,
    apps,
    async_refreshes,
    attestations,
    auto_delete,
    catch_up,
    collections,
    conversations,
    custom_emojis,
    custom_feeds,
    drafts,
    emails,
    filters,
    for_you,
    held_statuses,
    lists,
    markers,
    media,
    notification_requests,
    notifications,
    notifications_grouped,
    oembed,
    own_data,
    people,
    polls,
    preferences,
    push,
    quiet_time,
    relations,
    reports,
    saved_searches,
    scheduled_statuses,
    search,
    sign_up,
    statuses,
    statuses_actions,
    tags,
    threads,
    timelines,
    translation,
    trends,
)
from dunnock.api.mastodon import instance as instances
from dunnock.api.mastodon.instance import Instance
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.search import Searching
from dunnock.api.mastodon.timelines import Timelines
from dunnock.app import health
from dunnock.app import metrics as watching
from dunnock.app.metrics import Counted, Metrics
from dunnock.app.subscriptions import EVERY, TOGETHER, does, hears
from dunnock.discovery import People, Trends
from dunnock.federation import Conversations, Deliveries, Federation, Inbox, Resolver
from dunnock.feeds import Feeds
from dunnock.feeds.as_lists import FeedsAsLists
from dunnock.feeds.custom.serve import CustomFeeds
from dunnock.feeds.for_you.live import ForYou
from dunnock.foundation.db import Db, open_db
from dunnock.foundation.gossip import Gossip
from dunnock.foundation.http import Door
from dunnock.foundation.jobs import Does, Jobs
from dunnock.foundation.mail import Mailer
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.foundation.slot import Slot
from dunnock.integrity import identity
from dunnock.integrity.money import Destinations
from dunnock.media import MediaStore
from dunnock.media import limits as media_limits
from dunnock.posts import Translations
from dunnock.posts.libre_translate import LibreTranslate
from dunnock.posts.views import PostViews
from dunnock.server import Live
from dunnock.web import site
from dunnock.web.asset import icons
from dunnock.web.status import Wellbeing

EDGES: tuple[Any, ...] = (
    health,
    watching,
    instances,
    nodeinfo,
    oauth,
    accounts,
    announcements,
    admin_access,
    admin_accounts,
    admin_cases,
    admin_doors,
    admin_figures,
    admin_custom_feeds,
    admin_government,
    admin_house,
    admin_block_lists,
    admin_relays,
    admin_releases,
    admin_texts,
    admin_trends,
    admin_identity,
    admin_indicators,
    admin_money,
    admin_media_stops,
    admin_fingerprint,
    admin_networks,
    admin_origins,
    admin_raids,
    admin_ranking_audits,
    admin_reports,
    admin_rules,
    admin_servers,
    admin_talk,
    apps,
    async_refreshes,
    attestations,
    collections,
    auto_delete,
    conversations,
    custom_emojis,
    custom_feeds,
    emails,
    oembed,
    filters,
    for_you,
    held_statuses,
    catch_up,
    drafts,
    lists,
    markers,
    media,
    notification_requests,
    notifications,
    people,
    notifications_grouped,
    own_data,
    polls,
    preferences,
    push,
    quiet_time,
    relations,
    scheduled_statuses,
    reports,
    saved_searches,
    search,
    sign_up,
    statuses,
    statuses_actions,
    tags,
    threads,
    timelines,
    translation,
    trends,
    site,
)


class House:
    """Everything of one process: `db`, `reactions`, `jobs`, `edge` (the ASGI app), `metrics`, `streams`."""

    streams: streaming.Hub

    def __init__(
        self,
        settings: Settings,
        db: Db,
        edge: Any,
        *,
        jobs: Does,
        media_store: MediaStore,
        metrics: Metrics,
        doors: Sequence[Door],
        federation: Federation,
    ) -> None:
        """Use `build`."""
        self.settings, self.db, self.edge, self.metrics = settings, db, edge, metrics
        self.reactions = Reactions(db, hears(settings), TOGETHER)
        self.jobs = Jobs(db, jobs, EVERY)
        self.federation, self.deliveries = federation, Deliveries(federation)
        self._media_store, self._doors = media_store, doors
        self._slot: Slot | None = None

    async def work(self) -> None:
        """Begin to run reactions and jobs in this process, first what one before it left undone."""
        self._slot = Slot(self.settings.data)
        await self.reactions.start()
        await self.jobs.start(slot=self._slot.name)
        await self.deliveries.start(slot=self._slot.name)

    async def close(self) -> None:
        """Finish what is in hand, then let go of everything."""
        await self.streams.close()
        if self._slot is not None:
            await self.reactions.stop()
            await self.jobs.stop()
            await self.deliveries.stop()
            self._slot.leave()
        for door in self._doors:
            await door.close()
        await self._media_store.aclose()
        await self.db.close()


async def build(settings: Settings, *, shared: Path | None = None) -> House:
    """Open and wire everything; nothing runs yet. `shared`: see `Metrics`."""
    db = await open_db(settings.database, redis_url=settings.redis_url)
    await Live(db, settings).read()
    streams = streaming.Hub(db)
    account_views, viewers = AccountViews(db), Viewers(db)
    post_views = PostViews(db, account_views)
    tokens = Tokens(db)
    ages = Ages(lambda: settings.unknown_age)
    feeds = Feeds(db, account_views, post_views, viewers)
    render = Render(db, account_views, post_views, viewers, public_url=settings.public_url)
    recommending = ForYou(
        db,
        feeds,
        account_views,
        post_views,
        viewers,
        ages=ages,
        filters=render.filters,
        on=lambda: settings.recommend,
    )
    own_feeds = CustomFeeds(
        db,
        feeds,
        recommending,
        accounts=account_views,
        posts=post_views,
        viewers=viewers,
        ages=ages,
        domain=settings.domain,
    )
    media_store = MediaStore.local(settings.media)
    door = Door(
        agent=f"Dunnock/{dunnock.__version__} (bot; +{settings.public_url}/)",
        beyond=settings.beyond,
        plain=settings.plain_http,
    )
    federation = Federation(db, door, settings, media_store)
    resolver = Resolver(federation)
    # Where the translator is comes from the owner: it may be on this machine, or in the owner's network.
    inward = Door(agent=f"Dunnock/{dunnock.__version__}", beyond=("0.0.0.0/0", "::/0"), plain=True)
    translator = (
        LibreTranslate(inward, settings.translate_url, settings.translate_key) if settings.translate_url else None
    )
    translations = Translations(translator)
    instance = Instance(db, settings, render, icons=icons())
    reads = Timelines(
        db, feeds, render, Conversations(federation), recommending, custom=own_feeds, domain=settings.domain
    )
    searching = Searching(db, feeds, render, settings, resolver=resolver)

    streams.serve(
        account_views=account_views,
        post_views=post_views,
        viewers=viewers,
        tokens=tokens,
        feeds=feeds,
        render=render,
        settings=settings,
    )

    lane = Lane()
    streaming.add_to(lane, streams)
    timelines.add_to(lane, reads)
    notifications.add_to(lane, notifications.NotificationReads(db, render))
    search.add_to(lane, searching)
    notifications_grouped.add_to(lane, notifications_grouped.GroupReads(db, render))
    instances.add_to(lane, instance)
    webfinger.add_to(lane, webfinger.WebFinger(account_views, settings), settings)
    files.add_to(lane, media_store.storage)
    inboxes.add_to(lane, Inbox(federation), settings)
    documents.add_to(lane, federation)

    # Litestar wants its dependencies first and the counting stands in front of it: the two know each other by `counted`.
    counted = Counted(None)
    sizes = {
        "accounts": account_views.cards.__len__,
        "posts": post_views.cards.__len__,
        "viewers": viewers.kept.__len__,
        "tokens": tokens.kept.__len__,
    }
    metrics = Metrics(db, counted, sizes, streams.counts, shared=shared, data=settings.data)
    given: dict[str, Any] = {
        "db": db,
        "settings": settings,
        "instance": instance,
        "metrics": metrics,
        "account_views": account_views,
        "post_views": post_views,
        "viewers": viewers,
        "tokens": tokens,
        "feeds": feeds,
        "for_you": recommending,
        "as_lists": FeedsAsLists(recommending),
        "custom_feeds": own_feeds,
        "render": render,
        "filter_views": render.filters,
        "timelines": reads,
        "translations": translations,
        "searching": searching,
        "trends": Trends(db, need_review=lambda: settings.trends_need_review),
        "people": People(db, account_views, viewers, ages=ages),
        "media_store": media_store,
        "door": door,
        "destinations": Destinations(db),
        "resolver": resolver,
        "wellbeing": Wellbeing(lambda: health.state(db)),
    }
    edge = counted.app = build_edge(
        [handler for module in EDGES for handler in module.HANDLERS],
        authenticate=_authenticator(tokens),
        settings=EdgeSettings(
            limits=Limits(upload_bytes=media_limits.CLIP_BYTES),
            trusted_proxies=settings.trusted_proxies,
            dev=settings.dev,
        ),
        lane=lane,
        gate=doors.Gate(db),
        version=dunnock.__version__,
        public_url=settings.public_url,
        given=given,
        exception_handlers=site.EXCEPTION_HANDLERS,
    )
    gossip = Gossip(db)
    edge.kit.limiter.share(gossip)
    share_tries(gossip)
    identity.proving.share(gossip, "proving a domain")
    jobs = does(media_store, door, account_views, settings, mailer=Mailer(settings), house=federation)
    house = House(
        settings,
        db,
        counted,
        jobs=jobs,
        media_store=media_store,
        metrics=metrics,
        doors=(door, inward),
        federation=federation,
    )
    house.streams = streams
    return house


def _authenticator(tokens: Tokens) -> Authenticate:
    """Finds callers by their tokens; each token's `Caller` is made once."""
    made: dict[int, tuple[Token, Caller]] = {}

    async def authenticate(raw: bytes) -> Caller | None:
        try:
            token = await tokens.find(raw)
        except MailUnconfirmed as error:
            held = error.token
            assert isinstance(held, Token)
            raise NotYetIn(Caller(held.id, held.app_id, held.member_id, held.account_id, held.scopes)) from error
        if token is None:
            return None
        held = made.get(token.id)
        if held is not None and held[0] is token:
            return held[1]
        if len(made) > KEPT:
            made.clear()
        caller = Caller(token.id, token.app_id, token.member_id, token.account_id, token.scopes)
        made[token.id] = (token, caller)
        return caller

    return authenticate
