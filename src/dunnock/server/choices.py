"""Settings that staff may change while the server runs. What is chosen here wins over the file and the variables.

Every process holds one `Settings`; `Live` keeps the changeable part of it as the database has it, by the event that each
change records. Everybody else reads the settings when they need them, and sees the change at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args

import msgspec

from dunnock import text
from dunnock.foundation.db import Db, Reader, Tx
from dunnock.foundation.events import Logged
from dunnock.foundation.settings import Settings
from dunnock.server import store
from dunnock.server.errors import ChoiceRefused
from dunnock.server.events import SettingChosen

Name = Literal[
    "title",
    "description",
    "contact_email",
    "sign_up",
    "min_age",
    "unknown_age",
    "max_post_length",
    "media_limit_mb",
    "trends_need_review",
    "recommend",
    "publish_indicators",
]
CHANGEABLE: Final[tuple[Name, ...]] = get_args(Name)
"""Settings that may be changed while the server runs; the others need a start."""
Value = str | int | bool
_MAIL: Final = re.compile(r"[^@\s,<>]{1,64}@[^@\s,<>]{1,189}")


_FIELDS: Final = {field.name: field.type for field in msgspec.structs.fields(Settings) if field.name in CHANGEABLE}


def checked(name: str, typed: object) -> Value:
    """The value of a setting as somebody typed it.

    Raises:
        ChoiceRefused: it can't be changed here, or not to this.
    """
    if name not in _FIELDS:
        raise ChoiceRefused(name[:80], say="This setting is changed in dunnock.toml, or by a variable")
    if isinstance(typed, str):
        typed = text.clean(typed).strip()
    try:
        value: Value = msgspec.convert(typed, _FIELDS[name], strict=False)
    except msgspec.ValidationError as error:
        reason = str(error)
        raise ChoiceRefused(name, say=f"Validation failed: {reason[0].lower()}{reason[1:]}") from error
    if name == "contact_email" and value and not _MAIL.fullmatch(str(value)):
        raise ChoiceRefused(name, say="Validation failed: this is no e-mail address")
    return value


async def choices(reader: Reader) -> dict[str, Value]:
    """What was chosen: name -> value. What this release does not know, or not so, is left out."""
    found: dict[str, Value] = {}
    for name, value in await reader.all(store.CHOICES):
        try:
            found[name] = checked(name, msgspec.json.decode(value))
        except (ChoiceRefused, msgspec.DecodeError):
            continue  # an older or newer release wrote it
    return found


async def choose(tx: Tx, name: str, typed: object) -> Value:
    """Change a setting, for all processes from now on. Raises: ChoiceRefused."""
    value = checked(name, typed)
    held = (await choices(tx)).get(name)
    if held != value or type(held) is not type(value):
        written = msgspec.json.encode(value).decode()
        await tx.run(store.PUT_CHOICE, name=name, value=written, changed_at=tx.now)
        await tx.record(SettingChosen(name=name, value=written))
    return value


async def unchoose(tx: Tx, name: str) -> bool:
    """Take the value of the file and the variables again; False: it was in force already."""
    if not await tx.run(store.DROP_CHOICE, setting=name):
        return False
    await tx.record(SettingChosen(name=name, value=None))
    return True


class Live:
    """Keeps one process's `Settings` as staff chose."""

    def __init__(self, db: Db, settings: Settings) -> None:
        """Listens to `db`'s events from now on. Make it before whatever remembers things made from the settings."""
        self._db, self._settings = db, settings
        self.started: Mapping[str, Value] = {name: getattr(settings, name) for name in CHANGEABLE}
        """What the file and the variables said."""
        db.listen(self._heard)

    async def read(self) -> None:
        """Take up what was chosen so far."""
        for name, value in (await choices(self._db)).items():
            self._set(name, value)

    def _heard(self, logged: Sequence[Logged]) -> None:
        for one in logged:
            match one.event:
                case SettingChosen(name=name, value=None) if name in self.started:
                    self._set(name, self.started[name])
                case SettingChosen(name=name, value=str(written)):
                    try:
                        self._set(name, checked(name, msgspec.json.decode(written)))
                    except (ChoiceRefused, msgspec.DecodeError):
                        continue  # of another release, which knows more settings

    def _set(self, name: str, value: Value) -> None:
        # Frozen for everybody else: this is the one place that changes settings, and all that hold them read on use.
        msgspec.structs.force_setattr(self._settings, name, value)
