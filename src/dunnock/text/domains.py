"""The one spelling of a domain name, used at every entry so that no two spellings name one server, nor one two."""

from __future__ import annotations

import functools
import ipaddress
import re
import unicodedata

import idna

from dunnock.text.errors import BadDomain

MAX_DOMAIN = 253

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ASCII = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}|localhost")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")


def canonical_domain(text: str, *, port: bool = False) -> str:
    """The A-label form in lower case, without the root's dot: `Bücher.Example.` is `xn--bcher-kva.example`.

    With `port`, a port may follow (`127.0.0.1:8001`) and is kept; 80 and 443 are refused, as they say nothing.
    IPv4 addresses pass in dotted decimal form only; of the names without a dot, only `localhost`.

    Raises:
        BadDomain: not a host name, or a spelling that normalisation would map to another name (compatibility or
            invisible characters, percent signs, numbers read as addresses, invalid or non-canonical `xn--`).

    Source: RFC 5891, UTS #46 (non-transitional, STD3), GHSA-v3xf-c9qf-j667.
    """
    if not text or len(text) > MAX_DOMAIN + 7:
        raise BadDomain(text[:80])
    host, colon, number = text.partition(":")
    if colon and not (port and _PORT.fullmatch(number) and int(number) < 65536 and number not in {"80", "443"}):
        raise BadDomain(text[:80])
    host = _host(host.removesuffix("."))
    return f"{host}:{number}" if colon else host


def _host(text: str) -> str:
    host = text.lower() if text.isascii() else _international(text)
    if len(host) > MAX_DOMAIN or not _ASCII.fullmatch(host):
        raise BadDomain(text[:80])
    if _NUMERIC.fullmatch(host, host.rfind(".") + 1):
        # Resolvers read 0x7f.1 and 127.1 as addresses, so only the one usual spelling passes.
        try:
            ipaddress.IPv4Address(host)
        except ValueError as error:
            raise BadDomain(host) from error
    elif "--" in host:
        _check_a_labels(host)
    return host


def _check_a_labels(host: str) -> None:
    for label in host.split("."):
        if label[2:4] == "--" and (not label.startswith("xn--") or _encoded(_decoded(label)) != label):
            raise BadDomain(host)


@functools.lru_cache(maxsize=4096)
def _international(text: str) -> str:
    if len(text) > MAX_DOMAIN or any(unicodedata.normalize("NFC", letter) != letter for letter in text):
        raise BadDomain(text[:80])
    # Per character: str.lower() on a whole word would choose a final sigma, which UTS #46 does not.
    written = unicodedata.normalize("NFC", "".join(letter.lower() for letter in text))
    host = _encoded(_mapped(written))
    # Any mapping but letter case means that the spelling looks like one name and is another: refuse it.
    if _decoded(host) != written:
        raise BadDomain(text)
    return host


def _mapped(text: str) -> str:
    try:
        return idna.uts46_remap(text, std3_rules=True, transitional=False)
    except idna.IDNAError as error:
        raise BadDomain(text) from error


def _encoded(text: str) -> str:
    try:
        return idna.encode(text, strict=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise BadDomain(text) from error


def _decoded(text: str) -> str:
    try:
        return idna.decode(text, strict=True, std3_rules=True)
    except (idna.IDNAError, UnicodeError) as error:
        raise BadDomain(text) from error
