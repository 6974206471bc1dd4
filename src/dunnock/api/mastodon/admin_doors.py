"""Staff and who may join or come here. Wire names: Admin::EmailDomainBlock, Admin::IpBlock, Admin::CanonicalEmailBlock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from litestar import HttpMethod, Request, Response, delete, get, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from dunnock.accounts.doors import Day, MailBlock, MailDomainBlock, NetworkBlock
from dunnock.api.kit import Called, Form, Paging, Query, origin_of, require
from dunnock.api.mastodon.admin_wire import to_json
from dunnock.api.mastodon.pages import answer, cursor_of, links_of, me
from dunnock.foundation.clock import SECOND, iso
from dunnock.foundation.db import Db
from dunnock.foundation.ids import ms_of
from dunnock.foundation.settings import Settings
from dunnock.moderation import newcomers

MAIL_DOMAINS, NETWORKS = "/api/v1/admin/email_domain_blocks", "/api/v1/admin/ip_blocks"
MAILS = "/api/v1/admin/canonical_email_blocks"
A_PAGE = 100


class MailDomainForm(msgspec.Struct):
    """A domain of mail addresses."""

    domain: str = ""
    allow_with_approval: bool = False


class NetworkForm(msgspec.Struct):
    """An address or a network; `expires_in` in seconds, null or 0: without end. In a change what is missing stays."""

    ip: str | None = None
    severity: str | None = None
    comment: str | None = None
    expires_in: int | UnsetType | None = UNSET


class MailForm(msgspec.Struct):
    """A mail address, or the hash of its canonical form."""

    email: str = ""
    canonical_email_hash: str = ""


class BlockHistory(msgspec.Struct, kw_only=True):
    """A day: Unix time of its midnight, refused sign-ups, all as text."""

    day: str
    accounts: str
    uses: str


class EmailDomainBlock(msgspec.Struct, kw_only=True):
    """Admin::EmailDomainBlock."""

    id: str
    domain: str
    created_at: str
    allow_with_approval: bool
    history: list[BlockHistory]


class IpBlock(msgspec.Struct, kw_only=True):
    """Admin::IpBlock."""

    id: str
    ip: str
    severity: Literal["sign_up_requires_approval", "sign_up_block", "no_access"]
    comment: str
    created_at: str
    expires_at: str | None


class CanonicalEmailBlock(msgspec.Struct, kw_only=True):
    """Admin::CanonicalEmailBlock."""

    id: str
    canonical_email_hash: str


def _mail_domain(one: MailDomainBlock, days: Sequence[Day]) -> EmailDomainBlock:
    return EmailDomainBlock(
        id=str(one.id),
        domain=one.domain,
        created_at=iso(ms_of(one.id)),
        allow_with_approval=one.allow_with_approval,
        history=[BlockHistory(day=str(day.at // SECOND), accounts=str(day.tries), uses=str(day.tries)) for day in days],
    )


def _network(one: NetworkBlock) -> IpBlock:
    return IpBlock(
        id=str(one.id),
        ip=one.network,
        severity=one.severity,
        comment=one.comment,
        created_at=iso(ms_of(one.id)),
        expires_at=None if one.expires_at is None else iso(one.expires_at),
    )


def _mail(one: MailBlock) -> CanonicalEmailBlock:
    return CanonicalEmailBlock(id=str(one.id), canonical_email_hash=one.hash)


def _page(settings: Settings, path: str, cursor: Any, ids: Sequence[int], body: bytes) -> Response[Any]:
    return answer(body, link=links_of(settings.public_url, path, cursor, ids))


# Mail domains -------------------------------------------------------------------------------------------------------


@get(MAIL_DOMAINS, guards=[require("admin:read:email_domain_blocks")])
async def list_email_domain_blocks(
    params: Query[Paging], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[list[EmailDomainBlock]]:
    """Domains whose mail addresses nobody joins with, newest first, and how many wanted to."""
    cursor = cursor_of(params, default=A_PAGE)
    found = await newcomers.list_mail_domains(db, cursor, by=me(caller))
    body = to_json([_mail_domain(one, days) for one, days in found])
    return _page(settings, MAIL_DOMAINS, cursor, [one.id for one, _ in found], body)


@get(f"{MAIL_DOMAINS}/{{block_id:int}}", guards=[require("admin:read:email_domain_blocks")])
async def show_email_domain_block(block_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> EmailDomainBlock:
    """One of them."""
    return _mail_domain(*await newcomers.show_mail_domain(db, block_id, by=me(caller)))


@post(MAIL_DOMAINS, guards=[require("admin:write:email_domain_blocks")], status_code=200)
async def add_email_domain_block(
    form: Form[MailDomainForm], caller: Called, db: NamedDependency[Db]
) -> EmailDomainBlock:
    """Let nobody join with an address of a domain, or only with approval."""
    async with db.begin() as tx:
        made = await newcomers.block_mail_domain(
            tx, form.domain, allow_with_approval=form.allow_with_approval, by=me(caller)
        )
    return _mail_domain(*await newcomers.show_mail_domain(db, made.id, by=me(caller)))


@delete(f"{MAIL_DOMAINS}/{{block_id:int}}", guards=[require("admin:write:email_domain_blocks")], status_code=200)
async def remove_email_domain_block(block_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Let people join with such addresses again."""
    async with db.begin() as tx:
        await newcomers.unblock_mail_domain(tx, block_id, by=me(caller))
    return {}


