"""What staff know of another server, and whom there they write to."""

from __future__ import annotations

import msgspec

from dunnock import accounts, text
from dunnock.accounts import Power
from dunnock.accounts.server_rules import server_name
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.errors import Invalid
from dunnock.foundation.ids import ms_of
from dunnock.moderation import log
from dunnock.moderation.store import talk as store

LONGEST_NOTE, LONGEST_CONTACT = 2_000, 254
MOST_NOTES = 100
_NEEDS = Power.MANAGE_REPORTS


class ServerNote(msgspec.Struct, frozen=True, kw_only=True):
    """One note about a server. `contact`: a mail address or a handle, or empty."""

    id: int
    domain: str
    text: str
    contact: str
    by_account_id: int

    @property
    def at(self) -> int:
        """When it was written."""
        return ms_of(self.id)


async def server_notes(reader: Reader, domain: str, *, by: int) -> list[ServerNote]:
    """Notes about a server, the newest first. Raises: NotPermitted, LimitInvalid."""
    await accounts.permit(reader, by, _NEEDS)
    return [
        ServerNote(id=row[0], domain=row[1], text=row[2], contact=row[3], by_account_id=row[4])
        for row in await reader.all(store.NOTES, the_domain=server_name(domain))
    ]


async def write_server_note(tx: Tx, domain: str, note: str, *, contact: str = "", by: int) -> int:
    """Write a note about a server; its id.

    Raises:
        NotPermitted.
        LimitInvalid: no name of a server.
        Invalid: it says nothing, too much, or there are 100 already.
    """
    staff = await log.acting(tx, by, _NEEDS)
    name, words, whom = server_name(domain), text.clean(note).strip(), text.clean(contact).strip()
    if not (words or whom) or len(words) > LONGEST_NOTE or len(whom) > LONGEST_CONTACT:
        raise Invalid(
            len(words), say=f"Validation failed: write a note of at most {LONGEST_NOTE} characters, or a contact"
        )
    if len(await tx.all(store.NOTES, the_domain=name)) >= MOST_NOTES:
        raise Invalid(name, say=f"Validation failed: there are {MOST_NOTES} notes about this server already")
    note_id = tx.new_id()
    await tx.run(store.ADD_NOTE, id=note_id, domain=name, text=words, contact=whom, by_account_id=by)
    await log.note(tx, staff, "server.note", note_id, called=name)
    return note_id


async def drop_server_note(tx: Tx, note_id: int, *, by: int) -> None:
    """Put a note away; one that is gone stays so. Raises: NotPermitted."""
    staff = await log.acting(tx, by, _NEEDS)
    if await tx.run(store.DROP_NOTE, the=note_id):
        await log.note(tx, staff, "server.note_drop", note_id)
