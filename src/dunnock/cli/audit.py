"""`dunnock audit`: test personas read For You in a made-up world, and what they were shown is counted."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from cyclopts import App

from dunnock.cli import Refused
from dunnock.cli.options import DataOption, settings_of
from dunnock.foundation.db import Db, open_db
from dunnock.foundation.settings import Settings

if TYPE_CHECKING:
    from dunnock.feeds.for_you.audit import Report
    from dunnock.feeds.for_you.model import Model

app = App(name="audit", help="Audit our own ranking with test personas.")


@app.command
def run(
    plan: str,
    /,
    *,
    to: Path | None = None,
    before: Path | None = None,
    weights: Path | None = None,
    publish: bool = False,
    processes: int = 0,
    data: DataOption = None,
) -> None:
    """Run a plan; exit code 1 when a bar is broken. The same plan and weights give the same files, byte for byte.

    Args:
        plan: A TOML file with personas (docs/for-you.md), the name of a plan that comes with the program (ages, newcomer), or a
            report.json whose plan is to be run again.
        to: A folder for report.json and report.html [default: only the summary is printed].
        before: An earlier report.json to compare with: in report.html, and by figures in comparison.json.
        weights: The weight file to audit [default: with --publish the one in force, else the one that comes with the program].
        publish: Put the report on this server's transparency pages, whatever it says.
        processes: How many work at it [default: one for each core]; the report is the same.
        data: The data directory, with --publish [default: DUNNOCK_DATA, else ./data].
    """
    from dunnock.feeds.for_you.audit import (  # noqa: PLC0415 (commands start fast)
        BadPlan,
        Report,
        bytes_of,
        compare,
        page_of,
        plan_named,
        plans,
        read_plan,
    )
    from dunnock.feeds.for_you.audit import run as audit  # noqa: PLC0415
    from dunnock.feeds.for_you.features import NAMES  # noqa: PLC0415
    from dunnock.feeds.for_you.model import BadWeights, Model, default_text  # noqa: PLC0415

    try:
        if plan.endswith(".json"):
            read = msgspec.json.decode(Path(plan).read_bytes(), type=Report).plan
        else:
            read = read_plan(plan_named(plan) if plan in plans() else Path(plan).read_text("utf-8"))
        last = None if before is None else msgspec.json.decode(before.read_bytes(), type=Report)
        settings = settings_of(data) if publish else None
        if weights is not None:
            model = Model(weights.read_text("utf-8"), NAMES)
        else:
            model = Model(default_text(), NAMES) if settings is None else asyncio.run(_in_force(settings))
    except (OSError, UnicodeDecodeError, BadPlan, BadWeights, msgspec.MsgspecError) as error:
        raise Refused(str(error)) from error
    report = audit(read, model, processes=max(1, processes or os.cpu_count() or 1))
    if to is not None:
        to.mkdir(parents=True, exist_ok=True)
        (to / "report.json").write_bytes(bytes_of(report))
        if last is not None:
            compared = msgspec.json.format(msgspec.json.encode(compare(report, last)))
            (to / "comparison.json").write_bytes(compared + b"\n")
        (to / "report.html").write_text(page_of(report, last), "utf-8")
    if settings is not None:
        asyncio.run(_publish(settings, plan if plan in plans() else Path(plan).stem, report, model))
    shown = sum(one.shown for one in report.seen)
    print(f"{len(report.seen)} personas were shown {shown:,} posts over {read.days} days.")
    for name, held in report.passed.items():
        print(f"{'held  ' if held else 'BROKEN'} {name.replace('_', ' ')}")
    if not all(report.passed.values()):
        raise Refused("The ranking does not hold what it is to hold.")


async def _open(settings: Settings) -> Db:
    return await open_db(settings.database, redis_url=settings.redis_url)


async def _in_force(settings: Settings) -> Model:
    from dunnock.feeds.for_you.versions import in_force  # noqa: PLC0415

    db = await _open(settings)
    try:
        return await in_force(db)
    finally:
        await db.close()


async def _publish(settings: Settings, plan: str, report: Report, model: Model) -> None:
    from dunnock import transparency  # noqa: PLC0415
    from dunnock.feeds.for_you.versions import keep  # noqa: PLC0415

    db = await _open(settings)
    try:
        async with db.begin() as tx:
            await keep(tx, model.text, None)  # so that everybody can run it again
            made = await transparency.publish_audit(tx, plan, report)
    finally:
        await db.close()
    print(f"Published as {settings.public_url}/transparency/audits/{made.id}, SHA-256 {made.checksum}.")
