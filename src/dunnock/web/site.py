"""All pages together, as the app takes them."""

from __future__ import annotations

from typing import Any

from dunnock.web import (
    account_settings,
    acts,
    app_settings,
    asset,
    authorize,
    blocks,
    compose,
    confirmation,
    conversations,
    data_settings,
    explore,
    filter_settings,
    first_run,
    follow_requests,
    followed_tags,
    guide,
    interact,
    invitations,
    kept,
    lists,
    mail_settings,
    mailbox,
    notice_settings,
    notices,
    old_posts,
    password,
    people,
    person_acts,
    profile_settings,
    reports,
    safety,
    search,
    second_step,
    security,
    sign_in,
    sign_up,
    thread,
    unsubscribe,
    waiting_posts,
    welcome,
)
from dunnock.web.admin import areas as admin_areas
from dunnock.web.failure import APP_EXCEPTION_HANDLERS

_AREAS: tuple[Any, ...] = (
    asset, first_run, welcome, compose, sign_in, second_step, sign_up, confirmation, password, mailbox, authorize,
    account_settings, mail_settings, unsubscribe, security, app_settings, blocks, data_settings, invitations,
    old_posts, profile_settings, *admin_areas.AREAS, reports, guide, kept, lists, followed_tags, conversations, notices,
    follow_requests, explore, search, waiting_posts, filter_settings, notice_settings, safety, interact,
    acts, person_acts, people, thread,
)  # fmt: skip

HANDLERS: list[Any] = [handler for area in _AREAS for handler in area.HANDLERS]
EXCEPTION_HANDLERS = APP_EXCEPTION_HANDLERS
