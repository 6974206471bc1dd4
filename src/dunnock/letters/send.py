"""The jobs that send letters. Each looks at what is so when it runs: what is over or no longer wanted is not sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from dunnock import accounts
from dunnock.accounts.views import AccountViews
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.job import Job
from dunnock.foundation.mail import PAUSES_MS, Link, Mail, Mailer, MailJob, MailRefused, Part, deliver
from dunnock.letters import store
from dunnock.letters.digest import PlanDigests, SendDigest, plan_digests, send_digest
from dunnock.letters.model import NOTICES, OF_NOTIFICATIONS
from dunnock.letters.notices import gather
from dunnock.letters.store import Recipient
from dunnock.letters.wishes import unsubscribe_token
from dunnock.letters.write import words_for

ABOUT_MS = 2 * HOUR
"""Who looked at a page so lately is about; for apps a day counts, as no more is kept."""
GATHERED_FOR_MS = 2 * MINUTE
"""How long the first notification waits for others. Source: Mastodon, NotifyService."""
APART_MS = HOUR
"""Between two mails about notifications to one member."""


class SendLetter(MailJob, frozen=True, kw_only=True):
    """Tell a member of one thing; `what` is one of those in `write.py`, `about` the id of what it is about."""

    member_id: int
    what: str
    about: int = 0


class SendNotices(MailJob, frozen=True, kw_only=True):
    """Tell a member of the notifications that came while they were away."""

    member_id: int


def jobs_of(
    mailer: Mailer, views: AccountViews, ages: accounts.Ages, *, public_url: str
) -> dict[type[Job], Callable[[Db, Any], Awaitable[None]]]:
    """Who does the jobs of this package."""

    async def do_letter(db: Db, job: SendLetter) -> None:
        await send_letter(db, mailer, job, public_url=public_url)

    async def do_notices(db: Db, job: SendNotices) -> None:
        if not await put_off(db, ages, job):
            await send_notices(db, mailer, views, job, public_url=public_url)

    async def do_plan(db: Db, _: PlanDigests) -> None:
        if mailer.possible:
            await plan_digests(db)

    async def do_digest(db: Db, job: SendDigest) -> None:
        if not await put_off(db, ages, job):
            await send_digest(db, mailer, views, job, public_url=public_url)

    return {SendLetter: do_letter, SendNotices: do_notices, PlanDigests: do_plan, SendDigest: do_digest}


async def send_letter(db: Db, mailer: Mailer, job: SendLetter, *, public_url: str) -> None:
    """Do the job."""
    to = await store.recipient(db, job.member_id) if mailer.possible else None
    if to is None:
        return
    written = await words_for(db, to, job.what, job.about, title=mailer.title, public_url=public_url)
    if written is None:
        return
    subject, parts, kind = written
    link = "" if not kind else await unsubscribe_link(db, to, kind, public_url)
    ending: list[Part] = [] if not link else [Link("Stop these mails", link)]
    mail = Mail(
        mail_id=job.mail_id,
        to=to.email,
        subject=subject,
        parts=[f"Hello @{to.username},", *parts, *ending],
        unsubscribe=link,
    )
    await _sent(db, to, await deliver(db, mailer, mail, job))


async def put_off(db: Db, ages: accounts.Ages, job: SendNotices | SendDigest) -> bool:
    """Leave a mail about notifications for the morning where its reader is not to be woken; whether that was so."""
    member = await accounts.find_member(db, job.member_id)
    morning = None if member is None else await ages.morning(db, member.account_id, now=now_ms())
    if morning is not None:
        async with db.begin() as tx:
            await tx.enqueue(job, run_at=morning)
    return morning is not None


async def send_notices(db: Db, mailer: Mailer, views: AccountViews, job: SendNotices, *, public_url: str) -> None:
    """Do the job: one mail about all that came, unless they are about."""
    async with db.begin(durable=False) as tx:
        await store.taken_up(tx, job.member_id)
    if not mailer.possible or not await store.reads_mail(db, job.member_id):
        return
    to = await store.recipient(db, job.member_id)
    kinds = frozenset() if to is None else to.wishes.wanted & OF_NOTIFICATIONS
    if to is None or not kinds:
        return
    now = now_ms()
    if not to.wishes.always and await store.about(db, to.member_id, since=now - ABOUT_MS, today=now // DAY * DAY):
        return
    found = await gather(db, views, to.account_id, kinds=kinds, above=to.told_id, public_url=public_url)
    if found is None:
        return
    kind = next(iter(found.kinds)) if len(found.kinds) == 1 else NOTICES
    link = await unsubscribe_link(db, to, kind, public_url)
    mail = Mail(
        mail_id=job.mail_id,
        to=to.email,
        subject=found.subject,
        parts=[
            f"Hello @{to.username}, this happened on {mailer.title}:",
            *found.parts,
            Link("All of it", f"{public_url}/"),
            Link("What you hear by mail", f"{public_url}/settings/mail"),
            Link("Stop these mails", link),
        ],
        unsubscribe=link,
    )
    outcome = await deliver(db, mailer, mail, job)
    async with db.begin() as tx:
        if outcome == "later":
            await store.plan(tx, to.member_id, tx.now + PAUSES_MS[job.tries])  # which is to tell of the rest too
        else:
            await store.told(tx, to.member_id, found.newest)
    await _sent(db, to, outcome)


async def unsubscribe_link(db: Db, to: Recipient, kind: str, public_url: str) -> str:
    """Where letters of a kind are stopped with one click."""
    secret = to.secret
    if secret is None:
        async with db.begin() as tx:
            secret = await store.secret_of(tx, to.member_id)
    return f"{public_url}/unsubscribe?token={unsubscribe_token(secret, to.member_id, kind)}"


async def _sent(db: Db, to: Recipient, outcome: object) -> None:
    if isinstance(outcome, MailRefused) and outcome.of_address:
        await accounts.note_refused(db, to.member_id, to.email)
