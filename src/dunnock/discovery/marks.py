"""Marks: words of the index that nobody can write, each for something one can ask for (who wrote it, what it has, …).

They begin with `#`, `@` or `:`, which no word does.

Words and marks of a post that not everybody may find begin with `-`: so the index is two, of what everybody may find and of what
few may, and who asks the one pays nothing for the other.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

from dunnock.foundation.ids import ms_of
from dunnock.text import hashtag_key

PUBLIC = ":p"
"""Everybody may find it: public, and its author agreed."""
SHY = "-"
"""Before each word and mark of all others."""
GAP = ":-"
"""Between the parts of a post, so that no phrase reaches from one into the next."""
HAS = {
    "media": ":hm",
    "image": ":hi",
    "video": ":hv",
    "audio": ":ha",
    "poll": ":hp",
    "link": ":hl",
    "embed": ":he",
}
IS = {"reply": ":ir", "sensitive": ":is"}
MEDIA = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}
"""Kind of a file -> what the post then has beside media."""

SPANS = (1 << 22, 1 << 26, 1 << 30)
"""Lengths of the spans of time that posts are marked with, ms: an hour, a day, two weeks."""
_SIGNS = frozenset("#@:")
_LEVELS = "xyz"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


_PAIRS = 4 * len(_DIGITS) ** 2
_SHORT = 6


def pairs(words: Sequence[str]) -> Iterator[str]:
    """Of words that follow each other, which do: the one stands before the other, somewhere. 5,184 marks for all pairs.

    PostgreSQL's index knows no places: without them a phrase of common words would be looked for in all that has both. What
    has the marks has to be looked at.
    """
    for word, following in pairwise(words):
        if are_paired(word, following):
            number = zlib.crc32(f"{word} {following}".encode()) % _PAIRS
            mark = f":2{_DIGITS[number // 1296]}{_DIGITS[number // 36 % 36]}{_DIGITS[number % 36]}"
            yield shy(mark) if word[0] == SHY else mark


def are_paired(word: str, following: str) -> bool:
    """Do the two have a mark? Common words are short: of longer ones few posts have both, and they get none."""
    one, two = word.removeprefix(SHY), following.removeprefix(SHY)
    return len(one) <= _SHORT and len(two) <= _SHORT and one[0] not in _SIGNS and two[0] not in _SIGNS


def shy(word: str) -> str:
    """The word or mark as it stands with posts that not everybody may find."""
    return SHY + word


def times(post_id: int) -> list[str]:
    """When it was written: in which span of each length. Only PostgreSQL needs them; they take it some bytes a post."""
    ms = ms_of(post_id)
    return [time(level, ms // span) for level, span in enumerate(SPANS)]


def time(level: int, number: int) -> str:
    """In that span of time, counted from 1970, of `SPANS[level]` each."""
    return f":{_LEVELS[level]}{_short(number)}"


def across(pair: str) -> str:
    """Two letters stand beside each other only where one word ends and another begins (`across.py`)."""
    return ":b" + pair


def by(account_id: int) -> str:
    """Written by that account."""
    return ":f" + _short(account_id)


def to(account_id: int) -> str:
    """Addresses that account."""
    return ":t" + _short(account_id)


def languages(code: str) -> list[str]:
    """In that language; a regional one is in the language too."""
    code = code.lower()
    base = code.partition("-")[0]
    return [":l" + base] if base == code else [":l" + base, ":l" + code]


def hashtag(name: str) -> str:
    """With that hashtag."""
    return "#" + hashtag_key(name)


def handle(key: str) -> str:
    """With that handle in its text."""
    return "@" + key


def host(name: str) -> str:
    """With a link to that host or one below it."""
    return ":d" + name


def hosts(name: str) -> list[str]:
    """The marks of a link's host: its own and of those above it, but for the last part alone."""
    parts = name.split(".")
    return [host(".".join(parts[at:])) for at in range(max(len(parts) - 1, 1))]


def _short(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"
