"""What links may hide of their text."""

from __future__ import annotations

import pytest

from dunnock.text import sanitise

A = '<a href="{0}" target="_blank" rel="nofollow noopener">{1}</a>'
HIDDEN = '<span class="invisible">{0}</span>'


@pytest.mark.parametrize(
    "parts",
    [
        ("https://", "blog.example", ""),
        ("https://www.", "blog.example/2026", "/11/a-long-name?x=1&amp;y=2"),
        ("", "https://blog.example/2026", "/11/a-long-name"),
        ("http://", "blog.example", "/"),
    ],
)
def test_what_stands_around_the_host_is_hidden(parts):
    before, shown, after = parts
    middle = f'<span class="ellipsis">{shown}</span>' if after else f"<span>{shown}</span>"
    html = A.format("".join(parts), HIDDEN.format(before) + middle + HIDDEN.format(after))
    assert sanitise(html) == html
    assert sanitise(sanitise(html)) == html


@pytest.mark.parametrize(
    ("href", "inner"),
    [
        ("https://evil.example/good.example", HIDDEN.format("https://evil.example/") + "good.example"),
        ("https://good.example.evil.example/", "https://good.example" + HIDDEN.format(".evil.example/")),
        (
            "https://good.example@evil.example/",
            HIDDEN.format("https://") + "good.example" + HIDDEN.format("@evil.example/"),
        ),
        ("https://evil.example/", "https://" + HIDDEN.format("evil.example/") + "good.example"),
        ("https://evil.example/", HIDDEN.format("https://") + "good.example"),
        ("https://evil.example/good", HIDDEN.format("https://evil.example/") + "<b>good</b>"),
        ("https://evil.example/", HIDDEN.format("https://evil.example/")),
        ("magnet:?x=evil", "magnet" + HIDDEN.format(":?x=evil")),
    ],
)
def test_sc_101_a_link_hides_nothing_of_where_it_leads(href, inner):
    clean = sanitise(A.format(href, inner))
    assert "invisible" not in clean
    assert "ellipsis" not in clean
    assert sanitise(clean) == clean


def test_sc_101_nothing_but_links_hides_words():
    clean = sanitise(
        '<p class="invisible">one</p><span class="h-card invisible">two</span> <a class="invisible" href="https://x.example/">x</a>'
    )
    assert (
        clean
        == '<p>one</p><span class="h-card">two</span> <a href="https://x.example/" target="_blank" rel="nofollow noopener">x</a>'
    )
