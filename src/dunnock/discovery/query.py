"""What somebody typed into the search box, understood: words, phrases, operators. Pure; nothing is looked up here.

`word`, `"a phrase"`, `-not`, `one OR other`, `#tag`, `@handle`, `from:`, `has:`, `is:`, `language:`, `domain:`, `in:`, `before:`,
`after:`, `during:`. Everything stands together, `OR` joins its two neighbours. Source: Mastodon's search documentation; `OR` and
`domain:` are ours.
"""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise, zip_longest
from typing import Literal

import msgspec

from dunnock import text
from dunnock.discovery import marks
from dunnock.discovery.across import PAIRS
from dunnock.discovery.words import phrase_of
from dunnock.foundation.clock import DAY
from dunnock.foundation.ids import id_at

MOST_TERMS = 32
ME = "me"
Scope = Literal["all", "library", "public"]

_PIECE = re.compile(r'[+-]?(?:[a-z]+:)?"[^"]*"?|\S+')
_OPERATOR = re.compile(r"(from|has|is|language|domain|in|before|after|during):(.*)", re.IGNORECASE | re.DOTALL)
_LAST = 100_000_000_000_000  # the year 5138: later moments have no ids
_SCOPES: dict[str, Scope] = {"all": "all", "library": "library", "public": "public"}


class Term(msgspec.Struct, frozen=True):
    """Words that follow each other (`begins`: the last is a beginning), or one mark; `author`: who it must be by.

    Without words and author it is nothing that any post has.
    """

    words: tuple[str, ...] = ()
    begins: bool = False
    author: str | None = None


_NOTHING = Term()


class Query(msgspec.Struct, frozen=True):
    """Of each group one term, none of `without`; ids within (above, below) and in none of `gaps` (first, after the last)."""

    groups: tuple[tuple[Term, ...], ...] = ()
    without: tuple[Term, ...] = ()
    above: int = 0
    below: int | None = None
    gaps: tuple[tuple[int, int], ...] = ()
    scope: Scope = "all"
    says: bool = False
    """Does it ask for anything? A query of dots and dashes does not."""
    misread: tuple[str, ...] = ()
    """What was typed as an operator with a value that there is not: no post has it."""
    cut: bool = False
    """Was more typed than is read? Then posts are found that may not have the rest."""

    @property
    def length(self) -> int:
        """How many words are asked for."""
        terms = [*self.without, *(term for group in self.groups for term in group)]
        return sum(max(len(term.words), 1) for term in terms)

    @property
    def authors(self) -> tuple[str, ...]:
        """The handles that must be looked up, each once."""
        terms = [*self.without, *(term for group in self.groups for term in group)]
        return tuple(dict.fromkeys(term.author for term in terms if term.author is not None))


def read(typed: str) -> Query:
    """Understand what was typed. Nothing is an error: what is no operator is words, what can't be has no results."""
    reading = _Reading()
    pieces = _PIECE.findall(typed)
    reading.cut = len(pieces) > 2 * MOST_TERMS
    for piece in pieces[: 2 * MOST_TERMS]:
        reading.take(piece)
    return reading.done()


