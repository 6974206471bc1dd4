"""`dunnock guide`: rules, pages, terms of service, announcements."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from cyclopts import App, Parameter

from dunnock import server
from dunnock.app import migrate
from dunnock.cli import Refused
from dunnock.cli.options import DataOption, settings_of
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db, Tx, open_db

T = TypeVar("T")
app = App(name="guide", help="What this server says of itself: rules, pages, terms of service, announcements.")


@app.command(name="rules")
def list_rules(*, data: DataOption = None) -> None:
    """List the rules with their ids, in order."""

    async def do(tx: Tx) -> list[server.Rule]:
        return await server.rules(tx)

    for one in _done(data, do):
        print(one.id, one.text, *(f"[{language}]" for language in one.translations))


@app.command
def add_rule(
    text: str,
    /,
    *,
    hint: str = "",
    language: Annotated[list[str] | None, Parameter(negative="")] = None,
    data: DataOption = None,
) -> None:
    """Add a last rule.

    Args:
        text: What it says, in a line.
        hint: More about it.
        language: The rule in another language, as de=TEXT; may be given several times.
        data: The data directory [default: DUNNOCK_DATA, else ./data].
    """
    others: dict[str, server.Words] = {}
    for one in language or ():
        code, sign, said = one.partition("=")
        if not sign:
            raise Refused(f"--language takes de=TEXT, not {one!r}.")
        others[code] = server.Words(said)

    async def do(tx: Tx) -> server.Rule:
        return await server.add_rule(tx, text, hint=hint, translations=others)

    print(f"Rule {_done(data, do).id} holds from now on.")


@app.command
def remove_rule(rule_id: int, /, *, data: DataOption = None) -> None:
    """Put a rule away; reports that name it still show it."""

    async def do(tx: Tx) -> None:
        await server.remove_rule(tx, rule_id)

    _done(data, do)
    print(f"Rule {rule_id} holds no longer.")


@app.command
def order_rules(*rule_ids: int, data: DataOption = None) -> None:
    """Put these rules first, in this order."""

    async def do(tx: Tx) -> list[server.Rule]:
        return await server.order_rules(tx, rule_ids)

    for one in _done(data, do):
        print(one.id, one.text)


@app.command(name="page")
def write_page(name: Literal["about", "privacy"], file: Path, /, *, data: DataOption = None) -> None:
    """Write a page: `about`, the longer description, or `privacy`, the privacy policy.

    Args:
        name: Which page.
        file: Its text, in Markdown; an empty one takes the page away; - reads standard input.
        data: The data directory [default: DUNNOCK_DATA, else ./data].
    """
    words = _read(file)

    async def do(tx: Tx) -> None:
        await server.write_page(tx, name, words)

    _done(data, do)
    print(f"The page {name} is {'written' if words.strip() else 'gone'}.")


@app.command
def terms(
    file: Path,
    /,
    *,
    start: Annotated[str | None, Parameter(name="--from")] = None,
    changes: Path | None = None,
    data: DataOption = None,
) -> None:
    """Publish a version of the terms of service; earlier ones stay readable.

    Args:
        file: Their text, in Markdown; - reads standard input.
        start: The day from which they hold, as 2027-01-01 [default: today].
        changes: A file that says what changed, in Markdown.
        data: The data directory [default: DUNNOCK_DATA, else ./data].
    """
    words, changed = _read(file), "" if changes is None else _read(changes)

    async def do(tx: Tx) -> None:
        await server.publish_terms(tx, words, effective_on=start, changes=changed)

    _done(data, do)
    print("The terms are published.")


@app.command
def announce(
    text: str,
    /,
    *,
    at: str | None = None,
    starts: str | None = None,
    ends: str | None = None,
    all_day: Annotated[bool, Parameter(negative="")] = False,
    data: DataOption = None,
) -> None:
    """Show an announcement to all members.

    Args:
        text: What it says; mentions, hashtags, links and emoji work as in posts.
        at: When to publish it, as 2026-12-24T18:00Z [default: now].
        starts: When what it tells of begins.
        ends: When that ends; from then on it is not shown.
        all_day: Show the days only, not the hours.
        data: The data directory [default: DUNNOCK_DATA, else ./data].
    """
    times = {"publish_at": _moment(at), "starts_at": _moment(starts), "ends_at": _moment(ends)}

    async def do(tx: Tx) -> server.Announcement:
        return await server.announce(tx, text, all_day=all_day, **times)

    made = _done(data, do)
    print(f"Announcement {made.id} is shown from {iso(made.published_at)}.")


@app.command(name="announcements")
def list_announcements(*, data: DataOption = None) -> None:
    """List all announcements with their ids, newest first."""

    async def do(tx: Tx) -> list[server.Announcement]:
        return await server.announcements(tx)

    for one in _done(data, do):
        print(one.id, iso(one.published_at), one.text[:80].replace("\n", " "))


@app.command
def withdraw(announcement_id: int, /, *, data: DataOption = None) -> None:
    """Take an announcement away."""

    async def do(tx: Tx) -> None:
        await server.remove_announcement(tx, announcement_id)

    _done(data, do)
    print(f"Announcement {announcement_id} is gone.")


def _read(file: Path) -> str:
    if str(file) == "-":
        return sys.stdin.read()
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{file} can't be read: {error}") from None


def _moment(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        parsed = dt.datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text!r} is no time; write it as 2026-12-24T18:00Z.") from None
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=dt.UTC)).timestamp() * 1000)


def _done(data: Path | None, do: Callable[[Tx], Awaitable[T]]) -> T:
    settings = settings_of(data)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def run() -> T:
        await migrate.bring_up_to_date(settings.database)
        db: Db = await open_db(settings.database)
        try:
            async with db.begin() as tx:
                return await do(tx)
        finally:
            await db.close()

    try:
        return asyncio.run(run())
    except migrate.MigrationFailed as error:
        raise Refused(str(error)) from None
