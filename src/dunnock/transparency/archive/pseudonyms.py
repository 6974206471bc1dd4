"""Names that say that two things are by the same account, and not whose: HMAC-SHA256 by a key of the release alone.

Stable within a release; without the key nobody can link two releases or find the account. Whoever is in the release and has at
least 5,000 followers keeps their name: they are public figures, as in Twitter's archive.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import re
from collections.abc import Collection, Sequence

KNOWN_FROM = 5_000
"""Accounts with so many followers keep their names."""
_HANDLE = re.compile(r"(?<![\w/@.])@([A-Za-z0-9_]{1,64})(?:@[A-Za-z0-9.-]+[A-Za-z0-9])?")
_PROFILE = re.compile(
    r"(?P<before>https?://(?P<host>[A-Za-z0-9.-]+)(?::\d+)?/(?:@|users/))(?P<name>[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9.-]+)?)"
)


class Pseudonyms:
    """The names of one release."""

    def __init__(self, key: bytes, known: Collection[int] = (), hosts: Collection[str] = ()) -> None:
        """`key`: 32 random bytes; `known`: accounts of the release that keep their names; `hosts`: servers of the others.

        Links to pages of people on these servers name nobody.
        """
        self._key, self._known, self._hosts = key, set(known), {one.casefold() for one in hosts}
        self._hashed = functools.lru_cache(maxsize=200_000)(self._make)

    def keeps(self, account_id: int) -> bool:
        """Does the account keep its name?"""
        return account_id in self._known

    def of(self, account_id: int) -> str:
        """What the account is called in the release: its id, or 64 hexadecimal letters."""
        return str(account_id) if account_id in self._known else self._hashed(f"account:{account_id}")

    def text(self, words: str, mentions: Sequence[int]) -> str:
        """The words, with everybody who is named in them called as in the release."""
        if "://" in words:
            words = self.link(words)
        if "@" not in words:
            return words
        handles = list(dict.fromkeys(found[0].casefold() for found in _HANDLE.finditer(words)))
        whose = dict(zip(handles, mentions, strict=True)) if len(handles) == len(mentions) else {}

        def called(found: re.Match[str]) -> str:
            account_id = whose.get(found[0].casefold())
            if account_id is not None and account_id in self._known:
                return found[0]
            name = self.of(account_id) if account_id is not None else self._hashed(f"name:{found[0].casefold()}")
            return f"@{name[:15]}"

        return _HANDLE.sub(called, words)

    def link(self, words: str) -> str:
        """The words, with the names in links to pages of people on the release's servers hashed."""

        def called(found: re.Match[str]) -> str:
            if found["host"].casefold() not in self._hosts:
                return found[0]
            return found["before"] + self._hashed(f"name:@{found['name'].casefold()}")[:15]

        return _PROFILE.sub(called, words)

    def _make(self, what: str) -> str:
        return hmac.new(self._key, what.encode(), hashlib.sha256).hexdigest()
