"""Pages of what a member has of their own (lists, searches, feeds, filters, collections): what each of them needs, in one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Concatenate, ParamSpec, TypeVar

import msgspec
from litestar import Response
from litestar.di import NamedDependency

from dunnock.foundation.db import Db, Tx
from dunnock.web.cards import Cards
from dunnock.web.show import Show
from dunnock.web.visitor import Member

P = ParamSpec("P")
T = TypeVar("T")


class Own(msgspec.Struct, frozen=True):
    """A member at such a page: who they are, where it reads, and how it is shown."""

    show: Show
    member: Member
    db: Db
    cards: Cards

    @property
    def me(self) -> int:
        """The member's account."""
        return self.member.account_id

    async def do(
        self, use_case: Callable[Concatenate[Tx, int, P], Awaitable[T]], *args: P.args, **named: P.kwargs
    ) -> T:
        """Let the member do it, in a transaction of its own. Raises: what the use case does."""
        async with self.db.begin() as tx:
            return await use_case(tx, self.me, *args, **named)

    def go(self, path: str, done: str) -> Response[None]:
        """Lead on to another page, which says what was done."""
        return self.show.go(path, done=done)


async def provide_own(
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    cards: NamedDependency[Cards],
) -> Own:
    """Litestar's dependency behind `own`: the page is for members only."""
    return Own(show, member, db, cards)
