"""Facts about posts."""

from __future__ import annotations

from dunnock.foundation.events import Event


class PostPublished(Event, frozen=True):
    """A post (not a boost) exists from now on."""

    post_id: int
    author_id: int
    visibility: str
    reply_to_id: int | None = None
    reply_to_author_id: int | None = None
    thread_id: int | None = None
    tags: tuple[int, ...] = ()  # ids of the hashtags that it stands under
    narrowed: bool = False  # it was meant to be public, and shows what staff stopped


class PostWaits(Event, frozen=True):
    """A member wrote a post that rules of staff may hold; nobody but its author sees it before it is let out."""

    post_id: int
    author_id: int


class PostKept(Event, frozen=True):
    """A rule of staff keeps a member's post until somebody looked at it. Of several rules, each says so."""

    post_id: int
    author_id: int


class PostUnscreened(Event, frozen=True):
    """A post went out although the screen failed on it; it is to be looked at afterwards."""

    post_id: int
    author_id: int


class PostEdited(Event, frozen=True):
    """A post's text, warning, media or the like changed; `tags` are ids of the hashtags that it stands under now."""

    post_id: int
    author_id: int
    tags: tuple[int, ...] = ()


class PostBackfilled(Event, frozen=True):
    """A post of another server came long after it was written: it is there to be read and found, and news to nobody."""

    post_id: int
    author_id: int
    reply_to_id: int | None = None


class PostNames(Event, frozen=True):
    """Somebody whom a post names became known after it was written: it addresses them from now on."""

    post_id: int
    author_id: int


class PostAnswers(Event, frozen=True):
    """What a post answers, or quotes, became known after it came."""

    post_id: int
    author_id: int
    other_id: int


class PostDeleted(Event, frozen=True):
    """A post or a boost is gone. `boost_of_id`, `reply_to_id`, `quoted_id`: what a boost, a reply, a quote was of.

    `visibility` is a post's; empty for boosts. `unpublished`: it waited for a look, nobody but its author saw it.
    """

    post_id: int
    author_id: int
    boost_of_id: int | None = None
    reply_to_id: int | None = None
    quoted_id: int | None = None
    visibility: str = ""
    unpublished: bool = False


class QuoteChanged(Event, frozen=True):
    """The post quotes `quoted_id`, or does so no more: `state` is accepted, pending, rejected or revoked from now on."""

    post_id: int
    quoted_id: int
    state: str


class PostSetApart(Event, frozen=True):
    """A public post reads as unlisted until somebody looked at it, or is public again."""

    post_id: int
    author_id: int


class PolicyChanged(Event, frozen=True):
    """Who may quote or answer the post changed; what was done before stays."""

    post_id: int
    author_id: int


class PostBoosted(Event, frozen=True):
    """`boost_id` (a row of posts, by `by`) shows the post `post_id` to the booster's followers."""

    boost_id: int
    post_id: int
    by: int
    visibility: str


class PostFavourited(Event, frozen=True):
    """An account likes a post."""

    post_id: int
    by: int


class PostUnfavourited(Event, frozen=True):
    """An account no longer likes a post."""

    post_id: int
    by: int


class PostBookmarked(Event, frozen=True):
    """An account keeps a post for itself."""

    post_id: int
    by: int


class PostUnbookmarked(Event, frozen=True):
    """An account no longer keeps a post."""

    post_id: int
    by: int


class PostPinned(Event, frozen=True):
    """An author shows a post first on their profile."""

    post_id: int
    by: int


class PostUnpinned(Event, frozen=True):
    """An author no longer shows a post first."""

    post_id: int
    by: int


class HeldPostReleased(Event, frozen=True):
    """A post is held back from an account no longer. `reply_to_id`: under what it was hidden from all, and is no more."""

    post_id: int
    account_id: int
    reply_to_id: int | None = None


class ThreadMuted(Event, frozen=True):
    """An account wants to hear no more of a conversation."""

    account_id: int
    thread_id: int


class ThreadUnmuted(Event, frozen=True):
    """An account wants to hear of a conversation again."""

    account_id: int
    thread_id: int


class PostsImported(Event, frozen=True):
    """A chunk of a bulk import is in: posts with original dates, in the past; `first_id` and `last_id` bound their ids."""

    source: str
    count: int
    first_id: int
    last_id: int


class PollVoted(Event, frozen=True):
    """An account voted on a post's poll."""

    post_id: int
    poll_id: int
    by: int


class PollChanged(Event, frozen=True):
    """Only how long a poll runs, or when it shows its totals, changed: readers are not told of that as an edit."""

    post_id: int
    poll_id: int


class PollEnded(Event, frozen=True):
    """A post's poll is over. It may be so twice, when its author had it run on."""

    post_id: int
    poll_id: int
