"""Our server among others, as tests use it."""

from __future__ import annotations

from typing import Any

import msgspec

from api.kit.driver import Answer, call
from api.staffed import URL, Staffed
from dunnock import accounts
from dunnock.federation.store import actors
from dunnock.foundation.db import Sql
from dunnock.foundation.db.tables import jobs
from dunnock.posts.tables import posts
from federation.neighbour import ACTIVITY, Neighbour, signed
from making import Make

_POSTS = Sql(posts.select().where(posts.c.deleted_at.is_(None)).order_by(posts.c.id))
_DEAD = Sql(jobs.select().with_only_columns(jobs.c.kind, jobs.c.error).where(jobs.c.error.is_not(None)))


class Town:
    """`deliver` sends to our inbox and gives the status; `posts` are the living ones, boosts too, as dicts."""

    def __init__(self, home: Staffed, make: Make, near: Neighbour, far: Neighbour) -> None:
        self.home, self.make, self.near, self.far = home, make, near, far
        self.db = home.house.db
        self.base = URL

    def of(self, uri: str) -> Neighbour:
        """The server of an address."""
        return self.near if uri.startswith(self.near.base) else self.far

    async def request(
        self, body: bytes, headers: dict[str, str] | None = None, *, path: str = "/inbox", chunk: int = 65_536
    ) -> Answer:
        """A bare POST."""
        return await call(
            self.home.house.edge,
            "POST",
            path,
            body,
            kind=ACTIVITY,
            headers=tuple((headers or {}).items()),
            chunk=chunk,
        )

    async def deliver(self, activity: Any, *, signer: str | None = None, path: str = "/inbox", **how: Any) -> int:
        """Send an activity (or bytes), signed by its actor or somebody else; the status."""
        body = activity if isinstance(activity, bytes) else msgspec.json.encode(activity)
        who = signer or activity["actor"]
        headers = signed(f"{self.base}{path}", body, **({"key_id": f"{who}#main-key"} | how))
        return (await self.request(body, headers, path=path)).status

    async def send(self, kind: str, by: str, about: Any, *, path: str = "/inbox", **more: Any) -> dict[str, Any]:
        """Have somebody do something; it is taken."""
        activity = self.of(by).activity(kind, by, about, **more)
        assert await self.deliver(activity, path=path) == 202
        return activity

    async def settle(self) -> None:
        """Everything that follows has happened, and others were told."""
        for _ in range(4):
            await self.home.house.reactions.settle()
            await self.home.house.jobs.settle()
        await self.home.house.deliveries.settle()
        assert await self.db.all(_DEAD) == []

    async def told(self, remote: Neighbour, kind: str) -> list[dict[str, Any]]:
        """The activities of a type that another server got from us."""
        await self.settle()
        return [activity for _, _, activity in remote.got if activity["type"] == kind]

    async def posts(self) -> list[dict[str, Any]]:
        """The living posts, oldest first."""
        names = [column.name for column in posts.columns]
        return [dict(zip(names, row, strict=True)) for row in await self.db.all(_POSTS)]

    async def id_of(self, uri: str) -> int:
        """The account of an actor that we met."""
        found = await actors.by_uri(self.db, uri)
        assert found is not None
        return found.account_id

    async def meet(self, uri: str) -> int:
        """Have our server know an actor."""
        return (await self.home.house.federation.people.find(uri)).account_id

    async def follow(self, member: Any, uri: str) -> int:
        """A member follows somebody elsewhere, who said yes."""
        an_id = await self.meet(uri)
        async with self.db.begin() as tx:
            await accounts.follow(tx, follower=member.id, followed=an_id)
            await accounts.accept_follow(tx, an_id, follower=member.id)
        return an_id
