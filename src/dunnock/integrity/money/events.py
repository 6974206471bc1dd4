"""Facts about where money and people are led."""

from __future__ import annotations

from dunnock.foundation.events import Event


class AssetJudged(Event, frozen=True):
    """What leads there may be posted from now on, or no longer; or one more shortened address is known to lead there."""

    asset_id: int
    state: str


class AssetAlarmed(Event, frozen=True):
    """Protected accounts that have nothing to do with each other led to the same payee within minutes."""

    asset_id: int
    accounts: int
