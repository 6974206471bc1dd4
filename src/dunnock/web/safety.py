"""Settings: how safe the account is, and who can reach the member, on one page with the ways to change it."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency

from dunnock import accounts, notifications
from dunnock.foundation.db import Db
from dunnock.web.pages import pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


@get("/settings/safety")
async def show_safety(
    show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """Browsers and apps that get in, the second step, and what becomes of strangers. Changes nothing by itself."""
    me = member.account_id
    return show(
        "safety.html",
        sessions=await accounts.sessions_of(db, member.member_id),
        apps=await accounts.apps_of(db, member.member_id),
        factors=await accounts.factors_of(db, member.member_id),
        account=await accounts.find_shown(db, me),
        policy=await notifications.read_policy(db, me),
        held=await notifications.summary(db, me),
    )


HANDLERS = pages(show_safety)
