"""What can go wrong with posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunnock.foundation.errors import DomainError, Kind

if TYPE_CHECKING:
    from dunnock.posts.waiting import Sketch


class PostMissing(DomainError):
    """No such post, or the viewer may not know that it exists: both read the same."""

    code, kind, safe = "post_missing", Kind.MISSING, "Record not found"


class DraftRefused(DomainError):
    """The post breaks a rule; the text says which."""

    code, kind, safe = "draft_refused", Kind.INVALID, "Validation failed: this can't be posted"


class PostWaiting(DomainError):
    """The post waits for a look by staff; until then it can be deleted, not changed."""

    code, kind, safe = "post_waiting", Kind.INVALID, "This post waits for a look: it can be deleted, but not changed"


class PostRefused(DomainError):
    """The screen does not let this post out, or posting is stopped for accounts like this one for the moment."""

    code, kind, safe = "post_refused", Kind.DENIED, "This post was not accepted"


class PostingStopped(DomainError):
    """An emergency: for a while nobody of a class of accounts can post. What they wrote is theirs to send again."""

    code, kind = "posting_stopped", Kind.DENIED
    safe = "Posting is stopped for a while by the people who run this server. Nothing is lost: please try again later"


class TextStopped(DomainError):
    """For a while nobody can post this text. What they wrote is theirs to change, or to send again."""

    code, kind = "text_stopped", Kind.DENIED
    safe = (
        "The people who run this server stopped a text that is part of this post, for a while. Nothing is lost: change "
        "it, or try again later"
    )


class FragmentRefused(DomainError):
    """This text can't be stopped: it is too short, too long, or one too many."""

    code, kind = "fragment_refused", Kind.INVALID
    safe = "Validation failed: Write a text of at least 6 letters and digits, and at most 300 characters"


class PostingBarred(DomainError):
    """The account does not exist here, or is suspended."""

    code, kind, safe = "posting_barred", Kind.DENIED, "This account may not post"


class BoostRefused(DomainError):
    """The post's audience is not the booster's to widen, or the boost is to go to nobody."""

    code, kind, safe = "boost_refused", Kind.INVALID, "Validation failed: this post can't be boosted"


class PinRefused(DomainError):
    """Only own posts that are not direct can be pinned, and only so many."""

    code, kind, safe = "pin_refused", Kind.INVALID, "Validation failed: this post can't be pinned"


class VoteRefused(DomainError):
    """The vote does not count: the poll is over, one's own, voted on already, or has no such option."""

    code, kind, safe = "vote_refused", Kind.INVALID, "Validation failed: this vote can't be counted"


class QuoteMissing(DomainError):
    """What is to be quoted is not there, is hidden, or may not be quoted by this account: all read the same.

    Source: Mastodon's Api::V1::StatusesController#set_quoted_status.
    """

    code, kind, safe = "quote_missing", Kind.MISSING, "The post you are trying to quote does not appear to exist."


class QuoteNotYours(DomainError):
    """Only the author of a quoted post takes its quotes back."""

    code, kind, safe = "quote_not_yours", Kind.DENIED, "This action is not allowed"


class ReplyBarred(DomainError):
    """The post's author lets others answer it, not this account."""

    code, kind, safe = "reply_barred", Kind.DENIED, "The author of this post does not let you reply to it"


class ScheduleRefused(DomainError):
    """A post can't go out at that time, or too many wait already."""

    code, kind, safe = "schedule_refused", Kind.INVALID, "Validation failed: this can't be scheduled"


class DraftMissing(DomainError):
    """No such draft of this account; perhaps it was posted meanwhile."""

    code, kind, safe = "draft_missing", Kind.MISSING, "Record not found"


class DraftChanged(DomainError):
    """Another device changed the draft since this one read it; `now` is what it says."""

    code, kind, safe = "draft_changed", Kind.CONFLICT, "The draft was changed elsewhere meanwhile"

    def __init__(self, now: Sketch) -> None:
        """`now`: the newer version."""
        super().__init__(now.id, now.version)
        self.now = now


class AutoDeleteRefused(DomainError):
    """Old posts can't be deleted by this rule."""

    code, kind, safe = "auto_delete_refused", Kind.INVALID, "Validation failed: old posts can't be deleted like that"


class HashtagNameRefused(DomainError):
    """A hashtag's name can change in case and accents only."""

    code, kind = "hashtag_name_refused", Kind.INVALID
    safe = "Validation failed: Name does not match the previous name"
