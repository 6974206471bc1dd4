"""A member's filters, and what is in them. Wire: Filter, FilterKeyword, FilterStatus; V1::Filter is a keyword with its filter.

What filters find in a post is in its Status (`filtered`): see render.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import delete, get, post, route
from litestar.di import NamedDependency
from litestar.enums import HttpMethod
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from dunnock import filters
from dunnock.api.kit import Called, Form, Id, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import me
from dunnock.filters import KeywordChange
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid

READS, WRITES = "read:filters", "write:filters"
OLD = "/api/v1/filters"
PATH = "/api/v2/filters"
_ONE = "/api/v2/filters/{filter_id:int}"
_KEYWORD = "/api/v2/filters/keywords/{keyword_id:int}"
_STATUS = "/api/v2/filters/statuses/{filtered_id:int}"
_PHRASE = "/api/v1/filters/{keyword_id:int}"
_CHANGE = [HttpMethod.PUT, HttpMethod.PATCH]
LONGEST_TITLE = 256


class KeywordForm(msgspec.Struct):
    """A keyword; what is missing stays, and is a whole word at first."""

    keyword: str | None = None
    whole_word: bool | None = None


class KeywordsForm(KeywordForm):
    """A keyword to add, or (with `id`) to change or to remove."""

    id: Id | None = None
    destroy: bool = msgspec.field(name="_destroy", default=False)


class FilterForm(msgspec.Struct):
    """A filter; what is missing stays. `expires_in` in seconds, null or empty: it stays in force."""

    title: str | None = None
    context: list[str] | None = None
    filter_action: str | None = None
    expires_in: int | UnsetType | None = UNSET
    keywords_attributes: list[KeywordsForm] = []


class PhraseForm(msgspec.Struct):
    """A keyword with its filter, as the older API has it. `irreversible`: clients hide what matches."""

    phrase: str | None = None
    context: list[str] | None = None
    irreversible: bool | None = None
    whole_word: bool | None = None
    expires_in: int | UnsetType | None = UNSET


class StatusForm(msgspec.Struct):
    """Which post."""

    status_id: Id | None = None


@get(PATH, guards=[require(READS)])
async def show_filters(caller: Called, db: NamedDependency[Db]) -> list[wire.Filter]:
    """The caller's filters, also those whose time is over."""
    return [_wire(one) for one in await filters.filters_of(db, me(caller))]


@post(PATH, guards=[require(WRITES)], status_code=200)
async def make_filter(form: Form[FilterForm], caller: Called, db: NamedDependency[Db]) -> wire.Filter:
    """A new filter, with keywords."""
    async with db.begin() as tx:
        made = await filters.make_filter(
            tx,
            me(caller),
            title=form.title or "",
            contexts=form.context or (),
            action=form.filter_action or "warn",
            expires_in=None if isinstance(form.expires_in, UnsetType) else form.expires_in,
            keywords=_changes(form.keywords_attributes),
        )
    return _wire(made)


