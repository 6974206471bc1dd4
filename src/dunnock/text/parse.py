"""Find mentions, hashtags, links and emoji in what somebody wrote, in time linear in its length."""

from __future__ import annotations

import re

import regex

from dunnock.text import hashtags
from dunnock.text.domains import canonical_domain
from dunnock.text.errors import BadDomain, BadText
from dunnock.text.hashtags import hashtag_key
from dunnock.text.model import Emoji, Handle, Hashtag, Link, Mention, Parsed, Span

_BREAK = re.compile("\r\n?|[\x85\u2028\u2029]")
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_BLANK_START = re.compile(r"(?:[^\S\n]*+\n)++")
_TRIGGER = re.compile("[@#\uff03:]")

# Every loop below is possessive or runs over disjoint classes: a start that fails is never tried in a second way.
_NAME = re.compile(r"@([A-Za-z0-9_]++(?:[.-]++[A-Za-z0-9_]++)*+)")
_DOMAIN = regex.compile(r"@((?:[\w\p{M}]++|[.-]++(?=[\w\p{M}]))++)")
_LOCAL_PORT = re.compile(r":[1-9][0-9]{1,4}(?![0-9])")
_LATIN = re.compile("[\xc0-\xd6\xd8-\xf6\xf8-\u024f\u1e00-\u1eff]")
_EMOJI = re.compile(r":([A-Za-z0-9_]{2,}+):")
_IPV4 = re.compile(r"[0-9.]+")

_LABEL = r"[\p{L}\p{M}\p{Nd}](?:[\p{L}\p{M}\p{Nd}_-]{0,62})"
_URL_HOST = regex.compile(
    rf"://((?:{_LABEL}\.)++(?:xn--[a-z0-9-]{{1,59}}+(?![a-z0-9@+-])|[a-z]{{2,63}}+(?![a-z0-9@+_-])|[\p{{L}}\p{{M}}]{{2,63}}+(?![0-9@+_-])))"
    r"(?::[0-9]{1,5}+(?![0-9]))?+",
    regex.IGNORECASE,
)
# One level of nesting in parentheses: looking ahead from an open one ends at the second unmatched one after it.
_URL_PATH = regex.compile(r"/(?:[^\s<>()?\p{Cc}]++|\((?:[^\s<>()?\p{Cc}]++|\([^\s<>()?\p{Cc}]++\))++\))*+")
_URL_QUERY = regex.compile(
    r"\?[A-Za-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@^\u00a1-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u2fff\u3001-\U0010fffd]++"
)
_PATH_TAIL = "?!*\"'\u300c\u300d<>;:=,.$%[]~&|@"
_QUERY_TAIL = "!?*'();:+$%[].,~|@^"
_NOT_BEFORE_LINK = frozenset("@\uff20$#\uff03_")


def clean(raw: str) -> str:
    """The text as it is kept: one newline for every line break, no control characters, no blank lines around it.

    Raises:
        BadText: it holds lone surrogates, which no store or wire can carry.
    """
    if raw.isascii():
        text = raw if raw.isprintable() else clean_controls(raw)
    else:
        try:
            raw.encode()
        except UnicodeEncodeError as error:
            raise BadText(error.start) from error
        text = clean_controls(raw)
    text = text.rstrip()
    if text[:1].isspace() and (blank := _BLANK_START.match(text)):
        return text[blank.end() :]
    return text


def clean_controls(raw: str) -> str:
    """One kind of line break, tabs, and no other control character."""
    return _CONTROL.sub("", _BREAK.sub("\n", raw))


def parse(raw: str) -> Parsed:
    """Clean the text and find what is in it; what overlaps belongs to what starts first.

    Raises:
        BadText: it holds lone surrogates.

    Source: Mastodon's Account::MENTION_RE, Tag::HASHTAG_RE, CustomEmoji::SCAN_RE; twitter-text's URL grammar.
    """
    text = clean(raw)
    spans: list[Span] = []
    done = 0
    for trigger in _TRIGGER.finditer(text):
        at = trigger.start()
        if at < done:
            continue
        sign = text[at]
        span: Span | None
        if sign == ":":
            span = _link(text, at, done) if text.startswith("://", at) else _emoji(text, at)
        elif sign == "@":
            span = _mention(text, at)
        else:
            span = _hashtag(text, at)
        if span is not None:
            spans.append(span)
            done = span.end
    return Parsed(text, tuple(spans))


def shortcodes(raw: str) -> tuple[str, ...]:
    """The emoji shortcodes in a text that has nothing else in it (a display name, a warning), each once."""
    return parse(raw).shortcodes if ":" in raw else ()


def _mention(text: str, at: int) -> Mention | None:
    if at and ((before := text[at - 1]).isalnum() or before in "=/_"):
        return None
    name = _NAME.match(text, at)
    if name is None:
        return None
    end, domain = name.end(), None
    if text.startswith("@", end):
        host = _DOMAIN.match(text, end)
        if host is None:
            return None
        end = host.end()
        try:
            domain, end = _domain(text, host[1], end)
        except BadDomain:
            return None
    if end < len(text) and (text[end] in "@\uff20" or text.startswith("://", end) or _LATIN.match(text, end)):
        return None
    return Mention(at, end, Handle(name[1], domain))


def _domain(text: str, host: str, end: int) -> tuple[str, int]:
    # Servers on one machine, as in development, differ by port only; elsewhere ":80" is part of the sentence.
    if host.endswith("localhost") or _IPV4.fullmatch(host):
        port = _LOCAL_PORT.match(text, end)
        if port is not None:
            return canonical_domain(host + port[0], port=True), port.end()
    return canonical_domain(host), end


def _hashtag(text: str, at: int) -> Hashtag | None:
    if at and ((before := text[at - 1]).isalnum() or before in "=/)"):
        return None
    run = hashtags.BODY.match(text, at + 1)
    if run is None:
        return None
    name = hashtags.trimmed(run[0])
    key = hashtag_key(name)
    return Hashtag(at, at + 1 + len(name), name, key) if key else None


def _emoji(text: str, at: int) -> Emoji | None:
    if at and ((before := text[at - 1]).isalnum() or before == ":"):
        return None
    code = _EMOJI.match(text, at)
    if code is None:
        return None
    end = code.end()
    if end < len(text) and ((after := text[end]).isalnum() or after == ":"):
        return None
    return Emoji(at, end, code[1])


def _link(text: str, at: int, done: int) -> Link | None:
    scheme = text[max(at - 5, 0) : at].lower()
    start = at - 5 if scheme == "https" else at - 4
    if start < done or not scheme.endswith(("http", "https")):
        return None
    if start and (((before := text[start - 1]).isascii() and before.isalnum()) or before in _NOT_BEFORE_LINK):
        return None
    host = _URL_HOST.match(text, at)
    if host is None:
        return None
    end = host.end()
    if path := _URL_PATH.match(text, end):
        end += len(path[0].rstrip(_PATH_TAIL))
    if end == (path or host).end() and (query := _URL_QUERY.match(text, end)):
        kept = query[0].rstrip(_QUERY_TAIL)
        end += len(kept)
    return Link(start, end, text[start:end])
