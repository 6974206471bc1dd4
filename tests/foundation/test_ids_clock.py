"""Ids grow, tell their moment and never meet; the clock writes dates as clients read them."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunnock.foundation import clock, ids

SOURCE = str(Path(__file__).parents[2] / "src")


def test_ids_grow_even_when_a_millisecond_is_used_up_or_the_clock_goes_back(monkeypatch):
    now = 1_800_000_000_000
    monkeypatch.setattr(ids, "now_ms", lambda: now)
    maker = ids.IdMaker(5)
    made = [maker.next() for _ in range(5000)]
    now -= 10_000
    made += [maker.next() for _ in range(10)]
    now += 20_000
    made.append(maker.next())
    assert made == sorted(set(made))
    assert ids.ms_of(made[-1]) == now
    assert all(0 < one < 2**63 for one in made)


def test_makers_with_different_slots_never_meet(monkeypatch):
    monkeypatch.setattr(ids, "now_ms", lambda: 1_800_000_000_000)
    makers = [ids.IdMaker(slot) for slot in range(ids.SLOTS)]
    made = [maker.next() for maker in makers for _ in range(1100)]  # beyond the counter of one millisecond
    assert len(set(made)) == len(made)


def test_moving_to_another_slot_goes_on_upwards(monkeypatch):
    monkeypatch.setattr(ids, "now_ms", lambda: 1_800_000_000_000)
    maker = ids.IdMaker(60)
    made = [maker.next(), maker.next()]
    for slot in (2, 63, 0):
        maker.move(slot)
        made += [maker.next(), maker.next()]
        assert maker.slot == slot
    assert made == sorted(set(made))


@pytest.mark.parametrize("slot", [-1, 64])
def test_there_are_64_slots(slot):
    with pytest.raises(ValueError):
        ids.IdMaker(slot)
    with pytest.raises(ValueError):
        ids.IdMaker(0).move(slot)


def test_an_id_tells_its_moment_and_the_same_thing_gets_the_same_id():
    assert ids.ms_of(ids.id_at(1_234_567_890_123, 7)) == 1_234_567_890_123
    assert ids.id_at(-5) == 0
    assert ids.id_for(1000, "a") == ids.id_for(1000, "a") != ids.id_for(1000, "b")


def test_secrets_are_long_and_their_digest_is_sha256():
    assert len({ids.secret() for _ in range(100)}) == 100
    assert len(ids.secret()) >= 43
    assert ids.digest("abc") == ids.digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_slot_belongs_to_one_at_a_time_and_comes_free(tmp_path):
    first, second = ids.SlotFile(tmp_path), ids.SlotFile(tmp_path)
    assert (first.slot, second.slot) == (0, 1)
    first.release()
    assert ids.SlotFile(tmp_path).slot == 0


def test_a_killed_process_frees_its_slot(tmp_path):
    program = (
        "import sys, pathlib, time; from dunnock.foundation import ids\n"
        "s = ids.SlotFile(pathlib.Path(sys.argv[1])); print(s.slot, flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, env={"PYTHONPATH": SOURCE}
    )
    try:
        assert process.stdout.readline() == b"0\n"
        held = ids.SlotFile(tmp_path)
        assert held.slot == 1
        held.release()
    finally:
        process.kill()
        process.communicate()
    assert ids.SlotFile(tmp_path).slot == 0


def test_all_slots_taken_is_refused(tmp_path):
    held = [ids.SlotFile(tmp_path) for _ in range(ids.SLOTS)]
    with pytest.raises(RuntimeError, match="64"):
        ids.SlotFile(tmp_path)
    for one in held:
        one.release()


@given(st.datetimes(min_value=dt.datetime(1, 1, 1), max_value=dt.datetime(9999, 12, 31, 23, 59, 59)))  # noqa: DTZ001
def test_dates_are_as_python_writes_them(moment):
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=dt.UTC)
    ms = (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)
    assert clock.iso(ms) == f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
    assert clock.iso_day(ms) == moment.date().isoformat()


def test_the_clock_counts_milliseconds():
    assert clock.now_ms() > clock.YEAR_2025
    assert clock.iso(0) == "1970-01-01T00:00:00.000Z"
