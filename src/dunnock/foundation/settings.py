"""What the owner of a server may choose: settings, each with a default that works. Read by `dunnock.app.settings`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

UnknownAge = Literal["adult", "16_17"]
SignUp = Literal["open", "approval", "invitation", "closed"]
LogLevel = Literal["debug", "info", "warning", "error"]
Text = Annotated[str, msgspec.Meta(max_length=10_000)]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of one server; `data` is where it keeps everything, and is given on the command line only."""

    data: Path
    public_url: str = ""
    """Where people reach the server, without a slash at the end. Choose it before the first member: handles are made from it."""
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] = "Dunnock"
    description: Text = "A small server for short posts."
    """Plain text, shown on the landing page and in the API."""
    contact_email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    """Where people write to about the server, shown in the API; empty: nowhere."""
    database_url: str = ""
    """`postgresql://…`; empty: an SQLite file in the data directory."""
    redis_url: str = ""
    """`redis://…` to wake other processes through; empty: the database does it."""
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8000
    workers: Annotated[int, msgspec.Meta(ge=1, le=32)] = 1
    sign_up: SignUp = "approval"
    min_age: Annotated[int, msgspec.Meta(ge=0, le=21)] = 0
    """How old somebody must be to join, who is asked for their date of birth then; 0: nobody is asked. It is not kept."""
    unknown_age: UnknownAge = "adult"
    """As what a member counts who did not say how old they are."""
    trusted_proxies: tuple[str, ...] = ()
    """CIDR ranges whose X-Forwarded-For is believed."""
    media_limit_mb: Annotated[int, msgspec.Meta(ge=1, le=16)] = 16
    """The largest picture that members may upload, in MiB; the media package takes at most 16."""
    copies_gb: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 10
    """What copies of other servers' files may take, in GiB; those that nobody looked at for longest give way."""
    max_post_length: Annotated[int, msgspec.Meta(ge=50, le=100_000)] = 500
    """Characters, a link counting as 23."""
    translate_url: str = ""
    """Where a LibreTranslate server is, to translate posts with; empty: posts are not translated."""
    translate_key: str = ""
    """The key that it wants; empty: none."""
    smtp_url: str = ""
    """`smtp://USER:PASSWORD@HOST:587` (STARTTLS) or `smtps://…`: the mail server to send through; empty: nothing is sent."""
    mail_from: str = ""
    """The address that mail comes from; empty: `notifications@` and the server's name."""
    authorized_fetch: bool = False
    """Other servers read documents only when they sign for them, and are no server that is suspended here."""
    trends_need_review: bool = False
    """Nothing is shown as a trend before staff approved it."""
    recommend: bool = True
    """Members have For You beside the feed of whom they follow, unless they switch it off for themselves."""
    publish_indicators: bool = False
    """What decided cases know that other servers can use is published, signed, for them to read."""
    log_level: LogLevel = "info"
    metrics_token: str = ""
    """A bearer token that may read /metrics; empty: only this machine may."""
    dev: bool = False
    """No rate limits, full error messages in the log, and other servers on this machine's loopback addresses."""

    @property
    def domain(self) -> str:
        """The part of local handles behind the @: host and, when it is an unusual one, port."""
        return urlsplit(self.public_url).netloc

    @property
    def database(self) -> str:
        """The URL of the database, whichever engine it is."""
        return self.database_url or f"sqlite:///{self.data / 'dunnock.db'}"

    @property
    def sends_mail(self) -> bool:
        """Whether mail goes anywhere: to a mail server, or to the mailbox of a server in development."""
        return bool(self.smtp_url) or self.dev

    @property
    def confirms_mail(self) -> bool:
        """Whether new members have to confirm their address."""
        return bool(self.smtp_url)

    @property
    def beyond(self) -> tuple[str, ...]:
        """Ranges (CIDR) that requests to other servers may reach beyond public addresses."""
        return ("127.0.0.0/28",) if self.dev else ()

    @property
    def plain_http(self) -> bool:
        """Whether requests to other servers may go over http where https is asked for."""
        return self.dev

    @property
    def media(self) -> Path:
        """The folder of stored media."""
        return self.data / "media"

    @property
    def media_bytes(self) -> int:
        """`media_limit_mb` in bytes."""
        return self.media_limit_mb * 1024 * 1024
