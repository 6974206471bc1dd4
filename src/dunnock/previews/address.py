"""Addresses of pages: one spelling of each, and what a page says of other addresses."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from dunnock.previews.model import LONGEST
from dunnock.text import BadDomain, canonical_domain

_SAFE = "%/:=&?~+!$,;'@()*[]|"  # what addresses may hold as it is; everything else is percent-encoded
_USUAL = {"http": "80", "https": "443"}
_NOT_THERE = re.compile(r"[\x00-\x20\x7f\\]")


def normal_address(url: str) -> str | None:
    """The one spelling of a web address: host in A-labels and lower case, no usual port, no fragment.

    None for what is no address of a page that a preview could be made of.
    """
    if len(url) > LONGEST or _NOT_THERE.search(url):
        return None
    try:
        parts = urlsplit(url)
        scheme = parts.scheme.lower()
        if scheme not in _USUAL or "@" in parts.netloc:
            return None
        host, colon, port = parts.netloc.partition(":")
        host = canonical_domain(host)
        if colon and port and port != _USUAL[scheme]:
            host = canonical_domain(f"{host}:{port}", port=True)
    except (ValueError, BadDomain):
        return None
    path = quote(parts.path, safe=_SAFE) or "/"
    made = urlunsplit((scheme, host, path, quote(parts.query, safe=_SAFE), ""))
    return made if len(made) <= LONGEST else None


def host_of(url: str) -> str:
    """Host, and port where it is not the usual one, of a normal address."""
    return urlsplit(url).netloc


def absolute(base: str, written: str | None) -> str:
    """What a page at `base` means by an address; "" for what is none of the web's, or not to be handed on."""
    if not written or len(written) > LONGEST or written == "null":
        return ""
    try:
        made = urljoin(base, written.strip())
        parts = urlsplit(made)
    except ValueError:
        return ""
    if parts.scheme not in _USUAL or not parts.hostname or "@" in parts.netloc or _NOT_THERE.search(made):
        return ""
    return made if len(made) <= LONGEST and '"' not in made and "<" not in made else ""
