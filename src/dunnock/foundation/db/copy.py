"""Makes a copy of a whole database as it is at one moment, while others write; and puts one back."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit


class CopyFailed(Exception):
    """The database could not be copied or put back; the text says why and what to do."""


def copy_name(url: str) -> str:
    """What the copy of the database of `url` is called: `dunnock.db` (SQLite) or `dunnock.dump` (PostgreSQL)."""
    return "dunnock.db" if url.startswith("sqlite:///") else "dunnock.dump"


def copy_out(url: str, target: Path) -> None:
    """Write the database of `url`, as it is at one moment, to the new file `target`, and have it on the disk.

    Raises:
        CopyFailed: it could not be.
    """
    if url.startswith("sqlite:///"):
        _vacuum(Path(url.removeprefix("sqlite:///")), target)
    else:
        _run("pg_dump", url, "--format=custom", "--no-owner", f"--file={target}")
    target.chmod(0o600)
    _flush(target)


def put_back(copy: Path, url: str) -> None:
    """Make the database of `url`, which must be empty or not there, what `copy` holds.

    Raises:
        CopyFailed: it could not be.
    """
    if url.startswith("sqlite:///"):
        target = Path(url.removeprefix("sqlite:///"))
        if any(target.with_name(target.name + ending).exists() for ending in ("", "-wal", "-shm")):
            raise CopyFailed(f"There is a database at {target} already. Choose an empty data directory.")
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(copy, target)
        target.chmod(0o600)
        _flush(target)
    else:
        _run("pg_restore", url, "--no-owner", "--exit-on-error", "--single-transaction", str(copy))


def check_copy(copy: Path) -> str:
    """What is broken in a copy; "": nothing. A dump's table of contents is read, an SQLite file is checked whole."""
    if copy.suffix == ".dump":
        try:
            said = _run("pg_restore", "", "--list", str(copy))
        except CopyFailed as error:
            return str(error)
        return "" if "TABLE DATA" in said else "the dump holds no rows"
    import sqlite3  # noqa: PLC0415 (PostgreSQL's users don't pay for it)

    try:
        conn = sqlite3.connect(f"file:{copy}?mode=ro&immutable=1", uri=True)
        try:
            found = [str(row[0]) for row in conn.execute("PRAGMA integrity_check(5)")]
        finally:
            conn.close()
    except sqlite3.Error as error:
        return str(error)
    return "; ".join(text for text in found if text != "ok")


def _vacuum(source: Path, target: Path) -> None:
    import sqlite3  # noqa: PLC0415

    if not source.is_file():
        raise CopyFailed(f"There is no database at {source}.")
    conn = sqlite3.connect(f"file:{source}?mode=rw", uri=True, timeout=30, isolation_level=None)
    try:
        conn.execute("VACUUM INTO ?", (str(target),))  # one moment, also while a server writes
    except sqlite3.Error as error:
        raise CopyFailed(f"SQLite could not copy {source}: {error}.") from error
    finally:
        conn.close()


def _run(program: str, url: str, *args: str) -> str:
    """Run one of PostgreSQL's programs. The address goes to it in variables: arguments can be seen by others."""
    path = shutil.which(program)
    if path is None:
        raise CopyFailed(f"{program} is not installed: install PostgreSQL's client programs (postgresql-client).")
    parts = urlsplit(url)
    given = {
        "PGHOST": parts.hostname, "PGPORT": str(parts.port) if parts.port else None, "PGUSER": parts.username,
        "PGPASSWORD": unquote(parts.password) if parts.password else None,
    }  # fmt: skip
    named = [f"--dbname={unquote(parts.path.lstrip('/'))}"] if url else []
    done = subprocess.run(  # noqa: S603 (a program of that name, and arguments of our own)
        [path, *named, *args],
        env=os.environ | {name: value for name, value in given.items() if value},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CopyFailed(f"{program} failed: {done.stderr.strip()[-500:]}")
    return done.stdout


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
