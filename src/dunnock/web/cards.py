"""Posts and people made ready for the templates: pictures, emoji and addresses found in batches."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from markupsafe import Markup, escape

from dunnock.accounts.account import Field, read_fields
from dunnock.accounts.views import AccountCard, AccountViews
from dunnock.feeds import Page
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.media.model import File, Picture, read_picture
from dunnock.media.views import find as find_media
from dunnock.media.views import find_emoji
from dunnock.posts import Poll, choices_of, marks_of, polls_of
from dunnock.posts.views import PostCard
from dunnock.text import plain, shortcodes
from dunnock.web.asset import asset_url

_SHORTCODE = re.compile(r":([A-Za-z0-9_]{2,50}):")
_TAGS = re.compile(r"(<[^>]*>)")
# Languages written from right to left. Source: CLDR, characterOrder.
_RIGHT_TO_LEFT = frozenset(["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ku", "nqo", "ps", "sd", "ug", "ur", "yi"])


class Face(msgspec.Struct, frozen=True):
    """A person in few words: `name` is ready to show, `avatar` and `url` are addresses."""

    id: int
    name: Markup
    handle: str
    url: str
    avatar: str
    bot: bool = False
    locked: bool = False


class Shot(msgspec.Struct, frozen=True):
    """A picture, film or sound of a post: its address, that of the preview ("": none) and the preview's pixels."""

    url: str
    preview: str
    width: int
    height: int
    alt: str
    film: bool = False
    sound: bool = False


class Asked(msgspec.Struct, frozen=True):
    """A poll of a post: (option, votes, part of a hundred) each; without votes and parts as long as they are hidden."""

    options: list[tuple[str, int | None, int]]
    people: int
    expires_at: int
    over: bool
    multiple: bool = False
    voted: bool = False


class Shown(msgspec.Struct, frozen=True):
    """A post, ready to be shown. `url` is its page here, `elsewhere` where it comes from; `boosted_by` brought it here.

    `marks`: what the member who looks did with it, as `posts.marks_of` has it; None: a stranger looks.
    """

    id: int
    url: str
    elsewhere: str | None
    by: Face
    html: Markup
    warning: Markup
    language: str | None
    right_to_left: bool
    created_at: int
    edited_at: int | None
    visibility: str
    sensitive: bool
    reply_to: Face | None
    reply_url: str | None
    boosted_by: Face | None
    pictures: list[Shot]
    poll: Asked | None
    replies: int
    boosts: int
    favourites: int
    summary: str
    marks: int | None = None
    mine: bool = False


class Profile(msgspec.Struct, frozen=True):
    """An account's page."""

    face: Face
    elsewhere: str | None
    bio: Markup
    summary: str
    header: str | None
    fields: list[tuple[Markup, Markup, int | None]]
    counts: tuple[int, int, int]
    created_at: int
    indexable: bool


def file_url(file: File) -> str:
    """Where a stored file is served."""
    return f"/media/{file.path}"


def profile_url(card: AccountCard) -> str:
    """The page of an account on this server; others' accounts have one too, and the way out of it is a link."""
    return f"/@{card.handle}"


def post_url(post: PostCard, author: AccountCard) -> str:
    """The page of a post on this server."""
    return f"/@{author.handle}/{post.id}"


def web_address(url: str | None) -> str | None:
    """The address when it may be a link: only ever http or https."""
    return url if url and url.startswith(("https://", "http://")) else None


