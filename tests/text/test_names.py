from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunnock import text


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("Example.COM", "example.com"),
        ("example.com.", "example.com"),
        ("Bücher.Example.", "xn--bcher-kva.example"),
        ("bu\u0308cher.example", "xn--bcher-kva.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("faß.de", "xn--fa-hia.de"),
        ("ΣΑΣ.gr", "xn--mxa9ab.gr"),
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
    ],
)
def test_one_spelling_a_domain(written: str, canonical: str) -> None:
    assert text.canonical_domain(written) == canonical


# SC-002: spellings that normalisation would turn into somebody else's name.
@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            ".",
            "com",
            "a..b",
            ".a.b",
            "a.b..",
            "-a.b",
            "a-.b",
            "a_b.com",
            "a b.com",
            "a.com ",
            " a.com",
            "a.com/",
            "a.com:80",
        ),
        *(
            "user@a.com",
            "exa%6dple.com",
            "ex\u00adample.com",
            "exa\u200dmple.com",
            "\uff45xample.com",
            "example\u3002com",
        ),
        *(
            "\u212a.com",
            "\u2126.gr",
            "\u2177.com",
            "xn--a.com",
            "xn--example-.com",
            "xn--.com",
            "ab--cd.com",
            "0x7f.1",
            "127.1",
        ),
        *("2130706433", "1.2.3", "01.2.3.4", "1.2.3.4.5", "münchen.127", "[::1]", "a.com\0", "a.com\n", "\ud800.com"),
        *("a" * 64 + ".com", "a." * 127 + "com", "é" * 63 + ".com", "\u0663.com"),
    ],
)
def test_refuses_what_does_not_round_trip(written: str) -> None:
    with pytest.raises(text.BadDomain):
        text.canonical_domain(written)


def test_ports_only_when_asked() -> None:
    assert text.canonical_domain("A.example:8001", port=True) == "a.example:8001"
    for bad in ("a.example:443", "a.example:0", "a.example:99999", "a.example:", "a.example:08", "a.example:1:2"):
        with pytest.raises(text.BadDomain):
            text.canonical_domain(bad, port=True)


@given(st.one_of(st.text(max_size=20), st.text(max_size=12).map(lambda name: name + ".example")))
def test_canonical_is_final(written: str) -> None:
    try:
        once = text.canonical_domain(written)
    except text.BadDomain:
        return
    assert text.canonical_domain(once) == once == once.lower()
    assert once.isascii()


def test_handles() -> None:
    assert text.parse_handle("@A@B.example") == text.Handle("A", "b.example")
    assert text.parse_handle("A").key == "a"
    assert text.parse_handle("acct:a@b.example:8001").key == "a@b.example:8001"
    assert str(text.Handle("A", "b.example")) == "A@b.example"
    for bad in ("", "@", "a b", "a@", "a@b", "@a@b.example@c", "é", "a@\uff45.com", "a" * 3000):
        with pytest.raises(text.BadHandle):
            text.parse_handle(bad)
    assert text.handle_key("ABC_1") == "abc_1"
    with pytest.raises(text.BadHandle):
        text.handle_key("\u212a")


@pytest.mark.parametrize(
    ("name", "slugs"),
    [
        ("", ["ERR_BLANK"]),
        ("a b", ["ERR_INVALID"]),
        ("é", ["ERR_INVALID"]),
        ("a\n", ["ERR_INVALID"]),
        ("Admin", ["ERR_RESERVED"]),
        ("__root_", ["ERR_RESERVED"]),
        ("a" * 31, ["ERR_TOO_LONG"]),
        ("é" * 31, ["ERR_INVALID", "ERR_TOO_LONG"]),
    ],
)
def test_usernames_refused(name: str, slugs: list[str]) -> None:
    with pytest.raises(text.BadUsername) as refusal:
        text.check_username(name)
    assert refusal.value.details is not None
    assert [slug for slug, _ in refusal.value.details["username"]] == slugs


def test_usernames_kept_as_written() -> None:
    assert text.check_username("Ann_9") == "Ann_9"
    assert text.check_username("a" * 30) == "a" * 30
    assert all(name == name.lower().strip("_") and reason for name, reason in text.RESERVED.items())


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Ünïcode", "unicode"),
        ("Straße", "straße"),
        ("\uff26\uff55\uff4c\uff4cWidth", "fullwidth"),
        ("ŁÓDŹ", "lodz"),
        ("日本語", "日本語"),
        ("a·b", "a·b"),
        ("A_1", "a_1"),
        ("a\u200db", "ab"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_hashtag_keys(name: str, key: str) -> None:
    assert text.hashtag_key(name) == key


@given(st.text())
def test_hashtag_keys_are_final(name: str) -> None:
    key = text.hashtag_key(name)
    assert text.hashtag_key(key) == key


def test_which_names_are_hashtags() -> None:
    assert all(text.is_hashtag(name) for name in ("a", "1a", "a·b", "日本", "1_1"))
    assert not any(text.is_hashtag(name) for name in ("", "1", "a b", "a·", "·a", "#a", "a" * 256, "__"))


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("en", "en"),
        ("EN_us", "en"),
        ("zh-tw", "zh-TW"),
        ("zh-Hant-TW", "zh"),
        ("ckb", "ckb"),
        ("xx", None),
        ("", None),
        (None, None),
    ],
)
def test_languages(code: str | None, kept: str | None) -> None:
    assert text.check_language(code) == kept
