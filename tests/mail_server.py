"""A real mail server in this process, which takes mail or says no as a test wishes."""

from __future__ import annotations

import asyncio
import datetime as dt
import email
import email.policy
import ssl
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class MailServer:
    """`url` is its `smtp_url`. `answers`: what it says next instead of taking something, by the command."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []
        self.senders: list[str] = []
        self.answers: dict[str, list[str]] = {}
        self.logins: list[tuple[bytes, bytes]] = []
        self.over_tls: list[bool] = []
        self.url = ""
        self._server: Any = None
        self.hold: asyncio.Event | None = None
        self.came = asyncio.Event()

    async def start(self, *, tls: ssl.SSLContext | None = None, login: tuple[str, str] | None = None) -> MailServer:
        def authenticate(*args: Any) -> AuthResult:
            self.logins.append((args[-1].login, args[-1].password))
            good = login is not None and self.logins[-1] == (login[0].encode(), login[1].encode())
            return AuthResult(success=good, handled=False)

        make = partial(
            SMTP, self, hostname="mail.example", tls_context=tls, require_starttls=False, enable_SMTPUTF8=True,
            authenticator=authenticate, auth_required=login is not None, auth_require_tls=login is not None and tls is not None,
            loop=asyncio.get_running_loop(),
        )  # fmt: skip
        self._server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"smtp://127.0.0.1:{self.port}"
        return self

    async def stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    def to(self, address: str) -> list[EmailMessage]:
        return [message for recipient, message in self.taken if recipient == address]

    async def handle_RCPT(self, _: Any, __: Any, envelope: Envelope, address: str, ___: Any) -> str:  # noqa: N802
        if self.answers.get("RCPT"):
            return self.answers["RCPT"].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.came.set()
        if self.answers.get("DATA"):
            return self.answers["DATA"].pop(0)
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        parsed: Any = email.message_from_bytes(content, policy=email.policy.default)
        self.senders.append(envelope.mail_from or "")
        self.over_tls.append(session.ssl is not None)
        self.taken += [(one, parsed) for one in envelope.rcpt_tos]
        if self.hold is not None:
            await self.hold.wait()
        return "250 OK"


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def link_in(message: EmailMessage, path: str) -> str:
    """The path and query of the link to `path` in a mail."""
    line = next(line for line in text_of(message).splitlines() if path in line)
    return line[line.index(path) :]


def own_certificate(folder: Path, name: str = "localhost") -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For the server, and for a client that believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(called).issuer_name(called).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    cert = folder / "cert.pem"
    cert.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert)
    client = ssl.create_default_context(cafile=str(cert))
    return server, client
