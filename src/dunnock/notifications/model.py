"""What a notification is, who is told, and what becomes a request first. Mastodon: Notification, NotificationPolicy."""

from __future__ import annotations

from typing import Final, Literal, get_args

import msgspec

from dunnock.foundation.clock import DAY, HOUR
from dunnock.foundation.ids import ms_of

Kind = Literal[
    "mention",
    "favourite",
    "boost",
    "follow",
    "follow_request",
    "post",
    "edit",
    "poll",
    "sign_up",
    "severed",
    "quote",
    "quote_edit",
    "report",
    "warning",
    "collected",
    "collection_edit",
    "held",
    "let_out",
    "signed_in",
    "doubted",
    "access",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

GROUPED: Final = frozenset({"favourite", "boost", "follow", "sign_up"})
"""Kinds of which many of the same target and about the same time are shown as one. Source: Mastodon, Notification::Groups."""
GROUP_SPAN_H = 12
FILTERABLE: Final = frozenset({"mention", "quote", "favourite", "boost", "follow", "follow_request", "collected"})
"""Kinds that strangers can cause, to which the policy applies. Source: Mastodon, Notification::PROPERTIES."""
MESSAGES: Final = frozenset({"mention", "quote"})
"""Filtered kinds of which a request tells; other filtered ones wait unseen. Source: Mastodon, NotifyService."""
OF_STAFF_ACTS: Final = frozenset({"warning", "held", "let_out"})
"""What staff, or a rule of theirs, did with one's account or posts: nobody can choose not to hear of it."""
OF_ACCESS: Final = frozenset({"signed_in", "doubted", "access"})
"""What somebody did to get into one's account, perhaps somebody else: nobody can choose not to hear of it."""
SETTABLE: Final = frozenset(KINDS) - OF_STAFF_ACTS - OF_ACCESS
"""Kinds of which a member may say from whom they are heard."""
ABOUT_NO_POST: Final = frozenset(
    {"follow", "follow_request", "sign_up", "severed", "report", "warning", "collected", "collection_edit", *OF_ACCESS}
)

Answer = Literal["accept", "filter", "drop"]
ANSWERS: tuple[Answer, ...] = ("accept", "filter", "drop")
FromWhom = Literal["everyone", "followed", "followers", "nobody"]
FROM_WHOM: tuple[FromWhom, ...] = ("everyone", "followed", "followers", "nobody")

WhenFlooded = Literal["ask", "begin", "never"]
WHEN_FLOODED: tuple[WhenFlooded, ...] = get_args(WhenFlooded)
"""What a member wants when a flood of strangers is seen: to be asked, a quiet time by itself, or nothing."""

NEW_ACCOUNT_MS = 30 * DAY
NEW_FOLLOWER_MS = 3 * DAY


class Notification(msgspec.Struct, frozen=True):
    """Account `from_id` did something that its recipient is told of.

    `about_id`: the post it is about, or for `severed`, `report`, `warning` (a decision) and collections that; 0:
    nothing.
    `bucket`: the hour since 1970 that names its group, 0 when it stands alone. `created_at` in Unix milliseconds.
    """

    id: int
    kind: str
    from_id: int
    about_id: int
    created_at: int
    bucket: int = 0

    @property
    def post_id(self) -> int | None:
        """The post it is about."""
        return self.about_id if self.about_id and self.kind not in ABOUT_NO_POST else None


class Filters(msgspec.Struct, frozen=True):
    """Which notifications are wanted: those of `kinds` (None: all), and only by `from_id` when it is given.

    `filtered`: also those that the policy keeps back.
    """

    kinds: tuple[str, ...] | None = None
    from_id: int | None = None
    filtered: bool = False


class Policy(msgspec.Struct, frozen=True):
    """What becomes of notifications by strangers of each sort. The defaults are Mastodon's."""

    not_following: Answer = "accept"
    not_followers: Answer = "accept"
    new_accounts: Answer = "accept"
    private_mentions: Answer = "filter"
    limited_accounts: Answer = "filter"
    bots: Answer = "accept"


class Hearer(msgspec.Struct, frozen=True):
    """Somebody who may be told of what an account did, and what stands between the two.

    `followed_by`: the id of the other's follow (its time), None without one. `permitted`: a request of theirs was
    accepted. `answered`: the recipient wrote to them privately in this conversation before.
    """

    account_id: int
    follows: bool
    followed_by: int | None
    from_whom: FromWhom
    policy: Policy
    permitted: bool
    from_staff: bool
    limited: bool
    bot: bool
    sender_since: int
    quiet: bool = False
    """Is it held back: does the recipient want it quiet, and is the other a stranger?"""


def answer(hearer: Hearer, kind: str, now: int, *, private_mention: bool = False) -> Answer:
    """Whether `hearer` is told: `accept`, `filter` (kept back as a request) or `drop`.

    `private_mention`: of a direct post that answers nothing the recipient wrote to its author.
    Source: Mastodon, NotifyService.
    """
    if not _heard_from(hearer):
        return "drop"
    if kind not in FILTERABLE or hearer.permitted or (hearer.from_staff and kind in MESSAGES):
        return "accept"
    policy, answers = hearer.policy, set[Answer]()
    if not hearer.follows:
        answers.add("filter" if hearer.quiet else "accept")
        answers.add(policy.not_following)
        if now - hearer.sender_since < NEW_ACCOUNT_MS:
            answers.add(policy.new_accounts)
        if private_mention:
            answers.add(policy.private_mentions)
        if hearer.limited:
            answers.add(policy.limited_accounts)
        if hearer.bot:
            answers.add(policy.bots)
    if hearer.followed_by is None or now - ms_of(hearer.followed_by) < NEW_FOLLOWER_MS:
        answers.add(policy.not_followers)
    return "drop" if "drop" in answers else "filter" if "filter" in answers else "accept"


def _heard_from(hearer: Hearer) -> bool:
    match hearer.from_whom:
        case "nobody":
            return False
        case "followed":
            return hearer.follows
        case "followers":
            return hearer.followed_by is not None
        case _:
            return True


def bucket_of(at: int, before: int) -> int:
    """The hour that names the group of something that happened `at`; `before`: the newest group's of the same sort, or 0.

    A group goes on for up to twelve hours. Source: Mastodon, Notification::Groups.
    """
    hour = at // HOUR
    return before if before and hour < before + GROUP_SPAN_H else hour
