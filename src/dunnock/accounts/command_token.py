"""A bearer token that a command makes: for scripts, tests and the owner's own programs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from dunnock.accounts import scopes as known
from dunnock.accounts.apps import OUT_OF_BAND, App, app_called
from dunnock.accounts.errors import AppInvalid
from dunnock.accounts.member import Member
from dunnock.accounts.store import oauth as store
from dunnock.accounts.tokens import make_token
from dunnock.foundation.db import Conflict, Db, Tx

CLIENT_ID = "dunnock-command-line"  # one app for all of them; its secret's digest is of nothing, so nobody can be it


async def token_by_command(
    db: Db, member: Member, *, scopes: str, beside: Callable[[Tx], Awaitable[None]] | None = None
) -> str:
    """The secret of a new token of `member`. `beside`: done in the same transaction.

    Raises:
        AppInvalid: there is no such scope.
    """
    unknown = known.unknown(scopes)
    if unknown:
        raise AppInvalid(say=f"There is no scope called {unknown[0]}. Known: {' '.join(known.KNOWN)}")
    app = await app_called(db, CLIENT_ID) or await _make_app(db)
    async with db.begin() as tx:
        if beside is not None:
            await beside(tx)
        _, raw = await make_token(
            tx, app, scopes=" ".join(known.split(scopes)), member_id=member.id, account_id=member.account_id
        )
    return raw


async def _make_app(db: Db) -> App:
    try:
        async with db.begin() as tx:
            await tx.run(
                store.ADD_APP, id=tx.new_id(), client_id=CLIENT_ID, secret_digest="", name="Command line", website=None,
                redirect_uris=OUT_OF_BAND, scopes=" ".join(known.KNOWN), created_at=tx.now,
            )  # fmt: skip
    except Conflict:
        pass  # another command made it at the same moment
    app = await app_called(db, CLIENT_ID)
    assert app is not None
    return app
