"""The cache keeps what is used, forgets what is not, and never gives back what was forgotten or replaced."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dunnock.foundation.cache import Cache


def test_what_is_used_stays_and_the_rest_goes():
    cache: Cache[int, str] = Cache(10)
    cache.put(0, "used")
    for number in range(1, 200):
        cache.put(number, "once")
        assert cache.get(0) == "used"
        assert len(cache) <= 20
    assert cache.get(1) is None
    assert cache.get(199) == "once"


def test_forgetting():
    cache: Cache[int, str] = Cache(2)
    for number in range(4):
        cache.put(number, str(number))
    assert cache.pop(0) in {"0", None}
    assert cache.get(0) is None
    assert cache.pop(99) is None
    cache.clear()
    assert len(cache) == 0
    assert cache.get(3) is None


_KEYS = st.integers(0, 7)


@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.sampled_from(["put", "get", "pop", "clear"]), _KEYS, st.integers(1, 1000)), max_size=60),
)
def test_it_gives_the_last_value_or_nothing(most, steps):
    cache: Cache[int, int] = Cache(most)
    truth: dict[int, int] = {}
    for what, key, value in steps:
        if what == "put":
            cache.put(key, value)
            truth[key] = value
            assert cache.get(key) == value
        elif what == "get":
            assert cache.get(key) in {truth.get(key), None}
        elif what == "pop":
            assert cache.pop(key) in {truth.pop(key, None), None}
            assert cache.get(key) is None
        else:
            cache.clear()
            truth.clear()
        assert len(cache) <= 2 * most
