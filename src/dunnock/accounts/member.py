"""A member: a person's sign-in, which owns an account. Nothing of it is shown to others."""

from __future__ import annotations

import enum
import re
from typing import Literal

import msgspec

Role = Literal["member", "moderator", "admin", "owner"]
ROLES: tuple[Role, ...] = ("member", "moderator", "admin", "owner")
LOCALE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")
"""A language as members choose one. Source: RFC 5646, as far as catalogues need it."""
STAFF = frozenset(("moderator", "admin", "owner"))


class State(enum.Enum):
    """Whether a member may come in."""

    PENDING = "pending"
    ACTIVE = "active"
    DISABLED = "disabled"


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One member. `reason`: why they want to join; times are Unix milliseconds.

    `unconfirmed`: mail has not been shown to reach them, so they may not come in. `new_email`: takes the place of `email` once
    it is confirmed. `mail_refused_at`: when a mail server said that the address takes no mail.
    """

    id: int
    account_id: int
    username: str
    email: str
    role: Role
    state: State
    locale: str
    reason: str
    created_at: int
    last_sign_in_at: int | None
    unconfirmed: bool = False
    new_email: str | None = None
    mail_refused_at: int | None = None

    @property
    def is_staff(self) -> bool:
        """May they decide about others?"""
        return self.role in STAFF


def email_key(email: str) -> str:
    """What tells two addresses apart: letter case does not."""
    return email.strip().casefold()
