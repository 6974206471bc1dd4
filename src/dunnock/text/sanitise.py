"""Make HTML from elsewhere safe to show, or plain.

Cost is bounded: what is beyond `MAX_HTML` or `MAX_TAGS` is cut off before any parsing.
"""

from __future__ import annotations

import re
from html import unescape

import nh3

from dunnock.text.links import shown_links
from dunnock.text.parse import clean_controls
from dunnock.text.render import escape, paragraphs

MAX_HTML = 100_000  # characters
MAX_TAGS = 3_000
MAX_DEPTH = 32
MAX_PASSES = 4

_TAGS = {
    "p",
    "br",
    "span",
    "a",
    "del",
    "s",
    "pre",
    "blockquote",
    "code",
    "b",
    "strong",
    "u",
    "i",
    "em",
    "ul",
    "ol",
    "li",
}
_TAGS |= {"ruby", "rt", "rp", "abbr", "sub", "sup"}
_HEADINGS = {f"h{level}" for level in range(1, 7)}
_BLOCKS = _HEADINGS | {"p", "blockquote", "pre", "ul", "ol", "div", "table", "tr", "section", "article", "figure", "dl"}
_DROPPED = {"script", "style", "title", "template", "noscript", "iframe"}
# Mastodon's Sanitize::Config::LINK_PROTOCOLS.
_SCHEMES = {"http", "https", "dat", "dweb", "ipfs", "ipns", "ssb", "gopher", "xmpp", "magnet", "gemini"}
_CLASS = re.compile(r"(?:h|p|u|dt|e)-[A-Za-z0-9_-]{1,40}|mention|hashtag|ellipsis|invisible|quote-inline")
_SIMPLE = {
    "lang": re.compile("[A-Za-z0-9-]{1,35}"),
    "start": re.compile("-?[0-9]{1,9}"),
    "value": re.compile("-?[0-9]{1,9}"),
}
_TAG = re.compile("<(/?)([a-z0-9]+)")
_MATH = re.compile("<math([^<>]{0,500})>", re.IGNORECASE)
_TEX = re.compile("<annotation[^<>]{0,200}encoding=[\"']?application/x-tex[^<>]{0,200}>([^<>]{0,5000})<", re.IGNORECASE)
_MOST_MATHS = 100
_PICTURE = re.compile(r"<img\b([^<>]{0,4000})>", re.IGNORECASE)
_OF_PICTURE = re.compile(r"""(?<![\w-])(src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_MANY_LINES = re.compile("\n{3,}")
_SURROGATE = re.compile("[\ud800-\udfff]")


def sanitise(html: str) -> str:
    """The HTML of a remote post or bio, safe to put into a page: Mastodon's elements, attributes and classes only.

    Headings become bold paragraphs, pictures links with their descriptions, links open elsewhere with
    `rel="nofollow noopener"`, deep nesting becomes plain paragraphs. Cleaning twice changes nothing. Never raises; HTML
    that breaks the cleaner comes back as escaped text.

    Source: Mastodon's Sanitize::Config::MASTODON_STRICT; GHSA case of malformed `<math>`.
    """
    html = _bounded(html)
    if "<" not in html and "&" not in html:
        return _fitting(escape_text(html), html)
    lower = html.lower()
    told = _told_maths(html) if "<math" in lower else html
    safe = _clean(_FIRST, _PICTURE.sub(_told_picture, told) if "<img" in lower else told)
    for heading in _HEADINGS:
        if f"<{heading}" in safe:
            safe = safe.replace(f"<{heading}>", "<p><strong>").replace(f"</{heading}>", "</strong></p>")
    # What was within a removed element may nest as no parser would: repeat until a parser reads what we wrote.
    for _ in range(MAX_PASSES):
        before, safe = safe, _clean(_CLEANER, safe)
        if before == safe:
            break
    else:
        return _flat(html)
    if "invisible" in safe:
        safe = shown_links(safe)
    if safe.count("</") > MAX_DEPTH and _depth(safe) > MAX_DEPTH:
        return _flat(html)
    return _fitting(safe, html)


def _told_maths(html: str) -> str:
    """Formulas as the TeX that their annotations say; others stay, and lose their markup. Source: FEP-dc88."""
    lower, parts, place = html.lower(), [], 0
    for _ in range(_MOST_MATHS):
        begins = _MATH.search(html, place)
        end = -1 if begins is None else lower.find("</math>", begins.end())
        if begins is None or end < 0:
            break
        said = _TEX.search(html, begins.end(), end + 1)
        parts.append(html[place : begins.start()])
        if said is None:
            parts.append(html[begins.start() : end + 7])
        else:
            mark = "$$" if "block" in begins[1] else "$"
            parts.append(f"{mark}{said[1].strip()}{mark}")
        place = end + 7
    return "".join([*parts, html[place:]])


def _told_picture(found: re.Match[str]) -> str:
    """A link to a picture, by what it is said to show: it is not loaded from where somebody else sees who reads."""
    said = {name.lower(): "".join(value) for name, *value in _OF_PICTURE.findall(found[1])}
    source, alt = said.get("src", ""), said.get("alt", "").strip()
    if not source.startswith(("https://", "http://")):
        return escape(unescape(alt))
    return f'<a href="{escape(unescape(source))}">{escape(unescape(alt or source))}</a>'


def plain(html: str) -> str:
    """What a reader sees of the HTML, as text: paragraphs apart by a blank line, `<br>` as a line break, no markup.

    Not safe as HTML: escape it again. Never raises.
    """
    html = _bounded(html)
    if "<" not in html and "&" not in html:
        return html.strip("\n")
    text = _clean(_TEXT, html)
    if "<" in text:
        text = text.replace("<br>", "\n").replace("</li>", "\n")
        for block in _BLOCKS:
            text = text.replace(f"<{block}>", "\n\n" if block != "p" else "").replace(f"</{block}>", "\n\n")
        text = text.replace("<li>", "")
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u00a0").replace("&amp;", "&")
    return _MANY_LINES.sub("\n\n", text).strip("\n")


def said_plainly(words: str) -> str:
    """Words from elsewhere that are to be text (a name, a warning, an option), without markup where somebody put some in.

    Never raises. Not safe as HTML, as any text.
    """
    return clean_controls(plain(words) if "<" in words else words).strip()


def escape_text(text: str) -> str:
    """Escape as the cleaner does between tags, so that cleaning again changes nothing."""
    return text.replace("&", "&amp;").replace("\u00a0", "&nbsp;").replace("<", "&lt;").replace(">", "&gt;")


def _bounded(html: str) -> str:
    html = clean_controls(html[:MAX_HTML])
    if not html.isascii():
        html = _SURROGATE.sub("\ufffd", html)
    if html.count("<") > MAX_TAGS:
        html = "<".join(html.split("<", MAX_TAGS)[:MAX_TAGS])
    return html


def _clean(cleaner: nh3.Cleaner, html: str) -> str:
    try:
        return cleaner.clean(html)
    except BaseException as error:
        # A panic in the library is no Exception; one broken post must not stop the page it is on.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            return escape_text(html)
        raise


def _fitting(safe: str, html: str) -> str:
    """Escapes and closed elements make the text longer: what has outgrown the limits is shown plain."""
    return safe if len(safe) <= MAX_HTML and safe.count("<") <= MAX_TAGS else _flat(html)


def _flat(html: str) -> str:
    text = plain(html)
    safe = _clean(_CLEANER, paragraphs(escape(text)))
    if len(safe) > MAX_HTML or safe.count("<") > MAX_TAGS:
        # An escaped character takes at most six.
        safe = _clean(_CLEANER, paragraphs(escape(text[: MAX_HTML // 6 - 10].replace("\n", " "))))
    return safe


def _depth(html: str) -> int:
    """How deep the elements of cleaned HTML nest."""
    depth = deepest = 0
    for closing, name in _TAG.findall(html):
        if closing:
            depth -= 1
        elif name != "br":
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _attribute(_element: str, name: str, value: str) -> str | None:
    if name == "class":
        return " ".join(word for word in value.split() if _CLASS.fullmatch(word)) or None
    if name == "title":
        return value.replace("<", "").replace(">", "")
    if name == "href":
        return value.replace("<", "%3C").replace(">", "%3E")
    allowed = _SIMPLE.get(name)
    return value if allowed is None or allowed.fullmatch(value) else None


def _cleaner(tags: set[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        clean_content_tags=_DROPPED,
        attributes={
            "*": {"lang"},
            "a": {"href", "class"},
            "span": {"class"},
            "p": {"class"},
            "abbr": {"title"},
            "ol": {"start", "reversed"},
            "li": {"value"},
        },
        tag_attribute_values={"a": {"translate": {"no"}}, "span": {"translate": {"no"}}},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        attribute_filter=_attribute,
        url_schemes=_SCHEMES,
        url_relative="deny",
        link_rel="nofollow noopener",
    )


_FIRST = _cleaner(_TAGS | _HEADINGS)
_CLEANER = _cleaner(_TAGS)
_TEXT = nh3.Cleaner(tags=_BLOCKS | {"br", "li"}, clean_content_tags=_DROPPED, attributes={}, link_rel=None)
