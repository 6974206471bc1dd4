"""Where posts and profiles lead money and people: payees, wallets, shops, chats; one id for each, and who shares it.

Owns assets, who led to them, what shortened addresses lead to, and what is stopped. docs/integrity-identity.md.
"""

from __future__ import annotations

from dunnock.integrity.money.events import AssetAlarmed, AssetJudged
from dunnock.integrity.money.graph import (
    MOST_TIES,
    as_csv,
    as_graphml,
    destinations_of,
    find_asset,
    graph_of,
    led_to,
    shared_lately,
)
from dunnock.integrity.money.judge import LONGEST_WHY, all_stopped, block, block_known, known_after, stopped, unblock
from dunnock.integrity.money.links import Asset, asset_at, asset_of, canonical, shortened
from dunnock.integrity.money.model import Graph, Known, Tie
from dunnock.integrity.money.observe import EVERY, target_of
from dunnock.integrity.money.reactions import HEARS, jobs_of
from dunnock.integrity.money.screen import Destinations
from dunnock.integrity.money.stix import as_stix

__all__ = [
    "EVERY",
    "HEARS",
    "LONGEST_WHY",
    "MOST_TIES",
    "Asset",
    "AssetAlarmed",
    "AssetJudged",
    "Destinations",
    "Graph",
    "Known",
    "Tie",
    "all_stopped",
    "as_csv",
    "as_graphml",
    "as_stix",
    "asset_at",
    "asset_of",
    "block",
    "block_known",
    "canonical",
    "destinations_of",
    "find_asset",
    "graph_of",
    "jobs_of",
    "known_after",
    "led_to",
    "shared_lately",
    "shortened",
    "stopped",
    "target_of",
    "unblock",
]
