"""The form that writes posts: what stands in it, and what it says when it comes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import UNSET

from dunnock import accounts, media, posts
from dunnock.api.kit import Id, Upload
from dunnock.foundation import ids
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import DomainError, Invalid, Kind
from dunnock.foundation.settings import Settings
from dunnock.media.model import Media
from dunnock.posts.model import MOST_MEDIA
from dunnock.posts.poll import MOST_OPTIONS
from dunnock.posts.thread_of import MOST_PARTS
from dunnock.web.cards import Shown, file_url
from dunnock.web.choices import ANSWERERS, QUOTERS, VISIBILITIES
from dunnock.web.language_names import language_choices
from dunnock.web.pages import Sent
from dunnock.web.visitor import Visitor
from dunnock.web.words import N_

FOCUSES = [
    ("", N_("The middle")),
    ("0,1", N_("At the top")),
    ("0,-1", N_("At the bottom")),
    ("-1,0", N_("On the left")),
    ("1,0", N_("On the right")),
    ("-1,1", N_("Top left")),
    ("1,1", N_("Top right")),
    ("-1,-1", N_("Bottom left")),
    ("1,-1", N_("Bottom right")),
]
LASTS = [
    ("300", N_("5 minutes")),
    ("3600", N_("1 hour")),
    ("21600", N_("6 hours")),
    ("86400", N_("1 day")),
    ("259200", N_("3 days")),
    ("604800", N_("7 days")),
]
FIELDS = ["text", "warning", "visibility", "files", "description", "at", "poll"]


class NoMoment(DomainError):
    """The time that was typed is none."""

    code, kind, safe = "no_moment", Kind.INVALID, "Please say day and time, such as 2030-05-01T18:30"


class PostForm(Sent):
    """A post as the form sends it. `key` makes sending it twice harmless.

    `do` is the button: none publishes, "more" shows everything that can be said, "media" takes the files, "part" adds a post
    to the thread, "draft" keeps it, "drop ID" takes a file away. `at` is in the time zone that is `zone` minutes behind UTC.
    """

    text: str = ""
    parts: tuple[str, ...] = ()
    warning: str = ""
    visibility: str | None = None
    sensitive: bool = False
    language: str = ""
    quote_policy: str = ""
    reply_policy: str = ""
    reply_to_id: Id | None = None
    quoted_id: Id | None = None
    files: tuple[Upload, ...] = ()
    description: str = ""
    media_ids: tuple[Id, ...] = ()
    descriptions: dict[str, str] = msgspec.field(default_factory=dict)
    focuses: dict[str, str] = msgspec.field(default_factory=dict)
    options: tuple[str, ...] = ()
    lasts: int = 86_400
    multiple: bool = False
    hide_totals: bool = False
    at: str = ""
    zone: int = 0
    draft_id: Id | None = None
    version: int = 0
    key: str = ""
    whole: bool = False
    do: str = ""


class MediaShown(msgspec.Struct, frozen=True):
    """A file that goes with the post."""

    id: int
    kind: str
    preview: str
    description: str
    focus: str


class DraftShown(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the form. `whole`: everything that can be said is shown, not only what is said most.

    `edits`: the post that it changes, None: it makes a new one.
    """

    key: str
    visibility: str
    edits: int | None = None
    reply_to_id: int | None = None
    quoted_id: int | None = None
    text: str = ""
    parts: Sequence[str] = ()
    warning: str = ""
    description: str = ""
    sensitive: bool = False
    language: str = ""
    quote_policy: str = ""
    reply_policy: str = ""
    media: Sequence[MediaShown] = ()
    options: Sequence[str] = ()
    lasts: str = "86400"
    multiple: bool = False
    hide_totals: bool = False
    at: str = ""
    zone: int = 0
    draft_id: int | None = None
    version: int = 0
    whole: bool = False


async def composer(db: Db, settings: Settings, visitor: Visitor, reply_to_id: int | None = None) -> dict[str, Any]:
    """What the template of the form needs, beside something else: empty, with what is said most. One read."""
    return values_of(await fresh_draft(db, visitor, reply_to_id=reply_to_id), settings)