@get(_ONE, guards=[require(READS)])
async def show_filter(filter_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> wire.Filter:
    """One filter."""
    return _wire(await filters.find_filter(db, me(caller), filter_id))


@route(_ONE, http_method=_CHANGE, guards=[require(WRITES)])
async def change_filter(
    filter_id: FromPath[int], form: Form[FilterForm], caller: Called, db: NamedDependency[Db]
) -> wire.Filter:
    """Change a filter and its keywords: all of it, or with an error nothing."""
    async with db.begin() as tx:
        changed = await filters.change_filter(
            tx,
            me(caller),
            filter_id,
            title=form.title,
            contexts=form.context,
            action=form.filter_action or None,
            expires_in=form.expires_in,
            keywords=_changes(form.keywords_attributes),
        )
    return _wire(changed)


@delete(_ONE, guards=[require(WRITES)], status_code=200)
async def delete_filter(filter_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Delete a filter with all that is in it."""
    async with db.begin() as tx:
        await filters.delete_filter(tx, me(caller), filter_id)
    return {}


# Keywords ---------------------------------------------------------------------------------------------------------


@get(f"{_ONE}/keywords", guards=[require(READS)])
async def show_keywords(filter_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> list[wire.FilterKeyword]:
    """The keywords of a filter."""
    return [_keyword(one) for one in (await filters.find_filter(db, me(caller), filter_id)).keywords]


@post(f"{_ONE}/keywords", guards=[require(WRITES)], status_code=200)
async def add_keyword(
    filter_id: FromPath[int], form: Form[KeywordForm], caller: Called, db: NamedDependency[Db]
) -> wire.FilterKeyword:
    """A new keyword of a filter."""
    async with db.begin() as tx:
        made = await filters.add_keyword(
            tx, me(caller), filter_id, keyword=form.keyword or "", whole_word=form.whole_word is not False
        )
    return _keyword(made)


@get(_KEYWORD, guards=[require(READS)])
async def show_keyword(keyword_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> wire.FilterKeyword:
    """One keyword."""
    return _keyword(await filters.find_keyword(db, me(caller), keyword_id))


@route(_KEYWORD, http_method=_CHANGE, guards=[require(WRITES)])
async def change_keyword(
    keyword_id: FromPath[int], form: Form[KeywordForm], caller: Called, db: NamedDependency[Db]
) -> wire.FilterKeyword:
    """Change a keyword."""
    async with db.begin() as tx:
        changed = await filters.change_keyword(
            tx, me(caller), keyword_id, keyword=form.keyword, whole_word=form.whole_word
        )
    return _keyword(changed)


@delete(_KEYWORD, guards=[require(WRITES)], status_code=200)
async def remove_keyword(keyword_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Remove a keyword."""
    async with db.begin() as tx:
        await filters.remove_keyword(tx, me(caller), keyword_id)
    return {}


# Posts ------------------------------------------------------------------------------------------------------------


@get(f"{_ONE}/statuses", guards=[require(READS)])
async def show_statuses(filter_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> list[wire.FilterStatus]:
    """The posts that a filter matches whatever they say."""
    return [_status(one) for one in (await filters.find_filter(db, me(caller), filter_id)).posts]


@post(f"{_ONE}/statuses", guards=[require(WRITES)], status_code=200)
async def add_status(
    filter_id: FromPath[int], form: Form[StatusForm], caller: Called, db: NamedDependency[Db]
) -> wire.FilterStatus:
    """Have a filter match a post."""
    async with db.begin() as tx:
        made = await filters.add_post(tx, me(caller), filter_id, post_id=form.status_id)
    return _status(made)


@get(_STATUS, guards=[require(READS)])
async def show_status(filtered_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> wire.FilterStatus:
    """One post in a filter."""
    return _status(await filters.find_filtered_post(db, me(caller), filtered_id))


@delete(_STATUS, guards=[require(WRITES)], status_code=200)
async def remove_status(filtered_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Take a post out of a filter."""
    async with db.begin() as tx:
        await filters.remove_post(tx, me(caller), filtered_id)
    return {}


# As before Mastodon 4.0 -------------------------------------------------------------------------------------------


@get(OLD, guards=[require(READS)])
async def show_phrases(caller: Called, db: NamedDependency[Db]) -> list[wire.V1Filter]:
    """The caller's keywords, each with its filter."""
    return [_phrase(keyword, one) for one in await filters.filters_of(db, me(caller)) for keyword in one.keywords]


@post(OLD, guards=[require(WRITES)], status_code=200)
async def make_phrase(form: Form[PhraseForm], caller: Called, db: NamedDependency[Db]) -> wire.V1Filter:
    """A new filter of one keyword."""
    phrase = _given(form.phrase or "")
    word = KeywordChange(keyword=phrase, whole_word=bool(form.whole_word))
    async with db.begin() as tx:
        made = await filters.make_filter(
            tx,
            me(caller),
            title=phrase[:LONGEST_TITLE],
            contexts=form.context or (),
            action="hide" if form.irreversible else "warn",
            expires_in=None if isinstance(form.expires_in, UnsetType) else form.expires_in,
            keywords=(word,),
        )
    return _phrase(made.keywords[0], made)


@get(_PHRASE, guards=[require(READS)])
async def show_phrase(keyword_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> wire.V1Filter:
    """One keyword with its filter."""
    keyword = await filters.find_keyword(db, me(caller), keyword_id)
    return _phrase(keyword, await filters.find_filter(db, me(caller), keyword.filter_id))


@route(_PHRASE, http_method=_CHANGE, guards=[require(WRITES)])
async def change_phrase(
    keyword_id: FromPath[int], form: Form[PhraseForm], caller: Called, db: NamedDependency[Db]
) -> wire.V1Filter:
    """Change a keyword with its filter, as long as the filter has no other."""
    async with db.begin() as tx:
        changed = await filters.change_phrase(
            tx,
            me(caller),
            keyword_id,
            phrase=None if form.phrase is None else _given(form.phrase),
            whole_word=form.whole_word,
            contexts=form.context,
            hide=form.irreversible,
            expires_in=form.expires_in,
        )
    return _phrase(*changed)


@delete(_PHRASE, guards=[require(WRITES)], status_code=200)
async def delete_phrase(keyword_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Delete a keyword, and its filter when nothing else is in it."""
    async with db.begin() as tx:
        await filters.delete_phrase(tx, me(caller), keyword_id)
    return {}


def _given(phrase: str) -> str:
    """The phrase, with the older API's words for none at all."""
    if not phrase.strip():
        raise Invalid(say="Validation failed: Phrase can't be blank")
    return phrase


def _changes(forms: Sequence[KeywordsForm]) -> list[KeywordChange]:
    return [
        KeywordChange(id=one.id, keyword=one.keyword, whole_word=one.whole_word, remove=one.destroy) for one in forms
    ]


def _wire(one: filters.Filter) -> wire.Filter:
    contexts: Any = list(one.contexts)
    action: Any = one.action
    return wire.Filter(
        id=str(one.id),
        title=one.title,
        context=contexts,
        expires_at=None if one.expires_at is None else iso(one.expires_at),
        filter_action=action,
        keywords=[_keyword(keyword) for keyword in one.keywords],
        statuses=[_status(filtered) for filtered in one.posts],
    )


def _keyword(one: filters.Keyword) -> wire.FilterKeyword:
    return wire.FilterKeyword(id=str(one.id), keyword=one.keyword, whole_word=one.whole_word)


def _status(one: filters.FilteredPost) -> wire.FilterStatus:
    return wire.FilterStatus(id=str(one.id), status_id=str(one.post_id))


def _phrase(keyword: filters.Keyword, one: filters.Filter) -> wire.V1Filter:
    contexts: Any = list(one.contexts)
    return wire.V1Filter(
        id=str(keyword.id),
        phrase=keyword.keyword,
        context=contexts,
        expires_at=None if one.expires_at is None else iso(one.expires_at),
        irreversible=one.action == "hide",
        whole_word=keyword.whole_word,
    )


HANDLERS: list[Any] = [
    show_filters, make_filter, show_filter, change_filter, delete_filter,
    show_keywords, add_keyword, show_keyword, change_keyword, remove_keyword,
    show_statuses, add_status, show_status, remove_status,
    show_phrases, make_phrase, show_phrase, change_phrase, delete_phrase,
]  # fmt: skip
