"""Statuses (our posts): publish, show, edit, delete, thread, history. What people do with them: statuses_actions.py."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, delete, get, post, route
from litestar.di import NamedDependency
from litestar.enums import HttpMethod
from litestar.params import FromPath

from dunnock import media, posts
from dunnock.api.kit import Called, Caller, Form, Id, MaybeCalled, Query, Upload, public, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.scheduled_statuses import moment_of, scheduled_wires
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid
from dunnock.foundation.settings import Settings
from dunnock.integrity.money import Destinations
from dunnock.media import MediaStore

MOST_AT_ONCE = 40
VISIBILITY = {"public": "public", "unlisted": "unlisted", "private": "followers", "direct": "direct"}
READS, WRITES = "read:statuses", "write:statuses"
_CHANGE = [HttpMethod.PUT, HttpMethod.PATCH]
_encode = msgspec.json.encode


class PollForm(msgspec.Struct):
    """A poll beside a post; `expires_in` in seconds."""

    options: list[str] = []
    expires_in: int | None = None
    multiple: bool | None = None
    hide_totals: bool | None = None


class StatusForm(msgspec.Struct):
    """What a new post is made of."""

    status: str = ""
    spoiler_text: str = ""
    visibility: str | None = None
    sensitive: bool | None = None
    language: str | None = None
    in_reply_to_id: Id | None = None
    media_ids: list[Id] = []
    scheduled_at: str | None = None
    poll: PollForm | None = None
    quoted_status_id: Id | None = None
    quote_approval_policy: str | None = None
    reply_policy: str | None = None
    draft_id: Id | None = None


class MediaForm(msgspec.Struct):
    """New words, focus (`x,y`) or thumbnail for a picture of a post."""

    id: Id
    description: str | msgspec.UnsetType | None = msgspec.UNSET
    focus: str | msgspec.UnsetType | None = msgspec.UNSET
    thumbnail: Upload | None = None


class StatusEditForm(msgspec.Struct):
    """What a post is to say from now on."""

    status: str = ""
    spoiler_text: str = ""
    sensitive: bool | None = None
    language: str | None = None
    media_ids: list[Id] = []
    media_attributes: list[MediaForm] = []
    poll: PollForm | None = None
    quote_approval_policy: str | None = None
    reply_policy: str | None = None


class PolicyForm(msgspec.Struct):
    """Who may quote a post and who may answer it; what is missing stays."""

    quote_approval_policy: str | None = None
    reply_policy: str | None = None


class DeleteForm(msgspec.Struct):
    """Whether the pictures go with the post, or are kept for a day, to write it anew."""

    delete_media: bool = False


class StatusesParams(msgspec.Struct, frozen=True):
    """Which posts to show at once."""

    id: list[Id] = []


class _Shown(msgspec.Struct):
    """The parts of a rendered post that its history shows too."""

    account: msgspec.Raw
    emojis: list[dict[str, Any]]
    quote: msgspec.Raw


def json(body: bytes, *, link: bytes = b"") -> Response[Any]:
    """Finished JSON as an answer."""
    headers = {"link": link.decode()} if link else None
    return Response(body, media_type="application/json; charset=utf-8", headers=headers)


def me(caller: Caller) -> int:
    """The account that a caller under `require(...)` acts for."""
    if caller.account_id is None:
        raise Invalid(say="This method requires an authenticated user")
    return caller.account_id


def viewer(caller: Caller | None) -> int | None:
    """The account that looks; None for strangers and apps."""
    return None if caller is None else caller.account_id


@post("/api/v1/statuses", guards=[require(WRITES)], status_code=200)
async def publish_status(
    *,
    form: Form[StatusForm],
    caller: Called,
    request: Request[Any, Any, Any],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    render: NamedDependency[Render],
    destinations: NamedDependency[Destinations],
) -> Response[wire.Status | wire.ScheduledStatus]:
    """Publish a post, or with `scheduled_at` have it published. With an `Idempotency-Key`, asking again gives the same."""
    draft = draft_of(form)
    at = moment_of(form.scheduled_at)
    by: dict[str, Any] = {
        "author_id": me(caller),
        "app_id": caller.app_id,
        "settings": settings,
        "key": request.headers.get("idempotency-key") or None,
        "draft_id": form.draft_id,
    }
    screen = await destinations.fresh()
    async with db.begin() as tx:
        made: posts.Post | posts.Scheduled
        if at is None or at <= tx.now:  # a moment in the past is now, as Mastodon has it
            made = await posts.publish(tx, draft, screen=screen, **by)
        else:
            made = await posts.schedule(tx, draft, at=at, **by)
    if isinstance(made, posts.Scheduled):
        return json(_encode((await scheduled_wires(db, render, [made]))[0]))
    return json(await render.status(made.id, me(caller)))


@get("/api/v1/statuses", guards=[public(READS)])
async def show_statuses(
    params: Query[StatusesParams], caller: MaybeCalled, render: NamedDependency[Render]
) -> Response[list[wire.Status]]:
    """Posts by their ids (`id[]`), as far as there are such and one may see them."""
    ids = list(dict.fromkeys(params.id))[:MOST_AT_ONCE]
    return json(await render.statuses(ids, viewer(caller)))


@get("/api/v1/statuses/{post_id:int}", guards=[public(READS)])
async def show_status(
    post_id: FromPath[int], caller: MaybeCalled, render: NamedDependency[Render]
) -> Response[wire.Status]:
    """One post."""
    return json(await render.status(post_id, viewer(caller)))


@route("/api/v1/statuses/{post_id:int}", http_method=_CHANGE, guards=[require(WRITES)])
async def edit_status(
    *,
    post_id: FromPath[int],
    form: Form[StatusEditForm],
    caller: Called,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    render: NamedDependency[Render],
    media_store: NamedDependency[MediaStore],
    destinations: NamedDependency[Destinations],
) -> Response[wire.Status]:
    """Change an own post: all of text, warning, sensitivity, media and poll are as sent from now on."""
    changes = posts.Changes(
        text=form.status,
        warning=form.spoiler_text,
        sensitive=form.sensitive,
        language=form.language or None,
        media_ids=tuple(form.media_ids),
        media_changes=tuple(
            [
                posts.MediaChange(
                    id=one.id,
                    description=one.description,
                    focus=focus_of(one.focus),
                    thumbnail=None
                    if one.thumbnail is None
                    else await media.make_thumbnail(db, media_store, one.id, one.thumbnail.path, by=me(caller)),
                )
                for one in form.media_attributes
            ]
        ),
        poll=poll_of(form.poll),
        quote_policy=form.quote_approval_policy or None,
        reply_policy=form.reply_policy or None,
    )
    screen = await destinations.fresh()
    async with db.begin() as tx:
        await posts.edit(tx, post_id, changes, by=me(caller), settings=settings, screen=screen)
    return json(await render.status(post_id, me(caller)))


@route("/api/v1/statuses/{post_id:int}/interaction_policy", http_method=_CHANGE, guards=[require(WRITES)])
async def change_interaction_policy(
    post_id: FromPath[int],
    form: Form[PolicyForm],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
) -> Response[wire.Status]:
    """Change who may quote an own post and who may answer it. What was done before stays, and the post is not edited."""
    async with db.begin() as tx:
        await posts.change_policies(
            tx,
            post_id,
            by=me(caller),
            quote_policy=form.quote_approval_policy or None,
            reply_policy=form.reply_policy or None,
        )
    return json(await render.status(post_id, me(caller)))


@delete("/api/v1/statuses/{post_id:int}", guards=[require(WRITES)], status_code=200)
async def delete_status(
    *,
    post_id: FromPath[int],
    form: Form[DeleteForm],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
) -> Response[wire.DeletedStatus]:
    """Delete an own post; the answer holds its text as written, to write it anew."""
    last = await render.status(post_id, me(caller), as_written=True)
    async with db.begin() as tx:
        gone = await posts.delete(tx, post_id, by=me(caller), with_media=form.delete_media)
    shown = msgspec.json.decode(last, type=dict[str, msgspec.Raw])
    return json(_encode(shown | {"text": msgspec.Raw(_encode(gone.text))}))


@get("/api/v1/statuses/{post_id:int}/context", guards=[public(READS)])
async def show_context(
    post_id: FromPath[int], caller: MaybeCalled, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Context]:
    """What the post answers, and what answers it."""
    who = viewer(caller)
    found = await posts.thread(db, post_id, who)
    ancestors = await render.statuses(found.ancestors, who)
    return json(b'{"ancestors":%b,"descendants":%b}' % (ancestors, await render.statuses(found.descendants, who)))


@get("/api/v1/statuses/{post_id:int}/history", guards=[public(READS)])
async def show_history(
    post_id: FromPath[int], caller: MaybeCalled, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[list[wire.StatusEdit]]:
    """All versions of the post, oldest first."""
    found, versions = await posts.history(db, post_id, viewer(caller))
    shown = msgspec.json.decode(await render.status(found.id, viewer(caller)), type=_Shown)
    pictures = await media.find(db, sorted({then.id for version in versions for then in version.media}))
    return json(_encode([_version(version, shown, pictures, render) for version in versions]))


@get("/api/v1/statuses/{post_id:int}/source", guards=[require(READS, user=False)])
async def show_source(post_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> Response[wire.StatusSource]:
    """The post as written."""
    found = await posts.source(db, post_id, viewer(caller))
    return json(_encode(wire.StatusSource(id=str(found.id), text=found.text, spoiler_text=found.warning)))


@get("/api/v1/statuses/{post_id:int}/card", guards=[public(READS)])
async def show_card(
    post_id: FromPath[int], caller: MaybeCalled, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.PreviewCard | wire.Nothing]:
    """The preview of the first link in the post; an empty object where there is none (yet)."""
    found = await posts.find_visible(db, post_id, viewer(caller))
    return json(await render.preview(found.boost_of_id or found.id, viewer(caller)))


def draft_of(form: StatusForm) -> posts.Draft:
    """What somebody wants to post."""
    return posts.Draft(
        text=form.status,
        warning=form.spoiler_text,
        visibility=visibility_of(form.visibility),
        sensitive=form.sensitive,
        language=form.language or None,
        reply_to_id=form.in_reply_to_id,
        media_ids=tuple(form.media_ids),
        poll=poll_of(form.poll),
        quoted_id=form.quoted_status_id,
        quote_policy=form.quote_approval_policy or None,
        reply_policy=form.reply_policy or None,
    )


def poll_of(form: PollForm | None) -> posts.PollDraft | None:
    """The poll that is sent; None where nothing of one is."""
    if form is None or form == PollForm():
        return None
    return posts.PollDraft(
        options=tuple(form.options),
        expires_in=form.expires_in,
        multiple=bool(form.multiple),
        hide_totals=bool(form.hide_totals),
    )


def visibility_of(sent: str | None) -> str | None:
    """Ours for Mastodon's (`private` is our `followers`); None where nothing was sent."""
    if not sent:
        return None
    if sent not in VISIBILITY:
        raise Invalid(say="Validation failed: Visibility is not included in the list")
    return VISIBILITY[sent]


