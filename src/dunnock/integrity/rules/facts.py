"""What rules look at: an act of an account, with only those facts read from the database that some rule needs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Mapping
from html import unescape
from typing import NamedTuple
from urllib.parse import urlsplit

from dunnock import accounts, posts, text
from dunnock.accounts.counts import Counts, counts_of
from dunnock.foundation.clock import DAY, HOUR
from dunnock.foundation.db import Reader
from dunnock.foundation.ids import id_at, ms_of
from dunnock.integrity.rules.condition import Facts, Said
from dunnock.integrity.signals import signals_about
from dunnock.integrity.store import clusters, observations
from dunnock.integrity.words import words_of
from dunnock.posts import Post

_MOST_CLUSTERS = 3
_MOST_SIGNALS = 20
_ABOUT_ACCOUNT = frozenset(("origin", "account", "age_days"))


class People(NamedTuple):
    """What is known of those who acted, by account id, as far as rules ask for it."""

    origins: Mapping[int, accounts.Origin]
    counts: Mapping[int, Counts]


async def people_of(reader: Reader, ids: Collection[int], needs: frozenset[str]) -> People:
    """What is known of them, in at most two queries."""
    return People(
        await accounts.origins_of(reader, ids) if needs & _ABOUT_ACCOUNT else {},
        await counts_of(reader, ids) if "followers_here" in needs else {},
    )


async def facts_of_post(reader: Reader, post: Post, needs: frozenset[str], people: People | None = None) -> Facts:
    """What a post or reply is, as it was when it was written; followers and signals are those of now.

    `people`: the author among others, None: is asked for.
    """
    words = words_of(post) if needs & _OF_TEXT else ""
    said = Said("\n".join([post.warning, words, *await _options(reader, post)])) if "text" in needs else Said()
    facts = Facts(
        kind="post" if post.reply_to_id is None else "reply",
        said=said,
        links=frozenset(_servers([*text.parse(words).links, *_led_to(post.html)])) if "links" in needs else frozenset(),
        hashtags=frozenset(map(text.hashtag_key, post.hashtags)),
    )
    return await of_account(reader, facts, post.author_id, needs, at=ms_of(post.id), people=people)


_OF_TEXT = frozenset(("text", "links"))
_LINK = re.compile(r"<a\b([^>]*)>")
_HREF = re.compile(r'\bhref="(https?://[^"]{1,2048})"')
_NO_LINK = re.compile(r'\bclass="[^"]*\b(?:mention|hashtag)\b')
"""Mentions and hashtags lead to where somebody lives, not where the post leads."""
_MOST_LINKS = 40


async def _options(reader: Reader, post: Post) -> tuple[str, ...]:
    """What its poll offers."""
    poll = None if post.poll_id is None else (await posts.polls_of(reader, [post.id])).get(post.id)
    return () if poll is None else poll.options


def _led_to(html: str) -> list[str]:
    """Addresses that its links lead to, whatever they are called: posts of other servers have words as links."""
    opened = [found[1] for found in itertools.islice(_LINK.finditer(posts.without_quote_line(html)), _MOST_LINKS)]
    return [unescape(href[1]) for one in opened if (href := _HREF.search(one)) and not _NO_LINK.search(one)]


async def of_account(
    reader: Reader, facts: Facts, account_id: int, needs: frozenset[str], *, at: int, people: People | None = None
) -> Facts:
    """The facts with what is known of who did it `at` (Unix milliseconds). `people`: them among others, None: is asked for."""
    if people is None:
        people = await people_of(reader, [account_id], needs)
    origin = people.origins.get(account_id)
    if origin is not None:
        facts = facts._replace(
            origin=origin.domain,
            account=origin.handle.casefold(),
            age_days=max(0.0, (at - origin.created_at) / DAY),
        )
    if "followers_here" in needs:
        counts = people.counts.get(account_id)
        facts = facts._replace(followers_here=0 if counts is None else counts.followers)
    if "posts_last_hour" in needs:
        before = await reader.value(
            observations.ACTS_BETWEEN, account=account_id, since=id_at(at - HOUR), before=id_at(at)
        )
        itself = facts.kind != "signal"  # whether it was seen already or not
        facts = facts._replace(posts_last_hour=before + itself)
    if "signals" in needs:
        facts = facts._replace(signals={**await _signals(reader, account_id), **facts.signals})
    return facts


async def _signals(reader: Reader, account_id: int) -> Mapping[str, float]:
    """What is said of the account and of the networks that it is in, but for what people dismissed."""
    found = await signals_about(reader, "account", account_id, most=_MOST_SIGNALS)
    for cluster_id, _, _ in (await reader.all(clusters.MEETING, ids=[account_id]))[:_MOST_CLUSTERS]:
        found += await signals_about(reader, "cluster", cluster_id, most=_MOST_SIGNALS)
    sure: dict[str, float] = {}
    for one in found:
        if one.state != "dismissed":
            sure[one.detector] = max(one.score, sure.get(one.detector, 0.0))
    return sure


def _servers(links: Iterable[str]) -> set[str]:
    found = set()
    for link in links:
        try:
            found.add((urlsplit(link).hostname or "").casefold().removeprefix("www."))
        except ValueError:  # no address at all: it leads nowhere
            continue
    return found - {""}
