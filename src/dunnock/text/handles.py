"""Handles, and the names that new members may choose."""

from __future__ import annotations

import re

from dunnock.text.domains import canonical_domain
from dunnock.text.errors import BadDomain, BadHandle, BadUsername
from dunnock.text.model import Handle

MAX_USERNAME = 30
MAX_REMOTE_NAME = 2048

_LOCAL_NAME = re.compile(r"[A-Za-z0-9_]+")
_ANY_NAME = re.compile(r"[A-Za-z0-9_]++(?:[.-]++[A-Za-z0-9_]++)*+")


def parse_handle(text: str) -> Handle:
    """Read `name`, `@name`, `name@domain` or `@name@domain`, with or without `acct:`; a port may follow the domain.

    Raises:
        BadHandle: it is none of these.
    """
    name, at, domain = text.strip().removeprefix("acct:").removeprefix("@").partition("@")
    if len(name) > MAX_REMOTE_NAME or not _ANY_NAME.fullmatch(name):
        raise BadHandle(text[:80])
    if not at:
        return Handle(name)
    try:
        return Handle(name, canonical_domain(domain, port=True))
    except BadDomain as error:
        raise BadHandle(text[:80]) from error


def handle_key(name: str) -> str:
    """The identity of an account's name on its server: names differ by more than case.

    Raises:
        BadHandle: it holds characters that no name has; folding those could make two names one.
    """
    if not name.isascii():
        raise BadHandle(name[:80])
    return name.lower()


def check_username(name: str) -> str:
    """The name as it will be kept, in the case it was written; whether somebody has it already is not asked here.

    Raises:
        BadUsername: with `details`: ERR_BLANK, ERR_TOO_LONG, ERR_INVALID or ERR_RESERVED.

    Source: Mastodon's Account validations and registration error details.
    """
    wrong: list[tuple[str, str]] = []
    if not name.strip():
        wrong.append(("ERR_BLANK", "can't be blank"))
    elif not _LOCAL_NAME.fullmatch(name):
        wrong.append(("ERR_INVALID", "must contain only letters, numbers and underscores"))
    elif name.lower().strip("_") in RESERVED:
        wrong.append(("ERR_RESERVED", "is reserved"))
    if len(name) > MAX_USERNAME:
        wrong.append(("ERR_TOO_LONG", f"is too long (maximum is {MAX_USERNAME} characters)"))
    if wrong:
        say = "Validation failed: " + ", ".join(f"Username {text}" for _, text in wrong)
        raise BadUsername(name[:80], say=say, details={"username": wrong})
    return name


_REASONS = {
    "could be taken for the people who run the server": (
        "abuse admin administration administrator administrators admins help helpdesk info legal mod"
        " moderation moderator moderators mods official owner postmaster privacy root security staff support"
        " sysadmin sysop system team trust hostmaster noreply no_reply webmaster dunnock"
    ),
    "RFC 2142 mailbox or certificate authority's validation address": (
        "dns ftp hostmaster mailer_daemon news noc ssladmin ssl usenet uucp www"
    ),
    "an actor of the server itself": ("actor instance instance_actor internal_fetch relay server service"),
    "a word of the server's own addresses": (
        "about accounts activity ap api archive assets auth bookmarks cases connect deck developers direct"
        " embed emoji explore favicon favourites feeds filters follow following followers health healthz home"
        " inbox interact invite invites list lists local login logout manifest media metrics nodeinfo notes"
        " notifications oauth objects outbox post posts proxy public publish readyz register releases reports"
        " robots search settings share sign_in sign_out sign_up signin signup static statuses streaming tag"
        " tags terms timeline timelines transparency trends user users web webfinger well_known"
    ),
    "means everybody or nobody": (
        "all anonymous anyone everybody everyone here me myself nobody none null undefined unknown you"
    ),
}

# Name (lower case, without outer underscores) -> why no new member may have it.
RESERVED: dict[str, str] = {name: reason for reason, names in _REASONS.items() for name in names.split()}
