"""Who hears what, who does what, and what happens when: the three tables that join the domains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dunnock import (
    accounts,
    discovery,
    federation,
    letters,
    media,
    moderation,
    notifications,
    portability,
    posts,
    previews,
    push,
    server,
    transparency,
)
from dunnock.accounts.server_rules import END_RULES_EVERY_MS, EndServerRules, end_server_rules
from dunnock.accounts.views import AccountViews
from dunnock.app.erasing import STEPS
from dunnock.discovery import reactions as finding
from dunnock.feeds import reactions as feeds
from dunnock.feeds.conversations import BACKLOG_EVERY_MS as GATHER_EVERY_MS
from dunnock.feeds.conversations import GatherConversations, gather_conversations
from dunnock.feeds.custom.directory import RECOUNT_EVERY_MS, RecountReaders, recount_readers
from dunnock.feeds.custom.orders import TRIM_EVERY_MS as TRIM_ORDERS_EVERY_MS
from dunnock.feeds.custom.orders import TrimOrders, trim_orders
from dunnock.feeds.for_you.live import TRIM_EVERY_MS, TrimServed, trim_served
from dunnock.filters import reactions as filters
from dunnock.foundation.db import Db
from dunnock.foundation.events import Event
from dunnock.foundation.http import Door
from dunnock.foundation.jobs import Does, Every
from dunnock.foundation.mail import Mailer
from dunnock.foundation.reactions import Hears, Reaction
from dunnock.foundation.settings import Settings
from dunnock.integrity import held_trends, identity, money, rules, stolen, stopped_media, takeover
from dunnock.integrity import reactions as watching
from dunnock.letters import reactions as letter_reactions
from dunnock.moderation import block_list_fetch
from dunnock.notifications import reactions as notices
from dunnock.portability import reactions as data
from dunnock.posts import recalled
from dunnock.push import reactions as pushes


def _joined(*tables: Hears) -> Hears:
    joined: dict[type[Event], list[Reaction]] = {}
    for table in tables:
        for event, who in table.items():
            joined.setdefault(event, []).extend(who)
    return joined


HEARS: Mapping[type[Event], Sequence[Reaction]] = _joined(
    feeds.HEARS,
    filters.HEARS,
    notices.HEARS,
    finding.HEARS,
    pushes.HEARS,
    recalled.HEARS,
    data.HEARS,
    transparency.HEARS,
    identity.HEARS,
    money.HEARS,
    takeover.HEARS,
    stolen.HEARS,
    held_trends.HEARS,
    rules.HEARS,
    stopped_media.HEARS,
    watching.HEARS,
)

_ACTS = (posts.PostPublished, posts.PostBoosted, posts.PostEdited, posts.PostDeleted)
TOGETHER: Sequence[Sequence[Reaction]] = (  # all of integrity sees what people do in one go
    tuple(
        dict.fromkeys(
            one
            for table in (identity.HEARS, money.HEARS, rules.HEARS, stopped_media.HEARS, watching.HEARS)
            for act in _ACTS
            for one in table.get(act, ())
        )
    ),
)

EVERY: Sequence[Every] = (
    Every(accounts.EndMutes(), accounts.END_MUTES_EVERY_MS),
    Every(EndServerRules(), END_RULES_EVERY_MS),
    Every(accounts.SweepAccess(), accounts.SWEEP_EVERY_MS),
    Every(notifications.TrimNotifications(), notifications.TRIM_EVERY_MS),
    Every(accounts.CountAnew(), posts.COUNT_ANEW_EVERY_MS),
    Every(posts.DeleteOld(), posts.DELETE_OLD_EVERY_MS),
    Every(posts.ForgetKeys(), posts.FORGET_KEYS_EVERY_MS),
    Every(letters.PlanDigests(), letters.DIGESTS_EVERY_MS),
    Every(GatherConversations(), GATHER_EVERY_MS),
    Every(TrimServed(), TRIM_EVERY_MS),
    Every(TrimOrders(), TRIM_ORDERS_EVERY_MS),
    Every(RecountReaders(), RECOUNT_EVERY_MS),
    *discovery.EVERY,
    *federation.EVERY,
    *identity.EVERY,
    *money.EVERY,
    *rules.EVERY,
    *stopped_media.EVERY,
    *watching.EVERY,
    *block_list_fetch.EVERY,
    *moderation.EVERY,
    *media.EVERY,
    *media.COPIES_EVERY,
    *portability.EVERY,
    *previews.EVERY,
    *transparency.EVERY,
)


def hears(settings: Settings) -> Hears:
    """Event -> reactions, in a server with these settings."""
    return _joined(HEARS, federation.hears_of(settings), letter_reactions.hears_of(sends=settings.sends_mail))


def does(
    media_store: media.MediaStore,
    door: Door,
    account_views: AccountViews,
    settings: Settings,
    *,
    mailer: Mailer,
    house: federation.Federation,
) -> Does:
    """Job -> what does it."""

    async def publish_scheduled(db: Db, job: posts.PublishScheduled) -> None:
        screen = await money.Destinations(db, kept=False).fresh()
        await posts.publish_scheduled(db, job, settings=settings, screen=screen)

    ages = accounts.Ages(lambda: settings.unknown_age)

    return {
        accounts.EndMutes: accounts.end_mutes,
        EndServerRules: end_server_rules,
        accounts.SweepAccess: accounts.sweep_access,
        accounts.SettleAttested: accounts.settle_attested,
        **accounts.mail_jobs_of(mailer, public_url=settings.public_url),
        **letters.jobs_of(mailer, account_views, ages, public_url=settings.public_url),
        notifications.TrimNotifications: notifications.trim_notifications,
        notifications.ReleaseKeptBack: notifications.release_kept_back,
        notifications.DiscardKeptBack: notifications.discard_kept_back,
        accounts.CountAnew: posts.count_anew,
        posts.DeleteOld: posts.delete_old,
        posts.EndPoll: posts.end_poll,
        posts.ForgetKeys: posts.do_forget_keys,
        posts.ReleaseOfOrigin: posts.release_of_origin,
        posts.PublishScheduled: publish_scheduled,
        GatherConversations: gather_conversations,
        TrimServed: trim_served,
        TrimOrders: trim_orders,
        RecountReaders: recount_readers,
        **block_list_fetch.jobs_of(door, here=settings.domain),
        **discovery.JOBS,
        **federation.Work(house).does,
        **identity.JOBS,
        **identity.jobs_of(door, house.places),
        **money.jobs_of(door),
        **rules.JOBS,
        **stopped_media.JOBS,
        **watching.JOBS,
        **moderation.JOBS,
        **media.remote_jobs_of(door, media_store),
        **media.cache_jobs_of(media_store.storage, most_bytes=settings.copies_gb * 1024**3),
        **media.jobs_of(media_store),
        **portability.jobs_of(
            media_store.storage,
            portability.Place(domain=settings.domain, url=settings.public_url),
            settings.data / "archives",
            steps=STEPS,
        ),
        **previews.jobs_of(door, media_store, here=settings.domain),
        **push.jobs_of(door, account_views, ages, public_url=settings.public_url),
        **server.JOBS,
        **transparency.jobs_of(house, settings.data / "releases"),
    }
