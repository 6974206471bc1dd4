"""The mailbox of a server in development: what would have been sent, with its links. Only with `--dev`, only on loopback."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from markupsafe import Markup, escape

from dunnock.foundation.db import Db
from dunnock.foundation.errors import Missing
from dunnock.foundation.mail import dev_mailbox
from dunnock.foundation.settings import Settings
from dunnock.web.pages import pages
from dunnock.web.show import Show

_URL = re.compile(r"https?://\S+")


@get("/dev/mailbox")
async def show_mailbox(
    request: Request[Any, Any, Any],
    show: NamedDependency[Show],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """The last mails, newest first."""
    if not settings.dev or not _near(request):
        raise Missing("mailbox")
    kept = [(one, _linked(one.body)) for one in await dev_mailbox(db)]
    page = show("mailbox.html", mails=kept, over_smtp=bool(settings.smtp_url))
    page.headers["cache-control"] = "private, no-store"
    return page


def _near(request: Request[Any, Any, Any]) -> bool:
    scope: Any = request.scope
    try:
        peer = ipaddress.ip_address(scope["visit"].address)
    except ValueError:
        return False
    return peer.is_loopback


def _linked(body: str) -> Markup:
    parts: list[Markup] = []
    at = 0
    for found in _URL.finditer(body):
        parts.append(escape(body[at : found.start()]))
        parts.append(Markup('<a href="{0}">{0}</a>').format(found.group()))
        at = found.end()
    parts.append(escape(body[at:]))
    return Markup("").join(parts)


HANDLERS = pages(show_mailbox)
