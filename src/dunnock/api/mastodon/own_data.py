"""Members' own lists as files, out and in. Ours: /api/v1/dunnock/export and /api/v1/dunnock/imports."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from typing import Any, Final, Literal

import msgspec
from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath
from litestar.response import Stream

from dunnock import portability
from dunnock.api.kit import Called, Form, Paging, Query, Upload, link_header, page_limit, require
from dunnock.api.mastodon.async_refreshes import HEADER
from dunnock.api.mastodon.pages import me
from dunnock.foundation import refresh
from dunnock.foundation.clock import iso, iso_day
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.portability import OUTCOMES, Kind, Outcome, Place

IMPORTS: Final = "/api/v1/dunnock/imports"
ARCHIVES: Final = "/api/v1/dunnock/archives"
_CSV: Final = ResponseSpec(bytes, generate_examples=False, media_type="text/csv", description="The file")
_GZIP: Final = ResponseSpec(bytes, generate_examples=False, media_type="application/gzip", description="The file")
_ROWS_A_PAGE: Final = 40


class ImportRows(msgspec.Struct, kw_only=True):
    """How many rows have come to what. `pending`: nothing yet; `waiting`: for another server to be reached."""

    pending: int
    done: int
    already: int
    waiting: int
    refused: int


class DataImport(msgspec.Struct, kw_only=True):
    """A file that its member brought. `unknown`: accounts in it that this server does not know; null once it is confirmed."""

    id: str
    type: Kind
    mode: Literal["merge", "overwrite"]
    state: Literal["unconfirmed", "running", "finished"]
    original_filename: str
    created_at: str
    finished_at: str | None
    total: int
    rows: ImportRows
    removed: int
    unknown: int | None


class DataImportRow(msgspec.Struct, kw_only=True):
    """A row of the file as it stands there, what came of it, and why. `outcome` null: nothing yet."""

    row: int
    cells: list[str]
    outcome: Outcome | None
    reason: str


class ImportForm(msgspec.Struct):
    """`data` is Mastodon's name for the file in its own form. `confirm`: do it at once, without a preview."""

    type: str = ""
    mode: str = "merge"
    file: Upload | None = None
    data: Upload | None = None
    confirm: bool = False


class RowsParams(Paging, kw_only=True, frozen=True):
    """Which rows: of one outcome, or all."""

    outcome: str = ""


def place_of(settings: Settings) -> Place:
    """Where this server is."""
    return Place(domain=settings.domain, url=settings.public_url)


def download(parts: AsyncIterator[bytes], *, name: str, media_type: str) -> Stream:
    """A file that is made while it is sent."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "x-content-type-options": "nosniff"}
    return Stream(parts, media_type=media_type, headers=headers)


async def taken_in(
    db: Db, account_id: int, upload: Upload | None, *, kind: str, mode: str, place: Place
) -> portability.Import:
    """The import that a file in a form becomes.

    Raises:
        ImportRefused: there is no file, or it can't be taken.
    """
    if upload is None:
        raise portability.ImportRefused(say="Validation failed: Data can't be blank")
    if upload.size > portability.MOST_BYTES:
        raise portability.ImportRefused(
            upload.size, say=f"Validation failed: Data is too large (at most {portability.MOST_BYTES >> 20} MiB)"
        )
    content = await asyncio.to_thread(upload.path.read_bytes)
    return await portability.bring(db, account_id, content, kind=kind, mode=mode, filename=upload.filename, place=place)


async def failures_csv(db: Db, one: portability.Import) -> AsyncIterator[bytes]:
    """What was refused or waits, as the file had it, with the reason behind."""
    async for rows in portability.failures(db, one):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([*row.cells, row.reason] for row in rows)
        yield text.getvalue().encode()


@get("/api/v1/dunnock/export/{name:str}", guards=[require("read")], media_type="text/csv", responses={200: _CSV})
async def export_file(
    name: FromPath[str], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Stream:
    """A file of the member's own: `following_accounts.csv` and so on as Mastodon writes them, `filters.json`, `feeds.json`."""
    parts = portability.export(db, me(caller), portability.check_name(name), place=place_of(settings))
    return download(parts, name=name, media_type=portability.media_type(name))


