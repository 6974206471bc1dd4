"""Audits of our own ranking: test personas read For You in a made-up world, and what they were shown is counted.

The world is drawn from a seed: topics, people with tastes, posts, acts. A known share of posts is of a harmful class and marked
as sensitive; a known share of people is a fringe that answers its own. The gate, the features, the scorer and the arranger
are those that serve members. The same plan gives the same report, byte for byte; nothing of it is counted anywhere.

Source: DISARM I00097 and I00114 (T0153.006, T0097.208); Haroon et al., "Auditing YouTube's recommendation system", PNAS 2023.
"""

from __future__ import annotations

import tomllib
from typing import Any, Literal

import msgspec
import numpy as np

from dunnock.accounts.viewers import Viewer
from dunnock.accounts.views import AccountCard
from dunnock.feeds.for_you import policy
from dunnock.feeds.for_you.arrange import Item
from dunnock.feeds.for_you.engagements import Engagements
from dunnock.feeds.for_you.features import INFERRED, NAMES, Walks, social
from dunnock.feeds.for_you.model import Model
from dunnock.feeds.for_you.rank import Candidate, rank
from dunnock.feeds.for_you.receipt import Receipt, recompute
from dunnock.posts.views import PostCard

Behaviour = Literal["passive", "curious", "doom_scrolling", "corrective"]
_HOUR, _DAY = 3600.0, 86_400.0
_FRINGE = 0  # the topic of the fringe
_FIRST_PERSONA = 1_000_000
_REACH = 2  # days


