"""A plain form that publishes a post."""

from __future__ import annotations

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency

from dunnock import media, posts
from dunnock.api.kit import Form, Id, Upload
from dunnock.foundation import ids
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.foundation.settings import Settings
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

VISIBILITIES = [
    ("public", "Everybody"),
    ("unlisted", "Everybody, but not in the public lists"),
    ("followers", "My followers only"),
    ("direct", "Only the people I mention"),
]


class PostForm(Sent):
    """A post as the form sends it. `key` makes sending it twice harmless."""

    text: str = ""
    warning: str = ""
    visibility: str | None = None
    picture: Upload | None = None
    description: str = ""
    reply_to_id: Id | None = None
    key: str = ""


class DraftShown(msgspec.Struct, frozen=True):
    """What stands in the form."""

    key: str
    visibility: str
    reply_to_id: int | None = None
    text: str = ""
    warning: str = ""
    description: str = ""


def fresh_draft(visibility: str, reply_to_id: int | None = None) -> DraftShown:
    """An empty form."""
    return DraftShown(ids.secret(12), visibility, reply_to_id)


@post("/compose", status_code=303)
async def publish(
    *,
    form: Form[PostForm],
    member: NamedDependency[Member],
    show: NamedDependency[Show],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    media_store: NamedDependency[media.MediaStore],
) -> Response[str] | Response[None]:
    """Publish what the form says, then show it."""
    try:
        attached: tuple[int, ...] = ()
        if form.picture is not None:
            accepted = await media.accept(
                db,
                media_store,
                account_id=member.account_id,
                path=form.picture.path,
                description=form.description.strip() or None,
                most_bytes=settings.media_bytes,
            )
            attached = (accepted.id,)
        draft = posts.Draft(
            text=form.text.replace("\r\n", "\n"),
            warning=form.warning,
            visibility=form.visibility or None,
            reply_to_id=form.reply_to_id,
            media_ids=attached,
        )
        async with db.begin() as tx:
            made = await posts.publish(
                tx, draft, author_id=member.account_id, app_id=None, settings=settings, key=form.key or None
            )
    except posts.PostMissing:
        raise
    except DomainError as error:
        kept = DraftShown(
            form.key, form.visibility or "public", form.reply_to_id, form.text, form.warning, form.description
        )
        return show("compose.html", error=error, draft=kept, visibilities=VISIBILITIES, most=settings.max_post_length)
    return show.go(f"/@{member.account.username}/{made.id}", done="posted")


HANDLERS = pages(publish)
