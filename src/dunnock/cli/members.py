"""`dunnock members`: the people who sign in. Works whether the server runs or not."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal, TypeVar

from cyclopts import App, Parameter

from dunnock.cli import Refused
from dunnock.cli.options import DataOption, settings_of
from dunnock.foundation.db import Db, open_db
from dunnock.foundation.settings import Settings

T = TypeVar("T")
Role = Literal["member", "moderator", "admin", "owner"]
app = App(name="members", help="Make members, let them in, give them roles and tokens.")


@app.command
def create(
    name: str,
    /,
    *,
    email: str,
    password: str | None = None,
    role: Role = "member",
    locked: Annotated[bool, Parameter(negative="")] = False,
    data: DataOption = None,
) -> None:
    """Make a member, confirmed at once.

    Args:
        name: Their name here: letters, digits and underscores.
        email: Their e-mail address.
        password: Their password; asked for when it is not given.
        role: What they may do.
        locked: They approve each follower.
    """
    from dunnock.accounts import create_member  # noqa: PLC0415 (commands start fast)

    word = password if password is not None else _ask_password()

    async def work(db: Db, settings: Settings) -> None:
        made = await create_member(db, username=name, email=email, password=word, role=role, locked=locked)
        print(f"{made.username}@{settings.domain} can sign in ({made.role}).")

    _with_db(data, work, migrating=True)


@app.command
def token(name: str, /, *, scopes: str = "read write follow push", data: DataOption = None) -> None:
    """Print a bearer token for a member; what is printed last is the token and nothing else.

    Args:
        name: Whose token.
        scopes: What it is good for, with spaces between.
    """
    from dunnock.accounts import member_named  # noqa: PLC0415
    from dunnock.accounts.command_token import token_by_command  # noqa: PLC0415

    async def work(db: Db, _: Settings) -> None:
        member = await member_named(db, name)
        print(await token_by_command(db, member, scopes=scopes))

    _with_db(data, work)


@app.command(name="list")
def list_members(*, state: Literal["pending", "active", "disabled"] | None = None, data: DataOption = None) -> None:
    """List members in the order in which they joined.

    Args:
        state: Only those who wait (pending), are in (active) or were shut out (disabled).
    """
    from dunnock.accounts import State, members  # noqa: PLC0415

    async def work(db: Db, _: Settings) -> None:
        after = 0
        while page := await members(db, state=State(state) if state else None, after=after):
            for one in page:
                print(f"{one.username:30} {one.role:10} {one.state.value:9} {one.email}")
            after = page[-1].id

    _with_db(data, work)


@app.command
def approve(name: str, /, *, data: DataOption = None) -> None:
    """Let somebody in who waits, or who was shut out."""
    _set_state(name, "active", f"{name} can sign in.", data)


@app.command
def disable(name: str, /, *, data: DataOption = None) -> None:
    """Shut somebody out: their sessions end at once, and apps open nothing until they are approved again."""
    _set_state(name, "disabled", f"{name} can't sign in any more.", data)


@app.command(name="role")
def change_role(name: str, role: Role, /, *, data: DataOption = None) -> None:
    """Give a member another role."""
    from dunnock import accounts  # noqa: PLC0415

    async def work(db: Db, _: Settings) -> None:
        member = await accounts.member_named(db, name)
        async with db.begin() as tx:
            await accounts.change_role(tx, member.id, role)
        print(f"{member.username} is {role} now.")

    _with_db(data, work)


@app.command(name="password")
def change_password(name: str, /, *, password: str | None = None, data: DataOption = None) -> None:
    """Set a new password; sessions and tokens end at once. Asked for when it is not given."""
    from dunnock import accounts  # noqa: PLC0415

    word = password if password is not None else _ask_password()

    async def work(db: Db, _: Settings) -> None:
        member = await accounts.member_named(db, name)
        await accounts.change_password(db, member.id, word, old=None)
        print(f"{member.username} has a new password.")

    _with_db(data, work)


@app.command(name="reset-2fa")
def reset_second_factors(name: str, /, *, data: DataOption = None) -> None:
    """Take all second factors of a member away, who lost them: the password alone lets in again."""
    from dunnock import accounts  # noqa: PLC0415

    async def work(db: Db, _: Settings) -> None:
        member = await accounts.member_named(db, name)
        async with db.begin() as tx:
            had = await accounts.reset_factors(tx, member.id)
        print(f"{member.username} {'signs in with the password alone now' if had else 'has no second factor'}.")

    _with_db(data, work)


@app.command
def revoke(name: str, /, *, data: DataOption = None) -> None:
    """End all sessions and tokens of a member, who can sign in again."""
    from dunnock.accounts import member_named  # noqa: PLC0415
    from dunnock.accounts.sign_up import end_everything  # noqa: PLC0415

    async def work(db: Db, _: Settings) -> None:
        member = await member_named(db, name)
        async with db.begin() as tx:
            await end_everything(tx, member.id)
        print(f"{member.username} is signed out everywhere.")

    _with_db(data, work)


@app.command
def delete(name: str, /, *, yes: Annotated[bool, Parameter(negative="")] = False, data: DataOption = None) -> None:
    """Delete a member with all that is theirs; it can't be undone, and nobody can have the name again.

    Args:
        name: Whom.
        yes: Do not ask.
        data: The data directory.
    """
    from dunnock import accounts, portability  # noqa: PLC0415
    from dunnock.app.erasing import STEPS  # noqa: PLC0415

    async def work(db: Db, _: Settings) -> None:
        member = await accounts.member_named(db, name)
        if not yes:
            print(f"Type {member.username} to delete everything of theirs: ", end="", flush=True)
            if sys.stdin.readline().strip() != member.username:
                raise Refused("Nothing was deleted.")
        async with db.begin() as tx:
            await portability.begin_deletion(tx, member.account_id, by="command")
        job = portability.DeleteAccount(member.account_id)
        while not await portability.delete_account(db, job, steps=STEPS):
            pass
        found = await portability.find_deletion(db, member.account_id)
        print(f"{member.username} is deleted ({0 if found is None else found.things} things).")

    _with_db(data, work)


def _set_state(name: str, state: str, done: str, data: DataOption) -> None:
    from dunnock import accounts  # noqa: PLC0415

    async def work(db: Db, _: Settings) -> None:
        member = await accounts.member_named(db, name)
        async with db.begin() as tx:
            await accounts.change_state(tx, member.id, accounts.State(state))
        print(done)

    _with_db(data, work)


def _ask_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    word = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != word:
        raise Refused("The two passwords are not the same. Try again.")
    return word


def _with_db(data: DataOption, work: Callable[[Db, Settings], Awaitable[T]], *, migrating: bool = False) -> T:
    settings = settings_of(data)

    async def run() -> T:
        if migrating:
            from dunnock.app.migrate import MigrationFailed, bring_up_to_date  # noqa: PLC0415

            settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                await bring_up_to_date(settings.database)
            except MigrationFailed as error:
                raise Refused(str(error)) from None
        elif settings.database.startswith("sqlite") and not (settings.data / "dunnock.db").exists():
            raise Refused(
                f"There is no server in {settings.data} yet. Start one (`dunnock up`), or name another with --data."
            )
        db = await open_db(settings.database, pool=1)
        try:
            return await work(db, settings)
        finally:
            await db.close()

    return asyncio.run(run())
