"""What a post is, what it is made from, and the rules that need nothing else."""

from __future__ import annotations

import enum
from typing import Protocol

import msgspec

from dunnock import media, text
from dunnock.posts.errors import DraftRefused
from dunnock.posts.poll import PollDraft

VISIBILITIES = frozenset(("public", "unlisted", "followers", "direct"))
OPEN = frozenset(("public", "unlisted"))
QUOTE_POLICIES = frozenset(("public", "followers", "nobody"))
REPLY_POLICIES = frozenset(("everyone", "followers", "following", "mentioned", "nobody"))

MOST_MEDIA = 4
MOST_MENTIONS = 50
MOST_PINS = 5
_LONGEST_URL = 2_000


class Act(enum.Enum):
    """What an account can do with a post."""

    FAVOURITE = "favourite"
    BOOKMARK = "bookmark"
    BOOST = "boost"
    PIN = "pin"


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A post, or a boost (`boost_of_id` is what it shows, its text is empty). Times are Unix milliseconds.

    `mentions` are the accounts addressed, `hashtags` names as written, `emoji` shortcodes, `media` ids; all in order.
    `quote_state` is accepted, pending, rejected or revoked; None: it quotes nothing.
    """

    id: int
    author_id: int
    visibility: str
    thread_id: int
    created_at: int
    boost_of_id: int | None = None
    text: str = ""
    html: str = ""
    warning: str = ""
    language: str | None = None
    sensitive: bool = False
    reply_to_id: int | None = None
    reply_to_author_id: int | None = None
    mentions: tuple[int, ...] = ()
    hashtags: tuple[str, ...] = ()
    emoji: tuple[str, ...] = ()
    media: tuple[int, ...] = ()
    poll_id: int | None = None
    edited_at: int | None = None
    quoted_id: int | None = None
    quoted_author_id: int | None = None
    quote_state: str | None = None
    quote_policy: str = "nobody"
    reply_policy: str = "everyone"

    @property
    def counts_as_reply(self) -> bool:
        """Is it among the replies that the other post's counter tells everybody of?

        Source: Mastodon's Status#increment_counter_caches.
        """
        return self.reply_to_id is not None and self.visibility in OPEN

    @property
    def counts_for_author(self) -> bool:
        """Is it among the author's posts that their counter tells everybody of? Direct ones are nobody's business."""
        return self.visibility != "direct"


class Author(msgspec.Struct, frozen=True):
    """An account that posts, with its member's defaults for new posts. `watched`: rules of staff may hold what it writes."""

    id: int
    may_post: bool
    visibility: str
    sensitive: bool
    language: str | None
    quote_policy: str = "public"
    reply_policy: str = "everyone"
    stopped: bool = False
    """An emergency: it can't post for now."""
    words_stopped: bool = False
    """An emergency: there are texts that can't be posted for now."""
    media_stopped: bool = False
    """There are pictures that staff stopped."""
    protected: bool = False
    """No machine shows less of what it posts."""
    watched: bool = False
    """There is a rule of staff that may hold what members write."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to post. None: as the member's defaults say."""

    text: str = ""
    warning: str = ""
    visibility: str | None = None
    sensitive: bool | None = None
    language: str | None = None
    reply_to_id: int | None = None
    media_ids: tuple[int, ...] = ()
    poll: PollDraft | None = None
    quoted_id: int | None = None
    quote_policy: str | None = None
    reply_policy: str | None = None


