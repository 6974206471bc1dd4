"""The handlers, put into Litestar once in a process: which house a request belongs to is told with the request.

Litestar reads what a handler asks for when it is registered, and reads all of a path again with each handler of it: two
seconds of a start with ours. Here each path becomes one route, and a handler is read at its first call.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

import msgspec
from litestar import Litestar, Response, get
from litestar.di import Provide
from litestar.exceptions import HTTPException, ImproperlyConfiguredException
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import HTTPScope, Method, Receive, Send
from litestar.utils import join_paths

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

    It holds nothing of a house.

    Raises:
        ImproperlyConfiguredException: two handlers have the same path and method, or one isn't asked over HTTP.
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

    app = Litestar([], openapi_config=None, **shared)
    _lay(app, [*handlers, show_openapi])
    app.state[ID_PATHS] = id_paths(route.path for route in app.routes)
    silent = undeclared(app)
    if silent:
        raise ScopeUndeclared(", ".join(silent))
    return app


def _giver(name: str) -> Callable[[], Any]:
    def give() -> Any:
        return GIVEN.get()[name]

    return give


def _lay(app: Litestar, handlers: Iterable[Any]) -> None:
    """Give `app` the routes of `handlers`, which may be routers."""
    found: dict[str, list[HTTPRouteHandler]] = {}
    for value in handlers:
        checked = app._validate_registration_value(value)  # noqa: SLF001 (it takes a copy of a router, and says who owns it)
        for path, by_method in app.get_route_handler_map(checked).items():
            ones = found.setdefault(join_paths([app.path, path]), [])
            for handler in by_method.values():
                if not isinstance(handler, HTTPRouteHandler):
                    raise ImproperlyConfiguredException(f"{handler} is not asked over HTTP")
                if handler not in ones:
                    ones.append(handler)
    app.routes += [Route(app, path, ones) for path, ones in found.items()]
    app.asgi_router.construct_routing_trie()


class Route(HTTPRoute):
    """What answers at a path. A handler's signature is read when it is first called, or by `read`."""

    __slots__ = ("_app", "_unread")

    def __init__(self, app: Litestar, path: str, handlers: list[HTTPRouteHandler]) -> None:
        super().__init__(path=path, route_handlers=handlers)  # adds the handler that answers OPTIONS
        self._app = app
        self._unread: set[Method] = set()
        unknown: Any = None
        for handler in self.route_handlers:
            for method in handler.http_methods:
                if method in self._unread:
                    raise ImproperlyConfiguredException(f"two handlers answer {method} {path}")
                self._unread.add(method)
                self.route_handler_map[method] = (handler, unknown)

    def handle(self, scope: HTTPScope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:  # type: ignore[override]
        """Answer a request."""
        if self._unread and scope["method"] in self._unread:
            self.read(scope["method"])
        return super().handle(scope, receive, send)

    def read(self, method: Method) -> None:
        """Read what the handler of `method` asks for.

        Raises:
            ImproperlyConfiguredException: it asks for what nobody gives.
        """
        handler, _ = self.route_handler_map[method]
        handler.on_registration(self._app)
        model = handler.create_kwargs_model(path_parameters=self.path_parameters)
        # Litestar starts a task for each dependency of a batch. Ours are there already or read one body, so tasks only cost:
        # 0.15 ms of a request's 0.6. A batch of one is called directly, so each batch is split into batches of one.
        model.dependency_batches = [{one} for batch in model.dependency_batches for one in batch]
        self.route_handler_map[method] = (handler, model)
        self._unread.discard(method)
