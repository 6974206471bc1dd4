"""The scopes that tokens can have, and what each covers. Source: Mastodon documentation, OAuth scopes."""

from __future__ import annotations

from collections.abc import Iterable

_PARTS = (
    "accounts", "blocks", "bookmarks", "collections", "conversations", "favourites", "filters", "follows", "lists", "media",
    "mutes", "notifications", "reports", "search", "statuses",
)  # fmt: skip
_ADMIN = (
    "accounts", "reports", "domain_allows", "domain_blocks", "ip_blocks", "email_domain_blocks",
    "canonical_email_blocks",
)  # fmt: skip
KNOWN: tuple[str, ...] = (
    "profile", "read", *(f"read:{part}" for part in _PARTS), "write", *(f"write:{part}" for part in _PARTS), "follow",
    "push", "admin:read", *(f"admin:read:{part}" for part in _ADMIN), "admin:write",
    *(f"admin:write:{part}" for part in _ADMIN),
)  # fmt: skip
"""Every scope there is; the pages say in words what each means."""
FOLLOW = frozenset(f"{act}:{what}" for act in ("read", "write") for what in ("blocks", "follows", "mutes"))
"""What the old scope `follow` stands for."""
DEFAULT = "read"
_known = frozenset(KNOWN)


def split(scopes: str) -> tuple[str, ...]:
    """The single scopes of a space-separated text, each once, in order."""
    return tuple(dict.fromkeys(scopes.split()))


def unknown(scopes: str) -> list[str]:
    """Those that do not exist."""
    return [one for one in split(scopes) if one not in _known]


def covers(granted: Iterable[str], wanted: str) -> bool:
    """Does a token with the `granted` scopes reach `wanted`?

    `read` covers `read:*`, `admin:read` covers `admin:read:*`, `follow` covers `FOLLOW`; `profile` covers itself only.
    """
    held = granted if isinstance(granted, (frozenset, set)) else frozenset(granted)
    if wanted in held:
        return True
    parts = wanted.split(":")
    if any(":".join(parts[:length]) in held for length in range(1, len(parts)) if parts[:length] != ["admin"]):
        return True
    return wanted in FOLLOW and "follow" in held


def within(wanted: str, held: str) -> bool:
    """Is every wanted scope held, itself or by what covers it? `follow` is, where all that it stands for is."""
    have = frozenset(split(held))
    return all(
        covers(have, one) or (one == "follow" and all(covers(have, part) for part in FOLLOW)) for one in split(wanted)
    )
