"""Streams: what happens reaches those who are connected while it happens. Mastodon: /api/v1/streaming; docs/streaming.md."""

from __future__ import annotations

from dunnock.api.streaming.handlers import add_to
from dunnock.api.streaming.hub import Counts, Hub

__all__ = ["Counts", "Hub", "add_to"]
