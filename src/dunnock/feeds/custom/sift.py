"""What a custom feed leaves out of what its reader may see. Pure: each reason has a name, so that a page can count them."""

from __future__ import annotations

from dunnock.feeds.custom.file import Filters
from dunnock.filters.match import Needle, Words
from dunnock.filters.model import Keyword
from dunnock.posts.views import PostCard
from dunnock.text import plain


class Sieve:
    """The filters of one feed, for one page: it counts how many of each author it let through."""

    def __init__(self, filters: Filters) -> None:
        self._filters, self._languages = filters, frozenset(filters.languages)
        self._without = [Needle(Keyword(0, 0, one)) for one in filters.without]
        self._of: dict[int, int] = {}

    def takes(self, entry: PostCard, shown: PostCard, *, capped: bool) -> str | None:
        """The name of the filter that takes an entry out; None: it stays. `capped`: does `per_author` count here?"""
        filters = self._filters
        if entry is not shown and not filters.boosts:
            return "boosts"
        if shown.reply_to_id is not None and not filters.replies:
            return "replies"
        if self._languages and shown.language not in self._languages:
            return "languages"
        if filters.media != "any" and bool(shown.media) != (filters.media == "only"):
            return "media"
        if (shown.sensitive or shown.warning) and not filters.sensitive:
            return "sensitive"
        if self._without:
            words = Words((shown.warning, plain(shown.html)))
            if any(one.find(words) is not None for one in self._without):
                return "without"
        if capped and filters.per_author is not None:
            if self._of.get(shown.author_id, 0) >= filters.per_author:
                return "per_author"
            self._of[shown.author_id] = self._of.get(shown.author_id, 0) + 1
        return None
