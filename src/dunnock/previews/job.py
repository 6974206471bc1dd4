"""The job that looks what a link leads to."""

from __future__ import annotations

from zlib import crc32

from dunnock.foundation.job import Job


class FetchPreview(Job, frozen=True):
    """Look what is at an address. `tries`: how often it was tried in vain."""

    preview_id: int
    host: str
    tries: int = 0

    @property
    def lane(self) -> str:
        """One of two: strangers choose where we look, and must not have all our time by being slow."""
        return f"previews {crc32(self.host.encode()) % 2}"
