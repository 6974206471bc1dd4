"""Whether a name is taken for a protected one: the same to the eye, with a word of service added, or with a slip of the hand.

Source: DISARM T0146.005 (lookalike account ID), T0097.205; edit distance: Damerau 1964, in the form of optimal string
alignment. docs/integrity-identity.md has the rules in words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal

import msgspec

from dunnock.integrity.identity.skeleton import looks, mixed_looks, words

How = Literal["same", "affix", "slip", "near"]
AFFIXES = frozenset(
    (
        "help", "helps", "helpdesk", "helpline", "support", "supports", "care", "cares", "customer", "customers",
        "customercare", "customerservice", "customersupport", "service", "services", "serv", "cs", "official",
        "officials", "offical", "oficial", "officiel", "offiziell", "ufficiale", "real", "the", "team", "hq", "desk",
        "assist", "assistance", "contact", "info", "inquiry", "verify", "verified", "refund", "refunds", "claims",
        "claim", "feedback", "online", "account", "accounts", "security", "secure", "alert", "alerts", "admin", "reply",
        "replies", "dm", "app", "web", "inc", "corp", "ltd", "llc", "co", "com", "org", "net", "ask", "hello", "x",
        "live", "chat", "agent", "agents", "hilfe", "kundenservice", "ayuda", "soporte", "aide", "assistenza", "is",
        "it", "my", "get", "direct", "complaints", "complaint", "resolve", "relations", "billing", "payments", "here",
        "kundendienst", "kundeservice", "kundtjanst", "klantenservice", "asiakaspalvelu", "serviceclient", "clients",
        "cliente", "clientes", "clienti", "atencion", "atendimento", "servicio", "servizio", "suporte", "destek", "resmi",
        "pomoc", "obsluga", "oficjalny", "oficjalne", "layanan", "bantuan", "resmi", "oficial",
        "公式", "公式アカウント", "サポート", "サポートセンター", "カスタマーサポート", "カスタマーサービス", "お客様相談室",
        "お客様センター", "お客様窓口", "お問い合わせ", "お問い合わせ窓口", "ヘルプデスク", "ヘルプ", "窓口", "返金", "返金窓口",
        "官方", "客服", "客服中心", "客户服务", "客戶服務", "服务中心", "服務中心", "고객센터", "고객지원", "고객상담", "공식",
        "상담", "خدمة", "العملاء", "عملاء", "دعم", "الدعم", "الرسمي", "الرسمية", "رسمي", "مساعدة", "حساب", "الحساب", "پشتیبانی",
        "поддержка", "поддержки", "техподдержка", "служба", "помощь", "официальный", "официальная", "официальное",
        "официально", "офиц", "клиентов", "клиентам", "підтримка", "служба", "офіційний", "офіційна", "допомога",
        "υποστήριξη", "εξυπηρέτηση", "πελατών", "επίσημο", "επίσημος", "επίσημη", "תמיכה", "רשמי", "שירות", "לקוחות",
        "सहायता", "आधिकारिक",
    )
)  # fmt: skip
"""Words that say "this is the one that serves you". Words of people about a brand (fan, city, staff, news) are none."""
REGIONS = frozenset(
    (
        "jp", "us", "usa", "uk", "gb", "de", "fr", "es", "eu", "ca", "au", "nz", "br", "mx", "kr", "cn", "tw", "hk", "ru",
        "ua", "pl", "tr", "ae", "sa", "nl", "se", "ch", "at", "in", "global", "intl", "international", "worldwide", "japan",
        "europe", "asia", "africa", "latam", "deutschland", "france", "espana", "brasil", "日本", "ジャパン", "россия",
    )
)  # fmt: skip
"""Where a branch would be. People wear them, too, so only behind longer names, as words of their own, they count."""
_LONG_FOR_REGION = 6
_WEAK = frozenset(("x", "is", "it", "my", "get", "here", "live", "the", "hello", "app", "web", "co", "ask", "direct"))
"""Those that only count beside a whole name: they are too common to be cut off within a word."""
_SHORTEST = 3
_SHORTEST_SLIP, _SHORTEST_SUBSTITUTE = 4, 6
_SHORTEST_CUT = 4
_MOST_KEYS = 400


class Likeness(msgspec.Struct, frozen=True):
    """How a name is like a protected one: `same` to the eye, with an `affix`, by a `slip`; `near`: only with more reasons."""

    how: How
    part: str
    """What it was compared with, as it looks."""

    @property
    def enough(self) -> bool:
        """Whether the name alone is a reason to tell readers."""
        return self.how != "near"


def keys_of(name: str) -> frozenset[str]:
    """What a protected name is found by: what it looks like, and each of these with one character left out."""
    return frozenset(_with_one_less(looks(name) | mixed_looks(name, always=True)))


def keys_for(name: str) -> list[str]:
    """What to look up in order to find the protected names that `name` may be taken for."""
    cores = {core for core, _ in _cores(name)} | mixed_looks(name)
    return sorted(_with_one_less(cores))[:_MOST_KEYS]


def likeness(name: str, protected: str) -> Likeness | None:
    """How `name` is like the `protected` one; None: it is not."""
    if _other_number(name.casefold(), protected.casefold()):
        return Likeness("near", protected.casefold())
    aims = [aim for aim in looks(protected) if len(aim) >= _SHORTEST]
    best: Likeness | None = None
    for core, cut in _cores(name):
        for aim in aims:
            how = _compare(core, aim, cut=cut)
            if how is not None and (best is None or _ORDER[how] < _ORDER[best.how]):
                best = Likeness(how, aim)
    if best is None or not best.enough:
        mixed = mixed_looks(name) & mixed_looks(protected, always=True)
        best = next((Likeness("same", one) for one in sorted(mixed) if len(one) >= _SHORTEST), best)
    return best


def _other_number(name: str, protected: str) -> bool:
    """Whether both are one word with different numbers, as members called alike have: anna85, anna86."""
    bare = protected.rstrip("0123456789")
    return protected not in {bare, name} and name.rstrip("0123456789") == bare


_ORDER: dict[How, int] = {"same": 0, "affix": 1, "slip": 2, "near": 3}


def _compare(core: str, aim: str, *, cut: bool) -> How | None:
    if core == aim:
        return "affix" if cut else "same"
    distance = slips(core, aim, most=1)
    if distance is None or len(aim) < _SHORTEST_SLIP:
        return None
    moved = len(core) == len(aim) and sorted(core) == sorted(aim)
    doubled = len(core) != len(aim) and _single(core) == _single(aim)
    if (moved or doubled) and core[0] == aim[0]:
        return "slip"
    if len(aim) >= _SHORTEST_SUBSTITUTE and core[0] == aim[0] and not _plural(core, aim):
        return "slip"
    return "near"


def _plural(core: str, aim: str) -> bool:
    return core in {f"{aim}s", f"{aim}n", f"{aim}y"} or aim in {f"{core}s", f"{core}n", f"{core}y"}


def _single(core: str) -> str:
    return "".join(char for at, char in enumerate(core) if not at or core[at - 1] != char)


def _cores(name: str) -> set[tuple[str, bool]]:
    """What is left of the name when words of service and numbers are cut off at its ends; and whether something was."""
    out = {(core, False) for core in looks(name)}
    said = words(name)
    parts = _bare(said, _AFFIX_WORDS)
    whole = "".join(parts)
    if whole and parts != said:
        out |= {(core, True) for core in looks(whole)}
    if said and said[-1] in _REGION_WORDS:
        branch = "".join(_bare(said[:-1], _AFFIX_WORDS))
        out |= {(core, True) for core in looks(branch) if len(core) >= _LONG_FOR_REGION}
    for _ in range(3):  # words that are written together: airlinehelpdesk, theairline24
        out |= {(less, True) for core, _ in tuple(out) for less in _cut(core)}
    return out


def _bare(parts: list[str], affixes: Collection[str]) -> list[str]:
    while parts and (parts[0] in affixes or parts[0].isdigit()):
        parts = parts[1:]
    while parts and (parts[-1] in affixes or parts[-1].isdigit()):
        parts = parts[:-1]
    return parts


def _cut(core: str) -> Iterable[str]:
    bare = core.rstrip("0123456789ol") if core[-1:].isdigit() else core
    if len(bare) >= _SHORTEST and bare != core:
        yield bare
    for length in _AFFIX_LENGTHS:
        head, rest = core[:length], core[length:]
        if head in _AFFIX_LOOKS and len(rest) >= (_SHORTEST if head in _EAST else _SHORTEST_CUT):
            yield rest
        rest, tail = core[:-length], core[-length:]
        if (
            tail in _AFFIX_LOOKS
            and len(rest) >= (_SHORTEST if tail in _EAST else _SHORTEST_CUT)
            and rest[-1] not in _NOT
        ):
            yield rest


_AFFIX_WORDS = frozenset("".join(words(affix)) for affix in AFFIXES)
_REGION_WORDS = frozenset("".join(words(one)) for one in REGIONS)
_AFFIX_LOOKS = frozenset(look for affix in AFFIXES - _WEAK if len(affix) > 1 for look in looks(affix)) | {"the"}
_EAST = frozenset(look for affix in AFFIXES if affix[0] > "\u2fff" for look in looks(affix))
"""Those of Chinese, Japanese and Korean, which are written together with names of few characters."""
_AFFIX_LENGTHS = sorted({len(look) for look in _AFFIX_LOOKS})
_NOT = frozenset("非不")
"""Who says that it is not the official one."""


def _with_one_less(cores: Collection[str]) -> set[str]:
    out = set(cores)
    for core in cores:
        out |= {core[:at] + core[at + 1 :] for at in range(len(core))} if len(core) >= _SHORTEST_SLIP else set()
    return {one for one in out if len(one) >= _SHORTEST}


def slips(one: str, other: str, *, most: int) -> int | None:
    """How many letters are added, left out, changed or swapped with their neighbour between two words; None: over `most`."""
    if abs(len(one) - len(other)) > most:
        return None
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, row, beyond = row, [i], before
        for j, b in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, beyond[j - 2] + 1)
            row.append(cost)
        before = above
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None
