"""Settings: apps that may use the account, and access tokens for one's own programs."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock.accounts import apps
from dunnock.accounts.tokens import make_token
from dunnock.api.kit import Form, Id
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.foundation.settings import Settings
from dunnock.web.pages import Sent, pages
from dunnock.web.scope_words import in_words
from dunnock.web.show import Show
from dunnock.web.visitor import Member
from dunnock.web.words import N_

CHOICES = [
    ("read", N_("See everything in your account")),
    ("write", N_("Post and change everything in your account")),
    ("follow", N_("Follow, mute and block people")),
    ("push", N_("Get notifications pushed")),
]
_LONGEST_NAME = 60


class TokenForm(Sent):
    """A personal access token to be."""

    name: str = ""
    scopes: list[str] = msgspec.field(default_factory=list)


class RevokeForm(Sent):
    """Which app to shut out."""

    id: Id


class AppShown(msgspec.Struct, frozen=True):
    """An app that may use the account; `what`: each thing that it may do, in words."""

    id: int
    name: str
    since: int
    used_at: int | None
    what: list[str]


@get("/settings/apps")
async def list_apps(
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Apps with a token, and the form for one's own."""
    return await _list(show, db, member, settings, TokenForm(scopes=["read"]))


@post("/settings/apps", status_code=200)
async def make_own_token(
    form: Form[TokenForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Make a token and show it, this once; it is not in any address."""
    known = {scope for scope, _ in CHOICES}
    name = " ".join(form.name.split())[:_LONGEST_NAME]
    try:
        if not name:
            raise Invalid(details={"name": [("ERR_BLANK", "Please say what the token is for.")]})
        if not form.scopes or not known.issuperset(form.scopes):
            raise Invalid(say="Please choose at least one thing that it may do.")
        scopes = " ".join(scope for scope, _ in CHOICES if scope in form.scopes)
        async with db.begin() as tx:
            app, _ = await apps.register_app(tx, name=name, redirect_uris=[apps.OUT_OF_BAND], scopes=scopes)
            _, made = await make_token(tx, app, scopes=scopes, member_id=member.member_id, account_id=member.account_id)
    except DomainError as error:
        return await _list(show, db, member, settings, form, error=error)
    return await _list(show, db, member, settings, TokenForm(scopes=["read"]), secret=made)


@post("/settings/apps/revoke", status_code=303)
async def revoke(
    form: Form[RevokeForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """The app can do nothing more."""
    async with db.begin() as tx:
        await apps.revoke_app(tx, form.id, member_id=member.member_id)
    return show.go("/settings/apps", done="revoked")


async def _list(
    show: Show,
    db: Db,
    member: Member,
    settings: Settings,
    form: TokenForm,
    *,
    error: DomainError | None = None,
    secret: str = "",
) -> Response[str]:
    shown = [
        AppShown(one.app_id, one.name, one.since, one.used_at, [words for words, _ in in_words(one.scopes.split())])
        for one in await apps.apps_of(db, member.member_id)
    ]
    return show(
        "app_settings.html",
        error=error,
        form=form,
        allowed=shown,
        choices=CHOICES,
        secret=secret,
        domain=settings.domain,
    )


HANDLERS = pages(list_apps, make_own_token, revoke)
