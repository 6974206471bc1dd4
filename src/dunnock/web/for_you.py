"""For You: posts beyond those of people one follows, why each is there, and what one can change about it."""

from __future__ import annotations

from typing import Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Query
from dunnock.api.kit.shape import BIGGEST_ID
from dunnock.feeds import Feeds, lists
from dunnock.feeds.for_you import choices, policy
from dunnock.feeds.for_you.features import INFERRED
from dunnock.feeds.for_you.live import ForYou
from dunnock.feeds.for_you.model import Weight
from dunnock.feeds.for_you.receipt import recompute
from dunnock.feeds.page import Page
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.posts.hashtag_search import find_hashtag
from dunnock.posts.views import PostViews
from dunnock.text import hashtag_key
from dunnock.web.cards import Cards
from dunnock.web.local_path import local_path
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_MOST_SAID = 6  # causes that are put into sentences; the table below them has all
_LEAST_SAID = 0.05  # what moved the post by less is no reason why it is there


class ForYouParams(DoneParams, frozen=True):
    """Which page: of what was shown at this moment (Unix milliseconds). None: the next."""

    at: int | None = None


class SwitchForm(Sent):
    """What the feed is like for the member."""

    off: bool = False


class SignalForm(Sent):
    """Which signal, and whether it counts."""

    name: str = ""
    act: Literal["drop", "take"] = "drop"
    back: str = "/for-you/weights"


class LessForm(Sent):
    """Of whom (an id) or of which hashtag (a name) to see less."""

    kind: Literal["author", "tag"] = "author"
    subject: str = ""
    act: Literal["less", "as_before"] = "less"
    back: str = "/for-you"


class ResetForm(Sent):
    """Forget what was learnt."""


class Cause(msgspec.Struct, frozen=True):
    """One signal of a receipt: its value and what it added. `inferred`: from what the member did."""

    name: str
    value: float
    part: float
    inferred: bool


@get("/for-you")
async def show_for_you(
    *,
    params: Query[ForYouParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    for_you: NamedDependency[ForYou],
    cards: NamedDependency[Cards],
) -> Response[str] | Response[None]:
    """The next posts; each leads to why it is there. They have an address, so that whoever comes back finds them again."""
    held = await choices.choices_of(db, member.account_id)
    every = await lists.lists_of(db, member.account_id)
    if held.off or not for_you.on():
        return show("for_you.html", shown=[], off=True, here=for_you.on(), lists=every)
    if params.at is not None and 0 < params.at <= BIGGEST_ID:
        served = await for_you.shown_at(member.account_id, params.at)
    else:
        served = await for_you.serve(member.account_id)
        if served.receipts:
            return show.go(f"/for-you?at={served.receipts[0].at}")
    return show("for_you.html", shown=await cards.page(served.page, "public"), off=False, here=True, lists=every)


@get("/for-you/why/{post_id:int}")
async def show_why(
    *,
    post_id: FromPath[int],
    params: Query[DoneParams],  # noqa: ARG001 (what was done is read by the frame)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    for_you: NamedDependency[ForYou],
    post_views: NamedDependency[PostViews],
    account_views: NamedDependency[AccountViews],
    viewers: NamedDependency[Viewers],
    feeds: NamedDependency[Feeds],
    db: NamedDependency[Db],
    cards: NamedDependency[Cards],
) -> Response[str]:
    """Why a post was shown: sentences from its receipt, each with what one can do about it, and the receipt itself."""
    receipt = await for_you.receipt(member.account_id, post_id)
    found = await post_views.get([post_id])
    people = await account_views.get({one.author_id for one in found.values()})
    shown = await cards.page(Page(list(found.values()), found, people, None, None), "public")
    causes = sorted(
        (Cause(name, receipt.values[name], part, name in INFERRED) for name, part in receipt.parts.items()),
        key=lambda one: (-abs(one.part), one.name),
    )
    said = [one for one in causes if abs(one.part) >= _LEAST_SAID][:_MOST_SAID]
    tags = list(found[post_id].hashtags) if post_id in found else []
    followed = (await feeds.tags_of_home(member.account_id)).values()
    viewer, held = await viewers.get(member.account_id), await choices.choices_of(db, member.account_id)
    return show(
        "for_you_why.html",
        one=shown[0] if shown else None,
        tags=tags,
        follows=bool(shown) and shown[0].by.id in viewer.following,
        followed_tags=[name for name in tags if hashtag_key(name) in followed],
        less_of_author=bool(shown) and any(it.kind == "author" and it.subject_id == shown[0].by.id for it in held.less),
        less_of=[name for name in tags if any(it.kind == "tag" and it.key == hashtag_key(name) for it in held.less)],
        dropped=held.dropped,
        receipt=receipt,
        causes=causes,
        lifted=[one for one in said if one.part > 0],
        lowered=[one for one in said if one.part < 0],
        right=not recompute(receipt, await for_you.weights_of(receipt)).wrong,
    )


@get("/for-you/weights")
async def show_weights(
    *,
    params: Query[DoneParams],  # noqa: ARG001 (what was done is read by the frame)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    for_you: NamedDependency[ForYou],
    cards: NamedDependency[Cards],
) -> Response[str]:
    """What counts how much for everybody, and what counts for the member."""
    held = await choices.choices_of(db, member.account_id)
    faces = {one.id: one for one in await cards.faces([one.subject_id for one in held.less if one.kind == "author"])}
    model = await for_you.weights()
    weights: list[tuple[str, Weight]] = list(model.weights.items())
    return show(
        "for_you_weights.html",
        weights=weights,
        arrange=model.arrange,
        version=model.version,
        hash=model.hash,
        rules=policy.RULES,
        held=held,
        faces=faces,
        inferred=INFERRED,
    )


@post("/for-you/switch", status_code=303)
async def switch_for_you(
    form: Form[SwitchForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[None]:
    """Have no For You, or have it again."""
    async with db.begin() as tx:
        await choices.switch(tx, member.account_id, off=form.off)
    return show.go("/for-you/weights", done="saved")


@post("/for-you/signals", status_code=303)
async def change_signal(
    form: Form[SignalForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[None]:
    """Let a signal not count for the member, or count again."""
    async with db.begin() as tx:
        held = (await choices.choices_of(tx, member.account_id)).dropped
        names = held | {form.name} if form.act == "drop" else held - {form.name}
        await choices.drop_signals(tx, member.account_id, names)
    return show.go(local_path(form.back), done="saved")


@post("/for-you/less", status_code=303)
async def change_less(
    form: Form[LessForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[None]:
    """See less of somebody or of a hashtag, or as much as before."""
    if form.kind == "tag":
        tag = await find_hashtag(db, form.subject, now=now_ms())
        subject = tag.id if tag else 0
    else:
        subject = int(form.subject) if form.subject.isdecimal() and len(form.subject) < 19 else 0
    if subject:
        act = choices.see_less if form.act == "less" else choices.see_as_before
        async with db.begin() as tx:
            await act(tx, member.account_id, form.kind, subject)
    return show.go(local_path(form.back), done="saved")


@post("/for-you/reset", status_code=303)
async def reset_for_you(
    form: Form[ResetForm],  # noqa: ARG001 (it carries the token)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Forget what was learnt about the member."""
    async with db.begin() as tx:
        await choices.reset(tx, member.account_id)
    return show.go("/for-you/weights", done="saved")


HANDLERS = pages(show_for_you, show_why, show_weights, switch_for_you, change_signal, change_less, reset_for_you)
