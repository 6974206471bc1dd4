"""What posts and profiles lead to is written down, public ones only; short addresses are followed once, by a job."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from html import unescape

from dunnock import accounts, posts, previews, text
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db, Reader, Tx
from dunnock.foundation.http import Door, OutsideFailed, OutsideForbidden, Wanted
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Every
from dunnock.foundation.reactions import in_batches
from dunnock.integrity.money import alarm, store
from dunnock.integrity.money.events import AssetJudged
from dunnock.integrity.money.links import Asset, asset_of, assets_at, canonical, shortened, unwrapped_short
from dunnock.integrity.money.model import Known
from dunnock.integrity.money.written import addresses, seen
from dunnock.integrity.words import words_of

KEPT_MS = 180 * DAY
_HREF = re.compile(r'<a [^>]*?href="((?:https?|bitcoin|ethereum|litecoin):[^"]{1,2048})"', re.IGNORECASE)
_MOST_LINKS = 40
_FOLLOWED_MS = 15 * DAY  # longer than a preview counts as known: what it told us must not be forgotten before
_MOST_LED = 100
_SHORT = Wanted(plain=True, most=1024, cut=True, hops=6, within_s=10)


class FollowShort(Job, frozen=True):
    """See what a shortened address in a post leads to, then look at the post again. `post_id` 0: at the profile."""

    url: str
    post_id: int
    account_id: int


class TrimAssets(Job, frozen=True):
    """Forget what led where half a year ago, but for what staff blocked."""


EVERY = (Every(TrimAssets(), DAY),)


@in_batches
async def on_post(tx: Tx, events: Sequence[posts.PostPublished | posts.PostEdited]) -> None:
    """Posts lead somewhere, or elsewhere now."""
    living = await posts.find_many_living(tx, {one.post_id for one in events})
    await _look(
        tx, [(living[one.post_id], isinstance(one, posts.PostEdited)) for one in events if one.post_id in living]
    )


async def on_post_deleted(tx: Tx, event: posts.PostDeleted) -> None:
    """A deleted post leads nowhere."""
    if event.boost_of_id is None:
        await tx.run(store.UNUSE, account=event.author_id, post=event.post_id)


async def on_profile(tx: Tx, event: accounts.PersonaChanged | accounts.AccountMade) -> None:
    """A profile leads somewhere, or elsewhere now."""
    if not isinstance(event, accounts.PersonaChanged) or not {"bio", "fields"}.isdisjoint(event.fields.split(",")):
        await look_at_profile(tx, event.account_id)


async def on_preview(tx: Tx, event: previews.PreviewChanged) -> None:
    """Whoever looked what a link shows was led on to a payee: an address that is no shortener's led there all the same."""
    one = (await previews.find(tx, [event.preview_id])).get(event.preview_id)
    if one is None or one.link_id == one.id or asset_of(one.url) is not None:
        return
    page = (await previews.find(tx, [one.link_id])).get(one.link_id)
    address = canonical(one.url)
    if page is None or address is None or asset_of(page.url) is None:
        return
    await _learn(tx, address, page.url)
    for post_id in await previews.shown_by(tx, one.id, most=_MOST_LED):
        await look_at_post(tx, post_id)


async def look_at_post(tx: Tx, post_id: int) -> None:
    """Write down what a post leads to now, if all may read it."""
    post = await posts.find_living(tx, post_id)
    if post is not None:
        await _look(tx, [(post, True)])


async def _look(tx: Tx, some: Iterable[tuple[posts.Post, bool]]) -> None:
    """Of each post whether what it led to before may be written down already."""
    looked = [(post, anew) for post, anew in some if post.visibility in posts.OPEN and post.boost_of_id is None]
    ways = await _ways(tx, [(post.html, words_of(post)) for post, _ in looked])
    for (post, anew), (found, short) in zip(looked, ways, strict=True):
        if anew:
            await tx.run(store.UNUSE, account=post.author_id, post=post.id)
        await _write_down(tx, post, found, short)


async def _write_down(tx: Tx, post: posts.Post, found: Collection[Asset], short: Iterable[str]) -> None:
    for url in short:
        await tx.enqueue(FollowShort(url=url, post_id=post.id, account_id=post.author_id))
    if not found:
        return
    sheet = await accounts.find_sheet(tx, post.author_id)
    protected = sheet is not None and sheet.protected
    for one in await know(tx, found):
        await tx.run(
            store.USE,
            asset_id=one.id,
            account_id=post.author_id,
            post_id=post.id,
            at=post.created_at,
            protected=protected,
        )
        if protected:
            await alarm.watch(tx, one)


