"""Seeded worlds: tables of posts with networks planted among people, and people who only look like networks. Tests use them too.

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
    """What happened, a list a column; `role`: of planted accounts, core, amplifier, or their network."""

    role: dict[str, str] = field(default_factory=dict)
    account_id: list[str] = field(default_factory=list)
    created_at: list[int] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    repost_of: list[str] = field(default_factory=list)
    repost_of_author: list[str] = field(default_factory=list)
    hashtags: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)

    def write(self, who: str, at: float, text: str, tags: tuple[str, ...] = (), link: str = "") -> int:
        """A post; its number."""
        return self._add(who, at, text=text, tags=tags, link=link)

    def boost(self, who: str, at: float, post: int) -> None:
        """A boost of the post of that number."""
        self._add(who, at, of=f"p{post}", author=self.account_id[post])

    def _add(
        self,
        who: str,
        at: float,
        *,
        text: str = "",
        of: str = "",
        author: str = "",
        tags: tuple[str, ...] = (),
        link: str = "",
    ) -> int:
        self.account_id.append(who)
        self.created_at.append(START + int(at))
        self.text.append(text)
        self.repost_of.append(of)
        self.repost_of_author.append(author)
        self.hashtags.append(f"[{', '.join(tags)}]")
        self.urls.append(f"[{link}]")
        return len(self.account_id) - 1

    def save(self, path: Path) -> Path:
        """The table as Parquet."""
        names = ("account_id", "created_at", "text", "repost_of", "repost_of_author", "hashtags", "urls")
        columns = {name: np.array(getattr(self, name)) for name in names}
        db = duckdb.connect()
        db.register("columns", columns)
        db.sql(
            "SELECT account_id, 'p' || (row_number() OVER () - 1) AS post_id, created_at, text, repost_of <> '' AS is_repost,"
            " nullif(repost_of, '') AS repost_of, nullif(repost_of_author, '') AS repost_of_author, hashtags, urls FROM columns"
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


def complaint(seed: int, *, people: int = 2000, days: int = 3) -> World:
    """Customers who complain at one company within days, often in the same few words and under its hashtag; it answers them."""
    dice, world = np.random.default_rng(seed), World()
    worst = [f"where is my money, flight {n} is cancelled and nobody answers" for n in range(6)]
    for n in range(people):
        at = float(dice.uniform(0, days * DAY))
        for _ in range(dice.geometric(0.4)):
            at += float(dice.exponential(3600))
            words = str(dice.choice(worst)) if dice.random() < 0.15 else sentence(dice)
            post = world.write(f"customer{n}", at, words, ("wrenair",) if dice.random() < 0.7 else ())
            if dice.random() < 0.3:
                world.write("wrenair", at + dice.exponential(1200), "sorry to hear that, please send us your number")
            if dice.random() < 0.1:
                world.boost(f"customer{dice.integers(people)}", at + dice.lognormal(7, 1), post)
    return world


def breaking(seed: int, *, people: int = 4000) -> World:
    """An hour after something happened: a few eyewitnesses and newsrooms are boosted by everybody, and their links passed on."""
    dice, world = np.random.default_rng(seed), World()
    first = [
        world.write(
            f"newsroom{n}",
            dice.exponential(600),
            f"report {n} {sentence(dice)}",
            ("quake",),
            f"https://news{n % 4}.example/quake",
        )
        for n in range(25)
    ]
    fame = 1 / np.arange(1, 26)
    for n in range(people):
        for _ in range(dice.geometric(0.45)):
            at = float(300 + dice.exponential(1800))
            kind = dice.random()
            if kind < 0.6:
                world.boost(f"person{n}", at, int(dice.choice(first, p=fame / fame.sum())))
            elif kind < 0.75:
                world.write(f"person{n}", at, "", (), f"https://news{dice.integers(4)}.example/quake")
            else:
                world.write(f"person{n}", at, sentence(dice), ("quake",) if dice.random() < 0.6 else ())
    return world


def networks(seed: int, *, sizes: tuple[int, ...] = (167, 25, 287), people: int = 20_000, days: int = 14) -> World:
    """Networks of one operator, each with outlets, hashtags and personas of its own, who boost each other and pass their outlets'
    links on within the hour, among people; now and then they do what people do. `role` is the network.
    """
    dice, world = np.random.default_rng(seed), World()
    tags = [f"topic{n}" for n in range(60)]
    folk = [f"person{n}" for n in range(people)]
    fame = dice.pareto(1.1, people) + 0.05
    fame /= fame.sum()
    said: list[int] = []
    for n in dice.integers(0, people, people * 3):
        at, some = float(dice.uniform(0, days * DAY)), dice.random() < 0.3
        link = f"https://paper{dice.integers(40)}.example/{dice.integers(400)}" if dice.random() < 0.2 else ""
        said.append(world.write(folk[n], at, sentence(dice), (str(dice.choice(tags)),) if some else (), link))
    weight = np.array([fame[int(world.account_id[one].removeprefix("person"))] for one in said])
    weight /= weight.sum()

    def like_people(names: list[str], each: float) -> None:
        who = dice.integers(0, len(names), int(each * len(names)))
        for number, post in zip(who, dice.choice(said, len(who), p=weight), strict=True):
            world.boost(names[number], world.created_at[post] - START + dice.lognormal(9, 1.5), int(post))

    like_people(folk, 1.5)
    for net, size in enumerate(sizes):
        team = [f"net{net}x{n}" for n in range(size)]
        world.role |= dict.fromkeys(team, f"network {net}")
        for day in range(days):
            for story in range(3):
                at = day * DAY + float(dice.uniform(0, DAY))
                link = f"https://outlet{net}.example/{day}-{story}"
                for who in dice.choice(team, max(5, size // 8), replace=False):
                    posted = at + float(dice.exponential(1200))
                    post = world.write(str(who), posted, sentence(dice), (f"cause{net}",), link)
                    for other in dice.choice(team, 2, replace=False):
                        if other != who:
                            world.boost(str(other), posted + dice.exponential(1200), post)
        like_people(team, 3)
    return world
