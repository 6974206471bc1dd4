"""Weight files that were proposed or in force, and the public list of which one counted when.

Nothing is ever changed: a receipt names its file by hash, and can be worked out as long as it is kept. A file that was fitted
is put in force only if it did better than the one that is (`learn.Comparison`); one that was in force before may come back.
"""

from __future__ import annotations

import msgspec

from dunnock.feeds.events import WeightsReplaced
from dunnock.feeds.for_you.features import NAMES
from dunnock.feeds.for_you.learn import Comparison
from dunnock.feeds.for_you.model import BadWeights, Model, default_text
from dunnock.feeds.store import weights as store
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.errors import DomainError, Kind, Missing
from dunnock.foundation.ids import ms_of
from dunnock.moderation import log

MOST = 200
LONGEST_REASON = 500
_LEAST_NAMED = 8  # characters of a hash


class WeightsMissing(Missing):
    """No such file is kept, or the characters begin several."""

    code, safe = "weights_missing", "There is no such weight file, or more than one begins so"


class WeightsRefused(DomainError):
    """The file may not be put in force; the text says why."""

    code, kind = "weights_refused", Kind.CONFLICT


class WeightFile(msgspec.Struct, frozen=True):
    """A file that is kept. `at`: since when (Unix milliseconds); `compared` None: it was not fitted here."""

    hash: str
    text: str
    at: int
    compared: Comparison | None


class Change(msgspec.Struct, frozen=True):
    """From `at` on this file counted, for this reason."""

    at: int
    hash: str
    because: str


async def in_force(reader: Reader) -> Model:
    """The file that counts: the one put in force last that this release can read, else the one that comes with the program."""
    row = await reader.one(store.LIVE)
    if row is not None:
        try:
            return Model(row[1], NAMES)
        except BadWeights:  # it weighs what this release knows no more
            pass
    return Model(default_text(), NAMES)


async def text_named(reader: Reader, named: str) -> str | None:
    """The text of the file that a receipt names; None: it is not kept."""
    shipped = Model(default_text(), NAMES)
    if named == shipped.hash:
        return shipped.text
    row = await reader.one(store.NAMED, the=named)
    return None if row is None else str(row[2])


async def weight_files(reader: Reader) -> list[WeightFile]:
    """The newest files, newest first."""
    return [_file(row) for row in await reader.all(store.KEPT, most=MOST)]


async def find_file(reader: Reader, begins: str) -> WeightFile:
    """The file whose hash begins so; at least eight characters.

    Raises:
        WeightsMissing: there is none, or more than one.
    """
    found = [one for one in await weight_files(reader) if len(begins) >= _LEAST_NAMED and one.hash.startswith(begins)]
    if len(found) != 1:
        raise WeightsMissing(begins[:64])
    return found[0]


async def changes(reader: Reader) -> list[Change]:
    """Which file counted when, newest first."""
    return [Change(ms_of(row[0]), row[1], row[2]) for row in await reader.all(store.CHANGES, most=MOST)]


async def keep(tx: Tx, text: str, compared: Comparison | None) -> str:
    """Keep a file; its hash. Kept already, nothing changes: the same text did as it did.

    Raises:
        BadWeights: it is none.
    """
    model = Model(text, NAMES)
    told = "" if compared is None else msgspec.json.encode(compared).decode()
    await tx.run(store.KEEP, hash=model.hash, id=tx.new_id(), text=text, compared=told)
    return model.hash


async def put_in_force(tx: Tx, begins: str, *, because: str) -> WeightFile:
    """Let a file that is kept count from now on, for everybody, and write it down for everybody.

    Raises:
        WeightsMissing: as `find_file`.
        WeightsRefused: it counts already, it is not better than what does, it was compared with something else, or there is
            no reason.
    """
    words = because.strip()
    if not 0 < len(words) <= LONGEST_REASON:
        raise WeightsRefused(say=f"Say why, in up to {LONGEST_REASON} characters: everybody will read it")
    live = await in_force(tx)
    await keep(tx, live.text, None)
    await keep(tx, default_text(), None)
    new = await find_file(tx, begins)
    if new.hash == live.hash:
        raise WeightsRefused(new.hash, say="This file is in force already")
    counted = {one.hash for one in await changes(tx)} | {Model(default_text(), NAMES).hash}
    if new.hash not in counted:
        _must_win(new, live)
    await tx.run(store.CHANGE, id=tx.new_id(), hash=new.hash, because=words)
    await log.note_by(tx, log.THE_SERVER, "weights.replace", None, called=new.hash[:16], old=live.hash, because=words)
    await tx.record(WeightsReplaced(hash=new.hash))
    return new


def _must_win(new: WeightFile, live: Model) -> None:
    if new.compared is None or new.compared.against != live.hash:
        raise WeightsRefused(new.hash, say="It was compared with another file than the one in force: fit again")
    if not new.compared.wins:
        lost = ", ".join(one.rival for one in new.compared.better if one.low <= 0)
        raise WeightsRefused(new.hash, say=f"It did not do better than: {lost}")


def _file(row: tuple[object, ...]) -> WeightFile:
    compared = msgspec.json.decode(str(row[3]), type=Comparison) if row[3] else None
    return WeightFile(str(row[1]), str(row[2]), ms_of(int(str(row[0]))), compared)
