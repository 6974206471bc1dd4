"""What members do with posts, by plain forms: one form under a post, each button an act."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import posts
from dunnock.api.kit import Form, Query
from dunnock.api.kit.shape import BIGGEST_ID
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import DomainError, Missing
from dunnock.foundation.settings import Settings
from dunnock.web.local_path import local_path
from dunnock.web.pages import PageParams, Sent, pages
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


class EditForm(Sent):
    """What the post is to say."""

    text: str = ""
    warning: str = ""


@post("/posts/{post_id:int}", status_code=303)
async def act(
    *,
    post_id: FromPath[int],
    form: Form[ActForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Do it, then lead back to where the post was. Doing it twice changes nothing."""
    do = _DOES.get(form.act)
    if do is None:
        raise Missing(form.act)
    async with db.begin() as tx:
        await do(tx, _known(post_id), by=member.account_id)
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
    poll = (await posts.polls_of(db, [_known(post_id)])).get(post_id)
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
    found = await _own(db, post_id, member)
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
        await posts.delete(tx, _known(post_id), by=member.account_id)
    return show.go(f"/@{member.account.username}", done="post_gone")


@get("/posts/{post_id:int}/edit")
async def ask_to_edit(
    *,
    post_id: FromPath[int],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """The form with what an own post says now."""
    found = await _own(db, post_id, member)
    form = EditForm(text=found.text, warning=found.warning)
    return show("post_edit.html", post_id=post_id, form=form, most=settings.max_post_length)


@post("/posts/{post_id:int}/edit", status_code=303)
async def edit(
    *,
    post_id: FromPath[int],
    form: Form[EditForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """Let an own post say something else; its pictures and its poll stay."""
    found = await _own(db, post_id, member)
    poll = (await posts.polls_of(db, [post_id])).get(post_id)
    changes = posts.Changes(
        text=form.text.replace("\r\n", "\n"),
        warning=form.warning,
        sensitive=found.sensitive,
        media_ids=found.media,
        poll=None if poll is None else posts.same_poll(poll),
    )
    try:
        async with db.begin() as tx:
            await posts.edit(tx, post_id, changes, by=member.account_id, settings=settings)
    except posts.PostMissing:
        raise
    except DomainError as error:
        return show("post_edit.html", error=error, post_id=post_id, form=form, most=settings.max_post_length)
    return show.go(f"/@{member.account.username}/{post_id}", done="edited")


def _known(post_id: int) -> int:
    if not 0 < post_id <= BIGGEST_ID:
        raise Missing(post_id)
    return post_id


async def _own(db: Db | Tx, post_id: int, member: Member) -> posts.Post:
    """The member's own post. Raises: Missing."""
    found = await posts.find_living(db, _known(post_id))
    if found is None or found.author_id != member.account_id or found.boost_of_id is not None:
        raise Missing(post_id)
    return found


def _back(path: str, post_id: int) -> str:
    """Where the form stood, at the post."""
    return f"{local_path(path)}#post-{post_id}"


HANDLERS = pages(act, vote, ask_to_delete, delete, ask_to_edit, edit)
