"""What of money or contact is known here, and what joins accounts by it."""

from __future__ import annotations

import msgspec


class Known(msgspec.Struct, frozen=True):
    """An asset that was seen here. `state`: empty, blocked or held; `first_at` in Unix milliseconds."""

    id: int
    key: str
    kind: str
    site: str
    state: str
    why: str
    first_at: int


class Tie(msgspec.Struct, frozen=True):
    """An account leads to an asset, so many times between the two moments."""

    asset_id: int
    account_id: int
    times: int
    first_at: int
    last_at: int


class Graph(msgspec.Struct, frozen=True):
    """Accounts, what they lead to, and who else leads there. `whole`: nothing was left out."""

    assets: dict[int, Known]
    ties: list[Tie]
    whole: bool = True

    @property
    def account_ids(self) -> list[int]:
        """All accounts in it, by id."""
        return sorted({one.account_id for one in self.ties})
