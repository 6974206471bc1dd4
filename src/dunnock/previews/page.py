"""Reads what an HTML page says of itself, in time linear in its length: strangers write pages.

Source: Mastodon, LinkDetailsExtractor; The Open Graph protocol; Twitter cards; schema.org (NewsArticle, WebPage).
"""

from __future__ import annotations

import codecs
import datetime as dt
import html
import re
from typing import Any
from urllib.parse import urlsplit

import msgspec

from dunnock.previews.address import absolute
from dunnock.text import check_language
from dunnock.text.parse import clean_controls

_TAG = re.compile(r"<(?:(!--)|(meta|link|title|html|script|style|textarea)(?=[\s/>]))", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""[\s/]*+([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'=<>`]++)))?+""")
_END = re.compile(r"[\s/]*+>")
_CLOSING = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("title", "script", "style", "textarea")}
_MOST_TAGS, _MOST_ATTRIBUTES = 3_000, 60
_LONGEST_VALUE, _LONGEST_DATA = 10_000, 300_000

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:-]{2,40})""", re.IGNORECASE)
# Encodings of the web; Python knows others, which decode for ever or to something that was never text.
# Source: WHATWG Encoding. ASCII and Latin-1 mean Windows-1252 there.
_ENCODINGS = re.compile(
    r"utf-8|utf-16-[lb]e|iso8859-(?:[2-9]|1[0-9])|cp125[0-8]|cp866|cp874|koi8-[ru]|mac-(?:roman|cyrillic)"
    r"|shift_jis|cp932|euc_jp|iso2022_jp|gb2312|gbk|gb18030|big5|big5hkscs|euc_kr|cp949|tis-620"
)
_LATIN = ("ascii", "iso8859-1", "latin-1")
_JUNK = re.compile(r"^\s*(?:/\*\s*<!\[CDATA\[\s*\*/|//\s*<!\[CDATA\[|/\*\s*\]\]>\s*\*/|//\s*\]\]>)\s*$", re.MULTILINE)
_ARTICLES = ("NewsArticle", "WebPage")
_SPACES = re.compile(r"\s+")
_TITLE, _DESCRIPTION, _NAME, _ALT = 500, 1_000, 200, 1_500  # characters


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says; "" for what it does not. `canonical`: its own address, of the same host. `oembed`: who says more.
    `creator`: the handle of who made it.
    """

    title: str
    description: str
    language: str | None
    author_name: str
    author_url: str
    provider_name: str
    provider_url: str
    published_at: int | None
    image: str
    image_description: str
    player: str
    player_stream: str
    width: int
    height: int
    canonical: str
    oembed: str
    creator: str


