"""Staff and what the server says of itself: rules, the longer description, the privacy policy, the terms of service."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import server
from dunnock.accounts import Power
from dunnock.api.kit import Form, Id
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.moderation import house
from dunnock.web.admin.desk import desk
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


class RuleForm(Sent):
    """`what`: add, change, remove, up or down."""

    what: str = ""
    id: Id | None = None
    text: str = ""
    hint: str = ""


class TextForm(Sent):
    """`what`: about, privacy or terms."""

    what: str = ""
    text: str = ""
    changes: str = ""
    effective_on: str = ""


@get("/admin/rules")
async def list_rules(
    show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """All rules in their order."""
    return await _rules(show, staff, db)


@post("/admin/rules", status_code=303)
async def change_rules(
    form: Form[RuleForm], show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str] | Response[None]:
    """Add a rule, change it, move it, put it away."""
    try:
        async with db.begin() as tx:
            await _change_rule(tx, form, by=staff.account_id)
    except DomainError as error:
        return await _rules(show, staff, db, form=form, error=error)
    return show.go("/admin/rules", done="saved")


async def _change_rule(tx: Tx, form: RuleForm, *, by: int) -> None:
    match form.what, form.id:
        case "add", _:
            await house.add_rule(tx, form.text, hint=form.hint, by=by)
        case "change", int(an_id):
            await house.change_rule(tx, an_id, form.text, hint=form.hint, by=by)
        case "remove", int(an_id):
            await house.remove_rule(tx, an_id, by=by)
        case ("up" | "down") as way, int(an_id):
            await house.move_rule(tx, an_id, up=way == "up", by=by)
        case _:
            raise Invalid(form.what)


async def _rules(
    show: Show, staff: Member, db: Db, *, form: RuleForm | None = None, error: DomainError | None = None
) -> Response[str]:
    await house.permit(db, Power.MANAGE_RULES, by=staff.account_id)
    return desk(show, staff, "rules.html", error=error, form=form or RuleForm(), rules=await server.rules(db))


@get("/admin/texts")
async def show_texts(
    show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """The longer description, the privacy policy, and all versions of the terms."""
    return await _texts(show, staff, db)


@post("/admin/texts", status_code=303)
async def write_text(
    form: Form[TextForm], show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str] | Response[None]:
    """Write a page anew, or publish a version of the terms."""
    by = staff.account_id
    try:
        async with db.begin() as tx:
            match form.what:
                case ("about" | "privacy") as name:
                    await house.write_page(tx, name, form.text, by=by)
                case "terms":
                    day = form.effective_on.strip() or None
                    await house.publish_terms(tx, form.text, effective_on=day, changes=form.changes, by=by)
                case _:
                    raise Invalid(form.what)
    except DomainError as error:
        return await _texts(show, staff, db, form=form, error=error)
    return show.go("/admin/texts", done="saved")


async def _texts(
    show: Show, staff: Member, db: Db, *, form: TextForm | None = None, error: DomainError | None = None
) -> Response[str]:
    await house.permit(db, Power.MANAGE_SETTINGS, by=staff.account_id)
    about, privacy = await server.page(db, "about"), await server.page(db, "privacy")
    written = {"about": about.text if about else "", "privacy": privacy.text if privacy else "", "terms": ""}
    versions = await server.all_terms(db)
    written["terms"] = versions[0].text if versions else ""
    if form is not None and form.what in written:
        written[form.what] = form.text
    return desk(show, staff, "texts.html", error=error, form=form or TextForm(), written=written, versions=versions)


HANDLERS = pages(list_rules, change_rules, show_texts, write_text)
