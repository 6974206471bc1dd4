"""The pure ranking: sums that can be worked out again, features by hand, an arranger that writes down what it does."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from dunnock import accounts
from dunnock.cli import Refused
from dunnock.cli.feeds import evaluate as command
from dunnock.feeds.for_you.arrange import Item, arrange, shelf_of
from dunnock.feeds.for_you.engagements import Engagements
from dunnock.feeds.for_you.evaluate import evaluate, read_events
from dunnock.feeds.for_you.features import CO_ENGAGEMENT, FARING, NAMES, SOCIAL, TIMES, Walks, faring
from dunnock.feeds.for_you.fit import Choice, fit_weights, ndcg
from dunnock.feeds.for_you.model import Arranging, BadWeights, Model, default_text
from dunnock.feeds.for_you.rank import Candidate, rank
from dunnock.feeds.for_you.receipt import recompute

HOUR = 3600.0


def world(seed=3, people=200, items=300, acts=2_000):
    dice = np.random.default_rng(seed)
    known = Engagements()
    for at in np.sort(dice.uniform(0, 48 * HOUR, acts)):
        taste = int(dice.integers(people))
        known.add(taste, int((taste % 5) * 60 + dice.integers(60)) % items, float(at))
    return known


def page(known, account, *, model=None, now=48 * HOUR, draw=None, limit=20):
    model = model or Model(default_text(), NAMES)
    ids = known.active(since=0)
    walks = Walks(known.pool(ids, now=now), known.activity())
    walked = walks.values(known.near(account, now=now))
    values = np.concatenate([walked, np.zeros((len(ids), len(SOCIAL)))], 1)
    items = [Candidate(Item(one, one % 40, frozenset({f"t{one % 7}"}), small=one % 5 == 0), ("walk",)) for one in ids]
    return rank(items, values, model, at=1, policy="p", limit=limit, draw=draw)


def test_every_receipt_can_be_worked_out_again_by_other_code():
    dice = np.random.default_rng(0)
    text = default_text()
    for account in range(40):
        receipts = page(world(), account, draw=dice.random)
        assert len(receipts) == 20
        for one in receipts:
            assert recompute(one, text).wrong == ()
            assert one.parts.keys() == one.values.keys()
        assert [one.rank for one in receipts] == list(range(1, 21))


def test_a_receipt_that_lies_is_found_out():
    one = page(world(), 1)[0]
    name = max(one.parts, key=one.parts.get)
    text = default_text()
    for other in (
        {"score": one.score + 1e-6},
        {"placed": one.placed - 1e-6},
        {"parts": one.parts | {name: 0.0}},
        {"values": one.values | {name: one.values[name] * 2}},
        {"parts": one.parts | {"ghost": 1.0}},
        {"model": "0" * 64},
    ):
        assert recompute(msgspec.structs.replace(one, **other), text).wrong


def test_without_the_largest_cause_an_item_falls_by_what_the_receipt_says():
    known, text = world(), default_text()
    before = page(known, 2, limit=40)
    one = before[0]
    name = max(one.parts, key=one.parts.get)
    old = Model(text, NAMES)
    without = Model(
        text.replace(f"[feature.{name}]\nweight = {old.weights[name].weight}", f"[feature.{name}]\nweight = 0.0"), NAMES
    )
    assert without.weights[name].weight == 0
    after = {r.item: r for r in page(known, 2, model=without, limit=40)}
    assert after[one.item].score == pytest.approx(one.score - one.parts[name], abs=1e-9)


def test_features_by_hand():
    known = Engagements()
    for account, item, hour in ((1, 10, 0), (2, 10, 1), (2, 11, 2), (3, 10, 1), (1, 12, 3), (3, 12, 3)):
        assert known.add(account, item, hour * HOUR)
    assert not known.add(1, 10, 5 * HOUR)
    pool = known.pool([11, 10], now=4 * HOUR)
    values = dict(zip(CO_ENGAGEMENT, Walks(pool, known.activity()).values(known.near(1, now=4 * HOUR))[0], strict=True))
    # 2 shares one item (with three acts) with 1: of three items that either acted on, one in common
    assert values["alike"] == pytest.approx(1 / math.sqrt(3))
    assert values["kin"] == pytest.approx(1 / (2 + 2 - 1 + 1))
    assert values["kin_4h"] == pytest.approx(values["kin"] * 0.5**0.5)
    assert values["far"] > values["far_2h"] > 0
    assert values["soon"] == pytest.approx(0.5 ** (1 / 3) / math.sqrt(3) / math.sqrt(2))
    assert values["late"] == pytest.approx(0.5 ** (4 / 24) / math.sqrt(3) / math.sqrt(2))
    assert values["late_new"] == 0  # 2 answered 11 before 1 answered 12
    assert values["unseen"] == 0
    assert values["away"] == pytest.approx(math.log(3) * math.log(2))
    assert values["popular_2h"] == pytest.approx(0.5)
    assert values["age"] == pytest.approx(2)
    assert values["drawn"] == 1
    assert values["rising"] == pytest.approx(0.25)
    assert values["lately"] == values["lately_3"] == pytest.approx(1 / 2.05)


def test_how_lately_an_item_was_answered():
    known = Engagements()
    for account, hour in ((1, 0), (2, 1), (3, 2), (4, 4)):
        known.add(account, 10, hour * HOUR)
    known.add(5, 11, 3 * HOUR)
    columns = dict(zip(FARING, faring(known.pool([11, 12, 10], now=4 * HOUR)).T, strict=True))
    assert columns["lately"].tolist() == pytest.approx([1 / 1.05, 0, 1 / 0.05])
    assert columns["lately_3"].tolist() == pytest.approx([1 / 1.05, 0, 1 / 3.05])  # 2 answered 10 last but two
    assert columns["drawn"].tolist() == [1, 0, 4]
    assert columns["rising"].tolist() == pytest.approx([1 / 2, 0, (1 + 1 / 4 + 1 / 8 + 1 / 16) / 4])


def test_what_is_new_since_the_viewer_acted_last():
    known = Engagements()
    for account, item, hour in ((1, 10, 0), (2, 10, 0), (2, 11, 1), (3, 11, 2), (2, 12, 2), (1, 13, 1.5)):
        known.add(account, item, hour * HOUR)
    walks = Walks(known.pool([11, 12], now=4 * HOUR), known.activity())
    columns = {name: walks.values(known.near(1, now=4 * HOUR))[:, n] for n, name in enumerate(CO_ENGAGEMENT)}
    assert columns["late_new"][0] == 0  # 2 answered 11 before; 3 did after, and is nobody that 1 has to do with
    assert columns["late_new"][1] > 0
    assert list(columns["unseen"]) == [0, 1]
    none = walks.values(known.near(9, now=4 * HOUR))
    assert not none[:, [n for n, name in enumerate(CO_ENGAGEMENT) if name in {"late_new", "unseen", "away"}]].any()


def test_taking_an_act_back_leaves_what_there_would_be_without_it():
    known, other = world(acts=500), world(acts=500)
    assert known.add(7_000, 1, 48 * HOUR)
    assert known.drop(7_000, 1)
    assert not known.drop(7_000, 1)
    now = 48 * HOUR
    ids = other.active(since=0)
    a = Walks(known.pool(ids, now=now), known.activity()).values(known.near(3, now=now))
    b = Walks(other.pool(ids, now=now), other.activity()).values(other.near(3, now=now))
    assert np.array_equal(a, b)


@pytest.mark.parametrize("n", [10, 100, 1_000, 10_000])
def test_n_who_act_together_move_an_item_at_most_as_sqrt_n(n):
    def moved(many):
        known = Engagements()
        known.add(1, 5, 0)  # the viewer
        for account in range(100, 100 + many):
            known.add(account, 5, HOUR)  # they answer what the viewer answered,
            known.add(account, 6, 2 * HOUR)  # and push this
        known.group(dict.fromkeys(range(100, 100 + many), (1, 1.0)))
        pool = known.pool([6], now=3 * HOUR)
        walked = Walks(pool, known.activity()).values(known.near(1, now=3 * HOUR))[0]
        return pool, walked

    (_, one), (pool, all_of_them) = moved(1), moved(n)
    places = [place for place, name in enumerate(CO_ENGAGEMENT) if name not in TIMES]
    assert (all_of_them[places] <= one[places] * math.sqrt(n) * (1 + 1e-9)).all()
    assert pool.people[0] <= math.sqrt(n) * (1 + 1e-9)


def test_worth_is_what_accounts_says():
    known = Engagements()
    groups = {1: (7, 0.5), 2: (7, 1.0), 3: (7, 1.0), 4: (8, 0.25)}
    for account in range(1, 7):
        known.add(account, 1, account)
    known.group(groups)
    shares = accounts.shares(range(1, 7), {k: accounts.Independence(*v) for k, v in groups.items()})
    assert known.pool([1], now=10.0).worth.tolist() == pytest.approx([shares[one] for one in range(1, 7)])


def test_an_author_gets_less_with_each_post_and_small_ones_have_their_share():
    items = [Item(n, author=1 if n < 6 else n, small=n >= 30) for n in range(40)]
    scores = np.linspace(10, 0, 40)
    placed = arrange(shelf_of(items), scores, Arranging(author=0.5, most_of_author=3, small=0.2), limit=20)
    authors = [items[one.index].author for one in placed]
    assert authors.count(1) == 3
    assert sum(items[one.index].small for one in placed) == 4
    for one in placed:
        assert one.placed == pytest.approx(scores[one.index] + sum(c.amount for c in one.adjustments))
    heights = [one.placed for one in placed]
    assert heights == sorted(heights, reverse=True)
    lifted = [one for one in placed if any(c.name == "small_author" for c in one.adjustments)]
    assert len(lifted) == 4


def test_chance_has_its_share_and_says_how_probable_it_was():
    items = [Item(n, author=n) for n in range(200)]
    dice = np.random.default_rng(5)
    explored = places = 0
    for _ in range(400):
        for one in arrange(shelf_of(items), np.arange(200.0), Arranging(explore=0.01), limit=20, draw=dice.random):
            places += 1
            if one.adjustments:
                explored += 1
                assert one.propensity == pytest.approx(0.01 / 200)
            else:
                assert one.propensity == pytest.approx(0.99)
    assert 0.005 < explored / places < 0.015


@pytest.mark.parametrize(
    "text",
    [
        "not toml [",
        'version = "1"\n[feature.unknown]\nweight = 1.0',
        'version = "1"\n[feature.alike]\nweight = nan',
        'version = "1"\n[feature.alike]\nweight = 1.0\nscale = 0.0',
        'version = "1"\n[arrange]\nexplore = 0.5\n[feature.alike]\nweight = 1.0',
        'version = "1"\n[feature.alike]\nweight = 1.0\nmore = 1',
        "#" * 70_000,
    ],
)
def test_bad_weight_files_are_refused(text):
    with pytest.raises(BadWeights):
        Model(text, NAMES)


def test_fitting_finds_the_weights_that_choices_were_made_by():
    dice = np.random.default_rng(2)
    true = np.array([2.0, -1.0, 0.0])
    choices = []
    for _ in range(800):
        shaped = dice.normal(size=(20, 3)).astype(np.float32)
        likely = np.exp(shaped @ true)
        chosen = np.zeros(20, bool)
        chosen[dice.choice(20, p=likely / likely.sum())] = True
        choices.append(Choice(shaped, chosen))
    assert fit_weights(choices) == pytest.approx(true, abs=0.2)


def test_ndcg_by_hand():
    assert ndcg([True, False, True], 2) == pytest.approx((1 + 0.5) / (1 + 1 / math.log2(3)))
    assert ndcg([False] * 10, 3) == 0


def test_evaluation_finds_who_reads_the_same_and_never_looks_ahead(tmp_path):
    dice = np.random.default_rng(1)
    rows = []
    for k in range(4_000):
        at = k * 90  # 100 hours
        taste = int(dice.integers(4))
        rows.append((at, f"u{taste}-{dice.integers(15)}", f"i{taste}-{at // 30_000}-{dice.integers(30)}"))
    path = tmp_path / "events.csv"
    path.write_text("time,user,item\n" + "".join(f"{t},{u},{i}\n" for t, u, i in rows))
    events = read_events(path)
    model = Model(default_text(), NAMES)
    fitted = evaluate(events, model, since=60 * HOUR, until=80 * HOUR)
    assert fitted.rankings > 100
    assert fitted.ndcg > 2 * fitted.popularity
    assert 0 < fitted.coverage <= 1
    # what comes later changes nothing
    path.write_text("time,user,item\n" + "".join(f"{t},{u},{i}\n" for t, u, i in rows if t < 84 * HOUR))
    assert evaluate(read_events(path), model, since=60 * HOUR, until=80 * HOUR) == fitted


def test_the_command_ranks_by_a_file_as_it_is(tmp_path, capsys):
    path = tmp_path / "events.csv"
    path.write_text(
        "time,user,item\n" + "".join(f"{n * 90},u{n % 30},i{n // 400}-{(n // 30 * 7 + n) % 60}\n" for n in range(4_000))
    )
    (tmp_path / "weights.toml").write_text(default_text())
    command(path, since=0.5, shipped=True)
    shipped = capsys.readouterr().out.splitlines()
    command(path, since=0.5, weights=tmp_path / "weights.toml")
    assert capsys.readouterr().out.splitlines()[:4] == shipped[:4]
    assert shipped[0].startswith("NDCG@10 0.")
    with pytest.raises(Refused):
        command(path, weights=path)
