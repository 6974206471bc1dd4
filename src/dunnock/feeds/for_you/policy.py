"""The hard gate: what never becomes a candidate, whatever would speak for it. Pure, and public: each refusal has a name."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

import msgspec

from dunnock.accounts.viewers import Viewer
from dunnock.accounts.views import AccountCard
from dunnock.feeds import rules
from dunnock.posts.views import PostCard
from dunnock.text import hashtag_key

RULES: Mapping[str, str] = {
    "not_public": "Only public posts, and no boosts of them.",
    "not_for_viewer": "Nothing that the viewer may not see; nothing by or to somebody blocked, muted or on a hidden server.",
    "own": "Nothing of one's own.",
    "acted_on": "Nothing that one favourited or boosted already.",
    "filtered": "Nothing that one's own filters for home or public feeds hide.",
    "author_not_found": "By accounts in good standing; by those whom one does not follow only if they agreed to be found.",
    "restricted": "Nothing by accounts whose pictures staff hide, or under a hashtag that staff keep out of trends.",
    "sensitive_stranger": "Nothing marked as sensitive or with a warning by those whom one does not follow.",
    "minor_sensitive": "For members under 18: nothing marked as sensitive or with a warning.",
    "minor_labelled": "For members under 18: nothing by accounts that staff labelled.",
    "minor_pictures": "For members under 18: no pictures by those whom they do not follow.",
}
HASH = hashlib.sha256("\n".join(f"{name}: {text}" for name, text in RULES.items()).encode()).hexdigest()
"""By what receipts name these rules."""


class Gate(msgspec.Struct, frozen=True):
    """What the gate has to know of a viewer. `restricted`: folded hashtags that staff keep out of trends."""

    viewer: Viewer
    acted_on: Collection[int]
    restricted: Collection[str]
    minor: bool = False

    def refusal(self, post: PostCard, posts: Mapping[int, PostCard], people: Mapping[int, AccountCard]) -> str | None:
        """The name of the rule that keeps a post out; None: it may be a candidate."""
        author = people.get(post.author_id)
        if post.visibility != "public" or post.boost_of_id is not None:
            return "not_public"
        if post.author_id == self.viewer.id:
            return "own"
        if (
            author is None
            or rules.readable(post, posts, people, self.viewer) is None
            or not rules.in_public(post, people, self.viewer)
            or any(other in self.viewer.blocking or self.viewer.mutes(other) for other in post.mentions)
        ):
            return "not_for_viewer"
        if post.id in self.acted_on:
            return "acted_on"
        followed = post.author_id in self.viewer.following
        if not (author.standing == "active" and (followed or author.discoverable)):
            return "author_not_found"
        if author.sensitized or any(hashtag_key(name) in self.restricted for name in post.hashtags):
            return "restricted"
        if (post.sensitive or post.warning) and not followed:
            return "sensitive_stranger"
        return self._for_minors(post, author, followed=followed) if self.minor else None

    def _for_minors(self, post: PostCard, author: AccountCard, *, followed: bool) -> str | None:
        if post.sensitive or post.warning:
            return "minor_sensitive"
        if author.labels:
            return "minor_labelled"
        return "minor_pictures" if post.media and not followed else None
