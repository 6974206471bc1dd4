"""Posts, boosts and what accounts do with them: publish, edit, delete, answer, find. Owns all that is in `tables`."""

from __future__ import annotations

from dunnock.posts.bookmark import bookmark, unbookmark
from dunnock.posts.boost import boost, boosted_by, unboost
from dunnock.posts.delete import delete
from dunnock.posts.drafts import add_draft, change_draft, drafts_of, drop_draft, find_draft
from dunnock.posts.edit import edit
from dunnock.posts.errors import (
    BoostRefused,
    DraftChanged,
    DraftMissing,
    DraftRefused,
    PinRefused,
    PostingBarred,
    PostMissing,
    PostRefused,
    QuoteMissing,
    QuoteNotYours,
    ReplyBarred,
    ScheduleRefused,
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
from dunnock.posts.find import find_original, find_visible, visible_of
from dunnock.posts.history import Revision, history, source
from dunnock.posts.model import VISIBILITIES, Candidate, Changes, Draft, MediaChange, Post, Screen
from dunnock.posts.mute_thread import mute_thread, unmute_thread
from dunnock.posts.pin import pin, unpin
from dunnock.posts.policies import change_policies
from dunnock.posts.poll import Poll, PollDraft
from dunnock.posts.publish import FORGET_KEYS_EVERY_MS, ForgetKeys, do_forget_keys, forget_keys, publish
from dunnock.posts.quote import revoke_quote
from dunnock.posts.schedule import (
    PublishScheduled,
    find_scheduled,
    publish_scheduled,
    reschedule,
    schedule,
    scheduled_of,
    unschedule,
)
from dunnock.posts.thread import Thread, thread
from dunnock.posts.thread_of import publish_thread
from dunnock.posts.vote import EndPoll, end_poll, find_poll, vote, voters_of
from dunnock.posts.waiting import Scheduled, Sketch

__all__ = [
    "FORGET_KEYS_EVERY_MS",
    "VISIBILITIES",
    "BoostRefused",
    "Candidate",
    "Changes",
    "Draft",
    "DraftChanged",
    "DraftMissing",
    "DraftRefused",
    "EndPoll",
    "ForgetKeys",
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
    "PublishScheduled",
    "QuoteChanged",
    "QuoteMissing",
    "QuoteNotYours",
    "ReplyBarred",
    "Revision",
    "ScheduleRefused",
    "Scheduled",
    "Screen",
    "Sketch",
    "Thread",
    "ThreadMuted",
    "ThreadUnmuted",
    "VoteRefused",
    "add_draft",
    "bookmark",
    "boost",
    "boosted_by",
    "change_draft",
    "change_policies",
    "delete",
    "do_forget_keys",
    "drafts_of",
    "drop_draft",
    "edit",
    "end_poll",
    "favourite",
    "favourited_by",
    "find_draft",
    "find_original",
    "find_poll",
    "find_scheduled",
    "find_visible",
    "forget_keys",
    "history",
    "mute_thread",
    "pin",
    "publish",
    "publish_scheduled",
    "publish_thread",
    "reschedule",
    "revoke_quote",
    "schedule",
    "scheduled_of",
    "source",
    "thread",
    "unbookmark",
    "unboost",
    "unfavourite",
    "unmute_thread",
    "unpin",
    "unschedule",
    "visible_of",
    "vote",
    "voters_of",
]
