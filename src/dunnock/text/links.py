"""Links that hide a part of their text must not hide where they lead (SC-101). Works on HTML as the cleaner writes it."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

_LINK = re.compile(r"(<a\b[^>]*>)(.*?)(</a>)", re.DOTALL)
_HREF = re.compile(r'\bhref="([^"]*)"')
_TAG = re.compile(r"(<[^>]*>)")
_CLASS = re.compile(r' class="([^"]*)"')
_HIDES = frozenset({"invisible", "ellipsis"})
_LEAD = re.compile(r"(?:https?://(?:www\.)?)?", re.IGNORECASE)


def shown_links(safe: str) -> str:
    """Cleaned HTML in which only links hide something, and these only what stands around host and beginning of their address.

    Mastodon hides `https://www.` and what is long; whoever hides more shows `good.example` of `evil.example/good.example`.
    """
    parts, at = [], 0
    for found in _LINK.finditer(safe):
        opening, inner, closing = found.groups()
        parts += [_bare(safe[at : found.start()]), _bare(opening)]
        parts += [inner if "invisible" not in inner or _is_honest(opening, inner) else _bare(inner), closing]
        at = found.end()
    return "".join([*parts, _bare(safe[at:])])


def _bare(part: str) -> str:
    """The part without classes that hide."""
    return _CLASS.sub(_without, part) if "invisible" in part else part


def _without(found: re.Match[str]) -> str:
    left = [word for word in found[1].split() if word not in _HIDES]
    return f' class="{" ".join(left)}"' if left else ""


def _is_honest(opening: str, inner: str) -> bool:
    """Is the text the address, the whole of its host to be seen, and hidden only what leads to that and what comes after?"""
    href = _HREF.search(opening)
    pieces = _pieces(inner)
    if href is None or pieces is None:
        return False
    before, shown, after = pieces
    address = html.unescape(href[1])
    text = before + shown + after
    if text.rstrip("/") not in {address.rstrip("/"), _LEAD.sub("", address, count=1).rstrip("/")}:
        return False
    host = urlsplit(address).netloc.lower()
    seen = (shown if before else _LEAD.sub("", shown, count=1)).lower()
    return _LEAD.fullmatch(before) is not None and bool(host) and seen.startswith(host.removeprefix("www."))


def _pieces(inner: str) -> tuple[str, str, str] | None:
    """What is hidden before what is seen, that, and what is hidden after it; None: it is something else than that."""
    hides: list[bool] = []
    held = ["", "", ""]
    for part in _TAG.split(inner):
        if part == "</span>":
            if not hides:
                return None
            hides.pop()
        elif part.startswith("<"):
            if not part.startswith("<span"):
                return None
            words = _CLASS.search(part)
            hides.append(words is not None and "invisible" in words[1].split())
        elif part:
            at = (2 if held[1] else 0) if any(hides) else 1
            if at == 1 and held[2]:
                return None
            held[at] += html.unescape(part)
    return held[0], held[1], held[2]
