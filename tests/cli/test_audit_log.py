"""`dunnock audit-log verify`."""

from __future__ import annotations

import sqlite3

from cli.test_members_delete import dunnock


def test_it_names_the_first_broken_entry(tmp_path):
    data = ("--data", str(tmp_path))
    made = dunnock("members", "create", "anna", "--email", "anna@mail.example", "--password", "a good long one", *data)
    assert made.returncode == 0, made.stderr
    done = dunnock("audit-log", "verify", *data)
    assert done.stdout.startswith("1 entry, all as written."), done.stderr
    with sqlite3.connect(tmp_path / "dunnock.db") as conn:
        conn.execute(
            "INSERT INTO staff_log (id, at, by_account_id, act, subject_kind, number, hash) VALUES (1, 1, 1, 'x', 'x', 2, 'x')"
        )
    done = dunnock("audit-log", "verify", *data)
    assert (done.returncode, "entry 2 is broken: it is not as it was written" in done.stderr) == (1, True)
    (tmp_path / "ends.json").write_text("{")
    assert "can't be read" in dunnock("audit-log", "verify", "--ends", str(tmp_path / "ends.json"), *data).stderr