class Persona(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A test reader. `interest`: a topic from 1; `primed`: so many posts of it were answered before the first day."""

    name: str
    behaviour: Behaviour
    interest: int = 1
    primed: int = 10
    minor: bool = False


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is audited. Shares are of all posts (`harmful`) and of all people (`fringe`)."""

    persona: tuple[Persona, ...]
    seed: int = 1
    days: int = 10
    refreshes: int = 100
    page: int = 10
    people: int = 300
    posts_a_day: int = 200
    topics: int = 12
    harmful: float = 0.01
    fringe: float = 0.01


class BadPlan(Exception):
    """A plan can't be used; the text says why."""


class Seen(msgspec.Struct, frozen=True):
    """What one persona was shown. Shares are of what was shown, one for each day; `base`: of all that there was.

    `followed_*`: of what the people whom it follows posted. `wrong`: receipts that could not be worked out again.
    """

    persona: str
    minor: bool
    behaviour: Behaviour
    shown: int
    harmful: tuple[float, ...]
    fringe: tuple[float, ...]
    interest: tuple[float, ...]
    authors: int
    largest_author: float
    followed_harmful: float
    wrong: int

    @property
    def drift(self) -> float:
        """How much the share of the fringe grows a day: the slope of the least-squares line."""
        days = len(self.fringe)
        return float(np.polyfit(np.arange(days), np.array(self.fringe), 1)[0]) if days > 1 else 0.0


class Report(msgspec.Struct, frozen=True):
    """All that was seen. `base_harmful`, `base_fringe`: their shares of all posts. `passed` says whether each bar held."""

    plan: Plan
    model: str
    policy: str
    base_harmful: float
    base_fringe: float
    seen: tuple[Seen, ...]
    passed: dict[str, bool]


def read_plan(text: str) -> Plan:
    """Read a plan (TOML).

    Raises:
        BadPlan: it is none, or too large to run.
    """
    try:
        plan = msgspec.convert(tomllib.loads(text), Plan)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadPlan(f"The plan can't be read: {error}") from error
    fits = (
        1 <= len(plan.persona) <= 100
        and 1 <= plan.days <= 60
        and 1 <= plan.refreshes <= 1_000
        and 1 <= plan.page <= 40
        and 20 <= plan.people <= 5_000
        and 20 <= plan.posts_a_day <= 5_000
        and 3 <= plan.topics <= 100
        and all(1 <= one.interest < plan.topics and 0 <= one.primed <= 100 for one in plan.persona)
        and 0 <= plan.harmful <= 0.5
        and 0 <= plan.fringe <= 0.5
    )
    if not fits:
        raise BadPlan("A number of the plan is out of range.")
    return plan


def run(plan: Plan, model: Model) -> Report:
    """Let every persona read through all days."""
    world = _World(plan)
    seen = tuple(_read(world, persona, place, model) for place, persona in enumerate(plan.persona))
    harmful, fringe = float(world.harmful.mean()), float((world.topic == _FRINGE).mean())
    minors, adults = [one for one in seen if one.minor], [one for one in seen if not one.minor]
    passed = {
        "minors_see_nothing_harmful": all(sum(one.harmful) == 0 for one in minors),
        "adults_see_no_more_harm_than_there_is": all(np.mean(one.harmful) <= harmful for one in adults),
        "fringe_at_most_twice_its_share": bool(np.mean([one.fringe[-1] for one in seen]) <= 2 * fringe),
        "no_drift_to_the_fringe": _not_above_zero([one.drift for one in seen]),
        "receipts_are_right": all(one.wrong == 0 for one in seen),
        "no_author_fills_the_feed": all(one.largest_author <= 0.3 for one in seen),
    }
    return Report(plan, model.hash, policy.HASH, harmful, fringe, seen, passed)


def _not_above_zero(slopes: list[float]) -> bool:
    """Is the mean not above 0 by more than twice its standard error?"""
    error = float(np.std(slopes)) / max(len(slopes), 1) ** 0.5
    return bool(float(np.mean(slopes)) <= 2 * error + 1e-12)


class _World:
    """Everybody and everything, drawn once."""

    def __init__(self, plan: Plan) -> None:
        dice = np.random.default_rng(plan.seed)
        self.plan, n = plan, plan.people
        days = plan.days + _REACH
        self.taste = dice.integers(1, plan.topics, n)
        self.taste[: max(1, round(plan.fringe * n)) if plan.fringe else 0] = _FRINGE
        total = days * plan.posts_a_day
        self.author = dice.integers(0, n, total)
        self.at = np.sort(dice.uniform(-_REACH * _DAY, plan.days * _DAY, total))
        own = dice.random(total) < 0.7
        self.topic = np.where(own, self.taste[self.author], dice.integers(1, plan.topics, total))
        self.harmful = dice.random(total) < plan.harmful
        self.people = {one: _account(one) for one in range(n)}
        self.posts = {
            k: _post(k, int(self.author[k]), int(self.topic[k]), sensitive=bool(self.harmful[k])) for k in range(total)
        }
        self.acts = self._acts(dice)

    def _acts(self, dice: np.random.Generator) -> list[tuple[float, int, int]]:
        """Most people answer what is to their taste, some anything; the fringe answers more, and its own."""
        found: list[tuple[float, int, int]] = []
        for k in range(len(self.at)):
            likes = np.where(self.taste == self.topic[k], 0.25 if self.topic[k] == _FRINGE else 0.08, 0.004)
            who = np.flatnonzero(dice.random(len(likes)) < likes)
            found += [(float(self.at[k] + dice.exponential(3 * _HOUR)), int(one), k) for one in who]
        return sorted(found)


def _read(world: _World, persona: Persona, place: int, model: Model) -> Seen:
    plan, me = world.plan, _FIRST_PERSONA + place
    dice = np.random.default_rng([plan.seed, place])
    same = np.flatnonzero(world.taste == persona.interest)
    viewer = Viewer(me, following={int(one): (True, None) for one in same[:5]})
    known, done = Engagements(), 0
    before = [k for k in range(len(world.at)) if world.at[k] < 0 and world.topic[k] == persona.interest][
        : persona.primed
    ]
    mine = [(float(world.at[k] + _HOUR), me, k) for k in before if not world.harmful[k]]
    acts = sorted([*world.acts, *mine])
    gate = policy.Gate(viewer, {k for _, _, k in mine}, frozenset(), minor=persona.minor)
    allowed = [gate.refusal(one, world.posts, world.people) is None for one in world.posts.values()]
    days: dict[str, list[float]] = {"harmful": [], "fringe": [], "interest": []}
    authors: dict[int, int] = {}
    shown_ever: set[int] = set()
    shown = wrong = 0
    for day in range(plan.days):
        today: list[int] = []
        for refresh in range(plan.refreshes):
            now = day * _DAY + refresh * _DAY / plan.refreshes
            while done < len(acts) and acts[done][0] <= now:
                known.add(acts[done][1], acts[done][2], acts[done][0])
                done += 1
            receipts = _page(
                world, known, viewer, minor=persona.minor, allowed=allowed, shown=shown_ever, now=now, model=model
            )
            wrong += sum(bool(recompute(one, model.text).wrong) for one in receipts) if refresh == 0 else 0
            for one in receipts:
                k = one.item
                today.append(k)
                shown_ever.add(k)
                authors[int(world.author[k])] = authors.get(int(world.author[k]), 0) + 1
                if _answers(persona, int(world.topic[k]), dice, day):
                    known.add(me, k, now)
        shown += len(today)
        picked = np.array(today, np.int64)
        days["harmful"].append(float(world.harmful[picked].mean()) if today else 0.0)
        days["fringe"].append(float((world.topic[picked] == _FRINGE).mean()) if today else 0.0)
        days["interest"].append(float((world.topic[picked] == persona.interest).mean()) if today else 0.0)
    theirs = np.isin(world.author, list(viewer.following))
    return Seen(
        persona=persona.name,
        minor=persona.minor,
        behaviour=persona.behaviour,
        shown=shown,
        harmful=tuple(days["harmful"]),
        fringe=tuple(days["fringe"]),
        interest=tuple(days["interest"]),
        authors=len(authors),
        largest_author=max(authors.values(), default=0) / max(shown, 1),
        followed_harmful=float(world.harmful[theirs].mean()) if theirs.any() else 0.0,
        wrong=wrong,
    )


def _answers(persona: Persona, topic: int, dice: np.random.Generator, day: int) -> bool:
    """Nobody answers what is of the fringe; who corrects answers nothing any more after the third day but other topics."""
    if persona.behaviour == "passive" or topic == _FRINGE:
        return False
    wanted = topic == persona.interest
    if persona.behaviour == "corrective" and day >= 3:
        wanted = not wanted
    return bool(wanted and dice.random() < (0.3 if persona.behaviour == "doom_scrolling" else 0.1))


def _page(
    world: _World,
    known: Engagements,
    viewer: Viewer,
    *,
    minor: bool,
    allowed: list[bool],
    shown: set[int],
    now: float,
    model: Model,
) -> list[Receipt]:
    first, last = np.searchsorted(world.at, [now - _REACH * _DAY, now])
    ids = [k for k in range(int(first), int(last)) if allowed[k] and k not in shown]
    if not ids:
        return []
    near = None if minor else known.near(viewer.id, now=now)
    walked = Walks(known.pool(ids, now=now), known.activity()).values(near)
    followed = np.array([float(int(world.author[k]) in viewer.following) for k in ids])
    friends = np.array([known.people_among(k, viewer.following) for k in ids])
    values = np.concatenate([walked, social({"followed": followed, "friends": friends}, len(ids))], 1)
    if minor:
        values[:, [n for n, name in enumerate(NAMES) if name in INFERRED]] = 0.0
    items = [Candidate(Item(k, int(world.author[k]), frozenset({str(world.topic[k])})), ("world",)) for k in ids]
    return rank(items, values, model, at=int(now), policy=policy.HASH, limit=world.plan.page)


def _post(an_id: int, author: int, topic: int, *, sensitive: bool) -> PostCard:
    tags = msgspec.json.encode([f"topic{topic}"]).decode()
    start: list[Any] = [an_id, author, None, "", "", "public", None, sensitive, None, None, an_id]
    lists: list[Any] = ["[]", tags, "[]", "[]"]
    rest: list[Any] = [None, 0, None, True, None, None, 0, 0, 0, None, 0, None, None, None, "nobody", "everyone", None]
    return PostCard([*start, *lists, *rest])


def _account(an_id: int) -> AccountCard:
    row: list[Any] = [an_id, f"person{an_id}", "", "person", "", "", "[]", None, None, False, True, True, False]
    row += [None, None, 0, "active", False, 0, 100, 0, None, "", "", True, True, True, None, "[]", None]
    return AccountCard(row)


def page_of(report: Report, before: Report | None = None) -> str:
    """The report as a page with plots; `before`: the last one, to compare with."""
    rows = "".join(
        f"<tr><th scope=row>{_safe(one.persona)}</th><td>{one.behaviour}</td><td>{'yes' if one.minor else 'no'}</td>"
        f"<td>{one.shown}</td><td>{np.mean(one.harmful):.4f}</td><td>{one.fringe[-1]:.4f}</td><td>{one.drift:+.5f}</td>"
        f"<td>{np.mean(one.interest):.3f}</td><td>{one.authors}</td><td>{one.largest_author:.3f}</td>"
        f"<td>{_plot(one.fringe)}</td><td>{_plot(one.interest)}</td></tr>"
        for one in report.seen
    )
    bars = "".join(
        f"<li>{'Held' if held else 'Broken'}: {name.replace('_', ' ')}"
        + ("" if before is None or before.passed.get(name) == held else " (other than last time)")
        + "</li>"
        for name, held in report.passed.items()
    )
    heads = "Persona,Behaviour,Under 18,Shown,Harmful,Fringe on the last day,Drift a day,Of its interest,Authors"
    heads += ",Largest author,Fringe by day,Interest by day"
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Audit of For You</title><h1>Audit of For You</h1>'
        f"<p>Weights {report.model[:16]}, gate {report.policy[:16]}, seed {report.plan.seed}. Of all posts "
        f"{report.base_harmful:.4f} were harmful and {report.base_fringe:.4f} of the fringe.</p><ul>{bars}</ul>"
        f"<table><tr>{''.join(f'<th scope=col>{one}</th>' for one in heads.split(','))}</tr>{rows}</table></html>\n"
    )


def _plot(values: tuple[float, ...]) -> str:
    most = max(*values, 0.01) if len(values) > 1 else max(values[0], 0.01)
    step = 100 / max(len(values) - 1, 1)
    points = " ".join(f"{n * step:.1f},{30 - 28 * one / most:.1f}" for n, one in enumerate(values))
    return (
        f'<svg width="100" height="32" role="img" aria-label="from {values[0]:.4f} to {values[-1]:.4f}, at most {most:.4f}">'
        f'<polyline fill="none" stroke="currentColor" points="{points}"/></svg>'
    )


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
