"""A network as files for other programs: tables of accounts and ties, GraphML, STIX 2.1.

Sources: GraphML 1.0; OASIS, STIX 2.1, as releases of the archive use it: a campaign with its attack patterns (DISARM), a
grouping of its accounts, what was observed. The same network gives objects of the same ids each time.
"""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

import msgspec

from dunnock.foundation.clock import iso
from dunnock.integrity.coaction import Trace
from dunnock.integrity.model import Cluster, ClusterMember, ClusterTie, Summary
from dunnock.integrity.money.graph import cell
from dunnock.integrity.watch import techniques

_SPACE = uuid.UUID("0b7f3cf4-4f0f-5f6c-8f55-2b0d6a0f3f11")
_STIX = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
_DISARM = "https://github.com/DISARMFoundation/DISARMframeworks"


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """A network with what is told of it. `handles`: as readers see them, with the server; `server`: this one's name."""

    cluster: Cluster
    members: Sequence[ClusterMember]
    ties: Sequence[ClusterTie]
    handles: Mapping[int, str]
    server: str

    def called(self, account_id: int) -> str:
        """An account as readers know it; its id where it is not known any more."""
        return self.handles.get(account_id, str(account_id))


def nodes_csv(whole: Whole) -> str:
    """One row for each account."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("account", "role", "nats", "joined_at", "seen_at"))
    for one in whole.members:
        table.writerow(
            (cell(whole.called(one.account_id)), one.role, round(one.score, 3), iso(one.joined_at), iso(one.seen_at))
        )
    return out.getvalue()


def edges_csv(whole: Whole) -> str:
    """One row for each tie of two accounts."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("account", "other", "trace", "occasions", "nats"))
    for one in whole.ties:
        ends = cell(whole.called(one.a_id)), cell(whole.called(one.b_id))
        table.writerow((*ends, Trace(one.trace).name.lower(), one.occasions, round(one.weight, 3)))
    return out.getvalue()


def graphml(whole: Whole) -> str:
    """The graph for Gephi and the like."""
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>', '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
        '<key id="name" for="node" attr.name="name" attr.type="string"/>',
        '<key id="role" for="node" attr.name="role" attr.type="string"/>',
        '<key id="nats" for="node" attr.name="nats" attr.type="double"/>',
        '<key id="trace" for="edge" attr.name="trace" attr.type="string"/>',
        '<key id="occasions" for="edge" attr.name="occasions" attr.type="int"/>',
        '<key id="weight" for="edge" attr.name="weight" attr.type="double"/>', '<graph edgedefault="undirected">',
    ]  # fmt: skip
    nodes = [
        f'<node id="a{one.account_id}"><data key="name">{escape(whole.called(one.account_id))}</data>'
        f'<data key="role">{one.role}</data><data key="nats">{one.score:.3f}</data></node>'
        for one in whole.members
    ]
    known = {one.account_id for one in whole.members}
    edges = [
        f'<edge source="a{one.a_id}" target="a{one.b_id}"><data key="trace">{Trace(one.trace).name.lower()}</data>'
        f'<data key="occasions">{one.occasions}</data><data key="weight">{one.weight:.3f}</data></edge>'
        for one in whole.ties
        if one.a_id in known and one.b_id in known
    ]
    return "\n".join([*head, *nodes, *edges, "</graph></graphml>", ""])


def stix(whole: Whole) -> str:
    """A bundle of STIX 2.1, which says what the server observed; that people confirmed it only where they did."""
    import stix2  # noqa: PLC0415 (half a second, for those alone who take it away)

    cluster, summary = whole.cluster, msgspec.json.decode(whole.cluster.summary, type=Summary)

    def name(kind: str, what: str) -> str:
        return f"{kind}--{uuid.uuid5(_SPACE, f'{whole.server} {cluster.id} {kind} {what}')}"

    first, last = iso(cluster.first_at), iso(cluster.last_at)
    server = stix2.Identity(
        id=name("identity", whole.server),
        created=first,
        modified=last,
        name=whole.server,
        identity_class="organization",
    )
    about: dict[str, Any] = {"created": first, "modified": last, "created_by_ref": server.id}
    title = f"{cluster.size} accounts that act together ({cluster.id})"
    people = [_user_account(whole.called(one.account_id)) for one in whole.members]
    refs = [one["id"] for one in people]
    campaign = stix2.Campaign(
        id=name("campaign", "network"), **about, name=title, first_seen=first,
        description=f"Found by {summary.how}; judged by people: {cluster.state}.",
        **({"last_seen": last} if cluster.last_at > cluster.first_at else {}),
    )  # fmt: skip
    objects: list[Any] = [server, campaign]
    for technique in techniques(summary):
        where = {"source_name": "mitre-attack", "external_id": technique, "url": _DISARM}
        pattern = stix2.AttackPattern(
            id=name("attack-pattern", technique), **about, name=technique, external_references=[where]
        )
        uses = stix2.Relationship(
            id=name("relationship", technique), **about, relationship_type="uses", source_ref=campaign.id,
            target_ref=pattern.id,
        )  # fmt: skip
        objects += [pattern, uses]
    if refs:
        observed = stix2.ObservedData(
            id=name("observed-data", "acts"), **about, first_observed=first, last_observed=last,
            number_observed=max(1, sum(summary.traces.values())), object_refs=refs[:1],
        )  # fmt: skip
        grouping = stix2.Grouping(
            id=name("grouping", "network"), **about, name=title, context="suspicious-activity",
            object_refs=[campaign.id, observed.id],
        )  # fmt: skip
        objects += [observed, grouping]
    said = [json.loads(one.serialize()) for one in objects]
    for one in said:  # thousands of references, which the library would look at one by one
        if one["type"] == "observed-data":
            one["object_refs"] = refs
        elif one["type"] == "grouping":
            one["object_refs"] += refs
    said[2:2] = people
    return json.dumps({"type": "bundle", "id": name("bundle", "all"), "objects": said}, ensure_ascii=False, indent=1)


def _user_account(user_id: str) -> dict[str, str]:
    """As `stix2.UserAccount` makes it, with the id that says the same of the same account everywhere, in a hundredth of its time.

    Source: STIX 2.1, section 2.9, deterministic identifiers.
    """
    told = {"account_type": "fediverse", "user_id": user_id}
    words = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    return {"type": "user-account", "spec_version": "2.1", "id": f"user-account--{uuid.uuid5(_STIX, words)}", **told}


FILES = {
    "accounts.csv": ("text/csv", nodes_csv),
    "ties.csv": ("text/csv", edges_csv),
    "graphml": ("application/graphml+xml", graphml),
    "stix.json": ("application/stix+json;version=2.1", stix),
}
"""How a file's name ends -> what it is, and what makes it."""
