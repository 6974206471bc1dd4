"""What one by one and grouped notifications share: their wire names, their parameters, and what they are about, as JSON."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

import msgspec

from dunnock import accounts
from dunnock.accounts import Severance
from dunnock.api.kit import Id, Paging, link_header
from dunnock.api.mastodon.fragments import to_json
from dunnock.api.mastodon.render import Render
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.ids import ms_of
from dunnock.notifications import ABOUT_NO_POST, Filters, Notification

TYPES = {
    "mention": "mention",
    "favourite": "favourite",
    "boost": "reblog",
    "follow": "follow",
    "follow_request": "follow_request",
    "post": "status",
    "edit": "update",
    "poll": "poll",
    "sign_up": "admin.sign_up",
    "severed": "severed_relationships",
    "quote": "quote",
    "quote_edit": "quoted_update",
}
"""Ours to Mastodon's."""
KINDS_OF = {name: kind for kind, name in TYPES.items()}
_SEVERED = {"own_block": "user_domain_block", "domain_block": "domain_block", "suspension": "account_suspension"}


class NotificationsParams(Paging, kw_only=True, frozen=True):
    """Which notifications; `types` empty: all. `include_filtered`: also those that the policy keeps back."""

    types: tuple[str, ...] = ()
    exclude_types: tuple[str, ...] = ()
    account_id: Id | None = None
    include_filtered: bool = False


def filters(params: NotificationsParams) -> Filters:
    """What is asked for; types that we do not know are of no kind. Of one account also what is kept back."""
    kinds = None
    if params.types or params.exclude_types:
        kinds = tuple(
            [
                kind
                for kind, name in TYPES.items()
                if (not params.types or name in params.types) and name not in params.exclude_types
            ]
        )
    return Filters(kinds, params.account_id, params.include_filtered or params.account_id is not None)


def kept_pairs(params: NotificationsParams) -> list[tuple[str, str]]:
    """The parameters that the links of a page carry on."""
    pairs = [("types[]", one) for one in params.types]
    pairs += [("exclude_types[]", one) for one in params.exclude_types]
    pairs += [] if params.account_id is None else [("account_id", str(params.account_id))]
    pairs += [("include_filtered", "true")] if params.include_filtered else []
    return pairs


def links(
    base: str, path: str, limit: int, kept: list[tuple[str, str]], *, oldest: int | None, newest: int | None
) -> bytes:
    """The Link header of a page that reaches from `oldest` to `newest`; None: it is empty."""
    if oldest is None or newest is None:
        return b""
    if kept:
        pairs = [("limit", str(limit)), *kept]
        return link_header(base, path, pairs, next={"max_id": oldest}, prev={"min_id": newest})
    return (
        f'<{base}{path}?limit={limit}&max_id={oldest}>; rel="next", '
        f'<{base}{path}?limit={limit}&min_id={newest}>; rel="prev"'
    ).encode()


def group_key(an_id: int, kind: str, about_id: int, bucket: int) -> str:
    """`favourite-POST-HOUR`, `follow-HOUR`, `ungrouped-ID`. `bucket` 0: it stands alone."""
    if not bucket:
        return f"ungrouped-{an_id}"
    return f"{TYPES[kind]}-{about_id}-{bucket}" if about_id else f"{TYPES[kind]}-{bucket}"


class About(msgspec.Struct, frozen=True):
    """What the notifications of a page are about, as JSON by id: accounts, posts, severances."""

    people: dict[int, bytes]
    statuses: dict[int, bytes]
    severances: dict[int, bytes]

    def member(self, one: Notification) -> bytes | None:
        """The JSON of what it is about: a member that begins with a comma, or nothing. None: not for the viewer (any more)."""
        kind = one.kind
        if one.from_id not in self.people:
            return None
        if kind == "severed":
            event = self.severances.get(one.about_id)
            return None if event is None else b',"event":' + event
        if kind in ABOUT_NO_POST:
            return b""
        status = self.statuses.get(one.about_id)
        return None if status is None else b',"status":' + status


async def look_up(
    db: Db, render: Render, viewer_id: int, found: Sequence[Notification], *, people: Iterable[int] = ()
) -> About:
    """What these notifications are about; `people`: further accounts. A fixed number of queries."""
    posts = {one.about_id for one in found if one.kind not in ABOUT_NO_POST}
    statuses = await render.statuses_by_id(list(posts), viewer_id) if posts else {}
    shown = dict(await render.each_account(list({*people, *[one.from_id for one in found]})))
    severed = [one.about_id for one in found if one.kind == "severed"]
    severances = await accounts.severances(db, severed) if severed else {}
    return About(shown, statuses, {an_id: to_json(_severance(one)) for an_id, one in severances.items()})


def _severance(one: Severance) -> dict[str, object]:
    return {
        "id": str(one.id),
        "type": _SEVERED[one.kind],
        "purged": False,
        "target_name": one.target,
        "followers_count": one.followers,
        "following_count": one.following,
        "created_at": iso(ms_of(one.id)),
    }


def whole(one: Notification, about: About) -> bytes | None:
    """Notification; None when the viewer may not see what it is about."""
    member = about.member(one)
    if member is None:
        return None
    start = _start(one.id, one.kind, one.about_id, one.created_at, one.bucket)
    return b"".join((start, about.people[one.from_id], member, b"}"))


@functools.lru_cache(maxsize=20_000)
def _start(an_id: int, kind: str, about_id: int, created_at: int, bucket: int) -> bytes:
    """What never changes of a notification. Kept: dates are half of what a page costs."""
    key = group_key(an_id, kind, about_id, bucket)
    return (
        f'{{"id":"{an_id}","type":"{TYPES[kind]}","group_key":"{key}","created_at":"{iso(created_at)}","account":'
    ).encode()
