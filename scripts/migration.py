"""Writes the next migration from the difference between the tables in the code and the migrations so far.

`python scripts/migration.py "what changes"`; `--again` makes the newest one anew (only before it was released).
`--release 0.1.0` keeps the schema of a release for the test that migrates every released schema.
"""

from __future__ import annotations

import argparse
import re
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
HOME = ROOT / "src/dunnock/app/migrations"


def main() -> None:
    """Write the file, and its name into HEAD."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", default="")
    parser.add_argument("--release")
    parser.add_argument("--again", action="store_true")
    asked = parser.parse_args()
    if asked.release:
        keep_release(asked.release)
        return
    before = sorted(path.name for path in (HOME / "versions").glob("[0-9]*.py"))
    if asked.again:
        (HOME / "versions" / before.pop()).unlink()
    number = f"{len(before) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.db")
        with engine.connect() as connection:
            config = Config()
            config.set_main_option("script_location", str(HOME))
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
            made: Any = command.revision(config, asked.what, autogenerate=True, rev_id=number)
        engine.dispose()
    path = Path(made.path)
    path.write_text(tidy(path.read_text()) + extras(path))
    (HOME / "__init__.py").write_text(re.sub(r'HEAD = "\d+"', f'HEAD = "{number}"', (HOME / "__init__.py").read_text()))
    print(f"{path.relative_to(ROOT)}: read it, then format it with ruff")


def keep_release(version: str) -> None:
    """Write what an empty database becomes today, for both engines, beside the test."""
    from dunnock.app import migrate  # noqa: PLC0415 (found through the path above)

    home = ROOT / "tests/app/schemas"
    home.mkdir(exist_ok=True)
    statements = migrate._statements(None, "head")  # noqa: SLF001
    (home / f"{version}.postgresql.sql").write_text(
        "\n".join(f"{one.strip().rstrip(';')};" for one in statements) + "\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        migrate.upgrade(f"sqlite:///{folder}/empty.db")
        conn = sqlite3.connect(f"{folder}/empty.db")
        (home / f"{version}.sqlite.sql").write_text("\n".join(dump(conn)) + "\n")
        conn.close()


def dump(conn: sqlite3.Connection) -> list[str]:
    """The statements that make the schema again; virtual tables by their own statement, not by the tables they make."""
    virtual = dict(conn.execute("SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"))
    theirs = "|".join(rf"(?:CREATE TABLE|INSERT INTO) ['\"]?{name}_" for name in virtual)
    left_out = re.compile("|".join(filter(None, ("PRAGMA writable_schema|INSERT INTO sqlite_master", theirs))))
    statements: list[str] = []
    for text in conn.iterdump():
        if text == "COMMIT;":
            break
        if not left_out.match(text):
            statements.append(text)
    triggers = [at for at, text in enumerate(statements) if text.startswith("CREATE TRIGGER")]
    first = triggers[0] if triggers else len(statements)
    return [*statements[:first], *[f"{sql};" for sql in virtual.values()], *statements[first:], "COMMIT;"]


def extras(path: Path) -> str:
    """The lines of `upgrade` for what SQLAlchemy has no words for, as far as no earlier migration made it."""
    import dunnock.app.tables  # noqa: F401, PLC0415 (found through the path above)
    from dunnock.foundation.db import EXTRAS  # noqa: PLC0415

    before = "".join(one.read_text() for one in path.parent.glob("[0-9]*.py") if one != path)
    lines: list[str] = []
    for one in EXTRAS.values():
        for engine, statements in (("sqlite", one.sqlite), ("postgresql", one.postgresql)):
            new = [text for text in statements if text not in before]
            if new:
                lines.append(f'    if op.get_context().dialect.name == "{engine}":')
                lines += [f'        op.execute("""{text}""")' for text in new]
    return "\n".join(["", *lines, ""]) if lines else ""


def tidy(text: str) -> str:
    """What SQLite calls 0 and 1 is false and true elsewhere; a list of tables that are made needs no comments."""
    text = re.sub(r"(sa\.Boolean\(\), server_default=)sa\.text\('\(?1\)?'\)", r"\1sa.true()", text)
    text = re.sub(r"(sa\.Boolean\(\), server_default=)sa\.text\('\(?0\)?'\)", r"\1sa.false()", text)
    text = re.sub(r"server_default=sa\.text\(\"'([^']*)'\"\)", r'server_default="\1"', text)
    return re.sub(r"\n *# ### .*", "", text)


if __name__ == "__main__":
    main()