@post(IMPORTS, status_code=200, guards=[require("write")])
async def bring_file(
    form: Form[ImportForm], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[DataImport]:
    """Read a file and show what would come of it; with `confirm`, do it at once."""
    upload = form.file if form.file is not None else form.data
    one = await taken_in(db, me(caller), upload, kind=form.type, mode=form.mode, place=place_of(settings))
    return await _confirmed(db, me(caller), one.id) if form.confirm else Response(await _told(db, one))


@get(IMPORTS, guards=[require("read")])
async def list_imports(caller: Called, db: NamedDependency[Db]) -> list[DataImport]:
    """The member's imports, the latest first; what is over is kept for a week."""
    return [await _told(db, one) for one in await portability.imports_of(db, me(caller))]


@get(IMPORTS + "/{import_id:int}", guards=[require("read")])
async def show_import(import_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> DataImport:
    """One import, and how far it is."""
    return await _told(db, await portability.find_import(db, me(caller), import_id))


@delete(IMPORTS + "/{import_id:int}", status_code=200, guards=[require("write")])
async def cancel_import(import_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Forget an import; what was done already stays done."""
    async with db.begin() as tx:
        await portability.cancel(tx, me(caller), import_id)
    return {}


@post(IMPORTS + "/{import_id:int}/confirm", status_code=200, guards=[require("write")])
async def confirm_import(import_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> Response[DataImport]:
    """Do what the file says."""
    return await _confirmed(db, me(caller), import_id)


@post(IMPORTS + "/{import_id:int}/retry", status_code=200, guards=[require("write")])
async def retry_import(import_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> Response[DataImport]:
    """Look once more for what could not be found."""
    async with db.begin() as tx:
        work = await portability.try_again(tx, me(caller), import_id)
    return await _under_way(db, me(caller), import_id, work)


@get(IMPORTS + "/{import_id:int}/rows", guards=[require("read")])
async def list_rows(
    import_id: FromPath[int],
    params: Query[RowsParams],
    caller: Called,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[list[DataImportRow]]:
    """What came of the rows, in the order of the file; `outcome`: of those with this one. The cursor is the row's number."""
    one = await portability.find_import(db, me(caller), import_id)
    limit = page_limit(params.limit, _ROWS_A_PAGE)
    outcome = next((known for known in OUTCOMES if known == params.outcome), None)
    after = params.min_id or params.since_id or 0
    rows = await portability.rows_of(db, one, outcome, after=min(after, 2**31 - 1), most=limit)
    kept = [("limit", str(limit)), *([("outcome", outcome)] if outcome else [])]
    link = link_header(
        settings.public_url,
        f"{IMPORTS}/{import_id}/rows",
        kept,
        next={"min_id": rows[-1].row} if len(rows) == limit else None,
        prev=None,
    )
    told = [DataImportRow(row=row.row, cells=list(row.cells), outcome=row.outcome, reason=row.reason) for row in rows]
    return Response(told, headers={"link": link.decode()} if link else None)


@get(IMPORTS + "/{import_id:int}/failures.csv", guards=[require("read")], media_type="text/csv", responses={200: _CSV})
async def export_failures(import_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> Stream:
    """What was refused or waits, as the file had it, with the reason behind."""
    one = await portability.find_import(db, me(caller), import_id)
    return download(failures_csv(db, one), name=f"{one.kind}_failures.csv", media_type="text/csv; charset=utf-8")


class OwnArchive(msgspec.Struct, kw_only=True):
    """All that the member has, as one file. From `expires_at` on: null, and the address too, until it is ready."""

    id: str
    state: Literal["building", "ready"]
    phase: str
    posts: int
    files: int
    size: int
    created_at: str
    expires_at: str | None
    url: str | None


@post(ARCHIVES, status_code=200, guards=[require("write")])
async def ask_for_archive(
    caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[OwnArchive]:
    """Have an archive of all that the member has made; at most one a week."""
    async with db.begin() as tx:
        made, work = await portability.ask_for_archive(
            tx, me(caller), folder=settings.data / "archives", limited=not settings.dev
        )
    return Response(_archive(made, settings), headers={HEADER: work.header()})


@get(ARCHIVES, guards=[require("read")])
async def list_archives(
    caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> list[OwnArchive]:
    """The member's archives, the latest first; each is kept for a week."""
    return [_archive(one, settings) for one in await portability.archives_of(db, me(caller))]


@get(ARCHIVES + "/{archive_id:int}", guards=[require("read")])
async def show_archive(
    archive_id: FromPath[int], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> OwnArchive:
    """One archive, and how far it is."""
    return _archive(await portability.find_archive(db, me(caller), archive_id), settings)


@get(
    ARCHIVES + "/{archive_id:int}/file", guards=[require("read")], media_type="application/gzip", responses={200: _GZIP}
)
async def fetch_archive(archive_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> Stream:
    """The archive itself, for its owner alone."""
    return archive_file(await portability.find_archive(db, me(caller), archive_id))


def archive_file(one: portability.Archive) -> Stream:
    """The archive as an answer. Raises ArchiveMissing while it is not ready."""
    portability.check_ready(one)
    name = f"archive-{iso_day(one.created_at)}-{one.id}.tar.gz"
    answer = download(portability.read_archive(one), name=name, media_type="application/gzip")
    answer.headers["content-length"] = str(one.bytes)
    answer.headers["cache-control"] = "private, no-store"
    return answer


def archive_path(one: portability.Archive) -> str:
    """Where its owner fetches it: nobody can guess it."""
    return f"/settings/archives/{one.id}/{one.secret}"


def _archive(one: portability.Archive, settings: Settings) -> OwnArchive:
    return OwnArchive(
        id=str(one.id),
        state="building" if one.ready_at is None else "ready",
        phase=one.phase,
        posts=one.posts,
        files=one.files,
        size=one.bytes,
        created_at=iso(one.created_at),
        expires_at=None if one.expires_at is None else iso(one.expires_at),
        url=None if one.ready_at is None else settings.public_url + archive_path(one),
    )


class DeleteForm(msgspec.Struct):
    """The member's password."""

    password: str = ""


@delete("/api/v1/dunnock/account", status_code=200, guards=[require("write")])
async def delete_own_account(form: Form[DeleteForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Delete the member's account with all that is theirs. At once nobody sees anything of it; it can't be undone."""
    if caller.member_id is None:
        raise portability.DeletionRefused(caller.account_id)
    await portability.delete_own(db, caller.member_id, password=form.password)
    return {}


async def _confirmed(db: Db, account_id: int, import_id: int) -> Response[DataImport]:
    async with db.begin() as tx:
        work = await portability.confirm(tx, account_id, import_id)
    return await _under_way(db, account_id, import_id, work)


async def _under_way(db: Db, account_id: int, import_id: int, work: refresh.Refresh) -> Response[DataImport]:
    told = await _told(db, await portability.find_import(db, account_id, import_id))
    return Response(told, headers={HEADER: work.header()})


async def _told(db: Db, one: portability.Import) -> DataImport:
    return DataImport(
        id=str(one.id),
        type=one.kind,
        mode="overwrite" if one.overwrite else "merge",
        state=one.state,
        original_filename=one.filename,
        created_at=iso(one.created_at),
        finished_at=None if one.finished_at is None else iso(one.finished_at),
        total=one.total,
        rows=ImportRows(
            pending=one.total - one.settled,
            done=one.done,
            already=one.already,
            waiting=one.waiting,
            refused=one.refused,
        ),
        removed=one.removed,
        unknown=await portability.unknown(db, one) if one.state == "unconfirmed" else None,
    )


HANDLERS: list[Any] = [
    export_file, bring_file, list_imports, show_import, cancel_import, confirm_import, retry_import, list_rows,
    export_failures, delete_own_account,
    ask_for_archive, list_archives, show_archive, fetch_archive,
]  # fmt: skip
