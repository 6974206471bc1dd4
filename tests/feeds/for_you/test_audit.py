"""The audit: what it counts, that it is the same each time, and that a ranking that harms is found out."""

from __future__ import annotations

import contextlib

import msgspec
import numpy as np
import pytest

from dunnock.cli import Refused
from dunnock.cli.audit import run as command
from dunnock.feeds.for_you import policy
from dunnock.feeds.for_you.audit import (
    BadPlan,
    Report,
    bytes_of,
    compare,
    is_sound,
    page_of,
    plan_named,
    plans,
    read_plan,
    run,
)
from dunnock.feeds.for_you.audit.bars import drifts, judge
from dunnock.feeds.for_you.audit.reading import circles_at, moments, read_all
from dunnock.feeds.for_you.audit.world import World
from dunnock.feeds.for_you.engagements import Engagements
from dunnock.feeds.for_you.features import NAMES
from dunnock.feeds.for_you.model import Model, default_text

PLAN = """
seed = 7
days = 5
refreshes = 8
page = 10
people = 400
posts_a_day = 300
harmful = 0.02
fringe = 0.03
bridges = 0.2
crowds = [10, 1000]
""" + "".join(
    f'[[persona]]\nname = "{behaviour} {minor}"\nbehaviour = "{behaviour}"\ninterest = {n}\nminor = {minor}\nfollows_tag = true\n'
    for n, behaviour in enumerate(("passive", "curious", "doom_scrolling", "corrective"), 1)
    for minor in ("true", "false")
)


def model():
    return Model(default_text(), NAMES)


@pytest.fixture(scope="module")
def report():
    return run(read_plan(PLAN), model())


def test_the_ranking_holds_what_it_is_to_hold(report):
    assert report.passed
    assert all(report.passed.values()), report.passed
    assert report.base_harmful > 0.01
    assert report.base_fringe > 0
    for one in report.seen:
        assert one.shown == 400
        assert one.wrong == 0
        if one.minor:
            assert sum(one.harmful) == 0


def test_adults_see_more_of_what_interests_them_than_there_is(report):
    base = 1 / 12
    assert np.mean([np.mean(one.interest) for one in report.seen if not one.minor]) > 2 * base


