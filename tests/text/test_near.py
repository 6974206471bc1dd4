"""One slip of the finger, and no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunnock.text import near


@pytest.mark.parametrize("typed", ["dunock", "dunnnock", "dunnokc", "dunnick", "unnock", "dunnockx", "dnunock"])
def test_what_was_meant_is_among_them(typed):
    assert "dunnock" in near(typed)


@pytest.mark.parametrize("typed", ["dunnock", "dnnuock", "sparrow", "doonock", "dun", "dunnock" * 4])
def test_what_is_further_away_is_not(typed):
    assert "dunnock" not in near(typed)


@given(
    st.text("abcdef", min_size=5, max_size=12),
    st.integers(0, 11),
    st.sampled_from(["leave", "wrong", "more", "change"]),
)
def test_every_slip_is_taken_back(word, at, slip):
    at %= len(word) - 1
    typed = {
        "leave": word[:at] + word[at + 1 :],
        "wrong": word[:at] + "z" + word[at + 1 :],
        "more": word[:at] + "z" + word[at:],
        "change": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    }[slip]
    found = near(typed)
    assert typed == word or word in found
    assert len(found) == len(set(found)) < 1_500
