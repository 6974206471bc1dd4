"""Settings: filters, which warn of posts with certain words, hide or blur them."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from dunnock import filters
from dunnock.api.kit import Form
from dunnock.filters import Filter, FilterRefused, KeywordChange
from dunnock.foundation.errors import DomainError
from dunnock.web.own import Own
from dunnock.web.pages import Sent, pages

_ONE = "/settings/filters/{filter_id:int}"
_EVERYWHERE = ("home", "notifications", "public", "thread", "account")


class FilterForm(Sent):
    """A filter. `words`: one a line; `lasts` in seconds, empty: for good, "keep": as it is."""

    title: str = ""
    words: str = ""
    whole_word: bool = False
    contexts: list[str] = msgspec.field(default_factory=list)
    action: str = "warn"
    lasts: str = ""


@get("/settings/filters")
async def show_filters(own: NamedDependency[Own]) -> Response[str]:
    """All filters, and a form for a new one."""
    return await _ask(own, FilterForm(contexts=list(_EVERYWHERE), whole_word=True))


@post("/settings/filters", status_code=303)
async def make_filter(form: Form[FilterForm], own: NamedDependency[Own]) -> Response[str] | Response[None]:
    """A new filter."""
    try:
        ends = _ends(form.lasts)
        await own.do(
            filters.make_filter,
            title=form.title,
            contexts=form.contexts,
            action=form.action,
            expires_in=None if isinstance(ends, UnsetType) else ends,
            keywords=[KeywordChange(keyword=one, whole_word=form.whole_word) for one in _words(form)],
        )
    except FilterRefused as error:
        return await _ask(own, form, error=error)
    return own.go("/settings/filters", "saved")


@get(_ONE)
async def edit_filter(filter_id: FromPath[int], own: NamedDependency[Own]) -> Response[str]:
    """One filter, to change it."""
    held = await filters.find_filter(own.db, own.me, filter_id)
    form = FilterForm(
        title=held.title,
        words="\n".join([one.keyword for one in held.keywords]),
        whole_word=all(one.whole_word for one in held.keywords),
        contexts=list(held.contexts),
        action=held.action,
        lasts="keep",
    )
    return own.show("filter_edit.html", held=held, form=form)


@post(_ONE, status_code=303)
async def change_filter(
    filter_id: FromPath[int], form: Form[FilterForm], own: NamedDependency[Own]
) -> Response[str] | Response[None]:
    """Change all of it, or with an error nothing."""
    held = await filters.find_filter(own.db, own.me, filter_id)
    try:
        await own.do(
            filters.change_filter,
            filter_id,
            title=form.title,
            contexts=form.contexts,
            action=form.action,
            expires_in=_ends(form.lasts),
            keywords=_changes(held, form),
        )
    except FilterRefused as error:
        return own.show("filter_edit.html", held=held, form=form, error=error)
    return own.go("/settings/filters", "saved")


@post(f"{_ONE}/delete", status_code=303)
async def delete_filter(
    *,
    filter_id: FromPath[int],
    form: Form[Sent],  # noqa: ARG001 (asking for it is what checks that it is ours)
    own: NamedDependency[Own],
) -> Response[None]:
    """Delete it with all that is in it."""
    await own.do(filters.delete_filter, filter_id)
    return own.go("/settings/filters", "filter_gone")


def _words(form: FilterForm) -> list[str]:
    return list(dict.fromkeys([word for line in form.words.splitlines() if (word := line.strip())]))


def _changes(held: Filter, form: FilterForm) -> list[KeywordChange]:
    """What makes the filter's keywords those of the form: those that stay keep their ids."""
    wanted, before = _words(form), {one.keyword: one.id for one in held.keywords}
    kept = [
        KeywordChange(id=an_id, whole_word=form.whole_word) if word in wanted else KeywordChange(id=an_id, remove=True)
        for word, an_id in before.items()
    ]
    return kept + [KeywordChange(keyword=one, whole_word=form.whole_word) for one in wanted if one not in before]


def _ends(lasts: str) -> int | UnsetType | None:
    if lasts == "keep":
        return UNSET
    return int(lasts) if lasts.isdecimal() and len(lasts) < 10 else None


async def _ask(own: Own, form: FilterForm, *, error: DomainError | None = None) -> Response[str]:
    return own.show("filters.html", filters=await filters.filters_of(own.db, own.me), form=form, error=error)


HANDLERS = pages(show_filters, make_filter, edit_filter, change_filter, delete_filter)
