"""What a filter is, and the rules that need nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dunnock.filters.errors import FilterRefused
from dunnock.foundation.clock import SECOND

CONTEXTS = ("home", "notifications", "public", "thread", "account")
ACTIONS = ("warn", "hide", "blur")

LONGEST_TITLE = 256
LONGEST_KEYWORD = 512
MOST_FILTERS = 200
MOST_KEYWORDS = 1_000
"""Keywords in all of a member's filters together: each is looked for in each post, once."""
MOST_POSTS = 1_000
"""Posts in one filter."""
_LONGEST_S = 100 * 366 * 24 * 3600


class Keyword(msgspec.Struct, frozen=True):
    """What is looked for in a post. `whole_word`: only where no letter or digit goes on before or after it."""

    id: int
    filter_id: int
    keyword: str
    whole_word: bool = True


class FilteredPost(msgspec.Struct, frozen=True):
    """A post (or boost) that a filter matches whatever it says."""

    id: int
    filter_id: int
    post_id: int


class Filter(msgspec.Struct, frozen=True):
    """A filter. `contexts`: where clients apply it; `action`: what they do; `expires_at` None: it stays in force."""

    id: int
    title: str
    contexts: tuple[str, ...]
    action: str = "warn"
    expires_at: int | None = None
    keywords: tuple[Keyword, ...] = ()
    posts: tuple[FilteredPost, ...] = ()


class KeywordChange(msgspec.Struct, frozen=True, kw_only=True):
    """A keyword to add (`id` None), to change, or to remove; None: as it is, or as a new one is."""

    id: int | None = None
    keyword: str | None = None
    whole_word: bool | None = None
    remove: bool = False

    @property
    def blank(self) -> bool:
        """Does it say nothing at all? Source: Rails' reject_if: :all_blank."""
        return self.id is None and not self.whole_word and not (self.keyword or "").strip()


class Result(msgspec.Struct, frozen=True):
    """What a filter found in a post. `words`: how the post writes the first keyword found; None: no keyword is in it.

    `posts`: those of the filter's posts that this is; None: it has none.
    """

    filter: Filter
    words: tuple[str, ...] | None
    posts: tuple[int, ...] | None


def check(title: str, contexts: Sequence[str], action: str) -> tuple[str, tuple[str, ...]]:
    """Title and contexts as they are stored.

    Raises:
        FilterRefused: the title is blank or too long, there is no context, or one that is not known; so the action.
    """
    title, wrong = title.strip(), []
    if not title:
        wrong.append("Title can't be blank")
    elif len(title) > LONGEST_TITLE:
        wrong.append(f"Title is too long (maximum is {LONGEST_TITLE} characters)")
    clean = tuple(dict.fromkeys([one.strip() for one in contexts if one.strip()]))
    if not clean:
        wrong.append("Context can't be blank")
    if not clean or set(clean).difference(CONTEXTS):
        wrong.append("Context None or invalid context supplied")
    if action not in ACTIONS:
        wrong.append("Filter action is not included in the list")
    if wrong:
        raise FilterRefused(say=f"Validation failed: {', '.join(wrong)}")
    return title, clean


def check_keyword(keyword: str) -> str:
    """The keyword, as written.

    Raises:
        FilterRefused: it is blank or too long.
    """
    if not keyword.strip():
        raise FilterRefused(say="Validation failed: Keyword can't be blank")
    if len(keyword) > LONGEST_KEYWORD:
        raise FilterRefused(
            len(keyword), say=f"Validation failed: Keyword is too long (maximum is {LONGEST_KEYWORD} characters)"
        )
    return keyword


def end(now: int, expires_in: int | None) -> int | None:
    """When a filter that holds for so many seconds ends; None: never.

    Source: Mastodon's Expireable: nothing is for ever, 0 is over at once.
    """
    return None if expires_in is None else now + max(0, min(expires_in, _LONGEST_S)) * SECOND
