"""What comes after joining: a profile, people and hashtags to follow, and a short list of first steps on Home."""

from __future__ import annotations

from typing import NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import UNSET

from dunnock import accounts, discovery, media
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Upload
from dunnock.discovery import Collection, People, Reading, Trends
from dunnock.discovery.people import Source
from dunnock.feeds import tags
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.foundation.settings import Settings
from dunnock.web.cards import Cards, Face
from dunnock.web.looks import words_of
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member, Visitor
from dunnock.web.words import N_

STEPS = 3
"""Joining itself is the first one; the others can be left out."""
_AFTER_JOINING = "/welcome/profile"
_PEOPLE, _TAGS, _STARTERS, _NAMED = 12, 8, 6, 3
_FOLLOW_AT_FIRST = 5
_NEW_MS = 30 * DAY


class FirstStep(NamedTuple):
    """One thing to do at first, where to do it, and whether it is done."""

    words: str
    path: str
    done: bool


class Starter(NamedTuple):
    """A collection that staff chose, whose it is, and the first few in it."""

    one: Collection
    owner: Face
    first: list[Face]


class FirstProfileForm(Sent):
    """What others see of who just joined."""

    display_name: str = ""
    note: str = ""
    avatar: Upload | None = None


class FirstFollowsForm(Sent):
    """Whom and which hashtags to follow: those that are ticked; `starter`: the collection whose button was pressed."""

    ids: tuple[Id, ...] = ()
    tags: tuple[str, ...] = ()
    starter: Id | None = None


class PutAwayForm(Sent):
    """Pressed: it is not wanted any more."""


