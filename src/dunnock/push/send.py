"""Sends one notification to one app: a job, which looks at what is so when it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog

from dunnock import accounts, notifications, posts, text
from dunnock.accounts.views import AccountCard, AccountViews
from dunnock.foundation.clock import HOUR, MINUTE, SECOND, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.http import Answer, Door, OutsideFailed, OutsideForbidden, Wanted
from dunnock.foundation.job import Job
from dunnock.media.model import URL_PATH, read_picture
from dunnock.notifications import Notification, NotificationMissing
from dunnock.posts import PostMissing
from dunnock.push import store
from dunnock.push.key import key_pair
from dunnock.push.model import title_of, type_of, wanted_as

TTL_S = 48 * 60 * 60
"""How long a push service keeps a message for an app that is away. Source: Mastodon, Web::PushNotificationWorker."""
_SIGNATURE_S = 12 * 60 * 60
PAUSES_MS = (30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 4 * HOUR)
"""Between the tries; then it is given up."""
_BODY, _TITLE = 140, 200  # characters
_WANTED = Wanted(within_s=15, most=0, cut=True)
_GONE, _LATER = frozenset((404, 410)), frozenset((408, 429))
_log = structlog.get_logger()


class SendPush(Job, frozen=True):
    """Tell one app of one notification. `tries`: how often it was tried in vain."""

    subscription_id: int
    notification_id: int
    host: str
    tries: int = 0

    @property
    def lane(self) -> str:
        """One slow push service holds up nobody else's."""
        return f"push {self.host}"


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """What the app reads. `notification_id` is a number, as in Mastodon: apps for phones decode nothing else."""

    access_token: str
    preferred_locale: str
    notification_id: int
    notification_type: str
    icon: str
    title: str
    body: str


def jobs_of(
    door: Door, account_views: AccountViews, ages: accounts.Ages, *, public_url: str
) -> dict[type[Job], Callable[[Db, Any], Awaitable[None]]]:
    """Who does the jobs of this package."""

    async def do_send(db: Db, job: SendPush) -> None:
        morning = await woken_at(db, ages, job)
        if morning is not None:
            async with db.begin() as tx:
                await tx.enqueue(job, run_at=morning)
            return
        await send_push(db, door, account_views, job, public_url=public_url)

    return {SendPush: do_send}


async def woken_at(db: Db, ages: accounts.Ages, job: SendPush) -> int | None:
    """When a push may be sent that the member's night holds back; None: now. The notification is in their list meanwhile."""
    target = await store.target(db, job.subscription_id)
    return None if target is None else await ages.morning(db, target.subscription.account_id, now=now_ms())


