"""Settings: what one hears by mail. Mastodon: preferences, notifications."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import letters
from dunnock.api.kit import Form
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member, Visitor
from dunnock.web.words import N_

WORDS = {
    "mention": N_("Somebody mentions me"),
    "quote": N_("Somebody quotes me"),
    "follow": N_("Somebody follows me"),
    "follow_request": N_("Somebody asks to follow me"),
    "boost": N_("Somebody boosts a post of mine"),
    "favourite": N_("Somebody likes a post of mine"),
    "digest": N_("Once a week what I missed, when I am away"),
    "report": N_("Somebody reports an account"),
    "pending": N_("Somebody asks to join"),
}


class WishesForm(Sent):
    """The kinds that are wanted."""

    wanted: list[str] = msgspec.field(default_factory=list)
    always: bool = False


@get("/settings/mail")
async def show_wishes(
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """What is wanted now."""
    kinds = [kind for kind in letters.KINDS if visitor.is_staff or kind not in letters.OF_STAFF]
    return show(
        "mail_settings.html",
        wishes=await letters.wishes_of(db, member.member_id),
        kinds=[(kind, WORDS[kind]) for kind in kinds],
        sends_mail=settings.sends_mail,
    )


@post("/settings/mail", status_code=303)
async def change_wishes(
    form: Form[WishesForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
) -> Response[None]:
    """Want this from now on. What is only for staff stays as it is for others, who see none of it."""
    async with db.begin() as tx:
        held = await letters.wishes_of(tx, member.member_id)
        wanted = frozenset(form.wanted)
        if not visitor.is_staff:
            wanted = (wanted - letters.OF_STAFF) | (held.wanted & letters.OF_STAFF)
        await letters.change_wishes(tx, member.member_id, wanted=wanted, always=form.always)
    return show.go("/settings/mail", done="saved")


HANDLERS = pages(show_wishes, change_wishes)
