"""Where to go next, when the address came from outside: only ever a path of this site."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

_LONGEST = 4000
_PLAIN = re.compile(r"/[!-~]*")
# The second character decides what a browser takes for the host; encoded ones count, as some servers decode them.
_HOST_AHEAD = re.compile(r"/[/\\]")


def local_path(text: str | None, default: str = "/") -> str:
    """`text` when it is a path (with its query) on this site, else `default`. Never a host, a scheme or a line break.

    Source: security case SC-126 (Mastodon GHSA-xqw8-4j56-5hj6).
    """
    if not text or len(text) > _LONGEST or _PLAIN.fullmatch(text) is None or "\\" in text:
        return default
    try:
        parts = urlsplit(text)
    except ValueError:
        return default
    decoded = text.partition("?")[0]
    for _ in range(3):
        if _HOST_AHEAD.search(decoded) is not None or any(ord(char) < 32 for char in decoded):
            return default
        decoded = unquote(decoded)
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return default
    return parts.path + (f"?{parts.query}" if parts.query else "")


def sign_in_path(next_path: str) -> str:
    """The sign-in page that leads on to `next_path`."""
    return f"/auth/sign_in?next={quote(next_path, safe='/')}" if next_path != "/" else "/auth/sign_in"
