"""What letters about one thing say: sign-ins, passwords, decisions of staff, and what waits for staff."""

from __future__ import annotations

from typing import TypeAlias

from dunnock import accounts, moderation
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.mail import Link, Part, Quote
from dunnock.letters import store
from dunnock.letters.model import OF_STAFF
from dunnock.letters.objection import objection_link
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
    "put_back": "what somebody else changed of it was put back as it was before",
    "reset": "the people who run this server took all second factors away: your password alone lets you in again",
}
_MAY_BE_OTHERS = frozenset(("password", "factors", "signed_in"))
"""Letters of what somebody else may have done: they have a link that takes the account back."""
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
    topic = what.partition(" ")[0]
    back: list[Part] = []
    if topic in _MAY_BE_OTHERS:
        async with db.begin() as tx:
            token = await accounts.make_recall(tx, to.member_id, to.email)
        back = [Link("It was not me: take my account back", f"{public_url}/auth/recall?recall_token={token}")]
    security = Link("Account settings", f"{public_url}/settings/account")
    not_you = (
        "Was it not you? Then somebody else knows your password: choose another one at once, and look at the browsers "
        "and apps that are signed in."
    )
    match topic:
        case "password":
            by_mail = " by the link of a mail" if what.endswith("by_mail") else ""
            return (
                f"Your password for {title} was changed",
                [f"the password of your account was changed{by_mail}. All other browsers and apps are signed out.",
                 "Was it not you? Then take your account back at once:", *back],
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
                [f"{told}.", not_you, *back, Link("Second step", f"{public_url}/settings/security")],
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
                    *back,
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
        case "impostor":
            return await _impostor(db, about, title=title, public_url=public_url)
        case "attested" | "doubted":
            return await _vouched(db, to, topic, about, title=title, public_url=public_url)
        case "domain_lost":
            return await _domain_lost(db, to, title=title, public_url=public_url)
        case "warned":
            return await _warned(db, to, about, title=title, public_url=public_url)
        case "appeal":
            return await _answered(db, about, title=title, public_url=public_url)
        case "request" | "alarm":
            return _second(to, what, title=title, public_url=public_url)
        case "halted":
            return await _halted(db, to, about, title=title, public_url=public_url)
        case "report" | "pending":
            return await _for_staff(db, to, what, about, title=title, public_url=public_url)
        case _:
            return None


async def _impostor(db: Db, account_id: int, *, title: str, public_url: str) -> Written | None:
    """Somebody is taken for who gets this; not sent when that is over."""
    account = await accounts.find(db, account_id)
    if account is None or not account.shown or not any(one.kind == "impersonation" for one in account.labels):
        return None
    return (
        f"Somebody on {title} looks like you",
        [
            "an account has a name that readers may take for yours. They are told that it is not you.",
            Link(f"@{account.handle}", f"{public_url}/@{account.handle}"),
            "If it belongs to you, tell those who run this server: the notice goes at once.",
        ],
        "",
    )


async def _vouched(db: Db, to: Recipient, what: str, about: int, *, title: str, public_url: str) -> Written | None:
    """A verifier (`about`) vouches for who gets this, or somebody (`about`) for whom they did is called otherwise."""
    verifier_id, subject_id = (about, to.account_id) if what == "attested" else (to.account_id, about)
    other = await accounts.find(db, about)
    said = await accounts.find_attested(db, subject_id, by=verifier_id)
    if other is None or not other.shown or said is None or said.state != ("given" if what == "attested" else what):
        return None
    link = Link(f"@{other.handle}", f"{public_url}/@{other.handle}")
    proofs = Link("Proofs", f"{public_url}/settings/proofs")
    if what == "attested":
        return (
            f"A verifier on {title} vouches for you",
            ["a verifier, whom those who run this server named, says for all to see that you are who you say you are.",
             link, "If you do not want that, take it away: nothing else changes.", proofs],
            "",
        )  # fmt: skip
    return (
        f"Somebody for whom you vouch on {title} is called otherwise",
        ["you said who an account is, and it has another name now. What you said is not shown until you say it again.",
         link, proofs],
        "",
    )  # fmt: skip


async def _domain_lost(db: Db, to: Recipient, *, title: str, public_url: str) -> Written | None:
    held = await accounts.find_domain(db, to.account_id)
    if held is None or held.lost_at is None:
        return None
    taken = held.lost_why == "taken"
    why = "another account proved that it is theirs" if taken else "it has not said for three days that it is yours"
    return (
        f"{held.domain} is no longer your handle on {title}",
        [f"your account does not show {held.domain} any more: {why}.", "You can prove it again:",
         Link("Proofs", f"{public_url}/settings/proofs")],
        "",
    )  # fmt: skip


async def _warned(db: Db, to: Recipient, decision_id: int, *, title: str, public_url: str) -> Written | None:
    try:
        told = await moderation.find_warning(db, to.account_id, decision_id)
    except DecisionMissing:
        return None
    if not told.mail or told.reversed_at is not None:
        return None
    parts: list[Part] = [f"{_ACTIONS.get(told.action, _ACTIONS['none'])} ({title})."]
    if told.text:
        parts.append(Quote(told.text))
    decision = await moderation.find_decision(db, decision_id)
    if decision.facts:
        parts += ["What it rests on:", Quote(decision.facts)]
    link = await objection_link(db, to.member_id, decision_id, public_url)
    if link is None:
        return None
    parts += [
        "A person decided this, no machine. If it is wrong, say so within six months: somebody else will look at it.",
        Link("Object", link),
    ]
    return (_ACTIONS.get(told.action, _ACTIONS["none"]), parts, "")


async def _answered(db: Db, appeal_id: int, *, title: str, public_url: str) -> Written | None:
    told = await moderation.find_appeal(db, appeal_id)
    if told.verdict not in {"granted", "rejected"}:
        return None
    granted = told.verdict == "granted"
    parts: list[Part] = [
        "your objection was granted: all that the decision did to your account is taken back."
        if granted
        else "somebody else of the people who run this server looked at your objection. The decision stands."
    ]
    if told.answer:
        parts.append(Quote(told.answer))
    parts.append(Link("Decisions about you", f"{public_url}/settings/decisions"))
    return (f"Your objection on {title} was {'granted' if granted else 'rejected'}", parts, "")


def _second(to: Recipient, what: str, *, title: str, public_url: str) -> Written | None:
    """What needs a second person, and alarms, always come to staff."""
    if to.role not in accounts.STAFF:
        return None
    link = Link("Requests", f"{public_url}/admin/requests")
    if what == "alarm":
        return (
            f"ALARM: unusual requests of staff on {title}",
            [
                "one of the staff asked for three or more acts on protected accounts within an hour. Nothing was done yet.",
                "If you do not know why they ask, somebody else may use their session: say no, and end their sessions.",
                link,
            ],
            "",
        )
    return (
        f"A request waits for a second person on {title}",
        ["read what will be done, and agree or say no.", link],
        "",
    )


async def _halted(db: Db, to: Recipient, decision_id: int, *, title: str, public_url: str) -> Written | None:
    held = await moderation.find_decision(db, decision_id)
    if to.role not in accounts.STAFF or held.state != "halted" or held.case_id is None:
        return None
    return (
        f"A decision stopped on {title}",
        [
            "who took it may not decide any more, so it was not carried out to its end.",
            "Look at the case, and go on with it as your own decision, or leave it.",
            Link("The case", f"{public_url}/admin/cases/{held.case_id}"),
        ],
        "",
    )


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
