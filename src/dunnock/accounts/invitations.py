"""Invitations: codes with which people may join a server that is not open."""

from __future__ import annotations

import msgspec

from dunnock.accounts.paging import Cursor
from dunnock.accounts.store import members as store
from dunnock.foundation import ids
from dunnock.foundation.db import Reader, Tx


class Invitation(msgspec.Struct, frozen=True):
    """One invitation. `by_member_id` None: made by a command; `most_uses` None: any number; times in Unix milliseconds."""

    id: int
    code: str
    by_member_id: int | None
    most_uses: int | None
    uses: int
    expires_at: int | None
    revoked_at: int | None

    def usable(self, now: int) -> bool:
        """May somebody still join with it?"""
        return (
            self.revoked_at is None
            and (self.expires_at is None or self.expires_at > now)
            and (self.most_uses is None or self.uses < self.most_uses)
        )


async def invite(
    tx: Tx, *, by_member_id: int | None, most_uses: int | None = 1, expires_at: int | None = None
) -> Invitation:
    """Make an invitation."""
    made = Invitation(tx.new_id(), ids.secret(9), by_member_id, most_uses, 0, expires_at, None)
    await tx.run(
        store.ADD_INVITATION,
        id=made.id,
        code=made.code,
        by_member_id=by_member_id,
        most_uses=most_uses,
        expires_at=expires_at,
    )
    return made


async def find_invitation(reader: Reader, code: str) -> Invitation | None:
    """The invitation of a code, usable or not; None when there is none. Only `sign_up` decides whether it is good."""
    row = await reader.one(store.INVITATION, code=code.strip())
    return None if row is None else Invitation(*row)


async def invitations_by(reader: Reader, member_id: int) -> list[Invitation]:
    """A member's invitations, newest first."""
    return [Invitation(*row) for row in await reader.all(store.INVITATIONS_BY, member_id=member_id)]


async def revoke_invitation(tx: Tx, invitation_id: int, *, by_member_id: int) -> bool:
    """End one of a member's own invitations; False when there was nothing to end."""
    return bool(await tx.run(store.REVOKE_INVITATION, the=invitation_id, member=by_member_id, at=tx.now))


async def all_invitations(reader: Reader, cursor: Cursor) -> list[Invitation]:
    """Invitations of everybody, newest first."""
    return [Invitation(*row) for row in await reader.all(store.INVITATIONS, **cursor.bounds)]


async def end_invitation(tx: Tx, invitation_id: int) -> bool:
    """End anybody's invitation; False when there was nothing to end."""
    return bool(await tx.run(store.END_INVITATION, the=invitation_id, at=tx.now))
