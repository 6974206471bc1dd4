"""The ActivityPub addresses of this server's own things, made and read in one place. Source: federation.md, section 2."""

from __future__ import annotations

import functools
import re
from typing import Final
from urllib.parse import quote, urlsplit

import msgspec

from dunnock.text import BadDomain, canonical_domain

PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"
PUBLICS: Final = frozenset({PUBLIC, "as:Public", "Public"})
"""Everybody, as servers spell it."""
MOST_URI: Final = 2048
"""In bytes: PostgreSQL keeps no longer ones in an index, however few characters they are."""
_NAME = r"(?P<name>[A-Za-z0-9_]{1,64})"
_THING = re.compile(rf"/(?:users/{_NAME}|@(?P<at>[A-Za-z0-9_]{{1,64}}))(?:/(?:statuses/)?(?P<id>[1-9][0-9]{{0,18}}))?")
_CONTROLS = re.compile("[\0-\x1f\x7f]")
_USUAL = re.compile(r"https?://[a-z0-9.:-]+(?=[/?#]|\Z)")  # read the same with and without what follows
_FOLLOW = re.compile(rf"/users/{_NAME}/follows/(?P<id>[1-9][0-9]{{0,18}})")


class Local(msgspec.Struct, frozen=True):
    """What an address of this server means: an account by its name, or one of its posts."""

    name: str
    post_id: int | None = None


class Places:
    """Addresses below one public URL."""

    __slots__ = ("base", "domain", "instance_actor", "scheme", "server_name", "shared_inbox")

    def __init__(self, public_url: str) -> None:
        """`public_url` without a slash at the end."""
        self.base, self.domain = public_url, urlsplit(public_url).netloc.lower()
        self.scheme = urlsplit(public_url).scheme
        self.server_name = self.domain.partition(":")[0]  # of the server's own actor: no port, which is none of a name
        self.instance_actor, self.shared_inbox = f"{public_url}/actor", f"{public_url}/inbox"

    def actor(self, name: str) -> str:
        """An account; below it are its inbox, outbox, followers, following and collections."""
        return f"{self.base}/users/{name}"

    def key(self, name: str | None, number: int = 1, *, kind: str = "main") -> str:
        """The key of an account; None: of the server itself. Each that follows another has a `number` and name of its own."""
        owner = self.instance_actor if name is None else self.actor(name)
        return f"{owner}#{kind}-key" if number == 1 else f"{owner}#{kind}-key-{number}"

    def followers(self, name: str) -> str:
        """The collection that stands for who follows the account."""
        return f"{self.actor(name)}/followers"

    def profile(self, name: str) -> str:
        """The page of an account."""
        return f"{self.base}/@{name}"

    def post(self, name: str, post_id: int) -> str:
        """A post of an account."""
        return f"{self.actor(name)}/statuses/{post_id}"

    def context(self, name: str, post_id: int) -> str:
        """The collection of the conversation that begins with a post of an account. Source: FEP-7888."""
        return f"{self.post(name, post_id)}/context"

    def page(self, name: str, post_id: int) -> str:
        """The page of a post."""
        return f"{self.base}/@{name}/{post_id}"

    def tag(self, key: str) -> str:
        """The page of a hashtag."""
        return f"{self.base}/tags/{quote(key, safe='')}"

    def follow(self, name: str, followed_id: int) -> str:
        """The follow of an account of another server by one of this; it stays the same as long as both exist."""
        return f"{self.actor(name)}/follows/{followed_id}"

    def follow_of(self, uri: str) -> tuple[str, int] | None:
        """Who follows (name) and whom (account) by that address of a follow; None: it is none."""
        found = _FOLLOW.fullmatch(uri[len(self.base) :]) if uri.startswith(f"{self.base}/") else None
        return None if found is None else (found["name"], int(found["id"]))

    def quote_authorization(self, name: str, post_id: int, quoting: str) -> str:
        """Where it stands that a post of another server may quote one of this."""
        return f"{self.post(name, post_id)}/quote_authorizations?by={quote(quoting, safe='')}"

    def quote_request(self, name: str, post_id: int) -> str:
        """The request that a post may quote."""
        return f"{self.post(name, post_id)}/quote_request"

    def quote_request_of(self, uri: str) -> int | None:
        """The post that asks to quote by that request; None: it is none."""
        local = self.local(uri.removesuffix("/quote_request")) if uri.endswith("/quote_request") else None
        return None if local is None else local.post_id

    def local(self, uri: str) -> Local | None:
        """What an address of this server means; None: it is another server's, or means no account and no post."""
        if not uri.startswith(f"{self.base}/"):
            return None
        path = uri[len(self.base) :].split("#", 1)[0].split("?", 1)[0]
        found = _THING.fullmatch(path)
        if found is None:
            return None
        number = found["id"]
        return Local(found["name"] or found["at"], None if number is None else int(number))

    def is_here(self, uri: str) -> bool:
        """Does the address lie on this server?"""
        return host_of(uri) == self.domain


def page_of(url: str, uri: str) -> str:
    """Where people read what has the id `uri`: at `url`, unless that is a page of another site (SC-018); then at its id.

    A host above or below that of the id is the same site.
    """
    page, own = host_of(url), host_of(uri)
    same = page and (page == own or page.endswith(f".{own}") or own.endswith(f".{page}"))
    return url if same else uri


def is_too_long(uri: str) -> bool:
    """Is an address longer than any is kept?"""
    return len(uri) > MOST_URI or not (uri.isascii() or len(uri.encode()) <= MOST_URI)


def host_of(uri: object) -> str:
    """Host and unusual port of a web address in their one spelling; "" for what is none."""
    if not isinstance(uri, str) or is_too_long(uri) or _CONTROLS.search(uri):  # urlsplit passes over some of them
        return ""
    usual = _USUAL.match(uri)
    return _read_host(uri) if usual is None else _usual_host(usual[0])


@functools.lru_cache(maxsize=8192)  # by what comes before the path: there are far fewer of these than addresses
def _usual_host(start: str) -> str:
    return _read_host(start)


def _read_host(uri: str) -> str:
    try:
        parts = urlsplit(uri)
        if parts.scheme not in {"https", "http"} or "@" in parts.netloc:
            return ""
        host, colon, port = parts.netloc.rpartition(":")
        if colon and port == ("443" if parts.scheme == "https" else "80"):
            return canonical_domain(host)
        return canonical_domain(parts.netloc, port=True)
    except (ValueError, BadDomain):
        return ""
