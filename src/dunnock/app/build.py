"""Builds the house: opens the database, makes what the edges need, collects their handlers."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from litestar.di import Provide

import dunnock
from dunnock.accounts.views import AccountViews
from dunnock.api.activitypub import webfinger
from dunnock.api.kit import Caller, EdgeSettings, Lane, Limits, build_edge
from dunnock.api.mastodon import instance as instances
from dunnock.api.mastodon.instance import Instance
from dunnock.app import health, metrics as watching
from dunnock.app.metrics import Counted, Metrics
from dunnock.app.subscriptions import DOES, EVERY, HEARS
from dunnock.foundation.db import Db, open_db
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings

_PACKAGES = ("dunnock.api", "dunnock.api.mastodon", "dunnock.api.activitypub", "dunnock.web")


class House:
    """Everything of one process: `db`, `reactions`, `jobs`, `edge` (the ASGI app)."""

    def __init__(self, settings: Settings, db: Db, edge: Any, metrics: Metrics) -> None:
        """Use `build`."""
        self.settings, self.db, self.edge, self.metrics = settings, db, edge, metrics
        self.reactions = Reactions(db, HEARS)
        self.jobs = Jobs(db, DOES, EVERY)
        self._working = False

    async def work(self) -> None:
        """Begin to run reactions and jobs in this process."""
        self._working = True
        await self.reactions.start()
        await self.jobs.start()

    async def close(self) -> None:
        """Finish what is in hand, then let go of everything."""
        if self._working:
            await self.reactions.stop()
            await self.jobs.stop()
        await self.db.close()


async def build(settings: Settings, *, shared: Path | None = None) -> House:
    """Open and wire everything; nothing runs yet. `shared`: see `Metrics`."""
    db = await open_db(settings.database)
    lane = Lane()
    account_views = AccountViews(db)
    instance = Instance(db, settings)
    instances.add_to(lane, instance)
    webfinger.add_to(lane, webfinger.WebFinger(account_views, settings), settings)
    # Litestar wants its dependencies first and the counting stands in front of it: the two know each other by `counted`.
    counted = Counted(None)
    metrics = Metrics(db, counted, {"accounts": account_views.cards.__len__}, shared=shared)
    given: dict[str, Any] = {"db": db, "settings": settings, "instance": instance, "metrics": metrics}
    counted.app = build_edge(
        handlers(),
        authenticate=_nobody,
        settings=EdgeSettings(
            limits=Limits(upload_bytes=settings.media_bytes),
            trusted_proxies=settings.trusted_proxies,
            dev=settings.dev,
        ),
        lane=lane,
        version=dunnock.__version__,
        dependencies={name: Provide(_giver(value), sync_to_thread=False) for name, value in given.items()},
    )
    return House(settings, db, counted, metrics)


def handlers() -> list[Any]:
    """Every `HANDLERS` of the edges."""
    found = [*health.HANDLERS, *watching.HANDLERS]
    for package in _PACKAGES:
        if importlib.util.find_spec(package) is None:
            continue
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
            if module.name != "dunnock.api.kit":
                found += getattr(importlib.import_module(module.name), "HANDLERS", [])
    return found


def _giver(value: Any) -> Callable[[], Any]:
    def give() -> Any:
        return value

    return give


async def _nobody(_: bytes) -> Caller | None:
    return None
