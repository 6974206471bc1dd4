"""Posts, boosts and what accounts do with them: publish, edit, delete, answer, find. Owns all that is in `tables`."""

from __future__ import annotations

from dunnock.posts.bookmark import bookmark, unbookmark
from dunnock.posts.boost import boost, boosted_by, unboost
from dunnock.posts.delete import delete
from dunnock.posts.edit import edit
from dunnock.posts.errors import (
    BoostRefused,
    DraftRefused,
    PinRefused,
    PostingBarred,
    PostMissing,
    PostRefused,
    QuoteMissing,
    QuoteNotYours,
    ReplyBarred,
    VoteRefused,
)
from dunnock.posts.events import (
    PolicyChanged,
    PollChanged,
    PollEnded,
    PollVoted,
    PostBookmarked,
    PostBoosted,
    PostDeleted,
    PostEdited,
    PostFavourited,
    PostPinned,
    PostPublished,
    PostsImported,
    PostUnbookmarked,
    PostUnfavourited,
    PostUnpinned,
    PostUnscreened,
    QuoteChanged,
    ThreadMuted,
    ThreadUnmuted,
)
from dunnock.posts.favourite import favourite, favourited_by, unfavourite
from dunnock.posts.find import find_original, find_visible
from dunnock.posts.history import Revision, history, source
from dunnock.posts.model import VISIBILITIES, Candidate, Changes, Draft, MediaChange, Post, Screen
from dunnock.posts.mute_thread import mute_thread, unmute_thread
from dunnock.posts.pin import pin, unpin
from dunnock.posts.policies import change_policies
from dunnock.posts.poll import Poll, PollDraft
from dunnock.posts.publish import forget_keys, publish
from dunnock.posts.quote import revoke_quote
from dunnock.posts.thread import Thread, thread
from dunnock.posts.vote import EndPoll, end_poll, find_poll, vote, voters_of

__all__ = [
    "VISIBILITIES",
    "BoostRefused",
    "Candidate",
    "Changes",
    "Draft",
    "DraftRefused",
    "EndPoll",
    "MediaChange",
    "PinRefused",
    "PolicyChanged",
    "Poll",
    "PollChanged",
    "PollDraft",
    "PollEnded",
    "PollVoted",
    "Post",
    "PostBookmarked",
    "PostBoosted",
    "PostDeleted",
    "PostEdited",
    "PostFavourited",
    "PostMissing",
    "PostPinned",
    "PostPublished",
    "PostRefused",
    "PostUnbookmarked",
    "PostUnfavourited",
    "PostUnpinned",
    "PostUnscreened",
    "PostingBarred",
    "PostsImported",
    "QuoteChanged",
    "QuoteMissing",
    "QuoteNotYours",
    "ReplyBarred",
    "Revision",
    "Screen",
    "Thread",
    "ThreadMuted",
    "ThreadUnmuted",
    "VoteRefused",
    "bookmark",
    "boost",
    "boosted_by",
    "change_policies",
    "delete",
    "edit",
    "end_poll",
    "favourite",
    "favourited_by",
    "find_original",
    "find_poll",
    "find_visible",
    "forget_keys",
    "history",
    "mute_thread",
    "pin",
    "publish",
    "revoke_quote",
    "source",
    "thread",
    "unbookmark",
    "unboost",
    "unfavourite",
    "unmute_thread",
    "unpin",
    "vote",
    "voters_of",
]
