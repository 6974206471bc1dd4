"""`dunnock integrity drill`: two of them are played as anybody would, and the command fails when a target is missed."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from dunnock.cli import Refused, integrity
from dunnock.cli.drills import DRILLS, Drill, Measure
from dunnock.cli.drills import report as reports


def drill(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dunnock", "integrity", "drill", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def test_those_that_need_no_waiting_hold():
    done = drill("d13", "D02", "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    told = json.loads(done.stdout)
    assert [one["id"] for one in told] == ["D13", "D02"]
    assert [len(one["measures"]) for one in told] == [2, 8]
    assert all(measure["held"] for one in told for measure in one["measures"])


def test_what_there_is():
    done = drill()
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == [one.id for one in DRILLS]
    assert "There is no drill D99" in drill("D99").stderr


def test_a_missed_target_is_told_and_fails(monkeypatch, capsys):
    measures = [Measure("badge", "gone", "there", held=False), Measure("bursts", "0", "not looked at", held=None)]

    class Closed:
        def __init__(self, *_):
            pass

        def open(self):
            return self

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

    monkeypatch.setattr("dunnock.cli.drills.stage.Stage", Closed)
    monkeypatch.setattr("dunnock.cli.drills.DRILLS", (Drill("D02", "A persona", "nothing", lambda _: measures),))
    with pytest.raises(Refused, match="1 of 1 drills missed a target: D02"):
        integrity.drill(["D02"])
    said = capsys.readouterr().out
    assert "MISSED       badge: there (target: gone)" in said
    assert "not measured bursts" in said
    assert reports.Outcome("D02", "", "", 1.0, measures[1:]).held, "what could not be measured is no miss"
