"""GET /metrics for Prometheus. Requests are counted by hand, since they are many; the rest is looked up when asked for."""

from __future__ import annotations

import functools
import hmac
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import structlog
from litestar import Request, Response, get
from litestar.di import NamedDependency

from dunnock.api.streaming import Counts as StreamCounts
from dunnock.foundation import backups
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Kind
from dunnock.foundation.jobs import backlog
from dunnock.foundation.reactions import dead_letters, lags
from dunnock.foundation.settings import Settings

BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
SLOW_S = 1.0  # a request that took longer is worth a line in the log
_CLASSES = {
    "": "page",
    "api": "api",
    "oauth": "oauth",
    "auth": "auth",
    "settings": "page",
    "media": "media",
    "assets": "asset",
    ".well-known": "well-known",
    "nodeinfo": "well-known",
    "users": "activitypub",
    "inbox": "activitypub",
    "health": "health",
    "healthz": "health",
    "metrics": "health",
    "tags": "page",
    "about": "page",
}
# Of the API, the part behind the version; anything else is counted together, so that no stranger makes up labels.
_AREAS = frozenset(
    {
        "statuses",
        "timelines",
        "accounts",
        "instance",
        "media",
        "notifications",
        "search",
        "lists",
        "favourites",
        "bookmarks",
        "apps",
        "follow_requests",
        "custom_emojis",
        "blocks",
        "mutes",
        "domain_blocks",
        "markers",
        "filters",
        "preferences",
        "trends",
        "streaming",
        "push",
        "tags",
        "conversations",
    }
)
_log = structlog.get_logger()


class Counts(msgspec.Struct):
    """Requests of one class and status: how many, their seconds in sum, and how many within each of `BOUNDS_S` (and beyond)."""

    number: int = 0
    seconds: float = 0.0
    within: list[int] = msgspec.field(default_factory=lambda: [0] * (len(BOUNDS_S) + 1))


class Saved(msgspec.Struct):
    """What one process leaves for the others: (route, status, counts) of its requests, and its streams."""

    requests: list[tuple[str, int, Counts]]
    streams: StreamCounts


class Counted:
    """The outermost ASGI app: counts each request of `app` by class and status and logs the slow and the failed."""

    def __init__(self, app: Any) -> None:
        """In front of `app`, which may be given later."""
        self.app = app
        self.counts: dict[tuple[str, int], Counts] = {}
        self.under_way = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 0

        def note(message: Any) -> Any:
            nonlocal status
            if not status:
                status = message["status"]
            return send(message)

        begun = time.perf_counter()
        self.under_way += 1
        try:
            await self.app(scope, receive, note)
        finally:
            self.under_way -= 1
            took = time.perf_counter() - begun
            key = (class_of(scope["path"]), status or 499)
            found = self.counts.get(key)
            if found is None:
                found = self.counts[key] = Counts()
            found.number += 1
            found.seconds += took
            found.within[bisect_left(BOUNDS_S, took)] += 1
            if status >= 500 or took > SLOW_S:
                self._tell(scope, key[0], status, took)

    def _tell(self, scope: Any, route: str, status: int, took: float) -> None:
        visit = scope.get("visit")
        request_id = visit.request_id.decode() if visit is not None else ""
        say = _log.error if status >= 500 else _log.warning
        say(
            "request failed" if status >= 500 else "slow request",
            route=route,
            method=scope["method"],
            status=status,
            ms=round(took * 1000),
            request_id=request_id,
        )


@functools.lru_cache(4096)
def class_of(path: str) -> str:
    """The label of a path: few, fixed words, whatever strangers ask for."""
    parts = path.split("/", 4)
    first = parts[1] if len(parts) > 1 else ""
    if first == "api":
        area = parts[3] if len(parts) > 3 else ""
        return f"api/{area}" if area in _AREAS else "api/other"
    if first.startswith("@"):
        return "page"
    return _CLASSES.get(first, "other")


_FORWARDED = (b"x-forwarded-for", b"x-real-ip", b"forwarded", b"via")
Look = Callable[[], int]


