"""Staff and who is whom: names that are protected, who is taken for them, who became somebody else, where money is led."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import moderation
from dunnock.accounts import Power
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import DomainError, Invalid, Missing
from dunnock.integrity import identity, judge_signal, list_signals, money
from dunnock.media.model import read_picture
from dunnock.web.admin.desk import desk, powers_of
from dunnock.web.admin.names import names_of
from dunnock.web.cards import Cards, file_url
from dunnock.web.faces import face_of
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_END = 2**62
_MOST = 50
_MOST_CONTACTS = 50
_LONGEST_TITLE = 200
_TYPES = {"csv": "text/csv; charset=utf-8", "graphml": "application/xml"}


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
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """All of it, the newest first."""
    return await _identity(show, staff, db, account_views, IdentityForm())


@post("/admin/identity", status_code=303)
async def act_on_identity(
    *,
    form: Form[IdentityForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Protect a name, or say who somebody is."""
    try:
        if form.what == "case" and form.account_id is not None:
            return show.go(
                f"/admin/cases/{await _open_case(db, account_views, form, by=staff.account_id)}", done="saved"
            )
        owner = await account_views.id_of(*_handle(form.handle)) if form.handle.strip() else None
        async with db.begin() as tx:
            request_id = await _do(tx, form, owner or 0, by=staff.account_id)
    except DomainError as error:
        return await _identity(show, staff, db, account_views, form, error=error)
    return show.go("/admin/identity", done="saved" if request_id is None else "second")


