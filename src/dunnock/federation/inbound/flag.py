"""Flag: another server complains about accounts of this one. Source: federation.md, section 3."""

from __future__ import annotations

from dunnock import accounts, moderation, posts
from dunnock.accounts.server_rules import rule_over
from dunnock.federation.inbound.incoming import Incoming
from dunnock.federation.parse import ids_of, text_of
from dunnock.foundation.db import Tx
from dunnock.foundation.errors import DomainError
from dunnock.moderation.model import LONGEST_COMMENT, MOST_POSTS

MOST_REPORTED = 10


async def flag(tx: Tx, incoming: Incoming) -> None:
    """A report for each account that is meant, with those posts of theirs that are named."""
    if await _unwanted(tx, incoming):
        return
    people: dict[int, list[int]] = {}
    for uri in ids_of(incoming.object)[: MOST_REPORTED + MOST_POSTS]:
        local = incoming.house.places.local(uri)
        if local is None:
            continue
        account = await accounts.find_by_handle(tx, local.name)
        if account is None or not account.shown:
            continue
        named = people.setdefault(account.id, [])
        if local.post_id is not None:
            post = await posts.find_living(tx, local.post_id)
            if post is not None and post.author_id == account.id and post.visibility != "direct":
                named.append(post.id)
    comment = text_of(incoming.activity, "content", most=LONGEST_COMMENT)
    for account_id, post_ids in list(people.items())[:MOST_REPORTED]:
        async with tx.savepoint():
            seen = await posts.visible_of(tx, account_id, post_ids, viewer_id=incoming.sender.account_id)
            complaint = moderation.Complaint(
                target_id=account_id, comment=comment, post_ids=tuple(sorted(seen)[:MOST_POSTS])
            )
            try:
                await moderation.file_report(tx, complaint, by=incoming.sender.account_id)
            except DomainError:
                continue


async def _unwanted(tx: Tx, incoming: Incoming) -> bool:
    """Do staff want no reports from that server?"""
    rule = await rule_over(tx, incoming.sender.host.partition(":")[0])
    return rule is not None and rule.reject_reports
