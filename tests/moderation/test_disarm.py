"""Techniques of DISARM are found by id and by words."""

from __future__ import annotations

import pytest

from dunnock.moderation import disarm


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("T0049.005", "T0049.005"),
        ("t0049", "T0049"),
        ("swarming", "T0049.005"),
        ("SWARM conduct", "T0049.005"),
        ("\uff33warming", "T0049.005"),
        ("overwhelm information space", "T0049.005"),
    ],
)
def test_found(asked, first):
    assert disarm.search_techniques(asked)[0].id == first


def test_a_technique_comes_with_its_kinds():
    found = [one.id for one in disarm.search_techniques("T0091")]
    assert found == ["T0091", "T0091.001", "T0091.002", "T0091.003"]


@pytest.mark.parametrize("asked", ["", "   ", "zzz", "T9999", "swarming zzz", "\t", "x" * 10_000])
def test_nothing_is_found(asked):
    assert disarm.search_techniques(asked) == []


def test_no_more_than_asked_for():
    assert len(disarm.search_techniques("t")) == disarm.MOST_FOUND
    assert len(disarm.search_techniques("a", most=3)) == 3


def test_by_id():
    assert disarm.find_technique("T0049.005").name == "Conduct Swarming"
    assert disarm.find_technique("T9999") is None
