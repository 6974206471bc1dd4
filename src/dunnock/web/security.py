"""Settings: second factors. What changes them asks for the password, if it was not given in the last minutes."""

from __future__ import annotations

from typing import Any

import segno
from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.api.kit import Form, Id
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.foundation.settings import Settings
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.sign_in import site_of
from dunnock.web.visitor import Member, Visitor


class PlainForm(Sent):
    """Only pressed."""


class ProveForm(Sent):
    """The password."""

    old_password: str = ""


class CodeForm(Sent):
    """The first code of an app."""

    code: str = ""


class NewPasskeyForm(Sent):
    """`step` stands for the question to the browser, `credential` is its answer."""

    step: str = ""
    name: str = ""
    credential: str = ""


class PasskeyForm(Sent):
    """Which passkey, and what it is called from now on."""

    id: Id
    name: str = ""


@get("/settings/security")
async def show_security(
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """What is set up, and how to change it."""
    return await _page(show, member, visitor, db, settings)


@post("/settings/security/prove", status_code=303)
async def prove(
    *,
    form: Form[ProveForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """Show by the password who one is."""
    assert visitor.session is not None
    try:
        await accounts.prove(db, visitor.session, form.old_password)
    except DomainError as error:
        return await _page(show, member, visitor, db, settings, error=error)
    return show.go("/settings/security")


@post("/settings/security/totp", status_code=303)
async def plan_totp(
    form: Form[PlainForm],  # noqa: ARG001 (its token is what is checked)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
) -> Response[None]:
    """Make a secret for an app."""
    _proven(visitor)
    async with db.begin() as tx:
        await accounts.plan_totp(tx, member.member_id)
    return show.go("/settings/security/totp")


@get("/settings/security/totp")
async def show_totp(
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """The QR code of the secret that waits for its first code; who did not prove themselves lately sees none."""
    assert visitor.session is not None
    if not accounts.fresh(visitor.session):
        return show.go("/settings/security")
    return await _totp_page(show, member, db, settings)


@post("/settings/security/totp/confirm", status_code=303)
async def confirm_totp(
    *,
    form: Form[CodeForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """From now on codes of the app are asked for."""
    _proven(visitor)
    try:
        async with db.begin() as tx:
            codes = await accounts.confirm_totp(tx, member.member_id, form.code)
    except accounts.SecondFactorWrong as error:
        return await _totp_page(show, member, db, settings, error=error)
    return _codes(show, codes)


@post("/settings/security/totp/remove", status_code=303)
async def remove_totp(
    form: Form[PlainForm],  # noqa: ARG001 (as above)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
) -> Response[None]:
    """Ask for no codes any more."""
    _proven(visitor)
    async with db.begin() as tx:
        await accounts.remove_totp(tx, member.member_id)
    return show.go("/settings/security", done="saved")


@post("/settings/security/codes", status_code=200)
async def replace_codes(
    form: Form[PlainForm],  # noqa: ARG001 (as above)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
) -> Response[str] | Response[None]:
    """Ten new recovery codes; the old ones are worth nothing any more."""
    _proven(visitor)
    async with db.begin() as tx:
        codes = await accounts.replace_codes(tx, member.member_id)
    return _codes(show, codes)


@post("/settings/security/passkeys/new", status_code=200)
async def ask_new_passkey(
    *,
    form: Form[PlainForm],  # noqa: ARG001 (as above)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """The page that has the browser make a passkey."""
    _proven(visitor)
    held = await accounts.find_member(db, member.member_id)
    assert held is not None
    async with db.begin() as tx:
        step, options = await accounts.ask_new(tx, site_of(settings), held)
    return show("passkey_new.html", with_form=True, scripts=True, step=step, options=options)


@post("/settings/security/passkeys", status_code=303)
async def add_passkey(
    *,
    form: Form[NewPasskeyForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """Keep what the browser made."""
    _proven(visitor)
    try:
        _, codes = await accounts.add_passkey(
            db, site_of(settings), form.step, member_id=member.member_id, credential=form.credential, name=form.name
        )
    except DomainError as error:
        return await _page(show, member, visitor, db, settings, error=error)
    return _codes(show, codes)


@post("/settings/security/passkeys/rename", status_code=303)
async def rename_passkey(
    form: Form[PasskeyForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Call one something else."""
    async with db.begin() as tx:
        await accounts.rename_passkey(tx, form.id, member_id=member.member_id, name=form.name)
    return show.go("/settings/security", done="saved")


@post("/settings/security/passkeys/remove", status_code=303)
async def remove_passkey(
    form: Form[PasskeyForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
) -> Response[None]:
    """One opens nothing any more."""
    _proven(visitor)
    async with db.begin() as tx:
        await accounts.remove_passkey(tx, form.id, member_id=member.member_id)
    return show.go("/settings/security", done="saved")


def _proven(visitor: Visitor) -> None:
    assert visitor.session is not None
    if not accounts.fresh(visitor.session):
        raise accounts.ProofNeeded(visitor.session.member_id)


def _codes(show: Show, codes: list[str]) -> Response[str] | Response[None]:
    if not codes:
        return show.go("/settings/security", done="saved")
    return show("recovery_codes.html", status=200, codes=codes)


async def _page(
    show: Show, member: Member, visitor: Visitor, db: Db, settings: Settings, *, error: DomainError | None = None
) -> Response[str]:
    assert visitor.session is not None
    return show(
        "security.html",
        error=error,
        proven=accounts.fresh(visitor.session),
        factors=await accounts.factors_of(db, member.member_id),
        passkeys=await accounts.passkeys_of(db, member.member_id),
        possible=site_of(settings).possible,
    )


async def _totp_page(
    show: Show, member: Member, db: Db, settings: Settings, *, error: DomainError | None = None
) -> Response[str] | Response[None]:
    secret = await accounts.planned_totp(db, member.member_id)
    if secret is None:
        return show.go("/settings/security")
    name = f"{member.account.username}@{settings.domain}"
    address = accounts.totp_address(secret, name=name, server=settings.title)
    made: Any = segno.make(address, error="m")
    return show(
        "totp_new.html",
        error=error,
        picture=made.svg_data_uri(scale=5, border=4, light="#fff", dark="#000"),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        address=address,
    )


HANDLERS = pages(
    show_security,
    prove,
    plan_totp,
    show_totp,
    confirm_totp,
    remove_totp,
    replace_codes,
    ask_new_passkey,
    add_passkey,
    rename_passkey,
    remove_passkey,
)
