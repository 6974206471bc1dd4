"""An app and its owner before anybody let them in, against the whole server in this process."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote_plus, urlencode

import msgspec
import pytest

from api.kit.driver import Answer, call
from api.kit.test_requests import MULTI, multipart
from dunnock import accounts
from dunnock.app.build import build
from dunnock.app.settings import load

CALLBACK = "https://app.example/cb"


@pytest.fixture
async def house(database_url, tmp_path):
    settings = load(tmp_path, environ={}, flags={"database_url": database_url, "dev": True, "sign_up": "approval"})
    built = await build(settings)
    yield built
    await built.close()


def basic(client_id: str, secret: str) -> tuple[str, str]:
    coded = base64.b64encode(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()).decode()
    return "authorization", f"Basic {coded}"


class Outsider:
    """Asks over HTTP; `register` gives it an app."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.app: dict[str, Any] = {}
        self.token = ""

    async def ask(
        self, method: str, path: str, sent: Any = None, encoding: str = "form", *, token: str | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Answer:  # fmt: skip
        body, kind = b"", None
        if sent is not None and encoding == "json":
            body, kind = msgspec.json.encode(sent), "application/json"
        elif sent is not None and encoding == "multipart":
            body, kind = multipart(*((name, value, None) for name, value in sent.items())), MULTI
        elif sent is not None:
            body, kind = urlencode(sent).encode(), "application/x-www-form-urlencoded"
        answer = await call(self.house.edge, method, path, body, kind=kind, token=token, headers=headers)
        assert answer.status < 500, answer
        return answer

    async def register(self, **more: Any) -> dict[str, Any]:
        sent = {"client_name": "An app", "redirect_uris": CALLBACK, "scopes": "read write follow profile"} | more
        answer = await self.ask("POST", "/api/v1/apps", sent)
        assert answer.status == 200, answer
        self.app = answer.json
        return self.app

    @property
    def secret(self) -> dict[str, str]:
        """How the app names itself in a form."""
        return {"client_id": self.app["client_id"], "client_secret": self.app["client_secret"]}

    async def app_token(self, scope: str = "read write follow", **more: Any) -> Answer:
        form = {"grant_type": "client_credentials", "scope": scope} | self.secret | more
        return await self.ask("POST", "/oauth/token", form)

    async def approve(self, username: str) -> None:
        member = await accounts.member_named(self.house.db, username)
        async with self.house.db.begin() as tx:
            await accounts.change_state(tx, member.id, accounts.State.ACTIVE)
