"""What each kind of activity does here: type -> use case. A kind that is not here is acknowledged, and does nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from dunnock.federation.inbound.boost import announce
from dunnock.federation.inbound.delete import delete
from dunnock.federation.inbound.featured import add, remove
from dunnock.federation.inbound.flag import flag, resolve
from dunnock.federation.inbound.follow import accept, block, follow, reject
from dunnock.federation.inbound.incoming import Incoming
from dunnock.federation.inbound.like import like
from dunnock.federation.inbound.move import move
from dunnock.federation.inbound.post import create, update
from dunnock.federation.inbound.quote import quote_request
from dunnock.federation.inbound.undo import undo
from dunnock.foundation.db import Tx

DOES: Mapping[str, Callable[[Tx, Incoming], Awaitable[None]]] = {
    "Accept": accept,
    "Add": add,
    "Announce": announce,
    "Block": block,
    "Create": create,
    "Delete": delete,
    "EmojiReact": like,
    "Flag": flag,
    "Follow": follow,
    "Like": like,
    "Move": move,
    "QuoteRequest": quote_request,
    "Reject": reject,
    "Remove": remove,
    "Resolve": resolve,
    "Undo": undo,
    "Update": update,
}

__all__ = ["DOES", "Incoming"]
