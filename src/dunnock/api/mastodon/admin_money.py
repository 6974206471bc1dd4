"""Staff and where money is led: payees, wallets, shops, chats. Ours: /api/v1/dunnock/admin/{assets,asset_graph,asset_blocks}."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts
from dunnock.accounts import Power
from dunnock.api.kit import Called, Form, Id, Query, require
from dunnock.api.mastodon.admin_cases import READS, WRITES
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid
from dunnock.integrity import money

HERE: Final = "/api/v1/dunnock/admin"


class GraphParams(msgspec.Struct, frozen=True):
    """Around an account, or around a destination: an address, link or wallet, or its key."""

    account_id: Id | None = None
    asset: str = ""


class AssetForm(msgspec.Struct):
    """An address, link or wallet as written somewhere, and why it is stopped."""

    asset: str = ""
    reason: str = ""


class AdminAsset(msgspec.Struct, kw_only=True):
    """A destination. `state`: "", blocked or held; `accounts`: how many led there in the last 90 days, null: not counted here."""

    id: str
    key: str
    kind: str
    site: str
    state: str
    reason: str
    first_at: str
    accounts: int | None = None


class AssetTie(msgspec.Struct, kw_only=True):
    """An account leads to a destination, so many times."""

    account_id: str
    asset_id: str
    times: int
    first_at: str
    last_at: str


class AssetGraph(msgspec.Struct, kw_only=True):
    """`whole`: nothing was left out."""

    assets: list[AdminAsset]
    ties: list[AssetTie]
    whole: bool


@get(f"{HERE}/assets", guards=[require(READS)])
async def list_assets(caller: Called, db: NamedDependency[Db]) -> list[AdminAsset]:
    """Destinations that several accounts led to in the last 90 days, most first; at most 100."""
    return [_asset(one, number) for one, number in await money.shared_lately(db, by=me(caller))]


@get(f"{HERE}/asset_graph", guards=[require(READS)])
async def show_graph(params: Query[GraphParams], caller: Called, db: NamedDependency[Db]) -> AssetGraph:
    """Who leads where, and who else leads there."""
    await accounts.permit(db, me(caller), Power.MANAGE_REPORTS)
    written = params.asset.strip()
    if params.account_id is not None:
        found = await money.graph_of(db, account_ids=[params.account_id], by=me(caller))
    elif written:
        asset = money.asset_at(written)
        known = await money.find_asset(db, written if asset is None else asset.key)
        found = await money.graph_of(db, asset_id=0 if known is None else known.id, by=me(caller))
    else:
        raise Invalid(None, say="Validation failed: Give account_id or asset")
    return AssetGraph(
        assets=[_asset(one) for one in found.assets.values()],
        ties=[
            AssetTie(
                account_id=str(one.account_id), asset_id=str(one.asset_id), times=one.times, first_at=iso(one.first_at),
                last_at=iso(one.last_at),
            )
            for one in found.ties
        ],
        whole=found.whole,
    )  # fmt: skip


@get(f"{HERE}/asset_blocks", guards=[require(READS)])
async def list_blocks(caller: Called, db: NamedDependency[Db]) -> list[AdminAsset]:
    """Destinations that nobody may lead to now, the newest first; at most 200."""
    return [_asset(one) for one in await money.stopped(db, by=me(caller))]


@post(f"{HERE}/asset_blocks", guards=[require(WRITES)], status_code=200)
async def block_asset(form: Form[AssetForm], caller: Called, db: NamedDependency[Db]) -> AdminAsset:
    """Stop a destination in all its spellings."""
    async with db.begin() as tx:
        return _asset(await money.block(tx, form.asset, why=form.reason, by=me(caller)))


@delete(f"{HERE}/asset_blocks/{{asset_id:int}}", guards=[require(WRITES)], status_code=200)
async def unblock_asset(asset_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Let people lead there again."""
    async with db.begin() as tx:
        await money.unblock(tx, asset_id, by=me(caller))
    return {}


def _asset(one: money.Known, number: int | None = None) -> AdminAsset:
    return AdminAsset(
        id=str(one.id), key=one.key, kind=one.kind, site=one.site, state=one.state, reason=one.why,
        first_at=iso(one.first_at), accounts=number,
    )  # fmt: skip


HANDLERS: list[Any] = [list_assets, show_graph, list_blocks, block_asset, unblock_asset]
