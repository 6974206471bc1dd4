"""The audit: what it counts, that it is the same each time, and that a ranking that harms is found out."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from dunnock.cli import Refused
from dunnock.cli.audit import run as command
from dunnock.feeds.for_you import policy
from dunnock.feeds.for_you.audit import BadPlan, page_of, read_plan, run
from dunnock.feeds.for_you.features import NAMES
from dunnock.feeds.for_you.model import Model, default_text

PLAN = """
seed = 7
days = 5
refreshes = 8
page = 10
people = 250
posts_a_day = 300
harmful = 0.02
fringe = 0.06
""" + "".join(
    f'[[persona]]\nname = "{behaviour} {minor}"\nbehaviour = "{behaviour}"\ninterest = {n}\nminor = {minor}\n'
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
    command(tmp_path / "plan.toml", to=tmp_path / "a")
    command(tmp_path / "plan.toml", to=tmp_path / "b", before=tmp_path / "a" / "report.json")
    for name in ("report.json", "report.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert msgspec.json.decode((tmp_path / "a" / "report.json").read_bytes())["passed"] == report.passed
    assert page_of(report).count("<svg") == 2 * len(report.seen)


def test_a_gate_that_lets_harm_through_is_found_out(monkeypatch, tmp_path):
    monkeypatch.setattr(policy.Gate, "refusal", lambda *_: None)
    assert not run(read_plan(PLAN), model()).passed["minors_see_nothing_harmful"]
    (tmp_path / "plan.toml").write_text(PLAN)
    with pytest.raises(Refused, match="does not hold"):
        command(tmp_path / "plan.toml")


@pytest.mark.parametrize("text", ["", "days = [", "seed = 1\npersona = []", PLAN.replace("days = 5", "days = 5000")])
def test_bad_plans_are_refused(text):
    with pytest.raises(BadPlan):
        read_plan(text)
