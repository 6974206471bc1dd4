"""Releases that tell of something that was taken back since are amended, without anybody's doing.

What a reversal makes stale is written down with it; a job amends what is stale once nothing of it is being taken back any more.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from dunnock import moderation
from dunnock.federation import Federation
from dunnock.foundation.clock import MINUTE
from dunnock.foundation.db import Db, Row, Tx
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Does, Every
from dunnock.moderation import log
from dunnock.transparency import store
from dunnock.transparency.archive import Amended, amend_release
from dunnock.transparency.releases import Release, folder_of, release_of

NO_FILES = "Its files are not in the folder of releases"


class AmendReleases(Job, frozen=True):
    """Take out of releases what was taken back."""

    within_ms = 30 * MINUTE


EVERY: tuple[Every, ...] = (Every(AmendReleases(), MINUTE),)


async def mark_stale(tx: Tx, event: moderation.DecisionReversed) -> None:
    """What tells of it is to be amended."""
    for release_id, decisions in await tx.all(store.MADE):
        if event.decision_id in msgspec.json.decode(decisions):
            await tx.run(store.SET_STALE, the=release_id, now=tx.now)


def jobs_of(federation: Federation, releases: Path) -> Does:
    """What amends, in the folder of releases."""

    async def amend(db: Db, _: AmendReleases) -> None:
        await amend_stale(db, federation, releases)

    return {AmendReleases: amend}


async def amend_stale(db: Db, federation: Federation, releases: Path) -> int:
    """Amend what is stale and can be; how many got a new version."""
    number = 0
    for row in await db.all(store.STALE):
        release = release_of(row)
        states = {(await moderation.find_decision(db, one)).state for one in release.decisions}
        if "undoing" in states:
            continue
        folder = folder_of(releases, release.manifest)
        if folder is None:
            async with db.begin() as tx:
                await tx.run(store.SET_TROUBLE, the=release.id, new_trouble=NO_FILES)
            continue
        amended = await amend_release(db, federation, folder, bytes.fromhex(row[10]))
        await _note(db, release, row, amended)
        number += amended is not None
    return number


async def _note(db: Db, release: Release, row: Row, amended: Amended | None) -> None:
    """Write down the new version; the log of staff says so in the name of who took the first decision."""
    asked = (await moderation.find_decision(db, release.decisions[0])).by_account_id
    async with db.begin() as tx:
        if amended is not None:
            if not await tx.run(
                store.SET_AMENDED,
                the=release.id,
                old_manifest=release.manifest,
                new_manifest=amended.manifest,
                new_counts=msgspec.json.encode(amended.counts).decode(),
            ):
                return
            await tx.run(
                store.ADD_VERSION, release_id=release.id, version=release.version, manifest=release.manifest,
                counts=msgspec.json.encode(release.counts).decode(),
                taken_out=msgspec.json.encode(amended.taken_out).decode(), until=tx.now,
            )  # fmt: skip
            await log.note_by(
                tx, asked, "release.amend", release.id, called=release.title, manifest=amended.manifest,
                taken_out=amended.taken_out,
            )  # fmt: skip
        await tx.run(store.SET_FRESH, the=release.id, was_stale=row[8])
