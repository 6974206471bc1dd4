"""Answers of the Mastodon API as finished JSON bytes. The hot path joins stored bytes; nothing is encoded twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from dunnock import accounts, previews
from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountCard, AccountViews
from dunnock.api.mastodon import fragments
from dunnock.api.mastodon.fragments import MAY_QUOTE, MUTED, OWN, STRANGERS_TAIL, TAILS, Addresses, to_json
from dunnock.feeds import Page
from dunnock.feeds.rules import readable
from dunnock.filters import FilterViews
from dunnock.foundation.clock import iso, now_ms
from dunnock.foundation.db import Db
from dunnock.media import views as media_views
from dunnock.media.model import Emoji, Media
from dunnock.posts.errors import PostMissing
from dunnock.posts.views import PollCard, PostCard, PostViews
from dunnock.posts.visibility import QUOTE_SHOWN, may_answer, may_quote, may_see, quote_state
from dunnock.previews import Preview
from dunnock.text import shortcodes

Posts = dict[int, PostCard]
Accounts = dict[int, AccountCard]
_GONE = frozenset(("suspended", "deleted"))


class Render:
    """Makes JSON for one process. `viewer_id` None: nobody is signed in, the viewer's own fields are left out."""

    def __init__(
        self, db: Db, account_views: AccountViews, post_views: PostViews, viewers: Viewers, *, public_url: str
    ) -> None:
        """`public_url`: where this server is found, without a slash at the end."""
        self._db, self._accounts, self._posts, self._viewers = db, account_views, post_views, viewers
        self.filters = FilterViews(db, post_views)
        self.addresses = Addresses(public_url)

    # Posts --------------------------------------------------------------------------------------------------------

    async def page(self, page: Page, viewer_id: int | None) -> bytes:
        """Array of Status: the entries of a feed's page, which has been judged already."""
        if not page.entries:
            return b"[]"
        return await self._array(page.entries, page.posts, page.accounts, viewer_id)

    async def status(
        self, post_id: int, viewer_id: int | None, *, as_written: bool = False, unchecked: bool = False
    ) -> bytes:
        """Status. `as_written`: for its author to write anew, so with what it quotes even where the quote was ended.

        `unchecked`: whether the viewer may see it was settled by what they just did.

        Raises:
            PostMissing: there is no such post, or the viewer may not see it.
        """
        posts, people, shown = await self._readable((post_id,), viewer_id)
        if not shown and unchecked and post_id in posts:
            shown = [posts[post_id]]
        if not shown:
            raise PostMissing(post_id)
        return (await self._array(shown, posts, people, viewer_id, as_written=as_written))[1:-1]

    async def statuses(self, ids: Sequence[int], viewer_id: int | None) -> bytes:
        """Array of Status in the order of `ids`; what the viewer may not see is left out."""
        posts, people, shown = await self._readable(ids, viewer_id)
        return await self._array(shown, posts, people, viewer_id) if shown else b"[]"

    async def statuses_by_id(self, ids: Sequence[int], viewer_id: int | None) -> dict[int, bytes]:
        """Status of each of these posts; what the viewer may not see is left out."""
        posts, people, shown = await self._readable(ids, viewer_id)
        return await self._by_id(shown, posts, people, viewer_id)

    async def statuses_for_staff(self, ids: Collection[int]) -> dict[int, bytes]:
        """Status by id, whoever may see it: for reports. Deleted ones are left out."""
        self._db.sync()
        posts = await self._posts.get(ids)
        people = await self._accounts.get({card.author_id for card in posts.values()})
        shown = [
            card
            for an_id in dict.fromkeys(ids)
            if (card := posts.get(an_id)) is not None and (card.boost_of_id is None or card.boost_of_id in posts)
        ]
        return await self._by_id(shown, posts, people, None)

    async def _by_id(
        self, shown: Sequence[PostCard], posts: Posts, people: Accounts, viewer_id: int | None
    ) -> dict[int, bytes]:
        if not shown:
            return {}
        return _each(shown, *await self._parts(shown, posts, people, viewer_id))

    async def _readable(self, ids: Sequence[int], viewer_id: int | None) -> tuple[Posts, Accounts, list[PostCard]]:
        self._db.sync()
        posts = await self._posts.get(ids)
        people = await self._accounts.get({card.author_id for card in posts.values()})
        viewer = None if viewer_id is None else await self._viewers.get(viewer_id)
        shown = [
            card
            for an_id in ids
            if (card := posts.get(an_id)) is not None and readable(card, posts, people, viewer) is not None
        ]
        return posts, people, shown

    async def _array(
        self,
        entries: Sequence[PostCard],
        posts: Posts,
        people: Accounts,
        viewer_id: int | None,
        *,
        as_written: bool = False,
    ) -> bytes:
        parts, _ = await self._parts(entries, posts, people, viewer_id, as_written=as_written)
        parts[0] = b"["
        parts.append(b"]")
        return b"".join(parts)

    async def _parts(
        self,
        entries: Sequence[PostCard],
        posts: Posts,
        people: Accounts,
        viewer_id: int | None,
        *,
        as_written: bool = False,
        quoted: bool = False,
    ) -> tuple[list[bytes], list[int]]:
        """What the JSON is joined of, each Status with a comma before it; and where in that list each begins.

        `quoted`: these are quoted themselves, so what they quote is only named.
        """
        bare_posts = [card for card in posts.values() if card.rendered is None]
        if bare_posts:
            await self._render_posts(bare_posts, people)
        await self._render_accounts(people.values())
        shown_cards = [entry if entry.boost_of_id is None else posts[entry.boost_of_id] for entry in entries]
        extras = await self._extras(shown_cards, viewer_id)
        quoting = [card for card in shown_cards if card.quote_state is not None]
        if quoting and quoted:
            await self._name_quotes(extras, quoting, viewer_id)
        elif quoting:
            await self._add_quotes(extras, quoting, viewer_id, as_written=as_written)
        tails: dict[int, bytes] = {}
        filtered: dict[int, bytes] = {}
        if viewer_id is not None:
            tails = await self._tails(shown_cards, viewer_id)
            filtered = await self._filtered(entries, shown_cards, viewer_id)
        # From here on nothing waits, so counters can't be forgotten between their rendering and the join.
        for card in people.values():
            if card.counted is None:
                _count(card)
        parts: list[bytes] = []
        starts: list[int] = []
        for entry, shown in zip(entries, shown_cards, strict=True):
            starts.append(len(parts))
            boosted = entry.boost_of_id
            counted = shown.counted
            if counted is None:
                counted = shown.counted = fragments.post_counters(shown)
            tail = tails[shown.id] if tails else STRANGERS_TAIL
            if filtered and entry.id in filtered:
                tail = fragments.with_filtered(tail, filtered[entry.id])
            more = extras.get(shown.id, b"") if extras else b""
            if boosted is None:
                parts += (b",", shown.rendered, people[shown.author_id].counted, more, counted, tail)  # type: ignore[arg-type]
            else:
                parts += (  # type: ignore[arg-type]
                    b",",
                    entry.rendered,
                    to_json(shown.html),
                    b',"account":',
                    people[entry.author_id].counted,
                    b',"reblog":',
                    shown.rendered,
                    people[shown.author_id].counted,
                    more,
                    counted,
                    tail,
                    counted,
                    tail,
                )
        return parts, starts

    async def _extras(self, shown: Sequence[PostCard], viewer_id: int | None) -> dict[int, bytes]:
        """What only few posts have and what depends on the viewer: by post, JSON members that begin with a comma.

        Each kind is one step here, with a fixed number of queries, and only when a post on the page has it. Quoted posts
        have them too; what a boost shows has them, the boost itself has not.
        """
        extras: dict[int, bytes] = {}
        polled = {card.id: card.author_id for card in shown if card.poll_id is not None}
        if polled:
            for post_id, poll in (await self._poll_bytes(polled, viewer_id)).items():
                extras[post_id] = extras.get(post_id, b"") + b',"poll":' + poll
        credited = {card.id: card.credited for card in shown if card.credited is not None}
        if credited:
            for post_id, body in (await self._credited_cards(credited, viewer_id)).items():
                extras[post_id] = extras.get(post_id, b"") + b',"card":' + body
        await self._add_reply_approvals(extras, shown, viewer_id)
        return extras

    async def _credited_cards(self, cards: Mapping[int, Preview], viewer_id: int | None) -> dict[int, bytes]:
        """PreviewCard by post, of pages that name an account as who made them: it is shown if it says so too."""
        people = await self._accounts.get({one.card.creator_id for one in cards.values() if one.card.credited})  # type: ignore[misc]
        await self._render_accounts(people.values())
        found = {}
        for post_id, one in cards.items():
            by = people.get(one.card.creator_id or 0)
            author = None if by is None or by.standing in _GONE else by.counted or _count(by)
            missing = not one.card.credited and one.card.creator_id == viewer_id
            found[post_id] = to_json(fragments.preview_wire(one, self.addresses, author=author, missing=missing))
        return found

    async def _poll_bytes(self, authors: Mapping[int, int], viewer_id: int | None) -> dict[int, bytes]:
        """Poll by post, for (post, its author); at most three queries, however many. Null when it went away meanwhile."""
        cards = await self._posts.polls(authors)
        votes = {} if viewer_id is None else await self._posts.votes(viewer_id, [one.poll.id for one in cards.values()])
        now = now_ms()
        bare = [card for card in cards.values() if card.poll.over(now) not in card.rendered]
        if bare:
            await self._render_polls(bare, now)
        found = dict.fromkeys(authors, b"null")
        for post_id, card in cards.items():
            end = b"}"
            if viewer_id is not None:
                end = fragments.poll_end(own=authors[post_id] == viewer_id, choices=votes.get(card.poll.id, ()))
            found[post_id] = card.rendered[card.poll.over(now)] + end
        return found

    async def _render_polls(self, cards: Sequence[PollCard], now: int) -> None:
        """Fill in `rendered`: one query for emoji, however many polls."""
        named = {card.poll.id: shortcodes(" ".join(card.poll.options)) for card in cards}
        known = (await self._emoji([("", names) for names in named.values()])).get("", {})
        for card in cards:
            over = card.poll.over(now)
            emoji = [known[name] for name in named[card.poll.id] if name in known]
            card.rendered[over] = fragments.poll_start(card.poll, over=over, emoji=emoji, addresses=self.addresses)

    async def poll(self, post_id: int, author_id: int, viewer_id: int | None) -> bytes:
        """Poll of a post that the viewer may see."""
        self._db.sync()
        return (await self._poll_bytes({post_id: author_id}, viewer_id))[post_id]

    async def _add_reply_approvals(
        self, extras: dict[int, bytes], shown: Sequence[PostCard], viewer_id: int | None
    ) -> None:
        """Whether the viewer may answer, for posts that not everybody may answer."""
        closed = [card for card in shown if card.reply_policy != "everyone"]
        if not closed:
            return
        viewer = None if viewer_id is None else await self._viewers.get(viewer_id)
        followed_by: Collection[int] = ()
        if viewer_id is not None and any(card.reply_policy == "following" for card in closed):
            authors = {card.author_id for card in closed}
            found = await accounts.relationships(self._db, viewer_id, authors)
            followed_by = {one.id for one in found if one.followed_by}
        for card in closed:
            allowed = may_answer(card, viewer, followed_by=followed_by)
            extras[card.id] = extras.get(card.id, b"") + fragments.reply_approval(card, allowed=allowed)

    async def _add_quotes(
        self, extras: dict[int, bytes], quoting: Sequence[PostCard], viewer_id: int | None, *, as_written: bool
    ) -> None:
        """Quote of each of these posts."""
        states, people = await self._quoted(quoting, viewer_id, as_written=as_written)
        cards = {of.id: of for _, of in states.values() if of is not None}
        shown = list(cards.values())
        bodies = _each(shown, *await self._parts(shown, cards, people, viewer_id, quoted=True)) if shown else {}
        for card in quoting:
            state, of = states[card.id]
            body = None if of is None else bodies[of.id]
            extras[card.id] = extras.get(card.id, b"") + fragments.quote(state, body)

    async def _name_quotes(self, extras: dict[int, bytes], quoting: Sequence[PostCard], viewer_id: int | None) -> None:
        """ShallowQuote of each of these posts."""
        states, _ = await self._quoted(quoting, viewer_id)
        for card in quoting:
            state, of = states[card.id]
            an_id = None if of is None else of.id
            extras[card.id] = extras.get(card.id, b"") + fragments.shallow_quote(state, an_id)

    async def _quoted(
        self, quoting: Sequence[PostCard], viewer_id: int | None, *, as_written: bool = False
    ) -> tuple[dict[int, tuple[str, PostCard | None]], Accounts]:
        """By quoting post the state in which the viewer sees the quote, and the quoted post if it is shown; the authors."""
        quoted = await self._posts.get({card.quoted_id for card in quoting})
        people = await self._accounts.get({card.author_id for card in quoted.values()})
        viewer = None if viewer_id is None else await self._viewers.get(viewer_id)
        states: dict[int, tuple[str, PostCard | None]] = {}
        for card in quoting:
            of = quoted.get(card.quoted_id)
            author = None if of is None else people.get(of.author_id)
            state = quote_state(card, of, author, viewer)
            shown = state in QUOTE_SHOWN or (
                as_written and of is not None and may_see(of, author, viewer, despite_own_block=True)
            )
            states[card.id] = (state, of if shown else None)
        return states, people

    async def _tails(self, shown: Sequence[PostCard], viewer_id: int) -> dict[int, bytes]:
        marks = await self._posts.marks(viewer_id, [card.id for card in shown])
        muted = await self._posts.muted_threads(viewer_id)
        following = (await self._viewers.get(viewer_id)).following
        return {
            card.id: TAILS[
                marks.get(card.id, 0)
                | (MUTED if card.thread_id in muted else 0)
                | (OWN if card.author_id == viewer_id else 0)
                | (MAY_QUOTE if card.quote_policy == "public" or may_quote(card, viewer_id, following) else 0)
            ]
            for card in shown
        }

    async def _filtered(
        self, entries: Sequence[PostCard], shown: Sequence[PostCard], viewer_id: int
    ) -> dict[int, bytes]:
        """Array of FilterResult for each entry in which the viewer's filters find something; own posts are left alone."""
        matcher = await self.filters.matcher(viewer_id)
        if not matcher:
            return {}
        pairs = [
            (card, None if entry is card else entry.id)
            for entry, card in zip(entries, shown, strict=True)
            if card.author_id != viewer_id
        ]
        found = await self.filters.results(matcher, pairs)
        return {boost_id or post_id: fragments.filter_results(some) for (boost_id, post_id), some in found.items()}

    async def _render_posts(self, cards: Sequence[PostCard], people: Accounts) -> None:
        """Fill in `rendered`: one query each for media, emoji and people mentioned, however many posts."""
        files = await media_views.find(self._db, [one for card in cards for one in card.media])
        named = await self._emoji([(people[card.author_id].domain, card.emoji) for card in cards])
        mentioned = await self._accounts.get({one for card in cards for one in card.mentions})
        linked = await previews.of_posts(self._db, [card.id for card in cards if card.preview_id is not None])
        for card in cards:
            author = people[card.author_id]
            preview = linked.get(card.id)
            card.credited = preview if preview is not None and preview.card.creator_id is not None else None
            if card.boost_of_id is not None:
                card.rendered = fragments.boost_start(card, author, self.addresses)
                continue
            card.rendered = fragments.post_start(
                card,
                author,
                self.addresses,
                media=files,
                people=mentioned,
                emoji=named.get(author.domain, {}),
                app=None if card.app_id is None else await self._accounts.app(card.app_id),
                preview=preview,
            )

    async def _emoji(self, named: Iterable[tuple[str, Collection[str]]]) -> dict[str, dict[str, Emoji]]:
        """Server -> name -> emoji, for names that were used by people of these servers. One query for each server."""
        wanted: dict[str, set[str]] = {}
        for domain, names in named:
            if names:
                wanted.setdefault(domain, set()).update(names)
        return {
            domain: {one.shortcode: one for one in await media_views.find_emoji(self._db, names, domain)}
            for domain, names in wanted.items()
        }

    async def preview(self, post_id: int, viewer_id: int | None) -> bytes:
        """PreviewCard of a post, which has been judged already; an empty object where there is none."""
        found = (await previews.of_posts(self._db, [post_id])).get(post_id)
        if found is not None and found.card.creator_id is not None:
            return (await self._credited_cards({post_id: found}, viewer_id))[post_id]
        return b"{}" if found is None else to_json(fragments.preview_wire(found, self.addresses))

    # Accounts -----------------------------------------------------------------------------------------------------

    async def account(self, account_id: int) -> bytes:
        """Account.

        Raises:
            AccountMissing: there is no such account, or it is suspended.
        """
        self._db.sync()
        card = await self._accounts.one(account_id)
        if card is None or card.standing in _GONE:
            raise accounts.AccountMissing(account_id)
        return await self.account_of(card)

    async def account_or_shell(self, account_id: int) -> bytes:
        """Account; of somebody suspended only that they are.

        Raises:
            AccountMissing: there is no such account (any more).
        """
        self._db.sync()
        card = await self._accounts.one(account_id)
        if card is not None and card.standing == "suspended":
            return fragments.suspended_account(card, self.addresses)
        return await self.account(account_id)

    async def profile_of(self, account_id: int) -> str:
        """The page of an account. Raises AccountMissing as `account`."""
        card = await self._accounts.one(account_id)
        if card is None or card.standing in _GONE:
            raise accounts.AccountMissing(account_id)
        return self.addresses.profile(card)

    async def account_of(self, card: AccountCard) -> bytes:
        """Account of a card that is at hand."""
        return (await self._told((card,)))[card.id]

    async def accounts(self, ids: Sequence[int]) -> bytes:
        """Array of Account in the order of `ids`; missing and suspended ones are left out."""
        return b"[" + b",".join([one for _, one in await self.each_account(ids)]) + b"]"

    async def each_account(self, ids: Sequence[int]) -> list[tuple[int, bytes]]:
        """(id, Account) in the order of `ids`; missing and suspended ones are left out."""
        self._db.sync()
        cards = await self._accounts.get(dict.fromkeys(ids))
        told = await self._told([card for card in cards.values() if card.standing not in _GONE])
        return [(an_id, told[an_id]) for an_id in ids if an_id in told]

    async def accounts_for_staff(self, ids: Collection[int]) -> dict[int, bytes]:
        """Account by id, whatever its standing."""
        self._db.sync()
        return await self._told((await self._accounts.get(dict.fromkeys(ids))).values())

    async def partial_accounts(self, ids: Sequence[int]) -> list[bytes]:
        """PartialAccountWithAvatar, in the order of `ids`; missing ones are left out."""
        cards = await self._accounts.get(ids)
        return [
            fragments.partial_account(card, self.addresses) for an_id in ids if (card := cards.get(an_id)) is not None
        ]

    async def _told(self, cards: Collection[AccountCard]) -> dict[int, bytes]:
        """Account by id; with the one that its owner uses now, unless that is gone or has moved on itself.

        Source: Mastodon, REST::AccountSerializer (`moved_and_not_nested?`).
        """
        await self._render_accounts(cards)
        told = {card.id: card.counted or _count(card) for card in cards}
        if moved := {card.id: card.moved_to_id for card in cards if card.moved_to_id is not None}:
            found = await self._accounts.get(set(moved.values()))
            new = {an_id: one for an_id, one in found.items() if one.moved_to_id is None and one.standing not in _GONE}
            await self._render_accounts(new.values())
            for an_id, to_id in moved.items():
                if to_id in new:
                    target = new[to_id].counted or _count(new[to_id])
                    told[an_id] = told[an_id][:-1] + b',"moved":' + target + b"}"
        return told

    async def _render_accounts(self, cards: Iterable[AccountCard]) -> None:
        """Fill in `rendered`: one query for emoji, however many accounts."""
        bare = [card for card in cards if card.rendered is None]
        if bare:
            named = {card.id: shortcodes(f"{card.display_name} {card.bio_html}") for card in bare}
            found = await self._emoji([(card.domain, named[card.id]) for card in bare])
            for card in bare:
                known = found.get(card.domain, {})
                card.rendered = fragments.account_start(
                    card, self.addresses, [known[name] for name in named[card.id] if name in known]
                )

    async def credential_account(self, account_id: int, source: dict[str, Any], role: dict[str, Any]) -> bytes:
        """CredentialAccount: the member's own Account with `source` and `role`."""
        start = (await self.account(account_id))[:-1]
        return start + b',"source":' + to_json(source) + b',"role":' + to_json(role) + b"}"

    async def relationships(self, viewer_id: int, ids: Sequence[int]) -> bytes:
        """Array of Relationship, in the order of `ids`; unknown accounts are left out."""
        return to_json(
            [
                {
                    "id": str(one.id),
                    "following": one.following,
                    "showing_reblogs": one.boosts,
                    "notifying": one.notify,
                    "languages": list(one.languages) if one.languages else None,
                    "followed_by": one.followed_by,
                    "blocking": one.blocking,
                    "blocked_by": one.blocked_by,
                    "muting": one.muting,
                    "muting_notifications": one.muting_notifications,
                    "muting_expires_at": None if one.mute_expires_at is None else iso(one.mute_expires_at),
                    "requested": one.requested,
                    "requested_by": one.requested_by,
                    "domain_blocking": one.domain_blocking,
                    "endorsed": one.endorsed,
                    "note": one.note,
                }
                for one in await accounts.relationships(self._db, viewer_id, ids)
            ]
        )

    # Media --------------------------------------------------------------------------------------------------------

    def media(self, one: Media) -> bytes:
        """MediaAttachment."""
        return to_json(fragments.media_wire(one, self.addresses))

    def emoji(self, all_of_them: Iterable[Emoji]) -> bytes:
        """Array of CustomEmoji."""
        return to_json([fragments.emoji_wire(one, self.addresses) for one in all_of_them])


def _each(shown: Sequence[PostCard], parts: list[bytes], starts: list[int]) -> dict[int, bytes]:
    """The Status of each post."""
    ends = [*starts[1:], len(parts)]
    return {card.id: b"".join(parts[start + 1 : end]) for card, start, end in zip(shown, starts, ends, strict=True)}


def _count(card: AccountCard) -> bytes:
    """Fill in `counted` of a card whose `rendered` is there."""
    assert card.rendered is not None
    card.counted = card.rendered + fragments.account_counters(card)
    return card.counted
