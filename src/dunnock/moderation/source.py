"""What another server publishes and this one reads again and again: where it is, and reading it when it changed."""

from __future__ import annotations

from urllib.parse import urlsplit

from dunnock.foundation.errors import DomainError, Invalid
from dunnock.foundation.http import Answer, Door, Wanted

LONGEST_TITLE = 200
_LONGEST_URL = 2048
_NO_NEWS = 304


def check_source(title: str, url: str, *, example: str) -> tuple[str, str]:
    """Title and address as they are kept. `example`: an address to name when there is none. Raises: Invalid."""
    title, url = title.strip(), url.strip()
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        host = None
    if not title or len(title) > LONGEST_TITLE:
        raise Invalid(say=f"Validation failed: the list needs a name of at most {LONGEST_TITLE} characters")
    if not host or parts.scheme not in {"http", "https"} or len(url) > _LONGEST_URL:
        raise Invalid(url[:80], say=f"Validation failed: give the address of the list, as in {example}")
    return title, url


async def read_source(door: Door, url: str, *, etag: str, most: int, accept: str) -> Answer | None:
    """What is there now; None: the same as when it had this `etag`.

    Raises:
        OutsideForbidden, OutsideFailed: as `Door.get`.
        DomainError: the server says no; the text has its status.
    """
    asks = {"accept": accept} | ({"if-none-match": etag} if etag else {})
    answer = await door.get(url, Wanted(most=most, within_s=60), headers=asks)
    if answer.status == _NO_NEWS:
        return None
    if not answer.fine:
        raise DomainError(answer.status, say=f"The server of the list answered with {answer.status}")
    return answer


def etag_of(answer: Answer) -> str:
    """What to ask with the next time."""
    return answer.headers.get("etag", "")[:500]
