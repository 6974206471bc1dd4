"""Staff and what needs care: second persons, objections, emergencies, ways in, labels. Ours: /api/v1/dunnock/admin/…"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts, moderation, posts
from dunnock.accounts import Power
from dunnock.api.kit import Called, Caller, Form, Id, Paging, Query, require, told_id
from dunnock.api.mastodon.admin_cases import Asked, asked
from dunnock.api.mastodon.pages import cursor_of, me
from dunnock.foundation.clock import iso, now_ms
from dunnock.foundation.db import Db, Reader
from dunnock.foundation.errors import Invalid
from dunnock.foundation.ids import ms_of

HERE: Final = "/api/v1/dunnock/admin"
REQUESTS, APPEALS = f"{HERE}/requests", f"{HERE}/appeals"
POSTING, TEXTS = f"{HERE}/posting_stops", f"{HERE}/text_stops"
ACCOUNT: Final = f"{HERE}/accounts/{{account_id:int}}"
_WRITES_ACCOUNTS: Final = "admin:write:accounts"


class ProofForm(msgspec.Struct):
    """`digest`: of what was read; `password`, and `code` where there is a second step: who agrees shows who they are."""

    digest: str = ""
    password: str = ""
    code: str = ""


class AnswerForm(msgspec.Struct):
    """Words to the member who objected."""

    answer: str = ""


class StopForm(msgspec.Struct):
    """`who`: everybody (but staff), newcomers or protected; 1 to 24 `hours`."""

    who: str = ""
    hours: int = 0
    why: str = ""


class TextStopForm(StopForm):
    """`text`: at least 6 letters and digits. `who`: everybody, staff too, newcomers or protected."""

    text: str = ""


class RoleForm(msgspec.Struct):
    """`role`: member, moderator, admin or owner."""

    role: str = ""


class AgeForm(msgspec.Struct):
    """`age`: under_13, 13_15, 16_17, adult or unknown."""

    age: str = ""


class LabelForm(msgspec.Struct):
    """`kind`: official, coordinated, impersonation, automated or context; `text` for all to read."""

    kind: str = ""
    text: str = ""


class StaffRequest(msgspec.Struct, kw_only=True):
    """What waits for a second person; ours. `body`: exactly what will be done; `verdict`: "", approved or refused."""

    id: str
    kind: str
    body: dict[str, Any]
    digest: str
    why: str
    account_id: str | None
    created_at: str
    expires_at: str
    verdict: str
    decided_at: str | None
    decided_by_id: str | None


class AdminAppeal(msgspec.Struct, kw_only=True):
    """A member's objection to a decision; ours."""

    id: str
    decision_id: str
    account_id: str
    text: str
    created_at: str


class PostingStop(msgspec.Struct, kw_only=True):
    """For whom posting is stopped; ours."""

    id: str
    who: str
    why: str
    account_id: str
    until: str


class TextStop(msgspec.Struct, kw_only=True):
    """A text that can't be posted; ours. `account_id` null: the server itself stopped it."""

    id: str
    text: str
    who: str
    why: str
    account_id: str | None
    until: str


def _request(one: moderation.Request) -> StaffRequest:
    return StaffRequest(
        id=str(one.id), kind=one.kind, body=one.said, digest=one.digest, why=one.why,
        account_id=told_id(one.by_account_id), created_at=iso(ms_of(one.id)),
        expires_at=iso(one.expires_at), verdict=one.verdict,
        decided_at=None if one.decided_at is None else iso(one.decided_at),
        decided_by_id=told_id(one.decided_by),
    )  # fmt: skip


@get(REQUESTS, guards=[require("admin:read")])
async def list_requests(caller: Called, db: NamedDependency[Db]) -> list[StaffRequest]:
    """What waits for a second person, newest first."""
    return [_request(one) for one in await moderation.open_requests(db, by=me(caller))]


