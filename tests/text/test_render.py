from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunnock import text

ALPHABET = st.text(st.sampled_from("@#:/.ahtpsb_09é·日 \n<>&'\"()?!=-"), max_size=120)
PEOPLE = {"alice": ("https://s.example/@alice", "alice"), "a@b.example": ("https://b.example/@a", "A@b.example")}


def shown(raw: str) -> str:
    return text.render(text.parse(raw), mention_url=PEOPLE, tag_url=lambda key: f"https://s.example/tags/{key}")


class Reader(HTMLParser):
    """Collects visible text and the shape of the elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.tags, self.paragraphs = "", [], 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        if tag == "p":
            self.text += "\n\n" if self.paragraphs else ""
            self.paragraphs += 1
        if tag == "br":
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += data


def test_shapes() -> None:
    assert shown("") == ""
    assert shown("text") == "<p>text</p>"
    assert shown("a\nb\n\n\nc") == "<p>a<br />b</p><p>c</p>"
    assert shown("hi @Alice & @bob") == (
        '<p>hi <span class="h-card" translate="no"><a href="https://s.example/@alice" class="u-url mention">'
        "@<span>alice</span></a></span> &amp; @bob</p>"
    )
    assert shown("#Ünï") == (
        '<p><a href="https://s.example/tags/uni" class="mention hashtag" rel="tag">#<span>Ünï</span></a></p>'
    )
    assert shown("https://www.example.com/very-long-path-that-goes-on-and-on?a=1&b=2") == (
        '<p><a href="https://www.example.com/very-long-path-that-goes-on-and-on?a=1&amp;b=2" target="_blank" '
        'rel="nofollow noopener noreferrer" translate="no"><span class="invisible">https://www.</span>'
        '<span class="ellipsis">example.com/very-long-path-tha</span>'
        '<span class="invisible">t-goes-on-and-on?a=1&amp;b=2</span></a></p>'
    )
    assert '<span class="">google.com</span><span class="invisible"></span></a>' in shown("http://google.com")
    assert shown("<img src=\"javascript:alert('XSS');\">") == (
        "<p>&lt;img src=&quot;javascript:alert(&#39;XSS&#39;);&quot;&gt;</p>"
    )


def test_people_of_one_name_are_told_apart() -> None:
    people = {"a": ("https://s.example/@a", "a"), "a@b.example": ("https://b.example/@a", "A@b.example")}
    html = text.render(text.parse("@a @a@b.example"), mention_url=people, tag_url=str)
    assert "<span>a</span>" in html
    assert "<span>A@b.example</span>" in html
    assert "<span>A</span>" in shown("@a@b.example")


def test_targets_may_be_a_function_and_are_escaped() -> None:
    """SC-108: what a mention leads to is text of others."""
    html = text.render(
        text.parse("@eve@x.example"),
        mention_url=lambda handle: (f'https://x.example/"><script>{handle}', "<b>"),
        tag_url=str,
    )
    assert "<script" not in html
    assert "<b>" not in html


def test_field_is_one_line_and_says_me() -> None:
    html = text.render_field(text.parse("see\nhttps://a.example"), mention_url={}, tag_url=str)
    assert html.startswith('see <a href="https://a.example" target="_blank" rel="me nofollow noopener noreferrer"')
    assert text.render_bio(text.parse("hi"), mention_url={}, tag_url=str) == "<p>hi</p>"


@given(st.one_of(st.text(), ALPHABET))
def test_a_reader_sees_the_text_and_only_our_elements(raw: str) -> None:
    parsed = text.parse(raw)
    html = text.render(parsed, mention_url=lambda h: (f"https://s.example/{h}", h.name), tag_url=str)
    reader = Reader()
    reader.feed(html)
    reader.close()
    # A remote mention shows its name only.
    expected, done = "", 0
    for span in parsed.spans:
        if isinstance(span, text.Mention):
            expected += parsed.text[done : span.start] + "@" + span.handle.name
            done = span.end
    expected = re.sub("\n\n+", "\n\n", expected + parsed.text[done:])
    if len(parsed.handles) < 2:
        assert reader.text == expected
        assert text.plain(html) == expected.strip("\n")
    allowed = {
        ("p", ()),
        ("br", ()),
        ("span", ()),
        ("span", ("class",)),
        ("span", ("class", "translate")),
        ("a", ("href", "class")),
        ("a", ("href", "class", "rel")),
        ("a", ("href", "target", "rel", "translate")),
    }
    assert set(reader.tags) <= allowed


@pytest.mark.parametrize(
    ("raw", "count"),
    [
        ("hello", 5),
        ("", 0),
        ("https://example.com/a-very-long-path/that/goes/on/and/on", 23),
        ("a https://e.example b", 27),
        ("@alice@remote.example hi", 9),
        ("👨‍👩‍👧 🇩🇪🇫🇷 é日本", 8),
        ("cafe\u0301", 4),
        ("🇦🇦🇦", 2),
    ],
)
def test_counts_what_people_see(raw: str, count: int) -> None:
    assert text.length(raw) == count
    assert text.length(text.parse(raw)) == count
