"""The key that opens the first page of a server with nobody on it: printed at the start, good once."""

from __future__ import annotations

import hmac
import os
from pathlib import Path

from dunnock.foundation import ids

_NAME = "first-key"


def make(data: Path) -> str:
    """The key of this data directory; a new one when there is none. All processes of the server share it."""
    path = data / _NAME
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        held = path.read_text().strip()
        if held:
            return held
        path.unlink()  # a crash left it empty
        return make(data)
    key = ids.secret(16)
    with os.fdopen(handle, "w") as file:
        file.write(key)
    return key


def waits(data: Path) -> bool:
    """Is there a key that nobody used?"""
    return (data / _NAME).exists()


def fits(data: Path, typed: str) -> bool:
    """Is this the key? Takes as long for a wrong one as for a right one."""
    try:
        held = (data / _NAME).read_text().strip()
    except OSError:
        return False
    return bool(held) and hmac.compare_digest(held.encode(), typed.strip().encode())


def use(data: Path) -> bool:
    """Use the key up; True for exactly one of those who try at once."""
    try:
        (data / _NAME).unlink()
    except FileNotFoundError:
        return False
    return True


def put_back(data: Path, key: str) -> None:
    """Have the key good again: what it was used for did not come about."""
    handle = os.open(data / _NAME, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(key.strip())