class _Reading:
    """A query that is being read, piece by piece."""

    def __init__(self) -> None:
        self.groups: list[list[Term]] = []
        self.without: list[Term] = []
        self.above, self.below, self.gaps = 0, None, []  # type: int, int | None, list[tuple[int, int]]
        self.scope: Scope = "all"
        self.says = self.joining = self.cut = False
        self.misread: list[str] = []

    def take(self, piece: str) -> None:
        if piece == "OR":
            self.joining = bool(self.groups)
            return
        refused = piece.startswith("-") and len(piece) > 1
        bare = piece[1:] if piece[0] in "+-" and len(piece) > 1 else piece
        asked = _OPERATOR.fullmatch(bare)
        if asked is not None and (value := asked[2].strip('"')):
            self.says = True
            if self._bound(asked[1].lower(), value, refused=refused):
                return
            mark = _operator(asked[1].lower(), value)
            if mark == _NOTHING:
                self.misread.append(bare)
            self._add(mark, refused=refused)
            return
        term = _plain(bare)
        if term is not None:
            self.says = True
            if len(term.words) > MOST_TERMS:
                self.cut = True
                term = Term(term.words[:MOST_TERMS])
            self._add(term, refused=refused)

    def _add(self, term: Term, *, refused: bool) -> None:
        if len(self.groups) + len(self.without) >= MOST_TERMS:
            self.cut = True
            return
        if refused:
            self.without.append(term)
        elif self.joining:
            self.groups[-1].append(term)
        else:
            self.groups.append([term])
        self.joining = False

    def _bound(self, name: str, value: str, *, refused: bool) -> bool:
        """Take a limit of the whole query; False: it is none."""
        if name == "in":
            scope = _SCOPES.get(value.lower())
            if scope is None or refused:
                return False
            self.scope = scope
            return True
        if name not in {"before", "after", "during"}:
            return False
        day = _day(value)
        if day is None:
            return False
        first, end = id_at(day), id_at(day + DAY)
        if name == "during" and refused:
            self.gaps.append((first, end))
            return True
        if name == "during" or (name == "before" and refused):
            self.above = max(self.above, first - 1)
        if name == "after" and not refused:
            self.above = max(self.above, end - 1)
        if name == "during" or (name == "after" and refused):
            self._lower(end)
        if name == "before" and not refused:
            self._lower(first)
        return True

    def _lower(self, below: int) -> None:
        self.below = below if self.below is None else min(self.below, below)

    def done(self) -> Query:
        return Query(
            tuple([tuple(group) for group in self.groups]),
            tuple(self.without),
            self.above,
            self.below,
            tuple(self.gaps),
            self.scope,
            self.says,
            tuple(dict.fromkeys(self.misread)),
            self.cut,
        )


def _plain(piece: str) -> Term | None:
    """Words, a phrase, a hashtag or a handle; None: nothing of it is a word."""
    if piece[0] in "#\uff03" and text.is_hashtag(piece[1:]):
        return Term((marks.hashtag(piece[1:]),))
    if piece[0] == "@" and len(piece) > 1:
        try:
            return Term((marks.handle(text.parse_handle(piece).key),))
        except (text.BadHandle, text.BadDomain):
            pass
    words, begins = phrase_of(piece)
    return Term(words, begins) if words else None


def _operator(name: str, value: str) -> Term:
    """One mark; what does not exist is a term that no post has."""
    low = value.lower()
    if name == "from":
        return Term(author=low.removeprefix("@"))
    if name in {"has", "is"}:
        mark = (marks.HAS if name == "has" else marks.IS).get(low)
        return Term(() if mark is None else (mark,))
    if name == "language" and re.fullmatch(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})?", low):
        return Term((marks.languages(low)[-1],))
    if name == "domain":
        try:
            return Term((marks.host(text.canonical_domain(low)),))
        except text.BadDomain:
            return Term()
    return Term()


def _day(value: str) -> int | None:
    """The first moment of a date (UTC), in Unix milliseconds; None: it is no date."""
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        return None
    return min(max((day - dt.date(1970, 1, 1)).days, 0) * DAY, _LAST)


class Part(msgspec.Struct, frozen=True):
    """A part of the index: with which signs its words begin, and marks of which one must be there (none: all of it)."""

    signs: tuple[str, ...]
    marks: tuple[str, ...] = ()


EVERYWHERE = (Part(("",)), Part((marks.SHY,)))


def parts_of(scope: Scope, viewer_id: int, *, halves: bool) -> tuple[Part, ...]:
    """Where somebody looks for posts. `halves`: all of the index is in its halves; if not, all must be asked as one."""
    own = (marks.by(viewer_id), marks.to(viewer_id))
    shy = tuple(map(marks.shy, own))
    if not halves:
        public = () if scope == "library" else (marks.PUBLIC,)
        return (Part(("", marks.SHY), public if scope == "public" else (*public, *own, *shy)),)
    if scope == "public":
        return (Part(("",)),)
    return (Part(("",), own if scope == "library" else ()), Part((marks.SHY,), shy))


