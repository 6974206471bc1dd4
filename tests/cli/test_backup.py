"""`dunnock backup` and `dunnock restore`."""

from __future__ import annotations

import subprocess
import sys


def dunnock(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dunnock", *arguments], check=False, capture_output=True, text=True, timeout=60
    )


def test_a_server_moves_to_another_folder(tmp_path):
    old, new, to = str(tmp_path / "old"), str(tmp_path / "new"), str(tmp_path / "backups")
    word = ("--email", "a@mail.example", "--password", "a good long one")
    assert dunnock("members", "create", "anna", *word, "--data", old).returncode == 0
    nothing = dunnock("restore", to, "--data", new)
    assert (nothing.returncode, "no backup in" in nothing.stderr) == (1, True)
    made = dunnock("backup", to, "--keep", "3", "--data", old)
    assert (made.returncode, "and can be read." in made.stdout) == (0, True), made.stderr
    read = dunnock("backup", to, "--verify", "--data", old)
    assert (read.returncode, "is whole" in read.stdout) == (0, True), read.stderr
    back = dunnock("restore", to, "--data", new)
    assert (back.returncode, "is restored" in back.stdout) == (0, True), back.stderr
    assert "anna" in dunnock("members", "list", "--data", new).stdout
    again = dunnock("restore", to, "--data", new)
    assert (again.returncode, "already" in again.stderr) == (1, True)
    assert dunnock("backup", to, "--keep", "0", "--data", old).returncode == 1
