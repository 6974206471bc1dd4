"""Who may say who others are: named verifiers, and for whom they vouch."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Query
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Missing
from dunnock.web.cards import Cards
from dunnock.web.pages import pages
from dunnock.web.show import Show

_A_PAGE = 40


class VouchedParams(msgspec.Struct, frozen=True):
    """Behind the last one of the page before: when it was said, and of which account."""

    before: int = accounts.NEWEST_ATTESTED
    below: int = 0


@get("/verifiers")
async def show_verifiers(
    show: NamedDependency[Show], db: NamedDependency[Db], account_views: NamedDependency[AccountViews]
) -> Response[str]:
    """Whom those who run this server named, what for, and how many they vouch for."""
    now = now_ms()
    named = [one for one in await accounts.list_verifiers(db) if one.counts(now)]
    faces = await Cards(db, account_views).faces([one.account_id for one in named])
    return show("verifiers.html", named=named, faces={one.id: one for one in faces})


@get("/verifiers/{handle:str}")
async def show_vouched(
    handle: FromPath[str],
    params: Query[VouchedParams],
    show: NamedDependency[Show],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """For whom one verifier vouches, the newest first."""
    account_id = await account_views.id_of(handle.removeprefix("@"))
    verifier = None if account_id is None else await accounts.find_verifier(db, account_id)
    if verifier is None or not verifier.counts(now_ms()):
        raise Missing(handle[:80])
    found = await accounts.attested_by(
        db, verifier.account_id, shown=True, before=params.before, below=params.below, most=_A_PAGE
    )
    faces = await Cards(db, account_views).faces([verifier.account_id, *(one.account_id for one in found)])
    return show(
        "vouched.html", verifier=verifier, found=found, faces={one.id: one for one in faces},
        more=found[-1] if len(found) == _A_PAGE else None,
    )  # fmt: skip


HANDLERS = pages(show_verifiers, show_vouched)
