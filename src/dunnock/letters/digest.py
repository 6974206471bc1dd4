"""Once a week, what somebody missed who is away. Stops when they have been away for three months."""

from __future__ import annotations

from dunnock import accounts, notifications
from dunnock.accounts.views import AccountViews
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.job import Job
from dunnock.foundation.mail import Link, Mail, Mailer, MailJob, MailRefused, deliver
from dunnock.letters import store
from dunnock.letters.model import OF_NOTIFICATIONS
from dunnock.letters.notices import gather
from dunnock.letters.wishes import unsubscribe_token
from dunnock.notifications import Filters

DIGESTS_EVERY_MS = DAY
AWAY_MS, GIVEN_UP_MS = 7 * DAY, 90 * DAY
_PAGE = 200
_COUNTED = 100


class PlanDigests(Job, frozen=True):
    """Find out who is away, and have a digest sent to each."""


class SendDigest(MailJob, frozen=True, kw_only=True):
    """Tell a member what they missed."""

    member_id: int


async def plan_digests(db: Db) -> None:
    """Do it, some hundreds in a transaction. Whoever is planned twice gets one: the digest itself is looked for first."""
    after, now = 0, now_ms()
    while page := await store.away(db, after=after, before=now - AWAY_MS, not_before=now - GIVEN_UP_MS, most=_PAGE):
        async with db.begin() as tx:
            for member_id in page:
                await tx.enqueue(SendDigest(mail_id=tx.new_id(), member_id=member_id))
        after = page[-1]


async def send_digest(db: Db, mailer: Mailer, views: AccountViews, job: SendDigest, *, public_url: str) -> None:
    """Do the job, unless they came back, want none, got one, or missed nothing."""
    now = now_ms()
    if not mailer.possible or not await store.reads_mail(db, job.member_id):
        return
    to = await store.recipient(db, job.member_id)
    if to is None or "digest" not in to.wishes.wanted or to.digest_at > now - AWAY_MS:
        return
    if await store.about(db, to.member_id, since=now - AWAY_MS, today=now - AWAY_MS):
        return
    since = max(to.digest_at, now - GIVEN_UP_MS) << 16  # ids begin with their time
    kinds = OF_NOTIFICATIONS
    found = await gather(db, views, to.account_id, kinds=kinds, above=since, public_url=public_url)
    if found is None:
        return
    all_of_it = await notifications.unread(db, to.account_id, Filters(kinds=tuple(sorted(kinds))), most=_COUNTED)
    async with db.begin() as tx:
        secret = await store.secret_of(tx, to.member_id)
    link = f"{public_url}/unsubscribe?token={unsubscribe_token(secret, to.member_id, 'digest')}"
    many = f"{all_of_it}{' or more' if all_of_it >= _COUNTED else ''}"
    mail = Mail(
        mail_id=job.mail_id,
        to=to.email,
        subject=f"What you missed on {mailer.title}",
        parts=[
            f"Hello @{to.username}, you have not been on {mailer.title} for a while.",
            f"Things that you have not seen: {many}. The latest:",
            *found.parts,
            Link("See all of it", f"{public_url}/"),
            Link("Stop these mails", link),
        ],
        unsubscribe=link,
    )
    outcome = await deliver(db, mailer, mail, job)
    if outcome == "later":
        return
    async with db.begin() as tx:
        await store.digested(tx, to.member_id)
        await store.told(tx, to.member_id, found.newest)
    if isinstance(outcome, MailRefused) and outcome.of_address:
        await accounts.note_refused(db, to.member_id, to.email)