class Cards:
    """Makes what the templates show."""

    def __init__(self, db: Db, account_views: AccountViews, *, viewer: int | None = None) -> None:
        """Reads through `account_views` and, for pictures and emoji, `db`. `viewer`: the member who looks."""
        self._db, self._accounts, self._viewer = db, account_views, viewer

    async def page(self, page: Page) -> list[Shown]:
        """The entries of a feed's page, in order."""
        return await self.posts(page.entries, page.posts, page.accounts)

    async def posts(
        self, entries: Sequence[PostCard], posts: dict[int, PostCard], people: dict[int, AccountCard]
    ) -> list[Shown]:
        """Entries that the viewer may see; `posts` and `people` hold what they boost, and all authors."""
        cards = [entry if entry.boost_of_id is None else posts[entry.boost_of_id] for entry in entries]
        media = await find_media(self._db, [one for card in cards for one in card.media])
        parents = {card.reply_to_author_id for card in cards if card.reply_to_author_id} - set(people)
        known = people | (await self._accounts.get(parents) if parents else {})
        authors = [known[card.author_id] for card in (*cards, *entries)]
        emoji = await self._emoji([(known[card.author_id].domain, card.emoji) for card in cards], authors)
        polled = [card.id for card in cards if card.poll_id is not None]
        polls = await polls_of(self._db, polled) if polled else {}
        marks = {} if self._viewer is None else await marks_of(self._db, self._viewer, [card.id for card in cards])
        voted = await self._voted(polls.values())
        made = []
        for entry, card in zip(entries, cards, strict=True):
            author = known[card.author_id]
            answered = known.get(card.reply_to_author_id or 0)
            pictures = [
                _shot(one, held.description)
                for number in card.media
                if (held := media.get(number)) is not None and (one := held.picture) is not None
            ]
            replies, boosts, favourites, _ = card.counts
            made.append(
                Shown(
                    id=card.id,
                    url=post_url(card, author),
                    elsewhere=web_address(card.url),
                    by=face(author, emoji),
                    html=with_emoji(card.html, emoji.get(author.domain, {})),
                    warning=with_emoji(str(escape(card.warning)), emoji.get(author.domain, {})),
                    language=card.language,
                    right_to_left=(card.language or "").partition("-")[0] in _RIGHT_TO_LEFT,
                    created_at=card.created_at,
                    edited_at=card.edited_at,
                    visibility=card.visibility,
                    sensitive=bool(card.sensitive or author.sensitized),
                    reply_to=None if answered is None else face(answered, emoji),
                    reply_url=None if answered is None else f"/@{answered.handle}/{card.reply_to_id}",
                    boosted_by=None if entry is card else face(known[entry.author_id], emoji),
                    pictures=pictures,
                    poll=_asked(polls.get(card.id), voted),
                    replies=replies,
                    boosts=boosts,
                    favourites=favourites,
                    summary=_short(card.warning or plain(card.html)),
                    marks=None if self._viewer is None else marks.get(card.id, 0),
                    mine=card.author_id == self._viewer,
                )
            )
        return made

    async def _voted(self, polls: Collection[Poll]) -> frozenset[int]:
        """The polls that the member who looks voted on."""
        if self._viewer is None:
            return frozenset()
        return frozenset([one.id for one in polls if await choices_of(self._db, one.id, by=self._viewer)])

    async def profile(self, card: AccountCard) -> Profile:
        """The page of an account."""
        emoji = await self._emoji((), [card])
        own = emoji.get(card.domain, {})
        lines: tuple[Field, ...] = read_fields(card.fields)
        counts = card.counts
        return Profile(
            face=face(card, emoji),
            elsewhere=web_address(card.url),
            bio=with_emoji(card.bio_html, own),
            summary=_short(plain(card.bio_html)),
            header=file_url(read_picture(card.header).still) if card.header else None,
            fields=[
                (with_emoji(str(escape(line.name)), own), with_emoji(line.html, own), line.verified_at)
                for line in lines
            ],
            counts=counts[:3],
            created_at=card.created_at,
            indexable=bool(card.indexable),
        )

    async def faces(self, ids: Sequence[int]) -> list[Face]:
        """People in the order of `ids`; unknown ones are left out."""
        found = await self._accounts.get(ids)
        emoji = await self._emoji((), found.values())
        return [face(found[one], emoji) for one in ids if one in found]

    async def _emoji(
        self, named: Iterable[tuple[str, Collection[str]]], people: Collection[AccountCard]
    ) -> dict[str, dict[str, str]]:
        """Server -> shortcode -> address, for those known here that people of these servers used. One query a server."""
        wanted: dict[str, set[str]] = {}
        for domain, names in named:
            wanted.setdefault(domain, set()).update(names)
        for card in people:
            if ":" in card.display_name or ":" in card.bio_html:
                wanted.setdefault(card.domain, set()).update(shortcodes(f"{card.display_name} {card.bio_html}"))
        return {
            domain: {one.shortcode: f"/media/{one.file}" for one in await find_emoji(self._db, names, domain)}
            for domain, names in wanted.items()
            if names
        }


def face(card: AccountCard, emoji: Mapping[str, Mapping[str, str]]) -> Face:
    """A person in few words; `emoji` by servers."""
    avatar = asset_url("avatar.svg")
    if card.avatar:
        picture = read_picture(card.avatar)
        avatar = file_url(picture.small or picture.still)
    return Face(
        id=card.id,
        name=with_emoji(str(escape(card.display_name or card.username)), emoji.get(card.domain, {})),
        handle=card.handle,
        url=profile_url(card),
        avatar=avatar,
        bot=card.kind == "service",
        locked=bool(card.locked),
    )


def with_emoji(html: str, emoji: Mapping[str, str]) -> Markup:
    """Our own HTML (made or made safe by `dunnock.text`), shortcodes outside of tags shown as pictures."""
    if not emoji or ":" not in html:
        return Markup(html)  # noqa: S704 - the one place that trusts stored HTML

    def shown(found: re.Match[str]) -> str:
        url = emoji.get(found[1])
        return (
            found[0]
            if url is None
            else f'<img class="emoji" src="{escape(url)}" alt=":{found[1]}:" width="20" height="20">'
        )

    parts = _TAGS.split(html)
    parts[::2] = [_SHORTCODE.sub(shown, part) for part in parts[::2]]
    return Markup("".join(parts))  # noqa: S704 - see above


def _shot(picture: Picture, description: str | None) -> Shot:
    clip = picture.clip is not None
    small = picture.small or picture.original
    return Shot(
        file_url(picture.original),
        "" if clip and picture.small is None else file_url(small),
        small.width,
        small.height,
        description or "",
        film=clip and picture.original.mime == "video/mp4",
        sound=clip and picture.original.mime == "audio/mpeg",
    )


def _asked(poll: Poll | None, voted: Collection[int] = ()) -> Asked | None:
    if poll is None:
        return None
    over = poll.over(now_ms())
    hidden, votes = poll.hide_totals and not over, max(poll.votes, 1)
    options: list[tuple[str, int | None, int]] = [
        (title, None, 0) if hidden else (title, count, round(100 * count / votes))
        for title, count in zip(poll.options, poll.tallies, strict=True)
    ]
    return Asked(options, poll.voters, poll.expires_at, over, poll.multiple, poll.id in voted)


def _short(words: str, most: int = 200) -> str:
    """The beginning, in one line, for what other sites show of a link."""
    line = " ".join(words.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
