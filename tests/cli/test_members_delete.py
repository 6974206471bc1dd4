"""`dunnock members delete`."""

from __future__ import annotations

import subprocess
import sys


def dunnock(*arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dunnock", *arguments],
        check=False,
        capture_output=True,
        text=True,
        input=said,
        timeout=60,
    )


def test_it_asks_and_deletes(tmp_path):
    data = ("--data", str(tmp_path))
    for name in ("anna", "bob"):
        made = dunnock(
            "members", "create", name, "--email", f"{name}@mail.example", "--password", "a good long one", *data
        )
        assert made.returncode == 0, made.stderr
    assert dunnock("members", "delete", "anna", *data, said="ann\n").returncode == 1
    assert "anna" in dunnock("members", "list", *data).stdout
    done = dunnock("members", "delete", "anna", *data, said="anna\n")
    assert (done.returncode, "anna is deleted (" in done.stdout) == (0, True), done.stderr
    listed = dunnock("members", "list", *data).stdout
    assert "anna" not in listed
    assert "bob" in listed
    assert dunnock("members", "delete", "anna", "--yes", *data).returncode == 1
    again = dunnock("members", "create", "Anna", "--email", "a@mail.example", "--password", "a good long one", *data)
    assert again.returncode == 1
