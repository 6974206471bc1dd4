"""Hashtags: what counts as one, and which two are the same."""

from __future__ import annotations

import unicodedata

import regex

MAX_HASHTAG = 255
# Middle dots and the zero-width non-joiner hold a word together, but don't begin or end one.
JOINERS = "\u00b7\u30fb\u200c"
WORD = r"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}"

BODY = regex.compile(rf"[{WORD}][{WORD}{JOINERS}]*+")
_LETTER = regex.compile(rf"[\p{{L}}\p{{M}}\p{{Nl}}{JOINERS}]")
_DROPPED = regex.compile(rf"[^\p{{L}}\p{{M}}\p{{Nd}}\p{{Nl}}_{JOINERS}]")


def is_hashtag(name: str) -> bool:
    """Whether `name` (without `#`) is a hashtag: letters, digits, underscores, inner middle dots; not digits only."""
    return trimmed(name) == name and BODY.fullmatch(name) is not None


def trimmed(run: str) -> str:
    """The hashtag at the start of a run of hashtag characters; empty when there is none.

    Source: Mastodon's Tag::HASHTAG_NAME_RE.
    """
    name = run.rstrip(JOINERS)
    if not name or len(name) > MAX_HASHTAG:
        return ""
    return name if _LETTER.search(name) or "_" in name[1:-1] else ""


def hashtag_key(name: str) -> str:
    """The identity of a hashtag: `Ünïcode`, `ÜNÏCODE` and `unicode` are one.

    Compatibility forms are unified, case and Latin accents dropped. May be empty when nothing of the name is a word.

    Source: Mastodon's HashtagNormalizer, with which other servers agree on what a hashtag is.
    """
    if name.isascii():
        key = name.lower()
        return key if key.replace("_", "").isalnum() else str(_DROPPED.sub("", key))
    key = _folded(name)
    # What is dropped may have kept a letter and its accent apart.
    while not unicodedata.is_normalized("NFKC", key):
        key = _folded(key)
    return key


def _folded(name: str) -> str:
    return str(_DROPPED.sub("", unicodedata.normalize("NFKC", name).lower().translate(_FOLD)))


def _latin_fold() -> dict[int, str]:
    special = dict(zip("đðħıĸłŋøſŧ", "ddhiklnost", strict=True))
    fold = {ord(letter): plain for letter, plain in special.items()}
    for code in range(0xC0, 0x180):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii():
            fold[code] = base.lower()
    return fold


_FOLD = _latin_fold()
