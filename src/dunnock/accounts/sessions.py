"""A browser's sign-in: a random token in a cookie, of which only the digest is stored."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence

import msgspec

from dunnock.accounts.activity import note_active
from dunnock.accounts.errors import MemberMissing, NotPermitted
from dunnock.accounts.events import SignedInAnew, TokensRevoked
from dunnock.accounts.known_networks import learn_network
from dunnock.accounts.sign_up import prove_password
from dunnock.accounts.store import factors
from dunnock.accounts.store import members as store
from dunnock.foundation import ids
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.db import Busy, Db, Reader, Tx

IDLE_MS = 60 * DAY
DOUBTED_MS = 7 * DAY
FRESH_MS = 15 * MINUTE
_NOTE_EVERY_MS = HOUR


class Session(msgspec.Struct, frozen=True):
    """One sign-in. `client` is "Firefox on Linux" and no more; times in Unix milliseconds."""

    id: int
    member_id: int
    account_id: int
    role: str
    client: str
    created_at: int
    seen_at: int
    proven_at: int = 0
    """When its owner last showed who they are, by a password or a passkey."""
    locale: str = ""
    """The language that the member reads pages in, as a tag; empty: never said."""
    page_choices: str = ""
    """What `choose_pages` keeps."""
    doubts: int = 0
    """How many browsers that were never seen before came since it began, in a week, and nobody said that it was they."""


async def open_session(tx: Tx, member_id: int, *, client: str, browser: str = "", address: str = "") -> str:
    """Begin a session; its token, which is never stored. `client`: a User-Agent header.

    `browser`: what tells the browser from others, so that its owner is told of one that was never seen; empty: nobody is told.
    `address`: where it comes from, so that sign-ins from elsewhere are told from those; empty: not known.
    """
    token, session_id = ids.secret(), tx.new_id()
    await note_active(tx, member_id)
    doubted = bool(browser) and await _meet(tx, member_id, session_id, browser)
    if browser:
        await learn_network(tx, member_id, address)
    await tx.run(
        store.ADD_SESSION,
        id=session_id,
        token_digest=ids.digest(token),
        member_id=member_id,
        client=client_name(client),
        created_at=tx.now,
        seen_at=tx.now,
        proven_at=tx.now,
        doubted=doubted,
    )
    return token


async def _meet(tx: Tx, member_id: int, session_id: int, browser: str) -> bool:
    """Remember the browser; one that is new (True) is told of, unless it is the member's first."""
    digest = ids.digest(f"{member_id} {browser}")
    if await tx.run(factors.SAW_BROWSER, the=digest, at=tx.now):
        return False
    first = await tx.value(factors.SESSION_BEFORE, member_id=member_id) is None
    await tx.run(factors.ADD_BROWSER, digest=digest, member_id=member_id, seen_at=tx.now)
    if not first:
        await tx.record(SignedInAnew(member_id=member_id, session_id=session_id))
    return not first


def fresh(session: Session) -> bool:
    """Has its owner shown lately who they are, so that they may change how they sign in?"""
    return now_ms() - session.proven_at < FRESH_MS


async def prove(db: Db, session: Session, password: str) -> None:
    """Show by the password who one is.

    Raises:
        SignUpRefused: it is wrong.
        TooManyTries: it was wrong too often lately.
    """
    await prove_password(db, session.member_id, password)
    async with db.begin() as tx:
        await tx.run(factors.PROVEN, the=session.id, at=tx.now)


async def find_session(db: Db, token: str) -> Session | None:
    """The session of a token; None when it is unknown, ended, idle for 60 days, or its member may not come in."""
    now = now_ms()
    row = await db.one(
        store.SESSION, digest=ids.digest(token), idle_since=now - IDLE_MS, doubted_since=now - DOUBTED_MS
    )
    if row is None:
        return None
    session = Session(*row)
    if now - session.seen_at > _NOTE_EVERY_MS:
        with contextlib.suppress(Busy):  # a note that can wait must not turn anybody away
            async with db.begin() as tx:
                await note_active(tx, session.member_id)
                await tx.run(store.SEEN, the=session.id, at=now)
    return session


async def sessions_of(reader: Reader, member_id: int) -> Sequence[Session]:
    """A member's sessions in force, the one seen last first."""
    rows = await reader.all(store.SESSIONS_OF, member_id=member_id, idle_since=now_ms() - IDLE_MS)
    return [Session(*row) for row in rows]


class Doubted(msgspec.Struct, frozen=True):
    """A sign-in with a browser that was never seen before, of which its owner has not said that it was they."""

    id: int
    client: str
    created_at: int


async def doubted_sessions(reader: Reader, session: Session) -> list[Doubted]:
    """Those of the last week, but for the one that looks, newest first."""
    rows = await reader.all(factors.DOUBTED, member=session.member_id, since=now_ms() - DOUBTED_MS)
    return [Doubted(*row) for row in rows if row[0] != session.id]


async def trust_sessions(tx: Tx, session: Session) -> None:
    """The member says that all of these were they.

    Raises:
        NotPermitted: the one that says it is doubted itself; two of them must not vouch for each other.
    """
    rows = await tx.all(factors.DOUBTED, member=session.member_id, since=tx.now - DOUBTED_MS)
    if any(row[0] == session.id for row in rows):
        raise NotPermitted(session.id, say="Say so in a browser that you used before")
    await tx.run(factors.SETTLED, member=session.member_id)


async def end_session(tx: Tx, session_id: int, *, member_id: int) -> None:
    """Sign out one of a member's sessions.

    Raises:
        MemberMissing: the member has no such session (any more).
    """
    if not await tx.run(store.END_SESSION, the=session_id, member=member_id, at=tx.now):
        raise MemberMissing(session_id, say="There is no such session")
    await tx.record(TokensRevoked(member_id=member_id))


_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("Vivaldi", "Vivaldi"), ("Firefox", "Firefox"), ("Chromium", "Chromium"),
    ("Chrome", "Chrome"), ("Safari", "Safari"), ("curl", "curl"), ("python", "Python"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def client_name(user_agent: str) -> str:
    """`Firefox on Linux`: enough to recognise one's own device, too little to follow anybody."""
    browser = next((name for mark, name in _BROWSERS if re.search(mark, user_agent)), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    return f"{browser} on {system}" if system else browser
