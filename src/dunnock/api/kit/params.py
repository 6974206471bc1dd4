"""What handlers write in their signatures: `form: Form[X]`, `params: Query[Y]`, `Id`, `Paging`."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec
from litestar import Request
from litestar.di import NamedDependency

from dunnock.api.kit.body import read_tree
from dunnock.api.kit.data_urls import spool_data_urls
from dunnock.api.kit.nested import Tree, nest, pairs_of
from dunnock.api.kit.shape import BIGGEST_ID, fit

T = TypeVar("T")

Form: TypeAlias = NamedDependency[T]
"""`form: Form[StatusForm]`: body (JSON, urlencoded or multipart) and query in one struct; the name must be `form`."""

Query: TypeAlias = NamedDependency[T]
"""`params: Query[HomeParams]`: query string, and a body if sent; what does not fit is dropped. It must be called `params`."""

Id: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=BIGGEST_ID, extra={"id": True})]
"""A 64-bit id sent as decimal text. No such id: 404 in a form, dropped from a query."""


def told_id(an_id: int | None) -> str | None:
    """An id as answers tell it; None: there is none."""
    return None if an_id is None else str(an_id)


class Paging(msgspec.Struct, kw_only=True, frozen=True):
    """The cursors of every list; `since_id`: newest above it, `min_id`: those right above it."""

    limit: int | None = None
    max_id: Id | None = None
    since_id: Id | None = None
    min_id: Id | None = None


def page_limit(value: object, default: int = 20) -> int:
    """How many to show: Mastodon's min(|value|, 2 x default); garbage or nothing is `default`."""
    if value is None or value == "":
        return default
    try:
        return min(abs(int(str(value))), 2 * default)
    except ValueError:
        return default


def read_query(scope: Any, into: type[T]) -> T:
    """The query string as a struct, for raw handlers of the lane."""
    return fit(nest(pairs_of(scope["query_string"])), into, forgiving=True)


async def provide_form(request: Request[Any, Any, Any]) -> Any:
    """Litestar's dependency behind `form`; runs after the guards, so strangers upload nothing."""
    return fit_form(request, await read_form(request))


async def read_form(request: Request[Any, Any, Any]) -> Tree:
    """Body and query of the request as they came, for who must look at them before `fit_form`."""
    scope: Any = request.scope
    visit = scope["visit"]
    return await read_tree(scope, request.receive, limits=visit.kit.settings.limits, keep=visit.files)


def fit_form(request: Request[Any, Any, Any], tree: Tree) -> Any:
    """What was read as the struct that the handler's `form` is annotated with."""
    scope: Any = request.scope
    visit = scope["visit"]
    into = wanted(scope["route_handler"], "form")
    spool_data_urls(tree, into, limits=visit.kit.settings.limits, keep=visit.files)
    return fit(tree, into)


async def provide_params(request: Request[Any, Any, Any]) -> Any:
    """Litestar's dependency behind `params`. A GET with a body counts, as with Rails: some clients send `id` that way."""
    scope: Any = request.scope
    into = wanted(scope["route_handler"], "params")
    if not _says_more(scope["headers"]) or wanted(scope["route_handler"], "form") is not None:
        return read_query(scope, into)
    visit = scope["visit"]
    tree = await read_tree(scope, request.receive, limits=visit.kit.settings.limits, keep=visit.files)
    return fit(tree, into, forgiving=True)


def _says_more(headers: list[tuple[bytes, bytes]]) -> bool:
    """Is there a body of fields? Nobody uploads files with a GET."""
    return any(
        name == b"content-type"
        and value.lower().startswith((b"application/json", b"application/x-www-form-urlencoded"))
        for name, value in headers
    )


async def provide_caller(request: Request[Any, Any, Any]) -> Any:
    """Litestar's dependency behind `caller`; the guard has put it there."""
    scope: Any = request.scope
    return scope["visit"].caller


def wanted(handler: Any, name: str) -> Any:
    """The struct that a handler's parameter `name` is annotated with; None when it has no such parameter."""
    field = handler.parsed_fn_signature.parameters.get(name)
    return None if field is None else field.annotation
