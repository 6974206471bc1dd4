"""Count a text as its author sees it."""

from __future__ import annotations

import re

import regex

from dunnock.text.model import Link, Mention, Parsed
from dunnock.text.parse import parse

# What every link costs, however long it is, so that nobody needs a shortener.
URL_LENGTH = 23

_CLUSTER = regex.compile(r"\X")
# Two regional indicators are one flag; the engine looks back over a whole run at each, so they are paired first.
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
# Characters of which none joins another into one cluster: for a text of only these, its length is the answer.
_JOINING = re.compile(
    "[^\0-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u3001-\u3029\u3041-\u3096\u309b-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff01-\uff60]"
)


def length(text: str | Parsed) -> int:
    """How many characters people see (grapheme clusters); a link counts 23, a mention without its domain.

    Raises:
        BadText: it holds lone surrogates.

    Source: Mastodon's StatusLengthValidator.
    """
    parsed = text if isinstance(text, Parsed) else parse(text)
    whole, done = parsed.text, 0
    parts: list[str] = []
    for span in parsed.spans:
        if isinstance(span, Link):
            parts += (whole[done : span.start], "x" * URL_LENGTH)
        elif isinstance(span, Mention):
            parts += (whole[done : span.start], "@", span.handle.name)
        else:
            continue
        done = span.end
    return _clusters("".join((*parts, whole[done:])) if done else whole)


def _clusters(text: str) -> int:
    if text.isascii() or not _JOINING.search(text):
        return len(text)
    return sum(1 for _ in _CLUSTER.finditer(_FLAG.sub("f", text)))
