"""Find keywords in what posts say. No regular expressions: a keyword is text, and the cost is linear in the post's length.

Source of what matches: Mastodon's CustomFilterKeyword#to_regex and Status#searchable_text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from dunnock.filters.model import Filter, Keyword, Result

LONGEST_WORDS = 20_000
"""Characters of a post that are looked at."""


class Words:
    """What a post says, ready to be searched: as written, and case-folded with each character's place in the former."""

    __slots__ = ("_places", "folded", "written")

    def __init__(self, parts: Iterable[str | None]) -> None:
        """From warning, text, poll options, media descriptions; two are never read as one word."""
        written = "\n\n".join([part for part in parts if part])[:LONGEST_WORDS]
        folded = written.casefold()
        self.written = written
        self.folded = folded
        self._places: list[int] | None = None
        if len(folded) != len(written) or not written.isascii():
            places = [at for at, char in enumerate(written) for _ in char.casefold()]
            # Of the same length, and yet not one to one? Then too the places are needed.
            self._places = None if places == list(range(len(written))) else [*places, len(written)]

    def place(self, at: int) -> int:
        """Where the folded character stands in the text as written; -1 when it is not the first of its letter's."""
        places = self._places
        if places is None:
            return at
        return places[at] if at == 0 or places[at - 1] != places[at] else -1


class Needle:
    """A keyword, ready to be looked for."""

    __slots__ = ("ends_in_word", "folded", "starts_with_word")

    def __init__(self, keyword: Keyword) -> None:
        self.folded = keyword.keyword.casefold()
        self.starts_with_word = keyword.whole_word and is_word(keyword.keyword[0])
        self.ends_in_word = keyword.whole_word and is_word(keyword.keyword[-1])

    def find(self, words: Words) -> tuple[int, int] | None:
        """Begin and end of its first occurrence in the text as written; None: it is not there."""
        folded, needle, written = words.folded, self.folded, words.written
        at = folded.find(needle)
        while at >= 0:
            begin, end = words.place(at), words.place(at + len(needle))
            if (
                begin >= 0
                and end >= 0
                and not (self.starts_with_word and begin > 0 and is_word(written[begin - 1]))
                and not (self.ends_in_word and end < len(written) and is_word(written[end]))
            ):
                return begin, end
            at = folded.find(needle, at + 1)
        return None


def is_word(char: str) -> bool:
    """Does the character belong to words: letters, marks, digits, underscores and the like, of any script?

    Source: Onigmo, where a word border is what lies between one that does and one that does not.
    """
    if char.isascii():
        return char.isalnum() or char == "_"
    kind = unicodedata.category(char)
    return kind[0] in "LM" or kind in {"Nd", "Pc"}


class Matcher:
    """Filters of one member that are in force, ready to be held against posts. False when there are none."""

    __slots__ = ("_rules", "ends_at", "filters", "known")

    def __init__(self, filters: Iterable[Filter], now: int) -> None:
        """`now` decides which are in force; `ends_at` is when the first of them ends (0: none does)."""
        self.filters = tuple(filters)
        ends = [one.expires_at for one in self.filters if one.expires_at is not None and one.expires_at > now]
        self.ends_at = min(ends, default=0)
        self._rules = [
            (
                one,
                [Needle(keyword) for keyword in one.keywords],
                frozenset([post.post_id for post in one.posts]),
            )
            for one in self.filters
            if (one.expires_at is None or one.expires_at > now) and (one.keywords or one.posts)
        ]
        self.known: dict[tuple[int, int], tuple[Words, tuple[Result, ...]]] = {}

    def __bool__(self) -> bool:
        """Is there anything to look for?"""
        return bool(self._rules)

    def results(self, words: Words, post_id: int, boost_id: int | None = None) -> tuple[Result, ...]:
        """What the filters find in a post, shown by a boost or by itself."""
        found = []
        for one, needles, posts in self._rules:
            seen = _first(needles, words)
            ids = tuple([an_id for an_id in (post_id, boost_id) if an_id in posts])
            if seen is not None or ids:
                found.append(Result(one, None if seen is None else (seen,), ids if posts else None))
        return tuple(found)


def _first(needles: Iterable[Needle], words: Words) -> str | None:
    """The keyword that stands first, as the post writes it; of several that begin there, the one of the oldest."""
    best: tuple[int, int] | None = None
    folded = words.folded
    for needle in needles:
        if needle.folded in folded:
            place = needle.find(words)
            if place is not None and (best is None or place[0] < best[0]):
                best = place
    return None if best is None else words.written[best[0] : best[1]]
