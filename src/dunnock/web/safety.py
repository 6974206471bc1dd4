"""Settings: how safe the account is, and who can reach the member, on one page with the ways to change it."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide

from dunnock import accounts, notifications, posts
from dunnock.api.kit import Form
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.web.evidence import Reads
from dunnock.web.one_by_one import OneByOne, provide_one_by_one
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member, Visitor
from dunnock.web.words import N_

_CHANGES = 30
_WORDS: dict[str, str] = {
    "signed_in": N_("Signed in"),
    "app": N_("An app was let in"),
    "password": N_("Password changed"),
    "password_by_mail": N_("New password by the link of a mail"),
    "email": N_("E-mail address changed"),
    "totp_on": N_("App for codes set up"),
    "totp_off": N_("App for codes removed"),
    "passkey_added": N_("Passkey added"),
    "passkey_removed": N_("Passkey removed"),
    "codes": N_("New recovery codes"),
    "reset": N_("Second step taken away by those who run this server"),
    "put_back": N_("Second step put back as it was before"),
    "recalled": N_("Account taken back by its owner"),
    "display_name": N_("Name changed"),
    "avatar": N_("Avatar changed"),
    "header": N_("Header changed"),
    "kind": N_("Kind of account changed"),
}


class ShutForm(Sent):
    """`act` `mine`: the sign-ins with new browsers were the member; else they were not, and everybody else is signed out."""

    act: str = ""


class QuietForm(Sent):
    """For how many hours; 0: no longer, and not what was offered. Or what is to happen when a flood of strangers is seen."""

    hours: int = 0
    when_flooded: str = ""


class PostedForm(Sent):
    """Which posts of the time in which somebody else may have been in."""

    posts: tuple[int, ...] = ()


@get("/settings/safety", dependencies={"one_by_one": Provide(provide_one_by_one)})
async def show_safety(
    *,
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    one_by_one: NamedDependency[OneByOne],
    reads: NamedDependency[Reads],
) -> Response[str]:
    """Browsers and apps that get in, the second step, what happened lately, and what becomes of strangers."""
    me = member.account_id
    recalled = await accounts.last_recall(db, member.member_id)
    session = visitor.session
    ids = [] if recalled is None else await posts.written_between(db, me, since=recalled.since, until=recalled.at)
    found = await one_by_one.find(ids, me)
    cards = await reads.post_views.get([one.id for one in found.values()])
    return show(
        "safety.html",
        sessions=await accounts.sessions_of(db, member.member_id),
        apps=await accounts.apps_of(db, member.member_id),
        factors=await accounts.factors_of(db, member.member_id),
        changes=await accounts.access_changes(db, member.member_id, me, most=_CHANGES),
        words=_WORDS,
        account=await accounts.find_shown(db, me),
        policy=await notifications.read_policy(db, me),
        quiet=await notifications.quiet_of(db, me),
        origins=await posts.origin_holds(db, to=me),
        held=await notifications.summary(db, me),
        recalled=recalled,
        came=await accounts.doubted_sessions(db, session) if session is not None and session.doubts else [],
        posted=[found[one] for one in ids if one in found],
        texts=await reads.post_views.plain_texts(list(cards.values())),
    )


@post("/settings/safety/quiet", status_code=303)
async def change_quiet_time(
    form: Form[QuietForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[None]:
    """Hold back for a while what strangers write, end that, or say what happens when a flood of them is seen."""
    async with db.begin() as tx:
        if form.when_flooded:
            await notifications.choose_when_flooded(tx, member.account_id, form.when_flooded)
        elif form.hours:
            await notifications.begin_quiet_time(tx, member.account_id, hours=form.hours)
        else:
            await notifications.end_quiet_time(tx, member.account_id)
    return show.go("/settings/safety", done="quiet" if form.hours and not form.when_flooded else "saved")


@post("/settings/safety/posted", status_code=303)
async def delete_posted(
    form: Form[PostedForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[None]:
    """Delete own posts that somebody else wrote before the account was taken back, with their pictures."""
    me = member.account_id
    async with db.begin() as tx:
        recalled = await accounts.last_recall(tx, member.member_id)
        if recalled is not None:
            theirs = await posts.written_between(tx, me, since=recalled.since, until=recalled.at)
            for one in [an_id for an_id in theirs if an_id in form.posts]:
                await posts.delete(tx, one, by=me, with_media=True)
    return show.go("/settings/safety", done="saved")


@post("/settings/safety", status_code=303)
async def shut_others_out(
    *,
    form: Form[ShutForm],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    member: NamedDependency[Member],  # noqa: ARG001 (strangers sign in)
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[None]:
    """Sign out every other browser and all apps, undo what came by new browsers, and lead to a new password."""
    session = visitor.session
    assert session is not None
    if form.act == "mine":
        async with db.begin() as tx:
            await accounts.trust_sessions(tx, session)
        return show.go("/settings/safety", done="saved")
    undone = await accounts.take_back(db, session, public_url=settings.public_url)
    return show.go("/settings/account", done="taken_back" if undone else "others_out")


HANDLERS = pages(show_safety, change_quiet_time, delete_posted, shut_others_out)
