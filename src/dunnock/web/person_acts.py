"""What members do with people, by the form on a profile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts
from dunnock.api.kit import Form
from dunnock.api.kit.shape import BIGGEST_ID
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import Missing
from dunnock.web.acts import ActForm
from dunnock.web.local_path import local_path
from dunnock.web.pages import pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


async def _follow(tx: Tx, me: int, who: int) -> str:
    in_force = await accounts.follow(tx, follower=me, followed=who)
    return "following" if in_force else "requested"


async def _unfollow(tx: Tx, me: int, who: int) -> str:
    await accounts.unfollow(tx, follower=me, followed=who)
    return "unfollowed"


async def _mute(tx: Tx, me: int, who: int) -> str:
    await accounts.mute(tx, me, target=who)
    return "muted"


async def _unmute(tx: Tx, me: int, who: int) -> str:
    await accounts.unmute(tx, me, target=who)
    return "shown"


async def _block(tx: Tx, me: int, who: int) -> str:
    await accounts.block(tx, me, target=who)
    return "blocked"


async def _unblock(tx: Tx, me: int, who: int) -> str:
    await accounts.unblock(tx, me, target=who)
    return "unblocked"


async def _remove(tx: Tx, me: int, who: int) -> str:
    await accounts.remove_from_followers(tx, me, follower=who)
    return "no_follower"


_DOES: Mapping[str, Callable[[Tx, int, int], Awaitable[str]]] = {
    "follow": _follow,
    "unfollow": _unfollow,
    "mute": _mute,
    "unmute": _unmute,
    "block": _block,
    "unblock": _unblock,
    "remove": _remove,
}


@post("/people/{account_id:int}", status_code=303)
async def act_on_person(
    *,
    account_id: FromPath[int],
    form: Form[ActForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Do it, then lead back and say what was done."""
    do = _DOES.get(form.act)
    if do is None or not 0 < account_id <= BIGGEST_ID:
        raise Missing(form.act)
    async with db.begin() as tx:
        done = await do(tx, member.account_id, account_id)
    return show.go(local_path(form.back), done=done)


HANDLERS = pages(act_on_person)
