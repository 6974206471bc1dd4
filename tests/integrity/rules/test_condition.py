"""Conditions of rules: what can be said, what is refused and why, and that reading one is bounded."""

from __future__ import annotations

import pytest

from dunnock.integrity.rules.condition import ConditionRefused, Facts, Said, checked, compiled, told

PITCH = "Buy the cheapest pills in the whole valley at our little shop today"


def facts(**more):
    said = more.pop("text", PITCH)
    return Facts(
        **{
            "kind": "post", "said": Said(said), "origin": "", "account": "wren@far.example",
            "links": frozenset({"shop.pills.example"}), "hashtags": frozenset({"valley"}), "age_days": 3.0,
            "followers_here": 2, "posts_last_hour": 12, "signals": {"made.up": 0.7},
        } | more
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "meets"),
    [
        ("kind = post", True),
        ("kind = reply", False),
        ("kind = boost", False),
        ("age_days < 3", False),
        ("age_days <= 3", True),
        ("followers_here = 2", True),
        ("posts_last_hour > 11.5", True),
        ("posts_last_hour >= 13", False),
        ("origin = here", True),
        ("origin = pills.example", False),
        ("account = @Wren@far.example", True),
        ("account = wren", False),
        ("link = pills.example", True),
        ("link = ills.example", False),
        ("hashtag = #Válley", True),
        ("hashtag = hill", False),
        ('text has "CHEAPEST  p.i.l.l.s"', True),
        ('text has "cheapest shop"', False),
        ('text like "Buy the cheapest pills in the whole valley in our small shop today"', True),
        ('text like "The ministry has kept its promise to our farmers in the valley"', False),
        ("signal:made.up >= 0.7", True),
        ("signal:made.up > 0.7", False),
        ("signal:made.other >= 0", False),
        ("not(kind = post)", False),
        ("all(kind = post, age_days < 7, any(hashtag = hill, link = pills.example))", True),
        ("all(kind = post, not(any(hashtag = valley, hashtag = hill)))", False),
        ("ANY(kind = boost, kind = post)", True),
    ],
)
def test_what_can_be_said(words, meets):
    assert compiled(words).meets(facts()) is meets


def test_a_reply_is_a_post_and_a_server_covers_what_is_below_it():
    assert compiled("kind = post").meets(facts(kind="reply"))
    assert compiled("origin = bad.example").meets(facts(origin="eu.bad.example"))
    assert not compiled("origin = here").meets(facts(origin="bad.example"))
    assert not compiled("signal:made.up > 0").meets(facts(signals={}))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "expected a condition at its end"),
        ("colour = red", "there is no colour"),
        ("kind = dance", "there is no kind dance"),
        ("age_days", "expected =, <, <=, > or >= at its end"),
        ("age_days = young", "that is no number: young"),
        ("age_days < nan", "no number that can be"),
        ("age_days < 1e99", "no number that can be"),
        ("age_days <", "a value is missing"),
        ('text has "ab"', "4 to 300"),
        ('text like "short one"', "20 to 300"),
        ('text is "something"', "not is"),
        ("text has pills", "a text in quotation marks"),
        ('text has "pills', "a quotation mark is missing"),
        ("signal:x > 1", "that is no detector"),
        ("link = ../etc", "that is no server"),
        ("all(kind = post", "expected ) at its end"),
        ("kind = post kind = reply", "nothing is expected after its end"),
        ("not(kind = post, kind = reply)", "not() has one part"),
        ("all()", "expected a condition, not )"),
        ("not(" * 7 + "kind = post" + ")" * 7, "within each other"),
        (f"all({', '.join(['kind = post'] * 33)})", "more than 32 conditions"),
        ("kind = post" + " " * 2_000, "2000 characters"),
        ("__import__('os')", "there is no __import__"),
        ("kind = post and age_days < 7", "joined by all(…) or any(…)"),
        ("signal:together.scrpt > 0.5", "there is no detector together.scrpt; there are identity.lookalike"),
        ("signal:together.script >= 8", "from 0 to 1"),
        ('hashtag = "#"', "a hashtag is missing"),
        ("link = https://pills.example/x", "without https://"),
    ],
)
def test_what_is_refused_and_why(words, why):
    with pytest.raises(ConditionRefused) as refused:
        checked(words)
    assert why in refused.value.text


def test_quotation_marks_of_phones_and_what_was_written_before():
    assert compiled("text has “cheap pills”").meets(facts(said=Said("CHEAP pills")))
    assert not compiled("signal:gone.detector > 0").meets(facts()), "a rule in force goes on when its detector goes"


def test_only_what_it_needs_is_asked_for_and_no_words_are_kept():
    condition = compiled('all(age_days < 7, text has "pills", link = pills.example)')
    assert condition.needs == {"age_days", "text", "links"}
    assert told(facts(age_days=3.14159), condition.needs) == {
        "kind": "post", "age_days": 3.14, "links": ["shop.pills.example"], "characters": len(PITCH),
    }  # fmt: skip
    assert compiled('text like "twenty letters and digits"').needs == {"text"}


def test_the_same_words_are_read_once():
    assert compiled("age_days < 7") is compiled("age_days < 7")


def test_words_are_folded_once_and_only_when_asked(monkeypatch):
    young, cheap, pills = map(compiled, ('all(age_days > 7, text has "pills")', 'text has "cheap"', 'text has "pills"'))
    asked = []
    monkeypatch.setattr("dunnock.posts.folded", lambda words: asked.append(words) or "pills")
    act = facts()
    assert not young.meets(act)
    assert asked == [], "what came first said no"
    assert (cheap.meets(act), pills.meets(act), asked) == (False, True, [PITCH])
