"""Make, change and delete filters; whole ones, or (as the older API knows them) one keyword with its filter."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from dunnock import accounts
from dunnock.filters import store
from dunnock.filters.errors import FilterMissing, FilterRefused
from dunnock.filters.events import FiltersChanged
from dunnock.filters.model import MOST_FILTERS, MOST_KEYWORDS, Filter, Keyword, KeywordChange, check, check_keyword, end
from dunnock.foundation.db import Tx

SEVERAL = (
    "These parameters cannot be changed from this application because they apply to more than one filter keyword. "
    "Use a more recent application or the web interface."
)


async def make_filter(
    tx: Tx,
    account_id: int,
    *,
    title: str,
    contexts: Sequence[str],
    action: str = "warn",
    expires_in: int | None = None,
    keywords: Sequence[KeywordChange] = (),
) -> Filter:
    """A new filter. `expires_in` in seconds, None: it stays in force.

    Raises:
        FilterRefused: it breaks a rule, or there are `MOST_FILTERS` already, or `MOST_KEYWORDS` in all of them.
        FilterMissing: one of the keywords has an id.
    """
    title, clean = check(title, contexts, action)
    if await store.count(tx, account_id) >= MOST_FILTERS:
        raise FilterRefused(account_id, say=f"Validation failed: You can have up to {MOST_FILTERS} filters")
    made = Filter(tx.new_id(), title, clean, action, end(tx.now, expires_in))
    await accounts.note_act(tx, account_id, "filter", made.id)
    await store.add(tx, account_id, made)
    made = await _with_keywords(tx, account_id, made, keywords)
    await tx.record(FiltersChanged(account_id=account_id))
    return made


async def change_filter(
    tx: Tx,
    account_id: int,
    filter_id: int,
    *,
    title: str | None = None,
    contexts: Sequence[str] | None = None,
    action: str | None = None,
    expires_in: int | UnsetType | None = UNSET,
    keywords: Sequence[KeywordChange] = (),
) -> Filter:
    """Change a filter and keywords of it: all of it, or with an error nothing. What is None (UNSET: the end) stays.

    Raises:
        FilterMissing: the account has no such filter, or the filter no such keyword.
        FilterRefused: as `make_filter`.
    """
    old = await hold_filter(tx, account_id, filter_id)
    new = _changed(tx, old, title=title, contexts=contexts, action=action, expires_in=expires_in)
    if new != old:
        await store.change(tx, new)
    new = await _with_keywords(tx, account_id, new, keywords)
    if new != old:
        await tx.record(FiltersChanged(account_id=account_id))
    return new


async def delete_filter(tx: Tx, account_id: int, filter_id: int) -> None:
    """Delete a filter with all that is in it. Raises FilterMissing."""
    await hold_filter(tx, account_id, filter_id)
    await store.drop(tx, filter_id)
    await tx.record(FiltersChanged(account_id=account_id))


async def put_back(tx: Tx, account_id: int, filter_id: int, was: Filter | None) -> None:
    """The filter is what it was, with its id; None: there was none."""
    await store.drop(tx, filter_id)
    if was is not None:
        await store.add(tx, account_id, was)
        await store.add_keywords(tx, was.keywords)
        for one in was.posts:
            await store.add_post(tx, one)
    await tx.record(FiltersChanged(account_id=account_id))


async def forget_filters(tx: Tx, account_id: int) -> None:
    """Delete all filters of an account that is gone."""
    held = await store.all_of(tx, account_id)
    for one in held:
        await store.drop(tx, one.id)
    if held:
        await tx.record(FiltersChanged(account_id=account_id))


async def change_phrase(
    tx: Tx,
    account_id: int,
    keyword_id: int,
    *,
    phrase: str | None = None,
    whole_word: bool | None = None,
    contexts: Sequence[str] | None = None,
    hide: bool | None = None,
    expires_in: int | UnsetType | None = UNSET,
) -> tuple[Keyword, Filter]:
    """Change a keyword and its filter together, as the older API does, where a filter has one keyword.

    Raises:
        FilterMissing: the account has no such keyword.
        FilterRefused: it breaks a rule, or the filter would change too and has further keywords.
    """
    found = await store.find_keyword(tx, account_id, keyword_id)
    if found is None:
        raise FilterMissing(keyword_id)
    old = await hold_filter(tx, account_id, found.filter_id)
    keyword = next((one for one in old.keywords if one.id == keyword_id), None)
    if keyword is None:
        raise FilterMissing(keyword_id)
    changed = Keyword(
        keyword.id,
        keyword.filter_id,
        keyword.keyword if phrase is None else check_keyword(phrase),
        keyword.whole_word if whole_word is None else whole_word,
    )
    # The older API makes the phrase the title of its filter, so its title follows the phrase.
    title = phrase[:256] if phrase is not None and phrase.strip() else None
    action = None if hide is None else "hide" if hide else "warn"
    new = _changed(tx, old, title=title, contexts=contexts, action=action, expires_in=expires_in)
    if new != old:
        if len(old.keywords) > 1:
            raise FilterRefused(keyword_id, say=SEVERAL)
        await store.change(tx, new)
    if changed != keyword:
        await store.change_keyword(tx, changed)
    if new != old or changed != keyword:
        await tx.record(FiltersChanged(account_id=account_id))
    return changed, new


async def delete_phrase(tx: Tx, account_id: int, keyword_id: int) -> None:
    """Delete a keyword, and its filter when nothing else is in it: the older API can't reach an empty one.

    Raises:
        FilterMissing: the account has no such keyword.
    """
    found = await store.find_keyword(tx, account_id, keyword_id)
    if found is None:
        raise FilterMissing(keyword_id)
    old = await hold_filter(tx, account_id, found.filter_id)
    if len(old.keywords) == 1 and not old.posts:
        await store.drop(tx, old.id)
    else:
        await store.drop_keyword(tx, keyword_id)
    await tx.record(FiltersChanged(account_id=account_id))


async def hold_filter(tx: Tx, account_id: int, filter_id: int) -> Filter:
    """A filter that is about to be changed, by nobody else before this transaction ends. Raises FilterMissing."""
    held = await store.find(tx, account_id, filter_id, hold=True)
    if held is None:
        raise FilterMissing(filter_id)
    await accounts.note_act(tx, account_id, "filter", filter_id, held)
    return held


def _changed(
    tx: Tx,
    old: Filter,
    *,
    title: str | None,
    contexts: Sequence[str] | None,
    action: str | None,
    expires_in: int | UnsetType | None,
) -> Filter:
    action = old.action if action is None else action
    new_title, clean = check(
        old.title if title is None else title, old.contexts if contexts is None else contexts, action
    )
    expires_at = old.expires_at if isinstance(expires_in, UnsetType) else end(tx.now, expires_in)
    return msgspec.structs.replace(old, title=new_title, contexts=clean, action=action, expires_at=expires_at)


async def _with_keywords(tx: Tx, account_id: int, one: Filter, changes: Sequence[KeywordChange]) -> Filter:
    """Apply the changes of keywords to the filter, which is held."""
    kept = {keyword.id: keyword for keyword in one.keywords}
    added: list[Keyword] = []
    for change in changes:
        if change.id is None:
            if change.blank or change.remove:
                continue
            word = check_keyword(change.keyword or "")
            added.append(Keyword(tx.new_id(), one.id, word, change.whole_word is not False))
            continue
        known = kept.get(change.id)
        if known is None:
            raise FilterMissing(change.id)
        if change.remove:
            await store.drop_keyword(tx, known.id)
            del kept[known.id]
            continue
        wanted = Keyword(
            known.id,
            one.id,
            known.keyword if change.keyword is None else check_keyword(change.keyword),
            known.whole_word if change.whole_word is None else change.whole_word,
        )
        if wanted != known:
            await store.change_keyword(tx, wanted)
            kept[known.id] = wanted
    if added:
        await _check_room(tx, account_id, len(added))
        await store.add_keywords(tx, added)
    return msgspec.structs.replace(one, keywords=(*kept.values(), *added))


async def _check_room(tx: Tx, account_id: int, more: int) -> None:
    if await store.count_keywords(tx, account_id) + more > MOST_KEYWORDS:
        raise FilterRefused(account_id, say=f"Validation failed: Filters hold up to {MOST_KEYWORDS} keywords together")
