"""What members do with posts, by plain forms: one form under a post, each button an act."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import posts
from dunnock.api.kit import Form, Query
from dunnock.api.kit.shape import BIGGEST_ID
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import Missing
from dunnock.web.local_path import local_path
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.scripted import asks_json
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_DOES: Mapping[str, Callable[..., Awaitable[Any]]] = {
    "favourite": posts.favourite,
    "unfavourite": posts.unfavourite,
    "boost": posts.boost,
    "unboost": posts.unboost,
    "bookmark": posts.bookmark,
    "unbookmark": posts.unbookmark,
    "pin": posts.pin,
    "unpin": posts.unpin,
    "mute": posts.mute_thread,
    "unmute": posts.unmute_thread,
}


class ActForm(Sent):
    """What to do, and where the form stood."""

    act: str = ""
    back: str = "/"


class VoteForm(Sent):
    """The options that were chosen, by their numbers."""

    choices: tuple[int, ...] = ()
    back: str = "/"


@post("/posts/{post_id:int}", status_code=303)
async def act(
    *,
    post_id: FromPath[int],
    form: Form[ActForm],
    request: Request[Any, Any, Any],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[Any]:
    """Do it, then lead back to where the post was; a script, which stays, is told that it is done. Twice changes nothing."""
    do = _DOES.get(form.act)
    if do is None:
        raise Missing(form.act)
    async with db.begin() as tx:
        await do(tx, known_id(post_id), by=member.account_id)
    if asks_json(request):
        return Response({"done": form.act}, status_code=200)
    return show.go(_back(form.back, post_id))


@post("/posts/{post_id:int}/vote", status_code=303)
async def vote(
    *,
    post_id: FromPath[int],
    form: Form[VoteForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Vote on the poll of a post."""
    poll = (await posts.polls_of(db, [known_id(post_id)])).get(post_id)
    if poll is None:
        raise Missing(post_id)
    async with db.begin() as tx:
        await posts.vote(tx, poll.id, form.choices, by=member.account_id)
    return show.go(local_path(form.back), done="voted")


@get("/posts/{post_id:int}/delete")
async def ask_to_delete(
    *,
    post_id: FromPath[int],
    params: Query[PageParams],  # noqa: ARG001 (what was done before coming here)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[str]:
    """Ask once more before an own post is deleted."""
    found = await own_post(db, post_id, member)
    return show("post_delete.html", post_id=found.id, words=found.text or found.warning)


@post("/posts/{post_id:int}/delete", status_code=303)
async def delete(
    *,
    post_id: FromPath[int],
    form: Form[Sent],  # noqa: ARG001 (its token is all)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Delete an own post."""
    async with db.begin() as tx:
        await posts.delete(tx, known_id(post_id), by=member.account_id)
    return show.go(f"/@{member.account.username}", done="post_gone")


def known_id(post_id: int) -> int:
    """The id, if it can be one. Raises: Missing."""
    if not 0 < post_id <= BIGGEST_ID:
        raise Missing(post_id)
    return post_id


async def own_post(db: Db | Tx, post_id: int, member: Member) -> posts.Post:
    """The member's own post. Raises: Missing."""
    found = await posts.find_living(db, known_id(post_id))
    if found is None or found.author_id != member.account_id or found.boost_of_id is not None:
        raise Missing(post_id)
    return found


def _back(path: str, post_id: int) -> str:
    """Where the form stood, at the post."""
    return f"{local_path(path)}#post-{post_id}"


HANDLERS = pages(act, vote, ask_to_delete, delete)
