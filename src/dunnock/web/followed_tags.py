"""The hashtags that a member follows."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.api.kit import Form
from dunnock.feeds import tags
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.posts.hashtag_search import find_hashtag
from dunnock.web.local_path import local_path
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.sparkline import sparkline
from dunnock.web.visitor import Member


class TagForm(Sent):
    """Which hashtag, with or without `#`, whether to follow it, and where the form stood."""

    name: str = ""
    act: str = "follow"
    back: str = "/followed_tags"


@get("/followed_tags")
async def show_followed(
    show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """All of them, the latest first, and a form to follow one more."""
    return await _ask(show, db, member)


@post("/followed_tags", status_code=303)
async def change_followed(
    form: Form[TagForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str] | Response[None]:
    """Follow a hashtag, or follow it no longer."""
    name = form.name.strip().removeprefix("#")
    try:
        if form.act == "unfollow":
            found = await find_hashtag(db, name, now=now_ms())
            async with db.begin() as tx:
                await tags.unfollow_tag(tx, member.account_id, found.id if found else 0)
        else:
            async with db.begin() as tx:
                await tags.follow_tag(tx, member.account_id, name)
    except DomainError as error:
        return await _ask(show, db, member, typed=form.name, error=error)
    return show.go(local_path(form.back), done="saved")


async def _ask(
    show: Show, db: Db, member: Member, *, typed: str = "", error: DomainError | None = None
) -> Response[str]:
    page = await tags.followed_tags(db, member.account_id, accounts.Cursor(limit=tags.MOST_TAGS), now=now_ms())
    tags_with_lines = [(one, sparkline(one.days)) for one in page.tags]
    return show("followed_tags.html", tags=tags_with_lines, typed=typed, error=error)


HANDLERS = pages(show_followed, change_followed)
