"""The frame around every page of staff: the sections that their role may open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from litestar import Response
from litestar.di import NamedDependency, Provide

from dunnock import moderation
from dunnock.accounts import POWERS, Power
from dunnock.accounts.member import Role
from dunnock.foundation.db import Db
from dunnock.web.admin.names import names_of
from dunnock.web.evidence import Reads
from dunnock.web.pages import pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


def powers_of(staff: Member) -> Power:
    """What the role of who looks may do; the use cases ask the database again."""
    held: dict[str, Power] = {str(role): power for role, power in POWERS.items()}
    return held.get(staff.role, Power(0))


def role_of(staff: Member) -> Role:
    """The role of who looks."""
    return next(role for role in POWERS if role == staff.role)


def desk(show: Show, staff: Member, template: str, **values: Any) -> Response[str]:
    """A page of `templates/admin/` with the sections beside it. `values` as `Show` takes them."""
    powers = powers_of(staff)
    names = frozenset(one.name for one in Power if one in powers)
    return show(
        f"admin/{template}",
        powers=names,
        me=staff.account_id,
        queues=staff.waiting,
        most=moderation.MOST_WAITING,
        **values,
    )


class Desk(msgspec.Struct, frozen=True):
    """Somebody of the staff at a page of theirs: who they are, where it reads, and how it is shown."""

    show: Show
    staff: Member
    reads: Reads

    @property
    def by(self) -> int:
        """The account that acts."""
        return self.staff.account_id

    @property
    def db(self) -> Db:
        """Where it reads and writes."""
        return self.reads.db

    def page(self, template: str, **values: Any) -> Response[str]:
        """As `desk`."""
        return desk(self.show, self.staff, template, **values)

    def go(self, path: str, done: str) -> Response[None]:
        """Lead on to another page, which says what was done."""
        return self.show.go(path, done=done)

    async def names(self, ids: Iterable[int | None]) -> dict[int, str]:
        """The handles of these accounts, by id; unknown ones and None are left out."""
        return await names_of(self.reads.account_views, ids)

    async def texts(self, ids: Sequence[int]) -> dict[int, str]:
        """What these posts say, without markup; those that are gone are left out."""
        cards = await self.reads.post_views.get(ids)
        return await self.reads.post_views.plain_texts(list(cards.values()))


async def provide_desk(
    show: NamedDependency[Show], staff: NamedDependency[Member], reads: NamedDependency[Reads]
) -> Desk:
    """Litestar's dependency behind `desk`: the page is for staff only."""
    return Desk(show, staff, reads)


def desk_pages(*handlers: Any) -> list[Any]:
    """The area's `HANDLERS`, as `pages`; they may ask for `desk`."""
    return pages(*handlers, more={"desk": Provide(provide_desk)})
