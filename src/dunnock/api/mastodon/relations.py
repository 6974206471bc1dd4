"""Follow, block, mute and what belongs to them: Relationship, follow requests, blocks, mutes, domain blocks, notes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts
from dunnock.api.kit import Called, Form, Id, MaybeCalled, Paging, Query, public, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer, cursor_of, links, me, page_links, viewer_of
from dunnock.api.mastodon.render import Render
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings

DOMAINS_A_PAGE = 100
MOST_ASKED = 80
_encode = msgspec.json.encode


class FollowForm(msgspec.Struct):
    """How to follow; what is missing stays as it is."""

    reblogs: bool | None = None
    notify: bool | None = None
    languages: list[str] | None = None


class MuteForm(msgspec.Struct):
    """How to mute; `duration` in seconds, 0 without end."""

    notifications: bool = True
    duration: int = 0


class NoteForm(msgspec.Struct):
    """What to remember of an account; nothing removes it."""

    comment: str = ""


class DomainForm(msgspec.Struct):
    """A server's name."""

    domain: str = ""


class AskedDomain(msgspec.Struct, frozen=True):
    """Which server is meant."""

    domain: str = ""


class DomainPreview(msgspec.Struct):
    """What hiding a server would cost."""

    following_count: int
    followers_count: int


class AskedAccounts(msgspec.Struct, frozen=True):
    """Which accounts are meant."""

    id: list[Id] = []


# Relationships ------------------------------------------------------------------------------------------------------


async def _relationship(render: Render, caller: Any, account_id: int) -> Response[Any]:
    return answer((await render.relationships(me(caller), [account_id]))[1:-1])


@get("/api/v1/accounts/relationships", guards=[require("read:follows")])
async def list_relationships(
    params: Query[AskedAccounts], caller: Called, render: NamedDependency[Render]
) -> Response[list[wire.Relationship]]:
    """How the caller stands to accounts, in the order asked for."""
    return answer(await render.relationships(me(caller), params.id[:MOST_ASKED]))


