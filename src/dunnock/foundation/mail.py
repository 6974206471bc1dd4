"""Mail: what one is made of, how it is written down, and the one door through which it leaves (SMTP).

A mail is sent by a job that was enqueued in the transaction of what causes it. What a server can't take now is tried again with
growing pauses; what it refuses for good is not. After a crash a mail may go out twice, then under the same Message-ID.
"""

from __future__ import annotations

import asyncio
import contextlib
import email.policy
import html
import re
import ssl
from collections.abc import Sequence
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate
from typing import Final, Literal, TypeAlias
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec
import structlog
from sqlalchemy import bindparam, delete, select

from dunnock.foundation.clock import HOUR, MINUTE, SECOND, now_ms
from dunnock.foundation.db.face import Db, Reader
from dunnock.foundation.db.sql import Sql, insert_into
from dunnock.foundation.db.tables import dev_mails
from dunnock.foundation.job import Job
from dunnock.foundation.settings import Settings

PAUSES_MS: Final = (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR)
"""Between the tries; then it is given up."""
LONGEST_SUBJECT, LONGEST_TEXT = 150, 50_000
WITHIN_S = 120
_COMMAND_S, _GOODBYE_S = 30, 2
DEV_KEPT = 50
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_UNSEEN = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]")
_log = structlog.get_logger()

Tls: TypeAlias = Literal["always", "from the start", "never"]


class Link(msgspec.Struct, frozen=True):
    """Something to go to: a line of its own in the text, a link with `words` in the HTML."""

    words: str
    url: str


class Quote(msgspec.Struct, frozen=True):
    """What somebody else wrote, set off from our words."""

    text: str


Part: TypeAlias = str | Link | Quote


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """One mail to one address. `mail_id` makes its Message-ID. `unsubscribe`: where one click stops such mails."""

    mail_id: int
    to: str
    subject: str
    parts: Sequence[Part]
    unsubscribe: str = ""


class MailJob(Job, frozen=True, kw_only=True):
    """A job that sends one mail; `tries`: how often that was tried in vain."""

    mail_id: int
    tries: int = 0

    @property
    def lane(self) -> str:
        """A slow mail server holds up nothing else."""
        return "mail"


class MailRefused(Exception):
    """The mail server will never take this mail. `of_address`: because of whom it is to."""

    def __init__(self, code: int, *, of_address: bool) -> None:
        super().__init__(code)
        self.code, self.of_address = code, of_address


class MailDelayed(Exception):
    """The mail server could not be reached, or does not take this mail now. `ours`: it is our own set-up that is wrong."""

    def __init__(self, why: str, *, ours: bool = False) -> None:
        super().__init__(why)
        self.ours = ours


class Mailer:
    """Sends mail as the settings say: over SMTP, into the development mailbox, or not at all (`possible`)."""

    def __init__(self, settings: Settings, *, tls: ssl.SSLContext | None = None) -> None:
        """`tls`: whose certificates are believed, for tests; None: those that the system believes."""
        self._settings, self.domain = settings, settings.domain
        self.possible = settings.sends_mail
        self._from = settings.mail_from or f"notifications@{urlsplit(settings.public_url).hostname or 'localhost'}"
        self._place = smtp_place(settings.smtp_url) if settings.smtp_url else None
        self._tls = tls

    @property
    def title(self) -> str:
        """The server's name, as it is now."""
        return self._settings.title

    async def send(self, db: Db, mail: Mail) -> None:
        """Hand it to the mail server, or keep it for the developer.

        Raises:
            MailRefused: never to be taken.
            MailDelayed: not now.
        """
        if self._place is not None:
            await self._over_smtp(self._place, mail)
        elif self.possible:
            await _keep(db, mail)

    def compose(self, mail: Mail) -> EmailMessage:
        """The message as it goes out (RFC 5322; RFC 3834; RFC 8058)."""
        message = EmailMessage(policy=email.policy.SMTP)
        message["From"] = Address(display_name=one_line(self.title, 100), addr_spec=self._from)
        message["To"] = Address(addr_spec=mail.to)
        message["Subject"] = one_line(mail.subject, LONGEST_SUBJECT)
        message["Date"] = formatdate(now_ms() / SECOND)
        message["Message-ID"] = f"<{mail.mail_id}@{self.domain.partition(':')[0] or 'localhost'}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        if mail.unsubscribe:
            message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(in_text(mail), cte="quoted-printable")
        message.add_alternative(in_html(mail), subtype="html", cte="quoted-printable")
        return message

    async def _over_smtp(self, place: Place, mail: Mail) -> None:
        import aiosmtplib  # noqa: PLC0415 (paid by processes that send, when they do)

        try:
            body = self.compose(mail).as_bytes()
        except (ValueError, IndexError, MessageError) as error:  # what `email` raises for what is no address
            raise MailRefused(553, of_address=True) from error
        client = aiosmtplib.SMTP(
            hostname=place.host,
            port=place.port,
            username=place.user or None,
            password=place.password or None,
            use_tls=place.tls == "from the start",
            start_tls=place.tls == "always",
            tls_context=self._tls,
            local_hostname=self.domain.partition(":")[0] or None,
            timeout=_COMMAND_S,
        )
        try:
            async with asyncio.timeout(WITHIN_S):
                await client.connect()
                await client.sendmail(self._from, [mail.to], body)
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):  # it has the mail; this is only polite
                await client.quit(timeout=_GOODBYE_S)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _judged(error.recipients[0].code, of_address=True) from error
        except aiosmtplib.SMTPDataError as error:
            raise _judged(error.code, of_address=False) from error
        except (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPSenderRefused) as error:
            raise MailDelayed(f"{type(error).__name__} {error.code}", ours=error.code >= 500) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise MailDelayed(type(error).__name__, ours=isinstance(error, ssl.SSLError)) from error
        finally:
            client.close()


