"""Settings: notifications on this device while no page is open, by web push. The script asks the browser; the form says where."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import push
from dunnock.accounts import apps
from dunnock.accounts.sessions import client_name
from dunnock.accounts.tokens import make_token
from dunnock.api.kit import Form
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.foundation.http import Door
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_SCOPES = "push"


class DeviceForm(Sent):
    """Where the browser takes messages, and what they are encrypted for."""

    endpoint: str = ""
    p256dh: str = ""
    auth: str = ""


@get("/settings/notifications/device")
async def ask_device(
    show: NamedDependency[Show],
    member: NamedDependency[Member],  # noqa: ARG001 (strangers sign in)
    db: NamedDependency[Db],
) -> Response[str]:
    """The form; without scripts it says that these are needed."""
    return show("device.html", scripts=True, key=await push.public_key(db))


@post("/settings/notifications/device", status_code=303)
async def add_device(
    *,
    form: Form[DeviceForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    door: NamedDependency[Door],
) -> Response[str] | Response[None]:
    """Send the member's notifications there from now on. It stands among the apps, where it can be taken back."""
    async with db.begin() as tx:
        app, _ = await apps.register_app(
            tx, name=f"Notifications: {client_name(show.agent)}", redirect_uris=[apps.OUT_OF_BAND], scopes=_SCOPES
        )
        token_id, raw = await make_token(
            tx, app, scopes=_SCOPES, member_id=member.member_id, account_id=member.account_id
        )
    try:
        await push.subscribe(
            db,
            door,
            token_id=token_id,
            token=raw,
            account_id=member.account_id,
            endpoint=form.endpoint,
            p256dh=form.p256dh,
            auth=form.auth,
            standard=True,
            policy="all",
            alerts=push.TYPES,
        )
    except DomainError as error:
        async with db.begin() as tx:
            await apps.revoke_app(tx, app.id, member_id=member.member_id)
        return show("device.html", scripts=True, error=error, key=await push.public_key(db))
    return show.go("/settings/apps", done="device")


HANDLERS = pages(ask_device, add_device)
