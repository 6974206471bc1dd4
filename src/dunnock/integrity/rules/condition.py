"""A rule's condition: a small language without names, loops or calls, read once into functions.

    all(kind = post, age_days < 7, followers_here < 3, any(link = pills.example, text has "cheap pills"))

Fields: `kind` (post, reply, boost, signal), `age_days`, `followers_here`, `posts_last_hour` (numbers, with = < <= > >=), `origin`
(a server, `here` for this one), `account` (name, or name@server), `link` (a server that is linked to), `hashtag`, `text has "…"`
(however it is spaced or written), `text like "…"` (much of it in common), `signal:DETECTOR >= 0.8` (what a detector says of
the account).
Joined by `all(…)`, `any(…)` and `not(…)`.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from dunnock import posts, text
from dunnock.foundation.errors import DomainError, Kind
from dunnock.integrity.detectors import DETECTORS

LONGEST = 2_000
MOST_CONDITIONS = 32
DEEPEST = 6
_LONGEST_TEXT, _SHORTEST_TEXT, _SHORTEST_LIKE = 300, 4, 20
_ALIKE = 0.5
"""Of the runs of five letters of both texts, the part that both have."""
_RUN = 5
KINDS = frozenset(("post", "reply", "boost", "signal"))
SIGNALS = "kind = signal"
"""Needed by conditions that ask for it: others do not meet what detectors say, but what people do."""
NUMBERS = frozenset(("age_days", "followers_here", "posts_last_hour"))
_FIELDS = ("kind", *sorted(NUMBERS), "origin", "account", "link", "hashtag", "text has", "text like", "signal:DETECTOR")
_SERVER = re.compile(r"(?=.{1,253}\Z)[\w-]+(\.[\w-]+)*\Z")
_DETECTOR = re.compile(r"[a-z_]+(\.[a-z_]+)+\Z")
_TOKEN = re.compile(
    r'\s*(?:"(?P<quoted>[^"]*)"|[“„](?P<curly>[^”“"]*)[”“]|(?P<sign><=|>=|[=<>(),])|(?P<word>[^\s"(),<>=]+))'
)
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


class ConditionRefused(DomainError):
    """A condition can't be read; the text says where and why."""

    code, kind, safe = "condition_refused", Kind.INVALID, "Validation failed: The condition can't be read"


class Said:
    """The words of an act. They are folded when a condition first asks, once for all rules."""

    def __init__(self, text: str = "") -> None:
        """Folds nothing yet."""
        self.text = text

    @functools.cached_property
    def folded(self) -> str:
        """Without case, spaces, punctuation and marks."""
        return posts.folded(self.text)

    @functools.cached_property
    def runs(self) -> frozenset[str]:
        """All runs of five letters of that."""
        return runs_of(self.folded)


_NOTHING = Said()


class Facts(NamedTuple):
    """What is known of an act. `links`: names of servers, `hashtags`: keys, `signals`: detector -> how sure (0 to 1)."""

    kind: str
    said: Said = _NOTHING
    origin: str = ""
    account: str = ""
    links: frozenset[str] = frozenset()
    hashtags: frozenset[str] = frozenset()
    age_days: float = 0.0
    followers_here: int = 0
    posts_last_hour: int = 0
    signals: Mapping[str, float] = {}


Test = Callable[[Facts], bool]


class Condition(NamedTuple):
    """A condition that was read: `meets` tells whether an act meets it, `needs` which facts it looks at."""

    meets: Test
    needs: frozenset[str]
    never: tuple[str, ...] = ()
    """What in it is never so, in words: whoever writes it meant something else. What was written before goes on."""


@functools.lru_cache(maxsize=256)
def compiled(words: str) -> Condition:
    """The condition, read; the same words are read once.

    Raises:
        ConditionRefused: it is too long, too deep, too much, or says something that there is not.
    """
    if len(words) > LONGEST:
        raise _refused(f"it has more than {LONGEST} characters")
    reader = _Reader(_tokens(words))
    meets = reader.read(0)
    if reader.rest:
        raise _refused(
            f"nothing is expected after its end: {reader.rest[0].words[:40]} (several conditions are joined by all(…) or any(…))"
        )
    return Condition(meets, frozenset(reader.needs), tuple(reader.never))


