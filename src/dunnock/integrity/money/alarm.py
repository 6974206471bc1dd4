"""The same new payee, led to by several protected accounts within minutes: a break-in (DISARM drill D04).

What leads there is held for everybody at once, by its text and by its destination, with the reason; staff are alarmed and end
the hold when it is wrong. A payee that was known here before is none of this: a fund that officials ask to give to.
"""

from __future__ import annotations

import contextlib

from dunnock import moderation, posts
from dunnock.accounts import independence_of
from dunnock.foundation.clock import DAY, MINUTE
from dunnock.foundation.db import Tx
from dunnock.integrity.money import store
from dunnock.integrity.money.events import AssetAlarmed, AssetJudged
from dunnock.integrity.money.model import Known
from dunnock.integrity.signals import raise_signal

WINDOW_MS = 10 * MINUTE
LEAST = 3
HOURS = 24
_NEW_MS = DAY
_KINDS = frozenset(("wallet", "payment", "fundraising"))
_WHY = "Posted by several protected accounts within minutes"


async def watch(tx: Tx, asset: Known) -> None:
    """Look whether a protected account's post makes it an alarm."""
    if asset.kind not in _KINDS or asset.state or tx.now - asset.first_at > _NEW_MS:
        return
    rows = await tx.all(store.PROTECTED_SINCE, the=asset.id, since=tx.now - WINDOW_MS, most=100)
    people = {int(row[0]) for row in rows}
    groups = await independence_of(tx, people)
    apart: dict[tuple[str, int], list[str]] = {}
    for one in sorted(people):
        of = ("group", held.group) if (held := groups.get(one)) else ("account", one)
        apart.setdefault(of, []).append(str(one))
    if len(apart) < LEAST:
        return
    await tx.run(store.SET_STATE, the=asset.id, new_state="held", new_why=_WHY, whom=None)
    await tx.record(AssetJudged(asset_id=asset.id, state="held"))
    with contextlib.suppress(posts.FragmentRefused):  # too short a text; the destination is stopped either way
        await moderation.hold_text(tx, fragment(asset), hours=HOURS, why=_WHY)
    shown = {
        "asset_id": str(asset.id),
        "accounts": [str(one) for one in sorted(people)],
        "posts": [str(row[1]) for row in rows],
        "groups": list(apart.values()),
        "window_ms": WINDOW_MS,
        "first_at": asset.first_at,
    }
    await raise_signal(tx, "money.same_payee", "link", name=asset.key, score=1 - 0.5 ** len(apart), evidence=shown)
    await tx.record(AssetAlarmed(asset_id=asset.id, accounts=len(people)))


def fragment(asset: Known) -> str:
    """What of an address stands in a text that leads there, however it is written."""
    if asset.kind == "wallet":
        return asset.key.partition(":")[2]
    return _WRITTEN.get(asset.site, "{}").format(asset.key.partition("/")[2])


_WRITTEN = {
    "paypal": "paypal.me/{}",
    "cashapp": "cash.app/{}",
    "venmo": "venmo.com/{}",
    "revolut": "revolut.me/{}",
    "ko-fi": "ko-fi.com/{}",
    "tipeee": "tipeee.com/{}",
    "buymeacoffee": "buymeacoffee.com/{}",
    "gofundme": "gofundme.com/f/{}",
}
