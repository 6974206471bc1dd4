"""Whether an account became somebody else within minutes: pure, with the reasons that a person can check.

Source: DISARM T0143.002, T0097.203 (fact-checking persona), drill D02. docs/integrity-identity.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

from dunnock.accounts import Persona
from dunnock.foundation.clock import MINUTE
from dunnock.integrity.identity.skeleton import skeleton, words

WINDOW_MS = 10 * MINUTE
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
)  # fmt: skip
"""Words of a role that people take at its word: who checks facts, brings news, helps, or speaks for an authority."""


class Evidence(msgspec.Struct, frozen=True):
    """What changed in the ten minutes before `at`, and what of it counts. `role`: the word of a role that was taken on."""

    at: int
    old: str
    new: str
    fields: tuple[str, ...]
    unlike: bool
    role: str = ""
    followers: int = 0
    badge: bool = False

    @property
    def turned(self) -> bool:
        """Whether the account is another to the eye: readers are told who it was."""
        return self.unlike and (self.badge or len(self.fields) >= MANY_FIELDS or bool(self.role))

    @property
    def serious(self) -> bool:
        """Whether staff should look: a badge or a following was taken along into another persona."""
        many = len(self.fields) >= MANY_FIELDS
        return self.unlike and (
            (self.badge and (many or bool(self.role)))
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


def unlike(old: str, new: str) -> bool:
    """Whether two names are those of different persons to the eye: no word in common, and few letters."""
    before, after = {skeleton(one) for one in words(old)}, {skeleton(one) for one in words(new)}
    if any(len(one) >= _SHARED for one in before & after):
        return False
    a, b = "".join(sorted(before)), "".join(sorted(after))
    if not a or not b:
        return bool(a or b)
    return SequenceMatcher(None, skeleton(old), skeleton(new), autojunk=False).ratio() < _ALIKE


def role_of(new: str, before: str) -> str:
    """The first word of a role that the new name has and nothing before had; empty: none."""
    had = "".join(words(before))
    has = words(new)
    for role in ROLES:
        if role in had:
            continue
        if role in has or (len(role) >= _LONG and role in "".join(has)):
            return role
    return ""


_LONG = 8
"""Letters from which on a word of a role is seen within others: factcheckUK."""
