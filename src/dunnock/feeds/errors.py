"""What can go wrong with feeds and lists."""

from __future__ import annotations

from dunnock.foundation.errors import Missing


class ListMissing(Missing):
    """There is no such list, or it is somebody else's."""

    code = "list_missing"


class AuthorMissing(Missing):
    """There is no such account, or the viewer may not know that there is."""

    code = "author_missing"


class FeedMissing(Missing):
    """There is no such custom feed, or it is not shared with whoever asks."""

    code = "feed_missing"


class ConversationMissing(Missing):
    """There is no such conversation, or it is somebody else's."""

    code = "conversation_missing"
