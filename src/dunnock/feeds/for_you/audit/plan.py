"""What is audited: who reads, how often, and in what world. A TOML file."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Literal

import msgspec

Behaviour = Literal["passive", "curious", "doom_scrolling", "corrective"]


class Persona(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A test reader. `interest`: a topic from 1; `primed`: so many posts of it were answered before the first day;
    `follows_tag`: it follows the hashtag of its interest; `count`: so many of the kind, each with dice of its own.
    """

    name: str
    behaviour: Behaviour
    interest: int = 1
    primed: int = 10
    minor: bool = False
    follows_tag: bool = False
    count: int = 1


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shares are of all posts (`harmful`) and of all people (`fringe`).

    `homophily`: of what people post, the share that is to their own taste. `bridges`: of the people of topic 1, the share who
    answer the fringe too: the way from a common interest into it. `crowds`: sizes of the campaigns that the block on
    manipulation tries.
    """

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
    homophily: float = 0.7
    bridges: float = 0.0
    crowds: tuple[int, ...] = (10, 100, 1_000, 10_000)

    @property
    def readers(self) -> tuple[Persona, ...]:
        """Every single persona; those of one kind are numbered."""
        return tuple(
            msgspec.structs.replace(one, name=one.name if one.count == 1 else f"{one.name} {n}", count=1)
            for one in self.persona
            for n in range(1, one.count + 1)
        )


class BadPlan(Exception):
    """A plan can't be used; the text says why."""


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
        all(1 <= one.count <= 100 for one in plan.persona)
        and 1 <= len(plan.readers) <= 100
        and 1 <= plan.days <= 60
        and 1 <= plan.refreshes <= 1_000
        and 1 <= plan.page <= 40
        and 20 <= plan.people <= 5_000
        and 20 <= plan.posts_a_day <= 5_000
        and 3 <= plan.topics <= 100
        and all(1 <= one.interest < plan.topics and 0 <= one.primed <= 100 for one in plan.persona)
        and all(0 <= one <= 0.5 for one in (plan.harmful, plan.fringe))
        and all(0 <= one <= 1 for one in (plan.homophily, plan.bridges))
        and len(plan.crowds) <= 20
        and all(2 <= one <= 10_000 for one in plan.crowds)
    )
    if not fits:
        raise BadPlan("A number of the plan is out of range.")
    return plan


def plans() -> tuple[str, ...]:
    """The names of the plans that come with the program."""
    there = files("dunnock.feeds.for_you.audit").joinpath("plans").iterdir()
    return tuple(sorted(one.name.removesuffix(".toml") for one in there if one.name.endswith(".toml")))


def plan_named(name: str) -> str:
    """The text of a plan that comes with the program; `name` is one of `plans()`."""
    return files("dunnock.feeds.for_you.audit").joinpath("plans", f"{name}.toml").read_text("utf-8")