def checked(words: str) -> Condition:
    """As `compiled`, for what somebody writes now. Raises: ConditionRefused, also where a part of it can never be so."""
    condition = compiled(words)
    if condition.never:
        raise _refused(condition.never[0])
    return condition


def told(facts: Facts, needs: frozenset[str]) -> dict[str, object]:
    """The values that a condition looked at, for people to read: numbers, names of servers and hashtags, no words of anybody."""
    said: dict[str, object] = {"kind": facts.kind}
    for name in sorted(needs & {"age_days", "followers_here", "posts_last_hour", "origin", "account"}):
        said[name] = getattr(facts, name)
    if "age_days" in said:
        said["age_days"] = round(facts.age_days, 2)
    for name in sorted(needs & {"links", "hashtags"}):
        said[name] = sorted(getattr(facts, name))[:20]
    if "signals" in needs:
        said["signals"] = dict(sorted(facts.signals.items())[:20])
    if "text" in needs:
        said["characters"] = len(facts.said.text)
    return said


def runs_of(folded: str) -> frozenset[str]:
    """All runs of five letters of a folded text."""
    return frozenset(folded[at : at + _RUN] for at in range(len(folded) - _RUN + 1))


class _Token(NamedTuple):
    what: str
    words: str


def _tokens(words: str) -> list[_Token]:
    found, at, words = [], 0, words.rstrip()
    while at < len(words):
        met = _TOKEN.match(words, at)
        if met is None or met.lastgroup is None:
            raise _refused(f"a quotation mark is missing: {words[at : at + 40].strip()}")
        found.append(_Token("quoted" if met.lastgroup == "curly" else met.lastgroup, met[met.lastgroup]))
        at = met.end()
    return found


