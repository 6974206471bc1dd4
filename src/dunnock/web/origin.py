"""Was a form sent from a page of ours? The browser's word on where it came from, and a token that only our pages have."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from dunnock.foundation.errors import DomainError, Kind


class ForgedForm(DomainError):
    """The form was not sent from one of our pages, or from one that is too old."""

    code, kind = "forged_form", Kind.DENIED
    safe = (
        "This form was not sent from this site, or its page was open for too long. "
        "Please go back, reload the page and try again."
    )


def form_token(cookie: str) -> str:
    """The token in the forms of whoever holds this cookie; it says nothing about the cookie."""
    return hashlib.blake2b(cookie.encode(), key=b"dunnock form token", digest_size=24).hexdigest()


def check_form(given: str, cookie: str | None) -> None:
    """Is `given` the token that belongs to the cookie?

    Raises:
        ForgedForm: no.
    """
    if cookie is None or not hmac.compare_digest(given.encode(), form_token(cookie).encode()):
        raise ForgedForm


def check_origin(headers: Mapping[str, str], public_url: str) -> None:
    """Did the browser send this from a page of ours? What a browser does not say is not held against it.

    Raises:
        ForgedForm: it came from elsewhere.

    Source: OWASP, Cross-Site Request Forgery Prevention, "Fetch Metadata" and "Verifying Origin".
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise ForgedForm(site)
        return
    origin = headers.get("origin")
    if origin is not None:
        here = {urlsplit(public_url).netloc, headers.get("host", "")}
        if urlsplit(origin).netloc not in here or origin == "null":
            raise ForgedForm(origin)
