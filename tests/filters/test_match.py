"""What a keyword matches: a table of cases, and what hostile keywords cost."""

from __future__ import annotations

import time

import pytest

from dunnock.filters.match import Matcher, Words
from dunnock.filters.model import Filter, FilteredPost, Keyword


def matcher(*keywords: str, whole_word: bool = True, posts: tuple[int, ...] = (), expires_at=None, now=0) -> Matcher:
    return Matcher(
        [
            Filter(
                1,
                "one",
                ("home",),
                expires_at=expires_at,
                keywords=tuple([Keyword(n, 1, word, whole_word) for n, word in enumerate(keywords)]),
                posts=tuple([FilteredPost(n, 1, an_id) for n, an_id in enumerate(posts)]),
            )
        ],
        now,
    )


def found(text: str, *keywords: str, whole_word: bool = True) -> str | None:
    results = matcher(*keywords, whole_word=whole_word).results(Words([text]), 9)
    return results[0].words[0] if results else None


@pytest.mark.parametrize(
    ("text", "keyword", "whole", "part"),
    [
        # text, keyword, as a whole word, as a part of one: how the post writes what was found
        ("A cat sat", "cat", "cat", "cat"),
        ("Concatenate", "cat", None, "cat"),
        ("CATS and cats", "cat", None, "CAT"),
        ("cat", "cat", "cat", "cat"),
        ("(cat)", "cat", "cat", "cat"),
        ("cat's", "cat", "cat", "cat"),
        ("cat_s", "cat", None, "cat"),
        ("cat9", "cat", None, "cat"),
        ("a concat, then a cat", "cat", "cat", "cat"),
        ("nothing", "cat", None, None),
        # Unicode: words of any script, marks, case folding
        ("STRASSE 1", "straße", "STRASSE", "STRASSE"),
        ("Die Straße.", "STRASSE", "Straße", "Straße"),
        ("Maßstab", "s", None, "s"),
        ("ΟΔΟΣ", "οδος", "ΟΔΟΣ", "ΟΔΟΣ"),
        ("Ünïcode", "ÜNÏCODE", "Ünïcode", "Ünïcode"),
        ("naïve", "na", None, "na"),
        ("cafe\u0301", "cafe", None, "cafe"),
        ("привет, Мир!", "мир", "Мир", "Мир"),
        ("मिठाई", "मिठा", None, "मिठा"),
        # scripts without spaces: in the midst of others a whole word is none, so that one writes a part
        ("白い猫がいる", "猫", None, "猫"),
        ("「猫」", "猫", "猫", "猫"),
        # hashtags, handles, emoji, punctuation: no border is asked for where the keyword has no letter
        ("see #Cats now", "#cats", "#Cats", "#Cats"),
        ("see #catsitter", "#cats", None, "#cats"),
        ("x#cats", "#cats", "#cats", "#cats"),
        ("#cats", "cats", "cats", "cats"),
        ("write @anna@there.example", "@anna@there.example", "@anna@there.example", "@anna@there.example"),
        ("such 🐦 joy", "🐦", "🐦", "🐦"),
        ("a C++ post", "c++", "C++", "C++"),
        ("a C++11 post", "c++", "C++", "C++"),
        ("two  words", "two words", None, None),
        ("Two Words", "two words", "Two Words", "Two Words"),
        # a keyword is text, no pattern
        ("any", ".*", None, None),
        ("what .* is", ".*", ".*", ".*"),
        ("(a+)+", "(a+)+", "(a+)+", "(a+)+"),
    ],
)  # fmt: skip
def test_what_matches(text, keyword, whole, part):
    assert (found(text, keyword), found(text, keyword, whole_word=False)) == (whole, part)


def test_the_first_in_the_post_is_told():
    assert found("one two three", "three", "two") == "two"
    assert found("onetwo", "onetwo", "one", whole_word=False) == "onetwo"


def test_parts_are_not_read_as_one_word_and_none_is_no_text():
    assert not matcher("onetwo", "one two").results(Words(["one", None, "", "two"]), 9)
    assert matcher("two").results(Words(["one", None, "two"]), 9)


def test_posts_match_by_themselves_and_by_their_boost():
    one = matcher("never", posts=(5, 7))
    assert one.results(Words(["hi"]), 5)[0].posts == (5,)
    assert one.results(Words(["hi"]), 5)[0].words is None
    assert one.results(Words(["hi"]), 6, 7)[0].posts == (7,)
    assert not one.results(Words(["hi"]), 6)
    # Keywords found in a filter with posts: none of them is this one.
    assert one.results(Words(["never"]), 6)[0].posts == ()
    assert matcher("never").results(Words(["never"]), 6)[0].posts is None


def test_filters_are_in_force_until_they_end():
    assert matcher("one", expires_at=10, now=9)
    assert matcher("one", expires_at=10, now=9).ends_at == 10
    assert not matcher("one", expires_at=10, now=10)
    assert not matcher()


def test_hostile_keywords_and_posts_stay_cheap():
    """SC-093: there is no pattern to blow up; a thousand keywords on the longest text take linear time."""
    words = Words(["a" * 30_000])
    assert len(words.written) == 20_000
    many = matcher(*["a" * 511 + chr(98 + n % 20) for n in range(1_000)], whole_word=False)
    begun = time.process_time()
    assert not many.results(words, 1)
    assert not matcher("a" * 512).results(words, 1)
    assert not matcher("(a+)+$" * 80).results(words, 1)
    assert time.process_time() - begun < 2
