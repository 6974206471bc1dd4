"""Settings: the e-mail address, the password, and the browsers that are signed in."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.api.kit import Form, Id
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.foundation.settings import Settings
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member, set_cookie


class PasswordForm(Sent):
    """The password now, and the one from now on."""

    old_password: str = ""
    password: str = ""


class EmailForm(Sent):
    """The password now, and the address from now on."""

    old_password: str = ""
    email: str = ""


class SessionForm(Sent):
    """Which session to end."""

    id: Id


@get("/.well-known/change-password")
async def show_where(show: NamedDependency[Show]) -> Response[None]:
    """Where password managers send their owners. Source: W3C, A Well-Known URL for Changing Passwords."""
    return show.go("/settings/account")


@get("/settings/account")
async def show_account(
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Name, e-mail address, and the form for a new password."""
    return await _ask(show, db, member, settings)


@post("/settings/account", status_code=303)
async def change_password(
    form: Form[PasswordForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """Take the new password; sessions in other browsers end."""
    try:
        await accounts.change_password(
            db, member.member_id, form.password, old=form.old_password, keep_session=member.session_id
        )
    except DomainError as error:
        return await _ask(show, db, member, settings, error=error)
    return show.go("/settings/account", done="password")


@post("/settings/account/email", status_code=303)
async def change_email(
    form: Form[EmailForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """Ask for another address; it counts once it is confirmed, where mail is sent."""
    try:
        asked = await accounts.change_email(
            db, member.member_id, form.email, password=form.old_password, mail_possible=settings.sends_mail
        )
    except DomainError as error:
        return await _ask(show, db, member, settings, error=error, of_email=True)
    return show.go("/settings/account", done="asked" if asked else "saved")


@get("/settings/sessions")
async def list_sessions(
    show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """The browsers that are signed in, the latest first."""
    return show("sessions.html", sessions=await accounts.sessions_of(db, member.member_id), current=member.session_id)


@post("/settings/sessions", status_code=303)
async def end_session(
    form: Form[SessionForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[None]:
    """Sign one out, perhaps this one."""
    async with db.begin() as tx:
        await accounts.end_session(tx, form.id, member_id=member.member_id)
    if form.id == member.session_id:
        return show.go("/", done="signed_out", cookies=[set_cookie(settings, "session", None)])
    return show.go("/settings/sessions", done="revoked")


async def _ask(
    show: Show,
    db: Db,
    member: Member,
    settings: Settings,
    *,
    error: DomainError | None = None,
    of_email: bool = False,
) -> Response[str]:
    held = await accounts.find_member(db, member.member_id)
    return show(
        "account_settings.html",
        error=error,
        of_email=of_email,
        email=held.email if held else "",
        new_email=held.new_email if held else None,
        refused_at=held.mail_refused_at if held else None,
        sends_mail=settings.sends_mail,
        domain=settings.domain,
    )


HANDLERS = pages(show_where, show_account, change_password, change_email, list_sessions, end_session)
