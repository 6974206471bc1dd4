"""Writing posts: the form by itself, what it sends, and what its script asks for while somebody types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency, Provide

from dunnock import accounts, media, posts
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query, Upload
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.foundation.settings import Settings
from dunnock.integrity.money import Destinations
from dunnock.posts.hashtag_search import search_hashtags
from dunnock.web.cards import Cards, Face, Shown, file_url
from dunnock.web.composer import (
    PostForm,
    accepted,
    as_sent,
    describe,
    drafts_of,
    fresh_draft,
    from_sketch,
    moment_of,
    values_of,
)
from dunnock.web.one_by_one import OneByOne, provide_one_by_one
from dunnock.web.pages import Sent, pages
from dunnock.web.scripted import asks_json, led, told
from dunnock.web.show import Show
from dunnock.web.visitor import Member, Visitor

_MOST_FOUND = 8
_LONGEST_WORD = 60
_ONE_BY_ONE = {"one_by_one": Provide(provide_one_by_one)}


class PublishParams(msgspec.Struct, frozen=True):
    """What stands in the form at first: also what other apps share (`title`, `text`, `url`)."""

    text: str = ""
    title: str = ""
    url: str = ""
    reply: Id | None = None
    quote: Id | None = None
    draft: Id | None = None
    done: str = ""


class CompleteParams(msgspec.Struct, frozen=True):
    """A word that is being typed, with its sign: `@wre`, `#hed`, `:bir`."""

    q: str = ""


class MediaForm(Sent):
    """One file, which the script sends before the post."""

    file: Upload | None = None


class Offer(msgspec.Struct, frozen=True):
    """What could stand in the place of the word: the `word`, who or what that is, and a picture of it ("": none)."""

    word: str
    about: str
    picture: str = ""


@get("/publish", dependencies=_ONE_BY_ONE)
async def show_composer(
    *,
    params: Query[PublishParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    one_by_one: NamedDependency[OneByOne],
) -> Response[str]:
    """The form with everything that can be said of a post. Nothing is posted by coming here."""
    fresh = await fresh_draft(db, visitor, whole=True, reply_to_id=params.reply, quoted_id=params.quote)
    if params.draft is not None:
        draft = await from_sketch(db, await posts.find_draft(db, params.draft, by=member.account_id), fresh)
    else:
        shared = "\n".join(one.strip() for one in (params.title, params.text, params.url) if one.strip())
        draft = msgspec.structs.replace(fresh, text=shared[: 4 * settings.max_post_length])
    quoted = await _quoted(one_by_one, draft.quoted_id, member)
    return show("compose.html", **values_of(draft, settings, quoted=quoted))


@post("/compose", status_code=303, dependencies=_ONE_BY_ONE)
async def publish(
    *,
    form: Form[PostForm],
    request: Request[Any, Any, Any],
    member: NamedDependency[Member],
    show: NamedDependency[Show],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    media_store: NamedDependency[media.MediaStore],
    one_by_one: NamedDependency[OneByOne],
    destinations: NamedDependency[Destinations],
) -> Response[Any]:
    """Do what the button says: publish, have it published later, keep a draft, or show the form with more room."""
    by = member.account_id
    media_ids: Sequence[int] = form.media_ids
    error: DomainError | None = None
    whole = form.whole or bool(form.do)
    try:
        media_ids = await accepted(db, media_store, settings, form, by=by)
        if form.do in {"", "draft"}:
            where, done = await _send(db, form, media_ids, member, settings, await destinations.fresh())
            return led(request, show, where, done)
        if form.do.startswith("drop "):
            media_ids = [one for one in media_ids if str(one) != form.do[5:]]
    except (posts.PostMissing, posts.DraftMissing):
        raise
    except DomainError as refusal:
        error = refusal
    if error is not None and asks_json(request):
        return told(show, error)
    draft = await as_sent(db, form, media_ids, by=by, whole=whole)
    quoted = await _quoted(one_by_one, form.quoted_id, member)
    return show("compose.html", error=error, **values_of(draft, settings, quoted=quoted))


@post("/compose/media", status_code=200)
async def add_media(
    *,
    form: Form[MediaForm],
    member: NamedDependency[Member],
    show: NamedDependency[Show],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    media_store: NamedDependency[media.MediaStore],
) -> Response[Any]:
    """Take a file for a post to come; its id and preview, or why it was refused."""
    try:
        if form.file is None:
            raise Invalid(say="Choose a file")
        kept = await media.accept(
            db, media_store, account_id=member.account_id, path=form.file.path, most_bytes=settings.media_bytes
        )
    except DomainError as error:
        return told(show, error)
    small = kept.picture.small if kept.picture else None
    return Response({"id": str(kept.id), "kind": kept.kind, "preview": file_url(small) if small else ""})


@get("/compose/complete")
async def complete(
    *,
    params: Query[CompleteParams],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[list[Offer]]:
    """People, hashtags or emoji whose name begins like the word, the likeliest first."""
    sign, word = params.q[:1], params.q[1:_LONGEST_WORD].strip()
    found: list[Offer] = []
    if sign == "@" and word:
        ids = await accounts.search_accounts(db, word, limit=_MOST_FOUND, viewer=member.account_id)
        people: list[Face] = await Cards(db, account_views).faces(ids)
        found = [Offer(f"@{one.handle}", str(one.name.striptags()), one.avatar) for one in people]
    elif sign == "#" and word:
        tags = await search_hashtags(db, word, now=now_ms(), limit=_MOST_FOUND)
        found = [Offer(f"#{one.name}", "") for one in tags]
    elif sign == ":" and word:
        every = [one for one in await media.all_emoji(db) if one.listed and one.shortcode.startswith(word)]
        found = [Offer(f":{one.shortcode}:", "", f"/media/{one.still_file}") for one in every[:_MOST_FOUND]]
    return Response(found, headers={"cache-control": "private, no-store"})


async def _send(  # noqa: PLR0917 (all that a post is made of)
    db: Db, form: PostForm, media_ids: Sequence[int], member: Member, settings: Settings, screen: posts.Screen
) -> tuple[str, str]:
    """Publish, schedule or keep it, all or nothing; where to go, and what to say there."""
    by, at = member.account_id, moment_of(form)
    async with db.begin() as tx:
        kept = () if form.draft_id is None else (await posts.find_draft(tx, form.draft_id, by=by)).parts
        await describe(tx, form, media_ids, by=by)
        parts = drafts_of(form, media_ids, kept)
        if form.do == "draft":
            if form.draft_id is None:
                await posts.add_draft(tx, parts, by=by, settings=settings, key=form.key or None)
            else:
                await posts.change_draft(tx, form.draft_id, parts, version=form.version, by=by, settings=settings)
            return "/drafts", "kept"
        sent: dict[str, Any] = {
            "author_id": by,
            "app_id": None,
            "settings": settings,
            "key": form.key or None,
            "draft_id": form.draft_id,
        }
        if at is not None and at > tx.now:
            if len(parts) > 1:
                raise Invalid(
                    say="Validation failed: only a single post can be published later. Keep the thread as a draft"
                )
            later = await posts.schedule(tx, parts[0], at=at, **sent)
            return ("/scheduled", "scheduled") if isinstance(later, posts.Scheduled) else _post(member, later.id)
        if len(parts) == 1:
            return _post(member, (await posts.publish(tx, parts[0], screen=screen, **sent)).id)
        return _post(member, (await posts.publish_thread(tx, parts, screen=screen, **sent))[0].id)


def _post(member: Member, post_id: int) -> tuple[str, str]:
    return f"/@{member.account.username}/{post_id}", "posted"


async def _quoted(one_by_one: OneByOne, quoted_id: int | None, member: Member) -> Shown | None:
    """The post that is quoted, if the member may see it."""
    return None if quoted_id is None else (await one_by_one.find([quoted_id], member.account_id)).get(quoted_id)


HANDLERS = pages(show_composer, publish, add_media, complete)
