"""Staff's own rules for the watch: write one, see what it would have met, let it run, judge what met it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import integrity
from dunnock.api.kit import Form, Query
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.integrity import rules
from dunnock.web.admin.desk import desk
from dunnock.web.admin.names import names_of
from dunnock.web.evidence import Reads
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_A_PAGE = 50
HERE = "/admin/watch-rules"


class RulesForm(Sent):
    """A new rule; or (`what` release or refuse) what to say of `hits`; or (`what` end_hold) which server to let through."""

    what: str = "write"
    name: str = ""
    condition: str = ""
    effect: str = "review"
    days: int = 7
    hits: tuple[int, ...] = ()
    reason: str = ""
    hold: int = 0


class RuleParams(DoneParams, frozen=True):
    """Which of what met it, below an id."""

    state: str = "waiting"
    below: int = rules.NEWEST


@get(HERE)
async def list_rules(
    *,
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    reads: NamedDependency[Reads],
) -> Response[str]:
    """All rules, and what waits for a person."""
    return await _list(show, staff, reads)


@post(HERE, status_code=303)
async def act_on_rules(
    *,
    form: Form[RulesForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    reads: NamedDependency[Reads],
) -> Response[str] | Response[None]:
    """Write a rule, judge what met one, or let a server through that was held back."""
    try:
        async with db.begin() as tx:
            if form.what == "write":
                made = await rules.write_rule(tx, _written(form), by=staff.account_id)
                return show.go(f"{HERE}/{made}", done="saved")
            if form.what == "end_hold":
                await integrity.end_origin_hold(tx, form.hold, by=staff.account_id)
            else:
                await _judge(tx, form, staff)
    except DomainError as error:
        return await _list(show, staff, reads, form=form, error=error)
    return show.go(HERE, done="acted")


@get(f"{HERE}/{{rule_id:int}}")
async def show_rule(
    *,
    rule_id: FromPath[int],
    params: Query[RuleParams],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    reads: NamedDependency[Reads],
) -> Response[str]:
    """One rule: what it says, what it would have met, what met it."""
    return await _rule(rule_id, params, Place(show, staff, reads))


@post(f"{HERE}/{{rule_id:int}}", status_code=303)
async def act_on_rule(
    *,
    rule_id: FromPath[int],
    form: Form[RulesForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    reads: NamedDependency[Reads],
) -> Response[str] | Response[None]:
    """Change it, let it run, end it, or judge what met it."""
    by, done = staff.account_id, "saved"
    try:
        async with db.begin() as tx:
            match form.what:
                case "change":
                    await rules.change_rule(tx, rule_id, _written(form), by=by)
                case "dry":
                    await rules.start_dry(tx, rule_id, by=by)
                case "live":
                    done = "saved" if await rules.start_live(tx, rule_id, by=by) is None else "second"
                case "end":
                    await rules.end_rule(tx, rule_id, by=by)
                case _:
                    await _judge(tx, form, staff)
                    done = "acted"
    except rules.WatchRuleMissing:
        raise
    except DomainError as error:
        return await _rule(rule_id, RuleParams(), Place(show, staff, reads), form=form, error=error)
    return show.go(f"{HERE}/{rule_id}", done=done)


async def _judge(tx: Tx, form: RulesForm, staff: Member) -> None:
    match form.what:
        case "release":
            await rules.release_hits(tx, form.hits, by=staff.account_id, reason=form.reason)
        case "refuse":
            await rules.refuse_hits(tx, form.hits, by=staff.account_id, reason=form.reason)
        case _:
            raise Invalid(form.what[:20])


def _written(form: RulesForm) -> rules.Written:
    return rules.Written(name=form.name, condition=form.condition, effect=form.effect, days=form.days)


async def _list(
    show: Show, staff: Member, reads: Reads, *, form: RulesForm | None = None, error: DomainError | None = None
) -> Response[str]:
    found = await rules.list_rules(reads.db, by=staff.account_id)
    hits = await rules.waiting_hits(reads.db, by=staff.account_id, most=_A_PAGE)
    origins = await integrity.list_origin_holds(reads.db, by=staff.account_id)
    people = [*(one.account_id for one in hits), *(one.hold.account_id for one in origins)]
    return desk(
        show,
        staff,
        "watch_rules.html",
        error=error,
        form=form or RulesForm(),
        rules=found,
        called={one.id: one.name for one, _ in found},
        hits=hits,
        texts=await _texts(reads, [one.subject_id for one in hits if one.kind == "post"]),
        names=await names_of(reads.account_views, people),
        origins=origins,
    )


class Place(NamedTuple):
    """Where the page of one rule reads, and for whom."""

    show: Show
    staff: Member
    reads: Reads


async def _rule(
    rule_id: int,
    params: RuleParams,
    place: Place,
    *,
    form: RulesForm | None = None,
    error: DomainError | None = None,
) -> Response[str]:
    by, db = place.staff.account_id, place.reads.db
    held = await rules.show_rule(db, rule_id, by=by)
    state = params.state if params.state in rules.MEETING_STATES else "waiting"
    hits = await rules.hits_of(db, rule_id, state, by=by, below=params.below, most=_A_PAGE)
    trial = rules.trial_of(held)
    sample = [] if trial is None else [int(one) for one in trial.sample]
    shown = [*sample, *(one.subject_id for one in hits if one.kind == "post")]
    return desk(
        place.show,
        place.staff,
        "watch_rule.html",
        error=error,
        held=held,
        form=form
        if form is not None and form.what == "change"
        else RulesForm(name=held.name, condition=held.condition, effect=held.effect, days=rules.days_left(held)),
        trial=trial,
        sample=sample,
        state=state,
        states=rules.MEETING_STATES,
        counts=await rules.count_hits(db, rule_id, by=by),
        hits=hits,
        called={held.id: held.name},
        more=hits[-1].id if len(hits) == _A_PAGE else 0,
        texts=await _texts(place.reads, shown),
        names=await names_of(
            place.reads.account_views, [held.made_by, held.live_by, *(one.account_id for one in hits)]
        ),
    )


async def _texts(reads: Reads, ids: Sequence[int]) -> dict[int, str]:
    """What these posts say, without markup; those that are gone are left out."""
    cards = await reads.post_views.get(ids)
    return await reads.post_views.plain_texts(list(cards.values()))


HANDLERS = pages(list_rules, act_on_rules, show_rule, act_on_rule)