async def fresh_draft(db: Db, visitor: Visitor, **more: Any) -> DraftShown:
    """An empty form with the member's defaults; `more` stands in it. One read."""
    defaults = await accounts.posting_defaults(db, visitor.member.account_id)
    standing = {
        "visibility": defaults.visibility,
        "sensitive": defaults.sensitive,
        "language": defaults.language or "",
        "quote_policy": defaults.quote_policy,
        "reply_policy": defaults.reply_policy,
    }
    return DraftShown(key=ids.secret(12), **(standing | more))


def values_of(draft: DraftShown, settings: Settings, *, quoted: Shown | None = None) -> dict[str, Any]:
    """What the template of the form needs."""
    values: dict[str, Any] = {
        "draft": draft,
        "visibilities": VISIBILITIES,
        "most": settings.max_post_length,
        "composing": FIELDS,
        "quoted": quoted,
    }
    if draft.whole:
        values |= {
            "languages": language_choices(draft.language),
            "quoters": QUOTERS,
            "answerers": ANSWERERS,
            "focuses": FOCUSES,
            "lasts": LASTS,
            "most_options": MOST_OPTIONS,
            "most_parts": MOST_PARTS,
            "most_media": MOST_MEDIA,
        }
    return values


async def accepted(
    db: Db, media_store: media.MediaStore, settings: Settings, form: PostForm, *, by: int
) -> tuple[int, ...]:
    """The files of the form, those that came with it now last, as media of the member.

    Raises:
        Invalid: they are too many.
        What `media.accept` raises.
    """
    if len(form.media_ids) + len(form.files) > MOST_MEDIA:
        raise Invalid(say=f"Validation failed: a post can have up to {MOST_MEDIA} media")
    made = list(form.media_ids)
    for file in form.files:
        kept = await media.accept(
            db,
            media_store,
            account_id=by,
            path=file.path,
            description=form.description.strip() or None if len(form.files) == 1 else None,
            most_bytes=settings.media_bytes,
        )
        made.append(kept.id)
    return tuple(made)


async def describe(tx: Tx, form: PostForm, media_ids: Sequence[int], *, by: int) -> None:
    """Keep what the form says of its files. Raises what `media.describe` raises."""
    for an_id in media_ids:
        said, focus = form.descriptions.get(str(an_id)), form.focuses.get(str(an_id))
        if said is not None or focus is not None:
            await media.describe(
                tx,
                an_id,
                by=by,
                description=UNSET if said is None else said,
                focus=UNSET if focus is None else _focus(focus),
            )


def drafts_of(form: PostForm, media_ids: Sequence[int], kept: Sequence[posts.Draft] = ()) -> list[posts.Draft]:
    """The posts that the form says. `kept`: the draft that it comes from, of which further parts keep all but their text."""
    options = tuple(one for one in form.options if one.strip())
    first = posts.Draft(
        text=_lines(form.text),
        warning=form.warning,
        visibility=form.visibility or None,
        sensitive=(form.sensitive or None) if form.whole else None,
        language=form.language or None,
        reply_to_id=form.reply_to_id,
        media_ids=tuple(media_ids),
        poll=posts.PollDraft(
            options=options, expires_in=form.lasts, multiple=form.multiple, hide_totals=form.hide_totals
        )
        if options
        else None,
        quoted_id=form.quoted_id,
        quote_policy=form.quote_policy or None,
        reply_policy=form.reply_policy or None,
    )
    further = [
        msgspec.structs.replace(kept[at] if at < len(kept) else posts.Draft(language=first.language), text=_lines(text))
        for at, text in enumerate(form.parts, 1)
    ]
    return [first, *(one for one in further if one.text.strip() or one.media_ids)]


