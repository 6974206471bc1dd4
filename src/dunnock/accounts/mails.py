"""What the mails say that a member needs for coming in, and the job that sends them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from dunnock.accounts.mail_job import SendMemberMail
from dunnock.accounts.mail_links import make_link
from dunnock.accounts.mailed_code import make_code
from dunnock.accounts.member import Member, State
from dunnock.accounts.recall import make_recall
from dunnock.accounts.sign_up import find_member
from dunnock.accounts.store import mail as store
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.job import Job
from dunnock.foundation.mail import Link, Mail, Mailer, MailRefused, Part, Quote, deliver


def mail_jobs_of(mailer: Mailer, *, public_url: str) -> dict[type[Job], Callable[[Db, Any], Awaitable[None]]]:
    """Who does the jobs of these mails."""

    async def do_send(db: Db, job: SendMemberMail) -> None:
        await send_member_mail(db, mailer, job, public_url=public_url)

    return {SendMemberMail: do_send}


async def send_member_mail(db: Db, mailer: Mailer, job: SendMemberMail, *, public_url: str) -> None:
    """Do the job. Nothing is sent when there is no such member, or nothing to be confirmed (any more)."""
    if not mailer.possible:
        return
    member_id = job.member_id or await db.value(store.WITH_ADDRESS, key=job.to)
    member = None if member_id is None else await find_member(db, member_id)
    if member is None or member.state is State.DISABLED:
        return
    to, subject, parts = await _letter(db, member, job, title=mailer.title, public_url=public_url)
    if not to:
        return
    mail = Mail(mail_id=job.mail_id, to=to, subject=subject, parts=[f"Hello @{member.username},", *parts])
    outcome = await deliver(db, mailer, mail, job)
    if isinstance(outcome, MailRefused) and outcome.of_address:
        await note_refused(db, member.id, to)


async def note_refused(db: Db, member_id: int, email: str) -> None:
    """A mail server said that the address takes no mail."""
    async with db.begin() as tx:
        await tx.run(store.REFUSED, the=member_id, held=email, at=now_ms())


async def _letter(
    db: Db, member: Member, job: SendMemberMail, *, title: str, public_url: str
) -> tuple[str, str, list[Part]]:
    """To whom, subject, and what it says; to nobody when it says nothing any more."""
    nobody: tuple[str, str, list[Part]] = ("", "", [])
    match job.what:
        case "confirm" if member.unconfirmed:
            url = (
                f"{public_url}/auth/confirmation?confirmation_token={await _token(db, member, 'confirm', member.email)}"
            )
            return (
                member.email,
                f"Confirm your e-mail address for {title}",
                [
                    f"somebody, probably you, made an account on {title} with this address.",
                    "Please confirm that it is yours; until then the account can't be used.",
                    Link("Confirm my address", url),
                    "The link is good for a week. Was it not you? Then do nothing: the account will be removed.",
                ],
            )
        case "confirm_new" if member.new_email is not None:
            token = await _token(db, member, "confirm", member.new_email)
            return (
                member.new_email,
                f"Confirm your new e-mail address for {title}",
                [
                    f"you asked for this to be the address of your account on {title}.",
                    Link("Confirm my new address", f"{public_url}/auth/confirmation?confirmation_token={token}"),
                    "The link is good for a week. Until you follow it, your old address stays in force.",
                ],
            )
        case "changing":
            return (
                job.to,
                f"Your e-mail address for {title} is being changed",
                [
                    f"somebody who knows your password asked for another e-mail address for your account on {title}.",
                    "Was it not you? Then take your account back at once:",
                    Link("It was not me", f"{public_url}/auth/recall?recall_token={await _recall(db, member, job.to)}"),
                ],
            )
        case "reset":
            url = f"{public_url}/auth/password/edit?reset_password_token={await _token(db, member, 'reset', member.email)}"
            return (
                member.email,
                f"Choose a new password for {title}",
                [
                    f"somebody, probably you, forgot the password of your account on {title}.",
                    Link("Choose a new password", url),
                    "The link is good once, for six hours. Was it not you? Then do nothing: your password stays as it is.",
                ],
            )
        case "code":
            async with db.begin() as tx:
                code = await make_code(tx, job.to)
                token = await make_recall(tx, member.id, member.email)
            if not code or member.mail_refused_at is not None:
                return nobody
            return (
                member.email,
                f"{code}: your code for {title}",
                [
                    f"somebody with your password signs in to your account on {title}, from a new browser and network.",
                    "Is it you? Then this is the code that is asked for:",
                    Quote(code),
                    "It is good for half an hour. Give it to nobody: the people who run this server never ask for it.",
                    "Was it not you? Then somebody knows your password. Without the code they do not get in. End that password:",
                    Link("It was not me", f"{public_url}/auth/recall?recall_token={token}"),
                ],
            )
        case _:
            return nobody


async def _recall(db: Db, member: Member, email: str) -> str:
    async with db.begin() as tx:
        return await make_recall(tx, member.id, email)


async def _token(db: Db, member: Member, purpose: Any, email: str) -> str:
    async with db.begin() as tx:
        return await make_link(tx, member.id, purpose, email)
