"""Whether an account became somebody else, within minutes or step by step: pure, with the reasons that a person can check.

Source: DISARM T0143.002, T0097.203 (fact-checking persona), drill D02. docs/integrity-identity.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

from dunnock.accounts import GivenUp, Persona
from dunnock.accounts.account import read_fields
from dunnock.foundation.clock import DAY, MINUTE
from dunnock.integrity.identity.skeleton import skeleton, words
from dunnock.integrity.pictures import print_of
from dunnock.media.nearness import SAME, apart

WINDOW_MS = 10 * MINUTE
SETTLED_MS = 30 * DAY
"""What stood for so long is what readers know an account by."""
MANY_FIELDS = 3
MANY_FOLLOWERS = 500
_FIELDS = frozenset(("display_name", "username", "bio", "avatar", "header", "fields", "kind"))
_ALIKE = 0.6
_SHARED = 3
"""Letters of a word that both names have: whoever marries keeps their first name."""
ROLES = (
    "factcheck", "factchecker", "factchecking", "faktencheck", "verificado", "desinfox", "news", "nachrichten",
    "noticias", "breaking", "breakingnews", "live", "alert", "alerts", "official", "offiziell", "officiel", "oficial",
    "support", "helpdesk", "customercare", "customerservice", "press", "pressoffice", "newsroom", "government", "gov",
    "ministry", "police", "polizei", "policia", "emergency", "election", "elections", "electoral", "wahl", "verified",
    "verify", "times", "gazette", "herald", "tribune", "press", "reporter", "correspondent",
    "ニュース", "新聞", "報道", "速報", "公式", "ファクトチェック", "警察", "政府", "選挙", "サポート", "新闻", "官方", "뉴스",
    "공식", "속보", "новости", "срочно", "официальный", "официально", "фактчек", "полиция", "поддержка", "выборы",
    "новини", "офіційно", "أخبار", "الأخبار", "عاجل", "الرسمي", "رسمي", "شرطة", "الشرطة", "انتخابات", "الانتخابات",
)  # fmt: skip
"""Words of a role that people take at its word: who checks facts, brings news, helps, or speaks for an authority."""


class Evidence(msgspec.Struct, frozen=True):
    """What changed until `at`, and what of it counts. `role`: the word of a role that was taken on.

    `since`: when the persona that readers knew was given up, step by step; 0: all of it changed in the ten minutes before
    `at`. `vouched`: the badge is of somebody else, staff or a verifier, not one that the account proved by itself.
    """

    at: int
    old: str
    new: str
    fields: tuple[str, ...]
    unlike: bool
    role: str = ""
    followers: int = 0
    badge: bool = False
    since: int = 0
    vouched: bool = False

    @property
    def turned(self) -> bool:
        """Whether the account is another to the eye: readers are told who it was.

        In weeks people change much of what they show, so that by itself counts only where a following was taken along.
        """
        many = len(self.fields) >= MANY_FIELDS and (not self.since or self.followers >= MANY_FOLLOWERS)
        return self.unlike and (self.badge or many or bool(self.role))

    @property
    def serious(self) -> bool:
        """Whether staff should look: a badge or a following was taken along into another persona."""
        many = len(self.fields) >= MANY_FIELDS
        lent = self.vouched or (self.badge and not self.since)
        return self.unlike and (
            (self.badge and bool(self.role))
            or (lent and many)
            or (self.followers >= MANY_FOLLOWERS and many and bool(self.role))
        )

    @property
    def score(self) -> float:
        """How sure: a badge or a following that was taken along, a role that was taken on, and each further field."""
        doubt = (0.5 if self.badge else 1.0) * (0.4 if self.role else 1.0) * 0.8 ** len(self.fields)
        return round(1 - doubt, 3) if self.unlike else 0.0


def weigh(
    changes: Sequence[Persona], *, now_called: str, followers: int, badge: bool, handle: str = ""
) -> Evidence | None:
    """What the changes (any order, also older ones) come to; None: the name is as it was ten minutes ago.

    Who had no name was called by the `handle`. To take a first name is what newcomers do: it counts where there was something
    to take along, a badge or a following.
    """
    if not changes:
        return None
    newest = max(one.at for one in changes)
    recent = sorted((one for one in changes if one.at >= newest - WINDOW_MS), key=lambda one: one.id)
    first: dict[str, str] = {}
    last: dict[str, str] = {}
    for one in recent:
        if one.field in _FIELDS:
            first.setdefault(one.field, one.old)
            last[one.field] = one.new
    fields = tuple(sorted(field for field, old in first.items() if old != last[field]))
    old = first.get("display_name", "")
    if not old and (badge or followers >= MANY_FOLLOWERS):
        old = first.get("username") or handle
    if "display_name" not in fields or not old:
        return None
    before = f"{old} {first.get('bio', '')}"
    return Evidence(
        at=newest, old=old, new=now_called, fields=fields, unlike=unlike(old, now_called), followers=followers, badge=badge,
        role=role_of(now_called, before),
    )  # fmt: skip


def weigh_steps(
    given_up: Sequence[GivenUp],
    *,
    now_called: str,
    followers: int,
    badge: bool,
    vouched: bool,
    now: int,
    handle: str = "",
    vouched_name: str | None = None,
) -> Evidence | None:
    """What steps of days come to, from the persona that readers knew to the one that is there now; None: the name is no other.

    `vouched_name`: what the account was called when staff gave it its badge, however long ago. Other than in minutes, a field
    counts only when little of it is left: people bring a bio up to date, add lines and have a picture encoded anew.
    """
    changed = {one.field: one for one in given_up}
    name = changed.get("display_name")
    old = vouched_name if vouched_name is not None else name.old if name is not None else now_called
    bio = changed["bio"].old if "bio" in changed else ""
    if not old and (badge or followers >= MANY_FOLLOWERS):
        old = changed["username"].old if "username" in changed else handle
    if not old or old == now_called:
        return None
    moved = {field for field, one in changed.items() if field in _FIELDS and _another(one)} | {"display_name"}
    return Evidence(
        at=max((one.at for one in given_up), default=now), old=old, new=now_called, fields=tuple(sorted(moved)),
        unlike=unlike(old, now_called), role=role_of(now_called, f"{old} {bio}"), followers=followers, badge=badge,
        since=min((one.since for one in given_up), default=now), vouched=vouched,
    )  # fmt: skip


def _another(one: GivenUp) -> bool:
    """Whether little is left of what was in the field."""
    if one.field == "bio":
        before, after = _threes(one.old), _threes(one.new)
        return 2 * len(before & after) < _KEPT * (len(before) + len(after))
    if one.field in {"avatar", "header"}:
        before_it, now = print_of(one.old or None), print_of(one.new or None)
        return not (before_it and now) or apart(before_it, now) > SAME
    if one.field == "fields":
        lines, stay = ({(line.name, line.value) for line in read_fields(text or "[]")} for text in (one.old, one.new))
        return 2 * len(lines & stay) < len(lines)
    return True


_KEPT = 0.4
"""Dice's coefficient of what two bios are made of, below which they are two."""


