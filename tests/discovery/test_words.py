"""The tokeniser and the query language: pure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunnock.discovery import marks
from dunnock.discovery.query import EVERYWHERE, MOST_TERMS, Part, Term, for_postgresql, for_sqlite, read
from dunnock.discovery.words import fold, phrase_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, World! it's 3.14", ["hello", "world", "it", "s", "3", "14"]),
        ("Crème BRÛLÉE \uff26\uff55\uff4c\uff4c \ufb01ne Straße", ["creme", "brulee", "full", "fine", "strasse"]),
        ("Привет, Ёлка й їжа", ["привет", "елка", "й", "їжа"]),  # the other marks are letters there
        ("Αθήνα ΑΘΗΝΑ Οδυσσεύς", ["αθηνα", "αθηνα", "οδυσσευσ"]),
        ("東京都に住む", ["東京", "京都", "都に", "に住", "住む", "む"]),
        ("ラーメン 犬", ["ラー", "ーメ", "メン", "ン", "犬"]),
        ("한국어를", ["한국", "국어", "어를", "를"]),
        ("iPhone東京2", ["iphone", "東京", "京", "2"]),
        ("العربية عِلم عـــلم أحمد إلى مكتبة", ["العربيه", "علم", "علم", "احمد", "الي", "مكتبه"]),
        ("کتاب گوی", ["كتاب", "گوي"]),  # Persian
        ("שָׁלוֹם שלום", ["שלום", "שלום"]),
        ("٢٠٢٦ ۲۰۲۶ २०२६", ["2026", "2026", "2026"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("snake_case __init__", ["snake_case", "__init__"]),
        ("🦊 — … !!", []),
        ("a" * 300, ["a" * 64]),
    ],
)
def test_words(text, words):
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("typed", "words", "begins"),
    [
        ("京都", ("京都",), False),
        ("東京都", ("東京", "京都"), False),
        ("犬", ("犬",), True),
        ("東京 tokyo", ("東京", "京", "tokyo"), False),
        ("well-known.example", ("well", "known", "example"), False),
        ("İstanbul", ("istanbul",), False),
    ],
)
def test_phrases(typed, words, begins):
    assert phrase_of(typed) == (words, begins)


@given(st.text())
def test_folding_is_done_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_no_word_looks_like_a_mark_or_has_a_sign_of_a_query_language(text):
    for word in words_of(text):
        assert not set(word) & set(" \"'#@:\\&|!<>()*-.\0")


def test_queries():
    one = read('cats "black dog" -bird from:@Anna has:media OR has:poll is:reply language:pt-BR in:library')
    assert one.groups == (
        (Term(("cats",)),),
        (Term(("black", "dog")),),
        (Term(author="anna"),),
        (Term((":hm",)), Term((":hp",))),
        (Term((":ir",)),),
        (Term((":lpt-br",)),),
    )
    assert (one.without, one.scope, one.authors) == ((Term(("bird",)),), "library", ("anna",))
    day = 1_700_006_400_000 << 16  # 2023-11-15
    span = 86_400_000 << 16
    assert (read("a before:2023-11-15").above, read("a before:2023-11-15").below) == (0, day)
    assert (read("a after:2023-11-15").above, read("a after:2023-11-15").below) == (day + span - 1, None)
    assert (read("during:2023-11-15").above, read("during:2023-11-15").below) == (day - 1, day + span)
    assert read("a -during:2023-11-15").gaps == ((day, day + span),)
    assert (read("a -before:2023-11-15").above, read("a -after:2023-11-15").below) == (day - 1, day + span)
    for never in ("before:soon", "has:nothing", "is:odd", "language:!", "domain:..", "in:nowhere"):
        assert read(never).groups == ((Term(),),), never
    assert not read("... -- !?").says
    assert not read("OR").says
    assert read("a OR").groups == ((Term(("a",)),),)
    assert read("#Cats @Anna@far.example ratio:2").groups == (
        (Term(("#cats",)),), (Term(("@anna@far.example",)),), (Term(("ratio", "2")),),
    )  # fmt: skip


def test_a_query_is_bounded():
    """SC-095: what is typed is read once, from left to right, and only so much of it."""
    assert len(read("(" * 10_000 + " ".join(f"w{n}" for n in range(2_000))).groups) <= MOST_TERMS
    assert len(read('"' * 9_999).groups) <= MOST_TERMS


@given(st.text(alphabet="ab\"'-: ORfromhas:@#.*()\\\0犬猫", max_size=60))
def test_what_is_typed_is_never_the_engines_own_language(typed):
    query = read(typed)
    said = for_sqlite(query, {}, EVERYWHERE)
    outside = "".join(said.split('"')[::2])
    assert set(outside) <= set("() ANDORNOT*")
    for pairs in (False, True):
        outside = "".join(for_postgresql(query, {}, EVERYWHERE, pairs=pairs).split("'")[::2])
        assert set(outside) <= set("()&|!<->:*")


def test_a_phrase_names_its_pairs_for_postgresql():
    query = read('"one two three" -"four five" six "seldom something"')
    one, two = marks.pairs(("one", "two", "three"))
    (four,) = marks.pairs(("four", "five"))
    all_ = (Part(("",)),)
    assert for_postgresql(query, {}, all_, pairs=True) == (
        f"((('{one}'&'{two}'&('one'<->'two'<->'three')))&('six')&('seldom'<->'something')&!(('{four}'&('four'<->'five'))))"
    )
    assert for_postgresql(query, {}, all_, pairs=False) == (
        "(('one'<->'two'<->'three')&('six')&('seldom'<->'something')&!('four'<->'five'))"
    )
    assert list(marks.pairs(("one", ":-", "two", ":p", "#tag", "longest", "one"))) == []
    assert for_postgresql(query, {}, (Part(("",), (":p",)),), pairs=True, rough=True) == (
        f"((':p')&(('{one}'&'{two}'))&('six')&('seldom'<->'something')&!(('{four}'&('four'<->'five'))))"
    )
    (mark,) = marks.pairs(("one", "two"))
    found = for_postgresql(read('"something one two 犬"'), {}, all_, pairs=True, rough=True)
    assert found == f"((('{mark}'&'something'&'犬':*)))"
    (shy,) = marks.pairs(("-sixsix", "-two"))
    assert shy.startswith("-:2")
    assert for_postgresql(read('"sixsix two"'), {}, (Part(("-",), ("-:f3",)),), pairs=True) == (
        f"(('-:f3')&(('{shy}'&('-sixsix'<->'-two'))))"
    )
