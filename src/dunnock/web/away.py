"""The page between a post and where it leads money or people: what the address is in truth, before one goes there."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from dunnock.api.kit import Query
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Missing
from dunnock.integrity.money import Destinations, asset_of, shortened, target_of
from dunnock.web.pages import pages
from dunnock.web.show import Show
from dunnock.web.words import N_

_LONGEST = 2_048
KINDS = {
    "payment": N_("This leads to a page where money is paid."),
    "fundraising": N_("This leads to a page where money is given."),
    "subscription": N_("This leads to a page where one pays again and again."),
    "wallet": N_("This leads to a wallet."),
    "chat": N_("This leads to a chat or a phone number outside."),
    "shop": N_("This leads to a shop."),
    "": N_("This address is shortened: it hides where it leads."),
}


class AwayParams(msgspec.Struct, frozen=True):
    """Where somebody wants `to` go."""

    to: str = ""


@get("/away")
async def show_away(
    *,
    params: Query[AwayParams],
    show: NamedDependency[Show],
    db: NamedDependency[Db],
    destinations: NamedDependency[Destinations],
) -> Response[str]:
    """What is there; only for addresses that posts lead there by, so that this page vouches for nothing else."""
    url = params.to.strip()
    if len(url) > _LONGEST or not url.lower().startswith(("https://", "http://")):
        raise Missing(url[:80])
    short = shortened(url)
    leads = await target_of(db, url) if short else url
    asset = asset_of(leads) if leads else None
    if asset is None and not short:
        raise Missing(url[:80])
    why = (await destinations.fresh()).why(leads or url)
    kind = KINDS["" if asset is None else asset.kind]
    return show("away.html", url=url, leads=leads, kind=kind, site="" if asset is None else asset.site, why=why)


HANDLERS = pages(show_away)
