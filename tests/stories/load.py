"""Members who use a server at the same time, and remember what it acknowledged and what they only sent."""

from __future__ import annotations

import asyncio
import random
import secrets
from dataclasses import dataclass, field
from typing import Any

import aiohttp

LIVING, DELETED = "living", "deleted"
_VISIBILITIES = ("public",) * 7 + ("unlisted", "private", "direct")
_ACTS = {
    "publish": 34,
    "reply": 10,
    "favourite": 16,
    "unfavourite": 4,
    "reblog": 8,
    "unreblog": 3,
    "follow": 8,
    "unfollow": 5,
    "bookmark": 4,
    "unbookmark": 1,
    "edit": 6,
    "delete": 4,
}


@dataclass
class Sent:
    """A post as it was asked for; `id` once that was acknowledged."""

    author: str
    key: str
    form: dict[str, str]
    id: int | None = None
    tries: int = 0


@dataclass
class World:
    """What all clients know together."""

    address: str
    names: list[str]
    ids: dict[str, int]
    chance: random.Random
    up: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False
    sent: list[Sent] = field(default_factory=list)
    # (what, who, whom or which) -> every state it may be in: one when the last write was acknowledged
    facts: dict[tuple[str, str, Any], set[Any]] = field(default_factory=dict)
    acknowledged: int = 0
    unanswered: int = 0
    strange: list[str] = field(default_factory=list)
    busy: list[str] = field(default_factory=list)

    def state(self, what: str, who: str, which: Any, *, default: Any = False) -> set[Any]:
        return self.facts.get((what, who, which), {default})

    def may_be_seen(self) -> list[Sent]:
        """Acknowledged posts that anybody may see, and that nobody tried to delete."""
        return [
            one
            for one in self.sent[-300:]
            if one.id is not None
            and one.form["visibility"] in {"public", "unlisted"}
            and DELETED not in self.state("post", one.author, one.id, default=LIVING)
        ]


class Client:
    """One member with one connection: one request at a time."""

    def __init__(self, world: World, name: str, token: str) -> None:
        self.world, self.name = world, name
        self._headers = {"Authorization": f"Bearer {token}"}
        self._session: aiohttp.ClientSession | None = None
        self._again: list[Sent] = []
        self._number = 0
        self.last = ""  # what became of the last request

    async def live(self) -> None:
        """Do one thing after the other until the world is over."""
        world = self.world
        async with aiohttp.ClientSession(
            world.address, headers=self._headers, timeout=aiohttp.ClientTimeout(total=15)
        ) as self._session:
            while not world.over:
                await world.up.wait()
                await asyncio.sleep(world.chance.uniform(0, 0.01))
                if self._again:
                    await self._publish(self._again.pop())
                else:
                    await self._act(world.chance.choices(list(_ACTS), list(_ACTS.values()))[0])

    async def finish(self) -> None:
        """Ask again, with its key, for each post that was to be asked for again."""
        async with aiohttp.ClientSession(
            self.world.address, headers=self._headers, timeout=aiohttp.ClientTimeout(total=30)
        ) as self._session:
            while self._again:
                one = self._again.pop()
                await self._publish(one)
                assert one.id is not None, f"no answer for {one}: {self.last}"

    async def get(self, path: str, **params: Any) -> tuple[int, Any]:
        """What the server says, with nobody about to kill it."""
        async with (
            aiohttp.ClientSession(self.world.address, headers=self._headers) as session,
            session.get(path, params=params) as answer,
        ):
            return answer.status, await answer.json()

    async def _call(self, method: str, path: str, form: dict[str, str] | None = None, key: str = "") -> tuple[int, Any]:
        """Status and body; status 0 when no answer came."""
        assert self._session is not None
        try:
            async with self._session.request(
                method, path, json=form, headers={"Idempotency-Key": key} if key else {}
            ) as answer:
                body = await answer.json()
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            self.world.unanswered += 1
            self.last = repr(error)
            await asyncio.sleep(0.02)
            return 0, None
        self.last = f"{answer.status} {body}"
        if answer.status == 503:
            self.world.busy.append(f"{method} {path}: {body}")
        if answer.status == 200:
            self.world.acknowledged += 1
        elif answer.status not in {404, 422, 503}:
            self.world.strange.append(f"{method} {path}: {answer.status} {body}")
        return answer.status, body

    async def _act(self, act: str) -> None:
        world, chance = self.world, self.world.chance
        if act == "publish":
            await self._publish(self._draft())
            return
        if act in {"follow", "unfollow"}:
            other = chance.choice([name for name in world.names if name != self.name])
            await self._set("follow", other, act == "follow", f"/api/v1/accounts/{world.ids[other]}/{act}")
            return
        seen = world.may_be_seen()
        if not seen:
            return
        if act == "reply":
            parent = chance.choice(seen)
            await self._publish(self._draft(parent))
        elif act in {"edit", "delete"}:
            own = [one for one in seen if one.author == self.name]
            if own:
                await (self._edit if act == "edit" else self._delete)(chance.choice(own))
        else:
            post = chance.choice(seen[-60:])
            await self._set(
                act.removeprefix("un"), post.id, not act.startswith("un"), f"/api/v1/statuses/{post.id}/{act}"
            )

    def _draft(self, parent: Sent | None = None) -> Sent:
        world, chance = self.world, self.world.chance
        self._number += 1
        visibility = chance.choice(_VISIBILITIES) if parent is None else "public"
        named = chance.sample([name for name in world.names if name != self.name], chance.choice((0, 0, 1, 1, 2)))
        if visibility == "direct" and not named:
            named = [next(name for name in world.names if name != self.name)]
        words = [
            f"{self.name} says {self._number}",
            *(f"@{name}" for name in named),
            chance.choice(("#wren", "#owl", "")),
        ]
        form = {"status": " ".join(words).strip(), "visibility": visibility}
        if parent is not None:
            form["in_reply_to_id"] = str(parent.id)
        one = Sent(self.name, secrets.token_hex(8), form)
        world.sent.append(one)
        return one

    async def _publish(self, one: Sent) -> None:
        one.tries += 1
        status, body = await self._call("POST", "/api/v1/statuses", one.form, key=one.key)
        if status == 200:
            one.id = int(body["id"])
            self.world.facts["text", self.name, one.id] = {one.form["status"]}
        elif status in {0, 503} and (one.tries > 1 or self.world.chance.random() < 0.8):
            self._again.append(one)  # the others may be there or not

    async def _edit(self, one: Sent) -> None:
        self._number += 1
        text = f"{one.form['status']} and {self._number}"
        await self._set("text", one.id, text, f"/api/v1/statuses/{one.id}", method="PUT", form={"status": text})

    async def _delete(self, one: Sent) -> None:
        await self._set("post", one.id, DELETED, f"/api/v1/statuses/{one.id}", method="DELETE", default=LIVING)

    async def _set(
        self, what: str, which: Any, new: Any, path: str, *, method: str = "POST", form: dict[str, str] | None = None,
        default: Any = False,
    ) -> None:  # fmt: skip
        key = (what, self.name, which)
        before = self.world.facts.get(key, {default})
        self.world.facts[key] = before | {new}
        status, _ = await self._call(method, path, form)
        if status == 200:
            self.world.facts[key] = {new}
        elif status not in {0, 503}:
            self.world.facts[key] = before
