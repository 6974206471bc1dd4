"""The handlers of accounts and relations over a real database, asked by members: `People`."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec

from api.kit.driver import Answer, call
from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Caller, EdgeSettings, build_edge
from dunnock.api.mastodon import accounts, preferences, relations
from dunnock.api.mastodon.render import Render
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.posts.views import PostViews

URL = "https://home.example"
ALL = frozenset(("read", "write", "follow"))


class People:
    """Members of a server; `token of somebody` is their account id, or `id:scopes`."""

    def __init__(self, db: Db, media_store: Any = None) -> None:
        self.db = db
        viewers, account_views = Viewers(db), AccountViews(db)
        given = {
            "db": db,
            "settings": Settings(data=Path("/nowhere"), public_url=URL),
            "render": Render(db, account_views, PostViews(db, account_views), viewers, public_url=URL),
            "media_store": media_store,
        }
        self.app = build_edge(
            [*accounts.HANDLERS, *relations.HANDLERS, *preferences.HANDLERS],
            authenticate=self._authenticate,
            settings=EdgeSettings(dev=True),
            given=given,
        )

    async def _authenticate(self, token: bytes) -> Caller | None:
        who, _, scopes = token.decode().partition(" ")
        held = frozenset(scopes.split()) or ALL
        return Caller(token_id=1, app_id=1, member_id=int(who), account_id=int(who), scopes=held)

    async def ask(
        self,
        method: str,
        path: str,
        who: Any = None,
        scopes: str = "",
        /,
        *,
        form: Any = None,
        json: Any = None,
        raw: bytes = b"",
        kind: str | None = None,
    ) -> Answer:
        body = raw
        if form is not None:
            body, kind = urlencode(form).encode(), "application/x-www-form-urlencoded"
        elif json is not None:
            body, kind = msgspec.json.encode(json), "application/json"
        token = None if who is None else f"{who.id} {scopes}".strip()
        return await call(self.app, method, path, body, kind=kind, token=token)

    async def get(self, path: str, who: Any = None, scopes: str = "", /) -> Any:
        answer = await self.ask("GET", path, who, scopes)
        assert answer.status == 200, answer
        return answer.json

    async def post(self, path: str, who: Any, /, **form: Any) -> Any:
        answer = await self.ask("POST", path, who, form=form)
        assert answer.status == 200, answer
        return answer.json
