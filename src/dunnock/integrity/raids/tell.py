"""A raid in its case: one for all members whom it goes to, which grows."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dunnock import accounts, moderation
from dunnock.accounts import Account
from dunnock.foundation.db import Tx
from dunnock.integrity.raids import store
from dunnock.integrity.raids.model import Raid
from dunnock.integrity.signals import find_signal
from dunnock.integrity.store import signals
from dunnock.integrity.story import Story, still_open, tell
from dunnock.integrity.strangers import Wrote
from dunnock.moderation import Subject

_TECHNIQUES = ("T0048", "T0049.005")
"""Ids of DISARM: Harass; Conduct Swarming."""
_MOST_COUNTED = 1_000


async def tell_of_raid(
    tx: Tx,
    raid: Raid | None,
    why: str,
    *,
    target: Account,
    wrote: Sequence[Wrote],
    core: Collection[int],
    signal_id: int,
) -> None:
    """Put the raid on this member before people, in the raid's open case. `core`: who takes part; nobody did else."""
    held = await find_signal(tx, signal_id)
    if held.state == "dismissed":
        return
    into = await still_open(tx, held.case_id) or (await still_open(tx, raid.case_id) if raid is not None else None)
    title, before = await _titles(tx, raid, target)
    story = Story(
        title=title,
        instead=before,
        why=why,
        severity=2,
        techniques=_TECHNIQUES,
        subjects=(
            Subject(kind="account", subject_id=target.id, role="target"),
            *(
                Subject(kind="account", subject_id=one, role="core" if one in core else "")
                for one in dict.fromkeys(one.account_id for one in wrote)
            ),
            *(Subject(kind="post", subject_id=one.post_id) for one in wrote),
        )[: moderation.MOST_AT_ONCE],
    )
    case_id = await tell(tx, story, into=into)
    await tx.run(signals.JOIN_CASE, the=signal_id, new_case=case_id)
    if raid is not None and raid.case_id != case_id:
        await tx.run(store.JOIN_CASE, the=raid.id, new_case=case_id)


async def _titles(tx: Tx, raid: Raid | None, target: Account) -> tuple[str, tuple[str, ...]]:
    """What the case is called by whom it goes to now, and what it may have been called before."""
    hits = (
        [] if raid is None else [store.hit_of(row) for row in await tx.all(store.HITS, the=raid.id, most=_MOST_COUNTED)]
    )
    first = await accounts.find(tx, hits[0].account_id) if hits else None
    name = target.username if first is None else first.username
    return _title(name, len(hits)), tuple(_title(name, number) for number in range(1, len(hits)))


def _title(name: str, members: int) -> str:
    others = members - 1
    return f"Raid on @{name}" + (f" and {others} other{'s' if others > 1 else ''}" if others > 0 else "")
