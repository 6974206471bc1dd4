"""Staff and what the server says of itself and offers: rules, pages, terms, announcements, emoji, invitations.

What each does is in the package that owns it; here is who may, and the line in the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dunnock import accounts, media, server
from dunnock.accounts import Invitation, Power
from dunnock.foundation.db import Db, Reader, Tx
from dunnock.foundation.errors import Missing
from dunnock.moderation import log
from dunnock.server.pages import Name


async def permit(reader: Reader, power: Power, *, by: int) -> None:
    """Whether somebody may look at all. Raises: NotPermitted."""
    await accounts.permit(reader, by, power)


# Rules --------------------------------------------------------------------------------------------------------------


async def add_rule(
    tx: Tx, words: str, *, hint: str, by: int, translations: Mapping[str, server.Words] | None = None
) -> None:
    """A new last rule. Raises: NotPermitted, GuideRefused."""
    staff = await log.acting(tx, by, Power.MANAGE_RULES)
    made = await server.add_rule(tx, words, hint=hint, translations=translations)
    await log.note(tx, staff, "rule.add", made.id, called=made.text)


async def change_rule(tx: Tx, rule_id: int, words: str, *, hint: str, by: int) -> None:
    """What a rule says from now on; its translations stay. Raises: NotPermitted, RuleMissing, GuideRefused."""
    staff = await log.acting(tx, by, Power.MANAGE_RULES)
    held = await server.rules_by_id(tx, [rule_id])
    kept = held[0].translations if held else {}
    made = await server.change_rule(tx, rule_id, words, hint=hint, translations=kept)
    await log.note(tx, staff, "rule.change", rule_id, called=made.text)


async def remove_rule(tx: Tx, rule_id: int, *, by: int) -> None:
    """Put a rule away. Raises: NotPermitted, RuleMissing."""
    staff = await log.acting(tx, by, Power.MANAGE_RULES)
    held = await server.rules_by_id(tx, [rule_id])
    await server.remove_rule(tx, rule_id)
    await log.note(tx, staff, "rule.remove", rule_id, called=held[0].text if held else "")


async def move_rule(tx: Tx, rule_id: int, *, up: bool, by: int) -> None:
    """Change a rule's place with the one above or below it. Raises: NotPermitted, RuleMissing."""
    staff = await log.acting(tx, by, Power.MANAGE_RULES)
    ids = [one.id for one in await server.rules(tx)]
    if rule_id not in ids:
        raise server.RuleMissing(rule_id)
    at = ids.index(rule_id)
    to = at + (-1 if up else 1)
    if 0 <= to < len(ids):
        ids[at], ids[to] = ids[to], ids[at]
        await server.order_rules(tx, ids)
        await log.note(tx, staff, "rule.move", rule_id, place=to + 1)


# Pages and terms ----------------------------------------------------------------------------------------------------


async def write_page(tx: Tx, name: Name, words: str, *, by: int) -> None:
    """What a page says from now on. Raises: NotPermitted, GuideRefused."""
    staff = await log.acting(tx, by, Power.MANAGE_SETTINGS)
    await server.write_page(tx, name, words)
    await log.note(tx, staff, "page.write", None, called=name, characters=len(words))


async def change_setting(tx: Tx, name: str, typed: object, *, by: int) -> None:
    """Change a setting for everybody, at once. Raises: NotPermitted, ChoiceRefused."""
    staff = await log.acting(tx, by, Power.MANAGE_SETTINGS)
    value = await server.choose(tx, name, typed)
    await log.note(tx, staff, "setting.change", None, called=name, value=value)


async def reset_setting(tx: Tx, name: str, *, by: int) -> None:
    """Let the file and the variables say again. Raises: NotPermitted."""
    staff = await log.acting(tx, by, Power.MANAGE_SETTINGS)
    if await server.unchoose(tx, name):
        await log.note(tx, staff, "setting.reset", None, called=name)


async def publish_terms(tx: Tx, words: str, *, effective_on: str | None, changes: str, by: int) -> None:
    """A new version of the terms of service. Raises: NotPermitted, GuideRefused."""
    staff = await log.acting(tx, by, Power.MANAGE_SETTINGS)
    await server.publish_terms(tx, words, effective_on=effective_on, changes=changes)
    await log.note(tx, staff, "terms.publish", None, called=effective_on or "")


