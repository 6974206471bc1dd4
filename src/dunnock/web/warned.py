"""Links of posts to money, contact and shortened addresses lead over the page between (`away`)."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

from markupsafe import Markup

from dunnock.integrity.money import asset_of, shortened

_LINKS = re.compile(r'(<a [^>]*?href=")(https?://[^"]{1,2048})"', re.IGNORECASE)


def warned(html: Markup) -> Markup:
    """HTML of a post whose links to money, contact and shortened addresses lead over the page between."""
    if "href=" not in html:
        return html
    return Markup(_LINKS.sub(_over, html))  # noqa: S704 (an attribute's value in our own HTML, quoted anew)


def over(url: str) -> str:
    """The address, or that of the page between, where it leads to money or contact or hides where it leads."""
    led = url.lower().startswith(("https://", "http://")) and (asset_of(url) is not None or shortened(url))
    return f"/away?to={quote(url, safe='')}" if led else url


def _over(found: re.Match[str]) -> str:
    url = unescape(found[2])
    to = over(url)
    return found[0] if to == url else f'{found[1]}{to}"'
