"""Where a link leads in truth: one spelling of each destination, and what of money or contact is there. No network.

What can be read from the address itself is (wrappers that carry the real address, tracking parameters); what a shortener
hides is followed by `resolve`. Source: DISARM T0148 (payment, fundraising, crypto), T0152 (channels), drill D11.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import msgspec

from dunnock.integrity.money import coins
from dunnock.integrity.money.services import RULES, Kind
from dunnock.integrity.money.wallets import wallet, wallets
from dunnock.integrity.money.written import addresses, seen
from dunnock.text import BadDomain, canonical_domain

LONGEST_URL = 2_048
_MOST_LAYERS = 4
_PLAIN = re.compile(r"https?://([A-Za-z0-9.-]+)((?:/[A-Za-z0-9._~/-]*)?)")
"""An address that has nothing but a name and a path, as most: it needs no more reading."""
_SLASHES, _INDEX = re.compile(r"/+"), re.compile(r"/index\.(?:html?|php)$")
_REMEMBERED = 1_024  # addresses: several look at the link of a post, and many posts lead to the same
_TRACKING = frozenset(
    (
        "fbclid", "gclid", "gclsrc", "dclid", "wbraid", "gbraid", "msclkid", "yclid", "twclid", "ttclid", "li_fat_id",
        "mc_cid", "mc_eid", "igshid", "igsh", "si", "s", "t", "ref", "ref_src", "ref_url", "referrer", "source", "src",
        "spm", "scm", "_ga", "_gl", "_hsenc", "_hsmi", "mkt_tok", "vero_id", "vero_conv", "wickedid", "oly_enc_id",
        "oly_anon_id", "rb_clickid", "s_cid", "cmpid", "campaign", "share", "shared", "sharetype", "feature", "amp",
        "fb_action_ids", "fb_ref", "trk", "trkcampaign", "email_id", "sk", "attribution_id", "viewas", "lang", "locale",
    )
)  # fmt: skip
_WRAPPERS = {
    "l.facebook.com": "u", "lm.facebook.com": "u", "l.instagram.com": "u", "google.com": "url", "youtube.com": "q",
    "out.reddit.com": "url", "vk.com": "to", "steamcommunity.com": "url", "t.umblr.com": "z", "slack-redir.net": "url",
    "duckduckgo.com": "uddg", "linkedin.com": "url", "away.vk.com": "to", "exit.sc": "url", "gate.sc": "url",
}  # fmt: skip
SHORTENERS = frozenset(
    (
        "t.co", "bit.ly", "bitly.com", "j.mp", "tinyurl.com", "goo.gl", "ow.ly", "is.gd", "v.gd", "buff.ly", "cutt.ly", "rb.gy",
        "t.ly", "shorturl.at", "rebrand.ly", "lnkd.in", "tiny.cc", "gofund.me", "amzn.to", "etsy.me", "fb.me", "dlvr.it",
        "ift.tt", "trib.al", "shor.by", "s.id", "u.to", "clck.ru", "vk.cc", "qr.ae", "adf.ly", "soo.gd", "x.gd", "kutt.it",
        "short.io", "snip.ly", "bl.ink", "t2m.io", "urlz.fr", "lc.cx", "tny.im", "surl.li", "2u.pw", "chng.it", "spr.ly",
        "gf.me", "dsc.gg", "lin.ee", "rzp.io", "tr.ee", "zpr.io", "urlr.me", "qrco.de", "me-qr.com", "n9.cl", "acortar.link",
        "ouo.io", "bit.do", "mcaf.ee", "clk.sh", "gg.gg", "tinylink.net", "shorten.at", "1url.com", "cli.re", "hubs.ly", "aka.ms",
        "geni.us", "a.co", "msha.ke", "shrtco.de",
    )
)  # fmt: skip
"""Hosts that only lead elsewhere."""


class Asset(msgspec.Struct, frozen=True):
    """Something that money or people are led to. `key` is the one id that all its spellings share; `site` the service."""

    kind: Kind
    key: str
    site: str


def canonical(url: str) -> str | None:
    """The one spelling of a destination, without scheme, tracking, and what carried it; None: it is no web address."""
    found = _innermost(url)
    return None if found is None else _spelt(*found[1])


def shortened(url: str) -> bool:
    """Whether the address, or what it carries, only leads elsewhere, so that it has to be followed."""
    return unwrapped_short(url) is not None


def unwrapped_short(url: str) -> str | None:
    """The address to follow, without what carried it; None: it hides nothing."""
    found = _innermost(url)
    if found is None:
        return None
    inner, (host, path, _) = found
    return (inner if "://" in inner else f"https://{inner}") if host in SHORTENERS and path.strip("/") else None


def _innermost(url: str) -> tuple[str, tuple[str, str, tuple[tuple[str, str], ...]]] | None:
    for _ in range(_MOST_LAYERS):
        made = _once(url)
        if made is None:
            return None
        inner = _inside(made)
        if inner is None:
            return url, made
        url = inner
    return None


@functools.lru_cache(maxsize=_REMEMBERED)
def asset_of(url: str) -> Asset | None:
    """What of money or contact is at an address; None: nothing that is known."""
    scheme, colon, rest = url.partition(":")
    if colon and scheme.lower() in _SCHEMES:
        return _paid(rest.removeprefix("//").removeprefix("pay-"), solana=scheme.lower() == "solana")
    plain = canonical(url)
    if plain is None:
        return None
    address, _, query = plain.partition("?")
    host, _, path = address.partition("/")
    if not _HOSTS.fullmatch(host):
        return _carried(query) if query else None
    parts = [unquote(part) for part in path.split("/") if part]
    asked = dict(parse_qsl(query))
    for pattern, kind, site, read in RULES:
        if (at := pattern.fullmatch(host)) is not None and (who := read(at, parts, asked)):
            return Asset(kind, f"{site}/{who}", site)
    if _EXPLORERS.fullmatch(host):
        return next((one for part in parts if (one := _paid(part, solana="sol" in host)) is not None), None)
    return _carried(query) if query else None


def _paid(written: str, *, solana: bool = False) -> Asset | None:
    """The wallet at the beginning of what follows a scheme: `0x…@1/transfer?…`."""
    found = wallet(written.partition("?")[0])
    if found is None:
        bare = re.split(r"[?@/&#]", written, maxsplit=1)[0]
        found = ("sol", bare) if solana and coins.solana(bare) else wallet(bare)
    return None if found is None else Asset("wallet", f"{found[0]}:{found[1]}", found[0])


def _carried(query: str) -> Asset | None:
    """What an address leads on to: a page that sends one elsewhere, or shares it, has it among its parameters."""
    for _, value in parse_qsl(query):
        if value.lower().startswith(("http://", "https://")) and (found := asset_of(value)) is not None:
            return found
    return None


def asset_at(written: str) -> Asset | None:
    """As `asset_of`, of an address, a wallet as people write it, or the key of a wallet."""
    words = written.strip()
    site, colon, address = words.partition(":")
    held = wallet(words) or (wallet(address) if colon else None)
    if held is not None and (held[0] == site or not colon or wallet(words) is not None):
        return Asset("wallet", f"{held[0]}:{held[1]}", held[0])
    bare = words.removeprefix("sol:")
    if coins.solana(bare):
        return Asset("wallet", f"sol:{bare}", "sol")
    return asset_of(words) or next(iter(assets_of(words.removeprefix("iban:"), [])), None)


def assets_of(text: str, urls: list[str]) -> list[Asset]:
    """Everything of money or contact in a text and its links, each once."""
    text = seen(text)
    return assets_at([*urls, *addresses(text, without=urls)], text)


def assets_at(urls: list[str], text: str) -> list[Asset]:
    """The same, where all addresses of the text are among `urls`, and it has nothing that is not seen."""
    found = [one for url in urls if (one := asset_of(url)) is not None]
    found += [Asset("wallet", f"{kind}:{address}", kind) for kind, address in wallets(text)]
    return list(dict.fromkeys(found))


_SCHEMES = frozenset(
    (
        "bitcoin",
        "ethereum",
        "litecoin",
        "dogecoin",
        "tron",
        "cardano",
        "monero",
        "solana",
        "lightning",
        "dash",
        "xrpl",
        "ripple",
    )
)
_EXPLORERS = re.compile(
    r"(?:blockchain|blockchair|blockcypher|live\.blockcypher)\.com|(?:etherscan|mempool|polkascan|ethplorer)\.(?:io|space)|"
    r"blockstream\.info|(?:bscscan|polygonscan|snowtrace|arbiscan|basescan|xrpscan|btcscan|dogechain)\.(?:com|io|org|info)|"
    r"tronscan\.(?:org|io)|solscan\.io|solana\.fm|explorer\.solana\.com|debank\.com|litecoinspace\.org"
)
"""Pages that show a wallet: who links one says whom to pay."""


@functools.lru_cache(maxsize=_REMEMBERED)
def _once(url: str) -> tuple[str, str, tuple[tuple[str, str], ...]] | None:
    """(host without what says nothing, path, parameters that say something)."""
    if len(url) > LONGEST_URL:
        return None
    if (plain := _PLAIN.fullmatch(url)) is not None:
        name, port, path, query, fragment = plain[1], None, plain[2], "", ""
    else:
        written = _whole(url.strip())
        try:
            parts = urlsplit(written)
            if parts.scheme.lower() not in {"http", "https"} or parts.hostname is None:
                return None
            name, port, path, query, fragment = parts.hostname, parts.port, parts.path, parts.query, parts.fragment
        except ValueError:
            return None
    try:
        host = canonical_domain(_plain_host(name))
    except BadDomain:
        return None
    for prefix in ("www.", "m.", "mobile.", "amp."):
        if host.startswith(prefix) and host.count(".") > 1:
            host = host.removeprefix(prefix)
    if port not in {None, 80, 443}:
        host = f"{host}:{port}"
    if "/." in path:
        path = _resolved(path)
    path = _INDEX.sub("", _SLASHES.sub("/", unquote(path)).rstrip("/"))
    asked = tuple(
        (name, value)
        for name, value in (parse_qsl(query, keep_blank_values=True) if query else ())
        if name.lower() not in _TRACKING and not name.lower().startswith(("utm_", "hsa_", "pk_", "mtm_", "ga_"))
    )
    if fragment and host in _SAYS_IN_FRAGMENT:
        path += f"/{fragment.removeprefix('/')}"
    return host, path, asked


_SAYS_IN_FRAGMENT = frozenset(("t.me", "signal.group", "signal.me", "matrix.to", "tronscan.org", "tronscan.io"))


def _whole(written: str) -> str:
    """As browsers read it: any number of slashes either way after the scheme, or none there."""
    match = _SCHEME.match(written)
    rest = written[match.end() :] if match is not None else written
    before, mark, after = rest.partition("?")
    return f"{match[1] if match is not None else 'https'}://{before.replace(chr(92), '/')}{mark}{after}"


def _plain_host(name: str) -> str:
    """With the characters that look it up: `%2E`, full-width letters and the full stops of East Asia mean what they look like."""
    if "%" in name:
        name = unquote(name)
    return name if name.isascii() else unicodedata.normalize("NFKC", name).replace("\u3002", ".")


_SCHEME = re.compile(r"(https?):[/\\]+", re.IGNORECASE)


def _resolved(path: str) -> str:
    """Without `.` and `..`. Source: RFC 3986, 5.2.4."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del kept[max(len(kept) - 1, 1) :]
        elif part != ".":
            kept.append(part)
    return "/".join(kept)


