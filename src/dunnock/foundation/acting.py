"""Through which door a request came: a browser's session or an app's token. What it does can be told from others' by it.

Set by the edge once it knows who asks; jobs, commands and other servers come through none.
"""

from __future__ import annotations

from contextvars import ContextVar


class Acting:
    """Who asks in this request. `door`: the id of the session or token; 0: nobody, or not known yet."""

    __slots__ = ("account_id", "door", "member_id")

    def __init__(self) -> None:
        """Nobody."""
        self.door, self.member_id, self.account_id = 0, 0, 0

    def come_in(self, door: int, *, member_id: int, account_id: int) -> None:
        """It is known who asks."""
        self.door, self.member_id, self.account_id = door, member_id, account_id

    def leave(self) -> None:
        """Nobody any more."""
        self.come_in(0, member_id=0, account_id=0)


ACTING: ContextVar[Acting] = ContextVar("ACTING")


def begin_acting() -> Acting:
    """Nobody acts from now on, in this request. What it gives is filled in when it is known who asks."""
    acting = Acting()
    ACTING.set(acting)
    return acting


def acting() -> Acting:
    """Who asks; a door of 0 where nobody does."""
    return ACTING.get(None) or Acting()
