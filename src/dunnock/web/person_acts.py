"""What members do with people, by the forms on a profile: each button is an act."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
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


class PersonForm(ActForm):
    """The act, and what some need: for how many seconds and how to mute, the words of a note."""

    duration: int = 0
    notifications: bool = False
    note: str = ""


class _Act(msgspec.Struct, frozen=True):
    """A use case, the names that it has for the other and for the member ("": by place), and what to say then.

    `asks`: the fields of the form that it takes; `says`: what else it is told; `if_not`: what to say when it answers False.
    """

    does: Callable[..., Awaitable[Any]]
    other: str
    done: str
    me: str = ""
    if_not: str = ""
    asks: tuple[str, ...] = ()
    says: Mapping[str, Any] = {}

    async def __call__(self, tx: Tx, me: int, who: int, form: PersonForm) -> str:
        """Do it; the key of what was done."""
        named = {self.other: who, **self.says, **{name: getattr(form, name) for name in self.asks}}
        did = await (self.does(tx, **named, **{self.me: me}) if self.me else self.does(tx, me, **named))
        return self.if_not if did is False and self.if_not else self.done


async def _hide_server(tx: Tx, me: int, *, target: int) -> None:
    await accounts.block_domain(tx, me, domain=await _server(tx, target))


async def _show_server(tx: Tx, me: int, *, target: int) -> None:
    await accounts.unblock_domain(tx, me, domain=await _server(tx, target))


async def _server(tx: Tx, target: int) -> str:
    """Where the account lives. Raises: Missing, for one of this server."""
    found = await accounts.find_shown(tx, target)
    if found.local:
        raise Missing(target)
    return found.domain


def _follow(done: str, **says: Any) -> _Act:
    return _Act(accounts.follow, "followed", done, me="follower", if_not="requested", says=says)


_DOES: Mapping[str, _Act] = {
    "follow": _follow("following"),
    "unfollow": _Act(accounts.unfollow, "followed", "unfollowed", me="follower"),
    "notify": _follow("notified", notify=True),
    "unnotify": _follow("saved", notify=False),
    "boosts": _follow("saved", boosts=True),
    "unboosts": _follow("saved", boosts=False),
    "mute": _Act(accounts.mute, "target", "muted", asks=("duration", "notifications")),
    "unmute": _Act(accounts.unmute, "target", "shown"),
    "block": _Act(accounts.block, "target", "blocked"),
    "unblock": _Act(accounts.unblock, "target", "unblocked"),
    "remove": _Act(accounts.remove_from_followers, "follower", "no_follower"),
    "endorse": _Act(accounts.endorse, "target", "saved"),
    "unendorse": _Act(accounts.unendorse, "target", "saved"),
    "note": _Act(accounts.write_note, "target", "saved", asks=("note",)),
    "hide_server": _Act(_hide_server, "target", "server_hidden"),
    "show_server": _Act(_show_server, "target", "shown"),
}


@post("/people/{account_id:int}", status_code=303)
async def act_on_person(
    *,
    account_id: FromPath[int],
    form: Form[PersonForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Do it, then lead back and say what was done."""
    do = _DOES.get(form.act)
    if do is None or not 0 < account_id <= BIGGEST_ID:
        raise Missing(form.act)
    async with db.begin() as tx:
        done = await do(tx, member.account_id, account_id, form)
    return show.go(local_path(form.back), done=done)


HANDLERS = pages(act_on_person)
