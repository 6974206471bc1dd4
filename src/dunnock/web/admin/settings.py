"""Staff and the server's settings: those that change while it runs, and how to change the others. With a search."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import server
from dunnock.accounts import Power
from dunnock.api.kit import Form, Query
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.foundation.settings import Settings
from dunnock.moderation import house
from dunnock.web.admin.desk import desk
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_SECRET = frozenset(("database_url", "redis_url", "smtp_url", "translate_key", "metrics_token"))
"""Settings that hold passwords: the page says only whether they are set."""


class SearchParams(msgspec.Struct, frozen=True):
    """`q`: words that a setting's name or description must have."""

    q: str = ""
    done: str = ""


class SettingForm(Sent):
    """`what`: save, or reset to what the file and the variables say."""

    what: str = "save"
    name: str = ""
    value: str = ""


@get("/admin/settings")
async def show_settings(
    params: Query[SearchParams],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """All settings, or those that fit the words."""
    return await _list(show, staff, db, settings, q=params.q)


@post("/admin/settings", status_code=303)
async def change_setting(
    form: Form[SettingForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """Change one setting, for everybody and at once."""
    try:
        async with db.begin() as tx:
            if form.what == "reset":
                await house.reset_setting(tx, form.name, by=staff.account_id)
            else:
                await house.change_setting(tx, form.name, form.value, by=staff.account_id)
    except DomainError as error:
        return await _list(show, staff, db, settings, form=form, error=error)
    return show.go("/admin/settings", done="saved")


async def _list(
    show: Show,
    staff: Member,
    db: Db,
    settings: Settings,
    *,
    q: str = "",
    form: SettingForm | None = None,
    error: DomainError | None = None,
) -> Response[str]:
    await house.permit(db, Power.MANAGE_SETTINGS, by=staff.account_id)
    fixed = []
    for name in Settings.__struct_fields__:
        if name not in server.CHANGEABLE:
            value = getattr(settings, name)
            shown = ("•••" if value else "") if name in _SECRET else value
            fixed.append((name, ", ".join(shown) if isinstance(shown, tuple) else str(shown)))
    return desk(
        show,
        staff,
        "settings.html",
        error=error,
        form=form or SettingForm(),
        q=q.strip().casefold(),
        now_in_force={name: getattr(settings, name) for name in server.CHANGEABLE},
        chosen=await server.choices(db),
        fixed=fixed,
    )


HANDLERS = pages(show_settings, change_setting)
