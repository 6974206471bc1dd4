"""Link previews: what a link in a post leads to, fetched once for all posts. Wire name: PreviewCard.

Owns what was found behind each address, and which post shows which. Below posts: whoever publishes says what to attach.
"""

from __future__ import annotations

from dunnock.previews.address import normal_address
from dunnock.previews.attach import attach, detach
from dunnock.previews.events import PreviewChanged
from dunnock.previews.fetch import jobs_of
from dunnock.previews.job import FetchPreview
from dunnock.previews.model import Card, Preview
from dunnock.previews.sweep import EVERY, SweepPreviews
from dunnock.previews.views import find, find_link, of_posts, shown_by

__all__ = [
    "EVERY",
    "Card",
    "FetchPreview",
    "Preview",
    "PreviewChanged",
    "SweepPreviews",
    "attach",
    "detach",
    "find",
    "find_link",
    "jobs_of",
    "normal_address",
    "of_posts",
    "shown_by",
]
