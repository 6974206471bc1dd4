"""What a member prefers, for clients to start with: Preferences."""

from __future__ import annotations

from typing import Any

from litestar import get
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.api.kit import Called, require
from dunnock.api.mastodon.fragments import VISIBILITY
from dunnock.api.mastodon.pages import me
from dunnock.foundation.db import Db


@get("/api/v1/preferences", guards=[require("read:accounts")])
async def show_preferences(caller: Called, db: NamedDependency[Db]) -> dict[str, Any]:
    """How new posts begin, and how media and warned posts are shown (as each post says)."""
    defaults = await accounts.posting_defaults(db, me(caller))
    return {
        "posting:default:visibility": VISIBILITY[defaults.visibility],
        "posting:default:sensitive": defaults.sensitive,
        "posting:default:language": defaults.language,
        "posting:default:quote_policy": defaults.quote_policy,
        "reading:expand:media": "default",
        "reading:expand:spoilers": False,
        "reading:autoplay:gifs": False,
    }


HANDLERS: list[Any] = [show_preferences]
