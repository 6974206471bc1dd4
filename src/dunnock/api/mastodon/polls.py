"""Polls: show one, vote on one. Wire: Poll; they come with posts (statuses.py)."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import posts
from dunnock.api.kit import Called, Form, MaybeCalled, public, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer, me
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.statuses import READS, WRITES, viewer
from dunnock.foundation.db import Db

_POLL = "/api/v1/polls/{poll_id:int}"


class VoteForm(msgspec.Struct):
    """Which options to choose, by their numbers from 0 on."""

    choices: list[int] = []


@get(_POLL, guards=[public(READS)])
async def show_poll(
    poll_id: FromPath[int], caller: MaybeCalled, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Poll]:
    """The poll of a post that one may see."""
    poll, author_id = await posts.find_poll(db, poll_id, viewer(caller))
    return answer(await render.poll(poll.post_id, author_id, viewer(caller)))


@post(f"{_POLL}/votes", guards=[require(WRITES)], status_code=200)
async def vote(
    *,
    poll_id: FromPath[int],
    form: Form[VoteForm],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
) -> Response[wire.Poll]:
    """Vote; the answer is the poll with the vote in it."""
    async with db.begin() as tx:
        poll, author_id = await posts.vote(tx, poll_id, form.choices, by=me(caller))
    return answer(await render.poll(poll.post_id, author_id, me(caller)))


HANDLERS: list[Any] = [show_poll, vote]