@get("/admin/identity/lookalikes/{account_id:int}/{name_id:int}")
async def show_lookalike(  # noqa: PLR0917 (Litestar hands them over by name)
    account_id: FromPath[int],
    name_id: FromPath[int],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """An account beside the name that it is taken for."""
    pair = await identity.lookalike_pair(db, account_id, name_id, by=staff.account_id)
    return await _side_by_side(show, staff, account_views, pair, name_id=name_id)


@get("/admin/identity/returns/{signal_id:int}")
async def show_return(
    signal_id: FromPath[int],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """An account beside the suspended one that it may be."""
    pair = await identity.return_pair(db, signal_id, by=staff.account_id)
    return await _side_by_side(show, staff, account_views, pair, signal_id=signal_id)


@get("/admin/money")
async def show_money(
    *,
    params: Query[MoneyParams],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """What many led to, what is stopped, and the graph around an account or a destination."""
    return await _money(params, show, staff, db, account_views, MoneyForm())


@post("/admin/money", status_code=303)
async def act_on_money(
    *,
    form: Form[MoneyForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Stop what leads somewhere, or let it be posted again."""
    try:
        async with db.begin() as tx:
            if form.what == "block":
                await money.block(tx, form.written, why=form.why, by=staff.account_id)
            elif form.what == "unblock" and form.asset_id is not None:
                await money.unblock(tx, form.asset_id, by=staff.account_id)
            else:
                raise Invalid(form.what[:40])
    except DomainError as error:
        return await _money(MoneyParams(), show, staff, db, account_views, form, error=error)
    return show.go("/admin/money", done="saved")


@get("/admin/money/files/{kind:str}")
async def take_graph(
    *,
    kind: FromPath[str],
    params: Query[MoneyParams],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """The graph as a file: csv or graphml."""
    found = await _graph(params, staff, db, account_views)
    if found is None or kind not in _TYPES:
        raise Missing(kind[:20])
    handles = await names_of(account_views, found.account_ids)
    body = money.as_csv(found, handles) if kind == "csv" else money.as_graphml(found, handles)
    await moderation.note_export(db, f"money.{kind}", rows=len(found.account_ids), by=staff.account_id)
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


async def _open_case(db: Db, account_views: AccountViews, form: IdentityForm, *, by: int) -> int:
    """A case about the account, with the other one as its target; its id."""
    ids = [one for one in (form.account_id, form.other_id) if one is not None]
    names = await names_of(account_views, ids)
    called = " / ".join(f"@{names.get(one, one)}" for one in ids)
    subjects = [moderation.Subject(kind="account", subject_id=ids[0], role="core")]
    subjects += [moderation.Subject(kind="account", subject_id=one, role="target") for one in ids[1:]]
    async with db.begin() as tx:
        case_id = await moderation.open_case(tx, called[:_LONGEST_TITLE], by=by)
        await moderation.add_subjects(tx, case_id, subjects, by=by)
    return case_id


async def _side_by_side(
    show: Show,
    staff: Member,
    account_views: AccountViews,
    pair: identity.Pair,
    *,
    name_id: int | None = None,
    signal_id: int | None = None,
) -> Response[str]:
    avatars = [file_url(read_picture(one.avatar).still) if one.avatar else "" for one in (pair.suspect, pair.original)]
    return desk(
        show, staff, "side_by_side.html", pair=pair, sides=list(zip((pair.suspect, pair.original), avatars, strict=True)),
        name_id=name_id, signal_id=signal_id, contacts=await names_of(account_views, pair.contacts[:_MOST_CONTACTS]),
    )  # fmt: skip


async def _identity(  # noqa: PLR0917 (what a page is made of)
    show: Show,
    staff: Member,
    db: Db,
    account_views: AccountViews,
    form: IdentityForm,
    error: DomainError | None = None,
) -> Response[str]:
    by = staff.account_id
    marked = await identity.alikes(db, "marked", by=by, before=_END, most=_MOST)
    watched = await identity.alikes(db, "watched", by=by, before=_END, most=_MOST)
    turned = await identity.list_turns(db, "suspended", by=by, below=_END, most=_MOST)
    noticed = await identity.list_turns(db, "noticed", by=by, below=_END, most=_MOST)
    may_protect = Power.MANAGE_BLOCKS in powers_of(staff)
    names = await identity.list_names(db, by=by) if may_protect else []
    returns = await list_signals(db, "identity.return", "open", by=by, most=_MOST)
    formers = {one.subject_id: int(one.evidence["former_id"]) for one in returns}
    ids = {*formers, *formers.values()}
    ids |= {one.account_id for one in (*marked, *watched)} | {one.account_id for one in (*turned, *noticed)}
    cards = await account_views.get(ids | {one.owner_id for one in (*marked, *watched)})
    await Cards(db, account_views).draw_faces(cards.values())
    return desk(
        show, staff, "identity.html", error=error, form=form, names=names, may_protect=may_protect,
        alikes=[("marked", marked), ("watched", watched)], turns=[("suspended", turned), ("noticed", noticed)],
        returns=returns, formers=formers,
        faces={card.id: face_of(card) for card in cards.values()},
    )  # fmt: skip


async def _graph(params: MoneyParams, staff: Member, db: Db, account_views: AccountViews) -> money.Graph | None:
    """What is asked for; None: nothing is."""
    by = staff.account_id
    if params.account.strip():
        an_id = await account_views.id_of(*_handle(params.account))
        return await money.graph_of(db, account_ids=[] if an_id is None else [an_id], by=by)
    if params.asset.strip():
        written = params.asset.strip()
        asset = money.asset_of(written)
        known = await money.find_asset(db, written if asset is None else asset.key)
        return await money.graph_of(db, asset_id=0 if known is None else known.id, by=by)
    return None


async def _money(  # noqa: PLR0917 (what a page is made of)
    params: MoneyParams,
    show: Show,
    staff: Member,
    db: Db,
    account_views: AccountViews,
    form: MoneyForm,
    error: DomainError | None = None,
) -> Response[str]:
    by = staff.account_id
    found = await _graph(params, staff, db, account_views)
    names = {} if found is None else await names_of(account_views, found.account_ids)
    return desk(
        show, staff, "money.html", error=error, form=form, asked=params, graph=found, names=names,
        shared=await money.shared_lately(db, by=by), stopped=await money.stopped(db, by=by),
    )  # fmt: skip


HANDLERS = pages(
    show_identity, act_on_identity, show_lookalike, show_return, show_money, act_on_money, take_graph,
)  # fmt: skip
