"""Delete the posts that a report names, and tell their author. Mastodon: the report's "Delete posts", delete_statuses."""

from __future__ import annotations

from dunnock import accounts, posts
from dunnock.accounts import Power
from dunnock.foundation.db import Tx
from dunnock.moderation import handle, log
from dunnock.moderation.decide import subject_of
from dunnock.moderation.errors import DecisionInvalid
from dunnock.moderation.events import DecisionTaken, MemberWarned
from dunnock.moderation.model import LONGEST_TEXT
from dunnock.moderation.report import find_report
from dunnock.moderation.store import decisions as store


async def delete_reported_posts(tx: Tx, report_id: int, *, by: int, text: str = "", mail: bool = True) -> int:
    """Delete them with their pictures, for good, and close the report; the decision's id.

    Raises:
        NotPermitted: the role of `by` does not allow it, in general or towards the account.
        ReportMissing, AccountMissing: as they say.
        DecisionInvalid: none of the posts is there any more, or too long a text.
    """
    staff = await accounts.permit(tx, by, Power.MANAGE_REPORTS | Power.MANAGE_MEMBERS)
    report = await find_report(tx, report_id)
    sheet = await subject_of(tx, report.target_id, staff)
    if len(text) > LONGEST_TEXT:
        raise DecisionInvalid(
            len(text), say=f"Validation failed: Text is too long (maximum is {LONGEST_TEXT} characters)"
        )
    gone = []
    for post_id in sorted(report.post_ids):
        try:
            await posts.delete(tx, post_id, by=report.target_id, with_media=True)
        except posts.PostMissing:
            continue  # its author was faster
        gone.append(post_id)
    if not gone:
        raise DecisionInvalid(report_id, say="There is no post left to delete")
    decision_id = tx.new_id()
    await tx.run(
        store.ADD,
        id=decision_id,
        action="delete_posts",
        by_account_id=staff.account_id,
        text=text.strip(),
        report_id=report_id,
        mail=mail,
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
    await handle.resolve(tx, report_id, staff)
    return decision_id
