"""What staff do with rules: write, change, try, start, end. Each act is in the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dunnock import accounts
from dunnock.accounts import Power, Staff
from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.foundation.db import Reader, Tx
from dunnock.integrity.meetings.judge import NEEDS
from dunnock.integrity.meetings.letting_go import let_go_waiting
from dunnock.integrity.rules import store
from dunnock.integrity.rules.condition import checked
from dunnock.integrity.rules.errors import WatchRuleMissing, WatchRuleRefused
from dunnock.integrity.rules.judge import KIND
from dunnock.integrity.rules.model import EFFECTS, LONGEST_LIFE_MS, MOST_IN_FORCE, Effect, Rule, Trial
from dunnock.integrity.rules.trial import TryRule
from dunnock.moderation import log, second

LONGEST_NAME = 100
_MOST_LISTED = 200
TO_START = Power.MANAGE_BLOCKS
"""What starting a rule that does something needs."""


BROAD = 0.1
"""A rule that would meet so large a part of what is said keeps the whole server waiting, not a few."""
_FEW_ACTS = 100
"""So few tell nothing of parts."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants a rule to be; it ends `days` from now (1 to 90)."""

    name: str
    condition: str
    effect: str = "review"
    days: int = 7


async def write_rule(tx: Tx, written: Written, *, by: int) -> int:
    """A new rule, as a draft; its id. It is tried on the past at once.

    Raises: NotPermitted; ConditionRefused; WatchRuleRefused: its name, effect or end is not as it may be.
    """
    staff = await log.acting(tx, by, NEEDS)
    effect, rule_id = _check(written), tx.new_id()
    await tx.run(
        store.ADD, id=rule_id, name=written.name.strip(), condition=written.condition.strip(), effect=effect, version=1,
        made_by=by, expires_at=tx.now + written.days * DAY,
    )  # fmt: skip
    await log.note(tx, staff, "watch_rule.write", rule_id, called=written.name.strip(), version=1,
                   condition=written.condition.strip(), effect=effect, days=written.days)  # fmt: skip
    await tx.enqueue(TryRule(rule_id, 1))
    return rule_id


async def change_rule(tx: Tx, rule_id: int, written: Written, *, by: int, version: int | None = None) -> None:
    """Let a rule that is a draft or in a dry run say something else: a new version, a draft again, tried on the past anew.

    Here and below, `version` is the one that `by` has read; None: whichever there is.

    Raises: as `write_rule`; WatchRuleMissing; WatchRuleRefused: it is live or over, or somebody changed it meanwhile.
    """
    staff = await log.acting(tx, by, NEEDS)
    held = await _hold(tx, rule_id, version)
    effect = _check(written)
    if held.state not in {"draft", "dry"}:
        raise WatchRuleRefused(held.state, say="Validation failed: What is live or over can't be changed")
    version = held.version + 1
    await tx.run(
        store.CHANGE, the=rule_id, new_name=written.name.strip(), new_condition=written.condition.strip(), new_effect=effect,
        new_end=tx.now + written.days * DAY, new_version=version,
    )  # fmt: skip
    await tx.run(store.SET_STATE, the=rule_id, new_state="draft", who=None, ended=None)
    await log.note(tx, staff, "watch_rule.change", rule_id, called=written.name.strip(), version=version,
                   condition=written.condition.strip(), effect=effect, days=written.days)  # fmt: skip
    await tx.enqueue(TryRule(rule_id, version))


async def start_dry(tx: Tx, rule_id: int, *, by: int, version: int | None = None) -> None:
    """Let a rule that was tried run without doing anything; a live one does nothing any more.

    Raises: NotPermitted; WatchRuleMissing; WatchRuleRefused: it was not tried yet, is over, changed meanwhile, or too many are
        in force.
    """
    staff = await log.acting(tx, by, NEEDS)
    held = await _hold(tx, rule_id, version)
    if held.state == "dry":
        return
    if held.state == "ended" or held.tested != held.version:
        raise WatchRuleRefused(held.state, say="Validation failed: It must be tried on the past first")
    if held.state == "draft":
        await _check_number(tx)
    await tx.run(store.SET_STATE, the=rule_id, new_state="dry", who=None, ended=None)
    await log.note(tx, staff, "watch_rule.dry", rule_id, called=held.name, version=held.version)


async def start_live(tx: Tx, rule_id: int, *, by: int, version: int | None = None, sure: bool = False) -> int | None:
    """Let a rule that is in a dry run do what it says. The request that somebody else must agree to first; None: it is live.

    It takes two when its trial found more accounts than one person may judge alone, and it does more than to show. `sure`: that
    it would meet a large part of all (`is_broad`) is meant so.

    Raises: NotPermitted; WatchRuleMissing; WatchRuleRefused: it is in no dry run, changed meanwhile, or is broad.
    """
    staff = await log.acting(tx, by, TO_START)
    held = await _hold(tx, rule_id, version)
    _check_dry(held)
    trial = msgspec.json.decode(held.trial, type=Trial)
    if held.effect != "review" and is_broad(trial) and not sure:
        part = f"{trial.hits / trial.looked:.0%}"
        raise WatchRuleRefused(
            part, say=f"Validation failed: It would meet {part} of all that is said: say that it is meant so"
        )
    many = held.effect != "review" and trial.accounts > second.MOST_ALONE
    if many and await second.has_second(tx, staff, TO_START):
        body = {
            "rule": str(rule_id),
            "version": held.version,
            "name": held.name,
            "condition": held.condition,
            "effect": held.effect,
            "expires_at": held.expires_at,
            "accounts": trial.accounts,
        }
        return await second.needs_second(tx, "watch_rule", body, staff, why=held.name)
    await _go_live(tx, held, staff)
    return None


