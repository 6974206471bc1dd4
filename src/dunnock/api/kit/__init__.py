"""The edge kit: what lies between ASGI and a handler of the Mastodon API; docs/api-handlers.md tells how to use it."""

from __future__ import annotations

from dunnock.accounts.scopes import covers
from dunnock.api.kit.build import build_edge
from dunnock.api.kit.caller import Authenticate, Called, Caller, MaybeCalled, NotYetIn, public, require, undeclared
from dunnock.api.kit.edge import Edge, Gate, origin_of
from dunnock.api.kit.errors import BadRequest, OAuthRefusal, answer
from dunnock.api.kit.lane import Lane, send_json
from dunnock.api.kit.link import link_header
from dunnock.api.kit.params import Form, Id, Paging, Query, page_limit, read_query, told_id
from dunnock.api.kit.routes import ScopeUndeclared
from dunnock.api.kit.settings import EdgeSettings, Limits
from dunnock.api.kit.shape import parse_id
from dunnock.api.kit.uploads import Upload

__all__ = [
    "Authenticate",
    "BadRequest",
    "Called",
    "Caller",
    "Edge",
    "EdgeSettings",
    "Form",
    "Gate",
    "Id",
    "Lane",
    "Limits",
    "MaybeCalled",
    "NotYetIn",
    "OAuthRefusal",
    "Paging",
    "Query",
    "ScopeUndeclared",
    "Upload",
    "answer",
    "build_edge",
    "covers",
    "link_header",
    "origin_of",
    "page_limit",
    "parse_id",
    "public",
    "read_query",
    "require",
    "send_json",
    "told_id",
    "undeclared",
]
