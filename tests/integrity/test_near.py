"""Fingerprints of texts that are nearly the same."""

import random

import numpy as np

from dunnock.integrity.coaction.near import KEYS, SHORTEST, fingerprint, fingerprints

WORDS = [
    "harbour",
    "ferry",
    "late",
    "storm",
    "bridge",
    "closed",
    "traffic",
    "police",
    "report",
    "morning",
    "city",
    "north",
    "road",
    "wind",
    "snow",
    "ticket",
    "train",
]


def text(seed, n=25):
    rng = np.random.default_rng(seed)
    return " ".join(rng.choice(WORDS, n))


def keys(*chunks):
    rows, found = fingerprints(chunks)
    return [set(found[rows == n].tolist()) for n in range(sum(map(len, chunks)))]


def test_texts_that_differ_by_a_word_meet_and_others_do_not():
    texts = [text(n) for n in range(200)]
    changed = [one.replace(one.split()[12], "harbor", 1) for one in texts]
    found = keys(texts, changed)
    near = sum(bool(found[n] & found[200 + n]) for n in range(200))
    far = sum(bool(found[n] & found[200 + (n + 1) % 200]) for n in range(200))
    assert near >= 150
    assert far <= 2


def test_a_text_has_the_same_keys_whatever_stands_around_it():
    alone = keys([text(7)])[0]
    assert len(alone) == KEYS
    assert keys([text(1), text(7), text(2)])[1] == alone
    assert keys(["short", text(3)], ["", text(7)])[3] == alone
    assert keys(["ж" * 40 + "абвг", text(7)])[1] == alone


def test_short_texts_have_none():
    assert keys(["a" * (SHORTEST - 1), "", "b" * SHORTEST]) == [set(), set(), keys(["b" * SHORTEST])[0]]
    assert len(fingerprints([])[0]) == 0


def test_one_text_alone_has_the_keys_that_it_has_among_others():
    dice = random.Random(5)
    texts = ["".join(dice.choices("abc déf漢 ", k=length)) for length in (0, 5, 30, 31, 32, 33, 60, 500, 3_000)]
    for among in ([*texts, "a short one is last"], [*texts, "ab\0c" * 12], texts[::-1]):
        rows, keys = fingerprints([among])
        for number, text in enumerate(among):
            assert fingerprint(text) == keys[rows == number].tolist()
