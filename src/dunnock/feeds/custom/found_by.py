"""What the directory finds a custom feed by. Pure."""

from __future__ import annotations

from collections.abc import Collection

from dunnock.discovery.words import fold
from dunnock.feeds.custom.file import FeedFile
from dunnock.text import hashtag_key


def found_by(file: FeedFile) -> dict[str, str]:
    """What a feed is found by: columns of its row."""
    tags = sorted({key for one in file.sources.hashtags if (key := hashtag_key(one.removeprefix("#")))})
    return {
        "words": fold(" ".join([file.title, file.about, *tags])),
        "languages": _spaced(file.filters.languages),
        "tags": _spaced(tags),
    }


def _spaced(words: Collection[str]) -> str:
    return f" {' '.join(words)} " if words else ""
