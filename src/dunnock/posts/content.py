"""From checked words to what is stored: whom they address, their HTML, what they are found by. For publish and edit."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import msgspec

from dunnock import text
from dunnock.accounts.find import find_by_handles
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.settings import Settings
from dunnock.posts.errors import PostRefused
from dunnock.posts.events import PostNames, PostUnscreened
from dunnock.posts.model import Candidate, Content, Post, Screen
from dunnock.posts.poll import PollDraft
from dunnock.posts.quote import address_of, with_link
from dunnock.posts.store import featured, index
from dunnock.posts.store import posts as store


class Shaped(msgspec.Struct, frozen=True):
    """What is stored of words, besides the words. `tags` are (key, name as written)."""

    html: str
    mentions: tuple[int, ...]
    tags: tuple[tuple[str, str], ...]
    emoji: tuple[str, ...]

    @property
    def hashtags(self) -> tuple[str, ...]:
        """The names as written."""
        return tuple([name for _, name in self.tags])


async def shape(
    tx: Tx,
    content: Content,
    *,
    author_id: int,
    visibility: str,
    settings: Settings,
    beside: Sequence[int] = (),
    quoted_url: str | None = None,
) -> Shaped:
    """Resolve and render. `beside`: accounts to address that the text does not name; `quoted_url`: of what it quotes."""
    parsed = content.parsed
    targets: dict[str, tuple[str, str]] = {}
    addressed = dict.fromkeys(beside)
    if parsed.handles:
        here = {one.key: _as_local(one, settings.domain) for one in parsed.handles}
        found = await find_by_handles(tx, here.values())
        for key, handle in here.items():
            account = found.get(handle.key)
            if account is not None and account.shown:
                targets[key] = (account.url or f"{settings.public_url}/@{account.username}", account.handle)
                addressed[account.id] = None
    if parsed.hashtags and (barred := await index.unusable(tx, [one.key for one in parsed.hashtags])):
        kept = tuple([one for one in parsed.spans if not (isinstance(one, text.Hashtag) and one.key in barred)])
        parsed = text.Parsed(parsed.text, kept)
    mentions = tuple(addressed)
    if visibility == "direct" and mentions:
        # Whoever blocks the author is not written to; the handle stays a link, so the author learns nothing of it.
        blockers = await index.blockers_of(tx, author_id, mentions)
        mentions = tuple([one for one in mentions if one not in blockers])
    warning = content.warning
    emoji = parsed.shortcodes
    if warning and ":" in warning:
        emoji = tuple(dict.fromkeys((*emoji, *text.shortcodes(warning))))
    html = text.render(parsed, mention_url=targets, tag_url=tag_pages(settings.public_url))
    return Shaped(
        html=html if quoted_url is None else with_link(html, quoted_url),
        mentions=mentions,
        tags=tuple([(tag.key, tag.name) for tag in parsed.hashtags]),
        emoji=emoji,
    )


async def unmet(reader: Reader, words: str, settings: Settings) -> list[text.Handle]:
    """The handles of other servers in a text that nobody here goes by."""
    elsewhere = [one for one in text.parse(words).handles if one.domain and one.domain != settings.domain]
    if not elsewhere:
        return []
    found = await find_by_handles(reader, elsewhere)
    return [one for one in elsewhere if one.key not in found]


async def name_again(tx: Tx, post_id: int, settings: Settings) -> Post | None:
    """Let a post name those of its text who were met since it was written; it is not edited by that.

    None: there is no such post any more.
    """
    post = await store.find_living(tx, post_id)
    if post is None or post.boost_of_id is not None:
        return None
    parsed = text.parse(post.text)
    shaped = await shape(
        tx,
        Content(parsed, post.warning, post.language),
        author_id=post.author_id,
        visibility=post.visibility,
        settings=settings,
        beside=post.mentions,
        quoted_url=None if post.quoted_id is None else await address_of(tx, post.quoted_id, settings),
    )
    new = msgspec.structs.replace(post, html=shaped.html, mentions=shaped.mentions)
    if new != post:
        await store.change_post(tx, new)
        await index.drop_mentions(tx, post.id)
        await index.add_mentions(tx, post.id, new.mentions)
        await tx.record(PostNames(post_id=post.id, author_id=post.author_id))
    return new


def emoji_with(shaped: Shaped, poll: PollDraft | None) -> tuple[str, ...]:
    """The shortcodes of a post: those of its poll too, as Mastodon's Status#emojis has it."""
    if poll is None:
        return shaped.emoji
    return tuple(dict.fromkeys((*shaped.emoji, *text.shortcodes(" ".join(poll.options)))))


def all_of(content: Content, poll: PollDraft | None) -> tuple[str, ...]:
    """All words of a post: its text with the addresses of its links, its warning, what its poll offers."""
    said = (content.parsed.text, content.warning, *content.parsed.links)
    return said if poll is None else (*said, *poll.options)


def _as_local(handle: text.Handle, domain: str) -> text.Handle:
    """`name@this.server` is `name`."""
    return text.Handle(handle.name) if handle.domain == domain else handle


@functools.cache
def tag_pages(public_url: str) -> functools.partial[str]:
    """The address of a hashtag's page, from its key."""
    return functools.partial("{}/tags/{}".format, public_url)


async def look(tx: Tx, screen: Screen | None, post: Post, content: Content, *, edit: bool = False) -> None:
    """Have the post screened before anything of it is written.

    Raises:
        PostRefused: it is not to go out.
    """
    if screen is None:
        return
    candidate = Candidate(
        author_id=post.author_id,
        post_id=post.id,
        text=post.text,
        warning=post.warning,
        visibility=post.visibility,
        language=post.language,
        reply_to_id=post.reply_to_id,
        mentions=post.mentions,
        hashtags=post.hashtags,
        links=content.parsed.links,
        media=post.media,
        edit=edit,
    )
    try:
        screen(candidate)
    except PostRefused:
        raise
    except Exception:  # noqa: BLE001 (fails open by design: a broken screen must not stop everybody from posting)
        await tx.record(PostUnscreened(post_id=post.id, author_id=post.author_id))


async def put_in_indexes(tx: Tx, post: Post, shaped: Shaped) -> tuple[int, ...]:
    """Write the rows that the post is found by; only public posts stand under hashtags, whose ids are returned."""
    await index.add_mentions(tx, post.id, post.mentions)
    if post.visibility != "public" or not shaped.tags:
        return ()
    tag_ids = await index.tag_post(tx, post.id, shaped.tags)
    await featured.count_in(tx, post, tag_ids)
    return tag_ids


async def take_from_tags(tx: Tx, post: Post) -> None:
    """Let the post stand under no hashtag any more."""
    if post.visibility == "public":
        if post.hashtags:
            await featured.count_out(tx, post)
        await index.untag_post(tx, post.id)
