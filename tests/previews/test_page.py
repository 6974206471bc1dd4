"""What is read from pages that strangers wrote."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunnock.previews.address import absolute, normal_address
from dunnock.previews.embed import framed, read_embed, safe_player
from dunnock.previews.page import decoded, number, read_page

URL = "https://news.example/2026/story"


def page(text: str):
    return read_page(text, URL)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("https://EXAMPLE.org", "https://example.org/"),
        ("HTTPS://Example.org:443/a/../b?x=1#part", "https://example.org/a/../b?x=1"),
        ("http://example.org:80/", "http://example.org/"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        ("https://bücher.example/ü?q=ß&x=%C3%BC", "https://xn--bcher-kva.example/%C3%BC?q=%C3%9F&x=%C3%BC"),
        ("https://example.org./x", "https://example.org/x"),
        ("https://example.org/a b", None),
        ("ftp://example.org/", None),
        ("https://user@example.org/", None),
        ("https://example.org:0/", None),
        ("https://127.1/", None),
        ("https://localhost:99999/", None),
        ("https://ⓔxample.org/", None),
        ("https://[::1]/", None),
        ("https://example.org\\@evil.example/", None),
        ("nonsense", None),
        ("https://example.org/" + "a" * 2100, None),
        ("https://example.org/" + "ü" * 1000, None),
    ],
)
def test_one_spelling_of_an_address(written, normal):
    assert normal_address(written) == normal


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/a.png", "https://news.example/a.png"),
        ("b.png", "https://news.example/2026/b.png"),
        ("//cdn.example/c.png", "https://cdn.example/c.png"),
        (" https://cdn.example/d.png ", "https://cdn.example/d.png"),
        ("javascript:alert(1)", ""),
        ("data:image/png;base64,AAAA", ""),
        ("https://u:p@cdn.example/", ""),
        ('https://cdn.example/"onload=x', ""),
        ("https://[", ""),
        ("null", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_addresses_in_pages(written, meant):
    """SC-104."""
    assert absolute(URL, written) == meant


def test_the_title_alone():
    found = page("<!doctype html><title>\n A  &amp; B\t</title>")
    assert found.title == "A & B"
    assert (found.description, found.image, found.language, found.published_at) == ("", "", None, None)


def test_open_graph():
    found = page(
        """<html lang=en-GB><head><!-- <meta property="og:title" content="not this"> -->
        <script>var x = '<meta property="og:title" content="nor this">';</script>
        <meta property="og:title" content="A &quot;story&quot;"><meta name='og:description' content='It is so'>
        <META PROPERTY=og:site_name CONTENT=News><meta property="og:title" content="second">
        <meta property="og:image" content="/pic.jpg"><meta property="og:image:alt" content="A wren">
        <meta property="article:published_time" content="2026-11-23T10:00:00+02:00">
        <meta name="author" content="Ann Wren"><link rel="canonical" href="/story">
        <link rel=alternate type="application/json+oembed" href="/oembed?url=x&amp;format=json">
        <title>Less good</title>"""
    )
    assert (found.title, found.description, found.provider_name) == ('A "story"', "It is so", "News")
    assert (found.image, found.image_description) == ("https://news.example/pic.jpg", "A wren")
    assert (found.language, found.author_name) == ("en-GB", "Ann Wren")
    assert found.published_at == 1_795_420_800_000
    assert found.canonical == "https://news.example/story"
    assert found.oembed == "https://news.example/oembed?url=x&format=json"


def test_twitter_cards():
    found = page(
        '<meta name="twitter:title" content="T"><meta name="twitter:description" content="D">'
        '<meta name="twitter:image" content="https://cdn.example/i.png"><meta name="twitter:player" content="/player">'
        '<meta name="twitter:player:width" content="640"><meta name="twitter:player:height" content="1e9">'
    )
    assert (found.title, found.description, found.image) == ("T", "D", "https://cdn.example/i.png")
    assert (found.player, found.width, found.height) == ("https://news.example/player", 640, 0)


def test_structured_data_comes_first():
    data = {
        "@type": "NewsArticle", "headline": "Head &amp; line", "description": "Said", "inLanguage": [{"alternateName": "de"}],
        "datePublished": "2026-11-23", "author": [{"name": "Bea", "url": "https://bea.example/"}], "publisher": {"name": "Paper"},
    }  # fmt: skip
    found = page(
        f"""<title>t</title><script type="application/ld+json">nonsense</script>
        <script type="application/ld+json">
        //<![CDATA[
        {json.dumps([{"@type": "Organization"}, data])}
        //]]>
        </script>"""
    )
    assert (found.title, found.description, found.language) == ("Head & line", "Said", "de")
    assert (found.author_name, found.author_url, found.provider_name) == ("Bea", "https://bea.example/", "Paper")
    assert found.published_at == 1_795_392_000_000


@pytest.mark.parametrize(
    "data",
    ["[" * 100_000, "{}", "null", "3", '{"@type":"WebPage","headline":[1],"author":"x","publisher":[],"inLanguage":5}',
     '{"@type":["NewsArticle"]}', '{"@type":"WebPage","headline":"\\ud800"}'],
)  # fmt: skip
def test_structured_nonsense(data):
    found = page(f'<title>t</title><script type="application/ld+json">{data}</script>')
    assert found.title in {"t", ""}


@pytest.mark.parametrize(
    ("canonical", "kept"),
    [
        ("https://news.example/x", "https://news.example/x"),
        ("https://other.example/x", ""),
        ("//evil.example/", ""),
        ("http://", ""),
    ],
)
def test_nobody_says_what_anothers_page_is(canonical, kept):
    """SC-016: the authority is the host that answered."""
    assert page(f'<link rel="canonical" href="{canonical}">').canonical == kept


def test_texts_are_cut():
    found = page(f'<title>{"a" * 5000}</title><meta name="description" content="{"b" * 5000}">')
    assert (len(found.title), len(found.description)) == (500, 1000)
    assert found.title.endswith("…")


@pytest.mark.parametrize(
    ("said", "ms"),
    [("2026-11-23T08:00:00Z", 1_795_420_800_000), ("2026-11-23T08:00:00", 1_795_420_800_000), ("yesterday", None), ("", None),
     ("0001-01-01T00:00:00Z", None), ("9999-12-31T23:59:59-23:00", None), ("2026-13-01", None)],
)  # fmt: skip
def test_moments(said, ms):
    assert page(f'<meta property="article:published_time" content="{said}">').published_at == ms


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("héllo".encode(), None, "héllo"),
        ("héllo".encode(), "iso-8859-1", "héllo"),  # what is UTF-8 is UTF-8, whatever it says
        ("héllo".encode("latin-1"), None, "héllo"),
        ("héllo".encode("latin-1"), "iso-8859-1", "héllo"),
        ("“q”".encode("cp1252"), "ascii", "“q”"),
        ("привет".encode("koi8-r"), "KOI8-R", "привет"),
        (b'<meta charset="windows-1251">' + "привет".encode("cp1251"), None, '<meta charset="windows-1251">привет'),
        (b'<meta http-equiv="content-type" content="text/html; charset=Shift_JIS">' + "日本".encode("shift_jis"), None,
         '<meta http-equiv="content-type" content="text/html; charset=Shift_JIS">日本'),
        ("日本".encode("iso-2022-jp"), "iso-2022-jp", "日本"),
        ("日本".encode("euc-jp"), "euc-jp", "日本"),
        ("héllo".encode("utf-16"), None, "héllo"),
        (b"\xef\xbb\xbfhi", None, "hi"),
        ("hé".encode()[:-1], None, "h"),  # cut within a character
        (b"h\xe9!", "zip", "hé!"),
        (b"h\xe9!", "punycode", "hé!"),
        (b"h\xe9!", "unicode_escape", "hé!"),
        (b"h\xe9!", "utf-7", "hé!"),
        (b"h\xe9!", "\0", "hé!"),
    ],
)  # fmt: skip
def test_encodings(body, charset, text):
    assert decoded(body, charset) == text


@given(st.binary(max_size=300))
def test_bytes_of_any_sort(body):
    page(decoded(body, None))


@given(st.text(alphabet="<>=\"'/ !-metalinkscriptyou&;#:\n", max_size=400))
def test_tags_of_any_sort(text):
    page(text)


@pytest.mark.parametrize(
    "piece",
    ["<!--", "<!-- -->", "<script>", "<script></script>", "<title>", "<meta ", '<meta a="', "<meta a='", "<meta a=", "<meta a ",
     "<meta " + "a " * 50, "<link rel=canonical href=x>", "<html lang=", "</script", "<style", "&amp;", "<", '"', '<meta ="',
     "<meta property='og:title' content='"],
)  # fmt: skip
def test_a_megabyte_of_anything_takes_no_time(piece):
    """Linear: four times as much takes about four times as long, and all of it well under a second."""
    text = piece * (1_048_576 // len(piece))
    began = time.process_time()
    page(text)
    assert time.process_time() - began < 1.5


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>", '<iframe src="javascript:alert(1)"></iframe>', "<iframe srcdoc='<b>x</b>'></iframe>",
        '<iframe src="/relative"></iframe>', '<iframe src="//cdn.example/x"></iframe>', "<img src=x onerror=alert(1)>", "words",
        '<a href="https://x.example/">x</a>', '<object data="https://x.example/"></object>', "", None, 5,
        '<iframe src="data:text/html,x"></iframe>', '<iframe src="https://x.example/">' + "a" * 20_000,
    ],
)  # fmt: skip
def test_players_that_are_none(html):
    """SC-099, SC-104."""
    assert safe_player(html, here="home.example") == ""


def test_players_are_sandboxed():
    """SC-099."""
    made = safe_player(
        '<div onclick="x"><iframe src="https://tube.example/e/1?a=1&b=2" width=640 height=360 allow="camera" style="x" '
        'onload="y" name="z" sandbox="allow-top-navigation"></iframe><script>x</script></div>',
        here="home.example",
    )
    assert made.count("<") == 2
    for part in (
        'src="https://tube.example/e/1?a=1&amp;b=2"',
        'width="640"',
        'height="360"',
        'sandbox="allow-scripts allow-same-origin',
    ):
        assert part in made
    for part in ("onload", "style", "script>", "camera", "top-navigation", "name="):
        assert part not in made


def test_this_server_is_not_framed():
    for place in ("https://home.example/x", "https://HOME.example/x"):
        assert safe_player(f'<iframe src="{place}"></iframe>', here="home.example") == ""
        assert framed(place, width=1, height=1, here="home.example") == ""
    assert 'width="640"' in framed('https://tube.example/"><script>', width=640, height=360, here="home.example")
    assert "<script>" not in framed('https://tube.example/"><script>', width=640, height=360, here="home.example")


ENDPOINT = "https://tube.example/oembed"


def embed(**more):
    return read_embed(json.dumps({"version": "1.0"} | more).encode(), ENDPOINT, here="home.example")


def test_a_video():
    found = embed(
        type="video", title="A film", author_name="Ann", author_url="/ann", provider_name="Tube", provider_url="https://tube.example/",
        thumbnail_url="/thumb.jpg", width=640, height="360", html='<iframe src="https://tube.example/e/1"></iframe>',
    )  # fmt: skip
    card = found.card
    assert (card.type, card.title, card.author_url, card.width, card.height) == (
        "video",
        "A film",
        "https://tube.example/ann",
        640,
        360,
    )
    assert "sandbox" in card.html
    assert found.image == "https://tube.example/thumb.jpg"


def test_a_photo_and_a_link():
    photo = embed(type="photo", url="/p.jpg", width=10, height=20, version=1.0)
    assert (photo.card.type, photo.card.embed_url, photo.image) == (
        "photo",
        "https://tube.example/p.jpg",
        "https://tube.example/p.jpg",
    )
    link = embed(type="link", title="T", thumbnail_url="https://cdn.example/t.png")
    assert (link.card.type, link.card.title, link.image) == ("link", "T", "https://cdn.example/t.png")


@pytest.mark.parametrize(
    "sent",
    [{"type": "rich", "html": "<script></script>"}, {"type": "photo"}, {"type": "video"}, {"type": "video", "html": "<b>x</b>"},
     {"type": "nonsense"}, {}, {"type": "link", "version": "2.0"}, {"type": "photo", "url": "javascript:x"}, {"type": []}],
)  # fmt: skip
def test_answers_that_show_nothing(sent):
    assert embed(**sent) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"<oembed/>", b"[" * 100_000, b"\xff"])
def test_answers_that_are_none(body):
    assert read_embed(body, ENDPOINT, here="home.example") is None


@pytest.mark.parametrize(
    ("value", "pixels"),
    [
        (640, 640),
        ("640", 640),
        (640.5, 640),
        ("100%", 0),
        (-5, 0),
        (True, 0),
        (None, 0),
        (10**9, 0),
        ("٣", 0),
        ([], 0),
        (float("nan"), 0),
    ],
)
def test_lengths(value, pixels):
    assert number(value) == pixels
