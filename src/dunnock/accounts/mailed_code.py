"""A code by mail, asked of who has the password but comes from a browser and a network that are new for the member.

Nobody is asked who has a second step of their own, or to whom no mail goes. Source: OWASP, Authentication Cheat Sheet
(reauthentication after risk events).
"""

from __future__ import annotations

import hmac
import secrets

from dunnock.accounts.events import SignInDoubted
from dunnock.accounts.known_networks import is_strange, origin_of
from dunnock.accounts.mail_job import SendMemberMail
from dunnock.accounts.mail_links import mailing
from dunnock.accounts.sign_up import find_member
from dunnock.accounts.steps import Step, begin_step
from dunnock.accounts.store import factors as store
from dunnock.foundation import ids
from dunnock.foundation.clock import MINUTE
from dunnock.foundation.db import Tx

LASTS_MS = 30 * MINUTE
_DIGITS = 8


async def ask_for_code(tx: Tx, member_id: int, *, held: str, client: str, browser: str, address: str) -> str:
    """Send a code, if the sign-in is strange: the step that waits for it; empty: the password is enough.

    Raises:
        TooManyTries: too many mails were asked for lately.
    """
    if not await is_strange(tx, member_id, browser=browser, address=address):
        return ""
    member = await find_member(tx, member_id)
    if member is None or member.mail_refused_at is not None:
        return ""
    mailing.begin(f"member {member.id}")
    step = await begin_step(
        tx,
        "second",
        member_id=member.id,
        held=held,
        client=client,
        challenge=secrets.token_bytes(32),
        lasts_ms=LASTS_MS,
    )
    await tx.enqueue(SendMemberMail(mail_id=tx.new_id(), member_id=member.id, what="code", to=ids.digest(step)))
    await tx.record(SignInDoubted(member_id=member.id, account_id=member.account_id, origin=origin_of(address, tx.now)))
    return step


async def make_code(tx: Tx, step: str) -> str:
    """A fresh code for the step with this digest, in place of one before; empty: it is over."""
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    return code if await tx.run(store.SET_STEP_CODE, the=step, code=_digest(step, code), now=tx.now) else ""


def is_mailed_code(raw_step: str, under_way: Step, code: str) -> bool:
    """Is it the code that was mailed for the step?"""
    given = "".join(code.split())
    return hmac.compare_digest(_digest(ids.digest(raw_step), given), under_way.challenge.hex())


def masked(email: str) -> str:
    """Enough of an address for its owner: `w•••@mail.example`."""
    name, _, host = email.rpartition("@")
    return f"{name[:1]}•••@{host}"


def _digest(step: str, code: str) -> str:
    return ids.digest(f"{step} {code}")
