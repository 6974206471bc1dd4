from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunnock import text

FRAGMENTS = """
<p>|</p>|<br>|<a href=https://a.example/>|<a href=javascript:x>|</a>|<h1>|</h1>|<h3>|<table>|<tr>|<td>|</table>|<ul>
<li>|</ul>|<b>|</b>|<i>|<em>|<script>|</script>|<math>|<semantics>|<annotation>|<svg>|<style>|</style>|<!--|-->|<template>
<span class=mention>|</span>|<span class='x h-card'>|<img src=x onerror=y>|&amp;|&lt;|&nbsp;|&|<|>|"|'|text|é|<pre>
<blockquote>|</blockquote>|<ruby>|<rt>|<object>|<select>|<option>|<form>|<iframe>|<noscript>|</p|<a href="<h1>">|\x85
<img alt='<p>"' src="https://a.example/'>">|<abbr title="<h1>">|<sub>
"""
PIECES = st.lists(st.sampled_from(FRAGMENTS.strip().replace("\n", "|").split("|")), max_size=25).map("".join)
DANGER = ("<script", "<img", "<iframe", "<svg", "<math", "<style", "<form", "<input", "onerror", "javascript:")


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<p>a<br>b</p>", "<p>a<br>b</p>"),
        ("plain & simple", "plain &amp; simple"),
        ('<form action="https://evil.example"><input name=password>x<button>y</button></form>', "xy"),  # SC-106
        ("<script>alert(1)</script>hi<img src=x onerror=alert(1)>", "hi"),
        ('<a href="javascript:alert(1)">x</a>', '<a target="_blank" rel="nofollow noopener">x</a>'),
        ('<a href="/relative">x</a>', '<a target="_blank" rel="nofollow noopener">x</a>'),
        (
            '<a href="https://ok.example" rel="me" onclick=x style=y class="mention evil u-url">x</a>',
            '<a href="https://ok.example" class="mention u-url" target="_blank" rel="nofollow noopener">x</a>',
        ),
        ("<h1>Title</h1><p>x</p>", "<p><strong>Title</strong></p><p>x</p>"),
        ('<span translate="no">a</span><span translate="yes">b</span>', '<span translate="no">a</span><span>b</span>'),
        ('<abbr title="a <b>" class=x>x</abbr><sub>1</sub>', '<abbr title="a b">x</abbr><sub>1</sub>'),
        ('<ol start="3" onclick=x><li value="x">a</li></ol>', '<ol start="3"><li>a</li></ol>'),
    ],
)
def test_keeps_what_mastodon_keeps(html: str, safe: str) -> None:
    assert text.sanitise(html) == safe
    assert text.sanitise(safe) == safe


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (
            '<img class=x src="https://a.example/?b=1&amp;c=2" alt="A &lt;cat&gt; &quot;here&quot;">',
            'A &lt;cat&gt; "here"',
        ),
        ("<IMG alt='' src='https://a.example/?b=1&c=2' onerror=x>", "https://a.example/?b=1&amp;c=2"),
        ("<img src=https://a.example/?b=1&c=2 data-src='https://evil.example/' alt=cat />", "cat"),
    ],
)
def test_a_picture_is_a_link_to_it(picture: str, said: str) -> None:
    link = '<a href="https://a.example/?b=1&amp;c=2" target="_blank" rel="nofollow noopener">'
    assert text.sanitise(f"<p>{picture}</p>") == f"<p>{link}{said}</a></p>"


@pytest.mark.parametrize("source", ["x", "javascript:x", "data:image/png;base64,x", "//a.example/x"])
def test_a_picture_from_nowhere_is_its_description(source: str) -> None:
    assert text.sanitise(f'<p><img src="{source}" alt="a &lt;b&gt; cat">') == "<p>a &lt;b&gt; cat</p>"


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("<p>a<br>b</p><p>c &lt;b&gt; &amp;amp;</p>", "a\nb\n\nc <b> &amp;"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("a <b>bold</b><script>no</script>", "a bold"),
        ("no markup", "no markup"),
    ],
)
def test_plain_is_what_a_reader_sees(html: str, seen: str) -> None:
    assert text.plain(html) == seen


@given(st.one_of(PIECES, st.text()))
def test_any_html_becomes_safe_and_stays(html: str) -> None:
    safe = text.sanitise(html)
    assert text.sanitise(safe) == safe
    assert not any(word in safe for word in DANGER if word.startswith("<"))
    assert "javascript:" not in safe
    text.plain(html)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000,
        "<p>" + "<blockquote>x" * 2_900,
        "<b><p>" * 14_000,
        "<ul><li>" * 12_000,
        "".join(f"<i lang=x{n}>" for n in range(3_000)) + "</p>" * 1_000,
        "<math><semantics>" * 6_000,
        "<" * 200_000,
        "&" * 200_000,
        "x<br>" * 2_999,
        "<!--" * 50_000,
        '<p class="' + "h-a " * 50_000,
        "a\ud800<b>\0",
    ],
)
def test_hostile_html_is_bounded(html: str) -> None:
    began = time.thread_time()
    safe = text.sanitise(html)
    text.plain(html)
    assert time.thread_time() - began < 3
    assert len(safe) <= 100_000
    assert text.sanitise(safe) == safe
    assert safe.count("<blockquote>") <= 32


def test_a_cleaner_that_breaks_leaves_escaped_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """SC-088."""

    class Broken:
        def clean(self, html: str) -> str:
            raise ValueError(html)

    source = sys.modules["dunnock.text.sanitise"]
    for name in ("_FIRST", "_CLEANER", "_TEXT"):
        monkeypatch.setattr(source, name, Broken())
    assert "<" not in text.sanitise("<math><script>x")


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        (
            '<p>so <math><mi>x</mi><annotation encoding="application/x-tex">x &lt; 1</annotation></math>.</p>',
            "<p>so $x &lt; 1$.</p>",
        ),
        (
            '<math display="block"><annotation encoding="application/x-tex">\\sum</annotation></math>',
            "$$\\sum$$",
        ),
        ('<math><annotation encoding="application/x-tex"><script>alert(1)</script></annotation></math>', None),
        ("<p>a</p><math><mi>x</mi>", None),
        ("<math>" * 500 + "</math>" * 3, None),
    ],
)
def test_formulas_are_told_as_tex(html, safe):
    """FEP-dc88; what is no plain annotation is treated as any other markup."""
    told = text.sanitise(html)
    assert safe is None or told == safe
    assert "<math" not in told
    assert "<script" not in told
    assert text.sanitise(told) == told
