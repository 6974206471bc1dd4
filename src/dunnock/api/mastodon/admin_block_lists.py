"""Staff and the block lists of others that this server follows. Ours: /api/v1/dunnock/admin/{block_lists,spared_servers}."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import HttpMethod, delete, get, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock.accounts import Power
from dunnock.accounts.server_rules import SEVERITIES
from dunnock.api.kit import Called, Form, Query, require
from dunnock.api.mastodon.pages import me
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid
from dunnock.moderation import block_lists, house
from dunnock.moderation.block_list_fetch import FetchBlockList
from dunnock.moderation.block_lists import STATES, BlockList

READS, WRITES = "admin:read", "admin:write"
HERE: Final = "/api/v1/dunnock/admin"
LISTS, SPARED = f"{HERE}/block_lists", f"{HERE}/spared_servers"
_LIST: Final = f"{LISTS}/{{list_id:int}}"
_MOST_DOMAINS: Final = 1_000


class ListForm(msgspec.Struct):
    """`severity`: noop, limit or suspend, where a line does not say; `applies`, `retracts`: what the list is trusted with."""

    title: str = ""
    url: str = ""
    severity: str = ""
    applies: bool = False
    retracts: bool = False


class DomainsForm(msgspec.Struct):
    """Servers that a list names."""

    domains: list[str] = msgspec.field(default_factory=list)


class FetchForm(msgspec.Struct):
    """`trusting`: also when it suddenly names less than half."""

    trusting: bool = False


class UnfollowForm(msgspec.Struct):
    """`keep`: the rules that were made of it stay."""

    keep: bool = True


class SpareForm(msgspec.Struct):
    """A server about which no list makes rules, and why."""

    domain: str = ""
    why: str = ""


class SaidParams(msgspec.Struct, frozen=True):
    """What is in this state, by name behind `after`."""

    state: str = "waiting"
    after: str = ""


class AdminBlockList(msgspec.Struct, kw_only=True):
    """A block list that this server follows; ours. `states`: how many of its lines are in which state."""

    id: str
    title: str
    url: str
    severity: str
    applies: bool
    retracts: bool
    states: dict[str, int]


class ListedServer(msgspec.Struct, kw_only=True):
    """What a list says of a server, and the follows that a rule would hide."""

    domain: str
    severity: str
    comment: str
    following: int
    followers: int


class SparedServer(msgspec.Struct, kw_only=True):
    """A server about which no list makes rules."""

    domain: str
    why: str


def _wanted(form: ListForm, list_id: int) -> BlockList:
    severity = next((one for one in SEVERITIES if one == form.severity), None)
    if severity is None:
        raise Invalid(form.severity[:40], say="Validation failed: Severity is not included in the list")
    return BlockList(
        id=list_id, title=form.title, url=form.url, severity=severity, applies=form.applies, retracts=form.retracts
    )


@get(LISTS, guards=[require("admin:read:domain_blocks")])
async def list_block_lists(caller: Called, db: NamedDependency[Db]) -> list[AdminBlockList]:
    """The block lists that this server follows."""
    return [
        AdminBlockList(
            id=str(one.id), title=one.title, url=one.url, severity=one.severity, applies=one.applies,
            retracts=one.retracts, states=states,
        )
        for one, states in await block_lists.lists(db, by=me(caller))
    ]  # fmt: skip


@post(LISTS, guards=[require("admin:write:domain_blocks")], status_code=200)
async def follow_block_list(form: Form[ListForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Follow a block list; its id."""
    await house.permit(db, Power.MANAGE_FEDERATION, by=me(caller))
    async with db.begin() as tx:
        made = await block_lists.follow(tx, _wanted(form, 0), by=me(caller))
        await tx.enqueue(FetchBlockList(made.id))
    return {"id": str(made.id)}


