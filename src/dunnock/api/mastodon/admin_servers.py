"""Staff and other servers. Wire names: Admin::DomainBlock, Admin::DomainAllow."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from litestar import HttpMethod, Response, delete, get, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from dunnock.accounts.server_rules import ServerAllow, ServerBlock, ServerBlocked
from dunnock.api.kit import Called, Form, Paging, Query, require
from dunnock.api.mastodon.admin_wire import to_json
from dunnock.api.mastodon.pages import answer, cursor_of, links_of, me
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid
from dunnock.foundation.ids import ms_of
from dunnock.foundation.settings import Settings
from dunnock.moderation import servers

BLOCKS, ALLOWS = "/api/v1/admin/domain_blocks", "/api/v1/admin/domain_allows"
A_PAGE = 100
SEVERITIES: dict[str, Literal["noop", "limit", "suspend"]] = {
    "noop": "noop", "silence": "limit", "suspend": "suspend",
}  # fmt: skip
_THEIRS = {ours: theirs for theirs, ours in SEVERITIES.items()}


class BlockForm(msgspec.Struct):
    """A rule about a server; what is missing stays, or is off."""

    domain: str = ""
    severity: str | UnsetType = UNSET
    reject_media: bool | UnsetType = UNSET
    reject_reports: bool | UnsetType = UNSET
    private_comment: str | UnsetType | None = UNSET
    public_comment: str | UnsetType | None = UNSET
    obfuscate: bool | UnsetType = UNSET


class AllowForm(msgspec.Struct):
    """A server's name."""

    domain: str = ""


class AdminDomainBlock(msgspec.Struct, kw_only=True):
    """Admin::DomainBlock."""

    id: str
    domain: str
    digest: str
    created_at: str
    severity: Literal["silence", "suspend", "noop"]
    reject_media: bool
    reject_reports: bool
    private_comment: str | None
    public_comment: str | None
    obfuscate: bool


class AdminDomainAllow(msgspec.Struct, kw_only=True):
    """Admin::DomainAllow."""

    id: str
    domain: str
    created_at: str


def _block(one: ServerBlock) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "domain": one.domain,
        "digest": one.digest,
        "created_at": iso(ms_of(one.id)),
        "severity": _THEIRS[one.severity],
        "reject_media": one.reject_media,
        "reject_reports": one.reject_reports,
        "private_comment": one.private_comment,
        "public_comment": one.public_comment,
        "obfuscate": one.obfuscate,
    }


def _allow(one: ServerAllow) -> AdminDomainAllow:
    return AdminDomainAllow(id=str(one.id), domain=one.domain, created_at=iso(ms_of(one.id)))


def _said(form: BlockForm) -> dict[str, Any]:
    """What the form says, in our words."""
    said = {name: value for name, value in msgspec.structs.asdict(form).items() if value is not UNSET}
    del said["domain"]
    if "severity" in said:
        if said["severity"] not in SEVERITIES:
            raise Invalid(said["severity"][:80], say="Validation failed: Severity is not included in the list")
        said["severity"] = SEVERITIES[said["severity"]]
    return said


@get(BLOCKS, guards=[require("admin:read:domain_blocks")])
async def list_admin_domain_blocks(
    params: Query[Paging], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[list[AdminDomainBlock]]:
    """The rules about other servers, newest first."""
    cursor = cursor_of(params, default=A_PAGE)
    found = await servers.list_blocks(db, cursor, by=me(caller))
    link = links_of(settings.public_url, BLOCKS, cursor, [one.id for one in found])
    return answer(to_json([_block(one) for one in found]), link=link)


@get(f"{BLOCKS}/{{block_id:int}}", guards=[require("admin:read:domain_blocks")])
async def show_admin_domain_block(
    block_id: FromPath[int], caller: Called, db: NamedDependency[Db]
) -> Response[AdminDomainBlock]:
    """One rule."""
    return answer(to_json(_block(await servers.show_block(db, block_id, by=me(caller)))))


@post(BLOCKS, guards=[require("admin:write:domain_blocks")], status_code=200)
async def add_domain_block(
    form: Form[BlockForm], caller: Called, db: NamedDependency[Db]
) -> Response[AdminDomainBlock]:
    """Suspend a server, limit it, or only note it. `*` stands for all servers that are not allowed."""
    await servers.may(db, by=me(caller))
    new = ServerBlock(id=0, domain=form.domain, **{"severity": "limit"} | _said(form))
    try:
        async with db.begin() as tx:
            made = await servers.block(tx, new, by=me(caller))
    except ServerBlocked as refused:
        told = to_json({"error": refused.text, "existing_domain_block": _block(refused.existing)})
        return Response(told, status_code=422, media_type="application/json; charset=utf-8")  # type: ignore[arg-type]
    return answer(to_json(_block(made)))


@route(
    f"{BLOCKS}/{{block_id:int}}",
    http_method=[HttpMethod.PUT, HttpMethod.PATCH],
    guards=[require("admin:write:domain_blocks")],
)
async def change_domain_block(
    block_id: FromPath[int], form: Form[BlockForm], caller: Called, db: NamedDependency[Db]
) -> Response[AdminDomainBlock]:
    """Change a rule; what is missing stays."""
    async with db.begin() as tx:
        held = await servers.show_block(tx, block_id, by=me(caller))
        made = await servers.change_block(tx, msgspec.structs.replace(held, **_said(form)), by=me(caller))
    return answer(to_json(_block(made)))


@delete(f"{BLOCKS}/{{block_id:int}}", guards=[require("admin:write:domain_blocks")], status_code=200)
async def remove_domain_block(block_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """End a rule; all of the server is seen again as it was."""
    async with db.begin() as tx:
        await servers.unblock(tx, block_id, by=me(caller))
    return {}


@get(ALLOWS, guards=[require("admin:read:domain_allows")])
async def list_domain_allows(
    params: Query[Paging], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[list[AdminDomainAllow]]:
    """The servers that are allowed, newest first."""
    cursor = cursor_of(params, default=A_PAGE)
    found = await servers.list_allows(db, cursor, by=me(caller))
    link = links_of(settings.public_url, ALLOWS, cursor, [one.id for one in found])
    return answer(to_json([_allow(one) for one in found]), link=link)


@get(f"{ALLOWS}/{{allow_id:int}}", guards=[require("admin:read:domain_allows")])
async def show_domain_allow(allow_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> AdminDomainAllow:
    """One allowed server."""
    return _allow(await servers.show_allow(db, allow_id, by=me(caller)))


@post(ALLOWS, guards=[require("admin:write:domain_allows")], status_code=200)
async def add_domain_allow(form: Form[AllowForm], caller: Called, db: NamedDependency[Db]) -> AdminDomainAllow:
    """Allow a server, for the time when only such are."""
    async with db.begin() as tx:
        return _allow(await servers.allow(tx, form.domain, by=me(caller)))


@delete(f"{ALLOWS}/{{allow_id:int}}", guards=[require("admin:write:domain_allows")], status_code=200)
async def remove_domain_allow(allow_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> AdminDomainAllow:
    """Allow a server no longer; the answer is what it was."""
    async with db.begin() as tx:
        return _allow(await servers.disallow(tx, allow_id, by=me(caller)))


HANDLERS: list[Any] = [
    list_admin_domain_blocks,
    show_admin_domain_block,
    add_domain_block,
    change_domain_block,
    remove_domain_block,
    list_domain_allows,
    show_domain_allow,
    add_domain_allow,
    remove_domain_allow,
]
