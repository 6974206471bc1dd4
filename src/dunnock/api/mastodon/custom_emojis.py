"""GET /api/v1/custom_emojis. Wire name: CustomEmoji."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from dunnock import media
from dunnock.api.kit import public
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer
from dunnock.api.mastodon.render import Render
from dunnock.foundation.db import Db


@get("/api/v1/custom_emojis", guards=[public()])
async def list_custom_emojis(db: NamedDependency[Db], render: NamedDependency[Render]) -> Response[list[wire.Emoji]]:
    """All custom emoji of this server; those not listed are there too, and say so."""
    return answer(render.emoji(await media.all_emoji(db)))


HANDLERS: list[Any] = [list_custom_emojis]
