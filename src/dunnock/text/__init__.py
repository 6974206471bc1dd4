"""What people write: find mentions, hashtags, links and emoji, count it, show it as HTML, make foreign HTML safe.

Pure functions, no I/O. Owns the one spelling of a domain (`canonical_domain`), of a handle and of a hashtag.
"""

from __future__ import annotations

from dunnock.text.domains import canonical_domain
from dunnock.text.errors import BadDomain, BadHandle, BadText, BadUsername
from dunnock.text.handles import RESERVED, check_username, handle_key, parse_handle
from dunnock.text.hashtags import hashtag_key, is_hashtag
from dunnock.text.languages import LANGUAGE_NAMES, LANGUAGES, accepted_languages, check_language
from dunnock.text.length import URL_LENGTH, length
from dunnock.text.markdown import markdown
from dunnock.text.model import Emoji, Handle, Hashtag, Link, Mention, Parsed, Span
from dunnock.text.near import near
from dunnock.text.parse import clean, parse, shortcodes
from dunnock.text.render import escape, render, render_bio, render_field, render_link
from dunnock.text.sanitise import plain, said_plainly, sanitise

__all__ = [
    "LANGUAGES",
    "LANGUAGE_NAMES",
    "RESERVED",
    "URL_LENGTH",
    "BadDomain",
    "BadHandle",
    "BadText",
    "BadUsername",
    "Emoji",
    "Handle",
    "Hashtag",
    "Link",
    "Mention",
    "Parsed",
    "Span",
    "accepted_languages",
    "canonical_domain",
    "check_language",
    "check_username",
    "clean",
    "escape",
    "handle_key",
    "hashtag_key",
    "is_hashtag",
    "length",
    "markdown",
    "near",
    "parse",
    "parse_handle",
    "plain",
    "render",
    "render_bio",
    "render_field",
    "render_link",
    "said_plainly",
    "sanitise",
    "shortcodes",
]