@second.done_by("watch_rule", TO_START)
async def _agreed(tx: Tx, body: Mapping[str, Any], asker: Staff, _: Staff) -> None:
    held = await _hold(tx, int(body["rule"]))
    _check_dry(held)
    if held.version != body["version"] or held.expires_at != body["expires_at"]:
        raise WatchRuleRefused(held.version, say="Validation failed: The rule changed since it was asked for")
    await _go_live(tx, held, asker)


async def end_rule(tx: Tx, rule_id: int, *, by: int) -> None:
    """End a rule. What it keeps and nobody looked at is let go. Raises: NotPermitted; WatchRuleMissing."""
    staff = await log.acting(tx, by, NEEDS)
    held = await _hold(tx, rule_id)
    if held.state == "ended":
        return
    await tx.run(store.SET_STATE, the=rule_id, new_state="ended", who=held.live_by, ended=tx.now)
    await log.note(tx, staff, "watch_rule.end", rule_id, called=held.name)
    await let_go_waiting(tx, KIND, rule_id)


async def list_rules(reader: Reader, *, by: int) -> list[tuple[Rule, dict[str, int]]]:
    """The newest 200 rules, each with how many of its hits are in which state. Raises: NotPermitted."""
    await accounts.permit(reader, by, NEEDS)
    found = [store.rule_of(row) for row in await reader.all(store.LIST, most=_MOST_LISTED)]
    counts = await _counts(reader, [one.id for one in found])
    return [(one, counts.get(one.id, {})) for one in found]


async def count_hits(reader: Reader, rule_id: int, *, by: int) -> dict[str, int]:
    """How many of a rule's hits are in which state. Raises: NotPermitted."""
    await accounts.permit(reader, by, NEEDS)
    return (await _counts(reader, [rule_id])).get(rule_id, {})


async def show_rule(reader: Reader, rule_id: int, *, by: int) -> Rule:
    """One rule. Raises: NotPermitted; WatchRuleMissing."""
    await accounts.permit(reader, by, NEEDS)
    row = await reader.one(store.FIND, the=rule_id)
    if row is None:
        raise WatchRuleMissing(rule_id)
    return store.rule_of(row)


def trial_of(rule: Rule) -> Trial | None:
    """What its trial on the past found; None: it was not tried as it is now."""
    return msgspec.json.decode(rule.trial, type=Trial) if rule.trial and rule.tested == rule.version else None


def is_broad(trial: Trial) -> bool:
    """Would it meet a tenth of all or more?"""
    return trial.looked >= _FEW_ACTS and trial.hits >= BROAD * trial.looked


def days_left(rule: Rule) -> int:
    """Whole days until it ends, at least 1."""
    return max(1, min(90, round((rule.expires_at - now_ms()) / DAY)))


async def _counts(reader: Reader, rule_ids: list[int]) -> dict[int, dict[str, int]]:
    counts: dict[int, dict[str, int]] = {}
    for rule_id, state, number in await reader.all(store.COUNTS, ids=rule_ids):
        counts.setdefault(rule_id, {})[state] = number
    return counts


def _check(written: Written) -> Effect:
    if not 0 < len(written.name.strip()) <= LONGEST_NAME:
        raise WatchRuleRefused(
            len(written.name), say=f"Validation failed: Name must have 1 to {LONGEST_NAME} characters"
        )
    effect = next((one for one in EFFECTS if one == written.effect), None)
    if effect is None:
        raise WatchRuleRefused(written.effect[:40], say="Validation failed: Effect is review, limit or hold")
    if not HOUR <= written.days * DAY <= LONGEST_LIFE_MS:
        raise WatchRuleRefused(written.days, say="Validation failed: A rule ends after 1 to 90 days")
    checked(written.condition.strip())
    return effect


def _check_dry(rule: Rule) -> None:
    if rule.state != "dry" or rule.tested != rule.version:
        raise WatchRuleRefused(rule.state, say="Validation failed: Only what is in a dry run can go live")


async def _check_number(tx: Tx) -> None:
    if len(await tx.all(store.IN_FORCE, now=tx.now, most=MOST_IN_FORCE)) >= MOST_IN_FORCE:
        raise WatchRuleRefused(MOST_IN_FORCE, say=f"Validation failed: {MOST_IN_FORCE} rules are in force already")


async def _go_live(tx: Tx, rule: Rule, staff: Staff) -> None:
    await tx.run(store.SET_STATE, the=rule.id, new_state="live", who=staff.account_id, ended=None)
    await log.note(tx, staff, "watch_rule.live", rule.id, called=rule.name, version=rule.version, effect=rule.effect)


async def _hold(tx: Tx, rule_id: int, version: int | None = None) -> Rule:
    row = await tx.one(store.HOLD, the=rule_id)
    if row is None:
        raise WatchRuleMissing(rule_id)
    held = store.rule_of(row)
    if version not in {None, held.version}:
        raise WatchRuleRefused(
            held.version, say="Validation failed: Somebody changed the rule meanwhile; read it again first"
        )
    return held
