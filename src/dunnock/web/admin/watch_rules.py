"""Staff's own rules for the watch: write one, see what it would have met, let it run, judge what met it."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock.api.kit import Form, Query
from dunnock.foundation.db import Tx
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.integrity import rules
from dunnock.web.admin.desk import Desk, desk_pages
from dunnock.web.pages import DoneParams, Sent

_A_PAGE = 50
HERE = "/admin/watch-rules"


class RulesForm(Sent):
    """A new rule; or (`what` release or refuse) what to say of `hits`.

    `version`: of the rule that was read; `sure`: that it meets much of all that is said is meant so.
    """

    what: str = "write"
    name: str = ""
    condition: str = ""
    effect: str = "review"
    days: int = 7
    version: int | None = None
    sure: bool = False
    hits: tuple[int, ...] = ()
    reason: str = ""


class RuleParams(DoneParams, frozen=True):
    """Which of what met it, below an id."""

    state: str = "waiting"
    below: int = rules.NEWEST


@get(HERE)
async def list_rules(
    *,
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    desk: NamedDependency[Desk],
) -> Response[str]:
    """All rules, and what waits for a person."""
    return await _list(desk)


@post(HERE, status_code=303)
async def act_on_rules(form: Form[RulesForm], desk: NamedDependency[Desk]) -> Response[str] | Response[None]:
    """Write a rule, or judge what met one."""
    try:
        async with desk.db.begin() as tx:
            if form.what == "write":
                made = await rules.write_rule(tx, _written(form), by=desk.by)
                return desk.go(f"{HERE}/{made}", "saved")
            await _judge(tx, form, by=desk.by)
    except DomainError as error:
        return await _list(desk, form=form, error=error)
    return desk.go(HERE, "acted")


@get(f"{HERE}/{{rule_id:int}}")
async def show_rule(rule_id: FromPath[int], params: Query[RuleParams], desk: NamedDependency[Desk]) -> Response[str]:
    """One rule: what it says, what it would have met, what met it."""
    return await _rule(rule_id, params, desk)


@post(f"{HERE}/{{rule_id:int}}", status_code=303)
async def act_on_rule(
    rule_id: FromPath[int], form: Form[RulesForm], desk: NamedDependency[Desk]
) -> Response[str] | Response[None]:
    """Change it, let it run, end it, or judge what met it."""
    by, done = desk.by, "saved"
    try:
        async with desk.db.begin() as tx:
            match form.what:
                case "change":
                    await rules.change_rule(tx, rule_id, _written(form), by=by, version=form.version)
                case "dry":
                    await rules.start_dry(tx, rule_id, by=by, version=form.version)
                case "live":
                    waits = await rules.start_live(tx, rule_id, by=by, version=form.version, sure=form.sure)
                    done = "saved" if waits is None else "second"
                case "end":
                    await rules.end_rule(tx, rule_id, by=by)
                case _:
                    await _judge(tx, form, by=desk.by)
                    done = "acted"
    except rules.WatchRuleMissing:
        raise
    except DomainError as error:
        return await _rule(rule_id, RuleParams(), desk, form=form, error=error)
    return desk.go(f"{HERE}/{rule_id}", done)


async def _judge(tx: Tx, form: RulesForm, *, by: int) -> None:
    match form.what:
        case "release":
            await rules.release_hits(tx, form.hits, by=by, reason=form.reason)
        case "refuse":
            await rules.refuse_hits(tx, form.hits, by=by, reason=form.reason)
        case _:
            raise Invalid(form.what[:20])


def _written(form: RulesForm) -> rules.Written:
    return rules.Written(name=form.name, condition=form.condition, effect=form.effect, days=form.days)


async def _list(desk: Desk, *, form: RulesForm | None = None, error: DomainError | None = None) -> Response[str]:
    found = await rules.list_rules(desk.db, by=desk.by)
    hits = await rules.waiting_hits(desk.db, by=desk.by, most=_A_PAGE)
    return desk.page(
        "watch_rules.html",
        error=error,
        form=form or RulesForm(),
        rules=found,
        called={one.id: one.name for one, _ in found},
        hits=hits,
        texts=await desk.texts([one.subject_id for one in hits if one.kind == "post"]),
        names=await desk.names([one.account_id for one in hits]),
    )


async def _rule(
    rule_id: int,
    params: RuleParams,
    desk: Desk,
    *,
    form: RulesForm | None = None,
    error: DomainError | None = None,
) -> Response[str]:
    by = desk.by
    held = await rules.show_rule(desk.db, rule_id, by=by)
    state = params.state if params.state in rules.MEETING_STATES else "waiting"
    hits = await rules.hits_of(desk.db, rule_id, state, by=by, below=params.below, most=_A_PAGE)
    trial = rules.trial_of(held)
    sample = [] if trial is None else [int(one) for one in trial.sample]
    shown = [*sample, *(one.subject_id for one in hits if one.kind == "post")]
    return desk.page(
        "watch_rule.html",
        error=error,
        held=held,
        form=form
        if form is not None and form.what == "change"
        else RulesForm(name=held.name, condition=held.condition, effect=held.effect, days=rules.days_left(held)),
        trial=trial,
        broad=trial is not None and rules.is_broad(trial),
        sample=sample,
        state=state,
        states=rules.MEETING_STATES,
        counts=await rules.count_hits(desk.db, rule_id, by=by),
        hits=hits,
        called={held.id: held.name},
        more=hits[-1].id if len(hits) == _A_PAGE else 0,
        texts=await desk.texts(shown),
        names=await desk.names([held.made_by, held.live_by, *(one.account_id for one in hits)]),
    )


HANDLERS = desk_pages(list_rules, act_on_rules, show_rule, act_on_rule)
