"""The pages in other languages: who reads which, what catalogues may hold, and that no words are left out of them."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from dunnock.web import catalogue as catalogues
from dunnock.web import moments
from dunnock.web.catalogue import catalogue
from dunnock.web.locales import ENGLISH, LOCALES, PSEUDO, choose, locale_of
from dunnock.web.translate import templates
from web.conftest import PASSWORD

FOLDER = Path(catalogues.__file__).parent / "catalogues"
PROGRAM = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "catalogues.py"))
GERMAN, ARABIC = LOCALES[1], LOCALES[5]
NOW = 1_772_719_500_000


@pytest.mark.parametrize(
    ("chosen", "accepted", "tag"),
    [
        (None, "", "en"),
        (None, "de-AT,de;q=0.9,en;q=0.8", "de"),
        (None, "pt-BR, fr;q=0.5, es;q=0.7", "es"),
        (None, "xx, *;q=0.5", "en"),
        ("ja", "de", "ja"),
        ("ja_JP", "de", "ja"),
        ("tlh", "ar-EG", "ar"),
        (None, "de;q=0, fr;q=0.1", "fr"),
        (None, "de;q=nonsense, fr", "fr"),
        (None, "," * 10_000 + "de", "en"),
        ("en-XA", "", "en"),
    ],
)
def test_who_reads_which(chosen, accepted, tag):
    assert choose(chosen, accepted).tag == tag


def test_machine_made_ones_are_for_development():
    assert locale_of("ar-XB", pseudo=True) == PSEUDO[1]
    assert locale_of("ar-XB") == ARABIC


def test_times_and_numbers_are_written_as_readers_write_them():
    assert moments.moment(ENGLISH, NOW) == "5 March 2026, 14:05 UTC"
    assert moments.day(GERMAN, NOW) == "5. März 2026"
    assert moments.ago(GERMAN, NOW - 3 * 3_600_000, NOW) == "vor 3 Stunden"
    assert moments.ago(ENGLISH, NOW - 28 * 86_400_000, NOW) == "28 days ago"
    assert moments.ago(ENGLISH, NOW - 29 * 86_400_000, NOW) == "4 February 2026"
    assert moments.ago(ENGLISH, NOW + 3_600_000, NOW) == "5 March 2026"
    assert moments.ago(ARABIC, NOW - 60_000, NOW) == "قبل دقيقة واحدة"
    assert moments.count(GERMAN, 1_234_567) == "1.234.567"


def rendered(locale, source, **values):
    return templates(locale).from_string(source).render(**values)


def test_words_of_templates_are_markup_and_what_is_put_in_is_not():
    assert rendered(ENGLISH, '{{ _("<b>Hi</b> %(who)s, 100%%", who=name) }}', name="<i>") == "<b>Hi</b> &lt;i&gt;, 100%"
    assert rendered(ENGLISH, '{{ _("100%%") }}') == "100%"


def test_words_that_are_handed_in_are_escaped():
    assert rendered(ENGLISH, "{{ _(what) }}", what="<script>") == "&lt;script&gt;"
    assert rendered(ENGLISH, "{{ _(what, who=who) }}", what="<b>%(who)s", who="<i>") == "&lt;b&gt;&lt;i&gt;"


@pytest.mark.parametrize("locale", LOCALES, ids=lambda one: one.tag)
def test_plurals_that_are_not_translated_yet_are_english(locale):
    source = "{% trans count=n %}{{ count }} unheard-of owl{% pluralize %}{{ count }} unheard-of owls{% endtrans %}"
    said = [rendered(locale, source, n=number) for number in (0, 1, 2, 1_000_000)]
    assert said == ["0 unheard-of owls", "1 unheard-of owl", "2 unheard-of owls", "1000000 unheard-of owls"]


def test_plurals_follow_the_language(monkeypatch, tmp_path):
    (tmp_path / "catalogues").mkdir()
    (tmp_path / "catalogues" / "ar.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Plural-Forms: nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11'
        ' ? 4 : 5);\\n"\n\n'
        'msgid "%(count)s owl"\nmsgid_plural "%(count)s owls"\n'
        + "".join(f'msgstr[{at}] "{at}:%(count)s"\n' for at in range(6))
    )
    monkeypatch.setattr(catalogues.resources, "files", lambda _: tmp_path)
    catalogue.cache_clear()
    templates.cache_clear()
    try:
        source = "{% trans count=n %}{{ count }} owl{% pluralize %}{{ count }} owls{% endtrans %}"
        assert [rendered(ARABIC, source, n=n) for n in (0, 1, 2, 5, 11, 100)] == [
            "0:0",
            "1:1",
            "2:2",
            "3:5",
            "4:11",
            "5:100",
        ]
        assert [rendered(ENGLISH, source, n=n) for n in (0, 1, 2)] == ["0 owls", "1 owl", "2 owls"]
        assert rendered(ENGLISH, '{{ ngettext("%(num)s owl", "%(num)s owls", n) }}', n=3) == "3 owls"
    finally:
        catalogue.cache_clear()
        templates.cache_clear()


def test_sentences_with_numbers_are_found_by_their_pattern():
    held = catalogues.Catalogue(GERMAN, {"at most %(most)s (really)": "höchstens %(most)s"}, {}, int)
    assert held.said("at most 500 (really)") == "höchstens 500"
    assert held.said("at least 500") == "at least 500"


def test_a_place_may_come_twice():
    held = catalogues.Catalogue(GERMAN, {"%(count)s came, the newest %(count)s are here": "%(count)s da"}, {}, int)
    assert held.said("5 came, the newest 5 are here") == "5 da"
    assert held.said("5 came, the newest 3 are here") == "5 came, the newest 3 are here"


PLACES = re.compile(r"%\(\w+\)s|%%")
TAGS = re.compile(r"</?[a-z]+")


@pytest.mark.parametrize("locale", LOCALES[1:], ids=lambda one: one.tag)
def test_translations_keep_places_and_markup(locale):
    held = catalogue(locale)
    pairs = [(english, text) for english, text in held._words.items() if english not in held._plurals]
    pairs += [(english, text) for english, forms in held._plurals.items() for text in forms]
    for english, text in pairs:
        if english in held._plurals:
            assert set(PLACES.findall(text)) <= set(PLACES.findall(english)), text
        else:
            assert sorted(PLACES.findall(text)) == sorted(PLACES.findall(english)), text
        assert sorted(TAGS.findall(text)) == sorted(TAGS.findall(english)), text
        assert "%" not in PLACES.sub("", text) or "%" in PLACES.sub("", english), text
        assert text.count('"') == english.count('"'), f"use the language's own quotation marks: {text}"
        assert not re.search(r"[<>]", TAGS.sub("", text)) or re.search(r"[<>]", TAGS.sub("", english)), text


@pytest.fixture(scope="module")
def words():
    """All there is to translate; to find it takes seconds."""
    return PROGRAM["words"]()


@pytest.mark.parametrize("locale", LOCALES[1:], ids=lambda one: one.tag)
def test_catalogues_have_all_words(words, locale):
    path = FOLDER / f"{locale.tag}.po"
    content, _ = PROGRAM["brought_up_to_date"](path.read_bytes(), words, locale.tag)
    assert content == path.read_bytes(), "run scripts/catalogues.py"


async def test_a_stranger_reads_what_the_browser_asks_for(site):
    browser = site.browser()
    page = await browser.get("/about", accept_language="ar-EG,en;q=0.5")
    assert '<html lang="ar" dir="rtl">' in page.body
    assert page.headers["vary"] == "Accept, Cookie, Accept-Language"


async def test_a_choice_stays_in_the_browser(site):
    browser = site.browser()
    await browser.get("/language?back=/about")
    page = await browser.submit("/language", language="de")
    assert '<html lang="de" dir="ltr">' in page.body
    assert '<html lang="de"' in (await browser.get("/about", accept_language="ar")).body
    assert (await browser.get("/language?back=https://elsewhere.example/")).body.count("elsewhere") == 0


@pytest.mark.both_engines
async def test_a_members_choice_goes_along(site, signed_in):
    browser = await signed_in("wren")
    await browser.get("/language")
    await browser.submit("/language", language="ja")
    elsewhere = site.browser()
    await elsewhere.get("/auth/sign_in")
    page = await elsewhere.submit("/auth/sign_in", login="wren", password=PASSWORD)
    assert '<html lang="ja"' in page.body


async def test_what_is_no_language_changes_nothing(site):
    browser = site.browser()
    await browser.get("/language")
    await browser.submit("/language", language="../../etc", follow=False)
    assert '<html lang="en"' in (await browser.get("/about")).body


async def test_a_page_of_an_error_speaks_the_language_too(site):
    page = await site.browser().get("/@nobody", accept_language="de")
    assert (page.status, '<html lang="de"' in page.body) == (404, True)


async def test_words_that_no_page_translates_stand_out_in_the_machine_made_language(closed_to):
    browser = closed_to(dev=True).browser()
    page = await browser.get("/language", accept_language="en-XA")
    assert "[Låñgûågé" in page.text


NOT_WORDS = re.compile(
    r"[a-z_]+\.(json|csv)|@name|203\.0\.113.*|SHA-256|STIX 2\.1|JSON|RSS|Atom|birds\.example|wren, @wren@.*"
    r"|§/invite/§(\?collection=§)?|/catch-up\?hours=.*|aria-.*"
)
"""What is the same in every language: names of formats, examples of addresses, attributes put together."""


@pytest.mark.parametrize("path", sorted((FOLDER.parent / "templates").rglob("*.html")), ids=lambda one: one.stem)
def test_a_template_says_nothing_that_is_not_translated(path):
    text = re.sub(r"{#.*?#}|{%-?\s*trans\b.*?endtrans\s*-?%}", "", path.read_text(), flags=re.DOTALL)
    text = re.sub(r"{%\s*block size\s*%}.*?{%\s*endblock\s*%}", "", text)
    calls = re.findall(r"ui\.posts\([^{}]*}}", re.sub(r"_\(\"[^\"]*\"\)", "", text))
    plain = [one for call in calls for one in re.findall(r"\"([^\"]*)\"", call) if " " in one]
    text = re.sub(r"{%.*?%}", "", re.sub(r"{{.*?}}", "§", text, flags=re.DOTALL), flags=re.DOTALL)
    said = re.findall(r'\b(?:aria-label|placeholder|title|alt)="([^"]*)"', text)
    text = re.sub(r"<(script|style|code|kbd|pre)\b.*?</\1>", "", text, flags=re.DOTALL)
    said += re.sub(r"<[^>]*>", "\n", text).splitlines()
    plain += [one.strip() for one in said if re.search(r"[A-Za-z]{2}", one) and not NOT_WORDS.fullmatch(one.strip())]
    assert plain == []