# Announcements ------------------------------------------------------------------------------------------------------


async def announce(
    tx: Tx, words: str, *, starts_at: int | None, ends_at: int | None, publish_at: int | None, by: int
) -> None:
    """Tell all members. Raises: NotPermitted, GuideRefused."""
    staff = await log.acting(tx, by, Power.MANAGE_ANNOUNCEMENTS)
    made = await server.announce(tx, words, starts_at=starts_at, ends_at=ends_at, publish_at=publish_at)
    await log.note(tx, staff, "announcement.add", made.id, called=made.text[:100])


async def change_announcement(
    tx: Tx, announcement_id: int, words: str, *, starts_at: int | None, ends_at: int | None, by: int
) -> None:
    """What it says from now on. Raises: NotPermitted, AnnouncementMissing, GuideRefused."""
    staff = await log.acting(tx, by, Power.MANAGE_ANNOUNCEMENTS)
    made = await server.change_announcement(tx, announcement_id, words, starts_at=starts_at, ends_at=ends_at)
    await log.note(tx, staff, "announcement.change", made.id, called=made.text[:100])


async def remove_announcement(tx: Tx, announcement_id: int, *, by: int) -> None:
    """Take it away. Raises: NotPermitted, AnnouncementMissing."""
    staff = await log.acting(tx, by, Power.MANAGE_ANNOUNCEMENTS)
    await server.remove_announcement(tx, announcement_id)
    await log.note(tx, staff, "announcement.remove", announcement_id)


# Emoji --------------------------------------------------------------------------------------------------------------


async def add_emoji(
    db: Db, media_store: media.MediaStore, path: Path, *, shortcode: str, category: str, listed: bool, by: int
) -> None:
    """Add an emoji, or replace the one of that name. Raises: NotPermitted, and as `media.add_emoji`."""
    await accounts.permit(db, by, Power.MANAGE_EMOJI)
    made = await media.add_emoji(
        db, media_store, shortcode=shortcode.strip().strip(":"), path=path, category=category, listed=listed
    )
    async with db.begin() as tx:
        staff = await log.acting(tx, by, Power.MANAGE_EMOJI)
        await log.note(tx, staff, "emoji.add", None, called=made.shortcode)


async def change_emoji(tx: Tx, shortcode: str, *, category: str, listed: bool, disabled: bool, by: int) -> None:
    """Say where an emoji stands in pickers, and whether it is shown at all.

    Raises:
        NotPermitted, Missing, EmojiRefused: as they say.
    """
    staff = await log.acting(tx, by, Power.MANAGE_EMOJI)
    if not await media.change_emoji(tx, shortcode, category=category, listed=listed, disabled=disabled):
        raise Missing(shortcode)
    await log.note(tx, staff, "emoji.change", None, called=shortcode, listed=listed, disabled=disabled)


async def remove_emoji(tx: Tx, shortcode: str, *, by: int) -> None:
    """Remove an emoji. Raises: NotPermitted, Missing."""
    staff = await log.acting(tx, by, Power.MANAGE_EMOJI)
    if not await media.remove_emoji(tx, shortcode):
        raise Missing(shortcode)
    await log.note(tx, staff, "emoji.remove", None, called=shortcode)


# Invitations --------------------------------------------------------------------------------------------------------


async def list_invitations(reader: Reader, cursor: accounts.Cursor, *, by: int) -> list[Invitation]:
    """Invitations of all members, newest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, Power.MANAGE_INVITATIONS)
    return await accounts.all_invitations(reader, cursor)


async def end_invitation(tx: Tx, invitation_id: int, *, by: int) -> None:
    """Let nobody else join with somebody's invitation. Raises: NotPermitted."""
    staff = await log.acting(tx, by, Power.MANAGE_INVITATIONS)
    if await accounts.end_invitation(tx, invitation_id):
        await log.note(tx, staff, "invitation.end", invitation_id)


async def note_revival(db: Db, number: int, *, by: int) -> None:
    """Write down that so many jobs and events are tried again. Raises: NotPermitted."""
    async with db.begin() as tx:
        staff = await log.acting(tx, by, Power.VIEW_DEVOPS)
        await log.note(tx, staff, "jobs.revive", None, number=number)
