"""What a form answers when the page's script sends it and stays where it is: JSON in place of a page."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response

from dunnock.foundation.errors import DomainError
from dunnock.web.show import STATUS, Show, refused


def asks_json(request: Request[Any, Any, Any]) -> bool:
    """Did a script send the form?"""
    return request.headers.get("accept", "").startswith("application/json")


def led(request: Request[Any, Any, Any], show: Show, where: str, done: str) -> Response[Any]:
    """On to the page; a script is told where that is."""
    return (
        Response({"to": f"{where}?done={done}"}, status_code=200) if asks_json(request) else show.go(where, done=done)
    )


def told(show: Show, error: DomainError) -> Response[Any]:
    """Why it was refused, for a script to show."""
    words = refused(error, show.locale)
    return Response({"error": words.text if words else ""}, status_code=STATUS[error.kind])
