"""Puts handlers, Litestar and the edge together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Litestar, Response, get
from litestar.di import Provide
from litestar.exceptions import HTTPException

from dunnock.api.kit import openapi
from dunnock.api.kit.caller import Authenticate, public, undeclared
from dunnock.api.kit.edge import Edge, Gate, Kit
from dunnock.api.kit.errors import ID_PATHS, id_paths, on_bug, on_http_exception, on_refusal
from dunnock.api.kit.lane import Lane
from dunnock.api.kit.params import provide_caller, provide_form, provide_params
from dunnock.api.kit.settings import EdgeSettings
from dunnock.foundation.errors import DomainError


class ScopeUndeclared(Exception):
    """A handler under /api or /oauth says neither `require(...)` nor `public(...)`."""


def build_edge(
    handlers: Sequence[Any],
    *,
    authenticate: Authenticate,
    settings: EdgeSettings | None = None,
    lane: Lane | None = None,
    gate: Gate | None = None,
    version: str = "0",
    public_url: str = "http://localhost",
    dependencies: Mapping[str, Any] | None = None,
    exception_handlers: Mapping[Any, Any] | None = None,
    **litestar_options: Any,
) -> Edge:
    """The ASGI app to run: `handlers` (also pages) behind the edge; the Litestar app is `.app`.

    `gate` says who may not come in at all.
    `dependencies` are Litestar's `Provide`s by name (`db`, ...); `exception_handlers` are added to ours.

    Raises:
        ScopeUndeclared: a handler does not say who may call it.
    """
    shared: dict[str, Any] = {
        "dependencies": {
            "form": Provide(provide_form),
            "params": Provide(provide_params),
            "caller": Provide(provide_caller),
            **(dependencies or {}),
        },
        "exception_handlers": {
            DomainError: on_refusal,
            HTTPException: on_http_exception,
            Exception: on_bug,
            **(exception_handlers or {}),
        },
        "logging_config": None,
        "request_max_body_size": None,  # the kit's own limits hold
        **litestar_options,
    }
    held: list[bytes] = []

    def describe() -> bytes:
        described = Litestar([*handlers], openapi_config=openapi.config(version, public_url), **shared)
        return msgspec.json.encode(openapi.document(described))

    @get("/api/openapi.json", guards=[public()], include_in_schema=False)
    async def show_openapi() -> Response[bytes]:
        """The description of this API for machines."""
        if not held:
            held.append(await asyncio.to_thread(describe))
        return Response(held[0], media_type="application/json")

    app = Litestar([*handlers, show_openapi], openapi_config=None, **shared)
    app.state[ID_PATHS] = id_paths(route.path for route in app.routes)
    silent = undeclared(app)
    if silent:
        raise ScopeUndeclared(", ".join(silent))
    _resolve_one_by_one(app)
    return Edge(app, lane or Lane(), Kit(settings or EdgeSettings(), authenticate, gate))


def _resolve_one_by_one(app: Litestar) -> None:
    """Have dependencies resolved in turn.

    Litestar starts a task for each dependency of a batch. Ours are there already or read one body, so tasks only cost:
    0.15 ms of a request's 0.6. A batch of one is called directly, so each batch is split into batches of one.
    """
    for route in app.routes:
        for _, model in getattr(route, "route_handler_map", {}).values():
            model.dependency_batches = [{one} for batch in model.dependency_batches for one in batch]