class Metrics:
    """What one process knows about itself. `sizes`: name of a cache -> how many entries it holds."""

    def __init__(
        self,
        db: Db,
        counted: Counted,
        sizes: Mapping[str, Look],
        streams: StreamCounts,
        *,
        shared: Path | None = None,
        data: Path | None = None,
    ) -> None:
        """`shared`: a folder where the processes of one server leave their counts for each other; None: there is only one.

        `data`: the data directory, where the last backup is noted.
        """
        self._data = data
        self._db, self._counted, self._sizes, self._streams, self._shared = db, counted, sizes, streams, shared

    def save(self, name: str) -> None:
        """Leave this process's counts for the others to add up."""
        if self._shared is not None:
            rows = [(route, status, one) for (route, status), one in self._counted.counts.items()]
            half = self._shared / f"{name}.half"
            half.write_bytes(msgspec.json.encode(Saved(rows, self._streams)))
            half.rename(self._shared / f"{name}.json")

    def _others(self, name: str | None) -> Iterator[Saved]:
        for path in self._shared.glob("*.json") if self._shared is not None else ():
            if path.stem != name:
                yield msgspec.json.decode(path.read_bytes(), type=Saved)

    def streams(self, name: str | None = None) -> StreamCounts:
        """The streams of all processes, as `requests`."""
        total = StreamCounts()
        for one in (self._streams, *[saved.streams for saved in self._others(name)]):
            total.add(one)
        return total

    def requests(self, name: str | None = None) -> dict[tuple[str, int], Counts]:
        """The request counts of all processes, this one's (called `name`) being fresh."""
        total = dict(self._counted.counts)
        for saved in self._others(name):
            for route, status, one in saved.requests:
                mine = total.get((route, status), Counts())
                total[route, status] = Counts(
                    mine.number + one.number,
                    mine.seconds + one.seconds,
                    [a + b for a, b in zip(mine.within, one.within, strict=True)],
                )
        return total

    async def text(self, name: str | None = None) -> bytes:
        """Everything in Prometheus' text format."""
        from prometheus_client import generate_latest  # noqa: PLC0415 (only servers that are watched pay for it)
        from prometheus_client.core import (  # noqa: PLC0415
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
            Metric,
        )
        from prometheus_client.process_collector import ProcessCollector  # noqa: PLC0415
        from prometheus_client.registry import CollectorRegistry  # noqa: PLC0415

        families: list[Metric] = []

        def gauge(metric: str, doc: str, label: str, rows: Mapping[str, float]) -> None:
            family = GaugeMetricFamily(metric, doc, labels=[label] if label else [])
            for value, number in rows.items():
                family.add_metric([value] if label else [], number)
            families.append(family)

        requests = self.requests(name)
        number = CounterMetricFamily("dunnock_requests", "Requests answered", labels=["route", "status"])
        took: dict[str, Counts] = {}
        for (route, status), one in sorted(requests.items()):
            number.add_metric([route, str(status)], one.number)
            sum_up = took.setdefault(route, Counts())
            sum_up.number += one.number
            sum_up.seconds += one.seconds
            sum_up.within = [a + b for a, b in zip(sum_up.within, one.within, strict=True)]
        families.append(number)
        seconds = HistogramMetricFamily("dunnock_request_seconds", "Time until the answer was sent", labels=["route"])
        for route, one in took.items():
            seconds.add_metric([route], buckets=list(_buckets(one)), sum_value=one.seconds)
        families.append(seconds)
        gauge("dunnock_requests_under_way", "Requests being answered", "", {"": self._counted.under_way})
        behind = await lags(self._db)
        gauge(
            "dunnock_reaction_lag_events",
            "Events not looked at yet",
            "reaction",
            {x.reaction: x.events for x in behind},
        )
        gauge(
            "dunnock_reaction_lag_seconds",
            "Age of the oldest of them",
            "reaction",
            {x.reaction: x.age_ms / 1000 for x in behind},
        )
        dead: dict[str, float] = {}
        for letter in await dead_letters(self._db, most=1000):
            dead[letter.reaction] = dead.get(letter.reaction, 0) + 1
        gauge("dunnock_dead_letters", "Events that a reaction gave up on (at most 1000 are counted)", "reaction", dead)
        gauge(
            "dunnock_jobs_waiting",
            "Jobs to be done",
            "kind",
            {kind: count for kind, count, _ in await backlog(self._db)},
        )
        gauge(
            "dunnock_cache_entries",
            "Entries held in memory",
            "cache",
            {key: look() for key, look in self._sizes.items()},
        )
        backup = None if self._data is None else backups.last(self._data)
        age = {} if backup is None else {"": (now_ms() - backup.at) / 1000}
        gauge("dunnock_backup_age_seconds", "Since the last backup", "", age)
        streams = self.streams(name)
        gauge("dunnock_streams", "Streams that are open", "kind", streams.open)
        for metric, doc, label, counted in (
            ("dunnock_stream_events", "Events sent to streams", "event", streams.sent),
            ("dunnock_streams_dropped", "Streams that the server ended", "why", streams.dropped),
        ):
            total = CounterMetricFamily(metric, doc, labels=[label])
            for value, times in counted.items():
                total.add_metric([value], times)
            families.append(total)
        commits = self._db.commits
        families.append(
            CounterMetricFamily("dunnock_db_commits", "Commits (a group counts once)", value=commits.number)
        )
        families.append(
            CounterMetricFamily("dunnock_db_commit_seconds", "Time spent in commits", value=commits.seconds)
        )

        class Ours:
            def collect(self) -> Iterator[Metric]:
                yield from families

        registry = CollectorRegistry()
        registry.register(Ours())
        ProcessCollector(registry=registry)
        return generate_latest(registry)


def _buckets(one: Counts) -> Iterator[tuple[str, float]]:
    total = 0
    for bound, count in zip((*BOUNDS_S, float("inf")), one.within, strict=True):
        total += count
        yield ("+Inf" if bound == float("inf") else repr(bound), total)


class MetricsDenied(DomainError):
    """Only this machine, or who has the token, may read the metrics."""

    code, kind, safe = "metrics_denied", Kind.DENIED, "Metrics are for this machine only"


@get("/metrics", include_in_schema=False)
async def show_metrics(
    request: Request[Any, Any, Any], settings: NamedDependency[Settings], metrics: NamedDependency[Metrics]
) -> Response[bytes]:
    """The metrics of this server."""
    visit = request.scope["visit"]  # type: ignore[typeddict-item]
    given: bytes = visit.authorization or b""
    if settings.metrics_token:
        if not hmac.compare_digest(given, b"Bearer " + settings.metrics_token.encode()):
            raise MetricsDenied
    elif not _is_loopback(visit.address) or any(name in _FORWARDED for name, _ in request.scope["headers"]):
        raise MetricsDenied  # a proxy on this machine hands on what strangers ask
    return Response(
        await metrics.text(),
        media_type="text/plain; version=0.0.4; charset=utf-8",
        headers={"cache-control": "no-store"},
    )


def _is_loopback(address: str) -> bool:
    return address.startswith("127.") or address == "::1" or not address


HANDLERS = [show_metrics]
