"""What one by one and grouped notifications share: their wire names, their parameters, and what they are about, as JSON."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Sequence

import msgspec

from dunnock import accounts, discovery, moderation, text
from dunnock.accounts import Severance
from dunnock.api.kit import Id, Paging, link_header
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.collections import collection_wire
from dunnock.api.mastodon.fragments import to_json
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.reports import report_json
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
    "report": "admin.report",
    "warning": "moderation_warning",
    "collected": "added_to_collection",
    "collection_edit": "collection_update",
    "held": "held_status",
    "let_out": "published_status",
    "signed_in": "sign_in",
    "doubted": "sign_in_doubted",
    "access": "access_changed",
}
"""Ours to Mastodon's."""
KINDS_OF = {name: kind for kind, name in TYPES.items()}
_SEVERED = {"own_block": "user_domain_block", "domain_block": "domain_block", "suspension": "account_suspension"}


_ACTIONS = {
    "none": "none",
    "sensitive": "sensitive",
    "disable": "disable",
    "limit": "silence",
    "suspend": "suspend",
    "delete_posts": "delete_statuses",
    "mark_posts": "mark_statuses_as_sensitive",
}
OTHERS = {
    "severed": b"event", "report": b"report", "warning": b"moderation_warning", "collected": b"collection",
    "collection_edit": b"collection",
}  # fmt: skip
"""Kinds that are about something else than a post, and what their JSON calls it."""


class NotificationsParams(Paging, kw_only=True, frozen=True):
    """Which notifications; `types` empty: all. `include_filtered`: also those that the policy keeps back.

    `supported_types`: what the app can show; when it says so, the rest comes with words to show instead, where there are any.
    """

    types: tuple[str, ...] = ()
    exclude_types: tuple[str, ...] = ()
    account_id: Id | None = None
    include_filtered: bool = False
    supported_types: tuple[str, ...] = ()


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
    pairs += [("supported_types[]", one) for one in params.supported_types]
    return pairs


def links(
    base: str,
    path: str,
    limit: int,
    kept: list[tuple[str, str]],
    *,
    oldest: int | None,
    newest: int | None,
    until: int | None = None,
) -> bytes:
    """The Link header of a page that reaches from `oldest` to `newest`; None: it is empty. `until`: for the next page."""
    if oldest is None or newest is None:
        return b""
    if kept:
        pairs = [("limit", str(limit)), *kept]
        down: dict[str, object] = {"max_id": oldest} if until is None else {"max_id": oldest, "until_id": until}
        return link_header(base, path, pairs, next=down, prev={"min_id": newest})
    further = "" if until is None else f"&until_id={until}"
    return (
        f'<{base}{path}?limit={limit}&max_id={oldest}{further}>; rel="next", '
        f'<{base}{path}?limit={limit}&min_id={newest}>; rel="prev"'
    ).encode()


def group_key(an_id: int, kind: str, about_id: int, bucket: int) -> str:
    """`favourite-POST-HOUR`, `follow-HOUR`, `ungrouped-ID`. `bucket` 0: it stands alone."""
    if not bucket:
        return f"ungrouped-{an_id}"
    return f"{TYPES[kind]}-{about_id}-{bucket}" if about_id else f"{TYPES[kind]}-{bucket}"


class About(msgspec.Struct, frozen=True):
    """What the notifications of a page are about, as JSON by id: accounts, posts; severances, reports and warnings."""

    people: dict[int, bytes]
    statuses: dict[int, bytes]
    others: dict[int, bytes]
    fallbacks: dict[int, bytes] = {}

    def other(self, one: Notification) -> bytes | None:
        """The JSON of something else than a post: a member that begins with a comma, or nothing. None: it is gone."""
        name = OTHERS.get(one.kind)
        if name is None:
            return self.fallbacks.get(one.id, b"")
        held = self.others.get(one.about_id)
        return None if held is None else b',"%b":%b%b' % (name, held, self.fallbacks.get(one.id, b""))

    def member(self, one: Notification) -> bytes | None:
        """The same of whatever it is about. None: it, or who did it, is not for the viewer (any more)."""
        if one.from_id not in self.people:
            return None
        if one.kind in ABOUT_NO_POST:
            return self.other(one)
        status = self.statuses.get(one.about_id)
        return None if status is None else b',"status":%b%b' % (status, self.fallbacks.get(one.id, b""))


