"""Show a parsed text as HTML, in the shape that clients of Mastodon's API know."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from dunnock.text.model import Handle, Hashtag, Link, Mention, Parsed

# What a handle leads to: (URL of the profile, `name` or `name@domain` in the case its owner uses).
Target = tuple[str, str]
Targets = Mapping[str, Target] | Callable[[Handle], Target | None]

_LINK_SHOWN = 30
_REL = "nofollow noopener noreferrer"
_PREFIX = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_SPECIAL = re.compile("[&<>\"']")
_PARAGRAPH = re.compile("\n\n+")


def escape(text: str) -> str:
    """The text for use between tags or within a quoted attribute."""
    if _SPECIAL.search(text) is None:
        return text
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#39;")


def render(parsed: Parsed, *, mention_url: Targets, tag_url: Callable[[str], str]) -> str:
    """The text as paragraphs; an empty text is an empty string.

    `mention_url` gives the target of a handle, by function or by mapping from `Handle.key`; None leaves the mention
    plain text. `tag_url` gives the page of a hashtag, by its key. Two people of one name are shown with their domains.

    Source: Mastodon's TextFormatter.
    """
    if not parsed.text:
        return ""
    return paragraphs(_inline(parsed, mention_url, tag_url, _REL))


def paragraphs(html: str) -> str:
    """Escaped text with its line breaks as `<br />` and its blank lines as borders of paragraphs."""
    if "\n" in html:
        html = _PARAGRAPH.sub("</p><p>", html).replace("\n", "<br />")
    return f"<p>{html}</p>"


def render_link(url: str) -> str:
    """A link as it stands in a text."""
    return _link(url, _REL)


def render_bio(parsed: Parsed, *, mention_url: Targets, tag_url: Callable[[str], str]) -> str:
    """The text that members write about themselves, as paragraphs."""
    return render(parsed, mention_url=mention_url, tag_url=tag_url)


def render_field(parsed: Parsed, *, mention_url: Targets, tag_url: Callable[[str], str]) -> str:
    """The value of a profile field: one line, no paragraph, links with `rel="me"`."""
    return _inline(parsed, mention_url, tag_url, "me " + _REL).replace("\n", " ")


def _inline(parsed: Parsed, mention_url: Targets, tag_url: Callable[[str], str], rel: str) -> str:
    text = parsed.text
    if not parsed.spans:
        return escape(text)
    targets = _targets(parsed, mention_url)
    parts: list[str] = []
    done = 0
    for span in parsed.spans:
        if isinstance(span, Mention):
            target = targets.get(span.handle.key)
            if target is None:
                continue
            shown = _mention(*target)
        elif isinstance(span, Hashtag):
            url = escape(tag_url(span.key))
            shown = f'<a href="{url}" class="mention hashtag" rel="tag">#<span>{span.name}</span></a>'
        elif isinstance(span, Link):
            shown = _link(span.url, rel)
        else:
            continue
        parts += (escape(text[done : span.start]), shown)
        done = span.end
    parts.append(escape(text[done:]))
    return "".join(parts)


def _targets(parsed: Parsed, mention_url: Targets) -> dict[str, Target]:
    """Known handle key -> (URL, name to show)."""
    known: dict[str, Target] = {}
    names: dict[str, set[str]] = {}
    for handle in parsed.handles:
        target = mention_url.get(handle.key) if isinstance(mention_url, Mapping) else mention_url(handle)
        if target is not None:
            known[handle.key] = target
            acct = target[1].lower()
            names.setdefault(acct.partition("@")[0], set()).add(acct)
    for key, (url, acct) in known.items():
        name = acct.partition("@")[0]
        if len(names[name.lower()]) == 1:
            known[key] = (url, name)
    return known


def _mention(url: str, name: str) -> str:
    return (
        f'<span class="h-card" translate="no"><a href="{escape(url)}" class="u-url mention">'
        f"@<span>{escape(name)}</span></a></span>"
    )


def _link(url: str, rel: str) -> str:
    prefix = _PREFIX.match(url)
    cut = prefix.end() if prefix else 0
    shown, rest = url[cut : cut + _LINK_SHOWN], url[cut + _LINK_SHOWN :]
    ellipsis = "ellipsis" if rest else ""
    return (
        f'<a href="{escape(url)}" target="_blank" rel="{rel}" translate="no"><span class="invisible">{url[:cut]}</span>'
        f'<span class="{ellipsis}">{escape(shown)}</span><span class="invisible">{escape(rest)}</span></a>'
    )
