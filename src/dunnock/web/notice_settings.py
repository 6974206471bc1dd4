"""Settings: of whom one hears what, and what becomes of strangers' messages."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import notifications
from dunnock.api.kit import Form
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_STAFFS = frozenset(("sign_up", "report"))


class NoticeForm(Sent):
    """The answer to each sort of strangers (by the names of `Policy`'s fields), and of whom each kind is heard."""

    policy: dict[str, str] = msgspec.field(default_factory=dict)
    kinds: dict[str, str] = msgspec.field(default_factory=dict)


@get("/settings/notifications")
async def ask_notices(
    show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """The form, filled in."""
    return await _ask(show, db, member)


@post("/settings/notifications", status_code=303)
async def change_notices(
    form: Form[NoticeForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str] | Response[None]:
    """Change all of it in one step; it holds for what comes from now on."""
    known = notifications.Policy.__struct_fields__
    try:
        async with db.begin() as tx:
            await notifications.change_policy(
                tx, member.account_id, {name: said for name, said in form.policy.items() if name in known}
            )
            await notifications.change_settings(tx, member.account_id, form.kinds)
    except DomainError as error:
        return await _ask(show, db, member, error=error)
    return show.go("/settings/notifications", done="saved")


async def _ask(show: Show, db: Db, member: Member, *, error: DomainError | None = None) -> Response[str]:
    kinds = await notifications.read_settings(db, member.account_id)
    staff = show.visitor.is_staff
    return show(
        "notice_settings.html",
        policy=msgspec.structs.asdict(await notifications.read_policy(db, member.account_id)),
        kinds={kind: whom for kind, whom in kinds.items() if staff or kind not in _STAFFS},
        error=error,
    )


HANDLERS = pages(ask_notices, change_notices)
