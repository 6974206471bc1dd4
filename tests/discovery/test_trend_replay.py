"""`dunnock trends replay`: planted bursts of bots among people."""

from __future__ import annotations

import random

import pytest

from dunnock.cli import Refused
from dunnock.cli.trends import replay as command
from dunnock.discovery.trend_memory import KEPT, TrendMemory
from dunnock.discovery.trend_replay import NotReplayable, replay
from dunnock.foundation.clock import DAY, HOUR, MINUTE

HEAD = "time,actor,tag,deleted_at,label\n"
START = 1_700_000_000
HOUR_S = 3600


def people(rng):
    """Two and a half days of people who take up tags, and one genuine burst on the third."""
    for n in range(2000):
        yield START + n * 108, f"p{rng.randrange(400)}", f"t{rng.randrange(40)}", "", "organic"
    for n in range(120):
        yield START + 50 * HOUR_S + n * 45 + rng.randrange(30), f"p{n * 3}", "news", "", "organic"


def bots(variant):
    for burst in range(4):
        at = START + (30 + 6 * burst) * HOUR_S
        for n in range(300):
            actor = f"b{burst}_{n}" if variant == "fresh" else f"b{n}"
            gone = at + 60 if variant == "recorded" else ""
            yield at + n * (4 if variant == "slow" else 0.14), actor, f"A{burst}", gone, "attack"


def table(tmp_path, *parts):
    rows = sorted((row for part in parts for row in part), key=lambda row: row[0])
    path = tmp_path / "acts.csv"
    path.write_text(HEAD + "".join(",".join(map(str, row)) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("variant", ["recorded", "kept", "slow", "fresh"])
def test_bursts_of_bots_are_held_back_and_news_is_listed(tmp_path, capsys, variant):
    path = table(tmp_path, people(random.Random(4)), bots(variant))
    report = replay(path)
    assert len(report.attacks) == 4
    assert report.reached_top == []
    assert report.overlap >= 0.98
    assert [one.tag for one in report.bursts] == ["news"]
    assert report.bursts[0].top_delay <= 20 * MINUTE
    if variant == "recorded":
        command(path)
        out = capsys.readouterr().out.splitlines()
        assert out[-2] == "attacks in top 10: 0 of 4"
        assert out[-1].startswith("organic overlap: ")


def test_a_burst_that_strangers_begin_is_told_apart(tmp_path, capsys):
    """Nothing in a table says whether new accounts are led by one hand: their burst is counted, and named as what it is."""
    strangers = [(START + 40 * HOUR_S + n * 20, f"s{n}", "launch", "", "organic") for n in range(120)]
    path = table(tmp_path, people(random.Random(4)), strangers)
    report = replay(path)
    assert {one.tag: (one.strange, one.delay is not None) for one in report.bursts} == {
        "news": (False, True),
        "launch": (True, False),
    }
    command(path)
    out = capsys.readouterr().out
    assert "genuine bursts listed in the top 20: 1 of 2" in out
    assert "of those that accounts began which did something before: 1; listed within 20 minutes: 1" in out


def test_people_who_write_two_hashtags_into_each_post_did_not_come_together_before():
    """Nor on the next day: one event has several names. Who takes up another thing afterwards is still seen."""
    memory, rng = TrendMemory(), random.Random(4)
    rows = [(int(at * 1000), int(actor[1:]), int(tag[1:])) for at, actor, tag, *_ in people(rng) if tag != "news"]
    festival, fest, later = 901, 902, 903
    crowd = [300 + n for n in range(60)]
    rows += [((START + n) * 1000, one, 950 + n) for n, one in enumerate(crowd)]
    for day in (1, 2):
        for n, one in enumerate(crowd):
            at = (START + (24 * day + 6) * HOUR_S + n * 90) * 1000
            rows += [(at, one, festival), (at, one, fest)]
    rows += [((START + 58 * HOUR_S + n * 60) * 1000, one, later) for n, one in enumerate(crowd)]
    seen, tick = {}, START * 1000 + HOUR
    for at, account, subject in sorted(rows):
        while at >= tick:
            listed, held = memory.refresh(tick, wanted=99)
            seen[tick] = {one.id: one for one in (*listed, *held)}
            tick += 30 * MINUTE
        memory.add(subject, account, at)
    for hours in (33, 55.5):
        for tag in (festival, fest):
            found = seen[int(START + hours * HOUR_S) * 1000][tag]
            assert (found.held, found.raw, found.together) == (None, 60, 0)
    bought = next(one for one in memory.refresh(tick)[1] if one.id == later)
    assert (bought.held, bought.together) == ("acted_together", 60)


def test_an_attack_by_people_with_a_past_is_seen(tmp_path, capsys):
    """The report says what it finds: members who do act on their own are not to be told from a crowd."""
    attack = [(START + 40 * HOUR_S + n * 30, f"p{n}", "A0", "", "attack") for n in range(200)]
    report = replay(table(tmp_path, people(random.Random(4)), attack))
    assert [one.tag for one in report.reached_top] == ["A0"]
    command(table(tmp_path, people(random.Random(4)), attack))
    out = capsys.readouterr().out
    assert "attack A0: rank 1" in out
    assert "attacks in top 10: 1 of 1" in out


def test_what_is_taken_back_never_was():
    memory = TrendMemory()
    for n in range(6):
        memory.add(1, n + 1, n * 4 * MINUTE)
    assert [one.raw for one in memory.refresh(HOUR)[0]] == [6]
    memory.take_back(1, 1, 0, HOUR)
    memory.take_back(1, 1, 0, HOUR)
    memory.take_back(1, 9, 0, HOUR)
    assert [one.raw for one in memory.refresh(HOUR)[0]] == [5]
    assert memory.refresh(30 * HOUR) == ([], [])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("time,actor,tag\n1,a,b\n", "no column deleted_at, label"),
        (HEAD + "soon,a,b,,organic\n", "line 2: a time is no number"),
        (HEAD + "2,a,b,,organic\n1,a,b,,organic\n", "line 3: rows must be in the order of time"),
    ],
)
def test_tables_that_cannot_be_played_back(tmp_path, text, says):
    path = tmp_path / "acts.csv"
    path.write_text(text)
    with pytest.raises(NotReplayable, match=says):
        replay(path)
    with pytest.raises(Refused, match=says):
        command(path)


def test_many_acts_of_one_account_cost_and_count_as_few():
    memory = TrendMemory()
    for at in range(10_000):
        memory.add(1, 5, at)
    assert len(memory._acts) == KEPT
    for at in range(KEPT):
        memory.take_back(1, 5, at, 10_000)
    assert not memory._subjects[1].acts
    memory.add(1, 5, 10_001)
    assert memory._subjects[1].acts == {5: [10_001]}


def test_what_is_over_is_forgotten():
    memory = TrendMemory()
    for at in range(60):
        for account in range(10):
            memory.add(1 + at, account, at * HOUR)
        memory.refresh(at * HOUR)
    later = 60 * DAY
    memory.add(9_999, 1, later)
    for days in (2, 3):
        memory.refresh(later + days * DAY)
    assert set(memory._subjects) == {9_999}
    assert set(memory._pasts) <= {1}
    memory.refresh(later + 12 * DAY)
    assert not memory._gatherings
    assert not memory._subjects