def decoded(body: bytes, charset: str | None) -> str:
    """The text of a page: as its bytes look if they are UTF-8, else as it says; never fails."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    said = _known(charset) or _known(_said(body))
    if said != "iso2022_jp":  # whose bytes are UTF-8 too
        text = codecs.getincrementaldecoder("utf-8-sig")("strict")
        try:
            return text.decode(body)  # the last character may be cut off
        except UnicodeDecodeError:
            pass
    return body.decode(said or "cp1252", "replace")


def _said(body: bytes) -> str | None:
    found = _CHARSET.search(body[:4096])
    return None if found is None else found[1].decode("ascii")


def _known(name: str | None) -> str | None:
    try:
        known = codecs.lookup(name or "").name
    except (LookupError, ValueError):
        return None
    if known in _LATIN:
        return "cp1252"
    return known if _ENCODINGS.fullmatch(known) else None


def read_page(text: str, url: str) -> Page:
    """What the page at `url` says of itself."""
    heads = _Heads(text)
    data = heads.structured()
    meta = heads.meta.get
    author, publisher = _first(data.get("author")), _first(data.get("publisher"))
    return Page(
        title=line(_text(data.get("headline")) or meta("og:title") or meta("twitter:title") or heads.title, _TITLE),
        description=line(
            _text(data.get("description"))
            or meta("og:description")
            or meta("twitter:description")
            or meta("description"),
            _DESCRIPTION,
        ),
        language=check_language(_language(data.get("inLanguage")) or meta("og:locale") or heads.language),
        author_name=line(
            _text(author.get("name")) or meta("og:author") or meta("og:author:username") or meta("author"), _NAME
        ),
        author_url=absolute(url, _text(author.get("url"))),
        provider_name=line(_text(publisher.get("name")) or meta("og:site_name"), _NAME),
        provider_url=absolute(url, _site(meta("og:site"))),
        published_at=_moment(_text(data.get("datePublished")) or meta("article:published_time")),
        image=absolute(url, meta("og:image:secure_url") or meta("og:image") or meta("twitter:image")),
        image_description=line(meta("og:image:alt") or meta("twitter:image:alt"), _ALT),
        player=absolute(url, meta("twitter:player")),
        player_stream=absolute(url, meta("twitter:player:stream")),
        width=number(meta("twitter:player:width")),
        height=number(meta("twitter:player:height")),
        canonical=_canonical(url, heads.canonical or meta("og:url")),
        oembed=absolute(url, heads.oembed),
        creator=(meta("fediverse:creator") or "")[:300].removeprefix("@"),
    )


class _Heads:
    """The tags that matter, the first of each."""

    def __init__(self, text: str) -> None:
        self.meta: dict[str, str] = {}
        self.title = self.language = self.canonical = self.oembed = ""
        self.data: list[str] = []
        at = 0
        for _ in range(_MOST_TAGS):
            found = _TAG.search(text, at)
            if found is None:
                return
            at = found.end()
            if found[1]:
                at = text.find("-->", at)
                if at < 0:
                    return
                continue
            name = found[2].lower()
            attributes, at = attributes_at(text, at)
            if name in _CLOSING:
                closing = _CLOSING[name].search(text, at)
                if closing is None:
                    return
                self._take_text(name, attributes, text[at : closing.start()])
                at = closing.end()
            else:
                self._take(name, attributes)

    def _take_text(self, name: str, attributes: dict[str, str], inside: str) -> None:
        if name == "title" and not self.title:
            self.title = html.unescape(inside[:_LONGEST_VALUE])
        elif name == "script" and attributes.get("type", "").strip().lower() == "application/ld+json":
            self.data.append(inside[:_LONGEST_DATA])

    def _take(self, name: str, attributes: dict[str, str]) -> None:
        if name == "html":
            self.language = self.language or attributes.get("lang", "")
        elif name == "meta":
            for key in (attributes.get("property"), attributes.get("name")):
                if key and (content := attributes.get("content", "").strip()):
                    for one in key.lower().split():
                        self.meta.setdefault(one, content)
        elif name == "link" and (href := attributes.get("href", "").strip()):
            if "canonical" in attributes.get("rel", "").lower().split():
                self.canonical = self.canonical or href
            elif attributes.get("type", "").strip().lower() in {"application/json+oembed", "text/json+oembed"}:
                self.oembed = self.oembed or href

    def structured(self) -> dict[str, Any]:
        """The first article or page that the page's data describes; nothing where there is none, or it can't be read."""
        for text in self.data[:10]:
            for readable in (text, html.unescape(text)):
                try:
                    held = msgspec.json.decode(_JUNK.sub("", readable))
                except (msgspec.DecodeError, RecursionError, UnicodeError):
                    continue
                for one in held if isinstance(held, list) else [held]:
                    if isinstance(one, dict) and one.get("@type") in _ARTICLES:
                        return one
                break
        return {}


def attributes_at(text: str, at: int) -> tuple[dict[str, str], int]:
    """The attributes of a tag whose name ends at `at`, the first of each name; and where the tag ends."""
    found: dict[str, str] = {}
    for _ in range(_MOST_ATTRIBUTES):
        if end := _END.match(text, at):
            return found, end.end()
        one = _ATTRIBUTE.match(text, at)
        if one is None:
            break
        at = one.end()
        value = one[2] or one[3] or one[4] or ""
        found.setdefault(one[1].lower()[:100], html.unescape(value[:_LONGEST_VALUE]))
    return found, at


def line(text: str | None, most: int) -> str:
    """On one line, without what is no letter, at most so long."""
    if not text:
        return ""
    text = html.unescape(text) if "&" in text else text  # often escaped twice
    text = text.encode("utf-8", "ignore").decode()  # lone surrogates, from escapes in JSON
    line = _SPACES.sub(" ", clean_controls(text)).strip()
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _first(value: Any) -> dict[str, Any]:
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, dict) else {}


def _language(value: Any) -> str | None:
    value = value[0] if isinstance(value, list) and value else value
    if isinstance(value, dict):
        value = value.get("alternateName") or value.get("name")
    return _text(value)


def _site(written: str | None) -> str | None:
    return f"https://{written}" if written and not written.startswith(("http://", "https://", "@")) else written


def _canonical(url: str, written: str | None) -> str:
    """Only of the same host: nobody says what another's page is."""
    made = absolute(url, written)
    return made if made and urlsplit(made).netloc == urlsplit(url).netloc else ""


def _moment(text: str | None) -> int | None:
    """Unix milliseconds; without a zone it is UTC."""
    try:
        moment = dt.datetime.fromisoformat((text or "").strip()[:40])
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        ms = int(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return ms if 0 <= ms < 253_402_300_800_000 else None


def number(value: Any) -> int:
    """A length in pixels; 0 for what is none."""
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) < 6 else 0
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 20_000:
        return int(value)
    return 0
