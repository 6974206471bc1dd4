"""Where a link leads in truth: one spelling of each destination, and what of money or contact is there. No network.

What can be read from the address itself is (wrappers that carry the real address, tracking parameters); what a shortener
hides is followed by `resolve`. Source: DISARM T0148 (payment, fundraising, crypto), T0152 (channels), drill D11.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import msgspec

from dunnock.integrity.money.wallets import wallet, wallets
from dunnock.text import BadDomain, canonical_domain

Kind = Literal["payment", "fundraising", "subscription", "wallet", "chat", "shop"]
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
    for _ in range(_MOST_LAYERS):
        made = _once(url)
        if made is None:
            return None
        inner = _inside(made)
        if inner is None:
            return _spelt(*made)
        url = inner
    return None


def shortened(url: str) -> bool:
    """Whether the address only leads elsewhere, so that it has to be followed."""
    made = _once(url)
    return made is not None and made[0] in SHORTENERS and made[1].strip("/") != ""


@functools.lru_cache(maxsize=_REMEMBERED)
def asset_of(url: str) -> Asset | None:
    """What of money or contact is at an address; None: nothing that is known."""
    scheme, colon, rest = url.partition(":")
    if colon and scheme.lower() in _SCHEMES:
        found = wallet(rest.removeprefix("//").partition("?")[0])
        return None if found is None else Asset("wallet", f"{found[0]}:{found[1]}", found[0])
    plain = canonical(url)
    if plain is None:
        return None
    address, _, query = plain.partition("?")
    host, _, path = address.partition("/")
    if not _HOSTS.fullmatch(host):
        return None
    parts = [unquote(part) for part in path.split("/") if part]
    asked = dict(parse_qsl(query))
    for pattern, kind, site, read in _RULES:
        if (at := pattern.fullmatch(host)) is not None and (who := read(at, parts, asked)):
            return Asset(kind, f"{site}/{who}", site)
    return None


def asset_at(written: str) -> Asset | None:
    """As `asset_of`, of an address, a wallet as people write it, or the key of a wallet."""
    words = written.strip()
    site, colon, address = words.partition(":")
    held = wallet(words) or (wallet(address) if colon else None)
    if held is not None and (held[0] == site or not colon or wallet(words) is not None):
        return Asset("wallet", f"{held[0]}:{held[1]}", held[0])
    return asset_of(words)


def assets_of(text: str, urls: list[str]) -> list[Asset]:
    """Everything of money or contact in a text and its links, each once."""
    found = [one for url in urls if (one := asset_of(url)) is not None]
    found += [Asset("wallet", f"{kind}:{address}", kind) for kind, address in wallets(text)]
    return list(dict.fromkeys(found))


_SCHEMES = frozenset(("bitcoin", "ethereum", "litecoin", "dogecoin", "tron", "cardano"))


@functools.lru_cache(maxsize=_REMEMBERED)
def _once(url: str) -> tuple[str, str, tuple[tuple[str, str], ...]] | None:
    """(host without what says nothing, path, parameters that say something)."""
    if len(url) > LONGEST_URL:
        return None
    if (plain := _PLAIN.fullmatch(url)) is not None:
        name, port, path, query, fragment = plain[1], None, plain[2], "", ""
    else:
        written = url.strip() if "://" in url else f"https://{url.strip()}"
        try:
            parts = urlsplit(written)
            if parts.scheme.lower() not in {"http", "https"} or parts.hostname is None:
                return None
            name, port, path, query, fragment = parts.hostname, parts.port, parts.path, parts.query, parts.fragment
        except ValueError:
            return None
    try:
        host = canonical_domain(name)
    except BadDomain:
        return None
    for prefix in ("www.", "m.", "mobile.", "amp."):
        if host.startswith(prefix) and host.count(".") > 1:
            host = host.removeprefix(prefix)
    if port not in {None, 80, 443}:
        host = f"{host}:{port}"
    path = _INDEX.sub("", _SLASHES.sub("/", unquote(path)).rstrip("/"))
    asked = tuple(
        (name, value)
        for name, value in (parse_qsl(query, keep_blank_values=True) if query else ())
        if name.lower() not in _TRACKING and not name.lower().startswith(("utm_", "hsa_", "pk_", "mtm_", "ga_"))
    )
    if host in {"t.me", "signal.group", "signal.me"} and fragment:
        path += f"/{fragment}"
    return host, path, asked


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


_Read = Callable[[re.Match[str], list[str], dict[str, str]], str]


def _first(_: re.Match[str], parts: list[str], __: dict[str, str]) -> str:
    return parts[0].lower().removeprefix("@").removeprefix("$") if parts and parts[0].lower() not in _OWN else ""


def _sub(at: re.Match[str], _: list[str], __: dict[str, str]) -> str:
    return at["name"].lower() if at["name"] not in _OWN else ""


def _under(*names: str) -> _Read:
    def read(_: re.Match[str], parts: list[str], __: dict[str, str]) -> str:
        for at, part in enumerate(parts[:-1]):
            if part.lower() in names:
                return parts[at + 1].lower()
        return ""

    return read


def _exact(*names: str) -> _Read:
    """As `_under`, where letter case tells one from another."""

    def read(_: re.Match[str], parts: list[str], __: dict[str, str]) -> str:
        for at, part in enumerate(parts[:-1]):
            if part.lower() in names:
                return parts[at + 1]
        return ""

    return read


def _code(_: re.Match[str], parts: list[str], __: dict[str, str]) -> str:
    return parts[0] if parts and parts[0].lower() not in _OWN else ""


def _paypal(_: re.Match[str], parts: list[str], asked: dict[str, str]) -> str:
    if parts and parts[0].lower() in {"paypalme", "paypal.me"}:
        return parts[1].lower() if len(parts) > 1 else ""
    if parts and parts[0].lower() == "pools" and len(parts) > 2:
        return f"pool/{parts[-1]}"
    for name in ("hosted_button_id", "business", "campaign_id"):
        if asked.get(name):
            return f"{name}/{asked[name]}"
    return ""


def _telegram(_: re.Match[str], parts: list[str], asked: dict[str, str]) -> str:
    if not parts:
        return ""
    first = parts[0]
    if first.lower() == "joinchat" and len(parts) > 1:
        return f"+{parts[1]}"
    if first.startswith("+"):
        return first
    if first.lower() == "s" and len(parts) > 1:
        return parts[1].lower()
    if first.lower() in {"share", "proxy", "addstickers", "iv"}:
        return ""
    return asked["domain"].lower() if first.lower() == "resolve" and asked.get("domain") else first.lower()


def _whatsapp(at: re.Match[str], parts: list[str], asked: dict[str, str]) -> str:
    if at[0] == "chat.whatsapp.com":
        return f"group/{parts[-1]}" if parts else ""
    if at[0] == "whatsapp.com":
        return f"channel/{parts[1]}" if len(parts) > 1 and parts[0] == "channel" else ""
    number = asked.get("phone", "") or (parts[0] if parts and parts[0] != "message" else "")
    digits = re.sub(r"\D", "", number)
    return digits or (f"message/{parts[1]}" if len(parts) > 1 and parts[0] == "message" else "")


def _discord(_: re.Match[str], parts: list[str], __: dict[str, str]) -> str:
    return parts[-1] if parts and (len(parts) == 1 or parts[0] == "invite") and parts[-1] != "invite" else ""


_OWN = frozenset(
    (
        "", "about", "help", "login", "signin", "sign-in", "signup", "register", "search", "explore", "discover", "pricing",
        "terms", "privacy", "blog", "support", "contact", "home", "www", "api", "docs", "download", "apps", "settings", "c",
        "categories", "legal", "policy", "faq", "jobs", "press", "shop", "status", "company", "features", "creators", "gb",
    )
)  # fmt: skip
"""Pages of a service itself: nobody's."""


