"""The public archive: what was taken down, as files that researchers already read, hashed where it must be, signed.

A release is made of decisions: their accounts, the accounts' posts, media by content, statements of reasons. docs/archive.md.
"""

from __future__ import annotations

from dunnock.transparency.archive.amend import Amended, amend_release
from dunnock.transparency.archive.export import Exported, Order, export_release
from dunnock.transparency.archive.verify import Verified, verify_against, verify_release

__all__ = [
    "Amended",
    "Exported",
    "Order",
    "Verified",
    "amend_release",
    "export_release",
    "verify_against",
    "verify_release",
]
