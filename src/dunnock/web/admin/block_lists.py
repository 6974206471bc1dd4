"""Staff and the lists of servers to block that others publish: follow them, decide about what they say."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock.accounts.server_rules import SEVERITIES, Severity
from dunnock.api.kit import Form, Query
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.moderation import block_lists
from dunnock.moderation.block_list_fetch import FetchBlockList
from dunnock.moderation.block_lists import STATES, BlockList, State
from dunnock.web.admin.desk import desk
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_A_PAGE = 200
_MOST = 500


class ListParams(msgspec.Struct, frozen=True):
    """Which part of what a list says."""

    state: str = "waiting"
    after: str = ""
    done: str = ""


class ListsForm(Sent):
    """`what`: follow, spare or spare_no_longer."""

    what: str = ""
    title: str = ""
    url: str = ""
    severity: str = "suspend"
    applies: bool = False
    retracts: bool = False
    domain: str = ""
    why: str = ""


class ListForm(Sent):
    """`what`: adopt or dismiss (those in `domains`), change, fetch, trust (fetch, however short it got), unfollow, discard."""

    what: str = ""
    domains: tuple[str, ...] = ()
    title: str = ""
    severity: str = "suspend"
    applies: bool = False
    retracts: bool = False


@get("/admin/block-lists")
async def list_lists(
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[str]:
    """The lists that are followed, and the servers that no list touches."""
    return await _lists(show, staff, db, ListsForm(retracts=True))


@post("/admin/block-lists", status_code=303)
async def decide_about_lists(
    form: Form[ListsForm], show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str] | Response[None]:
    """Follow a list; say about which servers no list makes rules."""
    by = staff.account_id
    try:
        async with db.begin() as tx:
            match form.what:
                case "follow":
                    made = await block_lists.follow(
                        tx,
                        BlockList(
                            id=0,
                            title=form.title,
                            url=form.url,
                            severity=_severity(form.severity),
                            applies=form.applies,
                            retracts=form.retracts,
                        ),
                        by=by,
                    )
                    await tx.enqueue(FetchBlockList(made.id))
                case "spare":
                    await block_lists.spare(tx, form.domain, form.why, by=by)
                case "spare_no_longer":
                    await block_lists.spare_no_longer(tx, form.domain, by=by)
                case _:
                    raise Invalid(form.what)
    except DomainError as error:
        return await _lists(show, staff, db, form, error=error)
    return show.go("/admin/block-lists", done="saved")


@get("/admin/block-lists/{list_id:int}")
async def show_list(
    *,
    list_id: FromPath[int],
    params: Query[ListParams],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[str]:
    """What a list says, by what came of it."""
    return await _list(list_id, params, show, staff, db)


@post("/admin/block-lists/{list_id:int}", status_code=303)
async def decide_about_list(
    *,
    list_id: FromPath[int],
    form: Form[ListForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[str] | Response[None]:
    """Adopt or dismiss what is ticked; change the list, read it now, or follow it no longer."""
    try:
        async with db.begin() as tx:
            gone = await _decide(tx, list_id, form, by=staff.account_id)
    except block_lists.ListMissing:
        raise
    except DomainError as error:
        return await _list(list_id, ListParams(), show, staff, db, error=error)
    return show.go("/admin/block-lists" if gone else f"/admin/block-lists/{list_id}", done="saved")


async def _decide(tx: Tx, list_id: int, form: ListForm, *, by: int) -> bool:
    """Whether the list is followed no longer."""
    match form.what:
        case "adopt" | "dismiss":
            if not form.domains:
                raise Invalid(say="Choose at least one")
            await block_lists.decide(tx, list_id, form.domains[:_MOST], adopt=form.what == "adopt", by=by)
        case "change":
            new = BlockList(
                id=list_id,
                title=form.title,
                url="",
                severity=_severity(form.severity),
                applies=form.applies,
                retracts=form.retracts,
            )
            await block_lists.change(tx, new, by=by)
            await tx.enqueue(FetchBlockList(list_id))
        case "fetch" | "trust":
            await block_lists.show(tx, list_id, by=by)
            await tx.enqueue(FetchBlockList(list_id, trusting=form.what == "trust"))
        case "unfollow" | "discard":
            await block_lists.unfollow(tx, list_id, keep=form.what == "unfollow", by=by)
            return True
        case _:
            raise Invalid(form.what)
    return False


def _severity(said: str) -> Severity:
    found = next((one for one in SEVERITIES if one == said), None)
    if found is None:
        raise Invalid(said, say="Choose how strict the rule is")
    return found


async def _lists(
    show: Show, staff: Member, db: Db, form: ListsForm, *, error: DomainError | None = None
) -> Response[str]:
    return desk(
        show,
        staff,
        "block_lists.html",
        error=error,
        form=form,
        lists=await block_lists.lists(db, by=staff.account_id),
        spared=await block_lists.list_spared(db, by=staff.account_id),
    )


async def _list(
    list_id: int, params: ListParams, show: Show, staff: Member, db: Db, *, error: DomainError | None = None
) -> Response[str]:
    by = staff.account_id
    held = await block_lists.show(db, list_id, by=by)
    counts = next(counts for one, counts in await block_lists.lists(db, by=by) if one.id == list_id)
    state: State = next((one for one in STATES if one == params.state), "waiting")
    said = await block_lists.said(db, list_id, state, after=params.after, most=_A_PAGE, by=by)
    return desk(
        show,
        staff,
        "block_list.html",
        error=error,
        held=held,
        counts=counts,
        states=STATES,
        state=state,
        said=said,
        hidden=(sum(one.following for one in said), sum(one.followers for one in said)),
        more=said[-1].domain if len(said) == _A_PAGE else "",
    )


HANDLERS = pages(list_lists, decide_about_lists, show_list, decide_about_list)
