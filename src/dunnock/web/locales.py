"""The languages of the pages, and which of them a visitor reads. Source: RFC 9110 section 12.5.4, RFC 4647 section 3.4."""

from __future__ import annotations

import msgspec

from dunnock import text


class Locale(msgspec.Struct, frozen=True):
    """A language of the pages: its `tag` (BCP 47), how its readers call it, and what CLDR calls its way with dates."""

    tag: str
    name: str
    cldr: str
    right_to_left: bool = False
    pseudo: bool = False
    """Made by machine from the English words, to see in development what would break in other languages."""

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, as `dir` has it."""
        return "rtl" if self.right_to_left else "ltr"


ENGLISH = Locale("en", "English", "en_GB")
LOCALES: tuple[Locale, ...] = (
    ENGLISH,
    Locale("de", "Deutsch", "de"),
    Locale("fr", "Français", "fr"),
    Locale("es", "Español", "es"),
    Locale("ja", "日本語", "ja"),
    Locale("ar", "العربية", "ar", right_to_left=True),
)
"""What readers may choose, in the order of the list."""
PSEUDO: tuple[Locale, ...] = (
    Locale("en-XA", "Ёñĝļíšĥ", "en_GB", pseudo=True),
    Locale("ar-XB", "ʜsilgnE", "ar", right_to_left=True, pseudo=True),
)
"""Only on servers in development."""
_BY_TAG = {one.tag.lower(): one for one in (*LOCALES, *PSEUDO)}


def locale_of(tag: str | None, *, pseudo: bool = False) -> Locale | None:
    """The language with this tag, or the one that it is a kind of ("de-AT": German); None: pages have no such one."""
    left = (tag or "").replace("_", "-").lower()[:35]
    while left:
        found = _BY_TAG.get(left)
        if found is not None and (pseudo or not found.pseudo):
            return found
        left = left.rpartition("-")[0]
    return None


def choose(chosen: str | None, accepted: str, *, pseudo: bool = False) -> Locale:
    """The language to answer in: the one that was `chosen` if there is it, else the best of `accepted`, else English.

    `accepted`: the header Accept-Language. `pseudo`: the two made by machine may be chosen.
    """
    return locale_of(chosen, pseudo=pseudo) or _best(accepted, pseudo=pseudo) or ENGLISH


def _best(accepted: str, *, pseudo: bool) -> Locale | None:
    wishes = text.accepted_languages(accepted)
    return next((found for one in wishes if (found := locale_of(one, pseudo=pseudo)) is not None), None)
