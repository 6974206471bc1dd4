"""Hashtags. Wire: Tag."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock.api.kit import MaybeCalled, public
from dunnock.api.mastodon import wire
from dunnock.foundation.clock import SECOND, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Missing
from dunnock.foundation.settings import Settings
from dunnock.posts.hashtag_search import FoundHashtag, find_hashtag


@get("/api/v1/tags/{name:str}", guards=[public()])
async def show_tag(
    name: FromPath[str], caller: MaybeCalled, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> wire.Tag:
    """One hashtag and how much it was used in the last seven days."""
    found = await find_hashtag(db, name, now=now_ms())
    if found is None:
        raise Missing(name)
    return tag(found, settings.public_url, signed_in=caller is not None and caller.account_id is not None)


def tag(one: FoundHashtag, public_url: str, *, signed_in: bool) -> wire.Tag:
    """Tag; `following` is there for members only."""
    shown = wire.Tag(
        id=str(one.id) if one.id else "",
        name=one.name,
        url=f"{public_url}/tags/{quote(one.key)}",
        history=[
            wire.TagHistory(day=str(day.at // SECOND), uses=str(day.uses), accounts=str(day.accounts))
            for day in one.days
        ],
    )
    if signed_in:
        shown.following = False  # hashtags can't be followed yet
    return shown


HANDLERS: list[Any] = [show_tag]
