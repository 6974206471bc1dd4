"""Delete the posts that a report names or a case is about, and tell their authors. Mastodon: "Delete posts", delete_statuses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from dunnock import posts
from dunnock.accounts import Power, Sheet, Staff
from dunnock.foundation.db import Tx
from dunnock.moderation import handle, log, media_stops, second
from dunnock.moderation.cases import find_case, subjects_of
from dunnock.moderation.errors import DecisionInvalid
from dunnock.moderation.events import DecisionTaken, MemberWarned
from dunnock.moderation.model import LONGEST_TEXT, Report
from dunnock.moderation.report import find_report
from dunnock.moderation.store import decisions as store
from dunnock.moderation.subject import subject_of

_NEEDS: Final = Power.MANAGE_REPORTS | Power.MANAGE_MEMBERS


async def delete_reported_posts(
    tx: Tx, report_id: int, *, by: int, text: str = "", mail: bool = True, stop_media: bool = False
) -> int | None:
    """Delete them with their pictures, for good, and close the report. `stop_media`: and stop what looks like these pictures.

    Those of a protected account only by two: the request that somebody else must agree to; None: it is done.

    Raises:
        NotPermitted: the role of `by` does not allow it, in general or towards the account.
        ReportMissing, AccountMissing: as they say.
        DecisionInvalid: none of the posts is there any more, or too long a text.
    """
    staff = await log.acting(tx, by, _NEEDS)
    report = await find_report(tx, report_id)
    sheet = await subject_of(tx, report.target_id, staff)
    _check_text(text)
    if sheet.protected and await second.has_second(tx, staff, _NEEDS):
        body = {
            "report": report_id, "account": sheet.id, "posts": [str(one) for one in sorted(report.post_ids)],
            "text": text.strip(), "mail": mail, "stop_media": stop_media,
        }  # fmt: skip
        return await second.needs_second(
            tx, "delete_posts", body, staff, why=text or sheet.handle, about_protected=True
        )
    await _delete(tx, report, sheet, staff, text=text, mail=mail, stop_media=stop_media)
    return None


@second.done_by("delete_posts", _NEEDS)
async def _agreed(tx: Tx, body: Mapping[str, Any], asker: Staff, _: Staff) -> None:
    report = await find_report(tx, int(body["report"]))
    if [str(one) for one in sorted(report.post_ids)] != body["posts"]:
        raise DecisionInvalid(report.id, say="The report names other posts meanwhile")
    sheet = await subject_of(tx, report.target_id, asker)
    await _delete(
        tx, report, sheet, asker, text=body["text"], mail=body["mail"], stop_media=body.get("stop_media", False)
    )


async def delete_case_posts(
    tx: Tx, case_id: int, *, by: int, text: str = "", mail: bool = True, stop_media: bool = False
) -> int:
    """Delete the posts that a case is about with their pictures, for good; how many. At most 200: a second time the next.

    Each author is told, and may object. `stop_media`: and stop what looks like these pictures.

    Raises:
        NotPermitted: the role of `by` does not allow it, in general or towards one of the authors.
        CaseMissing, AccountMissing: as they say.
        DecisionInvalid: none of the posts is there any more, too long a text, a protected author, whose posts only two
            delete (from a report), or more authors than one person judges alone.
    """
    staff = await log.acting(tx, by, _NEEDS)
    await find_case(tx, case_id)
    _check_text(text)
    of: dict[int, list[int]] = {}
    for one in await subjects_of(tx, case_id, "post", by=by):
        post = await posts.find_living(tx, one.subject_id)
        if post is not None:
            of.setdefault(post.author_id, []).append(post.id)
    if not of:
        raise DecisionInvalid(case_id, say="There is no post left to delete")
    sheets = [await subject_of(tx, author_id, staff) for author_id in sorted(of)]
    if await second.has_second(tx, staff, _NEEDS):
        if any(sheet.protected for sheet in sheets):
            raise DecisionInvalid(case_id, say="One of the authors is protected: two delete its posts, from a report")
        if len(sheets) > second.MOST_ALONE or await second.too_much_alone(tx, staff, len(sheets)):
            raise DecisionInvalid(
                case_id, say="These are more authors than one person judges alone: decide in the case"
            )
    if stop_media:
        await _stop(tx, [one for some in of.values() for one in some], text, f"case {case_id}", by=by)
    for sheet in sheets:
        await _delete_of(tx, sheet, staff, of[sheet.id], text=text, mail=mail, report_id=None, case_id=case_id)
    return sum(map(len, of.values()))


def _check_text(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise DecisionInvalid(
            len(text), say=f"Validation failed: Text is too long (maximum is {LONGEST_TEXT} characters)"
        )


async def _stop(tx: Tx, post_ids: Collection[int], text: str, source: str, *, by: int) -> None:
    """Stop what these posts show, before their pictures are gone."""
    how = media_stops.Stopping(why=text.strip()[: media_stops.LONGEST_WHY] or source)
    await media_stops.stop_media_of_posts(tx, post_ids, how, by=by, source=source)


async def _delete(
    tx: Tx, report: Report, sheet: Sheet, staff: Staff, *, text: str, mail: bool, stop_media: bool
) -> None:
    if stop_media:
        await _stop(tx, report.post_ids, text, f"report {report.id}", by=staff.account_id)
    gone = await _delete_of(
        tx, sheet, staff, report.post_ids, text=text, mail=mail, report_id=report.id, case_id=report.case_id
    )
    if not gone:
        raise DecisionInvalid(report.id, say="There is no post left to delete")
    await handle.resolve(tx, report.id, staff)


async def _delete_of(
    tx: Tx,
    sheet: Sheet,
    staff: Staff,
    post_ids: Collection[int],
    *,
    text: str,
    mail: bool,
    report_id: int | None,
    case_id: int | None,
) -> bool:
    """Delete posts of one author, and tell them; False: none is there any more."""
    gone = []
    for post_id in sorted(post_ids):
        try:
            await posts.delete(tx, post_id, by=sheet.id, with_media=True)
        except posts.PostMissing:
            continue  # its author was faster
        gone.append(post_id)
    if not gone:
        return False
    decision_id = tx.new_id()
    await tx.run(
        store.ADD,
        id=decision_id,
        action="delete_posts",
        by_account_id=staff.account_id,
        text=text.strip(),
        report_id=report_id,
        mail=mail,
        also="[]",
        state="applied",
        case_id=case_id,
        parts="{}",
        subjects=1,
        expires_at=None,
        ground="terms",
        category="other",
        facts="",
    )
    subjects = [("account", sheet.id), *(("post", post_id) for post_id in gone)]
    await tx.many(
        store.ADD_SUBJECT,
        [
            {"decision_id": decision_id, "kind": kind, "subject_id": an_id, "was": "", "applied_at": tx.now}
            for kind, an_id in subjects
        ],
    )
    await log.note(
        tx, staff, "account.delete_posts", sheet.id, called=sheet.handle, decision=str(decision_id), posts=len(gone)
    )
    if sheet.member_id is not None:
        await tx.record(MemberWarned(account_id=sheet.id, decision_id=decision_id))
    await tx.record(DecisionTaken(decision_id=decision_id))
    return True