def focus_of(sent: str | msgspec.UnsetType | None) -> tuple[float, float] | msgspec.UnsetType | None:
    """`x,y` as numbers between -1 and 1."""
    if not sent:
        return sent if isinstance(sent, msgspec.UnsetType) else None
    try:
        x, y = (float(part) for part in sent.split(","))
    except ValueError as error:
        raise Invalid(say="Validation failed: Focus must be two numbers between -1 and 1") from error
    if not (-1 <= x <= 1 and -1 <= y <= 1):
        raise Invalid(say="Validation failed: Focus must be two numbers between -1 and 1")
    return x, y


def _version(
    version: posts.Revision, shown: _Shown, pictures: dict[int, media.Media], render: Render
) -> dict[str, Any]:
    then_shown = [
        msgspec.structs.replace(pictures[then.id], description=then.description, focus=then.focus)
        for then in version.media
        if then.id in pictures
    ]
    return {
        "content": version.html,
        "spoiler_text": version.warning,
        "sensitive": version.sensitive,
        "created_at": iso(version.at),
        "account": shown.account,
        "media_attachments": [msgspec.Raw(render.media(one)) for one in then_shown],
        "emojis": [one for one in shown.emojis if one["shortcode"] in version.emoji],
        "quote": shown.quote,  # no edit changes it
    } | ({} if version.poll is None else {"poll": {"options": [{"title": title} for title in version.poll]}})


HANDLERS: list[Any] = [
    publish_status,
    show_statuses,
    show_status,
    edit_status,
    change_interaction_policy,
    delete_status,
    show_context,
    show_history,
    show_source,
    show_card,
]
