"""The whole server in this process, whose door leads to a made-up internet on this machine."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from PIL import Image

from api.kit.driver import Answer, call
from dunnock import accounts, posts
from dunnock.app.build import House, build
from dunnock.app.settings import load
from outside import Outside, outside

__all__ = ["outside"]


@pytest.fixture
async def house(database_url, tmp_path) -> AsyncIterator[House]:
    built = await build(load(tmp_path, environ={}, flags={"database_url": database_url, "dev": True}))
    await built.reactions.prepare()

    async def resolve(host: str) -> list[str]:
        return ["127.9.9.9"] if host.startswith("inside.") else ["127.0.0.1"]

    built._doors[0]._resolve_with = resolve
    yield built
    await built.close()


class World:
    """A member who posts links, and the pages that they lead to."""

    def __init__(self, house: House, outside: Outside, make: Any) -> None:
        self.house, self.outside, self._make = house, outside, make

    def url(self, path: str, host: str = "news.example") -> str:
        return f"http://{host}:{self.outside.port}{path}"

    def page(self, path: str, head: str, **more: Any) -> str:
        self.outside.page(path, f"<html><head>{head}</head><body>words</body></html>".encode(), **more)
        return self.url(path)

    async def say(self, who: Any, text: str, **more: Any) -> posts.Post:
        async with self.house.db.begin() as tx:
            draft = posts.Draft(text=text, **more)
            return await posts.publish(tx, draft, author_id=who.id, app_id=None, settings=self.house.settings)

    async def edit(self, who: Any, post: posts.Post, text: str) -> None:
        async with self.house.db.begin() as tx:
            await posts.edit(tx, post.id, posts.Changes(text=text), by=who.id, settings=self.house.settings)

    async def ask(self, path: str, token: str | None = None) -> Answer:
        return await call(self.house.edge, "GET", path, token=token)

    async def shown(self, post: Any) -> Any:
        answer = await self.ask(f"/api/v1/statuses/{post.id}")
        assert answer.status == 200, answer
        return answer.json["card"]

    async def card(self, post: Any) -> Any:
        """What the post shows once all is done."""
        await self.house.jobs.settle()
        return await self.shown(post)

    async def token(self, who: Any, scopes: str = "read write") -> str:
        row = await self._make.app(scopes=scopes)
        async with self.house.db.begin() as tx:
            held = await accounts.find_app(tx, row.id)
            _, raw = await accounts.make_token(tx, held, scopes=scopes, member_id=who.member_id, account_id=who.id)
        return raw

    def asked(self) -> list[str]:
        return [line.split()[1] for line, _, _ in self.outside.asked]


@pytest.fixture
def world(house, outside, make) -> World:
    return World(house, outside, make)


@pytest.fixture
async def ada(make):
    return await make.member("ada")


def png(width: int = 300, height: int = 200) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize((width, height)).convert("RGB").save(out, "PNG")
    return out.getvalue()


def encode(value: Any) -> bytes:
    return msgspec.json.encode(value)
