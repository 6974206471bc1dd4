"""The frame around every page of staff: the sections that their role may open."""

from __future__ import annotations

from typing import Any

from litestar import Response

from dunnock import moderation
from dunnock.accounts import POWERS, Power
from dunnock.accounts.member import Role
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
