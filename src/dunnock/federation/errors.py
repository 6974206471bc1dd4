"""What can go wrong between servers."""

from __future__ import annotations

from dunnock.foundation.errors import DomainError, Kind


class ActivityInvalid(DomainError):
    """What was sent is no activity that this server can read."""

    code, kind, safe = "activity_invalid", Kind.INVALID, "This is no activity that this server can read"


class Unreadable(ActivityInvalid):
    """What was sent is no JSON object, or nests too deep."""

    code = "unreadable"
    status = 400


class SignatureWrong(DomainError):
    """A request is not signed, or not by whom it says."""

    code, kind, safe = "signature_wrong", Kind.UNAUTHENTICATED, "Request not signed, or not by its actor"


class TooMuch(DomainError):
    """Another server has this one do too much at once; `retry_at` says when there is room again."""

    code, kind, safe = "too_much", Kind.LIMITED, "Too much from your server at once; try again later"


class ServerRefused(DomainError):
    """This server has nothing to do with the other one."""

    code, kind, safe = "server_refused", Kind.DENIED, "This server does not federate with yours"


class NotTheirs(DomainError):
    """Somebody spoke for an account or of an object that is not theirs."""

    code, kind, safe = "not_theirs", Kind.DENIED, "The actor has no say about that object"


class RemoteFailed(DomainError):
    """Another server did not answer, or not with what was asked for; another time it may."""

    code, kind, safe = "remote_failed", Kind.UNAVAILABLE, "Another server did not answer as it should"


class RemoteRefused(DomainError):
    """Another server does not give it to this one, or what it gives is not what its address says. It stays so."""

    code, kind, safe = "remote_refused", Kind.MISSING, "Another server does not give that"


class RemoteMissing(RemoteRefused):
    """There is no such thing on the other server."""

    code = "remote_missing"


class RemoteGone(RemoteMissing):
    """It was there, and the other server says that it is no more."""

    code = "remote_gone"


class RelayRefused(DomainError):
    """That can be no relay of this server."""

    code, kind, safe = "relay_refused", Kind.INVALID, "Validation failed: That is no address of a relay's inbox"


class RelayMissing(DomainError):
    """There is no such relay (any more)."""

    code, kind, safe = "relay_missing", Kind.MISSING, "Record not found"
