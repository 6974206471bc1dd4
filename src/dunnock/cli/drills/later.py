"""`python -m dunnock.cli.drills.later SECONDS ...`: the program with its clock put forward, for drills of weeks."""

from __future__ import annotations

import runpy
import sys
import time


def main() -> None:
    """Everything that asks for the time gets a later one, from the first import on."""
    seconds = int(sys.argv.pop(1))
    exact, rough = time.time_ns, time.time  # noqa: TID251 (the clock itself is what is changed)
    time.time_ns = lambda: exact() + seconds * 1_000_000_000  # noqa: TID251 (as above)
    time.time = lambda: rough() + seconds  # noqa: TID251 (as above)
    runpy.run_module("dunnock", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
