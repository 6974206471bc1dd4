"""The picture of a network: as SVG for everybody, and as numbers for the script that lets one move in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from dunnock.foundation.clock import DAY, MINUTE
from dunnock.integrity.coaction import Trace
from dunnock.integrity.graph import Graph, GraphAccount, GraphTie
from dunnock.web.words import N_

TRACES = {
    "repost": N_("boosted the same post"),
    "text": N_("wrote the same text"),
    "near_text": N_("wrote nearly the same text"),
    "tags": N_("used the same hashtags in one post"),
    "tag": N_("used the same hashtag"),
    "link": N_("linked to the same place"),
    "media": N_("showed the same picture"),
    "reply": N_("answered the same post"),
    "mention": N_("named the same account"),
    "boosted": N_("boosted the same account"),
}
"""What two accounts have in common, as people read it."""
A_PAGE = 50
_A_DAY = len("2026-11-28")


class Drawing(NamedTuple):
    """The picture as paths of SVG: ties by trace, accounts by part."""

    ties: dict[str, str]
    accounts: dict[str, str]


class Part(NamedTuple):
    """Some rows of a long table. `number`: which page, from 1; `pages`: how many there are."""

    rows: Sequence[Any]
    number: int
    pages: int


def drawing_of(graph: Graph) -> Drawing:
    """One path for each kind of tie and each part: few elements, however many accounts."""
    places = {one.account_id: one for one in graph.accounts}
    ties: dict[str, list[str]] = {trace: [] for trace in graph.traces}
    for tie in graph.ties:
        a, b = places[tie.a_id], places[tie.b_id]
        ties[tie.trace].append(f"M{a.x} {a.y}L{b.x} {b.y}")
    points: dict[str, list[str]] = {"core": [], "amplifier": []}
    for one in graph.accounts:
        points["amplifier" if one.role == "amplifier" else "core"].append(f"M{one.x} {one.y}h0")
    return Drawing(
        {trace: "".join(parts) for trace, parts in ties.items() if parts},
        {role: "".join(parts) for role, parts in points.items() if parts},
    )


def numbers_of(graph: Graph, handles: Mapping[int, str]) -> dict[str, Any]:
    """The same for the script: rows instead of objects, and ids as text, for numbers of scripts end at 53 bits."""
    number = {one.account_id: n for n, one in enumerate(graph.accounts)}
    traces = [one.name.lower() for one in Trace]
    return {
        "accounts": [
            (str(one.account_id), handles.get(one.account_id, str(one.account_id)), one.role, one.score, one.at, one.x, one.y)
            for one in graph.accounts
        ],
        "ties": [
            (number[one.a_id], number[one.b_id], traces.index(one.trace), one.occasions, one.weight, one.at)
            for one in graph.ties
        ],
        "traces": traces,
        "moments": graph.moments,
    }  # fmt: skip


def moment_of(written: str) -> int | None:
    """The end of a day (`2026-11-28`) or minute (`2026-11-28T10:05`), UTC, in Unix milliseconds; None: it is neither."""
    try:
        at = datetime.fromisoformat(written.strip()).replace(tzinfo=UTC)
    except ValueError:
        return None
    try:
        ms = int(at.timestamp() * 1000)
    except (OverflowError, OSError):
        return None
    return ms + (DAY if len(written.strip()) <= _A_DAY else MINUTE) - 1


def written_at(ms: int) -> str:
    """A moment as a field for date and time has it, UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M")


def page_of(rows: Sequence[GraphAccount] | Sequence[GraphTie], number: int) -> Part:
    """Fifty of the rows; the last ones if there are fewer pages."""
    pages = max(1, -(-len(rows) // A_PAGE))
    at = min(max(number, 1), pages)
    return Part(rows[(at - 1) * A_PAGE : at * A_PAGE], at, pages)
