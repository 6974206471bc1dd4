"""Role on the wire."""

from __future__ import annotations

from typing import Any

from dunnock import accounts
from dunnock.discovery import MOST_COLLECTIONS

_SHOWN = {"member": ("-99", ""), "moderator": ("1", "Moderator"), "admin": ("2", "Admin"), "owner": ("3", "Owner")}
NAMES = {an_id: role for role, (an_id, _) in _SHOWN.items()}
"""Mastodon's ids to our roles."""


def role_wire(role: accounts.Role) -> dict[str, Any]:
    """Role: `permissions` is a number of flags as text."""
    an_id, name = _SHOWN[role]
    permissions = str(int(accounts.POWERS[role]))
    return {
        "id": an_id,
        "name": name,
        "color": "",
        "permissions": permissions,
        "highlighted": bool(name),
        "collection_limit": MOST_COLLECTIONS,
    }


def shown_roles(role: accounts.Role) -> list[dict[str, str]]:
    """Array of AccountRole: what everybody is shown of a member's role."""
    an_id, name = _SHOWN[role]
    return [{"id": an_id, "name": name, "color": ""}] if name else []
