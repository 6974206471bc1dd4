"""Learning from receipts, in a made-up world where it is known by what people choose."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dunnock.feeds.for_you.arrange import Item
from dunnock.feeds.for_you.features import NAMES
from dunnock.feeds.for_you.learn import HELD, LEAST, Showing, TooLittle, learn
from dunnock.feeds.for_you.model import Model, default_text, text_of
from dunnock.feeds.for_you.rank import Candidate, rank

_SHIPPED = Model(default_text(), NAMES)
_SET = {
    "alike": 0.15,
    "kin": 0.35,
    "far": 0.3,
    "popular_2h": 0.1,
    "age": -0.6,
}  # whatever weights come with the program
LIVE = Model(text_of(_SHIPPED, _SET, version=_SHIPPED.version), NAMES)
USED = ("alike", "kin", "far", "popular_2h", "age", "followed", "topic", "less", "small_author")
TRUE = {"alike": 0.2, "kin": 1.2, "far": 0.0, "popular_2h": -0.6, "age": -0.2, "followed": 0.2, "topic": 2.0}
EXAMINED = 0.7


def world(true, *, seed=1, members=60, pages=14, live=LIVE, examined=EXAMINED):
    """Pages as `live` makes them, of which people take up one post by `true`, and by how far up it stands."""
    dice = np.random.default_rng(seed)
    truth = Model(text_of(live, true, version="true"), NAMES)
    showings = []
    for at in range(pages):
        for member in range(members):
            values = np.zeros((80, len(NAMES)))
            for name in USED:
                n = NAMES.index(name)
                there = dice.random(80) < 0.6
                plain = live.weights[name].shape == "plain"
                values[:, n] = there * (1.0 if plain else np.expm1(dice.uniform(0, 2, 80)) * live.weights[name].scale)
            items = [Candidate(Item(k, k), ("walk",)) for k in range(80)]
            receipts = rank(items, values, live, at=at * 1_000, policy="p", limit=20, draw=dice.random)
            shown = np.array([one.item for one in receipts])
            liking = truth.contributions(values[shown]).sum(1) - examined * np.log(np.arange(1, len(shown) + 1))
            likely = np.exp(liking - liking.max())
            chosen = int(shown[dice.choice(len(shown), p=likely / likely.sum())])
            showings.append(Showing(member, tuple(receipts), {chosen}))
    return showings


def test_the_weights_by_which_people_choose_are_found_and_win():
    learned = learn(world(TRUE), LIVE, version="2")
    found, compared = Model(learned.text, NAMES), learned.compared
    for name, weight in TRUE.items():
        before = LIVE.weights[name].weight
        assert abs(found.weights[name].weight - weight) < 0.3
        if abs(before - weight) > 0.5:
            assert abs(found.weights[name].weight - weight) < abs(before - weight) / 2
    for name in HELD:  # wishes and promises are not learnt
        assert found.weights[name] == LIVE.weights[name]
    for name in set(NAMES) - set(USED):  # nor what was never there
        assert found.weights[name].weight == LIVE.weights[name].weight
    assert found.arrange == LIVE.arrange
    assert compared.examined == pytest.approx(EXAMINED, abs=0.3)
    assert compared.wins
    assert compared.against == LIVE.hash
    assert {one.rival for one in compared.better} == {"live", "popularity", "walk"}
    assert compared.scores["file"] > max(score for name, score in compared.scores.items() if name != "file")
    assert compared.since < compared.parted <= compared.until
    assert learn(world(TRUE), LIVE, version="2") == learned


def test_what_is_in_force_already_can_t_be_beaten():
    truth = {name: one.weight for name, one in LIVE.weights.items()}
    learned = learn(world(truth), LIVE, version="2")
    assert not learned.compared.wins
    assert abs(next(one for one in learned.compared.better if one.rival == "live").mean) < 0.02


def test_standing_first_is_no_merit():
    """People who take whatever stands high teach only that, though the weights in force put it there."""
    nothing = {name: 0.0 for name in LIVE.weights if name not in HELD}
    learned = learn(world(nothing, examined=1.5), LIVE, version="2")
    found = Model(learned.text, NAMES)
    assert learned.compared.examined == pytest.approx(1.5, abs=0.2)
    for name in ("kin", "far", "age", "followed", "topic"):
        assert abs(found.weights[name].weight) < abs(LIVE.weights[name].weight) / 2


def test_who_acts_together_counts_as_little_as_they_are_worth():
    push = {name: 0.0 for name in LIVE.weights if name not in HELD} | {"popular_2h": 5.0}
    honest = world(TRUE, members=60)
    bought = [
        Showing(one.account + 1_000, one.receipts, one.chosen, worth=60**-0.5)
        for one in world(push, seed=9, members=60)
    ]
    weights = Model(learn([*honest, *bought], LIVE, version="2").text, NAMES).weights
    unseen = [Showing(one.account, one.receipts, one.chosen) for one in bought]
    fooled = Model(learn([*honest, *unseen], LIVE, version="2").text, NAMES).weights
    assert weights["popular_2h"].weight < 0.3 < fooled["popular_2h"].weight


def test_too_little_is_refused_with_the_numbers():
    few = world(TRUE, members=30, pages=4)
    with pytest.raises(TooLittle) as refused:
        learn(few, LIVE, version="2")
    assert f"{LEAST:,}" in refused.value.text
    with pytest.raises(TooLittle):  # many choices of a few members are the taste of a few
        learn(world(TRUE, members=20, pages=60), LIVE, version="2")
    with pytest.raises(TooLittle):
        learn([], LIVE, version="2")


def test_what_stood_there_by_chance_counts_for_what_did_not():
    showings = world(TRUE)
    learned = learn(showings, LIVE, version="2")
    by_chance = sum(
        one.propensity < 0.5 and one.item in showing.chosen for showing in showings for one in showing.receipts
    )
    assert learned.compared.by_chance == by_chance > 0
    assert math.isfinite(learned.compared.scores["file"])
