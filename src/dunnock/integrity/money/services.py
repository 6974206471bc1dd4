"""Services that money or people are led to: how each names a payee, a fund, a shop or a group in its addresses.

Source: DISARM T0148 (payment, fundraising, crypto), T0152 (channels), drill D11.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

Kind = Literal["payment", "fundraising", "subscription", "wallet", "chat", "shop"]
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


def _under_or_first(*names: str) -> _Read:
    """As `_under`; without any of these, the first part of the path."""
    under = _under(*names)
    return lambda match, parts, asked: under(match, parts, asked) or _first(match, parts, asked)


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
    if [part.lower() for part in parts[:2]] in _PAYPAL_PAGES and len(parts) > len("xy"):
        return f"{parts[1].lower()}/{parts[2]}"
    for name in ("hosted_button_id", "campaign_id"):
        if asked.get(name):
            return f"{name}/{asked[name]}"
    for name in ("business", "email", "recipient"):
        if asked.get(name):
            return f"business/{asked[name].lower()}"
    return ""


_PAYPAL_PAGES = [["ncp", "payment"], ["biz", "profile"], ["qrcodes", "p2pqrc"]]


def _any(_: re.Match[str], parts: list[str], __: dict[str, str]) -> str:
    """A code that stands last, letter case and all."""
    return parts[-1] if parts and parts[-1].lower() not in _OWN else ""


def _asked(*names: str) -> _Read:
    def read(_: re.Match[str], __: list[str], asked: dict[str, str]) -> str:
        return next((asked[name] for name in names if asked.get(name)), "")

    return read


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


_BESIDE = frozenset(
    ("donate", "donation", "donations", "updates", "news", "comments", "community", "rewards", "faq", "about", "contribute",
     "back", "pledge", "posts", "description", "spenden", "don", "checkout", "tip", "payment", "share")
)  # fmt: skip
"""Pages of one and the same fund."""
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?")


def _path(at: re.Match[str], parts: list[str], _: dict[str, str]) -> str:
    """All that is named, without the language of the page and which page of it."""
    kept = [part.lower() for part in parts]
    if len(kept) > 1 and _LANGUAGE.fullmatch(kept[0]):
        del kept[0]
    while len(kept) > 1 and kept[-1] in _BESIDE:
        del kept[-1]
    return f"{at[0]}/{'/'.join(kept)}" if kept and kept[0] not in _OWN else ""


def _patreon(at: re.Match[str], parts: list[str], asked: dict[str, str]) -> str:
    return asked.get("u", "") or _under("c", "cw", "join")(at, parts, asked) or _first(at, parts, asked)


def _steady(_: re.Match[str], parts: list[str], __: dict[str, str]) -> str:
    return next((part.lower() for part in parts if len(part) > len("en")), "")


RULES = (
    _rule(r"paypal\.me", "payment", "paypal", _first),
    _rule(r"(?:\w+\.)?paypal\.com", "payment", "paypal", _paypal),
    _rule(r"cash\.app", "payment", "cashapp", _first),
    _rule(r"(?:account\.)?venmo\.com", "payment", "venmo", _under_or_first("u", "code")),
    _rule(r"revolut\.me", "payment", "revolut", _first),
    _rule(r"(?:buy|donate|pay)\.stripe\.com", "payment", "stripe", _code),
    _rule(r"wise\.com", "payment", "wise", _under("me", "business", "r")),
    _rule(r"monzo\.me", "payment", "monzo", _first),
    _rule(r"(?:square\.link|checkout\.square\.site)", "payment", "square", lambda _m, p, _q: p[-1] if p else ""),
    _rule(r"(?:qiwi\.com|yoomoney\.ru)", "payment", "yoomoney", _exact("to", "n", "p")),
    _rule(r"bunq\.me", "payment", "bunq", _first),
    _rule(r"(?:www\.)?tikkie\.me|betaalverzoek\.\w+\.nl", "payment", "tikkie", _any),
    _rule(r"lydia-app\.com|pay\.sumup\.\w+|mobilepay\.(?:dk|fi)|qr\.mobilepay\.dk|qr\.vipps\.no", "payment", "bank", _any),
    _rule(r"send\.monobank\.ua", "payment", "monobank", _any),
    _rule(r"razorpay\.me", "payment", "razorpay", _first),
    _rule(r"paystack\.(?:com|shop)", "payment", "paystack", _under("pay")),
    _rule(r"flutterwave\.com", "payment", "flutterwave", _exact("pay", "donate")),
    _rule(r"enroll\.zellepay\.com", "payment", "zelle", _asked("data")),
    _rule(r"tip\.cc|tipeeestream\.com|donatepay\.ru", "payment", "tips", _path),
    _rule(r"donationalerts\.com", "payment", "donationalerts", _under("r")),
    _rule(r"(?:\w{2}\.)?tipeee\.com", "fundraising", "tipeee", _first),
    _rule(r"ko-fi\.com", "fundraising", "ko-fi", _first),
    _rule(r"(?:buymeacoffee\.com|buymeacoff\.ee|bmc\.link)", "fundraising", "buymeacoffee", _first),
    _rule(r"(?:\w{2}\.)?gofundme\.com", "fundraising", "gofundme", _under_or_first("f")),
    _rule(r"givesendgo\.com", "fundraising", "givesendgo", _first),
    _rule(r"(?:fundly|leetchi|lepotcommun|betterplace|justgiving|gogetfunding|fundrazr|whydonate|ulule|kickstarter|"
          r"indiegogo|kisskissbankbank|helloasso|donorbox|streamlabs|streamelements|boosty|goteo|verkami)\.(?:com|org|fr|to)",
          "fundraising", "crowdfunding", _path),
    _rule(r"(?:chuffed|ketto|milaap|every|classy|migranodearena|buonacausa)\.org|(?:launchgood|spotfund|givebutter|mightycause|"
          r"startnext|wemakeit|4fund|hithit|pozible|rallyup|donatekart|impactguru|okpal|cotizup|papayoux|produzionidalbasso|"
          r"eppela|kitabisa)\.com|(?:zrzutka|patronite|siepomaga|pomagam)\.pl|(?:darujme|donio)\.cz|crowdfunder\.co\.uk|"
          r"vakinha\.com\.br|apoia\.se|catarse\.me|backabuddy\.co\.za|onparticipe\.fr|teaming\.net|retedeldono\.it|"
          r"adjukossze\.hu|planeta\.ru|readyfor\.jp|camp-fire\.jp", "fundraising", "crowdfunding", _path),
    _rule(r"(?:secure\.)?actblue\.com", "fundraising", "actblue", _under("donate", "page", "contribute")),
    _rule(r"secure\.(?:winred|anedot|ngpvan)\.com", "fundraising", "campaign", _path),
    _rule(r"throne\.(?:com|me)|wishtender\.com", "fundraising", "wishlist", _first),
    _rule(r"liberapay\.com", "subscription", "liberapay", _first),
    _rule(r"patreon\.com", "subscription", "patreon", _patreon),
    _rule(r"subscribestar\.(?:com|adult)", "subscription", "subscribestar", _first),
    _rule(r"opencollective\.com", "subscription", "opencollective", _first),
    _rule(r"onlyfans\.com", "subscription", "onlyfans", _first),
    _rule(r"steady(?:hq\.com|\.page)", "subscription", "steady", _steady),
    _rule(r"(?P<name>[\w-]+)\.substack\.com", "subscription", "substack", _sub),
    _rule(r"github\.com", "subscription", "github-sponsors", _under("sponsors")),
    _rule(r"fansly\.com|memberful\.com|afdian\.(?:com|net)|flattr\.com", "subscription", "members",
          _under_or_first("a")),
    _rule(r"(?P<name>[\w-]+)\.(?:fanbox\.cc|memberful\.com|beehiiv\.com)", "subscription", "members", _sub),
    _rule(r"join\.skype\.com", "chat", "skype", _any),
    _rule(r"invite\.viber\.com", "chat", "viber", _asked("g2", "g")),
    _rule(r"line\.me", "chat", "line", _any),
    _rule(r"m\.me", "chat", "messenger", _first),
    _rule(r"threema\.id", "chat", "threema", _any),
    _rule(r"(?:rvlt|stoat)\.gg|(?:app\.)?revolt\.chat|guilded\.gg", "chat", "guild", _any),
    _rule(r"join\.slack\.com", "chat", "slack", _under("t")),
    _rule(r"groupme\.com", "chat", "groupme", _under("join_group")),
    _rule(r"kik\.me", "chat", "kik", _first),
    _rule(r"snapchat\.com", "chat", "snapchat", _under("add")),
    _rule(r"u\.wechat\.com|qm\.qq\.com|vk\.me|ig\.me", "chat", "messages", _any),
    _rule(r"zalo\.me", "chat", "zalo", _any),
    _rule(r"(?:t|telegram)\.me|telegram\.dog", "chat", "telegram", _telegram),
    _rule(r"wa\.me|(?:api|chat|web)\.whatsapp\.com|whatsapp\.com", "chat", "whatsapp", _whatsapp),
    _rule(r"discord\.gg|discord(?:app)?\.com", "chat", "discord", _discord),
    _rule(r"signal\.(?:group|me)", "chat", "signal", lambda _m, p, _q: "/".join(p)),
    _rule(r"matrix\.to", "chat", "matrix", lambda _m, p, _q: "/".join(p).lower()),
    _rule(r"(?:\w+\.)?etsy\.com", "shop", "etsy", _under("shop")),
    _rule(r"(?P<name>[\w-]+)\.etsy\.com", "shop", "etsy", _sub),
    _rule(r"(?P<name>[\w-]+)\.(?:myshopify\.com|creator-spring\.com|myspreadshop\.\w+|bigcartel\.com|gumroad\.com|sellfy\.store|"
          r"fourthwall\.com|square\.site|storenvy\.com|threadless\.com|dashery\.com|printify\.me|ecwid\.com|company\.site|payhip\.com|"
          r"spreadshop\.\w+|mysellauth\.com|tebex\.io)",
          "shop", "shop", lambda m, _p, _q: m[0].lower()),
    _rule(r"gumroad\.com", "shop", "shop", lambda m, p, q: f"{_first(m, p, q)}.gumroad.com" if _first(m, p, q) else ""),
    _rule(r"redbubble\.com", "shop", "redbubble", _under("people")),
    _rule(r"(?:teespring|spring)\.com|(?:spreadshirt|teepublic|zazzle)\.\w+", "shop", "print", _path),
    _rule(r"amazon\.(?:com|de|fr|es|it|co\.uk|co\.jp|ca|in)", "shop", "amazon-wishlist", _exact("ls", "genericitemspage")),
    _rule(r"payhip\.com|stan\.store|depop\.com|society6\.com|cafepress\.com|whatnot\.com", "shop", "shop", _path),
    _rule(r"poshmark\.com", "shop", "poshmark", _under("closet")),
    _rule(r"(?:\w+\.)?aliexpress\.com", "shop", "aliexpress", _under("store")),
    _rule(r"vinted\.\w+(?:\.\w+)?", "shop", "vinted", _under("member")),
    _rule(r"ebay\.\w+(?:\.\w+)?", "shop", "ebay", _under("str", "usr")),
)  # fmt: skip
