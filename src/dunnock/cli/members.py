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
from dunnock.foundation.db import Db, Tx, open_db
from dunnock.foundation.settings import Settings

T = TypeVar("T")
What = Literal["role", "approve", "disable", "password", "factors", "sign_out", "token", "delete"]
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
    from dunnock import accounts, moderation  # noqa: PLC0415 (commands start fast)
    from dunnock.accounts.member import ROLES  # noqa: PLC0415

    word = password if password is not None else _ask_password()

    async def work(db: Db, settings: Settings) -> None:
        alone = await moderation.first_role(db, role)

        async def noted(tx: Tx, made: accounts.Member) -> None:
            await moderation.note_created(tx, made.account_id)

        made = await accounts.create_member(
            db,
            username=name,
            email=email,
            password=word,
            role=next(one for one in ROLES if one == alone),
            locked=locked,
            beside=noted,
        )
        print(f"{made.username}@{settings.domain} can sign in ({made.role}).")
        if alone != role:
            await _ask(db, "role", made.account_id, role=role)

    _with_db(data, work, migrating=True)


@app.command
def token(name: str, /, *, scopes: str = "read write follow push", data: DataOption = None) -> None:
    """Print a bearer token for a member; what is printed last is the token and nothing else.

    Args:
        name: Whose token.
        scopes: What it is good for, with spaces between.
    """
    from dunnock import accounts  # noqa: PLC0415
    from dunnock.accounts.command_token import token_by_command  # noqa: PLC0415

    async def work(db: Db, _: Settings) -> None:
        member = await accounts.member_named(db, name)
        await _ask(db, "token", member.account_id, scopes=scopes)
        print(
            await token_by_command(db, member, scopes=scopes, beside=_noted("token", member.account_id, scopes=scopes))
        )

    _with_db(data, work)


@app.command(name="list")
def list_members(*, state: Literal["pending", "active", "disabled"] | None = None, data: DataOption = None) -> None:
    """List members in the order in which they joined.

    Args:
        state: Only those who wait (pending), are in (active) or were shut out (disabled).
    """
    from dunnock import moderation  # noqa: PLC0415
    from dunnock.accounts import State, members  # noqa: PLC0415

    async def work(db: Db, _: Settings) -> None:
        after = 0
        while page := await members(db, state=State(state) if state else None, after=after):
            await moderation.note_reads(db, "account.read", [one.account_id for one in page], by=moderation.THE_SERVER)
            for one in page:
                print(f"{one.username:30} {one.role:10} {one.state.value:9} {one.email}")
            after = page[-1].id

    _with_db(data, work)


@app.command
def approve(name: str, /, *, data: DataOption = None) -> None:
    """Let somebody in who waits, or who was shut out."""
    _set_state(name, "approve", f"{name} can sign in.", data)


@app.command
def disable(name: str, /, *, data: DataOption = None) -> None:
    """Shut somebody out: their sessions end at once, and apps open nothing until they are approved again."""
    _set_state(name, "disable", f"{name} can't sign in any more.", data)


@app.command(name="role")
def change_role(name: str, role: Role, /, *, data: DataOption = None) -> None:
    """Give a member another role."""
    from dunnock import accounts  # noqa: PLC0415

    async def work(db: Db, _: Settings) -> None:
        member = await accounts.member_named(db, name)
        await _ask(db, "role", member.account_id, role=role)
        async with db.begin() as tx:
            await _noted("role", member.account_id, role=role)(tx)
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
        await _ask(db, "password", member.account_id)
        await accounts.change_password(db, member.id, word, old=None, beside=_noted("password", member.account_id))
        print(f"{member.username} has a new password.")

    _with_db(data, work)


@app.command(name="reset-2fa")
def reset_second_factors(name: str, /, *, data: DataOption = None) -> None:
    """Take all second factors of a member away, who lost them: the password alone lets in again."""
    from dunnock import accounts  # noqa: PLC0415

    async def work(db: Db, _: Settings) -> None:
        member = await accounts.member_named(db, name)
        await _ask(db, "factors", member.account_id)
        async with db.begin() as tx:
            await _noted("factors", member.account_id)(tx)
            had = await accounts.reset_factors(tx, member.id)
        print(f"{member.username} {'signs in with the password alone now' if had else 'has no second factor'}.")
        print("The next sign-in may come from anywhere: no code is mailed for it.")

    _with_db(data, work)


@app.command
def revoke(name: str, /, *, data: DataOption = None) -> None:
    """End all sessions and tokens of a member, who can sign in again."""
    from dunnock.accounts import member_named  # noqa: PLC0415
    from dunnock.accounts.sign_up import end_everything  # noqa: PLC0415

    async def work(db: Db, _: Settings) -> None:
        member = await member_named(db, name)
        await _ask(db, "sign_out", member.account_id)
        async with db.begin() as tx:
            await _noted("sign_out", member.account_id)(tx)
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
        await _ask(db, "delete", member.account_id)
        async with db.begin() as tx:
            await _noted("delete", member.account_id)(tx)
            await portability.begin_deletion(tx, member.account_id, by="command")
        job = portability.DeleteAccount(member.account_id)
        while not await portability.delete_account(db, job, steps=STEPS):
            pass
        found = await portability.find_deletion(db, member.account_id)
        print(f"{member.username} is deleted ({0 if found is None else found.things} things).")

    _with_db(data, work)


def _set_state(name: str, what: Literal["approve", "disable"], done: str, data: DataOption) -> None:
    from dunnock import accounts  # noqa: PLC0415

    state = accounts.State.ACTIVE if what == "approve" else accounts.State.DISABLED

    async def work(db: Db, _: Settings) -> None:
        member = await accounts.member_named(db, name)
        await _ask(db, what, member.account_id)
        async with db.begin() as tx:
            await _noted(what, member.account_id)(tx)
            await accounts.change_state(tx, member.id, state)
        print(done)

    _with_db(data, work)


async def _ask(db: Db, what: What, account_id: int, **details: str) -> None:
    """Go on when one may do it alone, or somebody agreed. Raises: Refused, and the request waits."""
    from dunnock import moderation  # noqa: PLC0415

    async with db.begin() as tx:
        request_id = await moderation.ask_for_command(tx, what, account_id, **details)
    if request_id is not None:
        raise Refused(
            f"This needs a second person: request {request_id} waits at /admin/requests for somebody of the staff. When they "
            "agreed, give the same command again within half an hour."
        )


def _noted(what: What, account_id: int, **details: str) -> Callable[[Tx], Awaitable[None]]:
    """What writes the command into the log, in its transaction."""
    from dunnock import moderation  # noqa: PLC0415

    async def noted(tx: Tx) -> None:
        await moderation.note_command(tx, what, account_id, **details)

    return noted


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
