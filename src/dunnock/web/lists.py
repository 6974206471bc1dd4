"""A member's lists: read them, make and change them, say who is on them."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts
from dunnock.api.kit import Form, Id, Query
from dunnock.feeds import Feeds, lists
from dunnock.foundation.errors import DomainError
from dunnock.web.cards import Face
from dunnock.web.own import Own
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.steps import cursor_of, steps_of

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
async def show_lists(own: NamedDependency[Own]) -> Response[str]:
    """All lists, and a form for a new one."""
    return await _ask(own, ListForm())


@post("/lists", status_code=303)
async def make_list(form: Form[ListForm], own: NamedDependency[Own]) -> Response[str] | Response[None]:
    """A new list; next one says who is on it."""
    try:
        made = await own.do(lists.make_list, title=form.title, replies=form.replies, exclusive=form.exclusive)
    except lists.ListRefused as error:
        return await _ask(own, form, error=error)
    return own.go(f"/lists/{made.id}/edit", "list_made")


@get(_ONE)
async def show_list(
    list_id: FromPath[int], params: Query[PageParams], own: NamedDependency[Own], feeds: NamedDependency[Feeds]
) -> Response[str]:
    """What the accounts of a list posted and boosted."""
    one = await lists.find_list(own.db, own.me, list_id)
    cursor = cursor_of(params)
    page = await feeds.list(own.me, list_id, cursor)
    shown = await own.cards.page(page, "home")
    every = await lists.lists_of(own.db, own.me)
    return own.show("list.html", one=one, lists=every, shown=shown, steps=steps_of(page, cursor))


@get(f"{_ONE}/edit")
async def edit_list(list_id: FromPath[int], params: Query[FindParams], own: NamedDependency[Own]) -> Response[str]:
    """How a list works and who is on it; with `?q=` whom one could put on it."""
    return await _edit(own, list_id, await _held(own, list_id), words=params.q)


@post(f"{_ONE}/edit", status_code=303)
async def change_list(
    list_id: FromPath[int], form: Form[ListForm], own: NamedDependency[Own]
) -> Response[str] | Response[None]:
    """Rename a list or change how it works."""
    try:
        await own.do(lists.change_list, list_id, title=form.title, replies=form.replies, exclusive=form.exclusive)
    except lists.ListRefused as error:
        return await _edit(own, list_id, form, error=error)
    return own.go(f"/lists/{list_id}/edit", "saved")


@post(f"{_ONE}/delete", status_code=303)
async def delete_list(
    *,
    list_id: FromPath[int],
    form: Form[Sent],  # noqa: ARG001 (asking for it is what checks that it is ours)
    own: NamedDependency[Own],
) -> Response[None]:
    """Delete a list; its accounts stay followed."""
    await own.do(lists.delete_list, list_id)
    return own.go("/lists", "list_gone")


@post(f"{_ONE}/add", status_code=303)
async def add_member(
    list_id: FromPath[int], form: Form[MemberForm], own: NamedDependency[Own]
) -> Response[str] | Response[None]:
    """Put somebody on the list."""
    try:
        await own.do(lists.add_to_list, list_id, [form.account_id])
    except (lists.ListRefused, lists.NotFollowed) as error:
        return await _edit(own, list_id, await _held(own, list_id), error=error)
    return own.go(f"/lists/{list_id}/edit", "saved")


@post(f"{_ONE}/remove", status_code=303)
async def remove_member(list_id: FromPath[int], form: Form[MemberForm], own: NamedDependency[Own]) -> Response[None]:
    """Take somebody off the list."""
    await own.do(lists.remove_from_list, list_id, [form.account_id])
    return own.go(f"/lists/{list_id}/edit", "saved")


async def _ask(own: Own, form: ListForm, *, error: DomainError | None = None) -> Response[str]:
    every = await lists.lists_of(own.db, own.me)
    return own.show("lists.html", lists=every, form=form, most=lists.LONGEST_TITLE, error=error)


async def _held(own: Own, list_id: int) -> ListForm:
    """The form as the list is now."""
    one = await lists.find_list(own.db, own.me, list_id)
    return ListForm(title=one.title, replies=one.replies, exclusive=one.exclusive)


async def _edit(
    own: Own, list_id: int, form: ListForm, *, words: str = "", error: DomainError | None = None
) -> Response[str]:
    page = await lists.members_of(own.db, own.me, list_id, accounts.Cursor(limit=0))
    on_it = set(page.ids)
    found: list[Face] = []
    if words.strip():
        ids = await accounts.search_accounts(own.db, words, limit=_MOST_FOUND, viewer=own.me, following_only=True)
        found = await own.cards.faces([one for one in ids if one not in on_it])
    return own.show(
        "list_edit.html",
        list_id=list_id,
        form=form,
        people=await own.cards.faces(page.ids),
        words=words,
        found=found,
        most=lists.LONGEST_TITLE,
        error=error,
    )


HANDLERS = pages(show_lists, make_list, show_list, edit_list, change_list, delete_list, add_member, remove_member)