@get("/api/v1/accounts/familiar_followers", guards=[require("read:follows")])
async def list_familiar_followers(
    params: Query[AskedAccounts], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[list[wire.FamiliarFollowers]]:
    """For each account, its followers whom the caller follows too."""
    found = await accounts.familiar_followers(db, me(caller), params.id[:MOST_ASKED])
    shown = dict(await render.each_account([one for ids in found.values() for one in ids]))
    return answer(
        _encode(
            [
                {"id": str(an_id), "accounts": [msgspec.Raw(shown[one]) for one in ids if one in shown]}
                for an_id, ids in found.items()
            ]
        )
    )


@post("/api/v1/accounts/{account_id:int}/follow", guards=[require("write:follows")], status_code=200)
async def follow_account(
    account_id: FromPath[int],
    form: Form[FollowForm],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
) -> Response[wire.Relationship]:
    """Follow an account, ask a locked one, or change how one follows."""
    async with db.begin() as tx:
        await accounts.follow(
            tx,
            follower=me(caller),
            followed=account_id,
            boosts=form.reblogs,
            notify=form.notify,
            languages=form.languages,
        )
    return await _relationship(render, caller, account_id)


@post("/api/v1/accounts/{account_id:int}/unfollow", guards=[require("write:follows")], status_code=200)
async def unfollow_account(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Relationship]:
    """Follow an account no longer, or take back the request."""
    async with db.begin() as tx:
        await accounts.unfollow(tx, follower=me(caller), followed=account_id)
    return await _relationship(render, caller, account_id)


@post("/api/v1/accounts/{account_id:int}/remove_from_followers", guards=[require("write:follows")], status_code=200)
async def remove_follower(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Relationship]:
    """Have an account follow the caller no longer."""
    async with db.begin() as tx:
        await accounts.remove_from_followers(tx, me(caller), follower=account_id)
    return await _relationship(render, caller, account_id)


@post("/api/v1/accounts/{account_id:int}/block", guards=[require("write:blocks")], status_code=200)
async def block_account(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Relationship]:
    """Hide the caller and an account from each other."""
    async with db.begin() as tx:
        await accounts.block(tx, me(caller), target=account_id)
    return await _relationship(render, caller, account_id)


@post("/api/v1/accounts/{account_id:int}/unblock", guards=[require("write:blocks")], status_code=200)
async def unblock_account(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Relationship]:
    """End a block."""
    async with db.begin() as tx:
        await accounts.unblock(tx, me(caller), target=account_id)
    return await _relationship(render, caller, account_id)


@post("/api/v1/accounts/{account_id:int}/mute", guards=[require("write:mutes")], status_code=200)
async def mute_account(
    account_id: FromPath[int],
    form: Form[MuteForm],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
) -> Response[wire.Relationship]:
    """Leave an account out of the caller's feeds, for a while or without end."""
    async with db.begin() as tx:
        await accounts.mute(tx, me(caller), target=account_id, notifications=form.notifications, duration=form.duration)
    return await _relationship(render, caller, account_id)


@post("/api/v1/accounts/{account_id:int}/unmute", guards=[require("write:mutes")], status_code=200)
async def unmute_account(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Relationship]:
    """End a mute."""
    async with db.begin() as tx:
        await accounts.unmute(tx, me(caller), target=account_id)
    return await _relationship(render, caller, account_id)


@post("/api/v1/accounts/{account_id:int}/note", guards=[require("write:accounts")], status_code=200)
async def write_note(
    account_id: FromPath[int],
    form: Form[NoteForm],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
) -> Response[wire.Relationship]:
    """Keep a note on an account that only the caller sees."""
    async with db.begin() as tx:
        await accounts.write_note(tx, me(caller), target=account_id, note=form.comment)
    return await _relationship(render, caller, account_id)


@post(
    ["/api/v1/accounts/{account_id:int}/endorse", "/api/v1/accounts/{account_id:int}/pin"],
    guards=[require("write:accounts")],
    status_code=200,
)
async def endorse_account(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Relationship]:
    """Recommend an account that the caller follows, on the caller's profile."""
    async with db.begin() as tx:
        await accounts.endorse(tx, me(caller), target=account_id)
    return await _relationship(render, caller, account_id)


@post(
    ["/api/v1/accounts/{account_id:int}/unendorse", "/api/v1/accounts/{account_id:int}/unpin"],
    guards=[require("write:accounts")],
    status_code=200,
)
async def unendorse_account(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Relationship]:
    """Recommend an account no longer."""
    async with db.begin() as tx:
        await accounts.unendorse(tx, me(caller), target=account_id)
    return await _relationship(render, caller, account_id)


# Lists --------------------------------------------------------------------------------------------------------------

_Listing = Callable[..., Awaitable[accounts.Page]]


class _Asked(msgspec.Struct):
    """One request for a public list, and what it takes to answer it."""

    account_id: int
    cursor: accounts.Cursor
    viewer: int
    db: Any
    render: Any
    public_url: str


async def _public_list(listing: _Listing, name: str, asked: _Asked) -> Response[Any]:
    account = await accounts.find_shown(asked.db, asked.account_id)
    if await accounts.collections_hidden(asked.db, account, viewer=asked.viewer):
        return answer(b"[]")
    page = await listing(asked.db, asked.account_id, asked.cursor, viewer=asked.viewer)
    link = page_links(asked.public_url, f"/api/v1/accounts/{asked.account_id}/{name}", asked.cursor, page)
    return answer(await asked.render.accounts(page.ids), link=link)


@get("/api/v1/accounts/{account_id:int}/followers", guards=[public("read:accounts")])
async def list_followers(
    *,
    account_id: FromPath[int],
    params: Query[Paging],
    caller: MaybeCalled,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    settings: NamedDependency[Settings],
) -> Response[list[wire.Account]]:
    """Who follows an account, newest first; nobody when its owner hides it."""
    asked = _Asked(account_id, cursor_of(params), viewer_of(caller), db, render, settings.public_url)
    return await _public_list(accounts.followers, "followers", asked)


@get("/api/v1/accounts/{account_id:int}/following", guards=[public("read:accounts")])
async def list_following(
    *,
    account_id: FromPath[int],
    params: Query[Paging],
    caller: MaybeCalled,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    settings: NamedDependency[Settings],
) -> Response[list[wire.Account]]:
    """Whom an account follows, newest first; nobody when its owner hides it."""
    asked = _Asked(account_id, cursor_of(params), viewer_of(caller), db, render, settings.public_url)
    return await _public_list(accounts.following, "following", asked)


@get("/api/v1/endorsements", guards=[require("read:accounts")])
async def list_endorsements(
    params: Query[Paging],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    settings: NamedDependency[Settings],
) -> Response[list[wire.Account]]:
    """Whom the caller recommends."""
    cursor = cursor_of(params)
    page = await accounts.endorsed(db, me(caller), cursor)
    link = page_links(settings.public_url, "/api/v1/endorsements", cursor, page)
    return answer(await render.accounts(page.ids), link=link)


@get("/api/v1/accounts/{account_id:int}/endorsements", guards=[public("read:accounts")])
async def list_endorsements_of(
    *,
    account_id: FromPath[int],
    params: Query[Paging],
    caller: MaybeCalled,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    settings: NamedDependency[Settings],
) -> Response[list[wire.Account]]:
    """Whom an account recommends, latest first."""
    cursor = cursor_of(params)
    await accounts.find_shown(db, account_id)
    page = await accounts.endorsed(db, account_id, cursor, viewer=viewer_of(caller))
    link = page_links(settings.public_url, f"/api/v1/accounts/{account_id}/endorsements", cursor, page)
    return answer(await render.accounts(page.ids), link=link)


@get("/api/v1/blocks", guards=[require("read:blocks")])
async def list_blocks(
    params: Query[Paging],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    settings: NamedDependency[Settings],
) -> Response[list[wire.Account]]:
    """Whom the caller blocks."""
    cursor = cursor_of(params)
    page = await accounts.blocked(db, me(caller), cursor)
    link = page_links(settings.public_url, "/api/v1/blocks", cursor, page)
    return answer(await render.accounts(page.ids), link=link)


@get("/api/v1/mutes", guards=[require("read:mutes")])
async def list_mutes(
    params: Query[Paging],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    settings: NamedDependency[Settings],
) -> Response[list[wire.MutedAccount]]:
    """Whom the caller mutes, and until when."""
    cursor = cursor_of(params)
    page = await accounts.muted(db, me(caller), cursor)
    ends = await accounts.mute_ends(db, me(caller), page.ids)
    shown = [_muted(one, ends.get(an_id)) for an_id, one in await render.each_account(page.ids)]
    link = page_links(settings.public_url, "/api/v1/mutes", cursor, page)
    return answer(b"[" + b",".join(shown) + b"]", link=link)


def _muted(account: bytes, ends: int | None) -> bytes:
    """MutedAccount: an Account with one more attribute."""
    return account[:-1] + b',"mute_expires_at":' + _encode(None if ends is None else iso(ends)) + b"}"


# Follow requests ----------------------------------------------------------------------------------------------------


@get("/api/v1/follow_requests", guards=[require("read:follows")])
async def list_follow_requests(
    params: Query[Paging],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    settings: NamedDependency[Settings],
) -> Response[list[wire.Account]]:
    """Who asks to follow the caller."""
    cursor = cursor_of(params)
    page = await accounts.follow_requests(db, me(caller), cursor)
    link = page_links(settings.public_url, "/api/v1/follow_requests", cursor, page)
    return answer(await render.accounts(page.ids), link=link)


@post("/api/v1/follow_requests/{account_id:int}/authorize", guards=[require("write:follows")], status_code=200)
async def accept_follow(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Relationship]:
    """Let an account follow the caller."""
    async with db.begin() as tx:
        await accounts.accept_follow(tx, me(caller), follower=account_id)
    return await _relationship(render, caller, account_id)


@post("/api/v1/follow_requests/{account_id:int}/reject", guards=[require("write:follows")], status_code=200)
async def reject_follow(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Relationship]:
    """Do not let an account follow the caller."""
    async with db.begin() as tx:
        await accounts.reject_follow(tx, me(caller), follower=account_id)
    return await _relationship(render, caller, account_id)


# Domain blocks ------------------------------------------------------------------------------------------------------


@get("/api/v1/domain_blocks", guards=[require("read:blocks")])
async def list_domain_blocks(
    params: Query[Paging], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[list[str]]:
    """The servers that the caller hides."""
    cursor = cursor_of(params, default=DOMAINS_A_PAGE)
    rows = await accounts.blocked_domains(db, me(caller), cursor)
    newest, oldest = (rows[0][0], rows[-1][0]) if rows else (None, None)
    link = links(settings.public_url, "/api/v1/domain_blocks", cursor, count=len(rows), newest=newest, oldest=oldest)
    return answer(_encode([domain for _, domain in rows]), link=link)


@get("/api/v1/domain_blocks/preview", guards=[require("write:blocks")])
async def preview_domain_block(params: Query[AskedDomain], caller: Called, db: NamedDependency[Db]) -> DomainPreview:
    """How many follows, either way, the caller would lose by hiding a server."""
    following, followers = await accounts.preview_domain_block(db, me(caller), domain=params.domain)
    return DomainPreview(following, followers)


@post("/api/v1/domain_blocks", guards=[require("write:blocks")], status_code=200)
async def block_domain(form: Form[DomainForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Hide a whole server from the caller, and end the follows between."""
    async with db.begin() as tx:
        await accounts.block_domain(tx, me(caller), domain=form.domain)
    return {}


@delete("/api/v1/domain_blocks", guards=[require("write:blocks")], status_code=200)
async def unblock_domain(form: Form[DomainForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Show a server again."""
    async with db.begin() as tx:
        await accounts.unblock_domain(tx, me(caller), domain=form.domain)
    return {}


HANDLERS: list[Any] = [
    list_relationships,
    list_familiar_followers,
    follow_account,
    unfollow_account,
    remove_follower,
    block_account,
    unblock_account,
    mute_account,
    unmute_account,
    write_note,
    endorse_account,
    unendorse_account,
    list_endorsements,
    list_endorsements_of,
    list_followers,
    list_following,
    list_blocks,
    list_mutes,
    list_follow_requests,
    accept_follow,
    reject_follow,
    list_domain_blocks,
    preview_domain_block,
    block_domain,
    unblock_domain,
]