@get(f"{REQUESTS}/{{request_id:int}}", guards=[require("admin:read")])
async def show_request(request_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> StaffRequest:
    """One request, decided or not."""
    return _request(await moderation.show_request(db, request_id, by=me(caller)))


@post(f"{REQUESTS}/{{request_id:int}}/approve", guards=[require("admin:write")], status_code=200)
async def approve_request(
    request_id: FromPath[int], form: Form[ProofForm], caller: Called, db: NamedDependency[Db]
) -> StaffRequest:
    """Agree to exactly what was read, and have it done. A token alone does not do: the password, and the second step."""
    by = me(caller)
    await moderation.show_request(db, request_id, by=by)
    await _prove(db, caller, form)
    async with db.begin() as tx:
        await moderation.approve_request(tx, request_id, form.digest, by=by, signed_in_at=now_ms())
        return _request(await moderation.show_request(tx, request_id, by=by))


@post(f"{REQUESTS}/{{request_id:int}}/refuse", guards=[require("admin:write")], status_code=200)
async def refuse_request(request_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> StaffRequest:
    """Say no, or take one's own request back."""
    async with db.begin() as tx:
        await moderation.refuse_request(tx, request_id, by=me(caller))
        return _request(await moderation.show_request(tx, request_id, by=me(caller)))


async def _prove(db: Db, caller: Caller, form: ProofForm) -> None:
    """Show that it is the member, and not whoever has their token. Raises: SignUpRefused, TooManyTries, Invalid."""
    if caller.member_id is None:
        raise Invalid(caller.token_id)
    await accounts.prove_password(db, caller.member_id, form.password)
    async with db.begin() as tx:
        if not (await accounts.factors_of(tx, caller.member_id)).any:
            return
        if await accounts.use_code(tx, caller.member_id, form.code):
            return
    raise Invalid(caller.token_id, say="Validation failed: The code of the second step is needed, and this is not it")


@get(APPEALS, guards=[require("admin:read:accounts")])
async def list_appeals(params: Query[Paging], caller: Called, db: NamedDependency[Db]) -> list[AdminAppeal]:
    """Objections that nobody decided yet, the oldest first."""
    found = await moderation.waiting_appeals(db, cursor_of(params), by=me(caller))
    return [
        AdminAppeal(
            id=str(one.id), decision_id=str(one.decision_id), account_id=str(one.account_id), text=one.text,
            created_at=iso(ms_of(one.id)),
        )
        for one in found
    ]  # fmt: skip


@post(f"{APPEALS}/{{appeal_id:int}}/approve", guards=[require(_WRITES_ACCOUNTS)], status_code=200)
async def grant_appeal(
    appeal_id: FromPath[int], form: Form[AnswerForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Give back what the decision took."""
    async with db.begin() as tx:
        await moderation.decide_appeal(tx, appeal_id, granted=True, answer=form.answer, by=me(caller))
    return {}


@post(f"{APPEALS}/{{appeal_id:int}}/reject", guards=[require(_WRITES_ACCOUNTS)], status_code=200)
async def reject_appeal(
    appeal_id: FromPath[int], form: Form[AnswerForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Let the decision stand."""
    async with db.begin() as tx:
        await moderation.decide_appeal(tx, appeal_id, granted=False, answer=form.answer, by=me(caller))
    return {}


@get(POSTING, guards=[require("admin:read")])
async def list_posting_stops(caller: Called, db: NamedDependency[Db]) -> list[PostingStop]:
    """For whom posting is stopped now."""
    await accounts.permit(db, me(caller), Power.MANAGE_BLOCKS)
    return await _posting(db)


@post(POSTING, guards=[require("admin:write")], status_code=200)
async def stop_posting(form: Form[StopForm], caller: Called, db: NamedDependency[Db]) -> list[PostingStop]:
    """Let nobody of a class of accounts post for a while."""
    async with db.begin() as tx:
        await moderation.stop_posting(tx, form.who, hours=form.hours, why=form.why, by=me(caller))
    return await _posting(db)


@delete(f"{POSTING}/{{stop_id:int}}", guards=[require("admin:write")], status_code=200)
async def end_posting_stop(stop_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Let them post again."""
    async with db.begin() as tx:
        await moderation.let_post_again(tx, stop_id, by=me(caller))
    return {}


@get(TEXTS, guards=[require("admin:read")])
async def list_text_stops(caller: Called, db: NamedDependency[Db]) -> list[TextStop]:
    """Texts that can't be posted now."""
    await accounts.permit(db, me(caller), Power.MANAGE_BLOCKS)
    return await _texts(db)


@post(TEXTS, guards=[require("admin:write")], status_code=200)
async def stop_text(form: Form[TextStopForm], caller: Called, db: NamedDependency[Db]) -> list[TextStop]:
    """Let nobody post what contains a text, for a while."""
    async with db.begin() as tx:
        await moderation.stop_text(tx, form.text, who=form.who, hours=form.hours, why=form.why, by=me(caller))
    return await _texts(db)


@delete(f"{TEXTS}/{{stop_id:int}}", guards=[require("admin:write")], status_code=200)
async def end_text_stop(stop_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Let the text be posted again."""
    async with db.begin() as tx:
        await moderation.let_text_again(tx, stop_id, by=me(caller))
    return {}


@post(f"{ACCOUNT}/role", guards=[require(_WRITES_ACCOUNTS)], status_code=200)
async def change_role(
    account_id: FromPath[int], form: Form[RoleForm], caller: Called, db: NamedDependency[Db]
) -> Asked:
    """Give a member another role; those above moderator are given and taken by two."""
    async with db.begin() as tx:
        return asked(await moderation.change_role(tx, account_id, form.role, by=me(caller)))


@post(f"{ACCOUNT}/age", guards=[require(_WRITES_ACCOUNTS)], status_code=200)
async def set_age(account_id: FromPath[int], form: Form[AgeForm], caller: Called, db: NamedDependency[Db]) -> Asked:
    """Say how old a member is, in bands."""
    async with db.begin() as tx:
        return asked(await moderation.set_age(tx, account_id, form.age, by=me(caller)))


@post(f"{ACCOUNT}/reset_factors", guards=[require(_WRITES_ACCOUNTS)], status_code=200)
async def reset_factors(account_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> Asked:
    """Take a member's second step away."""
    async with db.begin() as tx:
        return asked(await moderation.reset_factors(tx, account_id, by=me(caller)))


@post(f"{ACCOUNT}/sign_out", guards=[require(_WRITES_ACCOUNTS)], status_code=200)
async def sign_out(account_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> Asked:
    """End all sessions and tokens of a member."""
    async with db.begin() as tx:
        return asked(await moderation.sign_out_everywhere(tx, account_id, by=me(caller)))


@post(f"{ACCOUNT}/protect", guards=[require(_WRITES_ACCOUNTS)], status_code=200)
async def protect(account_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> Asked:
    """Let what staff do to an account need two of them."""
    async with db.begin() as tx:
        return asked(await moderation.protect(tx, account_id, protected=True, by=me(caller)))


@post(f"{ACCOUNT}/unprotect", guards=[require(_WRITES_ACCOUNTS)], status_code=200)
async def unprotect(account_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> Asked:
    """Protect an account no longer; only two can say so."""
    async with db.begin() as tx:
        return asked(await moderation.protect(tx, account_id, protected=False, by=me(caller)))


@post(f"{ACCOUNT}/labels", guards=[require(_WRITES_ACCOUNTS)], status_code=200)
async def put_label(account_id: FromPath[int], form: Form[LabelForm], caller: Called, db: NamedDependency[Db]) -> Asked:
    """Say of an account, for all to see, what it is."""
    async with db.begin() as tx:
        return asked(await moderation.put_label(tx, account_id, form.kind, form.text, by=me(caller)))


@delete(f"{ACCOUNT}/labels", guards=[require(_WRITES_ACCOUNTS)], status_code=200)
async def drop_label(
    account_id: FromPath[int], form: Form[LabelForm], caller: Called, db: NamedDependency[Db]
) -> Asked:
    """Take a label of a kind away."""
    async with db.begin() as tx:
        return asked(await moderation.drop_label(tx, account_id, form.kind, by=me(caller)))


class DeleteForm(msgspec.Struct):
    """Words to the author of the posts; `stop_media`: and stop what looks like their pictures."""

    text: str = ""
    send_email_notification: bool = True
    stop_media: bool = False


class AssignForm(msgspec.Struct):
    """Who sees to a report."""

    account_id: Id | None = None


class QueueParams(Paging, kw_only=True, frozen=True):
    """Open reports: at least so bad, those I see to, those that nobody sees to; `joined`: about one account only the newest."""

    severity: int = 0
    mine: bool = False
    free: bool = False
    joined: bool = True


class SeverityForm(msgspec.Struct):
    """0 (low) to 3 (critical)."""

    severity: int = 1


class QueuedReport(msgspec.Struct, kw_only=True):
    """An open report as it stands in the queue; ours. `reports`, `people`: how many wait about the account, and as how many
    independent people those who complain count.
    """

    id: str
    account_id: str | None
    target_account_id: str
    category: str
    severity: int
    assigned_account_id: str | None
    created_at: str
    reports: int
    people: float


@get(f"{HERE}/reports", guards=[require("admin:read:reports")])
async def list_queue(params: Query[QueueParams], caller: Called, db: NamedDependency[Db]) -> list[QueuedReport]:
    """What waits for staff, newest first; the cursor is the report's id."""
    by = me(caller)
    wanted = moderation.WantedReports(
        severity=params.severity, assigned_to=by if params.mine else None, unassigned=params.free, joined=params.joined
    )
    found = await moderation.list_reports(db, wanted, cursor_of(params), by=by)
    about = await moderation.waiting_about(db, [one.target_id for one in found], by=by)
    return [
        QueuedReport(
            id=str(one.id), account_id=told_id(one.account_id),
            target_account_id=str(one.target_id), category=one.category, severity=one.severity,
            assigned_account_id=told_id(one.assigned_to),
            created_at=iso(ms_of(one.id)), reports=about[one.target_id].reports,
            people=round(about[one.target_id].people, 3),
        )
        for one in found
    ]  # fmt: skip


@patch(f"{HERE}/reports/{{report_id:int}}", guards=[require("admin:write:reports")])
async def change_severity(
    report_id: FromPath[int], form: Form[SeverityForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Say how bad a report is."""
    async with db.begin() as tx:
        await moderation.change_report(tx, report_id, by=me(caller), severity=form.severity)
    return {}


@post(f"{HERE}/reports/{{report_id:int}}/delete_statuses", guards=[require("admin:write:reports")], status_code=200)
async def delete_reported_posts(
    report_id: FromPath[int], form: Form[DeleteForm], caller: Called, db: NamedDependency[Db]
) -> Asked:
    """Delete the posts that a report names, and close it."""
    async with db.begin() as tx:
        return asked(
            await moderation.delete_reported_posts(
                tx,
                report_id,
                by=me(caller),
                text=form.text,
                mail=form.send_email_notification,
                stop_media=form.stop_media,
            )
        )


@post(f"{HERE}/cases/{{case_id:int}}/delete_statuses", guards=[require("admin:write:reports")], status_code=200)
async def delete_case_posts(
    case_id: FromPath[int], form: Form[DeleteForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, int]:
    """Delete the posts that a case is about, at most 200 at once, and tell their authors; how many."""
    async with db.begin() as tx:
        done = await moderation.delete_case_posts(
            tx, case_id, by=me(caller), text=form.text, mail=form.send_email_notification, stop_media=form.stop_media
        )
    return {"done": done}


@post(f"{HERE}/reports/{{report_id:int}}/assign", guards=[require("admin:write:reports")], status_code=200)
async def assign_report(
    report_id: FromPath[int], form: Form[AssignForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Have somebody of the staff see to a report."""
    await accounts.permit(db, me(caller), Power.MANAGE_REPORTS)
    if form.account_id is None:
        raise Invalid(report_id, say="Validation failed: Name somebody of the staff")
    async with db.begin() as tx:
        await moderation.assign_report(tx, report_id, by=me(caller), to=form.account_id)
    return {}


async def _posting(reader: Reader) -> list[PostingStop]:
    return [
        PostingStop(
            id=str(one.id), who=one.who, why=one.why, account_id=str(one.by_account_id), until=iso(one.until)
        )
        for one in await accounts.posting_stops(reader)
    ]  # fmt: skip


async def _texts(reader: Reader) -> list[TextStop]:
    return [
        TextStop(
            id=str(one.id), text=one.fragment, who=one.who, why=one.why, until=iso(one.until),
            account_id=told_id(one.by_account_id),
        )
        for one in await posts.text_stops(reader)
    ]  # fmt: skip


HANDLERS: list[Any] = [
    list_requests,
    show_request,
    approve_request,
    refuse_request,
    list_appeals,
    grant_appeal,
    reject_appeal,
    list_posting_stops,
    stop_posting,
    end_posting_stop,
    list_text_stops,
    stop_text,
    end_text_stop,
    change_role,
    set_age,
    reset_factors,
    sign_out,
    protect,
    unprotect,
    put_label,
    drop_label,
    list_queue,
    change_severity,
    delete_reported_posts,
    delete_case_posts,
    assign_report,
]
