"""Apps: POST /api/v1/apps and GET /api/v1/apps/verify_credentials."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency

from dunnock import accounts, push
from dunnock.api.kit import Called, Form, public, require
from dunnock.api.mastodon import wire
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Missing


class AppForm(msgspec.Struct):
    """A new app. `redirect_uris`: a list, or one text with a URI a line."""

    client_name: str = ""
    redirect_uris: list[str] = []
    scopes: str = ""
    website: str | None = None


@post("/api/v1/apps", status_code=200, guards=[public()])
async def register(form: Form[AppForm], db: NamedDependency[Db]) -> wire.CredentialApplication:
    """CredentialApplication: the app with its client id and secret."""
    async with db.begin() as tx:
        app, secret = await accounts.register_app(
            tx,
            name=form.client_name,
            redirect_uris=[uri for text in form.redirect_uris for uri in text.split("\n")],
            scopes=form.scopes,
            website=form.website,
        )
    return wire.CredentialApplication(
        **_shown(app, await push.public_key(db)),
        client_id=app.client_id,
        client_secret=secret,
        client_secret_expires_at=0,
    )


@get("/api/v1/apps/verify_credentials", guards=[require((), user=False)])
async def verify_credentials(caller: Called, db: NamedDependency[Db]) -> wire.RegisteredApp:
    """Application: the app that the token belongs to."""
    app = await accounts.find_app(db, caller.app_id)
    if app is None:
        raise Missing(caller.app_id)
    return wire.RegisteredApp(**_shown(app, await push.public_key(db)))


def _shown(app: accounts.App, vapid_key: str) -> dict[str, Any]:
    return {
        "id": str(app.id),
        "name": app.name,
        "website": app.website,
        "scopes": app.scopes.split(),
        "redirect_uris": list(app.redirect_uris),
        "redirect_uri": "\n".join(app.redirect_uris),
        "vapid_key": vapid_key,
    }


HANDLERS = [register, verify_credentials]
