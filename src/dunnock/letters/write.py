"""What letters about one thing say: sign-ins, passwords, decisions of staff, and what waits for staff."""

from __future__ import annotations

from typing import TypeAlias

from dunnock import accounts, moderation
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.mail import Link, Part, Quote
from dunnock.letters import store
from dunnock.letters.model import OF_STAFF
from dunnock.letters.store import Recipient
from dunnock.moderation import DecisionMissing

Written: TypeAlias = tuple[str, list[Part], str]
"""Subject, what it says, and the kind that it can be stopped as; empty: such letters always come."""

_FACTORS = {
    "totp_on": "an app for codes was set up as a second step of signing in",
    "totp_off": "the app for codes was removed",
    "passkey_added": "a passkey was added",
    "passkey_removed": "a passkey was removed",
    "codes": "new recovery codes were made; the old ones are worth nothing any more",
    "reset": "the people who run this server took all second factors away: your password alone lets you in again",
}
_ACTIONS = {
    "none": "The people who run this server have something to say to you",
    "disable": "You can't sign in to your account any more",
    "sensitive": "All your posts are shown as sensitive from now on",
    "mark_posts": "Some of your posts were marked as sensitive",
    "delete_posts": "Some of your posts were deleted",
    "limit": "Your account is limited: only those who follow you see what you post",
    "suspend": "Your account is suspended",
}


async def words_for(db: Db, to: Recipient, what: str, about: int, *, title: str, public_url: str) -> Written | None:
    """What it says; None when it is over, or to somebody whom it is no longer for."""
    security = Link("Account settings", f"{public_url}/settings/account")
    not_you = (
        "Was it not you? Then somebody else knows your password: choose another one at once, and look at the browsers "
        "and apps that are signed in."
    )
    match what.partition(" ")[0]:
        case "password":
            by_mail = " by the link of a mail" if what.endswith("by_mail") else ""
            return (
                f"Your password for {title} was changed",
                [f"the password of your account was changed{by_mail}. All other browsers and apps are signed out.",
                 "Was it not you? Then choose another one by mail at once:",
                 Link("Forgotten password", f"{public_url}/auth/password/new")],
                "",
            )  # fmt: skip
        case "email":
            return (
                f"Your e-mail address for {title} was changed",
                ["this is the address of your account from now on.", not_you, security],
                "",
            )
        case "factors":
            told = _FACTORS.get(what.partition(" ")[2], "it was changed")
            return (
                f"Your second step on {title} was changed",
                [f"{told}.", not_you, Link("Second step", f"{public_url}/settings/security")],
                "",
            )
        case "signed_in":
            seen = await store.session(db, about)
            if seen is None:
                return None
            when = f"{iso(seen[1])[:16].replace('T', ' ')} UTC"
            return (
                f"A new sign-in on {title}",
                [
                    "somebody signed in to your account with a browser that was not used for it before:",
                    Quote(f"{seen[0]}, {when}"),
                    not_you,
                    Link("Signed-in browsers", f"{public_url}/settings/sessions"),
                ],
                "",
            )
        case "approved":
            return (
                f"Welcome to {title}",
                ["your sign-up was approved: you can sign in now.", Link("Sign in", f"{public_url}/auth/sign_in")],
                "",
            )
        case "rejected":
            return (f"Your sign-up on {title}", ["your sign-up was not approved. What you told us is deleted."], "")
        case "warned":
            return await _warned(db, to, about, title)
        case "report" | "pending":
            return await _for_staff(db, to, what, about, title=title, public_url=public_url)
        case _:
            return None


async def _warned(db: Db, to: Recipient, decision_id: int, title: str) -> Written | None:
    try:
        told = await moderation.find_warning(db, to.account_id, decision_id)
    except DecisionMissing:
        return None
    if not told.mail or told.reversed_at is not None:
        return None
    parts: list[Part] = [f"{_ACTIONS.get(told.action, _ACTIONS['none'])} ({title})."]
    if told.text:
        parts.append(Quote(told.text))
    return (_ACTIONS.get(told.action, _ACTIONS["none"]), parts, "")


async def _for_staff(db: Db, to: Recipient, what: str, about: int, *, title: str, public_url: str) -> Written | None:
    if to.role not in accounts.STAFF or what not in to.wishes.wanted or what not in OF_STAFF:
        return None
    if what == "report":
        return (
            f"A report on {title}",
            ["somebody complained about an account.", Link("Reports", f"{public_url}/admin/reports")],
            what,
        )
    waiting = await accounts.find_member(db, about)
    if waiting is None or waiting.state is not accounts.State.PENDING or waiting.unconfirmed:
        return None
    return (
        f"@{waiting.username} would like to join {title}",
        [f"@{waiting.username} asks to join, and says why:", Quote(waiting.reason or "(nothing)"),
         Link("Sign-ups", f"{public_url}/admin/sign-ups")],
        what,
    )  # fmt: skip