async def look_up(
    db: Db,
    render: Render,
    viewer_id: int,
    found: Sequence[Notification],
    *,
    people: Iterable[int] = (),
    supported: Collection[str] = (),
) -> About:
    """What these notifications are about; `people`: further accounts. A fixed number of queries.

    `supported`: the types that the app can show; empty: it does not say.
    """
    posts = {one.about_id for one in found if one.kind not in ABOUT_NO_POST}
    statuses = await render.statuses_by_id(list(posts), viewer_id) if posts else {}
    own = any(one.from_id == viewer_id for one in found)
    shown = dict(await render.each_account(list({*people, *[one.from_id for one in found]})))
    if own and viewer_id not in shown:  # a suspended member still hears why
        shown |= await render.accounts_for_staff((viewer_id,))
    others: dict[int, bytes] = {}
    if any(one.kind in OTHERS for one in found):
        others = await _others(db, render, viewer_id, found)
    return About(shown, statuses, others, _fallbacks(found, shown, supported) if supported else {})


_WORDS = {
    "collected": "{} added you to a collection",
    "collection_edit": "{} changed a collection that you are in",
    "held": "Your post waits until somebody looked at it",
    "let_out": "Your post that waited is published now",
    "signed_in": "Somebody signed in to your account with a new browser",
    "doubted": "Somebody with your password tried to sign in from elsewhere",
    "access": "Your password, address or second step was changed",
}
"""Kinds that only newer apps know, and what is shown in others."""
_NO_COLLECTIONS = "This app can't show collections yet. Sign in to the web pages of this server to see it."
_RULE = "A rule of this server kept it. On its web pages, under Decisions, is which one, and how to object."
_NOT_YOU = "Was it not you? On the web pages of this server, under Safety, you take your account back with one button."
_SUMMARIES = {
    "collected": _NO_COLLECTIONS, "collection_edit": _NO_COLLECTIONS, "held": _RULE, "let_out": _RULE,
    **dict.fromkeys(("signed_in", "doubted", "access"), _NOT_YOU),
}  # fmt: skip


class _Named(msgspec.Struct):
    display_name: str
    acct: str


def _fallbacks(found: Iterable[Notification], people: dict[int, bytes], supported: Collection[str]) -> dict[int, bytes]:
    """Words for what the app can't show: notification id -> a member that begins with a comma."""
    made: dict[int, bytes] = {}
    for one in found:
        if one.kind in _WORDS and TYPES[one.kind] not in supported and one.from_id in people:
            who = msgspec.json.decode(people[one.from_id], type=_Named)
            title = _WORDS[one.kind].format(text.escape(who.display_name or who.acct))
            made[one.id] = b',"fallback":' + to_json(
                wire.NotificationFallback(title=title, summary=_SUMMARIES[one.kind], details=None)
            )
    return made


async def _others(db: Db, render: Render, viewer_id: int, found: Sequence[Notification]) -> dict[int, bytes]:
    ids: dict[str, list[int]] = {kind: [one.about_id for one in found if one.kind == kind] for kind in OTHERS}
    severances = await accounts.severances(db, ids["severed"]) if ids["severed"] else {}
    reports = await moderation.find_reports(db, ids["report"])
    warnings = await moderation.warnings(db, viewer_id, ids["warning"])
    collections = await discovery.find_collections(db, {*ids["collected"], *ids["collection_edit"]}, viewer=viewer_id)
    about = {*(one.target_id for one in reports.values()), *([viewer_id] if warnings else ())}
    people = await render.accounts_for_staff(about) if about else {}
    return {
        **{an_id: to_json(_severance(one)) for an_id, one in severances.items()},
        **{an_id: report_json(one, people[one.target_id]) for an_id, one in reports.items() if one.target_id in people},
        **{an_id: to_json(_warning(one, people[viewer_id])) for an_id, one in warnings.items()},
        **{an_id: to_json(collection_wire(one, render.addresses.base)) for an_id, one in collections.items()},
    }


def _warning(one: moderation.Warned, target: bytes) -> dict[str, object]:
    return {
        "id": str(one.id),
        "action": _ACTIONS[one.action],
        "text": one.text,
        "status_ids": [str(an_id) for an_id in one.post_ids] or None,
        "target_account": msgspec.Raw(target),
        "appeal": None,
        "created_at": iso(ms_of(one.id)),
    }


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
