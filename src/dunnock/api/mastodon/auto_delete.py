"""Deleting old posts by themselves. Ours: /api/v1/dunnock/auto_delete, with the names of Mastodon's own settings."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import get, route
from litestar.di import NamedDependency
from litestar.enums import HttpMethod
from msgspec import UNSET, UnsetType

from dunnock import posts
from dunnock.api.kit import Called, Form, require
from dunnock.api.mastodon.pages import me
from dunnock.foundation.db import Db

PATH: Final = "/api/v1/dunnock/auto_delete"
_OURS: Final = {
    "enabled": "enabled",
    "min_status_age": "min_age",
    "keep_direct": "keep_direct",
    "keep_pinned": "keep_pinned",
    "keep_polls": "keep_polls",
    "keep_media": "keep_media",
    "keep_self_fav": "keep_favourites",
    "keep_self_bookmark": "keep_bookmarks",
    "min_favs": "min_favourites",
    "min_reblogs": "min_boosts",
}


class AutoDeletePolicy(msgspec.Struct, kw_only=True):
    """Which old posts go: older than `min_status_age` seconds, and not kept. `min_favs`, `min_reblogs`: null keeps none."""

    enabled: bool
    min_status_age: int
    keep_direct: bool
    keep_pinned: bool
    keep_polls: bool
    keep_media: bool
    keep_self_fav: bool
    keep_self_bookmark: bool
    min_favs: int | None
    min_reblogs: int | None


class AutoDeleteForm(msgspec.Struct):
    """What is to be otherwise; what is missing stays."""

    enabled: bool | UnsetType = UNSET
    min_status_age: int | UnsetType = UNSET
    keep_direct: bool | UnsetType = UNSET
    keep_pinned: bool | UnsetType = UNSET
    keep_polls: bool | UnsetType = UNSET
    keep_media: bool | UnsetType = UNSET
    keep_self_fav: bool | UnsetType = UNSET
    keep_self_bookmark: bool | UnsetType = UNSET
    min_favs: int | UnsetType | None = UNSET
    min_reblogs: int | UnsetType | None = UNSET


@get(PATH, guards=[require("read:statuses")])
async def show_auto_delete(caller: Called, db: NamedDependency[Db]) -> AutoDeletePolicy:
    """Which of the member's old posts are deleted by themselves; by default none."""
    return _wire(await posts.auto_delete_of(db, me(caller)))


@route(PATH, http_method=[HttpMethod.PUT, HttpMethod.PATCH], guards=[require("write:statuses")])
async def change_auto_delete(form: Form[AutoDeleteForm], caller: Called, db: NamedDependency[Db]) -> AutoDeletePolicy:
    """Have old posts deleted by themselves, or no longer."""
    asked = {ours: value for name, ours in _OURS.items() if (value := getattr(form, name)) is not UNSET}
    async with db.begin() as tx:
        policy = msgspec.structs.replace(await posts.auto_delete_of(tx, me(caller)), **asked)
        await posts.change_auto_delete(tx, me(caller), policy)
    return _wire(policy)


def _wire(policy: posts.AutoDelete) -> AutoDeletePolicy:
    return AutoDeletePolicy(**{name: getattr(policy, ours) for name, ours in _OURS.items()})


HANDLERS: list[Any] = [show_auto_delete, change_auto_delete]