class _Reader:
    def __init__(self, tokens: Sequence[_Token]) -> None:
        self.rest = list(tokens)
        self.needs: set[str] = set()
        self.never: list[str] = []
        self._conditions = 0

    def read(self, depth: int) -> Test:
        if depth > DEEPEST:
            raise _refused(f"more than {DEEPEST} parts are within each other")
        name = self._next("word", "a condition").words.casefold()
        if name in {"all", "any", "not"} and self._is("("):
            parts = self._parts(depth)
            if name == "not":
                if len(parts) != 1:
                    raise _refused("not() has one part")
                return lambda facts, part=parts[0]: not part(facts)  # type: ignore[misc]
            return _all(parts) if name == "all" else _any(parts)
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            raise _refused(f"it has more than {MOST_CONDITIONS} conditions")
        return self._condition(name)

    def _parts(self, depth: int) -> tuple[Test, ...]:
        self._sign("(")
        parts = [self.read(depth + 1)]
        while self._is(","):
            self._sign(",")
            parts.append(self.read(depth + 1))
        self._sign(")")
        return tuple(parts)

    def _condition(self, name: str) -> Test:
        if name in NUMBERS:
            self.needs.add(name)
            compare, number = self._comparison()
            return lambda facts: compare(getattr(facts, name), number)
        if name.startswith("signal:"):
            return self._signal(name.removeprefix("signal:"))
        if name == "text":
            return self._text()
        if name not in {"kind", "origin", "account", "link", "hashtag"}:
            raise _refused(
                f"there is no {name[:40]}; there are {', '.join(_FIELDS)}, joined by all(…), any(…) and not(…)"
            )
        self._sign("=")
        value = self._value()
        match name:
            case "kind":
                self.needs |= {SIGNALS} if value.casefold() == "signal" else set()
                return _kind(value.casefold())
            case "origin":
                self.needs.add("origin")
                return _origin(_server(value))
            case "account":
                self.needs.add("account")
                handle = value.lstrip("@").casefold()
                return lambda facts: facts.account == handle
            case "link":
                self.needs.add("links")
                return _link(_server(value))
            case _:
                self.needs.add("hashtags")
                key = text.hashtag_key(value.lstrip("#"))
                if not key:
                    self.never.append("a hashtag is missing")
                return lambda facts: key in facts.hashtags

    def _signal(self, detector: str) -> Test:
        if not _DETECTOR.match(detector):
            raise _refused(f"that is no detector: {detector[:40]}")
        self.needs.add("signals")
        if detector not in DETECTORS:
            self.never.append(f"there is no detector {detector[:40]}; there are {', '.join(DETECTORS)}")
        compare, number = self._comparison()
        if number > 1:
            self.never.append("what a detector says is from 0 to 1")
        return lambda facts: detector in facts.signals and compare(facts.signals[detector], number)

    def _text(self) -> Test:
        how = self._next("word", "has or like").words.casefold()
        fragment = posts.folded(self._next("quoted", "a text in quotation marks").words[: _LONGEST_TEXT + 1])
        self.needs.add("text")
        if how == "has":
            if not _SHORTEST_TEXT <= len(fragment) <= _LONGEST_TEXT:
                raise _refused(f"a text has {_SHORTEST_TEXT} to {_LONGEST_TEXT} letters and digits")
            return lambda facts: fragment in facts.said.folded
        if how != "like":
            raise _refused(f"a text can be asked what it has, or what it is like, not {how[:40]}")
        if not _SHORTEST_LIKE <= len(fragment) <= _LONGEST_TEXT:
            raise _refused(f"a text to be like has {_SHORTEST_LIKE} to {_LONGEST_TEXT} letters and digits")
        runs = runs_of(fragment)
        return lambda facts: _alike(runs, facts.said.runs)

    def _comparison(self) -> tuple[Callable[[float, float], bool], float]:
        sign = self._next("sign", "=, <, <=, > or >=").words
        if sign not in _COMPARE:
            raise _refused(f"expected =, <, <=, > or >=, not {sign}")
        value = self._value()
        try:
            number = float(value)
        except ValueError:
            raise _refused(f"that is no number: {value[:40]}") from None
        if not 0 <= number < 1e9:
            raise _refused(f"that is no number that can be: {value[:40]}")
        return _COMPARE[sign], number

    def _value(self) -> str:
        if self.rest and self.rest[0].what in {"word", "quoted"}:
            return self.rest.pop(0).words
        raise _refused("a value is missing" if not self.rest else f"expected a value, not {self.rest[0].words}")

    def _is(self, sign: str) -> bool:
        return bool(self.rest) and self.rest[0] == _Token("sign", sign)

    def _sign(self, sign: str) -> None:
        if not self._is(sign):
            raise _refused(f"expected {sign}" + (f", not {self.rest[0].words[:40]}" if self.rest else " at its end"))
        self.rest.pop(0)

    def _next(self, what: str, called: str) -> _Token:
        if not self.rest or self.rest[0].what != what:
            raise _refused(f"expected {called}" + (f", not {self.rest[0].words[:40]}" if self.rest else " at its end"))
        return self.rest.pop(0)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    both = len(one & other)
    return both >= _ALIKE * (len(one) + len(other) - both)


def _all(parts: tuple[Test, ...]) -> Test:
    return lambda facts: all(part(facts) for part in parts)


def _any(parts: tuple[Test, ...]) -> Test:
    return lambda facts: any(part(facts) for part in parts)


def _kind(kind: str) -> Test:
    if kind not in KINDS:
        raise _refused(f"there is no kind {kind[:40]}; there are {', '.join(sorted(KINDS))}")
    if kind == "post":
        return lambda facts: facts.kind in {"post", "reply"}  # a reply is a post
    return lambda facts: facts.kind == kind


def _server(name: str) -> str:
    found = name.casefold().strip(".")
    if not _SERVER.match(found):
        raise _refused(f"that is no server: {name[:40]} (a name such as birds.example, without https://)")
    return found


def _origin(server: str) -> Test:
    if server == "here":
        return lambda facts: not facts.origin
    return lambda facts: _below(facts.origin, server)


def _link(server: str) -> Test:
    return lambda facts: any(_below(one, server) for one in facts.links)


def _below(name: str, server: str) -> bool:
    return name == server or name.endswith(f".{server}")


def _refused(why: str) -> ConditionRefused:
    return ConditionRefused(why, say=f"Validation failed: The condition can't be read: {why}")
