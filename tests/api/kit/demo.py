"""A small app that uses every part of the kit, for the tests beside it."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, delete, get, post, route
from litestar.enums import HttpMethod
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from dunnock.api.kit import (
    Called,
    Caller,
    Edge,
    EdgeSettings,
    Form,
    Id,
    Lane,
    MaybeCalled,
    OAuthRefusal,
    Paging,
    Query,
    Upload,
    build_edge,
    link_header,
    page_limit,
    public,
    require,
    send_json,
)
from dunnock.foundation.errors import Invalid, Missing

CALLERS = {
    b"anna": Caller(1, 1, 11, 111, frozenset({"read", "write"})),
    b"reader": Caller(2, 1, 12, 112, frozenset({"read:statuses"})),
    b"app": Caller(3, 1, None, None, frozenset({"read", "write"})),
}


async def authenticate(token: bytes) -> Caller | None:
    """One of three callers."""
    return CALLERS.get(token)


class PollForm(msgspec.Struct):
    """A poll in a new post."""

    options: list[str] = []
    expires_in: int | None = None
    multiple: bool = False


class StatusForm(msgspec.Struct):
    """What a new post is made of."""

    status: str = ""
    media_ids: list[Id] = []
    sensitive: bool | None = None
    poll: PollForm | None = None
    in_reply_to_id: Id | None = None
    spoiler_text: str | UnsetType | None = UNSET


class FieldForm(msgspec.Struct):
    """A row of a profile."""

    name: str = ""
    value: str = ""


class SourceForm(msgspec.Struct):
    """Defaults for new posts."""

    privacy: str | None = None
    sensitive: bool | None = None


class ProfileForm(msgspec.Struct):
    """Changes of a profile."""

    display_name: str | UnsetType = UNSET
    locked: bool | UnsetType = UNSET
    avatar: Upload | None = None
    fields_attributes: list[FieldForm] | UnsetType = UNSET
    source: SourceForm | None = None


class AccountsForm(msgspec.Struct):
    """Accounts to take from a list."""

    account_ids: list[Id]


class HomeParams(Paging, kw_only=True, frozen=True):
    """A page of home."""

    local: bool = False
    types: list[str] = []  # noqa: RUF012 - msgspec copies it
    id: list[Id] = []  # noqa: RUF012


@post("/api/v1/statuses", guards=[require("write:statuses")], status_code=200)
async def publish_status(form: Form[StatusForm], caller: Called) -> Response[Any]:
    """Publish a post."""
    unset = form.spoiler_text is UNSET
    return Response({"form": msgspec.to_builtins(form), "by": caller.account_id, "unset": unset})


@route("/api/v1/profile", http_method=[HttpMethod.PUT, HttpMethod.PATCH], guards=[require("write:accounts")])
async def change_profile(form: Form[ProfileForm]) -> Response[Any]:
    """Change the profile."""
    avatar = None
    if form.avatar:
        avatar = {
            "path": str(form.avatar.path),
            "there": form.avatar.path.exists(),
            "filename": form.avatar.filename,
            "size": form.avatar.size,
            "type": form.avatar.claimed_type,
        }
        if form.avatar.filename == "boom.png":
            raise RuntimeError(form.avatar.path)
    form.avatar = None
    return Response({"form": msgspec.to_builtins(form), "avatar": avatar})


@delete("/api/v1/lists/{list_id:int}/accounts", guards=[require("write:lists")], status_code=200)
async def take_from_list(list_id: FromPath[int], form: Form[AccountsForm]) -> Response[Any]:
    """Take accounts from a list."""
    return Response({"list": list_id, "ids": form.account_ids})


@get("/api/v1/timelines/home", guards=[require("read:statuses")])
async def show_home(params: Query[HomeParams]) -> Response[Any]:
    """The home feed."""
    limit = page_limit(params.limit)
    path = "/api/v1/timelines/home"
    link = link_header("https://x.test", path, [("limit", str(limit))], next={"max_id": 5}, prev=None)
    return Response({"params": msgspec.to_builtins(params), "limit": limit}, headers={"link": link.decode()})


@get("/api/v1/statuses/{post_id:int}/source", guards=[public("read:statuses")])
async def show_source(post_id: FromPath[int], caller: MaybeCalled) -> dict[str, Any]:
    """A post's source."""
    if post_id == 404:
        raise Missing(post_id)
    if post_id == 422:
        raise Invalid(say="Validation failed: Username is taken", details={"username": [("ERR_TAKEN", "is taken")]})
    if post_id == 500:
        raise RuntimeError("private words of a member")
    return {"id": str(post_id), "by": caller.account_id if caller else None}


@get("/api/v1/apps/verify_credentials", guards=[require((), user=False)])
async def show_app(caller: Called) -> dict[str, int]:
    """The app itself."""
    return {"app": caller.app_id}


@post("/oauth/token", guards=[public()])
async def give_token() -> None:
    """Refuse."""
    raise OAuthRefusal("invalid_grant", "The code is used up")


HANDLERS = [publish_status, change_profile, take_from_list, show_home, show_source, show_app, give_token]
READS_STATUSES = public("read:statuses")


async def fast_status(scope: Any, send: Any, *, id: int) -> None:  # noqa: A002 - the name in the path
    """A post from the lane."""
    caller = await READS_STATUSES.admit(scope)
    if id == 404:
        raise Missing(id)
    if id == 500:
        raise RuntimeError(id)
    await send_json(send, 200, b'{"id":"%d","signed_in":%s}' % (id, b"true" if caller else b"false"))


async def fast_tag(scope: Any, send: Any, *, tag: str) -> None:
    """A tag from the lane."""
    await send_json(send, 200, b'["%s"]' % tag.encode())


async def fast_public(scope: Any, send: Any) -> None:
    """The public feed from the lane."""
    await send_json(send, 200, b"[]", [(b"link", b"<x>")])


def demo(settings: EdgeSettings | None = None) -> Edge:
    """The whole app."""
    lane = Lane()
    lane.add("GET", "/api/v1/statuses/{id}", fast_status)
    lane.add("GET", "/api/v1/timelines/tag/{tag}", fast_tag)
    lane.add("GET", "/api/v1/timelines/public", fast_public)
    return build_edge(HANDLERS, authenticate=authenticate, settings=settings, lane=lane, version="0.1")


app = demo(EdgeSettings(rate_limits=False))
