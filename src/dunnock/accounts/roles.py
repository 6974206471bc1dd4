"""What the roles of this server may do. Mastodon: Role, its permissions as one number.

Source: Mastodon documentation, entities/Role, "Permission flags".
"""

from __future__ import annotations

import enum

import msgspec

from dunnock.accounts.errors import NotPermitted
from dunnock.accounts.member import ROLES, Role
from dunnock.accounts.store import members as store
from dunnock.foundation.db import Reader


class Power(enum.IntFlag):
    """What a role may do, with Mastodon's bits."""

    ADMINISTRATE = 1 << 0  # everything
    VIEW_DEVOPS = 1 << 1
    VIEW_LOG = 1 << 2
    VIEW_FIGURES = 1 << 3
    MANAGE_REPORTS = 1 << 4
    MANAGE_FEDERATION = 1 << 5
    MANAGE_SETTINGS = 1 << 6
    MANAGE_BLOCKS = 1 << 7
    MANAGE_TAXONOMIES = 1 << 8
    MANAGE_APPEALS = 1 << 9
    MANAGE_MEMBERS = 1 << 10
    MANAGE_INVITATIONS = 1 << 11
    MANAGE_RULES = 1 << 12
    MANAGE_ANNOUNCEMENTS = 1 << 13
    MANAGE_EMOJI = 1 << 14
    MANAGE_WEBHOOKS = 1 << 15
    INVITE = 1 << 16
    MANAGE_ROLES = 1 << 17
    MANAGE_ACCESS = 1 << 18
    DELETE_DATA = 1 << 19


_MODERATOR = (
    Power.VIEW_FIGURES
    | Power.VIEW_LOG
    | Power.MANAGE_MEMBERS
    | Power.MANAGE_REPORTS
    | Power.MANAGE_TAXONOMIES
    | Power.INVITE
)
_ADMIN = (
    _MODERATOR
    | Power.MANAGE_APPEALS
    | Power.MANAGE_FEDERATION
    | Power.MANAGE_BLOCKS
    | Power.MANAGE_SETTINGS
    | Power.MANAGE_RULES
    | Power.MANAGE_INVITATIONS
    | Power.MANAGE_ANNOUNCEMENTS
    | Power.MANAGE_EMOJI
    | Power.MANAGE_WEBHOOKS
    | Power.MANAGE_ROLES
    | Power.MANAGE_ACCESS
    | Power.DELETE_DATA
)
POWERS: dict[Role, Power] = {
    "member": Power(0),
    "moderator": _MODERATOR,
    "admin": _ADMIN,
    "owner": Power((1 << 20) - 1),
}
"""Role -> what it may do."""


class Staff(msgspec.Struct, frozen=True):
    """A member who may do what was asked for."""

    account_id: int
    member_id: int
    role: Role

    def stands_above(self, role: Role | None) -> bool:
        """Only lower roles may be acted on; None: nobody signs in to the account."""
        return role is None or ROLES.index(self.role) > ROLES.index(role)


def may(role: Role, power: Power) -> bool:
    """Has the role all of `power`?"""
    return power in POWERS[role]


async def permit(reader: Reader, account_id: int, power: Power) -> Staff:
    """Who acts, when their role allows `power`. Every use case of staff begins with this.

    Raises:
        NotPermitted: the member's role does not allow it, or nobody active signs in to the account.
    """
    row = await reader.one(store.ROLE_OF, account_id=account_id)
    if row is None or not may(row[1], power):
        raise NotPermitted(account_id, power)
    return Staff(account_id, row[0], row[1])


async def others_with(reader: Reader, power: Power, *, but: int) -> int:
    """How many others may do all of `power`, besides the account `but`."""
    return sum(may(role, power) and account_id != but for account_id, role in await reader.all(store.STAFF_ROLES))
