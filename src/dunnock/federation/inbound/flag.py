"""Flag: another server complains about accounts of this one, or writes about a complaint; Resolve: it is done with one of ours.

Source: federation.md, section 3; `moderation.talk`.
"""

from __future__ import annotations

from dunnock import accounts, moderation, posts
from dunnock.accounts.server_rules import rule_over
from dunnock.federation.inbound.incoming import Incoming
from dunnock.federation.parse import ids_of, text_of
from dunnock.federation.places import host_of
from dunnock.foundation.db import Tx
from dunnock.foundation.errors import DomainError
from dunnock.moderation.model import LONGEST_COMMENT, MOST_POSTS
from dunnock.moderation.talk import LONGEST_MESSAGE

MOST_REPORTED = 10
_DIGITS = 20


async def flag(tx: Tx, incoming: Incoming) -> None:
    """A report for each account that is meant, with those posts of theirs that are named."""
    if await _unwanted(tx, incoming):
        return
    answered = ids_of(incoming.activity.get("inReplyTo"))[:1]
    if answered and await _take(tx, incoming, answered[0], closes=False):
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
                report = await moderation.file_report(tx, complaint, by=incoming.sender.account_id)
            except DomainError:
                continue
            if host_of(incoming.id) == incoming.sender.host:
                await moderation.name_flag(tx, report.id, incoming.id)


async def resolve(tx: Tx, incoming: Incoming) -> None:
    """Another server is done with a complaint that this one sent there."""
    if not await _unwanted(tx, incoming):
        await _take(tx, incoming, incoming.object_id, closes=True)


async def _take(tx: Tx, incoming: Incoming, flag_uri: str, *, closes: bool) -> bool:
    """Whether it is about a report that the sender's server and this one share."""
    places, host = incoming.house.places, incoming.sender.host
    own = flag_uri.removeprefix(f"{places.instance_actor}#flags/")
    if own != flag_uri:
        report_id = int(own) if own.isascii() and own.isdigit() and len(own) < _DIGITS else None
    else:
        report_id = await moderation.report_of_flag(tx, flag_uri) if host_of(flag_uri) == host else None
    if report_id is None or host_of(incoming.id) != host:
        return False
    words = text_of(incoming.activity, "content", most=LONGEST_MESSAGE)
    return await moderation.take_message(tx, report_id, words, server=host, uri=incoming.id, closes=closes)


async def _unwanted(tx: Tx, incoming: Incoming) -> bool:
    """Do staff want no reports from that server?"""
    rule = await rule_over(tx, incoming.sender.host.partition(":")[0])
    return rule is not None and rule.reject_reports
