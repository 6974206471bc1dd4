"""What an account was called and looked like before: for everybody, so that a name that changed hands can be told."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts
from dunnock.api.kit import Query
from dunnock.foundation.db import Db
from dunnock.media.model import read_picture
from dunnock.web.cards import file_url
from dunnock.web.pages import PageParams, pages
from dunnock.web.person_page import PersonPage
from dunnock.web.steps import steps_between
from dunnock.web.words import N_

_A_PAGE = 40
_FIELDS = {
    "display_name": N_("Name"),
    "username": N_("Handle"),
    "avatar": N_("Profile picture"),
    "header": N_("Banner"),
    "kind": N_("Kind of account"),
}
_KINDS = {"person": N_("Person"), "service": N_("Bot"), "group": N_("Group")}
_PICTURES = frozenset(("avatar", "header"))


class Change(msgspec.Struct, frozen=True):
    """One change, ready to be shown: `old` and `new` are names, addresses of `pictures`, or words to translate."""

    what: str
    at: int
    old: str
    new: str
    pictures: bool = False
    words: bool = False


@get("/{handle:str}/history")
async def show_history(
    *,
    handle: FromPath[str],
    params: Query[PageParams],
    db: NamedDependency[Db],
    person_page: NamedDependency[PersonPage],
) -> Response[str] | Response[None]:
    """Each change of name and picture, the latest first."""
    card = await person_page.find(handle)
    if led := person_page.spelt(handle, card, "/history"):
        return led
    cursor = accounts.Cursor(limit=_A_PAGE, max_id=params.max_id, min_id=params.min_id)
    found = await accounts.appearances(db, card.id, cursor)
    return await person_page(
        card,
        "person_history.html",
        tab="/history",
        changes=[_shown(one) for one in found],
        steps=steps_between([one.id for one in found], cursor),
    )


def _shown(one: accounts.Persona) -> Change:
    what, pictures = _FIELDS[one.field], one.field in _PICTURES
    if pictures:
        old, new = (file_url(read_picture(held).still) if held else "" for held in (one.old, one.new))
        return Change(what, one.at, old, new, pictures=True)
    if one.field == "kind":
        return Change(what, one.at, _KINDS[one.old], _KINDS[one.new], words=True)
    return Change(what, one.at, one.old, one.new)


HANDLERS = pages(show_history)