async def send_push(db: Db, door: Door, account_views: AccountViews, job: SendPush, *, public_url: str) -> None:
    """Do the job. Nothing is sent when the notification was taken back, is hidden by now, or no longer wanted."""
    target = await store.target(db, job.subscription_id)
    if target is None:
        return
    to = target.subscription
    try:
        told = await notifications.find(db, to.account_id, job.notification_id)
    except NotificationMissing:
        return
    if told.created_at < now_ms() - TTL_S * SECOND or not await _wanted(db, target, told):
        return
    by = await account_views.one(told.from_id)
    words = None if by is None else await _words(db, told, to.account_id, by)
    if by is None or words is None:
        return
    from dunnock.push import crypto  # noqa: PLC0415 (cryptography is loaded where it is used, not at start)

    public, secret = await key_pair(db)
    token = crypto.unseal(secret, target.sealed_token, place=str(to.token_id))
    if token is None:  # sealed with a key that is no more: the app has to ask again
        await _drop(db, to.id)
        return
    type_ = type_of(told.kind)
    message = _bounded(
        Payload(
            access_token=token,
            preferred_locale=target.locale,
            notification_id=told.id,
            notification_type=type_,
            icon=_icon(by, public_url),
            title=_short(title_of(type_, by.display_name or by.username), _TITLE),
            body=_short(words, _BODY),
        ),
        crypto.MOST_BYTES,
    )
    jwt = crypto.signed(to.endpoint, secret, subject=public_url, expires_s=now_ms() // SECOND + _SIGNATURE_S)
    headers = {"content-type": "application/octet-stream", "ttl": str(TTL_S), "urgency": "normal"}
    if to.standard:
        body = crypto.encrypt(message, to.p256dh, to.auth)
        headers |= {"content-encoding": "aes128gcm", "authorization": f"vapid t={jwt},k={public}"}
    else:
        body, salt, point = crypto.encrypt_as_draft(message, to.p256dh, to.auth)
        headers |= {
            "content-encoding": "aesgcm",
            "encryption": f"salt={crypto.to_text(salt)}",
            "crypto-key": f"dh={crypto.to_text(point)};p256ecdsa={public}",
            "authorization": f"WebPush {jwt}",
        }
    try:
        answer = await door.post(to.endpoint, body, _WANTED, headers=headers)
    except OutsideForbidden:
        _log.info("push not sent", host=job.host, why="the address must not be reached")
    except OutsideFailed:
        await _again(db, job, why="no answer", pause_ms=0)
    else:
        await _answered(db, job, answer)


async def _answered(db: Db, job: SendPush, answer: Answer) -> None:
    if answer.status in _GONE:
        await _drop(db, job.subscription_id)
    elif answer.status in _LATER or answer.status >= 500:
        await _again(db, job, why=f"status {answer.status}", pause_ms=_asked_pause(answer))
    elif not answer.fine:
        _log.info("push refused", host=job.host, status=answer.status)


async def _again(db: Db, job: SendPush, *, why: str, pause_ms: int) -> None:
    """Try later. A job of its own rather than a failure of this one: others' servers are down without our being wrong."""
    if job.tries >= len(PAUSES_MS):
        _log.info("push given up", host=job.host, why=why)
        return
    pause_ms = max(PAUSES_MS[job.tries], pause_ms)
    async with db.begin() as tx:
        await tx.enqueue(msgspec.structs.replace(job, tries=job.tries + 1), run_at=tx.now + pause_ms)


def _asked_pause(answer: Answer) -> int:
    """What `Retry-After` asks for in milliseconds, a day at most; 0 when it does not say seconds."""
    asked = answer.headers.get("retry-after", "")
    return min(int(asked), 24 * 60 * 60) * SECOND if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0


async def _drop(db: Db, subscription_id: int) -> None:
    async with db.begin() as tx:
        await store.drop(tx, subscription_id)


async def _wanted(db: Db, target: store.Target, told: Notification) -> bool:
    to = target.subscription
    if wanted_as(told.kind) not in to.alerts or to.policy == "none":
        return False
    if to.policy == "all" or told.from_id == to.account_id:  # what became of one's own account or posts
        return True
    follows, followed = await store.follows(db, to.account_id, told.from_id)
    return follows if to.policy == "followed" else followed


async def _words(db: Db, told: Notification, reader_id: int, by: AccountCard) -> str | None:
    """What the message says below its title; None when the member may not see what it is about."""
    if told.post_id is None:
        return text.plain(by.bio_html)
    try:
        post = await posts.find_visible(db, told.post_id, reader_id)
    except PostMissing:
        return None
    return post.warning or post.text or text.plain(post.html)


def _icon(by: AccountCard, public_url: str) -> str:
    if by.avatar is None:
        return f"{public_url}/avatars/original/missing.png"
    return f"{public_url}{URL_PATH}{read_picture(by.avatar).still.path}"


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _bounded(payload: Payload, most: int) -> bytes:
    """As JSON of at most so many bytes; what is too long loses the end of its body, then its icon."""
    body = payload.body
    while len(encoded := msgspec.json.encode(payload)) > most and body:
        body = body[: len(body) // 2]
        payload = msgspec.structs.replace(payload, body=body)
    return encoded if len(encoded) <= most else msgspec.json.encode(msgspec.structs.replace(payload, icon=""))
