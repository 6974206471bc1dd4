"""Passwords: what is accepted, how they are kept and checked. Source: OWASP Password Storage (Argon2id), NIST SP 800-63B."""

from __future__ import annotations

import asyncio
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

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_pool = ThreadPoolExecutor(AT_ONCE, "password")
_waiting = 0
# Whoever has none of these is asked for eight letters; the list is of what guessers try first.
_COMMON = frozenset(
    [
        "12345678",
        "123456789",
        "1234567890",
        "password",
        "password1",
        "password123",
        "passw0rd",
        "qwertyui",
        "qwertyuiop",
        "qwerty123",
        "iloveyou",
        "11111111",
        "00000000",
        "abc12345",
        "abcd1234",
        "1q2w3e4r",
        "1qaz2wsx",
        "sunshine",
        "princess",
        "football",
        "baseball",
        "superman",
        "starwars",
        "trustno1",
        "letmein1",
        "welcome1",
        "computer",
        "internet",
        "whatever",
        "dragon123",
        "monkey123",
        "admin123",
        "changeme",
        "asdfghjk",
        "zaq12wsx",
        "87654321",
        "88888888",
        "12341234",
        "11223344",
        "dunnock1",
        "mastodon",
    ]
)


class TooManySignIns(Unavailable):
    """More passwords are being checked than this server can at once."""

    code, safe = "too_many_sign_ins", "Too many people are signing in right now; please try again in a moment"


def fault(password: str, *, username: str, email: str) -> tuple[str, str] | None:
    """Why a password is not accepted, as (reason slug, text of sign-up forms); None: it is."""
    folded = password.casefold()
    if not password:
        return "ERR_BLANK", "can't be blank"
    if len(password) < SHORTEST:
        return "ERR_TOO_SHORT", f"is too short (minimum is {SHORTEST} characters)"
    if len(password) > LONGEST:
        return "ERR_TOO_LONG", f"is too long (maximum is {LONGEST} characters)"
    if folded in _COMMON or len(set(folded)) < 3:
        return "ERR_INVALID", "is one that everybody guesses first"
    if folded in {username.casefold(), email.casefold()}:
        return "ERR_INVALID", "must not be your name or your e-mail address"
    return None


async def make_hash(password: str) -> str:
    """What is stored of a password (Argon2id, 19 MiB, 2 passes).

    Raises:
        TooManySignIns: too many are waiting for this.
    """
    return await _in_turn(lambda: _hasher.hash(_same(password)))


async def check(stored: str | None, password: str) -> tuple[bool, bool]:
    """(right, to be hashed anew). `stored` None (nobody has that name) takes as long and is never right.

    Raises:
        TooManySignIns: too many are waiting for this.
    """

    def work() -> tuple[bool, bool]:
        try:
            _hasher.verify(_NOBODY if stored is None else stored, _same(password)[: LONGEST * 4])
        except (VerificationError, InvalidHashError):
            return False, False
        return stored is not None, stored is not None and _hasher.check_needs_rehash(stored)

    return await _in_turn(work)


async def _in_turn(work: Callable[[], T]) -> T:
    global _waiting  # noqa: PLW0603 (one queue for the process)
    if _waiting >= MOST_WAITING:
        raise TooManySignIns
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_pool, work)
    finally:
        _waiting -= 1


def _same(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$ZHVubm9jay1ub2JvZHk$" + "A" * 43
