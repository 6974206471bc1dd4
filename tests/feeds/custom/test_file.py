"""The file of a custom feed: what is read, and what is refused by the name of its field."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from dunnock.feeds.custom.file import LARGEST, FeedRefused, check, model_of
from dunnock.feeds.for_you.features import NAMES
from dunnock.feeds.for_you.model import Model, default_text

HEAD = 'version = 1\ntitle = "Birds"\n'
SOME = HEAD + '[sources]\nhashtags = ["birds"]\n'
SCORED = SOME + '[order]\nby = "score"\n'


def test_what_the_docs_show_is_read_and_json_is_the_same():
    docs = Path(__file__).parents[3] / "docs" / "custom-feeds.md"
    found = re.search(r"```toml\n(.*?)```", docs.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    file = check(found[1])
    assert file.sources.accounts == ("robin", "wren@other.example")
    assert file.filters.max_age == 48
    assert file.order.weights["age"] == -0.5
    assert check(msgspec.json.encode(tomllib.loads(found[1])).decode()) == file


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "text"),
        ("not = [", "text"),
        ('{"version": 1,', "text"),
        ("{" * 10_000, "text"),
        (SOME + "#" * LARGEST, "text"),
        (SOME + "\0", "text"),
        (HEAD, "text"),
        (HEAD.replace("1", "2") + "[sources]\nlocal = true\n", "version"),
        (HEAD + "[sources]\n", "sources"),
        (HEAD + '[sources]\nlocal = "yes"\n', "sources.local"),
        (HEAD + '[sources]\nnonsense = ["x"]\n', "sources"),
        (HEAD + '[sources]\nhashtags = ["a", 5]\n', "sources.hashtags[1]"),
        (HEAD + '[sources]\nhashtags = ["a", "#"]\n', "sources.hashtags[1]"),
        (HEAD + f"[sources]\nhashtags = {['x'] * 21}\n", "sources.hashtags"),
        (HEAD + '[sources]\naccounts = ["no body"]\n', "sources.accounts[0]"),
        (HEAD + f"[sources]\nwords = {['x'] * 6}\n", "sources.words"),
        (SOME.replace("Birds", " "), "title"),
        (SOME.replace('"Birds"', '"a\\nb"'), "title"),
        (SOME + '[filters]\nmedia = "some"\n', "filters.media"),
        (SOME + '[filters]\nlanguages = ["English"]\n', "filters.languages[0]"),
        (SOME + "[filters]\nper_author = 0\n", "filters.per_author"),
        (SOME + "[filters]\nmin_age = nan\n", "filters.min_age"),
        (SOME + "[filters]\nmin_age = 5\nmax_age = 5\n", "filters.max_age"),
        (SOME + "[order.weights]\nage = 1\n", "order.weights"),
        (SCORED, "order.weights"),
        (SCORED + "[order.weights]\nnonsense = 1\n", "order.weights"),
        (SCORED + "[order.weights]\nage = 101\n", "order.weights.age"),
        (SCORED + "[order.weights]\nage = nan\n", "order.weights.age"),
        (SCORED + "[order.weights]\nage = 1\n[filters]\nboosts = true\n", "filters.boosts"),
    ],
)
def test_what_is_wrong_is_refused_by_its_name(text, field):
    with pytest.raises(FeedRefused) as refused:
        check(text)
    assert list(refused.value.details) == [field], refused.value.text
    assert field == "text" or field in refused.value.text


def test_the_weights_of_a_feed_are_a_weight_file():
    base = Model(default_text(), NAMES)
    model = model_of(check(SCORED + "[order.weights]\nage = -2\nfollowed = 1\n[filters]\nper_author = 7\n"), base)
    assert {name: one.weight for name, one in model.weights.items()} == {"age": -2, "followed": 1}
    assert model.weights["age"].scale == base.weights["age"].scale
    assert model.weights["followed"].shape == "plain"
    assert model.arrange.most_of_author == 7
    assert model.arrange.explore == 0