def moment_of(form: PostForm) -> int | None:
    """When it is to go out, in Unix milliseconds; None: now. Raises: NoMoment."""
    if not form.at.strip():
        return None
    try:
        local = datetime.fromisoformat(form.at.strip()).replace(tzinfo=UTC)
        return int((local + timedelta(minutes=form.zone)).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise NoMoment(form.at[:40]) from error


async def as_sent(db: Db, form: PostForm, media_ids: Sequence[int], *, by: int, whole: bool) -> DraftShown:
    """The form as it came, to be shown again."""
    found = await media.find(db, media_ids)
    own = [found[one] for one in media_ids if one in found and found[one].account_id == by]
    return DraftShown(
        key=form.key,
        visibility=form.visibility or "public",
        reply_to_id=form.reply_to_id,
        quoted_id=form.quoted_id,
        text=form.text,
        parts=[*form.parts, ""] if form.do == "part" and len(form.parts) + 1 < MOST_PARTS else form.parts,
        warning=form.warning,
        description="" if media_ids else form.description,
        sensitive=form.sensitive,
        language=form.language,
        quote_policy=form.quote_policy,
        reply_policy=form.reply_policy,
        media=[_shown(one, form) for one in own],
        options=form.options,
        lasts=str(form.lasts),
        multiple=form.multiple,
        hide_totals=form.hide_totals,
        at=form.at,
        zone=form.zone,
        draft_id=form.draft_id,
        version=form.version,
        whole=whole,
    )


async def from_sketch(db: Db, held: posts.Sketch, fresh: DraftShown) -> DraftShown:
    """A draft that was kept, to go on with."""
    first, *further = held.parts
    found = await media.find(db, first.media_ids)
    poll = first.poll or posts.PollDraft()
    return msgspec.structs.replace(
        fresh,
        visibility=first.visibility or fresh.visibility,
        reply_to_id=first.reply_to_id,
        quoted_id=first.quoted_id,
        text=first.text,
        parts=[one.text for one in further],
        warning=first.warning,
        sensitive=bool(first.sensitive),
        language=first.language or fresh.language,
        quote_policy=first.quote_policy or fresh.quote_policy,
        reply_policy=first.reply_policy or fresh.reply_policy,
        media=[_shown(found[one]) for one in first.media_ids if one in found],
        options=poll.options,
        lasts=str(poll.expires_in or 86_400),
        multiple=poll.multiple,
        hide_totals=poll.hide_totals,
        draft_id=held.id,
        version=held.version,
        whole=True,
    )


async def from_post(db: Db, held: posts.Post) -> DraftShown:
    """A post as it stands, to be changed."""
    found = await media.find(db, held.media)
    poll = None if held.poll_id is None else (await posts.polls_of(db, [held.id])).get(held.id)
    return DraftShown(
        key="",
        edits=held.id,
        visibility=held.visibility,
        text=held.text,
        warning=held.warning,
        sensitive=held.sensitive and not held.warning,
        language=held.language or "",
        quote_policy=held.quote_policy,
        reply_policy=held.reply_policy,
        media=[_shown(found[one]) for one in held.media if one in found],
        options=() if poll is None else poll.options,
        multiple=poll is not None and poll.multiple,
        hide_totals=poll is not None and poll.hide_totals,
        whole=True,
    )


def changes_of(form: PostForm, media_ids: Sequence[int], poll: posts.Poll | None) -> posts.Changes:
    """What the form says that a post is to say; a `poll` whose choices are the same runs on to its end."""
    wanted = drafts_of(form, media_ids)[0]
    asked = wanted.poll
    if poll is not None and asked is not None and posts.same_question(poll, asked):
        asked = msgspec.structs.replace(posts.same_poll(poll), hide_totals=asked.hide_totals)
    described = [an_id for an_id in media_ids if str(an_id) in form.descriptions or str(an_id) in form.focuses]
    return posts.Changes(
        text=wanted.text,
        warning=wanted.warning,
        sensitive=form.sensitive,
        language=wanted.language,
        media_ids=wanted.media_ids,
        media_changes=tuple(
            posts.MediaChange(
                id=an_id,
                description=form.descriptions.get(str(an_id), UNSET),
                focus=_focus(form.focuses[str(an_id)]) if str(an_id) in form.focuses else UNSET,
            )
            for an_id in described
        ),
        poll=asked,
        quote_policy=wanted.quote_policy,
        reply_policy=wanted.reply_policy,
    )


def _shown(one: Media, form: PostForm | None = None) -> MediaShown:
    focus = "" if one.focus is None or one.focus == (0, 0) else ",".join(f"{part:g}" for part in one.focus)
    said = {} if form is None else form.descriptions
    chosen = {} if form is None else form.focuses
    picture = one.picture
    file = None if picture is None else picture.small or (None if picture.clip else picture.still)
    preview = "" if file is None else file_url(file)
    return MediaShown(
        one.id, one.kind, preview, said.get(str(one.id), one.description or ""), chosen.get(str(one.id), focus)
    )


def _focus(typed: str) -> tuple[float, float] | None:
    x, comma, y = typed.partition(",")
    try:
        return (float(x), float(y)) if comma else None
    except ValueError as error:
        raise Invalid(typed[:40], say="Validation failed: Focus must be two numbers from -1 to 1") from error


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")
