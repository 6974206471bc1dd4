"""Texts of warnings that staff write once and use often."""

from __future__ import annotations

import msgspec

from dunnock import accounts
from dunnock.accounts import Power
from dunnock.foundation.db import Reader, Tx
from dunnock.moderation import log
from dunnock.moderation.errors import DecisionInvalid, PresetMissing
from dunnock.moderation.store import decisions as store

LONGEST_TITLE, LONGEST_PRESET, MOST_PRESETS = 100, 5_000, 200


class Preset(msgspec.Struct, frozen=True):
    """One text."""

    id: int
    title: str
    text: str


async def presets(reader: Reader, *, by: int) -> list[Preset]:
    """All of them, oldest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, Power.MANAGE_REPORTS)
    return [Preset(*row) for row in await reader.all(store.PRESETS, most=MOST_PRESETS)]


async def add_preset(tx: Tx, *, title: str, text: str, by: int) -> Preset:
    """Keep a text.

    Raises:
        NotPermitted: the role does not allow it.
        DecisionInvalid: it is empty or too long, or there are too many.
    """
    staff = await log.acting(tx, by, Power.MANAGE_SETTINGS)
    title, text = title.strip(), text.strip()
    if not text:
        raise DecisionInvalid(say="Validation failed: Text can't be blank")
    if len(title) > LONGEST_TITLE or len(text) > LONGEST_PRESET:
        raise DecisionInvalid(
            say=f"Validation failed: at most {LONGEST_TITLE} characters of title, {LONGEST_PRESET} of text"
        )
    if len(await tx.all(store.PRESETS, most=MOST_PRESETS)) >= MOST_PRESETS:
        raise DecisionInvalid(say=f"Validation failed: there are {MOST_PRESETS} texts already")
    made = Preset(tx.new_id(), title, text)
    await tx.run(store.ADD_PRESET, id=made.id, title=title, text=text)
    await log.note(tx, staff, "preset.add", made.id, called=title)
    return made


async def remove_preset(tx: Tx, preset_id: int, *, by: int) -> None:
    """Drop a text; warnings that used it keep it. Raises: NotPermitted, PresetMissing."""
    staff = await log.acting(tx, by, Power.MANAGE_SETTINGS)
    if not await tx.run(store.DROP_PRESET, the=preset_id):
        raise PresetMissing(preset_id)
    await log.note(tx, staff, "preset.remove", preset_id)
