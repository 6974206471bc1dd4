"""Polls: what one is made from, what one is, and the rules that need nothing else. Mastodon: Poll; ActivityPub: Question."""

from __future__ import annotations

import msgspec

from dunnock import text
from dunnock.posts.errors import DraftRefused, VoteRefused

FEWEST_OPTIONS = 2
MOST_OPTIONS = 4
LONGEST_OPTION = 50
SHORTEST_S = 300
LONGEST_S = 2_629_746
"""A month of the mean year. Source: Mastodon's PollExpirationValidator and PollOptionsValidator, for all of these."""


class PollDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A poll that somebody wants to hold for `expires_in` seconds."""

    options: tuple[str, ...] = ()
    expires_in: int | None = None
    multiple: bool = False
    hide_totals: bool = False


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """A poll as it stands. `tallies` are votes by option; `voters` people. Times are Unix milliseconds.

    `hide_totals`: how the options stand is shown when the poll is over. `ended`: its end was announced.
    """

    id: int
    post_id: int
    options: tuple[str, ...]
    multiple: bool
    hide_totals: bool
    expires_at: int
    tallies: tuple[int, ...]
    voters: int
    ended: bool

    @property
    def votes(self) -> int:
        """All votes."""
        return sum(self.tallies)

    def over(self, now: int) -> bool:
        """Is it closed at this moment?"""
        return self.expires_at <= now


def check_poll(draft: PollDraft) -> PollDraft:
    """The poll with clean options, within the rules; blank options are left out.

    Raises:
        DraftRefused: too few, too many, too long or equal options; too short, too long or no time to vote.
    """
    if len(draft.options) > 20 * MOST_OPTIONS:  # before any of them is looked at
        raise _too_many()
    options = tuple([clean for one in draft.options if (clean := text.clean(one[:2_000]).strip())])
    if not options:
        raise DraftRefused(say="Validation failed: Choices can't be blank")
    if len(options) < FEWEST_OPTIONS:
        raise DraftRefused(say="Validation failed: Choices must have more than one item")
    if len(options) > MOST_OPTIONS:
        raise _too_many()
    if any(text.length(one) > LONGEST_OPTION for one in options):
        raise DraftRefused(say=f"Validation failed: Choices can't be longer than {LONGEST_OPTION} characters each")
    if len(set(options)) < len(options):
        raise DraftRefused(say="Validation failed: Choices contain duplicate items")
    if draft.expires_in is None:
        raise DraftRefused(say="Validation failed: Deadline can't be blank")
    if draft.expires_in < SHORTEST_S:
        raise DraftRefused(say="Validation failed: Deadline is too soon")
    if draft.expires_in > LONGEST_S:
        raise DraftRefused(say="Validation failed: Deadline is too far into the future")
    return msgspec.structs.replace(draft, options=options)


def check_vote(poll: Poll, choices: tuple[int, ...], *, own: bool, before: frozenset[int], now: int) -> None:
    """May these options be chosen by somebody who chose `before`? `own`: it is their own poll.

    Where several may be chosen, more may be added later, as Mastodon has it.

    Raises:
        VoteRefused: the poll is over, or their own; there is no such option; they voted already.

    Source: Mastodon's VoteValidator.
    """
    if poll.over(now):
        raise VoteRefused(say="Validation failed: The poll has already ended")
    if own:
        raise VoteRefused(say="Validation failed: You cannot vote in your own polls")
    if any(not 0 <= one < len(poll.options) for one in choices):
        raise VoteRefused(say="Validation failed: The chosen vote option does not exist")
    if before.intersection(choices) or (not poll.multiple and (before or len(choices) > 1)):
        raise VoteRefused(say="Validation failed: You have already voted on this poll")


def _too_many() -> DraftRefused:
    return DraftRefused(say=f"Validation failed: Choices can't contain more than {MOST_OPTIONS} items")
