"""Settings: second factors. What changes them asks for the password, if it was not given in the last minutes."""

from __future__ import annotations

from typing import Any

import msgspec
import segno
from litestar import Response, get, post
from litestar.di import NamedDependency, Provide

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


class Keys(msgspec.Struct, frozen=True):
    """A member at these pages: who they are, with which session, and how it is shown."""

    show: Show
    member: Member
    session: accounts.Session
    db: Db
    settings: Settings

    @property
    def site(self) -> accounts.Site:
        """What passkeys are made for here."""
        return site_of(self.settings)

    @property
    def proven(self) -> bool:
        """Did they give their password lately?"""
        return accounts.fresh(self.session)

    def check_proven(self) -> None:
        """Raises: ProofNeeded."""
        if not self.proven:
            raise accounts.ProofNeeded(self.member.member_id)


async def provide_keys(
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Keys:
    """Litestar's dependency behind `keys`: the pages are for members only."""
    member = visitor.member
    assert visitor.session is not None
    return Keys(show, member, visitor.session, db, settings)


@get("/settings/security")
async def show_security(keys: NamedDependency[Keys]) -> Response[str]:
    """What is set up, and how to change it."""
    return await _page(keys)


@post("/settings/security/prove", status_code=303)
async def prove(form: Form[ProveForm], keys: NamedDependency[Keys]) -> Response[str] | Response[None]:
    """Show by the password who one is."""
    try:
        await accounts.prove(keys.db, keys.session, form.old_password)
    except DomainError as error:
        return await _page(keys, error=error)
    return keys.show.go("/settings/security")


@post("/settings/security/totp", status_code=303)
async def plan_totp(
    form: Form[PlainForm],  # noqa: ARG001 (its token is what is checked)
    keys: NamedDependency[Keys],
) -> Response[None]:
    """Make a secret for an app."""
    keys.check_proven()
    async with keys.db.begin() as tx:
        await accounts.plan_totp(tx, keys.member.member_id)
    return keys.show.go("/settings/security/totp")


@get("/settings/security/totp")
async def show_totp(keys: NamedDependency[Keys]) -> Response[str] | Response[None]:
    """The QR code of the secret that waits for its first code; who did not prove themselves lately sees none."""
    if not keys.proven:
        return keys.show.go("/settings/security")
    return await _totp_page(keys)


@post("/settings/security/totp/confirm", status_code=303)
async def confirm_totp(form: Form[CodeForm], keys: NamedDependency[Keys]) -> Response[str] | Response[None]:
    """From now on codes of the app are asked for."""
    keys.check_proven()
    try:
        async with keys.db.begin() as tx:
            codes = await accounts.confirm_totp(tx, keys.member.member_id, form.code)
    except accounts.SecondFactorWrong as error:
        return await _totp_page(keys, error=error)
    return _codes(keys, codes)


@post("/settings/security/totp/remove", status_code=303)
async def remove_totp(
    form: Form[PlainForm],  # noqa: ARG001 (as above)
    keys: NamedDependency[Keys],
) -> Response[None]:
    """Ask for no codes any more."""
    keys.check_proven()
    async with keys.db.begin() as tx:
        await accounts.remove_totp(tx, keys.member.member_id)
    return keys.show.go("/settings/security", done="saved")


@post("/settings/security/codes", status_code=200)
async def replace_codes(
    form: Form[PlainForm],  # noqa: ARG001 (as above)
    keys: NamedDependency[Keys],
) -> Response[str] | Response[None]:
    """Ten new recovery codes; the old ones are worth nothing any more."""
    keys.check_proven()
    async with keys.db.begin() as tx:
        codes = await accounts.replace_codes(tx, keys.member.member_id)
    return _codes(keys, codes)


@post("/settings/security/passkeys/new", status_code=200)
async def ask_new_passkey(
    *,
    form: Form[PlainForm],  # noqa: ARG001 (as above)
    keys: NamedDependency[Keys],
) -> Response[str]:
    """The page that has the browser make a passkey."""
    keys.check_proven()
    held = await accounts.find_member(keys.db, keys.member.member_id)
    assert held is not None
    async with keys.db.begin() as tx:
        step, options = await accounts.ask_new(tx, keys.site, held)
    return keys.show("passkey_new.html", with_form=True, scripts=True, step=step, options=options)


@post("/settings/security/passkeys", status_code=303)
async def add_passkey(form: Form[NewPasskeyForm], keys: NamedDependency[Keys]) -> Response[str] | Response[None]:
    """Keep what the browser made."""
    keys.check_proven()
    try:
        _, codes = await accounts.add_passkey(
            keys.db, keys.site, form.step, member_id=keys.member.member_id, credential=form.credential, name=form.name
        )
    except DomainError as error:
        return await _page(keys, error=error)
    return _codes(keys, codes)


@post("/settings/security/passkeys/rename", status_code=303)
async def rename_passkey(form: Form[PasskeyForm], keys: NamedDependency[Keys]) -> Response[None]:
    """Call one something else."""
    async with keys.db.begin() as tx:
        await accounts.rename_passkey(tx, form.id, member_id=keys.member.member_id, name=form.name)
    return keys.show.go("/settings/security", done="saved")


@post("/settings/security/passkeys/remove", status_code=303)
async def remove_passkey(form: Form[PasskeyForm], keys: NamedDependency[Keys]) -> Response[None]:
    """One opens nothing any more."""
    keys.check_proven()
    async with keys.db.begin() as tx:
        await accounts.remove_passkey(tx, form.id, member_id=keys.member.member_id)
    return keys.show.go("/settings/security", done="saved")


def _codes(keys: Keys, codes: list[str]) -> Response[str] | Response[None]:
    if not codes:
        return keys.show.go("/settings/security", done="saved")
    return keys.show("recovery_codes.html", status=200, codes=codes)


async def _page(keys: Keys, *, error: DomainError | None = None) -> Response[str]:
    return keys.show(
        "security.html",
        error=error,
        proven=keys.proven,
        factors=await accounts.factors_of(keys.db, keys.member.member_id),
        passkeys=await accounts.passkeys_of(keys.db, keys.member.member_id),
        possible=keys.site.possible,
    )


async def _totp_page(keys: Keys, *, error: DomainError | None = None) -> Response[str] | Response[None]:
    secret = await accounts.planned_totp(keys.db, keys.member.member_id)
    if secret is None:
        return keys.show.go("/settings/security")
    name = f"{keys.member.account.username}@{keys.settings.domain}"
    address = accounts.totp_address(secret, name=name, server=keys.settings.title)
    made: Any = segno.make(address, error="m")
    return keys.show(
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
    more={"keys": Provide(provide_keys)},
)
