"""All pages together, as the app takes them."""

from __future__ import annotations

from typing import Any

from dunnock.web import (
    account_settings,
    app_settings,
    asset,
    authorize,
    blocks,
    compose,
    confirmation,
    guide,
    invitations,
    mailbox,
    old_posts,
    password,
    people,
    profile_settings,
    reports,
    sign_in,
    sign_up,
    sign_ups,
    thread,
    welcome,
)
from dunnock.web.failure import APP_EXCEPTION_HANDLERS

_AREAS: tuple[Any, ...] = (
<<<<<<< HEAD
    asset, welcome, compose, sign_in, sign_up, confirmation, password, mailbox, authorize,
    account_settings, app_settings, blocks, invitations,
    old_posts, profile_settings, sign_ups, reports, guide, people, thread,
=======
    asset, welcome, compose, sign_in, sign_up, authorize, account_settings, app_settings, blocks, data_settings,
    invitations, old_posts, profile_settings, sign_ups, reports, guide, people, thread,
>>>>>>> f24d60a (portability: Take lists along as Mastodon's CSV files, and bring them in.)
)  # fmt: skip

HANDLERS: list[Any] = [handler for area in _AREAS for handler in area.HANDLERS]
EXCEPTION_HANDLERS = APP_EXCEPTION_HANDLERS
