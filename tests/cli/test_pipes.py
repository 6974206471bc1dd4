"""Commands in pipes."""

from __future__ import annotations

import os
import subprocess
import sys


def test_a_reader_that_has_enough_is_no_failure_to_talk_about():
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "dunnock", "--help"],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (1, "")
