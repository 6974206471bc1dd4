"""The whole server in this process, a member with an app that gets pushes, and a place that they arrive at."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import AsyncIterator
from typing import Any

import http_ece
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.kit.driver import Answer, call
from dunnock import accounts
from dunnock.app.build import House, build
from dunnock.app.settings import load
from outside import Outside, outside

__all__ = ["outside"]

PATH = "/api/v1/push/subscription"


@pytest.fixture
async def house(database_url, tmp_path) -> AsyncIterator[House]:
    built = await build(load(tmp_path, environ={}, flags={"database_url": database_url, "dev": True}))
    await built.reactions.prepare()
    yield built
    await built.close()


class App:
    """A member's app: asks with its own token, and opens what is pushed to it."""

    def __init__(self, house: House, who: Any, token: str, token_id: int) -> None:
        self.house, self.who, self.token, self.token_id = house, who, token, token_id
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)

    async def ask(self, method: str, path: str = PATH, sent: Any = None) -> Answer:
        body = b"" if sent is None else msgspec.json.encode(sent)
        return await call(self.house.edge, method, path, body, kind="application/json", token=self.token)

    def keys(self) -> dict[str, str]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": base64.b64encode(point).decode(), "auth": base64.urlsafe_b64encode(self.secret).decode()}

    async def subscribe(
        self, outside: Outside, *types: str, standard: bool = True, policy: str = "all", path: str = "/"
    ) -> dict[str, Any]:
        sent = {
            "subscription": {"endpoint": outside.url + path, "keys": self.keys(), "standard": standard},
            "data": {"policy": policy, "alerts": dict.fromkeys(types, True)},
        }
        answer = await self.ask("POST", PATH, sent)
        assert answer.status == 200, answer
        return answer.json

    def opened(self, one: tuple[str, dict[str, str], bytes]) -> Any:
        _, headers, body = one
        if headers["content-encoding"] == "aes128gcm":
            return json.loads(
                http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
            )
        salt = _bytes(headers["encryption"].removeprefix("salt="))
        point = _bytes(headers["crypto-key"].partition(";")[0].removeprefix("dh="))
        return json.loads(
            http_ece.decrypt(
                body,
                salt=salt,
                private_key=self.key,
                dh=point,
                auth_secret=self.secret,
                keylabel="P-256",
                version="aesgcm",
            )
        )


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture
async def app(house, make):
    """Makes apps: `await app(member)`."""

    async def made(who: Any, scopes: str = "read write push") -> App:
        row = await make.app(scopes=scopes)
        async with house.db.begin() as tx:
            held = await accounts.find_app(tx, row.id)
            token_id, raw = await accounts.make_token(
                tx, held, scopes=scopes, member_id=who.member_id, account_id=who.id
            )
        return App(house, who, raw, token_id)

    return made


async def settle(house: House) -> None:
    """All that follows from what happened, pushes too."""
    await house.reactions.settle()
    await house.reactions.settle()
    await house.jobs.settle()