def _inside(made: tuple[str, str, tuple[tuple[str, str], ...]]) -> str | None:
    """The address that a wrapper carries."""
    host, path, asked = made
    bare = host.partition(":")[0]
    if bare == "web.archive.org" and (at := re.match(r"/web/\d+[a-z_]*/(.+)", path)):
        return re.sub(r"^(https?):/+", r"\1://", at[1])
    if bare in {"href.li", "anon.to", "nullrefer.com"} and len(asked) == 1 and asked[0][0].startswith("http"):
        return asked[0][0]
    wanted = _WRAPPERS.get(bare.removeprefix("www."))
    if wanted is not None and path in {
        "/l.php",
        "/url",
        "/redirect",
        "/away",
        "/away.php",
        "/link",
        "/linkfilter",
        "/l",
        "",
    }:
        for name, value in asked:
            if name in {wanted, "q", "u"} and value.lower().startswith(("http://", "https://")):
                return value
    return None


def _spelt(host: str, path: str, asked: tuple[tuple[str, str], ...]) -> str:
    query = urlencode(sorted(asked)) if asked else ""
    return f"{host}{path}?{query}" if query else f"{host}{path}"


_HOSTS = re.compile(
    "|".join([_EXPLORERS.pattern, *(pattern.pattern.replace("(?P<name>", "(?:") for pattern, *_ in RULES)])
)
"""Any of them: one look tells that an address leads to none of these, as most do."""
