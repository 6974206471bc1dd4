"""Complain about an account. Mastodon: POST /api/v1/reports; ActivityPub: Flag."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from dunnock import accounts, posts, server
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.errors import Missing
from dunnock.foundation.ids import id_at, ms_of
from dunnock.moderation.errors import ReportInvalid, ReportMissing
from dunnock.moderation.events import ReportFiled
from dunnock.moderation.model import CATEGORIES, LONGEST_COMMENT, MOST_COLLECTIONS, MOST_POSTS, Category, Report
from dunnock.moderation.store import cases as case_store
from dunnock.moderation.store import reports as store

JOINED_WITHIN_MS = DAY
_SEVERITIES = {"legal": 2}
"""How bad it is until somebody of the staff looked, by category; all else: 1."""


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody filled in. `category`: with rules `violation`; "": `other`. `forward`: tell the target's server."""

    target_id: int
    category: str = ""
    comment: str = ""
    post_ids: tuple[int, ...] = ()
    collection_ids: tuple[int, ...] = ()
    rule_ids: tuple[int, ...] = ()
    forward: bool = False


async def file_report(tx: Tx, complaint: Complaint, *, by: int) -> Report:
    """File a report; the same complaint made again within a day joins the one that still waits.

    Raises:
        AccountMissing: there is no such account, or nobody may see it.
        Missing: one of the posts or collections is not the account's, or `by` may not see it (SC-049, SC-056).
        ReportInvalid: too long, too many posts, no such category or rule, or about oneself.
    """
    target = await accounts.find_shown(tx, complaint.target_id)
    comment = complaint.comment.strip()
    category = _category(complaint)
    if target.id == by:
        raise ReportInvalid(by, say="Validation failed: You can't report yourself")
    if len(comment) > LONGEST_COMMENT:
        raise ReportInvalid(
            len(comment), say=f"Validation failed: Comment is too long (maximum is {LONGEST_COMMENT} characters)"
        )
    if category == "violation" and not complaint.rule_ids:
        raise _no_rules()
    await check_rules(tx, category, complaint.rule_ids)
    post_ids = tuple(sorted(set(complaint.post_ids)))
    if len(post_ids) > MOST_POSTS:
        raise ReportInvalid(len(post_ids), say=f"Validation failed: at most {MOST_POSTS} posts fit in one report")
    if len(await posts.visible_of(tx, target.id, post_ids, viewer_id=by)) != len(post_ids):
        raise Missing(target.id)
    collection_ids = tuple(sorted(set(complaint.collection_ids)))
    if len(collection_ids) > MOST_COLLECTIONS:
        raise ReportInvalid(
            len(collection_ids), say=f"Validation failed: at most {MOST_COLLECTIONS} collections fit in one report"
        )
    if collection_ids:
        held = await tx.all(store.COLLECTIONS_OF, target=target.id, ids=list(collection_ids), by=by)
        if len(held) != len(collection_ids):
            raise Missing(target.id)
    report_id = tx.new_id()
    made = Report(
        id=report_id,
        account_id=by,
        target_id=target.id,
        category=category,
        comment=comment,
        post_ids=post_ids,
        collection_ids=collection_ids,
        rule_ids=tuple(sorted(set(complaint.rule_ids))),
        forwarded=complaint.forward and not target.local,
        assigned_to=None,
        resolved_at=None,
        resolved_by=None,
        updated_at=ms_of(report_id),
        severity=_SEVERITIES.get(category, 1),
    )
    return await _join(tx, made) or await _add(tx, made)


async def find_report(reader: Reader, report_id: int) -> Report:
    """A report. Raises: ReportMissing."""
    row = await reader.one(store.FIND, the=report_id)
    if row is None:
        raise ReportMissing(report_id)
    return store.report(row)


async def find_reports(reader: Reader, ids: Collection[int]) -> dict[int, Report]:
    """Those of the reports that there are, by their ids. One query."""
    rows = await reader.all(store.SOME, ids=list(ids)) if ids else ()
    return {row[0]: store.report(row) for row in rows}


async def check_rules(reader: Reader, category: Category, rule_ids: Collection[int]) -> None:
    """Rules are named in a report of a violation only, and such as are in force. Raises: ReportInvalid."""
    if rule_ids and category != "violation":
        raise ReportInvalid(category, say="Validation failed: Rule ids must be blank")
    if rule_ids and not set(rule_ids) <= {rule.id for rule in await server.rules(reader)}:
        raise _no_rules()


def _no_rules() -> ReportInvalid:
    return ReportInvalid(say="Validation failed: Rule ids does not reference valid rules")


def _category(complaint: Complaint) -> Category:
    if complaint.rule_ids:
        return "violation"  # whatever else was said, as Mastodon
    if not complaint.category:
        return "other"
    for known in CATEGORIES:
        if complaint.category == known:
            return known
    raise ReportInvalid(complaint.category[:80], say="Validation failed: Category is not included in the list")


async def _join(tx: Tx, new: Report) -> Report | None:
    """The open report that says the same, with the new posts and collections added; None when there is none."""
    rows = await tx.all(store.SAME, by=new.account_id, target=new.target_id, since=id_at(tx.now - JOINED_WITHIN_MS))
    for known in map(store.report, rows):
        if (known.category, known.comment, known.rule_ids) == (new.category, new.comment, new.rule_ids):
            together = tuple(sorted({*known.post_ids, *new.post_ids}))
            lists = tuple(sorted({*known.collection_ids, *new.collection_ids}))
            if len(together) > MOST_POSTS or len(lists) > MOST_COLLECTIONS:
                return None
            if (together, lists) != (known.post_ids, known.collection_ids):
                await tx.run(
                    store.ADD_PARTS,
                    the=known.id,
                    new_posts=store.stored(together),
                    new_collections=store.stored(lists),
                    now=tx.now,
                )
            return msgspec.structs.replace(known, post_ids=together, collection_ids=lists)
    return None


async def _add(tx: Tx, report: Report) -> Report:
    await tx.run(
        store.ADD,
        id=report.id,
        account_id=report.account_id,
        target_id=report.target_id,
        category=report.category,
        comment=report.comment,
        post_ids=store.stored(report.post_ids),
        collection_ids=store.stored(report.collection_ids),
        rule_ids=store.stored(report.rule_ids),
        forwarded=report.forwarded,
        updated_at=report.updated_at,
        severity=report.severity,
    )
    await _join_case(tx, report)
    await tx.record(ReportFiled(report_id=report.id))
    return report


async def _join_case(tx: Tx, report: Report) -> None:
    """A report about an account that an open case is about belongs to it."""
    held = await tx.value(case_store.OPEN_OF, the_kind="account", subject=report.target_id, the_name="")
    if held is not None:
        await tx.run(case_store.JOIN_REPORT, report=report.id, new_case=held)
        await tx.run(case_store.TOUCH, case=held, now=tx.now)
