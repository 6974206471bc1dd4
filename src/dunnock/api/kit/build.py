"""Puts handlers, Litestar and the edge together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dunnock.api.kit.caller import Authenticate
from dunnock.api.kit.edge import Edge, Gate, Kit
from dunnock.api.kit.lane import Lane
from dunnock.api.kit.routes import ABOUT, routes
from dunnock.api.kit.settings import EdgeSettings


def build_edge(
    handlers: Sequence[Any],
    *,
    authenticate: Authenticate,
    settings: EdgeSettings | None = None,
    lane: Lane | None = None,
    gate: Gate | None = None,
    version: str = "0",
    public_url: str = "http://localhost",
    given: Mapping[str, Any] | None = None,
    exception_handlers: Mapping[Any, Any] | None = None,
) -> Edge:
    """The ASGI app to run: `handlers` (also pages) behind the edge; the Litestar app is `.app`.

    `gate` says who may not come in at all.
    `given` is what handlers may ask for by name (`db`, ...); `exception_handlers` are added to ours.

    Raises:
        ScopeUndeclared: a handler does not say who may call it.
    """
    given = dict(given or {})
    app = routes(handlers, given, exception_handlers)
    kit = Kit(settings or EdgeSettings(), authenticate, gate, given | {ABOUT: (version, public_url)})
    return Edge(app, lane or Lane(), kit)
