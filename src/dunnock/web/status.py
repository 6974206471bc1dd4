"""How the server is, for everybody: whether it answers, and how far what it does beside answering is behind."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from dunnock.foundation import backups
from dunnock.foundation.settings import Settings
from dunnock.web.pages import pages
from dunnock.web.show import Show
from dunnock.web.visitor import Visitor

KEPT_S = 5.0
"""A state is shown so long before it is looked at again, whoever asks."""


class State(msgspec.Struct, frozen=True):
    """`answers`: the database does, and is this release's. Milliseconds: `behind_ms`, how old the oldest event is that
    feeds, notifications and search did not hear of; `late_ms`, since when the oldest work in the background is due.
    `deliveries`: how many messages wait for other servers.
    """  # fmt: skip

    answers: bool
    well: bool
    behind_ms: int = 0
    late_ms: int = 0
    deliveries: int = 0


class Wellbeing:
    """The state of the server, looked at once in a while."""

    def __init__(self, look: Callable[[], Awaitable[State]]) -> None:
        """`look` finds out, by asking the database."""
        self._look = look
        self._held: tuple[float, State] | None = None

    async def state(self) -> State:
        """How it is now, or was a moment ago."""
        if self._held is None or time.monotonic() - self._held[0] > KEPT_S:
            self._held = (time.monotonic(), await self._look())
        return self._held[1]


@get("/status")
async def show_status(
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    settings: NamedDependency[Settings],
    wellbeing: NamedDependency[Wellbeing],
) -> Response[str]:
    """The state in plain words, with 503 when something is wrong; staff see when the last backup was made."""
    state = await wellbeing.state()
    backup = backups.last(settings.data) if visitor.is_staff else None
    return show("status.html", status=200 if state.well else 503, state=state, backup=backup)


HANDLERS = pages(show_status)
