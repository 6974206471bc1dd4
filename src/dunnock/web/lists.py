"""A member's lists: read them, make and change them, say who is on them."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.feeds import Feeds, lists
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.web.cards import Cards, Face
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.steps import cursor_of, steps_of
from dunnock.web.visitor import Member

_MOST_FOUND = 20
_ONE = "/lists/{list_id:int}"


class ListForm(Sent):
    """What a list is called and how it works."""

    title: str = ""
    replies: str = "list"
    exclusive: bool = False


class MemberForm(Sent):
    """Whom to put on the list, or to take off."""

    account_id: Id


class FindParams(PageParams, kw_only=True, frozen=True):
    """Whom to look for among those whom the member follows."""

    q: str = ""


@get("/lists")
async def show_lists(
    show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """All lists, and a form for a new one."""
    return await _ask(show, db, member, ListForm())


@post("/lists", status_code=303)
async def make_list(
    form: Form[ListForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str] | Response[None]:
    """A new list; next one says who is on it."""
    try:
        async with db.begin() as tx:
            made = await lists.make_list(
                tx, member.account_id, title=form.title, replies=form.replies, exclusive=form.exclusive
            )
    except lists.ListRefused as error:
        return await _ask(show, db, member, form, error=error)
    return show.go(f"/lists/{made.id}/edit", done="list_made")


@get(_ONE)
async def show_list(
    *,
    list_id: FromPath[int],
    params: Query[PageParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    feeds: NamedDependency[Feeds],
    cards: NamedDependency[Cards],
) -> Response[str]:
    """What the accounts of a list posted and boosted."""
    one = await lists.find_list(db, member.account_id, list_id)
    cursor = cursor_of(params)
    page = await feeds.list(member.account_id, list_id, cursor)
    shown = await cards.page(page, "home")
    every = await lists.lists_of(db, member.account_id)
    return show("list.html", one=one, lists=every, shown=shown, steps=steps_of(page, cursor))


@get(f"{_ONE}/edit")
async def edit_list(
    *,
    list_id: FromPath[int],
    params: Query[FindParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """How a list works and who is on it; with `?q=` whom one could put on it."""
    one = await lists.find_list(db, member.account_id, list_id)
    form = ListForm(title=one.title, replies=one.replies, exclusive=one.exclusive)
    return await _edit(show, Cards(db, account_views), db, member=member, list_id=list_id, form=form, words=params.q)


@post(f"{_ONE}/edit", status_code=303)
async def change_list(
    *,
    list_id: FromPath[int],
    form: Form[ListForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Rename a list or change how it works."""
    try:
        async with db.begin() as tx:
            await lists.change_list(
                tx, member.account_id, list_id, title=form.title, replies=form.replies, exclusive=form.exclusive
            )
    except lists.ListRefused as error:
        return await _edit(show, Cards(db, account_views), db, member=member, list_id=list_id, form=form, error=error)
    return show.go(f"/lists/{list_id}/edit", done="saved")


@post(f"{_ONE}/delete", status_code=303)
async def delete_list(
    *,
    list_id: FromPath[int],
    form: Form[Sent],  # noqa: ARG001 (asking for it is what checks that it is ours)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Delete a list; its accounts stay followed."""
    async with db.begin() as tx:
        await lists.delete_list(tx, member.account_id, list_id)
    return show.go("/lists", done="list_gone")


@post(f"{_ONE}/add", status_code=303)
async def add_member(
    *,
    list_id: FromPath[int],
    form: Form[MemberForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Put somebody on the list."""
    try:
        async with db.begin() as tx:
            await lists.add_to_list(tx, member.account_id, list_id, [form.account_id])
    except (lists.ListRefused, lists.NotFollowed) as error:
        one = await lists.find_list(db, member.account_id, list_id)
        kept = ListForm(title=one.title, replies=one.replies, exclusive=one.exclusive)
        return await _edit(show, Cards(db, account_views), db, member=member, list_id=list_id, form=kept, error=error)
    return show.go(f"/lists/{list_id}/edit", done="saved")


@post(f"{_ONE}/remove", status_code=303)
async def remove_member(
    *,
    list_id: FromPath[int],
    form: Form[MemberForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Take somebody off the list."""
    async with db.begin() as tx:
        await lists.remove_from_list(tx, member.account_id, list_id, [form.account_id])
    return show.go(f"/lists/{list_id}/edit", done="saved")


async def _ask(
    show: Show, db: Db, member: Member, form: ListForm, *, error: DomainError | None = None
) -> Response[str]:
    every = await lists.lists_of(db, member.account_id)
    return show("lists.html", lists=every, form=form, most=lists.LONGEST_TITLE, error=error)


async def _edit(
    show: Show,
    cards: Cards,
    db: Db,
    *,
    member: Member,
    list_id: int,
    form: ListForm,
    words: str = "",
    error: DomainError | None = None,
) -> Response[str]:
    page = await lists.members_of(db, member.account_id, list_id, accounts.Cursor(limit=0))
    on_it = set(page.ids)
    found: list[Face] = []
    if words.strip():
        ids = await accounts.search_accounts(
            db, words, limit=_MOST_FOUND, viewer=member.account_id, following_only=True
        )
        found = await cards.faces([one for one in ids if one not in on_it])
    return show(
        "list_edit.html",
        list_id=list_id,
        form=form,
        people=await cards.faces(page.ids),
        words=words,
        found=found,
        most=lists.LONGEST_TITLE,
        error=error,
    )


HANDLERS = pages(show_lists, make_list, show_list, edit_list, change_list, delete_list, add_member, remove_member)