class MediaChange(msgspec.Struct, frozen=True, kw_only=True):
    """New words or a new focus (x, y from -1 to 1) for a picture of a post; UNSET: as it is.

    `thumbnail`: another picture to show for it, None: as it is.
    """

    id: int
    description: str | msgspec.UnsetType | None = msgspec.UNSET
    focus: tuple[float, float] | msgspec.UnsetType | None = msgspec.UNSET
    thumbnail: media.Kept | None = None


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What a post is to say from now on: all of it, as Mastodon's clients send it. `language`, policies None: as it was.

    `poll` None: it has none (any more).
    """

    text: str = ""
    warning: str = ""
    sensitive: bool | None = None
    language: str | None = None
    media_ids: tuple[int, ...] = ()
    media_changes: tuple[MediaChange, ...] = ()
    poll: PollDraft | None = None
    quote_policy: str | None = None
    reply_policy: str | None = None


class Content(msgspec.Struct, frozen=True):
    """Words that were checked: `parsed` text, plain `warning`, known `language` or None."""

    parsed: text.Parsed
    warning: str
    language: str | None


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A post about to be published or changed, as the screen sees it."""

    author_id: int
    post_id: int
    text: str
    warning: str
    visibility: str
    language: str | None
    reply_to_id: int | None
    mentions: tuple[int, ...]
    hashtags: tuple[str, ...]
    links: tuple[str, ...]
    media: tuple[int, ...]
    edit: bool = False


class Screen(Protocol):
    """The one check before the commit: state in memory, no waiting, at most a few milliseconds.

    Raises PostRefused to keep the post back. If it fails in any other way, the post goes out and `PostUnscreened` asks for
    a look afterwards.
    """

    def __call__(self, candidate: Candidate) -> None:
        """Look at the post; raise PostRefused, or return."""


def check(draft: Draft | Changes, *, limit: int, quotes: bool = False) -> Content:
    """The words, cleaned and within the rules. `limit`: characters, text and warning together.

    Without a text the warning is the text, unless the post `quotes` another, which then says enough.

    Raises:
        DraftRefused: neither text nor media, too long, too many media, unknown visibility or language.
        BadText: it can't be stored.

    Source: Mastodon's PostStatusService and StatusLengthValidator.
    """
    # A link counts 23 however long it is, so the bytes have no limit of their own; this is where reading stops.
    if len(draft.text) + len(draft.warning) > 10 * limit + 2 * _LONGEST_URL:
        raise _too_long(limit)
    parsed, warning = text.parse(draft.text), text.clean(draft.warning).strip()
    if not parsed.text.strip() and not quotes:
        parsed, warning = (text.parse(warning), "") if warning else (text.Parsed(""), "")
    if not parsed.text and not draft.media_ids and not quotes:
        raise DraftRefused(say="Validation failed: Text can't be blank")
    if text.length(parsed) + (text.length(warning) if warning else 0) > limit:
        raise _too_long(limit)
    if len(draft.media_ids) > MOST_MEDIA:
        raise DraftRefused(say=f"Validation failed: a post can have up to {MOST_MEDIA} media")
    if len(parsed.handles) > MOST_MENTIONS:
        raise DraftRefused(say=f"Validation failed: a post can mention up to {MOST_MENTIONS} accounts")
    if isinstance(draft, Draft) and draft.visibility is not None and draft.visibility not in VISIBILITIES:
        raise DraftRefused(draft.visibility, say="Validation failed: Visibility is not included in the list")
    check_policies(draft.quote_policy, draft.reply_policy)
    language = text.check_language(draft.language)
    if draft.language and language is None:
        raise DraftRefused(draft.language[:40], say="Validation failed: Language is not one we know (ISO 639)")
    return Content(parsed, warning, language)


def check_policies(quote: str | None, reply: str | None) -> None:
    """Are they policies that there are? None: nothing is said.

    Raises:
        DraftRefused: one is not.
    """
    if quote is not None and quote not in QUOTE_POLICIES:
        raise DraftRefused(quote[:40], say="Validation failed: Quote approval policy is not included in the list")
    if reply is not None and reply not in REPLY_POLICIES:
        raise DraftRefused(reply[:40], say="Validation failed: Reply policy is not included in the list")


def quote_policy_of(asked: str, visibility: str) -> str:
    """What stands: a post that not everybody may see is quoted by nobody but its author.

    Source: Mastodon's Status::InteractionPolicyConcern.
    """
    return asked if visibility in OPEN else "nobody"


def _too_long(limit: int) -> DraftRefused:
    return DraftRefused(say=f"Validation failed: Text character limit of {limit} exceeded")
