"""Slots: one process each, and the same one again after its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from dunnock.foundation.slot import Slot

_HOLDS = """
import pathlib, sys, time
from dunnock.foundation.slot import Slot
held = Slot(pathlib.Path(sys.argv[1]))
print(held.name, flush=True)
time.sleep(60)
"""


def test_each_process_has_its_own(tmp_path):
    first, second = Slot(tmp_path), Slot(tmp_path)
    assert first.name != second.name
    first.leave()
    third = Slot(tmp_path)
    assert third.name == first.name
    second.leave()
    third.leave()


def test_a_killed_process_leaves_its_slot(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", _HOLDS, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    name = child.stdout.readline().strip()
    beside = Slot(tmp_path)
    assert beside.name != name
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    after = Slot(tmp_path)
    assert after.name == name
    beside.leave()
    after.leave()
