"""Members' own data: take it along, bring it in, have it deleted.

Owns imports and their rows, archives, and how far the deletion of accounts is. Reads the domains below; what a member
brings in is done by their use cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Db
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Does, Every
from dunnock.foundation.storage import Storage
from dunnock.portability.archive import (
    Archive,
    BuildArchive,
    archives_of,
    ask_for_archive,
    build_archive,
    check_ready,
    find_archive,
    read_archive,
    sweep_archives,
)
from dunnock.portability.bring import (
    OUTCOMES,
    DoImport,
    Import,
    Outcome,
    Told,
    bring,
    cancel,
    confirm,
    failures,
    find_import,
    imports_of,
    rows_of,
    sweep_imports,
    try_again,
    unknown,
    work_name,
)
from dunnock.portability.carry_out import RETRY_EVERY_MS, Resolver, RetryWaiting, do_import, retry_waiting
from dunnock.portability.erase import (
    DeleteAccount,
    Deletion,
    Steps,
    begin_deletion,
    delete_account,
    delete_own,
    find_deletion,
    look_after,
)
from dunnock.portability.errors import (
    ArchiveMissing,
    ArchiveRefused,
    DeletionRefused,
    ExportMissing,
    ImportMissing,
    ImportRefused,
)
from dunnock.portability.export import FILES, FILTERS, NAMES, Holdings, Place, check_name, export, holdings, media_type
from dunnock.portability.parse import KINDS, MOST_BYTES, Kind


class SweepData(Job, frozen=True):
    """Forget imports and archives that are over, and look once more after accounts that were deleted lately."""


EVERY: Sequence[Every] = (Every(SweepData(), DAY), Every(RetryWaiting(), RETRY_EVERY_MS))


def jobs_of(storage: Storage, place: Place, folder: Path, *, steps: Steps, resolver: Resolver | None = None) -> Does:
    """Job -> what does it.

    `folder`: where archives are made; `steps`: what deletes an account; `resolver`: finds what is elsewhere, None: nothing does.
    """

    async def go_on(db: Db, job: DoImport) -> None:
        await do_import(db, job, resolver=resolver)

    async def retry(db: Db, job: RetryWaiting) -> None:
        await retry_waiting(db, job, resolver=resolver)

    async def sweep(db: Db, _: SweepData) -> None:
        await sweep_imports(db)
        await sweep_archives(db, folder)
        await look_after(db, steps=steps)

    async def erase(db: Db, job: DeleteAccount) -> None:
        await delete_account(db, job, steps=steps)

    async def build(db: Db, job: BuildArchive) -> None:
        await build_archive(db, job, storage=storage, place=place)

    does: Mapping[type[Job], Any] = {
        BuildArchive: build,
        DoImport: go_on,
        RetryWaiting: retry,
        SweepData: sweep,
        DeleteAccount: erase,
    }
    return does


__all__ = [
    "EVERY",
    "FILES",
    "FILTERS",
    "KINDS",
    "MOST_BYTES",
    "NAMES",
    "OUTCOMES",
    "Archive",
    "ArchiveMissing",
    "ArchiveRefused",
    "BuildArchive",
    "DeleteAccount",
    "Deletion",
    "DeletionRefused",
    "DoImport",
    "ExportMissing",
    "Holdings",
    "Import",
    "ImportMissing",
    "ImportRefused",
    "Kind",
    "Outcome",
    "Place",
    "Resolver",
    "RetryWaiting",
    "Steps",
    "SweepData",
    "Told",
    "archives_of",
    "ask_for_archive",
    "begin_deletion",
    "bring",
    "build_archive",
    "cancel",
    "check_name",
    "check_ready",
    "confirm",
    "delete_account",
    "delete_own",
    "export",
    "failures",
    "find_archive",
    "find_deletion",
    "find_import",
    "holdings",
    "imports_of",
    "jobs_of",
    "look_after",
    "media_type",
    "read_archive",
    "rows_of",
    "sweep_archives",
    "sweep_imports",
    "try_again",
    "unknown",
    "work_name",
]