class Place(msgspec.Struct, frozen=True):
    """The mail server of a `smtp_url`."""

    host: str
    port: int
    user: str
    password: str
    tls: Tls


def smtp_place(url: str) -> Place:
    """What a `smtp_url` says: `smtp://USER:PASSWORD@HOST:587`, `smtps://…:465`. A server that is not this machine is spoken
    to over TLS only, unless the address ends in `?tls=never`.

    Raises:
        ValueError: it says something else; the text tells what.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("must look like smtp://USER:PASSWORD@HOST:587 or smtps://USER:PASSWORD@HOST:465")
    asked = parse_qs(parts.query, keep_blank_values=True)
    wish = asked.pop("tls", [""])[-1]
    if asked or parts.path.strip("/") or wish not in {"", "always", "never"}:
        raise ValueError("may have ?tls=always or ?tls=never behind the host, and nothing else")
    tls: Tls
    if parts.scheme == "smtps":
        tls = "from the start"
    else:
        tls = "always" if wish == "always" or (not wish and parts.hostname not in _LOOPBACK) else "never"
    return Place(
        parts.hostname,
        parts.port or (465 if parts.scheme == "smtps" else 587),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        tls,
    )


Outcome: TypeAlias = Literal["sent", "later", "given up"] | MailRefused


async def deliver(db: Db, mailer: Mailer, mail: Mail, job: MailJob) -> Outcome:
    """Send `mail` for `job`, and write down that it is to be tried later if it must be; what became of it."""
    try:
        await mailer.send(db, mail)
    except MailRefused as refused:
        _log.info("mail refused", mail_id=mail.mail_id, code=refused.code, of_recipient=refused.of_address)
        return refused
    except MailDelayed as error:
        over = job.tries >= len(PAUSES_MS)
        say = _log.error if error.ours or over else _log.info
        say("mail given up" if over else "mail delayed", mail_id=mail.mail_id, why=str(error), tries=job.tries + 1)
        if not over:
            async with db.begin() as tx:
                later = tx.now + PAUSES_MS[job.tries]
                await tx.enqueue(msgspec.structs.replace(job, tries=job.tries + 1), run_at=later)
        return "given up" if over else "later"
    return "sent"


def one_line(text: str, most: int) -> str:
    """Text fit for a header: one line, nothing unseen, at most so many characters."""
    line = " ".join(_UNSEEN.sub(" ", text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def in_text(mail: Mail) -> str:
    """The mail for those who read plain text."""
    return _cut("\n\n".join(_text_of(part) for part in mail.parts)) + "\n"


def in_html(mail: Mail) -> str:
    """The same in simple HTML: no pictures, no styles, nothing that is loaded."""
    body = "\n".join(_html_of(part) for part in mail.parts)
    subject = html.escape(one_line(mail.subject, LONGEST_SUBJECT))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{subject}</title></head>\n'
        f"<body>\n{body}\n</body></html>\n"
    )


def _text_of(part: Part) -> str:
    match part:
        case Link(words, url):
            return f"{_seen(words)}:\n{url}"
        case Quote(text):
            return "\n".join(f"> {line}" for line in _seen(text).splitlines())
        case _:
            return _seen(part)


def _html_of(part: Part) -> str:
    match part:
        case Link(words, url):
            return f'<p><a href="{html.escape(url)}">{html.escape(_seen(words))}</a></p>'
        case Quote(text):
            return f"<blockquote>{_lines(text)}</blockquote>"
        case _:
            return f"<p>{_lines(part)}</p>"


def _lines(text: str) -> str:
    return "<br>\n".join(html.escape(line) for line in _cut(_seen(text)).splitlines())


def _seen(text: str) -> str:
    return _UNSEEN.sub("", text)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def _judged(code: int, *, of_address: bool) -> MailRefused | MailDelayed:
    return MailRefused(code, of_address=of_address) if code >= 500 else MailDelayed(f"answer {code}")


# The development mailbox -----------------------------------------------------------------------------------------------

_d = dev_mails.c
_ADD = insert_into(dev_mails)
_DROP_OLD = Sql(
    delete(dev_mails).where(
        _d.id.not_in(select(_d.id).order_by(_d.id.desc()).limit(bindparam("most")).scalar_subquery())
    )
)
_KEPT = Sql(select(_d.id, _d.recipient, _d.subject, _d.body, _d.created_at).order_by(_d.id.desc()).limit(DEV_KEPT))


class DevMail(msgspec.Struct, frozen=True):
    """A mail that a developer's server would have sent; `body` is its text."""

    id: int
    to: str
    subject: str
    body: str
    created_at: int


async def dev_mailbox(reader: Reader) -> list[DevMail]:
    """The last mails of a server in development, newest first."""
    return [DevMail(*row) for row in await reader.all(_KEPT)]


async def _keep(db: Db, mail: Mail) -> None:
    async with db.begin(durable=False) as tx:
        await tx.run(
            _ADD,
            id=tx.new_id(),
            recipient=mail.to,
            subject=one_line(mail.subject, LONGEST_SUBJECT),
            body=in_text(mail),
            created_at=tx.now,
        )
        await tx.run(_DROP_OLD, most=DEV_KEPT)
