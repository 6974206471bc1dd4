"""Marks of acts: what is stored by one release is compared with what the next one makes."""

import random

import numpy as np
import pytest

from dunnock.integrity.coaction.near import fingerprint, fingerprints
from dunnock.integrity.marks import _APART, _BETWEEN, _ROW, MOST_MARKS, _bare_words, marks_of_post

SAID = "The ferry, LATE again_and again -- see https://news.example/a?utm_source=x#y @ann@far.example (it's 5 p.m.)!"


@pytest.mark.parametrize(
    "words",
    [
        SAID, "", "...", "a\tb\nc\x1cd", "__init__ 100%", "ÄRGER im Café -- späte Fähre @ann", "今日は船が遅い。また",
        "\u0130stanbul @ann", "a\u00a0b",
    ],
)  # fmt: skip
def test_words_are_the_same_with_and_without_the_short_way(words):
    assert _bare_words(words) == _BETWEEN.sub(" ", _APART.sub(" ", words).lower()).strip()


def test_what_is_stored_stays_what_it_was():
    """As the releases before made them: 9 bytes a mark."""
    told = marks_of_post(
        SAID, tags=["ferry", "late"], links=["https://news.example/a?utm_source=x"], media=["picture 7"], reply_to=5, named=[9, 3]
    )  # fmt: skip
    assert told.hex(" ", -9) == (
        "02a514a842d1b27be7 03b91f2e1b88f50b77 032d7671914faaa1c1 039e18b613e2125021 04414d71b5fa959533 "
        "05107d8d835fa7536e 05db18bc8c922b0938 0664443cb662e74d7f 07d9437e3bcf5c4b21 088b54089fee8d99a0 "
        "099e251905a6d98e01 098eba7fddfa15f905"
    )


def test_only_so_many_are_kept():
    rows = np.frombuffer(marks_of_post("x", named=range(500)), _ROW)
    assert len(rows) == MOST_MARKS
    assert rows["trace"].max() < 32


def test_a_text_alone_has_the_keys_that_it_has_among_many():
    chance = random.Random(4)
    texts = [
        "".join(chance.choices("abc é日 ", k=length)) for length in (0, 8, 31, 32, 33, 40, 300, 5_000) for _ in range(5)
    ]
    rows, keys = fingerprints([texts])
    for at, one in enumerate(texts):
        assert fingerprint(one) == keys[rows == at].tolist()
