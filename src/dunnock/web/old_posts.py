"""Settings: which old posts are deleted by themselves."""

from __future__ import annotations

from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import posts
from dunnock.api.kit import Form
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member
from dunnock.web.words import N_

_PATH: Final = "/settings/old-posts"
_AGES: Final = (
    (604_800, N_("1 week")),
    (1_209_600, N_("2 weeks")),
    (2_629_746, N_("1 month")),
    (5_259_492, N_("2 months")),
    (7_889_238, N_("3 months")),
    (15_778_476, N_("6 months")),
    (31_556_952, N_("1 year")),
    (63_113_904, N_("2 years")),
)


class OldPostsForm(Sent):
    """The rules as their form sends them; a tick that is not there is not sent."""

    enabled: bool = False
    min_age: int = 1_209_600
    keep_direct: bool = False
    keep_pinned: bool = False
    keep_polls: bool = False
    keep_media: bool = False
    keep_favourites: bool = False
    keep_bookmarks: bool = False
    min_favourites: int | None = None
    min_boosts: int | None = None


@get(_PATH)
async def ask_old_posts(
    show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """The form, filled in."""
    return _ask(show, await posts.auto_delete_of(db, member.account_id))


@post(_PATH, status_code=303)
async def change_old_posts(
    form: Form[OldPostsForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[str] | Response[None]:
    """Change the rules."""
    asked = msgspec.structs.asdict(form)
    policy = posts.AutoDelete(**{name: asked[name] for name in posts.AutoDelete.__struct_fields__})
    try:
        async with db.begin() as tx:
            await posts.change_auto_delete(tx, member.account_id, policy)
    except DomainError as error:
        return _ask(show, policy, error=error)
    return show.go(_PATH, done="saved")


def _ask(show: Show, policy: posts.AutoDelete, *, error: DomainError | None = None) -> Response[str]:
    ages = list(_AGES)
    if policy.min_age not in dict(ages):  # an app may ask for any age between
        days = policy.min_age / 86_400
        ages = sorted([*ages, (policy.min_age, f"{days:.0f} days")])
    return show("old_posts.html", error=error, form=policy, ages=ages)


HANDLERS = pages(ask_old_posts, change_old_posts)
