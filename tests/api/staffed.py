"""The whole app over a real database with members of every role, for tests of what staff may do."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec

from api.kit.driver import Answer, call
from dunnock import accounts
from dunnock.accounts import scopes as known
from dunnock.app.build import House, build
from dunnock.app.settings import load

URL = "http://localhost:3000"


class Staffed:
    """`await ask(method, path, who)`: as a member, with every scope unless told otherwise; None: a stranger."""

    def __init__(self, house: House, make: Any, app: Any) -> None:
        self.house, self.make, self._app = house, make, app
        self._tokens: dict[tuple[int, str], str] = {}

    async def token(self, who: Any, scopes: str = "") -> str:
        scopes = scopes or " ".join(known.KNOWN)
        key = (who.id, scopes)
        if key not in self._tokens:
            async with self.house.db.begin() as tx:
                held = await accounts.find_app(tx, self._app.id)
                _, self._tokens[key] = await accounts.make_token(
                    tx, held, scopes=scopes, member_id=who.member_id, account_id=who.id
                )
        return self._tokens[key]

    async def ask(
        self, method: str, path: str, who: Any = None, scopes: str = "", *, form: Any = None, json: Any = None,
        client: str = "203.0.113.9",
    ) -> Answer:  # fmt: skip
        body, kind = b"", None
        if form is not None:
            body, kind = urlencode(form, doseq=True).encode(), "application/x-www-form-urlencoded"
        elif json is not None:
            body, kind = msgspec.json.encode(json), "application/json"
        token = None if who is None else await self.token(who, scopes)
        return await call(self.house.edge, method, path, body, kind=kind, token=token, client=client)

    async def get(self, path: str, who: Any = None) -> Any:
        answer = await self.ask("GET", path, who)
        assert answer.status == 200, answer
        return answer.json

    async def post(self, path: str, who: Any, /, **form: Any) -> Any:
        answer = await self.ask("POST", path, who, json=form)
        assert answer.status == 200, answer
        return answer.json


async def staffed(database_url: str, tmp_path: Any, make: Any, **flags: Any) -> Staffed:
    settings = load(tmp_path, environ={}, flags={"database_url": database_url, "public_url": URL, "dev": True, **flags})
    return Staffed(await build(settings), make, await make.app(scopes=" ".join(known.KNOWN)))
