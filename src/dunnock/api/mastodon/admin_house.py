"""Staff and the house: emoji, invitations, settings, jobs. Ours: /api/v1/dunnock/admin/…, as the pages of staff."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts
from dunnock.accounts import Power
from dunnock.api.kit import Called, Form, Paging, Query, Upload, require
from dunnock.api.mastodon.pages import cursor_of, me
from dunnock.foundation import jobs, reactions
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid
from dunnock.media import MediaStore
from dunnock.moderation import house

READS, WRITES = "admin:read", "admin:write"
HERE: Final = "/api/v1/dunnock/admin"
EMOJI, INVITATIONS, SETTINGS = f"{HERE}/emoji", f"{HERE}/invitations", f"{HERE}/settings"


class EmojiForm(msgspec.Struct):
    """`file`: the picture, for a new one; `listed`: in pickers; `disabled`: not shown at all."""

    file: Upload | None = None
    shortcode: str = ""
    category: str = ""
    listed: bool = True
    disabled: bool = False


class SettingForm(msgspec.Struct):
    """Its new value, as it is written in the file of settings."""

    value: str = ""


@post(EMOJI, guards=[require(WRITES)], status_code=200)
async def add_emoji(
    form: Form[EmojiForm], caller: Called, db: NamedDependency[Db], media_store: NamedDependency[MediaStore]
) -> dict[str, str]:
    """Add an emoji, or replace the one of that name."""
    await house.permit(db, Power.MANAGE_EMOJI, by=me(caller))
    if form.file is None or not form.file.size:
        raise Invalid(form.shortcode[:40], say="Validation failed: File can't be blank")
    await house.add_emoji(
        db, media_store, form.file.path, shortcode=form.shortcode, category=form.category, listed=form.listed,
        by=me(caller),
    )  # fmt: skip
    return {}


@put(f"{EMOJI}/{{shortcode:str}}", guards=[require(WRITES)])
async def change_emoji(
    shortcode: FromPath[str], form: Form[EmojiForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Say where an emoji stands in pickers, and whether it is shown at all."""
    async with db.begin() as tx:
        await house.change_emoji(
            tx, shortcode, category=form.category, listed=form.listed, disabled=form.disabled, by=me(caller)
        )
    return {}


@delete(f"{EMOJI}/{{shortcode:str}}", guards=[require(WRITES)], status_code=200)
async def remove_emoji(shortcode: FromPath[str], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Remove an emoji."""
    async with db.begin() as tx:
        await house.remove_emoji(tx, shortcode, by=me(caller))
    return {}


class AdminInvitation(msgspec.Struct, kw_only=True):
    """An invitation of a member; ours."""

    id: str
    code: str
    uses: int
    most_uses: int | None
    expires_at: str | None


@get(INVITATIONS, guards=[require(READS)])
async def list_invitations(params: Query[Paging], caller: Called, db: NamedDependency[Db]) -> list[AdminInvitation]:
    """Invitations of all members, newest first."""
    return [
        AdminInvitation(
            id=str(one.id), code=one.code, uses=one.uses, most_uses=one.most_uses,
            expires_at=None if one.expires_at is None else iso(one.expires_at),
        )
        for one in await house.list_invitations(db, cursor_of(params), by=me(caller))
    ]  # fmt: skip


@delete(f"{INVITATIONS}/{{invitation_id:int}}", guards=[require(WRITES)], status_code=200)
async def end_invitation(invitation_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Let nobody else join with an invitation."""
    async with db.begin() as tx:
        await house.end_invitation(tx, invitation_id, by=me(caller))
    return {}


class InviteForm(msgspec.Struct):
    """For how many people, and for how many seconds; null: no limit."""

    most_uses: int | None = 1
    expires_in: int | None = 604_800


@post(INVITATIONS, guards=[require(WRITES)], status_code=200)
async def invite(form: Form[InviteForm], caller: Called, db: NamedDependency[Db]) -> AdminInvitation:
    """An invitation of one's own."""
    await house.permit(db, Power.INVITE, by=me(caller))
    if caller.member_id is None or min(form.most_uses or 1, form.expires_in or 1) < 1:
        raise Invalid(form.most_uses, form.expires_in)
    async with db.begin() as tx:
        expires_at = None if form.expires_in is None else tx.now + form.expires_in * 1000
        made = await accounts.invite(
            tx, by_member_id=caller.member_id, most_uses=form.most_uses, expires_at=expires_at
        )  # fmt: skip
    return AdminInvitation(
        id=str(made.id), code=made.code, uses=made.uses, most_uses=made.most_uses,
        expires_at=None if made.expires_at is None else iso(made.expires_at),
    )  # fmt: skip


@put(f"{SETTINGS}/{{name:str}}", guards=[require(WRITES)])
async def change_setting(
    name: FromPath[str], form: Form[SettingForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Change a setting for everybody, at once."""
    async with db.begin() as tx:
        await house.change_setting(tx, name, form.value, by=me(caller))
    return {}


@delete(f"{SETTINGS}/{{name:str}}", guards=[require(WRITES)], status_code=200)
async def reset_setting(name: FromPath[str], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Let the file of settings and the variables say again."""
    async with db.begin() as tx:
        await house.reset_setting(tx, name, by=me(caller))
    return {}


@post(f"{HERE}/jobs/revive", guards=[require(WRITES)], status_code=200)
async def revive_jobs(caller: Called, db: NamedDependency[Db]) -> dict[str, int]:
    """Have everything tried again that was given up on; how much that was."""
    await house.permit(db, Power.VIEW_DEVOPS, by=me(caller))
    revived = await reactions.revive(db) + await jobs.revive_jobs(db)
    await house.note_revival(db, revived, by=me(caller))
    return {"revived": revived}


HANDLERS: list[Any] = [
    add_emoji,
    change_emoji,
    remove_emoji,
    list_invitations,
    invite,
    end_invitation,
    change_setting,
    reset_setting,
    revive_jobs,
]
