"""The scopes that tokens can have, in words for people. Source: Mastodon documentation, OAuth scopes."""

from __future__ import annotations

_PARTS = (
    "accounts", "blocks", "bookmarks", "conversations", "favourites", "filters", "follows", "lists", "media", "mutes",
    "notifications", "reports", "search", "statuses",
)  # fmt: skip
_ADMIN = (
    "accounts", "reports", "domain_allows", "domain_blocks", "ip_blocks", "email_domain_blocks",
    "canonical_email_blocks",
)  # fmt: skip

MEANING: dict[str, str] = {
    "profile": "see your name and picture",
    "read": "read everything that you can read",
    "write": "post, follow and change your profile for you",
    "follow": "follow, block and mute for you",
    "push": "send you notifications",
    **{f"read:{part}": f"read your {part}" for part in _PARTS},
    **{f"write:{part}": f"change your {part}" for part in _PARTS},
    "admin:read": "read all that staff can read",
    "admin:write": "do all that staff can do",
    **{f"admin:read:{part}": f"read, as staff, {part.replace('_', ' ')}" for part in _ADMIN},
    **{f"admin:write:{part}": f"change, as staff, {part.replace('_', ' ')}" for part in _ADMIN},
}
DEFAULT = "read"


def split(scopes: str) -> tuple[str, ...]:
    """The single scopes of a space-separated text, each once, in order."""
    return tuple(dict.fromkeys(scopes.split()))


def unknown(scopes: str) -> list[str]:
    """Those that do not exist."""
    return [one for one in split(scopes) if one not in MEANING]


def within(wanted: str, held: str) -> bool:
    """Is every wanted scope held, itself or by its parent (`read` covers `read:statuses`)?"""
    have = set(split(held))
    return all(
        one in have
        or one.rpartition(":")[0] in have
        or (one.count(":") == 1 and not one.startswith("admin") and one.split(":")[0] in have)
        for one in split(wanted)
    )
