"""Staff decide about what other servers say. What they accept goes the way of their own decisions, with the same rules.

Accounts and links become a case, in which staff decide as in any other; a server a rule, a destination, text or picture a
stop. Nothing is done to anybody's account by accepting.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from dunnock import moderation, posts
from dunnock.accounts.server_rules import SEVERITIES, ServerBlock, ServerBlocked
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Tx
from dunnock.foundation.errors import DomainError, Invalid, Kind
from dunnock.integrity import money
from dunnock.moderation import block_lists, log, media_stops, servers
from dunnock.moderation.case_model import LONGEST_HYPOTHESIS, LONGEST_WHY, MOST_TECHNIQUES
from dunnock.transparency.indicators import hashed
from dunnock.transparency.subscriptions import store
from dunnock.transparency.subscriptions.follow import find
from dunnock.transparency.subscriptions.model import NEEDS, Draft, Feed, draft_of
from dunnock.transparency.subscriptions.shown import matches_of

MOST_AT_ONCE = 500
_STOP_HOURS = 24


class FeedUnsound(DomainError):
    """What the feed says is not all read or checked, so nothing of it can be acted on now."""

    code, kind = "indicator_feed_unsound", Kind.CONFLICT
    safe = "This feed is not read to its end, or something is wrong with it: nothing of it can be acted on now"


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """How many drafts were acted on, how many could not be, and the case that was opened."""

    changed: int
    left: int
    case_id: int | None = None


async def accept(
    tx: Tx, feed_id: int, numbers: Collection[int], *, by: int, severity: str = "", words: str = ""
) -> Accepted:
    """Act on what a feed says: open one case about the accounts and links, make rules and stops of the rest.

    Left as they are: what is about nothing that is known here, servers that no list touches or that a rule covers, pictures that
    are stopped already, what is over.
    `severity`: of rules, in place of what the feed says; `words`: of the one text that is meant, which the feed only hashes.

    Raises:
        NotPermitted: the role of `by` does not allow it, here or in what is made.
        FeedMissing, FeedUnsound: as they say.
        Invalid: no drafts, too many, or the words are not those of the text.
    """
    await log.acting(tx, by, NEEDS)
    feed = await find(tx, feed_id)
    if not feed.sound:
        raise FeedUnsound(feed_id)
    if severity and severity not in SEVERITIES:
        raise Invalid(severity[:40], say="Choose how strict the rule is")
    some = await _some(tx, feed_id, numbers)
    matches = await matches_of(tx, feed_id, [one.number for one in some])
    case_id, done = await _case(tx, feed, some, matches, by=by)
    for one in some:
        made: tuple[str, int | None] | None = None
        match one.kind:
            case "server":
                made = await _rule(tx, feed, one, severity, by=by)
            case "destination":
                made = await _destination(tx, feed, one, matches.get(one.number, ()), by=by)
            case "media":
                made = await _media(tx, feed, one, by=by)
            case "text" if words or len(some) == 1:
                made = await _text(tx, feed, one, words, by=by)
            case _:
                continue
        if made is not None:
            done += await _decided(tx, feed, one, made, by=by)
    return Accepted(changed=done, left=len(some) - done, case_id=case_id)


async def dismiss(tx: Tx, feed_id: int, numbers: Collection[int], *, by: int) -> int:
    """Do not act on what a feed says; how many that changed. Raises: NotPermitted, FeedMissing, Invalid."""
    staff = await log.acting(tx, by, NEEDS)
    feed = await find(tx, feed_id)
    some = [one for one in await _some(tx, feed_id, numbers) if one.state == "waiting"]
    for one in some:
        await tx.run(
            store.DECIDE, the=feed_id, number=one.number, new_state="dismissed", new_made="", new_made_id=None, whom=by
        )
    if some:
        await log.note(
            tx, staff, "indicator_feed.dismiss", feed_id, called=feed.title, entries=[one.number for one in some]
        )
    return len(some)


async def _some(tx: Tx, feed_id: int, numbers: Collection[int]) -> list[Draft]:
    """Those of the drafts that can be decided about now."""
    wanted = sorted(set(numbers))
    if not 0 < len(wanted) <= MOST_AT_ONCE:
        raise Invalid(len(wanted), say=f"Choose 1 to {MOST_AT_ONCE}")
    return [
        one
        for one in map(draft_of, await tx.all(store.SOME, the=feed_id, numbers=wanted))
        if one.state in {"waiting", "dismissed"} and one.retracted_at is None and one.expires_at > tx.now
    ]


async def _case(
    tx: Tx, feed: Feed, some: Sequence[Draft], matches: dict[int, list[int]], *, by: int
) -> tuple[int | None, int]:
    """One case about all accounts that are known here, and the links."""
    meant = [one for one in some if one.kind == "link" or (one.kind == "account" and one.number in matches)]
    if not meant:
        return None, 0
    reasons = list(dict.fromkeys(f"#{one.number}: {one.reason}" for one in meant if one.reason))
    hypothesis = "\n".join([f"{feed.server} says so in its feed of indicators.", *reasons])[:LONGEST_HYPOTHESIS]
    case_id = await moderation.open_case(tx, f"{feed.title}: {len(meant)}"[:200], by=by, hypothesis=hypothesis)
    techniques = sorted({name for one in meant for name in one.techniques})[:MOST_TECHNIQUES]
    if techniques:
        await moderation.change_case(tx, case_id, moderation.CaseChange(techniques=techniques), by=by)
    subjects = [
        moderation.Subject(kind="account", subject_id=an_id, why=_why(feed, one, LONGEST_WHY))
        for one in meant
        if one.kind == "account"
        for an_id in matches[one.number]
    ]
    subjects += [
        moderation.Subject(kind="link", name=f"https://{one.value}"[:500], why=_why(feed, one, LONGEST_WHY))
        for one in meant
        if one.kind == "link"
    ]
    await moderation.add_subjects(tx, case_id, subjects, by=by)
    done = 0
    for one in meant:
        done += await _decided(tx, feed, one, ("case", case_id), by=by)
    return case_id, done


async def _rule(tx: Tx, feed: Feed, one: Draft, severity: str, *, by: int) -> tuple[str, int | None] | None:
    if (await block_lists.spares(tx)).touched_by(one.value):
        return None
    wanted = next(known for known in SEVERITIES if known == (severity or one.severity))
    rule = ServerBlock(
        id=0, domain=one.value, severity=wanted, public_comment=one.reason or None,
        private_comment=f"{feed.title}: {feed.url}#{one.number}",
    )  # fmt: skip
    try:
        async with tx.savepoint():
            return "server", (await servers.block(tx, rule, by=by)).id
    except ServerBlocked:
        return None


async def _destination(
    tx: Tx, feed: Feed, one: Draft, asset_ids: Sequence[int], *, by: int
) -> tuple[str, int | None] | None:
    why = _why(feed, one, money.LONGEST_WHY)
    if not one.hashed:
        return "asset", (await money.block(tx, one.value, why=why, by=by)).id
    if not asset_ids:
        return None
    await money.block_known(tx, asset_ids[0], why=why, by=by)
    return "asset", asset_ids[0]


async def _text(tx: Tx, feed: Feed, one: Draft, words: str, *, by: int) -> tuple[str, int | None]:
    folded = posts.folded(words)
    if len(folded) != one.letters or hashed(feed.address_key, "text", folded) != one.value:
        raise Invalid(len(folded), say="These are not the words that the feed means")
    why = _why(feed, one, LONGEST_WHY)
    made = await moderation.stop_text(tx, words, who="everybody", hours=_STOP_HOURS, why=why, by=by)
    return "text", made


async def _media(tx: Tx, feed: Feed, one: Draft, *, by: int) -> tuple[str, int | None] | None:
    """Stopped until the feed says that it is over; never told on as one's own."""
    days = min(media_stops.MOST_DAYS, max(1, round((one.expires_at - tx.now) / DAY)))
    how = media_stops.Stopping(why=_why(feed, one, media_stops.LONGEST_WHY), days=days)
    source = f"feed {feed.server} #{one.number}"
    made = await media_stops.stop_prints(tx, one.value.split("."), how, by=by, tells=False, source=source)
    return None if made is None else ("media", made)


async def _decided(tx: Tx, feed: Feed, one: Draft, made: tuple[str, int | None], *, by: int) -> int:
    staff = await log.acting(tx, by, NEEDS)
    changed = await tx.run(
        store.DECIDE,
        the=feed.id,
        number=one.number,
        new_state="accepted",
        new_made=made[0],
        new_made_id=made[1],
        whom=by,
    )
    await log.note(
        tx, staff, "indicator_feed.accept", feed.id, called=feed.title, entry=one.number, made=made[0],
        made_id=str(made[1] or ""),
    )  # fmt: skip
    return changed


def _why(feed: Feed, one: Draft, most: int) -> str:
    return f"{feed.server} #{one.number}: {one.reason}"[:most]
