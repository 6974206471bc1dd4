"""Who leads where: accounts joined by what they lead to, for the page of a case and for export."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from xml.sax.saxutils import escape

from dunnock import accounts
from dunnock.accounts import Power
from dunnock.foundation.clock import DAY, iso, now_ms
from dunnock.foundation.db import Reader
from dunnock.integrity.money import store
from dunnock.integrity.money.model import Graph, Known, Tie

MOST_TIES = 5_000
_MOST_ROUNDS = 6
_MOST_ASSETS = 500
_LATELY_MS = 90 * DAY
_NEEDS = Power.MANAGE_REPORTS


async def graph_of(reader: Reader, *, account_ids: Collection[int] = (), asset_id: int = 0, by: int) -> Graph:
    """The assets that these accounts lead to, or this asset; who else leads there; and on, for six rounds.

    An asset that more than 200 accounts lead to joins nobody further: a charity that all know is no network.

    Raises:
        NotPermitted: the role of `by` does not allow it.
    """
    await accounts.permit(reader, by, _NEEDS)
    ties: dict[tuple[int, int], Tie] = {}
    people, things = set(account_ids), {asset_id} if asset_id else set()
    seen_people: set[int] = set()
    seen_things: set[int] = set()
    whole = True
    for _ in range(_MOST_ROUNDS):
        fresh = sorted(people - seen_people)
        if fresh:
            rows = await reader.all(store.OF_ACCOUNTS, ids=fresh, most=MOST_TIES)
            whole = whole and len(rows) < MOST_TIES
            ties |= {(row[0], row[1]): Tie(*row) for row in rows}
            things |= {int(row[0]) for row in rows}
            seen_people |= set(fresh)
        new = sorted(things - seen_things)[:_MOST_ASSETS]
        if not new:
            break
        rows = await reader.all(store.USERS, ids=new, most=MOST_TIES)
        whole = whole and len(rows) < MOST_TIES
        ties |= {(row[0], row[1]): Tie(*row) for row in rows}
        seen_things |= set(new)
        number: dict[int, int] = {}
        for row in rows:
            number[row[0]] = number.get(row[0], 0) + 1
        people |= {int(row[1]) for row in rows if number[row[0]] <= _JOINS}
    kept = sorted(ties.values(), key=lambda one: (one.asset_id, one.account_id))[:MOST_TIES]
    ids = sorted({one.asset_id for one in kept} | ({asset_id} if asset_id else set()))
    known = {row[0]: Known(*row) for row in await reader.all(store.BY_IDS, ids=ids)} if ids else {}
    return Graph(known, kept, whole and len(kept) == len(ties))


_JOINS = 200


async def shared_lately(reader: Reader, *, by: int, least: int = 2, most: int = 100) -> list[tuple[Known, int]]:
    """Assets that several accounts led to in the last 90 days, with how many, most first. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    rows = await reader.all(store.SHARED, since=now_ms() - _LATELY_MS, least=least, most=most)
    found = (
        {row[0]: Known(*row) for row in await reader.all(store.BY_IDS, ids=[row[0] for row in rows])} if rows else {}
    )
    return [(found[row[0]], int(row[1])) for row in rows]


async def led_to(reader: Reader, account_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Ids of what each account led to, for comparing them."""
    rows = await reader.all(store.OF_ACCOUNTS, ids=list(account_ids), most=MOST_TIES) if account_ids else ()
    found: dict[int, set[int]] = {}
    for row in rows:
        found.setdefault(int(row[1]), set()).add(int(row[0]))
    return {an_id: frozenset(held) for an_id, held in found.items()}


async def destinations_of(reader: Reader, account_id: int, *, most: int = 50) -> list[tuple[Known, int]]:
    """What an account leads to, each with how many of its posts and profiles did, the most first."""
    rows = await reader.all(store.OF_ACCOUNTS, ids=[account_id], most=MOST_TIES)
    often = {row[0]: row[2] for row in sorted(rows, key=lambda row: (-row[2], row[0]))[:most]}
    known = {row[0]: Known(*row) for row in await reader.all(store.BY_IDS, ids=sorted(often))} if often else {}
    return [(known[an_id], number) for an_id, number in often.items() if an_id in known]


async def find_asset(reader: Reader, key: str) -> Known | None:
    """An asset by its key; None: nobody led there."""
    rows = await reader.all(store.BY_KEYS, keys=[key])
    return Known(*rows[0]) if rows else None


def as_csv(graph: Graph, handles: dict[int, str]) -> str:
    """The ties as a table: one row for each account and asset."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("account", "asset", "kind", "site", "times", "first_at", "last_at"))
    for one in graph.ties:
        asset = graph.assets[one.asset_id]
        handle = cell(handles.get(one.account_id, str(one.account_id)))
        table.writerow(
            (handle, cell(asset.key), asset.kind, asset.site, one.times, iso(one.first_at), iso(one.last_at))
        )
    return out.getvalue()


def as_graphml(graph: Graph, handles: dict[int, str]) -> str:
    """The graph for Gephi and the like. Source: GraphML 1.0."""
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>', '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
        '<key id="what" for="node" attr.name="what" attr.type="string"/>',
        '<key id="name" for="node" attr.name="name" attr.type="string"/>',
        '<key id="times" for="edge" attr.name="times" attr.type="int"/>', '<graph edgedefault="undirected">',
    ]  # fmt: skip
    nodes = [_node(f"a{one}", "account", handles.get(one, str(one))) for one in graph.account_ids]
    nodes += [_node(f"m{one.id}", one.kind, one.key) for one in graph.assets.values()]
    edges = [
        f'<edge source="a{one.account_id}" target="m{one.asset_id}"><data key="times">{one.times}</data></edge>'
        for one in graph.ties
    ]
    return "\n".join([*head, *nodes, *edges, "</graph></graphml>", ""])


def _node(an_id: str, what: str, name: str) -> str:
    return f'<node id="{an_id}"><data key="what">{what}</data><data key="name">{escape(name)}</data></node>'


def cell(words: str) -> str:
    """Words that no spreadsheet takes for a formula."""
    return f"'{words}" if words.startswith(("=", "+", "-", "@", "\t", "\r")) else words
