"""What the edge may take from a stranger, and whom it believes about addresses."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much one request may send: sizes in bytes, time for a whole body without and with files.

    `spool`: where uploads lie meanwhile; None: the system's temporary directory.
    """

    body_bytes: int = 1024 * 1024
    upload_bytes: int = 100 * 1024 * 1024
    fields: int = 1000
    files: int = 8
    depth: int = 8
    seconds: float = 30
    upload_seconds: float = 600
    spool: Path | None = None


class EdgeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`trusted_proxies`: CIDR ranges whose X-Forwarded-For counts (none by default).

    `dev`: no rate limits, full error messages in the log.
    """

    limits: Limits = Limits()
    trusted_proxies: tuple[str, ...] = ()
    rate_limits: bool = True
    dev: bool = False
