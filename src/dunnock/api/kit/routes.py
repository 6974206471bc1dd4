"""The handlers, put into Litestar once in a process: which house a request belongs to is told with the request."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

import msgspec
from litestar import Litestar, Response, get
from litestar.di import Provide
from litestar.exceptions import HTTPException

from dunnock.api.kit import openapi
from dunnock.api.kit.caller import public, undeclared
from dunnock.api.kit.errors import ID_PATHS, id_paths, on_bug, on_http_exception, on_refusal
from dunnock.api.kit.params import provide_caller, provide_form, provide_params
from dunnock.foundation.errors import DomainError

ABOUT = "about the server"
"""Among what is given: (version, public URL), for the description of the API."""
GIVEN: ContextVar[Mapping[str, Any]] = ContextVar("GIVEN")
"""What handlers may ask for by name, in the house whose edge took the request in."""


class ScopeUndeclared(Exception):
    """A handler under /api or /oauth says neither `require(...)` nor `public(...)`."""


def routes(
    handlers: Sequence[Any], names: Collection[str], exception_handlers: Mapping[Any, Any] | None = None
) -> Litestar:
    """The Litestar app of these handlers, which may ask for `names`; the same one when asked again.

    Making it costs about a millisecond a handler, and it holds nothing of a house.

    Raises:
        ScopeUndeclared: a handler does not say who may call it.
    """
    return _made(tuple(handlers), frozenset(names), tuple((exception_handlers or {}).items()))


@functools.lru_cache(maxsize=16)
def _made(
    handlers: tuple[Any, ...], names: frozenset[str], exception_handlers: tuple[tuple[Any, Any], ...]
) -> Litestar:
    shared: dict[str, Any] = {
        "dependencies": {
            "form": Provide(provide_form),
            "params": Provide(provide_params),
            "caller": Provide(provide_caller),
            **{name: Provide(_giver(name), sync_to_thread=False) for name in sorted(names)},
        },
        "exception_handlers": {
            DomainError: on_refusal,
            HTTPException: on_http_exception,
            Exception: on_bug,
            **dict(exception_handlers),
        },
        "logging_config": None,
        "request_max_body_size": None,  # the kit's own limits hold
    }

    @functools.cache
    def describe(version: str, public_url: str) -> bytes:
        described = Litestar([*handlers], openapi_config=openapi.config(version, public_url), **shared)
        return msgspec.json.encode(openapi.document(described))

    @get("/api/openapi.json", guards=[public()], include_in_schema=False)
    async def show_openapi() -> Response[bytes]:
        """The description of this API for machines."""
        body = await asyncio.to_thread(describe, *GIVEN.get()[ABOUT])
        return Response(body, media_type="application/json")

    app = Litestar([*handlers, show_openapi], openapi_config=None, **shared)
    app.state[ID_PATHS] = id_paths(route.path for route in app.routes)
    silent = undeclared(app)
    if silent:
        raise ScopeUndeclared(", ".join(silent))
    _resolve_one_by_one(app)
    return app


def _giver(name: str) -> Callable[[], Any]:
    def give() -> Any:
        return GIVEN.get()[name]

    return give


def _resolve_one_by_one(app: Litestar) -> None:
    """Have dependencies resolved in turn.

    Litestar starts a task for each dependency of a batch. Ours are there already or read one body, so tasks only cost:
    0.15 ms of a request's 0.6. A batch of one is called directly, so each batch is split into batches of one.
    """
    for route in app.routes:
        for _, model in getattr(route, "route_handler_map", {}).values():
            model.dependency_batches = [{one} for batch in model.dependency_batches for one in batch]
