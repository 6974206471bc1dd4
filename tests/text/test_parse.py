from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunnock import text

ALPHABET = st.text(st.sampled_from("@#:/.ahtps_09é·日 \n\r\t<>&'\"()?!=-\u200d\u0301\0\u2028\uff03"), max_size=80)


def found(raw: str) -> list[object]:
    parsed = text.parse(raw)
    return [
        str(s.handle)
        if isinstance(s, text.Mention)
        else getattr(s, "url", getattr(s, "name", getattr(s, "shortcode", 0)))
        for s in parsed.spans
    ]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("@alice hi", ["alice"]),
        ("hi @Alice@Example.COM.", ["Alice@example.com"]),
        ("@a@bücher.example", ["a@xn--bcher-kva.example"]),
        ("@a@\uff45xample.com", []),
        ("@a@single", []),
        ("me@example.com", []),
        ("https://a.example/@bob", ["https://a.example/@bob"]),
        ("@a@127.0.0.2:8002!", ["a@127.0.0.2:8002"]),
        ("@a@b.example:8002", ["a@b.example"]),
        ("@foo.bar-baz.", ["foo.bar-baz"]),
        ("@fooé", []),
        ("@alice様", ["alice"]),
        ("@a@b.example@c", []),
        ("#Tag, (#b) x#c /#d =#e", ["Tag", "b"]),
        ("#123 #1a #1_2 #a·b #a· #日本語タグ \uff03全角", ["1a", "1_2", "a·b", "a", "日本語タグ", "全角"]),
        ("#हिन्दी #ไทย", ["हिन्दी", "ไทย"]),
        ("https://a.example/#frag", ["https://a.example/#frag"]),
        ("&#39; #_ #__", []),
        (":blob: :a: :ok_1:", ["blob", "ok_1"]),
        ("a:blob: :x1::y1: 12:30:45", []),
        ("http://google.com", ["http://google.com"]),
        ("HTTPS://Example.com/X", ["HTTPS://Example.com/X"]),
        ("(http://google.com/)", ["http://google.com/"]),
        ("http://www.google.com!", ["http://www.google.com"]),
        ("http://a.example/p. ", ["http://a.example/p"]),
        ("https://en.wikipedia.org/wiki/D_(software)", ["https://en.wikipedia.org/wiki/D_(software)"]),
        ("(https://en.wikipedia.org/wiki/D_(x))", ["https://en.wikipedia.org/wiki/D_(x)"]),
        ("https://a.example/(a(b)c)d)", ["https://a.example/(a(b)c)d"]),
        ("https://a.example/((((", ["https://a.example/"]),
        ("<https://example.com/>", ["https://example.com/"]),
        ("「[https://example.org/」", ["https://example.org/"]),
        ("https://ja.wikipedia.org/wiki/日本", ["https://ja.wikipedia.org/wiki/日本"]),
        ("https://example.com/\u3000abc", ["https://example.com/"]),
        ("https://nic.みんな/", ["https://nic.みんな/"]),
        ("https://a.example/s?utf8=✓&q=auto.", ["https://a.example/s?utf8=✓&q=auto"]),
        ("https://a.example:8080/x", ["https://a.example:8080/x"]),
        ("http://example.com/b<del>b</del>", ["http://example.com/b"]),
        (r"http://www\.google\.com", []),
        ("javascript://a.example/ ftp://a.example xhttp://a.example http://user@a.example", []),
    ],
)
def test_finds_what_mastodon_finds(raw: str, expected: list[str]) -> None:
    assert found(raw) == expected


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("\n \n  a\n\n", "  a"),
        ("a\0b\x07c\x9f", "abc"),
        (" \n ", ""),
        ("\ufeffcafe\u0301", "\ufeffcafe\u0301"),
    ],
)
def test_keeps_the_authors_text_but_for_controls_and_outer_lines(raw: str, kept: str) -> None:
    assert text.parse(raw).text == kept


def test_refuses_lone_surrogates() -> None:
    with pytest.raises(text.BadText):
        text.parse("a\ud800")


def test_parts_are_listed_once() -> None:
    parsed = text.parse("@A @a #X #x https://a.example https://a.example :aa: :aa:")
    assert [h.key for h in parsed.handles] == ["a"]
    assert [t.name for t in parsed.hashtags] == ["X"]
    assert parsed.links == ("https://a.example",)
    assert parsed.shortcodes == ("aa",)
    assert text.shortcodes("Ann :aa:") == ("aa",)


@given(st.one_of(st.text(), ALPHABET))
def test_parsing_is_stable_and_spans_are_in_order(raw: str) -> None:
    parsed = text.parse(raw)
    assert text.parse(parsed.text) == parsed
    done = 0
    for span in parsed.spans:
        assert done <= span.start < span.end <= len(parsed.text)
        done = span.end
    text.length(parsed)


HOSTILE = [
    "a@",
    "@a",
    "@a@b ",
    "@a@b.c@",
    "#",
    "#1_",
    "#é·",
    ":",
    ":aa:",
    "http://",
    "http://a.bc/(",
    "http://a.bc/((",
    "http://a.bc/(a",
    "http://a.bc/(a)(",
    "http://a.bc/!",
    "http://a.bc/?(",
    "http://é.",
    "https://a.",
    "(",
    "a.",
    " \n",
    "\n ",
    "\U0001f1e6",
    "👩\u200d",
    "e\u0301",
    "\u0301",
    "@a@é.fr ",
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("start", ["", "http://a.bc/", "@a@", "#"])
def test_hostile_text_takes_linear_time(piece: str, start: str) -> None:
    def once(size: int) -> float:
        began = time.thread_time()
        parsed = text.parse(start + piece * (size // len(piece)))
        text.render(parsed, mention_url={}, tag_url=str)
        text.length(parsed)
        return time.thread_time() - began

    def seconds(size: int) -> float:
        return min(once(size) for _ in range(3))

    if once(100_000) >= 0.1:  # few of these texts take so long
        large = seconds(100_000)
        assert large < 16 * seconds(25_000)
        assert large < 2