@get("/welcome/profile")
async def ask_first_profile(
    show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """Name, picture and a few words; or on to the next step."""
    held = await accounts.find_shown(db, member.account_id)
    return _ask_profile(show, FirstProfileForm(display_name=held.display_name, note=held.bio))


@post("/welcome/profile", status_code=303)
async def keep_first_profile(
    *,
    form: Form[FirstProfileForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    media_store: NamedDependency[media.MediaStore],
) -> Response[str] | Response[None]:
    """Keep it, and go on."""
    try:
        avatar = await media.take_picture(media_store, form.avatar.path, "avatar") if form.avatar else UNSET
        async with db.begin() as tx:
            await accounts.change_profile(
                tx,
                member.account_id,
                public_url=settings.public_url,
                display_name=form.display_name,
                bio=form.note.replace("\r\n", "\n"),
                avatar=avatar,
                by_member_id=member.member_id,
            )
    except DomainError as error:
        return _ask_profile(show, form, error=error)
    return show.go("/welcome/people", done="saved")


@get("/welcome/people")
async def ask_first_follows(
    *,
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    people: NamedDependency[People],
    trends: NamedDependency[Trends],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """Whom and what one might follow, each with the reason; nothing is ticked."""
    cards = Cards(db, account_views)
    suggested, offered = await _suggested(member, cards, people), await _starters(db, show, member, cards, people)
    return await _ask_follows(show, FirstFollowsForm(), suggested, offered, trends)


@post("/welcome/people", status_code=303)
async def follow_first(
    *,
    form: Form[FirstFollowsForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    people: NamedDependency[People],
    trends: NamedDependency[Trends],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Follow all that is ticked, or nothing when somebody of them can't be followed."""
    try:
        async with db.begin() as tx:
            for one in form.ids[:_PEOPLE]:
                await accounts.follow(tx, follower=member.account_id, followed=one)
            for name in form.tags[:_TAGS]:
                await tags.follow_tag(tx, member.account_id, name)
            if form.starter is not None:
                await discovery.follow_collection(tx, form.starter, by=member.account_id, ages=people.ages)
    except DomainError as error:
        cards = Cards(db, account_views)
        suggested, offered = await _suggested(member, cards, people), await _starters(db, show, member, cards, people)
        return await _ask_follows(show, form, suggested, offered, trends, error=error)
    return show.go("/", done="followed" if form.ids or form.tags or form.starter else "")


@post("/welcome/done", status_code=303)
async def put_checklist_away(
    form: Form[PutAwayForm],  # noqa: ARG001 (the button is all there is)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Show the list of first steps no more, in no browser."""
    async with db.begin() as tx:
        await accounts.choose_pages(tx, member.member_id, words_of(show.look.chosen, checked=True))
    return show.go("/")


@post("/welcome/collection", status_code=303)
async def put_collection_away(
    form: Form[PutAwayForm],  # noqa: ARG001 (the button is all there is)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Offer the collection that they came for no more; its page stays where it is."""
    async with db.begin() as tx:
        await discovery.forget_what_brought(tx, member.account_id)
    return show.go("/")


async def first_page(db: Db, account_id: int) -> str:
    """Where who just joined goes on: to the people for whom they came, or to their profile."""
    one = await discovery.what_brought(db, account_id)
    return _AFTER_JOINING if one is None else f"/collections/{one.id}"


async def came_for(db: Db, visitor: Visitor, cards: Cards) -> Starter | None:
    """The collection that brought who joined in the last 30 days; None: none did, or they followed it or put it away."""
    account = visitor.account
    if account is None or now_ms() - account.created_at > _NEW_MS:
        return None
    one = await discovery.what_brought(db, account.id)
    shown = [] if one is None else await _shown([one], cards)
    return shown[0] if shown else None


async def first_steps(db: Db, show: Show, visitor: Visitor) -> list[FirstStep]:
    """What who joined in the last 30 days may still want to do; empty: all is done, or they put the list away."""
    session, account = visitor.session, visitor.account
    if session is None or account is None or show.look.checked or now_ms() - account.created_at > _NEW_MS:
        return []
    posts, _, following, _ = account.counts
    factors = await accounts.factors_of(db, session.member_id)
    steps = [
        FirstStep(N_("Say who you are"), "/welcome/profile", bool(account.display_name and account.bio_html)),
        FirstStep(N_("Follow five people"), "/welcome/people", following >= _FOLLOW_AT_FIRST),
        FirstStep(N_("Write your first post"), "/publish", posts > 0),
        FirstStep(N_("Set up a second step and save its recovery codes"), "/settings/security", factors.codes_left > 0),
    ]
    return [] if all(step.done for step in steps) else steps


def _ask_profile(show: Show, form: FirstProfileForm, *, error: DomainError | None = None) -> Response[str]:
    return show("welcome_profile.html", error=error, form=form, step=2, steps=STEPS)


async def _suggested(member: Member, cards: Cards, people: People) -> list[tuple[Face, tuple[Source, ...]]]:
    found = await people.suggestions(member.account_id, limit=_PEOPLE)
    faces = {one.id: one for one in await cards.faces([one.account_id for one in found])}
    return [(faces[one.account_id], one.sources) for one in found if one.account_id in faces]


async def _starters(db: Db, show: Show, member: Member, cards: Cards, people: People) -> list[Starter]:
    language = show.locale.tag.partition("-")[0]
    found = await discovery.starters(db, viewer=member.account_id, language=language, ages=people.ages)
    return await _shown([one for one in found if one.items][:_STARTERS], cards)


async def _shown(found: list[Collection], cards: Cards) -> list[Starter]:
    wanted = {one.account_id for one in found} | {item.account_id for one in found for item in one.items[:_NAMED]}
    faces = {one.id: one for one in await cards.faces(list(wanted))}
    return [
        Starter(
            one, faces[one.account_id], [faces[it.account_id] for it in one.items[:_NAMED] if it.account_id in faces]
        )
        for one in found
        if one.account_id in faces
    ]


async def _ask_follows(
    show: Show,
    form: FirstFollowsForm,
    suggested: list[tuple[Face, tuple[Source, ...]]],
    starters: list[Starter],
    trends: Trends,
    *,
    error: DomainError | None = None,
) -> Response[str]:
    return show(
        "welcome_people.html",
        error=error,
        form=form,
        suggested=suggested,
        starters=starters,
        tags=[one.tag for one in (await trends.tags(Reading(first=show.locale.tag)))[:_TAGS]],
        step=3,
        steps=STEPS,
    )


HANDLERS = pages(
    ask_first_profile, keep_first_profile, ask_first_follows, follow_first, put_checklist_away, put_collection_away
)
