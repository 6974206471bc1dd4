"""Reports, decisions and log entries. Mastodon: Report, Admin::Report, AccountWarning."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Category = Literal["spam", "legal", "violation", "other"]
CATEGORIES: tuple[Category, ...] = get_args(Category)
Action = Literal["none", "sensitive", "disable", "limit", "suspend", "delete_posts", "mark_posts"]
ACCOUNT_ACTIONS: tuple[Action, ...] = ("none", "sensitive", "disable", "limit", "suspend")
DecisionState = Literal["gathering", "waiting", "refused", "applying", "halted", "applied", "undoing", "undone"]
MEMBER_ACTIONS = frozenset(("none", "disable"))
"""Actions that need somebody who signs in."""
LONGEST_COMMENT = 1_000
LONGEST_TEXT = 10_000
MOST_POSTS = 500
MOST_COLLECTIONS = 50


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One complaint by `account_id` (None: a deleted account) about `target_id`. Times in Unix milliseconds."""

    id: int
    account_id: int | None
    target_id: int
    category: Category
    comment: str
    post_ids: tuple[int, ...]
    collection_ids: tuple[int, ...]
    rule_ids: tuple[int, ...]
    forwarded: bool
    assigned_to: int | None
    resolved_at: int | None
    resolved_by: int | None
    updated_at: int
    case_id: int | None = None
    severity: int = 1
    """0 (low) to 3 (critical)."""
    from_elsewhere: bool = False
    """It came from another server, whose staff can be written to."""

    @property
    def is_open(self) -> bool:
        """Does it wait for staff?"""
        return self.resolved_at is None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One judgement about any number of accounts. Times in Unix milliseconds.

    `subjects`: how many accounts; `also`: what it does besides `action`. `approved_by` None: nobody else was needed.
    """

    id: int
    action: Action
    also: tuple[Action, ...]
    state: DecisionState
    by_account_id: int
    approved_by: int | None
    text: str
    case_id: int | None
    subjects: int
    expires_at: int | None
    reversed_at: int | None
    ground: str
    category: str
    facts: str
    report_id: int | None = None

    @property
    def actions(self) -> tuple[Action, ...]:
        """All that it does."""
        return (self.action, *self.also)


class Gathering(msgspec.Struct, frozen=True, kw_only=True):
    """Whom of a case a decision is about, and how far that is gathered: up to which id, and whether any is protected."""

    parts: tuple[str, ...]
    but: tuple[int, ...] = ()
    after: int = -1
    protected: bool = False


class Warned(msgspec.Struct, frozen=True, kw_only=True):
    """What a member is told of a decision about their account; `post_ids`: what it is about."""

    id: int
    action: Action
    text: str
    account_id: int
    post_ids: tuple[int, ...]
    mail: bool
    reversed_at: int | None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One act of staff; `subject` is what its subject was called then, `details` JSON.

    `hash` binds it to all before it; None: it is from before there was a chain.
    """

    id: int
    at: int
    by_account_id: int
    act: str
    subject_kind: str
    subject_id: int | None
    subject: str
    details: msgspec.Raw
    number: int | None
    hash: str | None

    @property
    def words(self) -> str:
        """The details in one line, as `role: moderator, was: member`; without the decision's number, which says nobody much."""
        held: dict[str, object] = msgspec.json.decode(self.details)
        shown = {name: value for name, value in held.items() if name not in {"decision", "decisions"}}
        return ", ".join(
            f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
            for name, value in shown.items()
        )
