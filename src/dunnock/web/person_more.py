"""What takes a page of its own about somebody: on which lists they are, and what hiding their server would cost."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts
from dunnock.accounts.views import AccountCard, AccountViews
from dunnock.api.kit import Form, Id
from dunnock.api.kit.shape import BIGGEST_ID
from dunnock.feeds import lists
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Missing
from dunnock.web.cards import Cards
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_ONE = "/people/{account_id:int}"


class ListsForm(Sent):
    """The lists that somebody is to be on."""

    lists: tuple[Id, ...] = ()


@get(f"{_ONE}/lists")
async def ask_lists(
    account_id: FromPath[int],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """All lists of the member, ticked where the person is on them."""
    return await _ask(show, db, member, account_views, account_id)


@post(f"{_ONE}/lists", status_code=303)
async def set_lists(
    *,
    account_id: FromPath[int],
    form: Form[ListsForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Put the person on the lists that are ticked and take them off the others, all of it or nothing."""
    card = await _card(account_views, account_id)
    wanted = set(form.lists)
    try:
        async with db.begin() as tx:
            on = {one.id for one in await lists.lists_with(tx, member.account_id, member=account_id)}
            for one in sorted(wanted - on):
                await lists.add_to_list(tx, member.account_id, one, [account_id])
            for one in sorted(on - wanted):
                await lists.remove_from_list(tx, member.account_id, one, [account_id])
    except (lists.ListRefused, lists.NotFollowed) as error:
        return await _ask(show, db, member, account_views, account_id, error=error)
    return show.go(f"/@{card.handle}", done="saved")


@get(f"{_ONE}/server")
async def ask_to_hide_server(
    account_id: FromPath[int],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """Ask once more before everything from a person's server is hidden, and say which follows would end."""
    card = await _card(account_views, account_id)
    if not card.domain:
        raise Missing(account_id)
    following, followers = await accounts.preview_domain_block(db, member.account_id, domain=card.domain)
    face = (await Cards(db, account_views).faces([account_id]))[0]
    return show("person_server.html", person=face, host=card.domain, following=following, followers=followers)


async def _card(account_views: AccountViews, account_id: int) -> AccountCard:
    """The account, when there is something to see of it. Raises: Missing."""
    card = await account_views.one(account_id) if 0 < account_id <= BIGGEST_ID else None
    if card is None or card.standing in {"suspended", "deleted"}:
        raise Missing(account_id)
    return card


async def _ask(
    show: Show,
    db: Db,
    member: Member,
    account_views: AccountViews,
    account_id: int,
    *,
    error: DomainError | None = None,
) -> Response[str]:
    await _card(account_views, account_id)
    return show(
        "person_lists.html",
        person=(await Cards(db, account_views).faces([account_id]))[0],
        lists=await lists.lists_of(db, member.account_id),
        on={one.id for one in await lists.lists_with(db, member.account_id, member=account_id)},
        error=error,
    )


HANDLERS = pages(ask_lists, set_lists, ask_to_hide_server)
