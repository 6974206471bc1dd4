"""Settings: take one's lists along as files, and bring such files in."""

from __future__ import annotations

from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from dunnock import portability
from dunnock.api.kit import Form, Upload
from dunnock.api.mastodon.own_data import archive_file, archive_path, download, failures_csv, place_of, taken_in
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.foundation.settings import Settings
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member, set_cookie
from dunnock.web.words import N_

KINDS: Final = (
    ("following", N_("People you follow")),
    ("lists", N_("Lists")),
    ("blocking", N_("Blocked people")),
    ("muting", N_("Muted people")),
    ("domain_blocking", N_("Hidden servers")),
    ("bookmarks", N_("Bookmarks")),
    ("filters", N_("Filters (JSON of this kind of server)")),
    ("feeds", N_("Custom feeds (JSON of this kind of server)")),
)
_FILES: Final = (
    ("following_accounts.csv", N_("People you follow"), "following_accounts"),
    ("lists.csv", N_("Lists"), "lists"),
    ("blocked_accounts.csv", N_("Blocked people"), "blocked_accounts"),
    ("muted_accounts.csv", N_("Muted people"), "muted_accounts"),
    ("blocked_domains.csv", N_("Hidden servers"), "blocked_domains"),
    ("bookmarks.csv", N_("Bookmarks"), "bookmarks"),
)
_SHOWN_ROWS: Final = 50


class BringForm(Sent):
    """A file, what is in it, and whether what is not in it goes."""

    type: str = ""
    mode: str = "merge"
    file: Upload | None = None


class DecideForm(Sent):
    """What to do with an import: `confirm`, `retry` or `cancel`."""

    act: str = ""


@get("/settings/export")
async def show_export(
    show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """What there is to take along."""
    held = await portability.holdings(db, member.account_id)
    files = [(name, title, getattr(held, count)) for name, title, count in _FILES]
    archives = [(one, archive_path(one)) for one in await portability.archives_of(db, member.account_id)]
    return show("export.html", files=files, archives=archives)


@post("/settings/export", status_code=303)
async def ask_for_archive(
    form: Form[Sent],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[None]:
    """Have an archive made."""
    async with db.begin() as tx:
        await portability.ask_for_archive(
            tx, member.account_id, folder=settings.data / "archives", limited=not settings.dev
        )
    return show.go("/settings/export", done="asked_archive" if form.token else "")


@get("/settings/archives/{archive_id:int}/{secret:str}")
async def fetch_archive(
    archive_id: FromPath[int], secret: FromPath[str], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Stream:
    """The archive, for its owner alone."""
    return archive_file(await portability.find_archive(db, member.account_id, archive_id, secret=secret))


@get("/settings/export/{name:str}")
async def export_file(
    name: FromPath[str],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Stream:
    """One of the files."""
    parts = portability.export(db, member.account_id, portability.check_name(name), place=place_of(settings))
    return download(parts, name=name, media_type=portability.media_type(name))


@get("/settings/import")
async def show_imports(
    show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """The form, and what was brought lately."""
    return await _ask(show, db, member)


@post("/settings/import", status_code=303)
async def bring_file(
    form: Form[BringForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """Read a file, and show what would come of it."""
    try:
        one = await taken_in(db, member.account_id, form.file, kind=form.type, mode=form.mode, place=place_of(settings))
    except DomainError as error:
        return await _ask(show, db, member, error=error)
    return show.go(f"/settings/import/{one.id}")


@get("/settings/import/{import_id:int}")
async def show_import(
    import_id: FromPath[int],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[str]:
    """What would come of a file, or what has come of it."""
    one = await portability.find_import(db, member.account_id, import_id)
    bad = [*await portability.rows_of(db, one, "refused", most=_SHOWN_ROWS)]
    bad += await portability.rows_of(db, one, "waiting", most=_SHOWN_ROWS)
    unknown = await portability.unknown(db, one) if one.state == "unconfirmed" else 0
    return show("import.html", one=one, bad=bad, unknown=unknown, title=dict(KINDS)[one.kind], shown=_SHOWN_ROWS)


@post("/settings/import/{import_id:int}", status_code=303)
async def decide(
    import_id: FromPath[int],
    form: Form[DecideForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Do it, try again, or forget it."""
    async with db.begin() as tx:
        if form.act == "confirm":
            await portability.confirm(tx, member.account_id, import_id)
        elif form.act == "retry":
            await portability.try_again(tx, member.account_id, import_id)
        else:
            await portability.cancel(tx, member.account_id, import_id)
            return show.go("/settings/import")
    return show.go(f"/settings/import/{import_id}")


@get("/settings/import/{import_id:int}/failures.csv")
async def export_failures(import_id: FromPath[int], member: NamedDependency[Member], db: NamedDependency[Db]) -> Stream:
    """What was refused or waits, with the reasons."""
    one = await portability.find_import(db, member.account_id, import_id)
    return download(failures_csv(db, one), name=f"{one.kind}_failures.csv", media_type="text/csv; charset=utf-8")


class DeleteForm(Sent):
    """Their name and password, to be sure."""

    name: str = ""
    password: str = ""


@get("/settings/delete")
async def ask_deletion(show: NamedDependency[Show], member: NamedDependency[Member]) -> Response[str]:
    """What deleting one's account means."""
    return show("delete.html", name=member.account.username)


@post("/settings/delete", status_code=303)
async def delete_account(
    form: Form[DeleteForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """Delete it."""
    try:
        await portability.delete_own(db, member.member_id, password=form.password, name=form.name)
    except DomainError as error:
        return show("delete.html", error=error, name=member.account.username)
    return show.go("/", done="deleted", cookies=[set_cookie(settings, "session", None)])


async def _ask(show: Show, db: Db, member: Member, *, error: DomainError | None = None) -> Response[str]:
    titles = dict(KINDS)
    held = [(one, titles[one.kind]) for one in await portability.imports_of(db, member.account_id)]
    return show("imports.html", error=error, kinds=KINDS, imports=held)


HANDLERS = pages(
    ask_for_archive,
    fetch_archive,
    show_export,
    export_file,
    show_imports,
    bring_file,
    show_import,
    decide,
    export_failures,
    ask_deletion,
    delete_account,
)
