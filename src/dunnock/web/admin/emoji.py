"""Staff and the server's own emoji: upload, sort into categories, disable, remove."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import media
from dunnock.accounts import Power
from dunnock.api.kit import Form, Upload
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.media import MediaStore
from dunnock.moderation import house
from dunnock.web.admin.desk import desk
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


class EmojiForm(Sent):
    """`what`: add (with a file), change or remove. Not `listed`: kept out of pickers; `disabled`: not shown at all."""

    what: str = ""
    shortcode: str = ""
    category: str = ""
    listed: bool = False
    disabled: bool = False
    file: Upload | None = None


@get("/admin/emoji")
async def list_emoji(
    show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """All emoji of this server by category, and the form for a new one."""
    return await _list(show, staff, db)


@post("/admin/emoji", status_code=303)
async def change_emoji(
    form: Form[EmojiForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    media_store: NamedDependency[MediaStore],
) -> Response[str] | Response[None]:
    """Add an emoji, change one, remove it."""
    by = staff.account_id
    try:
        if form.what == "add":
            if form.file is None or not form.file.size:
                raise Invalid(say="Choose a picture")
            await house.add_emoji(
                db,
                media_store,
                form.file.path,
                shortcode=form.shortcode,
                category=form.category,
                listed=form.listed,
                by=by,
            )
        else:
            async with db.begin() as tx:
                match form.what:
                    case "change":
                        await house.change_emoji(
                            tx,
                            form.shortcode,
                            category=form.category,
                            listed=form.listed,
                            disabled=form.disabled,
                            by=by,
                        )
                    case "remove":
                        await house.remove_emoji(tx, form.shortcode, by=by)
                    case _:
                        raise Invalid(form.what)
    except DomainError as error:
        return await _list(show, staff, db, form=form, error=error)
    return show.go("/admin/emoji", done="saved")


async def _list(
    show: Show, staff: Member, db: Db, *, form: EmojiForm | None = None, error: DomainError | None = None
) -> Response[str]:
    await house.permit(db, Power.MANAGE_EMOJI, by=staff.account_id)
    found = sorted(await media.every_emoji(db), key=lambda row: (row[0].category or "", row[0].shortcode))
    return desk(show, staff, "emoji.html", error=error, form=form or EmojiForm(listed=True), emoji=found)


HANDLERS = pages(list_emoji, change_emoji)
