"""Long texts of those who run the server, written in Markdown (CommonMark), as safe HTML."""

from __future__ import annotations

import functools
from typing import Any

import nh3

_TAGS = {
    "a", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


@functools.cache
def _parser() -> Any:
    from markdown_it import MarkdownIt  # noqa: PLC0415 (a server whose pages nobody asks for does without)

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def markdown(text: str) -> str:
    """The text as HTML: headings, lists, tables, links, no pictures; raw HTML in it is shown as text.

    Source: CommonMark, with GitHub's tables and strikethrough.
    """
    html: str = _parser().render(text)
    return nh3.clean(
        html, tags=_TAGS, attributes={"a": {"href", "title"}}, url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )  # fmt: skip
