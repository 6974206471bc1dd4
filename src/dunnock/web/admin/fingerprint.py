"""Staff and one account's fingerprint: whom it was, when and with what it posts, what was found and decided about it."""

from __future__ import annotations

from typing import NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts, moderation
from dunnock.accounts.views import AccountViews
from dunnock.foundation.db import Db
from dunnock.integrity.fingerprint import Week, fingerprint_of
from dunnock.media.model import read_picture
from dunnock.web.admin.desk import desk
from dunnock.web.admin.names import names_of
from dunnock.web.cards import file_url
from dunnock.web.moments import weekdays
from dunnock.web.pages import pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member
from dunnock.web.words import N_

_FIELDS = {
    "display_name": N_("Name"),
    "username": N_("Handle"),
    "bio": N_("Bio"),
    "fields": N_("Profile fields"),
    "avatar": N_("Profile picture"),
    "header": N_("Banner"),
    "kind": N_("Kind of account"),
}
_PICTURES = frozenset(("avatar", "header"))
_CELL, _LEFT = 22, 90
_SHADES = 5


class Change(NamedTuple):
    """One change of a persona, ready to be shown; `old` and `new` are addresses of pictures where `pictures` says so."""

    id: int
    what: str
    at: int
    old: str
    new: str
    pictures: bool


class Heat(NamedTuple):
    """A week as a picture: one path of SVG for each shade, the palest first; `most`: the number of the darkest cell."""

    shades: list[str]
    most: int
    width: int
    height: int
    left: int
    cell: int


@get("/admin/accounts/{account_id:int}/fingerprint")
async def show_fingerprint(
    account_id: FromPath[int],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """The page; that it was looked at stands in the log."""
    by = staff.account_id
    held = await fingerprint_of(db, account_id, by=by)
    await moderation.note_reads(db, "account.fingerprint.read", [account_id], by=by)
    apps = [(None if one is None else await account_views.app(one), number) for one, number in held.habits.apps]
    return desk(
        show,
        staff,
        "fingerprint.html",
        held=held,
        sheet=held.sheet,
        habits=held.habits,
        heat=heat_of(held.habits.week),
        weekdays=weekdays(show.locale),
        apps=[(app[0] if app else "", number) for app, number in apps],
        changes=[change_of(one) for one in held.changes],
        names=await names_of(account_views, [one.by_account_id for one, _ in held.decisions]),
    )


def heat_of(week: Week) -> Heat:
    """Cells of a week in five shades by the square root of their number, so that few are seen beside many."""
    most = max(max(day) for day in week)
    shades: list[list[str]] = [[] for _ in range(_SHADES)]
    for row, day in enumerate(week):
        for hour, number in enumerate(day):
            if number:
                shade = min(_SHADES - 1, int(_SHADES * (number / most) ** 0.5))
                shades[shade].append(f"M{_LEFT + hour * _CELL} {row * _CELL}h{_CELL - 2}v{_CELL - 2}h-{_CELL - 2}z")
    width, height = _LEFT + 24 * _CELL, 8 * _CELL
    return Heat(["".join(parts) for parts in shades], most, width, height, _LEFT, _CELL)


def change_of(one: accounts.Persona) -> Change:
    """A change as the page shows it."""
    what = _FIELDS.get(one.field, one.field)
    if one.field in _PICTURES:
        old, new = (file_url(read_picture(held).still) if held else "" for held in (one.old, one.new))
        return Change(one.id, what, one.at, old, new, pictures=True)
    if one.field == "fields":
        old, new = (
            "; ".join(f"{field.name}: {field.value}" for field in accounts.read_fields(held or "[]"))
            for held in (one.old, one.new)
        )
        return Change(one.id, what, one.at, old, new, pictures=False)
    return Change(one.id, what, one.at, one.old, one.new, pictures=False)


HANDLERS = pages(show_fingerprint)
