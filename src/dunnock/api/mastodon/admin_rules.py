"""Staff's own rules for the watch, and what met them. Ours: /api/v1/dunnock/admin/{watch_rules,watch_hits}."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts
from dunnock.accounts import Power
from dunnock.api.kit import Called, Form, Query, require, told_id
from dunnock.api.mastodon.admin_cases import DECIDES, READS, WRITES, Asked, asked
from dunnock.api.mastodon.admin_meetings import MeetingsForm, MeetingsParams
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.integrity import rules

HERE: Final = "/api/v1/dunnock/admin"


class HitsParams(MeetingsParams, frozen=True):
    """Those in one state, with an id below `max_id`."""

    state: Literal["noted", "waiting", "released", "refused", "lapsed"] = "waiting"


class RuleForm(msgspec.Struct):
    """A rule: what it is called, its condition, its effect (review, limit or hold), and in how many days it ends (1 to 90).

    `version`: of the rule that was read before it is changed; where somebody else changed it meanwhile, it is refused.
    """

    name: str = ""
    condition: str = ""
    effect: str = "review"
    days: int = 7
    version: int | None = None


class StartForm(msgspec.Struct):
    """`version`: of the rule that was read; `sure`: that it meets a tenth of all that is said, or more, is meant so."""

    version: int | None = None
    sure: bool = False


class WatchTrial(msgspec.Struct, kw_only=True):
    """What it would have met in the last 30 days; `in_good_standing`: of the accounts; `whole`: all was looked at.

    Else as many acts of each day were, of `acts` that there are (0: tried before they were counted).
    """

    looked_at: int
    acts: int
    hits: int
    accounts: int
    in_good_standing: int
    sample_ids: list[str]
    whole: bool
    at: str


class WatchRule(msgspec.Struct, kw_only=True):
    """A rule; `trial` null: it was not tried yet as it is now."""

    id: str
    name: str
    condition: str
    effect: str
    state: str
    version: int
    trial: WatchTrial | None
    made_by_id: str
    live_by_id: str | None
    expires_at: str
    ended_at: str | None


class CountedRule(WatchRule, kw_only=True):
    """With how many of its hits are in which state."""

    hits: dict[str, int]


class WatchHit(msgspec.Struct, kw_only=True):
    """Something that met a rule, and the values by which it did; `limited`: it reads as unlisted because of it.

    `held`: it is not published because of it; `objection`: what its author says to that, null: nothing.
    """

    id: str
    rule_id: str
    version: int
    kind: str
    subject_id: str
    account_id: str | None
    values: dict[str, Any]
    state: str
    limited: bool
    held: bool
    objection: str | None
    reason: str
    judged_by_id: str | None
    decision_id: str | None


@get(f"{HERE}/watch_rules", guards=[require(READS)])
async def list_rules(caller: Called, db: NamedDependency[Db]) -> list[CountedRule]:
    """Rules of staff for the watch, the newest first; at most 200."""
    return [CountedRule(**_rule(one), hits=hits) for one, hits in await rules.list_rules(db, by=me(caller))]


@post(f"{HERE}/watch_rules", guards=[require(WRITES)], status_code=200)
async def write_rule(form: Form[RuleForm], caller: Called, db: NamedDependency[Db]) -> WatchRule:
    """Write a rule, as a draft that is tried on the past."""
    await accounts.permit(db, me(caller), Power.MANAGE_REPORTS)
    async with db.begin() as tx:
        made = await rules.write_rule(tx, _written(form), by=me(caller))
    return WatchRule(**_rule(await rules.show_rule(db, made, by=me(caller))))


@get(f"{HERE}/watch_rules/{{rule_id:int}}", guards=[require(READS)])
async def show_rule(rule_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> WatchRule:
    """One rule, with what its trial found."""
    return WatchRule(**_rule(await rules.show_rule(db, rule_id, by=me(caller))))


@put(f"{HERE}/watch_rules/{{rule_id:int}}", guards=[require(WRITES)])
async def change_rule(
    rule_id: FromPath[int], form: Form[RuleForm], caller: Called, db: NamedDependency[Db]
) -> WatchRule:
    """Let a draft, or what runs dry, say something else; it is a draft again."""
    await accounts.permit(db, me(caller), Power.MANAGE_REPORTS)
    async with db.begin() as tx:
        await rules.change_rule(tx, rule_id, _written(form), by=me(caller), version=form.version)
    return WatchRule(**_rule(await rules.show_rule(db, rule_id, by=me(caller))))


@post(f"{HERE}/watch_rules/{{rule_id:int}}/dry", guards=[require(WRITES)], status_code=200)
async def start_dry(
    rule_id: FromPath[int], form: Form[StartForm], caller: Called, db: NamedDependency[Db]
) -> WatchRule:
    """Let a rule that was tried run without effect."""
    async with db.begin() as tx:
        await rules.start_dry(tx, rule_id, by=me(caller), version=form.version)
    return WatchRule(**_rule(await rules.show_rule(db, rule_id, by=me(caller))))


@post(f"{HERE}/watch_rules/{{rule_id:int}}/live", guards=[require(WRITES)], status_code=200)
async def start_live(rule_id: FromPath[int], form: Form[StartForm], caller: Called, db: NamedDependency[Db]) -> Asked:
    """Let a rule that runs dry take effect, or ask a second person where it takes two."""
    async with db.begin() as tx:
        waits = await rules.start_live(tx, rule_id, by=me(caller), version=form.version, sure=form.sure)
    return asked(waits)


@post(f"{HERE}/watch_rules/{{rule_id:int}}/end", guards=[require(WRITES)], status_code=200)
async def end_rule(rule_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> WatchRule:
    """End a rule, and let go what it keeps and nobody judged."""
    async with db.begin() as tx:
        await rules.end_rule(tx, rule_id, by=me(caller))
    return WatchRule(**_rule(await rules.show_rule(db, rule_id, by=me(caller))))


@get(f"{HERE}/watch_rules/{{rule_id:int}}/hits", guards=[require(READS)])
async def list_hits(
    rule_id: FromPath[int], params: Query[HitsParams], caller: Called, db: NamedDependency[Db]
) -> list[WatchHit]:
    """What met a rule, by what came of it, the newest first; at most 50."""
    found = await rules.hits_of(db, rule_id, params.state, by=me(caller), below=params.max_id)
    return [_hit(one) for one in found]


@get(f"{HERE}/watch_hits", guards=[require(READS)])
async def list_waiting(params: Query[MeetingsParams], caller: Called, db: NamedDependency[Db]) -> list[WatchHit]:
    """What met any rule and waits for a person, the newest first; at most 50."""
    return [_hit(one) for one in await rules.waiting_hits(db, by=me(caller), below=params.max_id)]


@post(f"{HERE}/watch_hits/release", guards=[require(WRITES)], status_code=200)
async def release_hits(form: Form[MeetingsForm], caller: Called, db: NamedDependency[Db]) -> dict[str, int]:
    """Let these be as they were; how many that are."""
    async with db.begin() as tx:
        await rules.release_hits(tx, form.ids, by=me(caller), reason=form.reason)
    return {"done": len(set(form.ids))}


@post(f"{HERE}/watch_hits/refuse", guards=[require(DECIDES)], status_code=200)
async def refuse_hits(form: Form[MeetingsForm], caller: Called, db: NamedDependency[Db]) -> dict[str, int]:
    """Refuse these posts with a reason, which is a decision about their authors; how many that are."""
    async with db.begin() as tx:
        await rules.refuse_hits(tx, form.ids, by=me(caller), reason=form.reason)
    return {"done": len(set(form.ids))}


def _written(form: RuleForm) -> rules.Written:
    return rules.Written(name=form.name, condition=form.condition, effect=form.effect, days=form.days)


def _rule(one: rules.Rule) -> dict[str, Any]:
    trial = rules.trial_of(one)
    return {
        "id": str(one.id), "name": one.name, "condition": one.condition, "effect": one.effect, "state": one.state,
        "version": one.version, "trial": None if trial is None else _trial(trial), "made_by_id": str(one.made_by),
        "live_by_id": told_id(one.live_by), "expires_at": iso(one.expires_at),
        "ended_at": None if one.ended_at is None else iso(one.ended_at),
    }  # fmt: skip


def _trial(one: rules.Trial) -> WatchTrial:
    return WatchTrial(
        looked_at=one.looked, acts=one.of, hits=one.hits, accounts=one.accounts, in_good_standing=one.standing,
        sample_ids=list(one.sample), whole=one.whole, at=iso(one.at),
    )  # fmt: skip


def _hit(one: rules.Hit) -> WatchHit:
    return WatchHit(
        id=str(one.id), rule_id=str(one.rule_id), version=one.version, kind=one.kind, subject_id=str(one.subject_id),
        account_id=told_id(one.account_id), values=one.told, state=one.state, limited=one.limited, held=one.held,
        objection=one.objection or None, reason=one.reason,
        judged_by_id=told_id(one.judged_by), decision_id=told_id(one.decision_id),
    )  # fmt: skip


HANDLERS: list[Any] = [
    list_rules, write_rule, show_rule, change_rule, start_dry, start_live, end_rule, list_hits, list_waiting, release_hits,
    refuse_hits,
]  # fmt: skip
