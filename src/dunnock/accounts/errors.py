"""What can go wrong with accounts, members and what stands between accounts."""

from __future__ import annotations

from dunnock.foundation.errors import DomainError, Kind


class AccountMissing(DomainError):
    """No such account, or nobody may see it (suspended, deleted)."""

    code, kind, safe = "account_missing", Kind.MISSING, "Record not found"


class RelationRefused(DomainError):
    """Accounts can't stand like this to each other: one follows, blocks or mutes itself, or a block is between them."""

    code, kind, safe = "relation_refused", Kind.DENIED, "This action is not allowed"


class TooManyFollows(DomainError):
    """The account follows as many others as it may."""

    code, kind, safe = "too_many_follows", Kind.INVALID, "Validation failed: You are following too many people"


class RequestMissing(DomainError):
    """There is no such follow request (any more)."""

    code, kind, safe = "request_missing", Kind.MISSING, "Record not found"


class ProfileInvalid(DomainError):
    """A profile or a note on somebody is longer than allowed; `details` tells which part."""

    code, kind, safe = "profile_invalid", Kind.INVALID, "Validation failed"


class SettingInvalid(DomainError):
    """No such visibility or language to post with."""

    code, kind, safe = "setting_invalid", Kind.INVALID, "Validation failed: This setting has no such value"
