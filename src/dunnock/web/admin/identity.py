"""Staff and who is whom: names that are protected, who is taken for them, who became somebody else, where money is led."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import moderation
from dunnock.accounts import Power
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Tx
from dunnock.foundation.errors import DomainError, Invalid, Missing
from dunnock.foundation.settings import Settings
from dunnock.integrity import identity, judge_signal, list_signals, money
from dunnock.media.model import read_picture
from dunnock.web.admin.desk import Desk, desk_pages, powers_of
from dunnock.web.cards import Cards, file_url
from dunnock.web.faces import face_of
from dunnock.web.pages import DoneParams, Sent

_END = 2**62
_MOST = 50
_MOST_CONTACTS = 50
_LONGEST_TITLE = 200
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "graphml": "application/xml",
    "stix.json": "application/stix+json;version=2.1",
}


class IdentityForm(Sent):
    """`what`: protect, unprotect (a name); impostor, genuine (of a name); same, turned (a turn); return, no_return.

    Or case: open one about the account, with the `other_id` as its target.
    """

    what: str = ""
    name: str = ""
    handle: str = ""
    site: str = ""
    name_id: Id | None = None
    account_id: Id | None = None
    turn_id: Id | None = None
    signal_id: Id | None = None
    other_id: Id | None = None


class MoneyParams(msgspec.Struct, frozen=True):
    """Around whom or what: a handle (`account`), or an address, link or wallet (`asset`)."""

    account: str = ""
    asset: str = ""
    done: str = ""


class MoneyForm(Sent):
    """`what`: block (what is `written`), unblock (an asset)."""

    what: str = ""
    written: str = ""
    why: str = ""
    asset_id: Id | None = None


@get("/admin/identity")
async def show_identity(
    *,
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    desk: NamedDependency[Desk],
) -> Response[str]:
    """All of it, the newest first."""
    return await _identity(desk, IdentityForm())


@post("/admin/identity", status_code=303)
async def act_on_identity(form: Form[IdentityForm], desk: NamedDependency[Desk]) -> Response[str] | Response[None]:
    """Protect a name, or say who somebody is."""
    try:
        if form.what == "case" and form.account_id is not None:
            return desk.go(f"/admin/cases/{await _open_case(desk, form)}", "saved")
        owner = await desk.reads.account_views.id_of(*_handle(form.handle)) if form.handle.strip() else None
        async with desk.db.begin() as tx:
            request_id = await _do(tx, form, owner or 0, by=desk.by)
    except DomainError as error:
        return await _identity(desk, form, error=error)
    return desk.go("/admin/identity", "saved" if request_id is None else "second")


@get("/admin/identity/lookalikes/{account_id:int}/{name_id:int}")
async def show_lookalike(
    account_id: FromPath[int], name_id: FromPath[int], desk: NamedDependency[Desk]
) -> Response[str]:
    """An account beside the name that it is taken for."""
    pair = await identity.lookalike_pair(desk.db, account_id, name_id, by=desk.by)
    return await _side_by_side(desk, pair, name_id=name_id)


@get("/admin/identity/returns/{signal_id:int}")
async def show_return(signal_id: FromPath[int], desk: NamedDependency[Desk]) -> Response[str]:
    """An account beside the suspended one that it may be."""
    pair = await identity.return_pair(desk.db, signal_id, by=desk.by)
    return await _side_by_side(desk, pair, signal_id=signal_id)


@get("/admin/money")
async def show_money(params: Query[MoneyParams], desk: NamedDependency[Desk]) -> Response[str]:
    """What many led to, what is stopped, and the graph around an account or a destination."""
    return await _money(params, desk, MoneyForm())


@post("/admin/money", status_code=303)
async def act_on_money(form: Form[MoneyForm], desk: NamedDependency[Desk]) -> Response[str] | Response[None]:
    """Stop what leads somewhere, or let it be posted again."""
    try:
        async with desk.db.begin() as tx:
            if form.what == "block":
                await money.block(tx, form.written, why=form.why, by=desk.by)
            elif form.what == "unblock" and form.asset_id is not None:
                await money.unblock(tx, form.asset_id, by=desk.by)
            else:
                raise Invalid(form.what[:40])
    except DomainError as error:
        return await _money(MoneyParams(), desk, form, error=error)
    return desk.go("/admin/money", "saved")


@get("/admin/money/files/{kind:str}")
async def take_graph(
    kind: FromPath[str],
    params: Query[MoneyParams],
    desk: NamedDependency[Desk],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """The graph as a file: csv, graphml or stix.json."""
    found = await _graph(params, desk)
    if found is None or kind not in _TYPES:
        raise Missing(kind[:20])
    handles = await desk.names(found.account_ids)
    match kind:
        case "csv":
            body = money.as_csv(found, handles)
        case "graphml":
            body = money.as_graphml(found, handles)
        case _:
            body = money.as_stix(found, handles, server=settings.domain, at=now_ms())
    await moderation.note_export(desk.db, f"money.{kind}", rows=len(found.account_ids), by=desk.by)
    headers = {"content-disposition": f'attachment; filename="money.{kind}"'}
    return Response(body, media_type=_TYPES[kind], headers=headers)


async def _do(tx: Tx, form: IdentityForm, owner: int, *, by: int) -> int | None:
    """Do it; the request that somebody else must agree to first, if so."""
    match form.what, form.name_id, form.account_id, form.turn_id:
        case "protect", _, _, _:
            called = form.handle.strip().removeprefix("@").partition("@")[0]
            await identity.add_name(tx, form.name, handle=called, account_id=owner, site=form.site, by=by)
        case "unprotect", int(name_id), _, _:
            await identity.unprotect(tx, name_id, by=by)
        case ("impostor" | "genuine") as what, int(name_id), int(account_id), _:
            await identity.settle(tx, account_id, name_id, impostor=what == "impostor", by=by)
        case ("same" | "turned") as what, _, _, int(turn_id):
            return await identity.settle_turn(tx, turn_id, restore=what == "same", by=by)
        case ("return" | "no_return") as what, _, _, _ if form.signal_id is not None:
            await judge_signal(tx, form.signal_id, "confirmed" if what == "return" else "dismissed", by=by)
        case _:
            raise Invalid(form.what[:40])
    return None


def _handle(written: str) -> tuple[str, str]:
    name, _, domain = written.strip().removeprefix("@").partition("@")
    return name, domain.casefold()


async def _open_case(desk: Desk, form: IdentityForm) -> int:
    """A case about the account, with the other one as its target; its id."""
    ids = [one for one in (form.account_id, form.other_id) if one is not None]
    names = await desk.names(ids)
    called = " / ".join(f"@{names.get(one, one)}" for one in ids)
    subjects = [moderation.Subject(kind="account", subject_id=ids[0], role="core")]
    subjects += [moderation.Subject(kind="account", subject_id=one, role="target") for one in ids[1:]]
    async with desk.db.begin() as tx:
        case_id = await moderation.open_case(tx, called[:_LONGEST_TITLE], by=desk.by)
        await moderation.add_subjects(tx, case_id, subjects, by=desk.by)
    return case_id


async def _side_by_side(
    desk: Desk, pair: identity.Pair, name_id: int | None = None, signal_id: int | None = None
) -> Response[str]:
    avatars = [file_url(read_picture(one.avatar).still) if one.avatar else "" for one in (pair.suspect, pair.original)]
    return desk.page("side_by_side.html", pair=pair, sides=list(zip((pair.suspect, pair.original), avatars, strict=True)),
        name_id=name_id, signal_id=signal_id, contacts=await desk.names(pair.contacts[:_MOST_CONTACTS]),
    )  # fmt: skip


async def _identity(desk: Desk, form: IdentityForm, error: DomainError | None = None) -> Response[str]:
    by = desk.by
    marked = await identity.alikes(desk.db, "marked", by=by, before=_END, most=_MOST)
    watched = await identity.alikes(desk.db, "watched", by=by, before=_END, most=_MOST)
    turned = await identity.list_turns(desk.db, "suspended", by=by, below=_END, most=_MOST)
    noticed = await identity.list_turns(desk.db, "noticed", by=by, below=_END, most=_MOST)
    may_protect = Power.MANAGE_BLOCKS in powers_of(desk.staff)
    names = await identity.list_names(desk.db, by=by) if may_protect else []
    returns = await list_signals(desk.db, "identity.return", "open", by=by, most=_MOST)
    formers = {one.subject_id: int(one.evidence["former_id"]) for one in returns}
    ids = {*formers, *formers.values()}
    ids |= {one.account_id for one in (*marked, *watched)} | {one.account_id for one in (*turned, *noticed)}
    cards = await desk.reads.account_views.get(ids | {one.owner_id for one in (*marked, *watched)})
    await Cards(desk.db, desk.reads.account_views).draw_faces(cards.values())
    return desk.page("identity.html", error=error, form=form, names=names, may_protect=may_protect,
        alikes=[("marked", marked), ("watched", watched)], turns=[("suspended", turned), ("noticed", noticed)],
        returns=returns, formers=formers,
        faces={card.id: face_of(card) for card in cards.values()},
    )  # fmt: skip


async def _graph(params: MoneyParams, desk: Desk) -> money.Graph | None:
    """What is asked for; None: nothing is."""
    by = desk.by
    if params.account.strip():
        an_id = await desk.reads.account_views.id_of(*_handle(params.account))
        return await money.graph_of(desk.db, account_ids=[] if an_id is None else [an_id], by=by)
    if params.asset.strip():
        written = params.asset.strip()
        asset = money.asset_at(written)
        known = await money.find_asset(desk.db, written if asset is None else asset.key)
        return await money.graph_of(desk.db, asset_id=0 if known is None else known.id, by=by)
    return None


async def _money(params: MoneyParams, desk: Desk, form: MoneyForm, error: DomainError | None = None) -> Response[str]:
    by = desk.by
    found = await _graph(params, desk)
    names = {} if found is None else await desk.names(found.account_ids)
    return desk.page("money.html", error=error, form=form, asked=params, graph=found, names=names,
        shared=await money.shared_lately(desk.db, by=by), stopped=await money.stopped(desk.db, by=by),
    )  # fmt: skip


HANDLERS = desk_pages(
    show_identity, act_on_identity, show_lookalike, show_return, show_money, act_on_money, take_graph,
)  # fmt: skip
