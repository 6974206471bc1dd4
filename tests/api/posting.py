"""The handlers of posts, polls and the like over a real database: `Posting`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import text

from api.kit.driver import Answer
from api.people import URL, People
from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import EdgeSettings, build_edge
from dunnock.api.mastodon import auto_delete, drafts, polls, scheduled_statuses, statuses, statuses_actions, threads
from dunnock.api.mastodon.render import Render
from dunnock.foundation.db import Db, Sql
from dunnock.foundation.settings import Settings
from dunnock.integrity.money import Destinations
from dunnock.media import MediaStore
from dunnock.posts.views import PostViews

STATUSES = "/api/v1/statuses"


class Posting(People):
    """As `People`; `publish` posts and answers with the Status."""

    def __init__(self, db: Db) -> None:
        super().__init__(db)
        self.settings = Settings(data=Path("/nowhere"), public_url=URL)
        given: dict[str, Any] = {
            "db": db,
            "settings": self.settings,
            "media_store": MediaStore.local(Path("/nowhere")),  # no picture is sent here
            "destinations": Destinations(db),
            "render": Render(db, views := AccountViews(db), PostViews(db, views), Viewers(db), public_url=URL),
        }
        self.app = build_edge(
            [
                handler
                for area in (statuses, statuses_actions, polls, scheduled_statuses, drafts, threads, auto_delete)
                for handler in area.HANDLERS
            ],
            authenticate=self._authenticate,
            settings=EdgeSettings(dev=True),
            given=given,
        )

    async def publish(self, who: Any, status: str = "hello", **form: Any) -> Any:
        answer = await self.ask("POST", STATUSES, who, json={"status": status} | form)
        assert answer.status == 200, answer
        return answer.json

    async def vote(self, who: Any, poll_id: str, *choices: Any) -> Answer:
        return await self.ask("POST", f"/api/v1/polls/{poll_id}/votes", who, json={"choices": list(choices)})

    async def many(self, statement: str, rows: list[dict[str, Any]]) -> None:
        """One statement for many rows, in one transaction."""
        async with self.db.begin() as tx:
            await tx.many(Sql(text(statement)), rows)

    async def run(self, statement: str, **values: Any) -> None:
        """One statement, behind everybody's back."""
        async with self.db.begin() as tx:
            await tx.run(Sql(text(statement)), **values)
