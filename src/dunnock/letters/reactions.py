"""What letters make of others' events: a job each, for whom it concerns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dunnock import accounts, moderation, notifications
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Tx
from dunnock.foundation.events import Event
from dunnock.foundation.reactions import Hears, Reaction
from dunnock.letters import store
from dunnock.letters.model import OF_NOTIFICATIONS
from dunnock.letters.send import ABOUT_MS, APART_MS, GATHERED_FOR_MS, SendLetter, SendNotices


def hears_of(*, sends: bool) -> Hears:
    """Event -> reactions. Not `sends`: all is heard and nothing told, so that who sets mail up later tells of nothing old."""

    async def on_fact(tx: Tx, event: Event) -> None:
        if sends:
            await _tell(tx, event)

    async def on_notified(tx: Tx, event: notifications.Notified) -> None:
        if sends and event.of_kind in OF_NOTIFICATIONS:
            await tell_later(tx, event.account_id, event.of_kind)

    facts: Sequence[type[Event]] = (
        accounts.PasswordChanged,
        accounts.EmailChanged,
        accounts.SecondFactorsChanged,
        accounts.SignedInAnew,
        accounts.MemberStateChanged,
        accounts.MemberSignedUp,
        accounts.MailConfirmed,
        accounts.AccountAttested,
        accounts.AttestationDoubted,
        accounts.DomainHandleLost,
        moderation.MemberWarned,
        moderation.ReportFiled,
        moderation.AppealDecided,
        moderation.StaffRequested,
        moderation.StaffAlarmed,
        moderation.DecisionHalted,
    )
    hears: Mapping[type[Event], Sequence[Reaction]] = {
        **dict.fromkeys(facts, (on_fact,)),
        notifications.Notified: (on_notified,),
    }
    return hears


async def tell_later(tx: Tx, account_id: int, kind: str) -> None:
    """A mail for what happened, after some minutes, unless the member is about or does not want it."""
    member_id = await store.member_of(tx, account_id)
    if member_id is None:
        return
    wishes, _ = await store.wishes(tx, member_id)
    if kind not in wishes.wanted:
        return
    if not wishes.always and await store.about(tx, member_id, since=tx.now - ABOUT_MS, today=tx.now // DAY * DAY):
        return
    at = max(tx.now + GATHERED_FOR_MS, await store.told_at(tx, member_id) + APART_MS)
    if await store.plan(tx, member_id, at):
        await tx.enqueue(SendNotices(mail_id=tx.new_id(), member_id=member_id), run_at=at)


async def _tell(tx: Tx, event: Event) -> None:
    match event:
        case accounts.PasswordChanged(member_id=member_id, by_mail=by_mail):
            await _letter(tx, member_id, "password by_mail" if by_mail else "password")
        case accounts.EmailChanged(member_id=member_id):
            await _letter(tx, member_id, "email")
        case accounts.SecondFactorsChanged(member_id=member_id, what=what):
            await _letter(tx, member_id, f"factors {what}")
        case accounts.SignedInAnew(member_id=member_id, session_id=session_id):
            await _letter(tx, member_id, "signed_in", session_id)
        case accounts.MemberStateChanged(member_id=member_id, state=state, was="pending") if state != "pending":
            await _letter(tx, member_id, "approved" if state == "active" else "rejected")
        case (
            accounts.MemberSignedUp(member_id=member_id, state="pending")
            | accounts.MailConfirmed(member_id=member_id, state="pending")
        ):
            await _tell_staff(tx, "pending", member_id)
        case accounts.AccountAttested(verifier_id=verifier_id, account_id=account_id):
            await _letter_to(tx, account_id, "attested", verifier_id)
        case accounts.AttestationDoubted(verifier_id=verifier_id, account_id=account_id):
            await _letter_to(tx, verifier_id, "doubted", account_id)
        case accounts.DomainHandleLost(account_id=account_id):
            await _letter_to(tx, account_id, "domain_lost", account_id)
        case moderation.ReportFiled(report_id=report_id):
            await _tell_staff(tx, "report", report_id)
        case moderation.MemberWarned(account_id=account_id, decision_id=decision_id):
            await _letter_to(tx, account_id, "warned", decision_id)
        case moderation.AppealDecided(account_id=account_id, appeal_id=appeal_id):
            await _letter_to(tx, account_id, "appeal", appeal_id)
        case moderation.StaffRequested(request_id=request_id):
            await _tell_all_staff(tx, "request", request_id)
        case moderation.StaffAlarmed(request_id=request_id):
            await _tell_all_staff(tx, "alarm", request_id)
        case moderation.DecisionHalted(decision_id=decision_id):
            await _tell_all_staff(tx, "halted", decision_id)
        case _:
            pass


async def _letter_to(tx: Tx, account_id: int, what: str, about: int) -> None:
    held = await accounts.member_of(tx, account_id)
    if held is not None:
        await _letter(tx, held.id, what, about)


async def _tell_all_staff(tx: Tx, what: str, about: int) -> None:
    for member_id in await store.staff(tx):
        await _letter(tx, member_id, what, about)


async def _letter(tx: Tx, member_id: int, what: str, about: int = 0) -> None:
    await tx.enqueue(SendLetter(mail_id=tx.new_id(), member_id=member_id, what=what, about=about))


async def _tell_staff(tx: Tx, what: str, about: int) -> None:
    if what == "pending":
        waiting = await accounts.find_member(tx, about)
        if waiting is None or waiting.unconfirmed or waiting.state is not accounts.State.PENDING:
            return
    for member_id in await store.staff(tx):
        wishes, _ = await store.wishes(tx, member_id)
        if what in wishes.wanted:
            await _letter(tx, member_id, what, about)