async def look_at_profile(tx: Tx, account_id: int) -> None:
    """Write down what a profile leads to."""
    account = await accounts.find(tx, account_id)
    if account is None or not account.shown:
        return
    html = " ".join([account.bio_html, *(line.html for line in account.fields)])
    [(found, short)] = await _ways(tx, [(html, text.plain(html))])
    await tx.run(store.UNUSE, account=account_id, post=0)
    for url in short:
        await tx.enqueue(FollowShort(url=url, post_id=0, account_id=account_id))
    for one in await know(tx, found):
        await tx.run(store.USE, asset_id=one.id, account_id=account_id, post_id=0, at=tx.now, protected=False)


async def know(tx: Tx, found: Collection[Asset]) -> list[Known]:
    """The rows of these assets; what is new is added."""
    if not found:
        return []
    for one in found:
        await tx.run(store.ADD, id=tx.new_id(), key=one.key, kind=one.kind, site=one.site, first_at=tx.now)
    return [Known(*row) for row in await tx.all(store.BY_KEYS, keys=[one.key for one in found])]


async def follow_short(db: Db, door: Door, job: FollowShort) -> None:
    """Do the job: one request, whose redirects are each checked and bounded by the door."""
    address = canonical(job.url)
    if address is None:
        return
    if not await db.all(store.TARGETS, addresses=[address]):
        try:
            target = (await door.get(unwrapped_short(job.url) or job.url, _SHORT)).url
        except (OutsideFailed, OutsideForbidden):
            target = ""
        async with db.begin() as tx:
            await _learn(tx, address, "" if canonical(target) == address else target)
    async with db.begin() as tx:
        if job.post_id:
            await look_at_post(tx, job.post_id)
        else:
            await look_at_profile(tx, job.account_id)


async def _learn(tx: Tx, address: str, target: str) -> None:
    """Keep where an address leads; where that is stopped, those who keep it from being posted hear of one more way there."""
    await tx.run(store.LEARN, address=address, target=target, at=tx.now)
    if (found := asset_of(target)) is not None:
        for one in [Known(*row) for row in await tx.all(store.BY_KEYS, keys=[found.key])]:
            if one.state:
                await tx.record(AssetJudged(asset_id=one.id, state=one.state))


async def short_ways(reader: Reader, keys: Collection[str], *, most: int = 5_000) -> dict[str, str]:
    """Shortened addresses, as `canonical` spells them, that are known to lead to one of these assets, with its key.

    Of the `most` that were followed last.
    """
    rows = await reader.all(store.LEARNT, most=most) if keys else ()
    found = ((row[0], asset_of(row[1])) for row in rows)
    return {address: one.key for address, one in found if one is not None and one.key in keys}


async def target_of(reader: Reader, url: str) -> str:
    """What a shortened address was found to lead to; empty: not known, or nowhere."""
    rows = await reader.all(store.TARGETS, addresses=[canonical(url) or ""])
    return str(rows[0][1]) if rows else ""


async def trim_assets(db: Db, _: TrimAssets) -> None:
    """Do the job."""
    async with db.begin(durable=False) as tx:
        await tx.run(store.TRIM_USES, before=now_ms() - KEPT_MS)
        await tx.run(store.TRIM, before=now_ms() - KEPT_MS)
        await tx.run(store.TRIM_SHORT, before=now_ms() - _FOLLOWED_MS)


def links_in(html: str) -> list[str]:
    """The addresses that our own HTML leads to, mentions and hashtags not counted apart; at most 40."""
    found = dict.fromkeys(unescape(match[1]) for match in _HREF.finditer(html))
    return list(found)[:_MOST_LINKS]


async def _ways(tx: Tx, shown: Iterable[tuple[str, str]]) -> list[tuple[list[Asset], list[str]]]:
    """What each HTML with its words leads to, as far as it is known, and the addresses that must be followed first. One query."""
    read = [_read(html, seen(words)) for html, words in shown]
    hidden = [
        {at: url for url in urls if asset_of(url) is None and (at := canonical(url)) is not None} for _, urls in read
    ]
    asked = sorted({at for some in hidden for at in some})
    learnt = {row[0]: row[1] for row in await tx.all(store.TARGETS, addresses=asked)} if asked else {}
    return [
        (
            _strip(assets_at([*urls, *[learnt[at] for at in some if learnt.get(at)]], words)),
            [url for at, url in some.items() if at not in learnt and shortened(url)],
        )
        for (words, urls), some in zip(read, hidden, strict=True)
    ]


def _read(html: str, words: str) -> tuple[str, list[str]]:
    urls = links_in(html) if "href=" in html else []
    return words, urls + addresses(words, without=urls)


def _strip(found: Iterable[Asset]) -> list[Asset]:
    return [one for one in found if len(one.key) <= _LONGEST_KEY]


_LONGEST_KEY = 300
