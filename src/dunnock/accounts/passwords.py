"""Passwords: what is accepted, how they are kept and checked. Source: OWASP Password Storage (Argon2id), NIST SP 800-63B."""

from __future__ import annotations

import asyncio
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dunnock.foundation.errors import Unavailable

T = TypeVar("T")
SHORTEST, LONGEST = 8, 256
AT_ONCE = 2  # each takes 19 MiB and about 25 ms of a core
MOST_WAITING = 50

# What guessers try first; shorter ones are refused for their length.
_COMMON = frozenset(
    {
        "12345678", "123456789", "1234567890", "password", "password1", "password123", "passw0rd", "qwertyui",
        "qwertyuiop", "qwerty123", "iloveyou", "11111111", "00000000", "abc12345", "abcd1234", "1q2w3e4r", "1qaz2wsx",
        "sunshine", "princess", "football", "baseball", "superman", "starwars", "trustno1", "letmein1", "welcome1",
        "computer", "internet", "whatever", "dragon123", "monkey123", "admin123", "changeme", "asdfghjk", "zaq12wsx",
        "87654321", "88888888", "12341234", "11223344", "dunnock1", "mastodon",
    }
)  # fmt: skip


class TooManySignIns(Unavailable):
    """More passwords are being checked than this server can at once."""

    code, safe = "too_many_sign_ins", "Too many people are signing in right now; please try again in a moment"


def fault(password: str, *, username: str, email: str) -> tuple[str, str] | None:
    """Why a password is not accepted, as (reason slug, text of sign-up forms); None: it is."""
    if not password:
        return "ERR_BLANK", "can't be blank"
    if len(password) > LONGEST:
        return "ERR_TOO_LONG", f"is too long (maximum is {LONGEST} characters)"
    same = _same(password)
    folded = same.casefold()
    if len(same) < SHORTEST:
        return "ERR_TOO_SHORT", f"is too short (minimum is {SHORTEST} characters)"
    if folded in _COMMON or len(set(folded)) < 3:
        return "ERR_INVALID", "is one that everybody guesses first"
    if folded in {username.casefold(), email.strip().casefold()}:
        return "ERR_INVALID", "must not be your name or your e-mail address"
    return None


async def make_hash(password: str) -> str:
    """What is stored of a password (Argon2id, 19 MiB, 2 passes); `fault` has accepted it.

    Raises:
        TooManySignIns: too many are waiting for this.
    """
    return await _queue.run(lambda: _hasher.hash(_bytes(password)))


async def check(stored: str | None, password: str) -> tuple[bool, bool]:
    """(right, to be hashed anew). `stored` None (nobody has that name) takes as long and is never right.

    Raises:
        TooManySignIns: too many are waiting for this.
    """
    if len(password) > LONGEST:  # nobody's; a megabyte is not even looked at, and takes as long as any wrong one
        stored, password = None, ""
    against = _NOBODY if stored is None else stored

    def work() -> tuple[bool, bool]:
        try:
            _hasher.verify(against, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False, False
        return stored is not None, stored is not None and _hasher.check_needs_rehash(stored)

    return await _queue.run(work)


class _Queue:
    """Some threads for work that takes a core, and a limit to how much of it may wait."""

    def __init__(self, at_once: int, most_waiting: int) -> None:
        self._pool = ThreadPoolExecutor(at_once, "password")
        self._places = threading.BoundedSemaphore(at_once + most_waiting)

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` gives. A request that goes away keeps its place until its work is done or was never begun."""
        if not self._places.acquire(blocking=False):
            raise TooManySignIns
        future = self._pool.submit(work)
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)


def _same(password: str) -> str:
    """The same text however a keyboard composes it."""
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    return _same(password).encode("utf-8", "surrogatepass")  # a command line may hand on what is no text


_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_queue = _Queue(AT_ONCE, MOST_WAITING)
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$ZHVubm9jay1ub2JvZHk$" + "A" * 43
