"""Pages that many link to: how they are shown, and what staff said of them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from dunnock import previews
from dunnock.discovery.store import trends as store
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Reader
from dunnock.foundation.ids import id_at
from dunnock.posts.hashtag_search import DAYS, DayOfUse
from dunnock.previews import Preview

_MOST_COUNTED = 20_000  # uses of links that are looked at to say how much each was used


class TrendingLink(msgspec.Struct, frozen=True):
    """A page that is linked to, how much in the last days, and what staff said of it; `trendable` None: nothing.

    What was said of its publisher counts where nothing was said of itself.
    """

    preview: Preview
    days: tuple[DayOfUse, ...]
    trendable: bool | None
    reviewed: bool


async def show_links(reader: Reader, ids: Sequence[int], *, now: int) -> list[TrendingLink]:
    """Pages in the order of `ids`; those that nothing is known of are left out."""
    found = await previews.find(reader, list(ids))
    ids = [one for one in ids if one in found]
    if not ids:
        return []
    today = now // DAY
    since = id_at((today - DAYS + 1) * DAY)
    uses = {
        (row[0], row[1]): (row[2], row[3])
        for row in await reader.all(
            store.LINK_DAYS, ids=ids, since=since - 1, until=id_at(now), looked_at=_MOST_COUNTED
        )
    }
    hosts = {publisher_of(found[one].url) for one in ids}
    publishers = {row[1]: row for row in await reader.all(store.PUBLISHERS, domains=list(hosts))}
    said = await reader.all(store.REVIEWS, kind="link", subjects=[str(one) for one in ids])
    reviews = {int(row[0]): bool(row[1]) for row in said}
    shown: list[TrendingLink] = []
    for one in ids:
        publisher = publishers.get(publisher_of(found[one].url))
        rule = None if publisher is None or publisher[2] is None else bool(publisher[2])
        days = tuple([DayOfUse(day * DAY, *uses.get((one, day), (0, 0))) for day in range(today, today - DAYS, -1)])
        reviewed = one in reviews or rule is not None
        shown.append(TrendingLink(found[one], days, reviews.get(one, rule), reviewed))
    return shown


def publisher_of(url: str) -> str:
    """The host that a page is of."""
    return urlsplit(url).netloc.lower()