# Networks -----------------------------------------------------------------------------------------------------------


@get(NETWORKS, guards=[require("admin:read:ip_blocks")])
async def list_ip_blocks(
    params: Query[Paging], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[list[IpBlock]]:
    """Networks that are kept out, newest first."""
    cursor = cursor_of(params, default=A_PAGE)
    found = await newcomers.list_networks(db, cursor, by=me(caller))
    return _page(settings, NETWORKS, cursor, [one.id for one in found], to_json([_network(one) for one in found]))


@get(f"{NETWORKS}/{{block_id:int}}", guards=[require("admin:read:ip_blocks")])
async def show_ip_block(block_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> IpBlock:
    """One of them."""
    return _network(await newcomers.show_network(db, block_id, by=me(caller)))


@post(NETWORKS, guards=[require("admin:write:ip_blocks")], status_code=200)
async def add_ip_block(
    form: Form[NetworkForm], request: Request[Any, Any, Any], caller: Called, db: NamedDependency[Db]
) -> IpBlock:
    """Keep an address or a network out, or only from joining."""
    async with db.begin() as tx:
        made = await newcomers.block_network(
            tx,
            "0.0.0.0/32" if form.ip is None else form.ip,  # Mastodon's default
            form.severity or "",
            comment=form.comment or "",
            expires_in=None if form.expires_in is UNSET else form.expires_in,
            own=origin_of(request),
            by=me(caller),
        )
    return _network(made)


@route(
    f"{NETWORKS}/{{block_id:int}}",
    http_method=[HttpMethod.PUT, HttpMethod.PATCH],
    guards=[require("admin:write:ip_blocks")],
)
async def change_ip_block(
    block_id: FromPath[int],
    form: Form[NetworkForm],
    request: Request[Any, Any, Any],
    caller: Called,
    db: NamedDependency[Db],
) -> IpBlock:
    """Change one of them; what is missing stays."""
    async with db.begin() as tx:
        made = await newcomers.change_network(
            tx,
            block_id,
            network=form.ip,
            severity=form.severity,
            comment=form.comment,
            expires_in=form.expires_in,
            own=origin_of(request),
            by=me(caller),
        )
    return _network(made)


@delete(f"{NETWORKS}/{{block_id:int}}", guards=[require("admin:write:ip_blocks")], status_code=200)
async def remove_ip_block(block_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Let a network in again."""
    async with db.begin() as tx:
        await newcomers.unblock_network(tx, block_id, by=me(caller))
    return {}


# Single addresses ---------------------------------------------------------------------------------------------------


@get(MAILS, guards=[require("admin:read:canonical_email_blocks")])
async def list_canonical_email_blocks(
    params: Query[Paging], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[list[CanonicalEmailBlock]]:
    """Mail addresses that nobody joins with, as hashes, newest first."""
    cursor = cursor_of(params, default=A_PAGE)
    found = await newcomers.list_mails(db, cursor, by=me(caller))
    return _page(settings, MAILS, cursor, [one.id for one in found], to_json([_mail(one) for one in found]))


@get(f"{MAILS}/{{block_id:int}}", guards=[require("admin:read:canonical_email_blocks")])
async def show_canonical_email_block(
    block_id: FromPath[int], caller: Called, db: NamedDependency[Db]
) -> CanonicalEmailBlock:
    """One of them."""
    return _mail(await newcomers.show_mail(db, block_id, by=me(caller)))


@post(f"{MAILS}/test", guards=[require("admin:read:canonical_email_blocks")], status_code=200)
async def try_canonical_email_blocks(
    form: Form[MailForm], caller: Called, db: NamedDependency[Db]
) -> list[CanonicalEmailBlock]:
    """The blocks that meet an address."""
    return [_mail(one) for one in await newcomers.try_mail(db, form.email, by=me(caller))]


@post(MAILS, guards=[require("admin:write:canonical_email_blocks")], status_code=200)
async def add_canonical_email_block(
    form: Form[MailForm], caller: Called, db: NamedDependency[Db]
) -> CanonicalEmailBlock:
    """Let nobody join with an address."""
    async with db.begin() as tx:
        return _mail(await newcomers.block_mail(tx, email=form.email, hashed=form.canonical_email_hash, by=me(caller)))


@delete(f"{MAILS}/{{block_id:int}}", guards=[require("admin:write:canonical_email_blocks")], status_code=200)
async def remove_canonical_email_block(
    block_id: FromPath[int], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Let somebody join with the address again."""
    async with db.begin() as tx:
        await newcomers.unblock_mail(tx, block_id, by=me(caller))
    return {}


HANDLERS: list[Any] = [
    list_email_domain_blocks,
    show_email_domain_block,
    add_email_domain_block,
    remove_email_domain_block,
    list_ip_blocks,
    show_ip_block,
    add_ip_block,
    change_ip_block,
    remove_ip_block,
    list_canonical_email_blocks,
    show_canonical_email_block,
    try_canonical_email_blocks,
    add_canonical_email_block,
    remove_canonical_email_block,
]
