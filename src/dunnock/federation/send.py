"""Has activities sent: a row for each inbox, committed with what they tell."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from dunnock.accounts.account import Account
from dunnock.federation.house import Federation
from dunnock.federation.places import Places, host_of
from dunnock.federation.store import deliveries
from dunnock.federation.store.actors import Remote
from dunnock.federation.vocab.context import with_context
from dunnock.foundation.db import Tx

SERVER = 0
"""Who signs what the server itself says."""


async def send(
    tx: Tx, activity: dict[str, Any], *, by: int, to: Collection[str], here: str, to_followers: bool = False
) -> None:
    """Have an activity of the account `by` sent to these inboxes, each once; none of them on the server `here`.

    `to_followers`: nobody but followers may read it.
    """
    places = [(inbox, host) for inbox in sorted(set(to)) if (host := host_of(inbox)) and host != here]
    if places:
        body = msgspec.json.encode(with_context(activity))
        await deliveries.add(tx, body, by=by, to=places, to_followers=to_followers)


async def forward(tx: Tx, body: bytes, *, by: int, to: Collection[str], without: Collection[str]) -> None:
    """Hand on what another server sent, byte for byte, in the name of `by`; not to the servers `without`.

    Source: ActivityPub, section 7.1.2.
    """
    places = [(inbox, host) for inbox in sorted(set(to)) if (host := host_of(inbox)) and host not in without]
    if places:
        await deliveries.add(tx, body, by=by, to=places)


async def send_answer(tx: Tx, house: Federation, kind: str, *, follower: Remote, followed: Account, uri: str) -> None:
    """Accept or Reject a follow that another server asked for by the name `uri`."""
    await send(
        tx,
        answer_to_follow(house.places, kind, follower=follower.uri, followed=followed, uri=uri, now=tx.now),
        by=followed.id,
        to=[follower.inbox],
        here=house.places.domain,
    )


def answer_to_follow(
    places: Places, kind: str, *, follower: str, followed: Account, uri: str, now: int
) -> dict[str, Any]:
    """Accept or Reject of a follow."""
    me = places.actor(followed.username)
    return {
        "id": f"{me}#{kind.lower()}s/follows/{now}",
        "type": kind,
        "actor": me,
        "to": [follower],
        "object": {"id": uri or f"{follower}#follow", "type": "Follow", "actor": follower, "object": me},
    }


async def send_quote_answer(
    tx: Tx,
    house: Federation,
    request: Mapping[str, Any],
    *,
    to: Remote,
    by: Account,
    post_id: int,
    quoting: str,
    allowed: bool,
) -> None:
    """Let a post of another server quote a post of `by`, or not. Source: FEP-044f."""
    me = house.places.actor(by.username)
    kind = "Accept" if allowed else "Reject"
    answer: dict[str, Any] = {
        "id": f"{me}#{kind.lower()}s/quote_requests/{tx.now}",
        "type": kind,
        "actor": me,
        "to": [to.uri],
        "object": {
            "id": request.get("id"),
            "type": "QuoteRequest",
            "actor": to.uri,
            "object": house.places.post(by.username, post_id),
            "instrument": quoting,
        },
    }
    if allowed:
        answer["result"] = house.places.quote_authorization(by.username, post_id, quoting)
    await send(tx, answer, by=by.id, to=[to.inbox], here=house.places.domain)