@route(_LIST, http_method=[HttpMethod.PUT], guards=[require("admin:write:domain_blocks")])
async def change_block_list(
    list_id: FromPath[int], form: Form[ListForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Change what a list is called and trusted with; it is read anew."""
    await house.permit(db, Power.MANAGE_FEDERATION, by=me(caller))
    async with db.begin() as tx:
        await block_lists.change(tx, _wanted(form, list_id), by=me(caller))
        await tx.enqueue(FetchBlockList(list_id))
    return {}


@get(f"{_LIST}/servers", guards=[require("admin:read:domain_blocks")])
async def list_listed_servers(
    list_id: FromPath[int], params: Query[SaidParams], caller: Called, db: NamedDependency[Db]
) -> list[ListedServer]:
    """What a list says, by what came of it."""
    await house.permit(db, Power.MANAGE_FEDERATION, by=me(caller))
    state = next((one for one in STATES if one == params.state), None)
    if state is None:
        raise Invalid(params.state[:40])
    return [
        ListedServer(
            domain=one.domain, severity=one.severity, comment=one.comment, following=one.following,
            followers=one.followers,
        )
        for one in await block_lists.said(db, list_id, state, after=params.after, by=me(caller))
    ]  # fmt: skip


@post(f"{_LIST}/adopt", guards=[require("admin:write:domain_blocks")], status_code=200)
async def adopt_listed_servers(
    list_id: FromPath[int], form: Form[DomainsForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, int]:
    """Make rules of what a list says of these servers; how many that changed."""
    return await _decide(db, list_id, form, adopt=True, by=me(caller))


@post(f"{_LIST}/dismiss", guards=[require("admin:write:domain_blocks")], status_code=200)
async def dismiss_listed_servers(
    list_id: FromPath[int], form: Form[DomainsForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, int]:
    """Make no rules of it; how many that changed."""
    return await _decide(db, list_id, form, adopt=False, by=me(caller))


async def _decide(db: Db, list_id: int, form: DomainsForm, *, adopt: bool, by: int) -> dict[str, int]:
    async with db.begin() as tx:
        changed = await block_lists.decide(tx, list_id, form.domains[:_MOST_DOMAINS], adopt=adopt, by=by)
    return {"changed": changed}


@post(f"{_LIST}/fetch", guards=[require("admin:write:domain_blocks")], status_code=200)
async def fetch_block_list(
    list_id: FromPath[int], form: Form[FetchForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Have a list read now."""
    async with db.begin() as tx:
        await block_lists.show(tx, list_id, by=me(caller))
        await tx.enqueue(FetchBlockList(list_id, trusting=form.trusting))
    return {}


@delete(_LIST, guards=[require("admin:write:domain_blocks")], status_code=200)
async def unfollow_block_list(
    list_id: FromPath[int], form: Form[UnfollowForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Follow a list no longer."""
    async with db.begin() as tx:
        await block_lists.unfollow(tx, list_id, keep=form.keep, by=me(caller))
    return {}


@get(SPARED, guards=[require("admin:read:domain_blocks")])
async def list_spared_servers(caller: Called, db: NamedDependency[Db]) -> list[SparedServer]:
    """Servers about which no list makes rules."""
    return [SparedServer(domain=one.domain, why=one.why) for one in await block_lists.list_spared(db, by=me(caller))]


@post(SPARED, guards=[require("admin:write:domain_blocks")], status_code=200)
async def spare_server(form: Form[SpareForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Let no list make rules about a server."""
    async with db.begin() as tx:
        await block_lists.spare(tx, form.domain, form.why, by=me(caller))
    return {}


@delete(SPARED, guards=[require("admin:write:domain_blocks")], status_code=200)
async def spare_server_no_longer(form: Form[SpareForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Let lists make rules about it again."""
    async with db.begin() as tx:
        await block_lists.spare_no_longer(tx, form.domain, by=me(caller))
    return {}


HANDLERS: list[Any] = [
    list_block_lists,
    follow_block_list,
    change_block_list,
    list_listed_servers,
    adopt_listed_servers,
    dismiss_listed_servers,
    fetch_block_list,
    unfollow_block_list,
    list_spared_servers,
    spare_server,
    spare_server_no_longer,
]
