"""This server's things as activities and objects, for whoever serves them."""

from __future__ import annotations

from dunnock.federation.vocab.actor import bare_actor, server_actor, suspended_actor, told_actor
from dunnock.federation.vocab.context import ACTIVITY_TYPE, CONTEXT, with_context
from dunnock.federation.vocab.note import announce, create, note, post_uri, uri_of

__all__ = [
    "ACTIVITY_TYPE",
    "CONTEXT",
    "announce",
    "bare_actor",
    "create",
    "note",
    "post_uri",
    "server_actor",
    "suspended_actor",
    "told_actor",
    "uri_of",
    "with_context",
]
