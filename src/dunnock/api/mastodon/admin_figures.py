"""Figures for staff. Wire names: Admin::Measure, Admin::Dimension, Admin::Cohort."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from litestar import post
from litestar.di import NamedDependency

from dunnock import __version__
from dunnock.api.kit import Called, Form, Id, require
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid
from dunnock.foundation.settings import Settings
from dunnock.moderation import figures
from dunnock.moderation.figures import About, Span

PARTS = 10


class OfTag(msgspec.Struct):
    """Which hashtag."""

    id: Id | None = None


class OfServer(msgspec.Struct):
    """Which server."""

    domain: str | None = None


class FiguresForm(msgspec.Struct):
    """Which figures, from when to when (ISO 8601; the last thirty days where nothing is said), and of what."""

    keys: list[str] = []
    start_at: str = ""
    end_at: str = ""
    limit: int | None = None
    frequency: str = ""
    tag_accounts: OfTag | None = None
    tag_uses: OfTag | None = None
    tag_servers: OfTag | None = None
    tag_languages: OfTag | None = None
    instance_accounts: OfServer | None = None
    instance_media_attachments: OfServer | None = None
    instance_reports: OfServer | None = None
    instance_statuses: OfServer | None = None
    instance_follows: OfServer | None = None
    instance_followers: OfServer | None = None
    instance_languages: OfServer | None = None


class MeasureData(msgspec.Struct, kw_only=True):
    """A day and its figure."""

    date: str
    value: str


class Measure(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Admin::Measure."""

    key: str
    unit: str | None
    total: str
    data: list[MeasureData]
    human_value: str | msgspec.UnsetType = msgspec.UNSET
    previous_total: str | msgspec.UnsetType = msgspec.UNSET


class DimensionData(msgspec.Struct, kw_only=True):
    """One value of a dimension."""

    key: str
    human_key: str
    value: str
    unit: str | msgspec.UnsetType = msgspec.UNSET
    human_value: str | msgspec.UnsetType = msgspec.UNSET


class Dimension(msgspec.Struct, kw_only=True):
    """Admin::Dimension."""

    key: str
    data: list[DimensionData]


class CohortData(msgspec.Struct, kw_only=True):
    """How many of a period's newcomers came in a later one."""

    date: str
    rate: float
    value: str


class Cohort(msgspec.Struct, kw_only=True):
    """Admin::Cohort."""

    period: str
    frequency: Literal["day", "month"]
    data: list[CohortData]


@post("/api/v1/admin/measures", guards=[require("admin:read")], status_code=200)
async def list_measures(form: Form[FiguresForm], caller: Called, db: NamedDependency[Db]) -> list[Measure]:
    """Figures by day, their sum, and that of as many days before."""
    await figures.permit(db, by=me(caller))
    span = Span.of(_moment(form.start_at, "start_at"), _moment(form.end_at, "end_at"))
    made = []
    for key in figures.known(form.keys, figures.MEASURES):
        one = await figures.measure(db, key, span, _about(form, key))
        if one is not None:
            made.append(
                Measure(
                    key=one.key,
                    unit=one.unit,
                    total=str(one.total),
                    data=[MeasureData(date=iso(day), value=str(figure)) for day, figure in one.data.items()],
                    human_value=msgspec.UNSET if one.unit is None else _size(one.total),
                    previous_total=msgspec.UNSET if one.previous is None else str(one.previous),
                )
            )
    return made


@post("/api/v1/admin/dimensions", guards=[require("admin:read")], status_code=200)
async def list_dimensions(
    form: Form[FiguresForm], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> list[Dimension]:
    """What the figures are made of, the most first."""
    await figures.permit(db, by=me(caller))
    span = Span.of(_moment(form.start_at, "start_at"), _moment(form.end_at, "end_at"))
    made = []
    for key in figures.known(form.keys, figures.DIMENSIONS):
        parts = await figures.dimension(
            db,
            key,
            span,
            _about(form, key),
            most=PARTS if form.limit is None else form.limit,
            server=settings.domain,
            version=__version__,
        )
        if parts is not None:
            made.append(Dimension(key=key, data=[_data(one) for one in parts]))
    return made


@post("/api/v1/admin/retention", guards=[require("admin:read")], status_code=200)
async def list_retention(form: Form[FiguresForm], caller: Called, db: NamedDependency[Db]) -> list[Cohort]:
    """Of those who joined in each day or month, how many still came later."""
    await figures.permit(db, by=me(caller))
    frequency: Literal["day", "month"] = "month" if form.frequency == "month" else "day"
    begin, end = _moment(form.start_at, "start_at"), _moment(form.end_at, "end_at")
    if begin is None or end is None or not form.frequency:
        return []  # as Mastodon where one of them is missing
    found = await figures.retention(db, begin, end, frequency)
    return [
        Cohort(
            period=iso(one.period),
            frequency=frequency,
            data=[CohortData(date=iso(at), rate=rate, value=str(number)) for at, number, rate in one.data],
        )
        for one in found
    ]


def _about(form: FiguresForm, key: str) -> About:
    said = getattr(form, key, None)
    if isinstance(said, OfTag):
        return About(tag=said.id)
    return About(domain=said.domain.strip().lower() or None) if isinstance(said, OfServer) and said.domain else About()


def _data(part: figures.Part) -> DimensionData:
    made = DimensionData(key=part.key, human_key=part.name, value=part.value)
    if part.unit is not None:
        made.unit, made.human_value = part.unit, _size(int(part.value))
    elif part.key in {"dunnock", "python", "sqlite", "postgresql"}:
        made.human_value = part.value
    return made


def _size(number: int) -> str:
    """Bytes in words."""
    size, units = float(number), ["Bytes", "KB", "MB", "GB", "TB"]
    while size >= 1024 and len(units) > 1:
        size /= 1024
        units.pop(0)
    return f"{size:.3g} {units[0]}" if size < 1000 else f"{size:.0f} {units[0]}"


def _moment(said: str, name: str) -> int | None:
    """Unix milliseconds; None when nothing was said."""
    if not said.strip():
        return None
    try:
        moment = datetime.fromisoformat(said.strip())
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return int(moment.timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise Invalid(name, say=f"Validation failed: {name} is not a date") from error


HANDLERS: list[Any] = [list_measures, list_dimensions, list_retention]