def test_it_is_the_same_each_time(report, tmp_path):
    (tmp_path / "plan.toml").write_text(PLAN)
    command(str(tmp_path / "plan.toml"), to=tmp_path / "a")
    command(str(tmp_path / "plan.toml"), to=tmp_path / "b")
    for name in ("report.json", "report.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert msgspec.json.decode((tmp_path / "a" / "report.json").read_bytes())["passed"] == report.passed
    page = page_of(report)
    assert page.count("<figure>") == 2 * len(report.seen) + 1
    assert "<script" not in page
    assert page.count(" times</dd>") >= len(report.seen)
    assert page.count("they post none") >= len(report.seen)  # of the fringe


def test_the_page_compares_with_the_last_run(report):
    then = msgspec.structs.replace(report, passed={**report.passed, "receipts_are_right": False})
    assert page_of(report, then).count("other than last time") == 1
    assert f"({report.seen[0].ndcg:.4f})" in page_of(report, then)


def test_the_report_has_every_figure_of_each_persona(report):
    told = msgspec.json.decode(bytes_of(report))["figures"]
    for one, its in zip(report.seen, told, strict=True):
        assert its["drift"] == one.drift
        followed = one.followed_harmful
        assert its["amplified_harmful"] == (float(np.mean(one.harmful)) / followed if followed else None)
        assert its["amplified_interest"] > 0
        assert (its["receipts"], its["wrong"]) == (50, 0)  # the first page of each of five days
        assert 0 < its["gini"] < 1
        assert its["largest_author"] <= 0.3
    assert [one["recovery"] is not None for one in told] == [one.behaviour == "corrective" for one in report.seen]
    assert is_sound(report)
    wrong = msgspec.structs.replace(report.figures[0], harmful=0.5)
    assert not is_sound(msgspec.structs.replace(report, figures=(wrong, *report.figures[1:])))


def test_two_runs_are_compared_by_figures(report, tmp_path):
    other = msgspec.structs.replace(report.seen[0], largest_author=report.seen[0].largest_author + 0.25)
    before = msgspec.structs.replace(
        report, seen=(other, *report.seen[1:]), passed={**report.passed, "receipts_are_right": False}
    )
    found = compare(report, before)
    assert found.passed == {"receipts_are_right": True}
    assert found.personas[0].by["largest_author"] == pytest.approx(-0.25)
    assert {change for one in found.personas[1:] for change in one.by.values()} == {0.0}
    (tmp_path / "before.json").write_bytes(bytes_of(before))
    (tmp_path / "plan.toml").write_text(
        PLAN.replace("days = 5", "days = 1").replace("crowds = [10, 1000]", "crowds = []")
    )
    with contextlib.suppress(Refused):
        command(str(tmp_path / "plan.toml"), to=tmp_path, before=tmp_path / "before.json", processes=1)
    assert len(msgspec.json.decode((tmp_path / "comparison.json").read_bytes())["personas"]) == len(report.seen)


def test_a_report_from_before_is_read_and_written_as_it_was(report):
    later = ("followed_fringe", "followed_interest", "receipts", "gini")
    old = msgspec.json.decode(bytes_of(report))
    del old["figures"]
    for one in old["seen"]:
        for name in later:
            del one[name]
    text = msgspec.json.format(msgspec.json.encode(old)) + b"\n"
    read = msgspec.json.decode(text, type=Report)
    assert bytes_of(read) == text
    assert is_sound(read)
    assert "they post none" in page_of(read)


def test_no_persona_is_told_of_another(report):
    plan = msgspec.structs.replace(read_plan(PLAN), crowds=())
    world, anew = World(plan), [now for now, _, is_anew in moments(plan) if is_anew]
    assert len(anew) == 4 * plan.days
    alone = read_all(world, model(), [2], dict(zip(anew, circles_at(world, anew), strict=True)))
    assert alone == (report.seen[2],)


def test_a_crowd_gains_its_root_once_it_is_known(report):
    ten, thousand = report.crowds
    assert ten.gain == pytest.approx(10**0.5)
    assert ten.gain_unknown >= 10
    assert 1 < thousand.gain <= 1000**0.5
    assert thousand.gain_unknown > thousand.gain


def test_a_crowd_that_gains_more_is_found_out(report):
    worse = [msgspec.structs.replace(one, gain=one.gain * 1.01) for one in report.crowds]
    assert not judge(report.seen, worse, harmful=0.02, fringe=0.03)["crowds_gain_at_most_their_root"]


def test_each_persona_is_held_to_the_fringe_not_their_mean(report):
    base = report.base_fringe
    one = msgspec.structs.replace(report.seen[0], fringe=(*report.seen[0].fringe[:-1], 2 * base + 0.001))
    passed = judge([one, *report.seen[1:]], (), harmful=report.base_harmful, fringe=base)
    assert not passed["fringe_at_most_twice_its_share"]


@pytest.mark.parametrize(
    ("shares", "grows"),
    [
        ([[0.01] * 7] * 8, False),
        ([[0.02, 0.01, 0.02, 0.01, 0.01, 0.02, 0.01]] * 8, False),
        ([[0.001 * day + 0.002 * (n % 3) for day in range(7)] for n in range(8)], True),
        ([[0.01] * 7] * 7 + [[0.02 * day for day in range(7)]], True),  # one alone
        ([[0.06 - 0.01 * day for day in range(7)]] * 8, False),
    ],
)
def test_what_counts_as_drift(shares, grows):
    assert drifts(shares) is grows


def test_without_circles_readers_are_led_where_they_did_not_turn(report, monkeypatch):
    monkeypatch.setattr(Engagements, "gather", lambda *_: None)
    plan = msgspec.structs.replace(read_plan(PLAN), crowds=())
    free = run(plan, model())
    assert sum(sum(one.fringe) for one in free.seen) > sum(sum(one.fringe) for one in report.seen)


@pytest.mark.parametrize("name", plans())
def test_the_plans_that_come_with_the_program_can_be_read(name):
    assert len(read_plan(plan_named(name)).readers) == 20


def test_a_gate_that_keeps_too_much_from_minors_is_found_out(monkeypatch):
    refusal = policy.Gate.refusal

    def harsh(gate, post, *rest):
        return "minor_sensitive" if gate.minor and post.id % 3 else refusal(gate, post, *rest)

    monkeypatch.setattr(policy.Gate, "refusal", harsh)
    plan = msgspec.structs.replace(read_plan(PLAN), crowds=(), days=2)
    assert not run(plan, model()).passed["minors_keep_what_interests_them"]


def test_a_gate_that_lets_harm_through_is_found_out(monkeypatch, tmp_path):
    monkeypatch.setattr(policy.Gate, "refusal", lambda *_: None)
    assert not run(read_plan(PLAN), model()).passed["minors_see_nothing_harmful"]
    (tmp_path / "plan.toml").write_text(PLAN)
    with pytest.raises(Refused, match="does not hold"):
        command(str(tmp_path / "plan.toml"), processes=1)


@pytest.mark.parametrize("text", ["", "days = [", "seed = 1\npersona = []", PLAN.replace("days = 5", "days = 5000")])
def test_bad_plans_are_refused(text):
    with pytest.raises(BadPlan):
        read_plan(text)