def for_sqlite(query: Query, people: dict[str, int], parts: tuple[Part, ...]) -> str:
    """The query in FTS5's words. `people`: account ids of `authors`; `parts`: what is asked of the index."""
    return " OR ".join([f"({_fts_of(query, people, part)})" for part in parts])


def _fts_of(query: Query, people: dict[str, int], part: Part) -> str:
    must = [[f'"{mark}"' for mark in _marks_of(query, part)]] if _marks_of(query, part) else []
    must += [[_in_fts(term, people, sign) for term in group for sign in part.signs] for group in query.groups]
    said = " AND ".join(map(_either, must))
    if query.without:
        said = f"({said}) NOT {_either([_in_fts(term, people, sign) for term in query.without for sign in part.signs])}"
    return said


def for_postgresql(
    query: Query, people: dict[str, int], parts: tuple[Part, ...], *, pairs: bool, rough: bool = False
) -> str:
    """The same as a tsquery; `pairs`: all that is in the index has the marks of its pairs of words.

    `rough`: what finds all of it and a little more, and costs the index half: of phrases it names the marks only.
    """
    return "|".join([f"({_ts_of(query, people, part, pairs=pairs, rough=rough)})" for part in parts])


def _ts_of(query: Query, people: dict[str, int], part: Part, *, pairs: bool, rough: bool) -> str:
    must = [[f"'{mark}'" for mark in _marks_of(query, part)]] if _marks_of(query, part) else []
    must += [
        [_in_ts(term, people, sign, pairs=pairs, rough=rough) for term in group for sign in part.signs]
        for group in query.groups
    ]
    said = ["(" + "|".join(some) + ")" for some in must]
    said += [f"!({_in_ts(term, people, sign, pairs=pairs)})" for term in query.without for sign in part.signs]
    return "&".join(said)


def _marks_of(query: Query, part: Part) -> tuple[str, ...]:
    """Of which one must be there. All of what everybody may find has a mark, too, for who asks for nothing else."""
    return part.marks or (() if query.groups else (marks.PUBLIC,))


_NEVER = ":0"  # a mark that no post has


def _words(term: Term, people: dict[str, int], sign: str) -> tuple[str, ...]:
    words = term.words or (_NEVER,)
    if term.author is not None:
        account_id = people.get(term.author)
        words = (_NEVER,) if account_id is None else (marks.by(account_id),)
    return tuple([sign + word for word in words])


def _either(parts: list[str]) -> str:
    return "(" + " OR ".join(parts) + ")"


def _by_chance(term: Term, sign: str) -> str | None:
    """The mark of posts in which a pair of letters is no word, when that is all that is asked for."""
    is_pair = len(term.words) == 1 and term.words[0] in PAIRS and not term.begins
    return sign + marks.across(term.words[0]) if is_pair else None


def _in_fts(term: Term, people: dict[str, int], sign: str) -> str:
    said = '"' + " ".join(_words(term, people, sign)) + '"' + (" *" if term.begins else "")
    by_chance = _by_chance(term, sign)
    return f'({said} NOT "{by_chance}")' if by_chance else said


def _in_ts(term: Term, people: dict[str, int], sign: str, *, pairs: bool, rough: bool = False) -> str:
    words = _words(term, people, sign)
    said = [f"'{word}'" for word in words]
    if term.begins:
        said[-1] += ":*"
    phrase = "<->".join(said)
    if by_chance := _by_chance(term, sign):
        return f"({phrase}&!'{by_chance}')"
    whole = words[:-1] if term.begins else words
    found = list(dict.fromkeys([f"'{mark}'" for mark in marks.pairs(whole)])) if pairs else []
    if not found:
        return phrase
    if rough:
        paired = [marks.are_paired(*two) for two in pairwise(whole)]
        known = [before or after for before, after in zip([False, *paired], [*paired, False], strict=True)]
        found += [one for one, is_known in zip_longest(said, known) if not is_known]
        return "(" + "&".join(found) + ")"
    return "(" + "&".join([*found, f"({phrase})"]) + ")"
