"""Seeded worlds: tables of posts with networks planted among people, and people who only look like networks.

Each maker gives a `World`: columns as `dunnock integrity scan` reads them, and who was planted. No two texts of a world are
nearly the same unless its docstring says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np

DAY = 86_400
START = 1_780_000_000 // DAY * DAY


@dataclass
class World:
    """What happened, a list a column; `role` says of each planted account whether it is core or amplifier."""

    role: dict[str, str] = field(default_factory=dict)
    account_id: list[str] = field(default_factory=list)
    created_at: list[int] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    repost_of: list[str] = field(default_factory=list)
    repost_of_author: list[str] = field(default_factory=list)
    hashtags: list[str] = field(default_factory=list)

    def write(self, who: str, at: float, text: str, tags: tuple[str, ...] = ()) -> int:
        """A post; its number."""
        return self._add(who, at, text=text, tags=tags)

    def boost(self, who: str, at: float, post: int) -> None:
        """A boost of the post of that number."""
        self._add(who, at, of=f"p{post}", author=self.account_id[post])

    def _add(self, who, at, *, text="", of="", author="", tags=()) -> int:
        self.account_id.append(who)
        self.created_at.append(START + int(at))
        self.text.append(text)
        self.repost_of.append(of)
        self.repost_of_author.append(author)
        self.hashtags.append(f"[{', '.join(tags)}]")
        return len(self.account_id) - 1

    def save(self, path: Path) -> Path:
        """The table as Parquet."""
        names = ("account_id", "created_at", "text", "repost_of", "repost_of_author", "hashtags")
        columns = {name: np.array(getattr(self, name)) for name in names}
        db = duckdb.connect()
        db.register("columns", columns)
        db.sql(
            "SELECT account_id, 'p' || (row_number() OVER () - 1) AS post_id, created_at, text, repost_of <> '' AS is_repost,"
            " nullif(repost_of, '') AS repost_of, nullif(repost_of_author, '') AS repost_of_author, hashtags FROM columns"
        ).write_parquet(str(path))
        return path


_PARTS = (
    "honestly|look|again|today|so|once more|for weeks now|listen|well|meanwhile|as we said|by the way",
    "the council|our mayor|this town|the harbour plan|that committee|the press office|every tenant|the new line",
    "hides|delays|sells|forgets|promises|breaks|counts|moves|saves|explains|loses|builds",
    "the budget|two schools|the bridge|our vote|a whole street|the report|free parking|the old market",
    "and nobody asks why|before the summer|with our money|in plain sight|if you read closely|as always|for whom",
)


def sentence(dice: np.random.Generator) -> str:
    """A text of a template grammar, with words of its own, so that no two are nearly the same."""
    parts = [str(dice.choice(words.split("|"))) for words in _PARTS]
    own = ["".join(dice.choice(list("abdeghiklmnoprstuvw"), dice.integers(4, 9))) for _ in range(6)]
    dice.shuffle(own)
    return " ".join([*parts[:2], *own[:3], *parts[2:4], *own[3:], parts[4]])


def agents(seed: int, *, planted: int = 10, people: int = 40, days: int = 4) -> World:
    """A goal shared by agents who write their own texts, use few hashtags together and boost each other, among people who
    follow each other and boost what they see, now and then the agents too; agents boost others as well.
    """
    dice, world = np.random.default_rng(seed), World()
    folk = [f"person{n}" for n in range(people)]
    team = [f"agent{n}" for n in range(planted)]
    world.role = dict.fromkeys(team, "core")
    tags = [f"topic{n}" for n in range(25)]
    cause = ["cause", "cause_now", tags[0]]
    follows = {who: set(dice.choice(folk, 12, replace=False)) for who in folk}
    written: list[tuple[float, str, int]] = []
    for who in folk + team:
        for _ in range(dice.poisson(4 * days)):
            at = float(dice.uniform(0, days * DAY))
            own = who in world.role
            chosen = dice.choice(cause, dice.integers(1, 3), replace=False) if own and dice.random() < 0.7 else ()
            if not own and dice.random() < 0.5:
                chosen = dice.choice(tags, dice.integers(1, 3), replace=False)
            written.append((at, who, world.write(who, at, sentence(dice), tuple(chosen))))
    for at, author, post in written:
        for who in folk:
            seen = 0.12 if author in follows[who] else 0.004
            if who != author and dice.random() < seen:
                world.boost(who, at + dice.lognormal(8.5, 1.2), post)
        for who in team:
            wanted = 0.3 if author in world.role else 0.02
            if who != author and dice.random() < wanted:
                world.boost(who, at + dice.lognormal(7, 1), post)
    return world


def two_levels(
    seed: int, *, core: int = 950, amplifiers: int = 6000, people: int = 12_000, days: int = 14, boosts: int = 48_000
) -> World:
    """A core that writes, amplifiers that only boost the core, within the hour; people write, boost what is popular (the core
    too), and one in six of them only ever boosts.
    """
    dice, world = np.random.default_rng(seed), World()
    heads = [f"core{n}" for n in range(core)]
    hands = [f"amplifier{n}" for n in range(amplifiers)]
    folk = [f"person{n}" for n in range(people)]
    world.role = dict.fromkeys(heads, "core") | dict.fromkeys(hands, "amplifier")

    def writing(names: list[str], count: int) -> np.ndarray:
        who, at = dice.integers(0, len(names), count), dice.uniform(0, days * DAY, count)
        return np.array(
            [world.write(names[w], a, f"w{dice.integers(1 << 60):x}") for w, a in zip(who, at, strict=True)]
        )

    said = writing(heads, core * days)
    pushed = dice.choice(said, max(1, boosts // 18), replace=False)
    for hand, post in zip(dice.integers(0, amplifiers, boosts), dice.choice(pushed, boosts), strict=True):
        world.boost(hands[hand], world.created_at[post] - START + dice.exponential(1800), post)
    writers = folk[: people * 5 // 6]
    posts = writing(writers, people * 4)
    fame = dice.pareto(1.1, len(posts)) + 0.05
    count = people * 4
    chosen = dice.choice(posts, count, p=fame / fame.sum())
    stray = dice.random(count) < 0.04
    chosen[stray] = dice.choice(pushed, int(stray.sum()))
    for who, post in zip(dice.integers(0, people, count), chosen, strict=True):
        world.boost(folk[who], world.created_at[post] - START + dice.lognormal(9, 1.5), post)
    return world


def event(seed: int, *, people: int = 3000) -> World:
    """Two hours of a live event: everybody uses its hashtags, many boost the same few posts, some write the same cheers."""
    dice, world = np.random.default_rng(seed), World()
    stars = [
        world.write(f"star{n}", dice.uniform(0, 3600), f"live {n} {sentence(dice)}", ("final",)) for n in range(40)
    ]
    fame = 1 / np.arange(1, 41)
    for n in range(people):
        for _ in range(1 + dice.geometric(0.5)):
            at = float(dice.uniform(600, 7200))
            if dice.random() < 0.5:
                world.boost(f"fan{n}", at, int(dice.choice(stars, p=fame / fame.sum())))
            else:
                cheer = dice.random() < 0.2
                words = (
                    str(dice.choice(["what a goal", "come on you blues", "unbelievable"])) if cheer else sentence(dice)
                )
                world.write(
                    f"fan{n}",
                    at,
                    words,
                    tuple(dice.choice(["final", "blues", "reds"], dice.integers(1, 3), replace=False)),
                )
    return world


def parliament(seed: int, *, members: int = 200, parties: int = 3, days: int = 120) -> World:
    """Members of parliament: they write most themselves, boost colleagues and their party, and now and then all of a party
    send the same words on the same day.
    """
    dice, world = np.random.default_rng(seed), World()
    names = [f"member{n}" for n in range(members)]
    for day in range(days):
        said = {p: [world.write(f"party{p}", day * DAY + dice.uniform(0, DAY), sentence(dice))] for p in range(parties)}
        for n, who in enumerate(names):
            for _ in range(dice.poisson(0.8)):
                post = world.write(
                    who, day * DAY + dice.uniform(0, DAY), sentence(dice), ("vote",) if dice.random() < 0.2 else ()
                )
                said[n % parties].append(post)
        for n, who in enumerate(names):
            if dice.random() < 0.15:
                post = int(dice.choice(said[n % parties]))
                world.boost(who, world.created_at[post] - START + dice.lognormal(8.5, 1.2), post)
        if day % 20 == 0:
            for n, who in enumerate(names):
                if n % parties == day // 20 % parties and dice.random() < 0.5:
                    world.write(
                        who,
                        day * DAY + dice.uniform(30_000, 60_000),
                        f"our statement on bill {day} is that it must pass",
                        ("vote",),
                    )
    return world
