"""What can go wrong with members' own data."""

from __future__ import annotations

from dunnock.foundation.errors import DomainError, Kind


class ExportMissing(DomainError):
    """There is no such file to be had."""

    code, kind, safe = "export_missing", Kind.MISSING, "Record not found"


class ImportRefused(DomainError):
    """A file can't be taken in like this; the text says why."""

    code, kind, safe = "import_refused", Kind.INVALID, "Validation failed"


class ImportMissing(DomainError):
    """The member has no such import."""

    code, kind, safe = "import_missing", Kind.MISSING, "Record not found"


class DeletionRefused(DomainError):
    """An account can't be deleted like this; the text says why."""

    code, kind, safe = "deletion_refused", Kind.INVALID, "Validation failed"


class ArchiveMissing(DomainError):
    """The member has no such archive (any more)."""

    code, kind, safe = "archive_missing", Kind.MISSING, "Record not found"


class ArchiveRefused(DomainError):
    """One archive a week."""

    code, kind, safe = "archive_refused", Kind.INVALID, "Validation failed: You can have one archive a week"
