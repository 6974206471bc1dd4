"""`dunnock keys`: the keys that this server signs with."""

from __future__ import annotations

import asyncio
from typing import Annotated

from cyclopts import App, Parameter

from dunnock.cli import Refused
from dunnock.cli.options import DataOption, settings_of
from dunnock.foundation.db import Db, open_db

app = App(name="keys", help="The keys that this server and its accounts sign with.")
_Flag = Annotated[bool, Parameter(negative="")]


@app.command
def rotate(
    name: str | None = None, /, *, server: _Flag = False, everybody: _Flag = False, data: DataOption = None
) -> None:
    """Sign with new keys from now on, and let other servers know. Works whether the server runs or not.

    Args:
        name: Whose keys: an account of this server.
        server: Those of the server itself.
        everybody: Those of the server and all its accounts.
        data: The data directory [default: DUNNOCK_DATA, else ./data].
    """
    if sum((name is not None, server, everybody)) != 1:
        raise Refused("Say whose keys: a name, --server or --everybody.")
    settings = settings_of(data)

    async def do() -> None:
        db = await open_db(settings.database, redis_url=settings.redis_url)
        try:
            print(await _rotate(db, name, everybody=everybody))
        finally:
            await db.close()

    asyncio.run(do())


async def _rotate(db: Db, name: str | None, *, everybody: bool) -> str:
    from dunnock import accounts, federation  # noqa: PLC0415 (commands start fast)

    if everybody:
        return f"New keys: {await federation.rotate_all(db)}."
    account_id = federation.SERVER
    if name is not None:
        account = await accounts.find_by_handle(db, name.removeprefix("@"))
        if account is None:
            raise Refused(f"There is nobody called {name} on this server.")
        account_id = account.id
    done = await federation.rotate(db, account_id)
    return "The key is new." if done else "There is no key yet: it is made when it is first needed."
