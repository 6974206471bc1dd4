"""Addresses in a text that are no links: without scheme, with `hxxp` and `[.]`, or with what nobody sees in between."""

from __future__ import annotations

import re
from collections.abc import Iterable

_MOST = 20
_DOTTED = re.compile(r"[.\u3002\uff0e\uff61](?=[\w\s]?[\w\])}])")
"""Without one there is no address: most texts say so at once."""
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_BROKEN = re.compile(r"h[x*]{2}p|\[|\(\s*(?:\.|dot)|\{|\sdot\s", re.IGNORECASE)
_SCHEME = re.compile(r"(?<!\w)h[x*t]{2}p(s?)\s*[\[(]?:[\])]?(?://|\[//\])", re.IGNORECASE)
_DOT = re.compile(r"\s?[\[({]\s*(?:\.|dot|punkt)\s*[\])}]\s?|(?<=\w) dot (?=\w)", re.IGNORECASE)
_SLASH = re.compile(r"\s?[\[({]\s*(?:/|slash)\s*[\])}]\s?|(?<=\w) slash (?=\w)", re.IGNORECASE)
_ADDRESS = re.compile(  # letters of both cases by hand: a flag for that takes twice as long
    r"(?<![\w@./=-])(?:[Hh][Tt][Tt][Pp][Ss]?:[/\\]{1,3}(?:[^\s/@]{1,64}@)?)?(?:[\w-]{1,63}[.\u3002\uff0e\uff61]){1,6}"
    r"[^\W\d_]{2,24}\.?(?::\d{1,5})?(?:/[^\s<>\"'`|]*)?"
)
_END = ".,;:!?)]}»…*_\u201d\u2019"


def seen(text: str) -> str:
    """The text without characters that show nothing, which take a word apart for machines only."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def addresses(text: str, *, without: Iterable[str] = ()) -> list[str]:
    """What stands in a text that is an address, made whole; each once, at most 20. One without a path has three parts and more.

    `without`: links of the text, which are known already.
    """
    for link in without:
        text = text.replace(link, " ")
    if not _DOTTED.search(text) and all(word not in text.lower() for word in ("dot", "punkt")):
        return []
    if _BROKEN.search(text):
        text = _SLASH.sub("/", _DOT.sub(".", _SCHEME.sub(r"http\1://", text)))
    found: dict[str, None] = {}
    for match in _ADDRESS.finditer(text):
        address = match[0].rstrip(_END)
        if "/" in address or address.count(".") > 1:
            found.setdefault(address)
        if len(found) == _MOST:
            break
    return list(found)
