"""`dunnock doctor`."""

from __future__ import annotations

import asyncio
import sys

from dunnock.app.doctor import examine
from dunnock.cli.options import DataOption, settings_of


def doctor(*, data: DataOption = None) -> None:
    """Look whether the server has all it needs, and say what to do. Ends with 1 when something is to do."""
    found = asyncio.run(examine(settings_of(data)))
    for one in found:
        print(f"{'ok   ' if one.good else 'TO DO'} {one.what}: {one.advice}")
    if not all(one.good for one in found):
        sys.exit(1)
