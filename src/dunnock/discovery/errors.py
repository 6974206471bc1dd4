"""What can go wrong in discovery."""

from __future__ import annotations

from dunnock.foundation.errors import DomainError, Kind


class SubjectMissing(DomainError):
    """Nothing like that could be a trend."""

    code, kind, safe = "subject_missing", Kind.MISSING, "Record not found"


class SavedSearchMissing(DomainError):
    """The member keeps no such search."""

    code, kind, safe = "saved_search_missing", Kind.MISSING, "Record not found"


class SavedSearchRefused(DomainError):
    """A search can't be kept like this; `say` and `details` tell why."""

    code, kind, safe = "saved_search_refused", Kind.INVALID, "Validation failed"


class CollectionMissing(DomainError):
    """No such collection or item, or not for the viewer."""

    code, kind, safe = "collection_missing", Kind.MISSING, "Record not found"


class CollectionNotYours(DomainError):
    """Only its owner changes a collection, and only the account itself leaves one."""

    code, kind, safe = "collection_not_yours", Kind.DENIED, "This action is not allowed"


class NotToBeCollected(DomainError):
    """The account did not agree to be recommended, left that collection, or there is a block."""

    code, kind, safe = "not_to_be_collected", Kind.DENIED, "This account can't be added to collections"


class StarterRefused(DomainError):
    """The collection can't be one of those that are shown to people who join."""

    code, kind, safe = "starter_refused", Kind.INVALID, "Validation failed"


class CollectionRefused(DomainError):
    """What was sent breaks a rule; `say` and `details` tell which."""

    code, kind, safe = "collection_refused", Kind.INVALID, "Validation failed"
