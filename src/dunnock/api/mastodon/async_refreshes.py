"""How far work in the background is. Mastodon: /api/v1_alpha/async_refreshes/:id."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from dunnock.api.kit import Called, require
from dunnock.foundation import refresh
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Missing

HEADER = "mastodon-async-refresh"


class AsyncRefresh(msgspec.Struct, kw_only=True):
    """`result_count`: how much came of it so far, where that says anything."""

    id: str
    status: Literal["running", "finished"]
    result_count: int | UnsetType = UNSET


class AsyncRefreshAnswer(msgspec.Struct):
    """The entity stands under a name of its own."""

    async_refresh: AsyncRefresh


@get("/api/v1_alpha/async_refreshes/{refresh_id:str}", guards=[require("read")])
async def show_refresh(refresh_id: FromPath[str], caller: Called, db: NamedDependency[Db]) -> AsyncRefreshAnswer:
    """How far the work is that an answer named in `Mastodon-Async-Refresh`."""
    found = await refresh.find(db, refresh_id)
    if found is None:
        raise Missing(refresh_id[:80], caller.token_id)
    return AsyncRefreshAnswer(
        AsyncRefresh(
            id=found.id,
            status="finished" if found.finished else "running",
            result_count=UNSET if found.results is None else found.results,
        )
    )


HANDLERS: list[Any] = [show_refresh]