def _rule(host: str, kind: Kind, site: str, read: _Read) -> tuple[re.Pattern[str], Kind, str, _Read]:
    return re.compile(host), kind, site, read


def _path(at: re.Match[str], parts: list[str], _: dict[str, str]) -> str:
    return f"{at[0]}/{'/'.join(parts).lower()}" if parts and parts[0].lower() not in _OWN else ""


def _patreon(at: re.Match[str], parts: list[str], asked: dict[str, str]) -> str:
    return asked.get("u", "") or _under("c", "cw", "join")(at, parts, asked) or _first(at, parts, asked)


def _steady(_: re.Match[str], parts: list[str], __: dict[str, str]) -> str:
    return next((part.lower() for part in parts if len(part) > len("en")), "")


_RULES = (
    _rule(r"paypal\.me", "payment", "paypal", _first),
    _rule(r"(?:\w+\.)?paypal\.com", "payment", "paypal", _paypal),
    _rule(r"cash\.app", "payment", "cashapp", _first),
    _rule(r"(?:account\.)?venmo\.com", "payment", "venmo", lambda m, p, q: _under("u", "code")(m, p, q) or _first(m, p, q)),
    _rule(r"revolut\.me", "payment", "revolut", _first),
    _rule(r"(?:buy|donate|pay)\.stripe\.com", "payment", "stripe", _code),
    _rule(r"wise\.com", "payment", "wise", _under("me", "business", "r")),
    _rule(r"monzo\.me", "payment", "monzo", _first),
    _rule(r"(?:square\.link|checkout\.square\.site)", "payment", "square", lambda _m, p, _q: p[-1] if p else ""),
    _rule(r"(?:qiwi\.com|yoomoney\.ru)", "payment", "yoomoney", _exact("to", "n", "p")),
    _rule(r"(?:\w{2}\.)?tipeee\.com", "fundraising", "tipeee", _first),
    _rule(r"ko-fi\.com", "fundraising", "ko-fi", _first),
    _rule(r"(?:buymeacoffee\.com|buymeacoff\.ee|bmc\.link)", "fundraising", "buymeacoffee", _first),
    _rule(r"(?:\w{2}\.)?gofundme\.com", "fundraising", "gofundme", lambda m, p, q: _under("f")(m, p, q) or _first(m, p, q)),
    _rule(r"givesendgo\.com", "fundraising", "givesendgo", _first),
    _rule(r"(?:fundly|leetchi|lepotcommun|betterplace|justgiving|gogetfunding|fundrazr|whydonate|ulule|kickstarter|"
          r"indiegogo|kisskissbankbank|helloasso|donorbox|streamlabs|streamelements|boosty|goteo|verkami)\.(?:com|org|fr|to)",
          "fundraising", "crowdfunding", _path),
    _rule(r"liberapay\.com", "subscription", "liberapay", _first),
    _rule(r"patreon\.com", "subscription", "patreon", _patreon),
    _rule(r"subscribestar\.(?:com|adult)", "subscription", "subscribestar", _first),
    _rule(r"opencollective\.com", "subscription", "opencollective", _first),
    _rule(r"onlyfans\.com", "subscription", "onlyfans", _first),
    _rule(r"steady(?:hq\.com|\.page)", "subscription", "steady", _steady),
    _rule(r"(?P<name>[\w-]+)\.substack\.com", "subscription", "substack", _sub),
    _rule(r"github\.com", "subscription", "github-sponsors", _under("sponsors")),
    _rule(r"(?:t|telegram)\.me|telegram\.dog", "chat", "telegram", _telegram),
    _rule(r"wa\.me|(?:api|chat|web)\.whatsapp\.com|whatsapp\.com", "chat", "whatsapp", _whatsapp),
    _rule(r"discord\.gg|discord(?:app)?\.com", "chat", "discord", _discord),
    _rule(r"signal\.(?:group|me)", "chat", "signal", lambda _m, p, _q: "/".join(p)),
    _rule(r"matrix\.to", "chat", "matrix", lambda _m, p, _q: "/".join(p).lower()),
    _rule(r"(?:\w+\.)?etsy\.com", "shop", "etsy", _under("shop")),
    _rule(r"(?P<name>[\w-]+)\.etsy\.com", "shop", "etsy", _sub),
    _rule(r"(?P<name>[\w-]+)\.(?:myshopify\.com|creator-spring\.com|myspreadshop\.\w+|bigcartel\.com|gumroad\.com|sellfy\.store)",
          "shop", "shop", lambda m, _p, _q: m[0].lower()),
    _rule(r"gumroad\.com", "shop", "shop", lambda m, p, q: f"{_first(m, p, q)}.gumroad.com" if _first(m, p, q) else ""),
    _rule(r"redbubble\.com", "shop", "redbubble", _under("people")),
    _rule(r"(?:teespring|spring)\.com|(?:spreadshirt|teepublic|zazzle)\.\w+", "shop", "print", _path),
    _rule(r"amazon\.(?:com|de|fr|es|it|co\.uk|co\.jp|ca|in)", "shop", "amazon-wishlist", _exact("ls", "genericitemspage")),
    _rule(r"ebay\.\w+(?:\.\w+)?", "shop", "ebay", _under("str", "usr")),
)  # fmt: skip
_HOSTS = re.compile("|".join(pattern.pattern.replace("(?P<name>", "(?:") for pattern, *_ in _RULES))
"""Any of them: one look tells that an address leads to none of these, as most do."""
