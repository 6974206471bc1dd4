"""Staff and the alerts of one detector: whom it means, what it saw, and whether it was right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Sized
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import integrity, previews
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.errors import DomainError, Invalid, Missing
from dunnock.posts.hashtag_search import hashtag_names
from dunnock.web.admin.desk import Desk, desk_pages
from dunnock.web.pages import DoneParams, Sent
from dunnock.web.words import N_

DETECTORS = {
    "identity.lookalike": N_("An account looks like a protected name"),
    "identity.return": N_("Somebody who was suspended is back"),
    "identity.shift": N_("An account became another within minutes"),
    "media.stopped": N_("A post shows what staff stopped"),
    "money.same_payee": N_("Protected accounts led to one payee within minutes"),
    "people.flood": N_("Many strangers wrote to one member at once"),
    "people.raiders": N_("Those who raided others came to another member"),
    "takeover.burst": N_("The ways into an account changed within an hour"),
    "takeover.recalled": N_("A member took their account back"),
    "takeover.stolen": N_("From one place somebody knows the passwords of several members"),
    "together.again": N_("Accounts did the same at the same time, again and again"),
    "together.repurposed": N_("Accounts changed their place, woke, and post about one thing"),
    "together.script": N_("Accounts wrote nearly the same within minutes"),
    "trends.held": N_("Something trended that few accounts carry"),
}
"""What each detector says, as people read it."""
_STATES: tuple[integrity.State, ...] = ("open", "confirmed", "dismissed")
_MOST = 100
_LONGEST, _MOST_FACTS = 120, 30
HERE = "/admin/integrity/detectors"


class AlertsParams(DoneParams, frozen=True):
    """Those in which state."""

    state: str = "open"


class AlertForm(Sent):
    """`say` of an alert: confirmed, dismissed or open."""

    alert: Id = 0
    say: str = ""


@get(f"{HERE}/{{name:str}}")
async def show_alerts(name: FromPath[str], params: Query[AlertsParams], desk: NamedDependency[Desk]) -> Response[str]:
    """What a detector said, the latest first."""
    return await _alerts(name, params.state, desk)


@post(f"{HERE}/{{name:str}}", status_code=303)
async def judge_alert(
    name: FromPath[str], form: Form[AlertForm], desk: NamedDependency[Desk]
) -> Response[str] | Response[None]:
    """Say whether it was right."""
    try:
        async with desk.db.begin() as tx:
            match form.say:
                case "open" | "confirmed" | "dismissed" as state:
                    await integrity.judge_signal(tx, form.alert, state, by=desk.by)
                case _:
                    raise Invalid(form.say[:20])
    except integrity.SignalMissing:
        raise
    except DomainError as error:
        return await _alerts(name, "open", desk, error=error)
    return desk.go(f"{HERE}/{name}", "saved")


async def _alerts(name: str, asked: str, desk: Desk, *, error: DomainError | None = None) -> Response[str]:
    if name not in DETECTORS:
        raise Missing(name[:40])
    state: integrity.State = next((one for one in _STATES if one == asked), "open")
    found = await integrity.list_signals(desk.db, name, state, by=desk.by, most=_MOST)
    return desk.page(
        "alerts.html",
        error=error,
        name=name,
        what=DETECTORS[name],
        state=state,
        alerts=[(one, list(facts_of(one.evidence))) for one in found],
        full=len(found) == _MOST,
        names=await desk.names([one.subject_id for one in found if one.kind == "account"]),
        tags=await hashtag_names(desk.db, [one.subject_id for one in found if one.kind == "hashtag"]),
        links=await previews.find(desk.db, [one.subject_id for one in found if one.kind == "link" and one.subject_id]),
        texts=await desk.texts([one.subject_id for one in found if one.kind == "post"]),
    )


def facts_of(evidence: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What it saw, for people to read: each thing with its value; of long lists how many there are. The API has all of it."""
    for key, value in list(evidence.items())[:_MOST_FACTS]:
        yield key, _said(value)


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        told = ", ".join(f"{key} {_said(one)}" for key, one in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        told = ", ".join(_said(one) for one in value)
    elif isinstance(value, float):
        told = f"{value:.4g}"
    else:
        told = str(value)
    return told if len(told) <= _LONGEST else f"{told[:_LONGEST]}… ({len(value) if isinstance(value, Sized) else 1})"


HANDLERS = desk_pages(show_alerts, judge_alert)
