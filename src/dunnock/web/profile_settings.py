"""Settings: what one shows of oneself, and how one posts."""

from __future__ import annotations

from itertools import zip_longest

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import UNSET

from dunnock import accounts, media
from dunnock.accounts.account import Account
from dunnock.accounts.profile import MOST_FIELDS
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Upload
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.foundation.settings import Settings
from dunnock.media.model import read_picture
from dunnock.web.cards import Cards, file_url
from dunnock.web.choices import ANSWERERS, QUOTERS, VISIBILITIES
from dunnock.web.language_names import language_choices
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


class ProfileForm(Sent):
    """A profile as its form sends it."""

    display_name: str = ""
    note: str = ""
    avatar: Upload | None = None
    avatar_away: bool = False
    header: Upload | None = None
    header_away: bool = False
    line_names: dict[str, str] = msgspec.field(default_factory=dict)
    line_values: dict[str, str] = msgspec.field(default_factory=dict)
    bot: bool = False
    locked: bool = False
    discoverable: bool = False
    indexable: bool = False
    hide_collections: bool = False


class PreferencesForm(Sent):
    """How new posts are."""

    visibility: str = "public"
    quotes: str = ""
    replies: str = ""
    language: str = ""
    sensitive: bool = False


@get("/settings")
async def ask_settings(show: NamedDependency[Show], member: NamedDependency[Member]) -> Response[None]:  # noqa: ARG001 (strangers sign in)
    """The first of the settings."""
    return show.go("/settings/profile")


@get("/settings/profile")
async def ask_profile(
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """The form, filled in."""
    held = await accounts.find_shown(db, member.account_id)
    form = ProfileForm(
        display_name=held.display_name,
        note=held.bio,
        bot=held.kind == "service",
        locked=held.locked,
        discoverable=held.discoverable,
        indexable=held.indexable,
        hide_collections=held.hide_collections,
    )
    lines = [(line.name, line.value) for line in held.fields]
    return await _ask(show, Cards(db, account_views), held, form, lines)


@post("/settings/profile", status_code=303)
async def change_profile(
    *,
    form: Form[ProfileForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    media_store: NamedDependency[media.MediaStore],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Change all of it in one step: when a part is refused, nothing is changed."""
    lines = _lines(form)
    try:
        avatar = await media.take_picture(media_store, form.avatar.path, "avatar") if form.avatar else None
        header = await media.take_picture(media_store, form.header.path, "header") if form.header else None
        async with db.begin() as tx:
            await accounts.change_profile(
                tx,
                member.account_id,
                public_url=settings.public_url,
                display_name=form.display_name,
                bio=form.note.replace("\r\n", "\n"),
                fields=lines,
                avatar=avatar or (None if form.avatar_away else UNSET),
                header=header or (None if form.header_away else UNSET),
                bot=form.bot,
                by_member_id=member.member_id,
            )
            await accounts.change_settings(
                tx,
                member.account_id,
                locked=form.locked,
                discoverable=form.discoverable,
                indexable=form.indexable,
                hide_collections=form.hide_collections,
            )
    except DomainError as error:
        held = await accounts.find_shown(db, member.account_id)
        return await _ask(show, Cards(db, account_views), held, form, lines, error=error)
    return show.go("/settings/profile", done="saved")


@get("/settings/preferences")
async def ask_preferences(
    show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """The form, filled in."""
    held = await accounts.posting_defaults(db, member.account_id)
    return _ask_preferences(
        show,
        PreferencesForm(
            visibility=held.visibility,
            quotes=held.quote_policy,
            replies=held.reply_policy,
            language=held.language or "",
            sensitive=held.sensitive,
        ),
    )


@post("/settings/preferences", status_code=303)
async def change_preferences(
    form: Form[PreferencesForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[str] | Response[None]:
    """Change how new posts are."""
    try:
        async with db.begin() as tx:
            await accounts.change_settings(
                tx,
                member.account_id,
                default_visibility=form.visibility,
                default_quote_policy=form.quotes or UNSET,
                default_reply_policy=form.replies or UNSET,
                default_language=form.language or None,
                default_sensitive=form.sensitive,
            )
    except DomainError as error:
        return _ask_preferences(show, form, error=error)
    return show.go("/settings/preferences", done="saved")


def _lines(form: ProfileForm) -> list[tuple[str, str]]:
    return [
        (name, value)
        for at in range(MOST_FIELDS)
        if (name := form.line_names.get(str(at), "").strip()) + (value := form.line_values.get(str(at), "").strip())
    ]


async def _ask(
    show: Show,
    cards: Cards,
    held: Account,
    form: ProfileForm,
    lines: list[tuple[str, str]],
    *,
    error: DomainError | None = None,
) -> Response[str]:
    return show(
        "profile_settings.html",
        error=error,
        form=form,
        lines=[line or ("", "") for line, _ in zip_longest(lines, range(MOST_FIELDS))],
        face=(await cards.faces([held.id]))[0],
        has_avatar=held.avatar is not None,
        header=file_url(read_picture(held.header).still) if held.header else None,
    )


def _ask_preferences(show: Show, form: PreferencesForm, *, error: DomainError | None = None) -> Response[str]:
    languages = language_choices(form.language)
    return show(
        "preferences.html",
        error=error,
        form=form,
        visibilities=VISIBILITIES,
        quoters=QUOTERS,
        answerers=ANSWERERS,
        languages=languages,
    )


HANDLERS = pages(ask_settings, ask_profile, change_profile, ask_preferences, change_preferences)
