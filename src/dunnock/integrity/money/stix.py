"""Who leads where as a bundle of STIX 2.1, for programs that take in what others saw.

Source: OASIS, STIX 2.1, 4.8 (Infrastructure: what a payee, a wallet, a shop or a chat is for those who use it), 5.1
(relationships; accounts have none of their own, so each is `related-to`).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from dunnock.foundation.clock import iso
from dunnock.integrity.money.model import Graph

_SPACE = uuid.UUID("5b6a6e0c-3f0e-5a52-9a0c-5a3d3f4b7d11")


def as_stix(graph: Graph, handles: Mapping[int, str], *, server: str, at: int) -> str:
    """Each asset with its kind and service as labels, each account, and how often and when one led to the other.

    It says what the server observed, not that anybody did wrong; of what staff stopped it says why. `at`: now, in Unix
    milliseconds, for a graph in which nothing is. Asked again, the same things have the same ids.
    """
    import stix2  # noqa: PLC0415 (half a second, for those alone who take it away)

    def name(kind: str, what: str) -> str:
        return f"{kind}--{uuid.uuid5(_SPACE, f'{server} {kind} {what}')}"

    first = iso(min((one.first_at for one in graph.ties), default=at))
    last = iso(max((one.last_at for one in graph.ties), default=at))
    here = stix2.Identity(
        id=name("identity", server), created=first, modified=last, name=server, identity_class="organization"
    )
    about: dict[str, Any] = {"created": first, "modified": last, "created_by_ref": here.id}
    people = {
        an_id: stix2.UserAccount(user_id=handles.get(an_id, str(an_id)), account_type="fediverse")
        for an_id in graph.account_ids
    }
    things = {
        one.id: stix2.Infrastructure(
            id=name("infrastructure", one.key), **about, name=one.key, labels=[one.kind, one.site],
            **({"description": f"{one.state} here: {one.why}"} if one.state else {}),
        )
        for one in graph.assets.values()
    }  # fmt: skip
    led = [
        stix2.Relationship(
            id=name("relationship", f"{one.account_id} {one.asset_id}"), **about, relationship_type="related-to",
            source_ref=people[one.account_id].id, target_ref=things[one.asset_id].id,
            description=f"Led there {one.times} times between {iso(one.first_at)} and {iso(one.last_at)}.",
        )
        for one in graph.ties
    ]  # fmt: skip
    said = [json.loads(one.serialize()) for one in (here, *things.values(), *people.values(), *led)]
    return json.dumps({"type": "bundle", "id": name("bundle", "money"), "objects": said}, ensure_ascii=False, indent=1)