def _threes(text: str) -> set[str]:
    letters = "".join(skeleton(text[at : at + 200]) for at in range(0, min(len(text), 2_000), 200))
    return {letters[at : at + 3] for at in range(max(1, len(letters) - 2))} if letters else set()


def unlike(old: str, new: str) -> bool:
    """Whether two names are those of different persons to the eye: no word in common, and few letters."""
    before, after = {skeleton(one) for one in words(old)}, {skeleton(one) for one in words(new)}
    if any(len(one) >= _SHARED for one in before & after):
        return False
    a, b = "".join(sorted(before)), "".join(sorted(after))
    if (before and after and (before <= after or before >= after)) or _short_for(before, after):
        return False
    if _half_of_a_name(_HAN.sub("", old), _HAN.sub("", new)):
        return False
    if not a or not b:
        return bool(a or b)
    return SequenceMatcher(None, skeleton(old), skeleton(new), autojunk=False).ratio() < _ALIKE


def _short_for(before: set[str], after: set[str]) -> bool:
    """Whether one is a name of one word with which a word of the other begins: Vic, Victoria."""
    return any(
        len(one) == 1 and len(word := next(iter(one))) > 1 and any(each.startswith(word) for each in other)
        for one, other in ((before, after), (after, before))
    )


_HAN = re.compile("[^\u3400-\u9fff]")


def _half_of_a_name(old: str, new: str) -> bool:
    """Whether two names in Han characters, which nothing cuts into words, begin or end with the same two: 田中花子, 佐藤花子."""
    return min(len(old), len(new)) > _HALF and (old[:_HALF] == new[:_HALF] or old[-_HALF:] == new[-_HALF:])


_HALF = 2


def role_of(new: str, before: str) -> str:
    """The first word of a role that the new name has and nothing before had, in any letters that look like it; empty: none."""
    had = "".join(map(skeleton, words(before)))
    has = [skeleton(one) for one in words(new)]
    for role, look in _ROLE_LOOKS:
        if look in had:
            continue
        within = len(role) >= _LONG or not role[0].isascii()
        if look in has or (within and look in "".join(has)):
            return role
    return ""


_LONG = 8
"""Letters from which on a word of a role is seen within others: factcheckUK. Others than Latin ones are: 毎日ニュース."""
_ROLE_LOOKS = tuple((role, skeleton(role)) for role in ROLES)
