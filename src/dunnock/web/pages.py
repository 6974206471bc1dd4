"""Puts the handlers of an area together: what every page may ask for, and what every form must carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Router
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler

from dunnock.api.kit import Paging
from dunnock.api.kit.params import fit_form, read_form
from dunnock.foundation.settings import Settings
from dunnock.web.cards import provide_cards
from dunnock.web.evidence import provide_reads
from dunnock.web.failure import PAGE_EXCEPTION_HANDLERS
from dunnock.web.origin import check_form, check_origin
from dunnock.web.own import provide_own
from dunnock.web.person_page import provide_page
from dunnock.web.show import provide_show
from dunnock.web.visitor import Visitor, find_member, find_staff, find_visitor


class Sent(msgspec.Struct, kw_only=True):
    """What every form of ours carries; the forms of the areas add to it."""

    token: str = ""


class FormUnguarded(Exception):
    """A handler changes something without asking for a `form` that is a `Sent`."""


class DoneParams(msgspec.Struct, frozen=True):
    """What was done before coming here; the frame says it."""

    done: str = ""


class PageParams(Paging, kw_only=True, frozen=True):
    """Which part of a list, and what was done before coming here."""

    done: str = ""


def pages(*handlers: Any, more: Mapping[str, Provide] | None = None) -> list[Any]:
    """The area's `HANDLERS`; `more`: what else they may ask for.

    Raises:
        FormUnguarded: a handler takes a POST without a form, so nothing would tell ours from a forged one.
    """
    for handler in handlers:
        if isinstance(handler, HTTPRouteHandler) and handler.http_methods - {"GET", "HEAD", "OPTIONS"}:
            form = handler.fn.__annotations__.get("form")
            if form is None:
                raise FormUnguarded(handler.fn.__name__)
    return [
        Router(
            "/",
            route_handlers=handlers,
            dependencies={
                "visitor": Provide(find_visitor),
                "member": Provide(find_member),
                "staff": Provide(find_staff),
                "show": Provide(provide_show),
                "cards": Provide(provide_cards),
                "own": Provide(provide_own),
                "reads": Provide(provide_reads),
                "person_page": Provide(provide_page),
                "form": Provide(provide_checked_form),
                **(more or {}),
            },
            exception_handlers=PAGE_EXCEPTION_HANDLERS,
            include_in_schema=False,
        )
    ]


async def provide_checked_form(
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Visitor],
    settings: NamedDependency[Settings],
) -> Any:
    """Litestar's dependency behind `form`: sent from a page of ours, else refused, before any of it is used.

    Raises:
        ForgedForm: it was not.
    """
    check_origin(request.headers, settings.public_url)
    tree = await read_form(request)
    token = tree.get("token")
    check_form(token if isinstance(token, str) else "", visitor.cookie)
    return fit_form(request, tree)
