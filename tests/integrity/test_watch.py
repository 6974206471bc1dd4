"""The watch: what is posted from one script becomes a case in its first minutes, what many say at once does not."""

import math
import random

import msgspec
import pytest

from dunnock import accounts, integrity, moderation, posts
from dunnock.accounts import Cursor
from dunnock.foundation.clock import HOUR, MINUTE, now_ms
from dunnock.foundation.ids import id_at
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.integrity import marks, together
from dunnock.integrity.clusters import BELONGING
from dunnock.integrity.observe import TrimObservations, trim_observations
from dunnock.integrity.reactions import HEARS
from dunnock.integrity.store import observations as store
from dunnock.integrity.watch import WatchActs, watch_acts

WORDS = """river market morning bridge song paper window garden train letter winter candle
harbour field story road""".split()  # noqa: SIM905 (readable)
SCRIPT = "The ministry has kept its promise to our farmers and the whole valley thanks them for it today"


class World:
    """Acts at chosen moments, as events would have left them."""

    def __init__(self, db, make):
        self.db, self.make, self.rng, self.start = db, make, random.Random(7), now_ms() - 4 * HOUR
        self.acts = []

    async def people(self, number):
        return [(await self.make.account()).id for _ in range(number)]

    def post(self, who, at_ms, words, *, tags=()):
        shown = words + "".join(f" #{tag}" for tag in tags)
        self.acts.append((at_ms, who, 1, marks.marks_of_post(shown, tags=list(tags))))

    def boost(self, who, at_ms, post_id, author):
        self.acts.append((at_ms, who, 2, marks.marks_of_boost(post_id, author)))

    def saying(self):
        return " ".join(self.rng.choices(WORDS, k=self.rng.randint(9, 16)))

    def chat(self, people, number):
        for _ in range(number):
            tags = self.rng.sample(("tea", "birds", "trains", "football"), self.rng.randint(0, 2))
            self.post(self.rng.choice(people), self.start + self.rng.randint(0, 3 * HOUR), self.saying(), tags=tags)

    def script(self, people, at_ms, tag):
        for n, who in enumerate(people):
            words = SCRIPT.split()
            words[self.rng.randint(0, 3)] = self.rng.choice(WORDS)
            self.post(who, at_ms + n * 3_000, " ".join(words), tags=(tag,))

    async def watch(self, until=None):
        async with self.db.begin() as tx:
            for n, (at_ms, who, act, mark) in enumerate(sorted(self.acts)):
                if until is None or at_ms <= until:
                    await tx.run(
                        store.ADD,
                        id=id_at(at_ms, n),
                        account_id=who,
                        act=act,
                        target_id=None,
                        object_id=None,
                        marks=mark,
                    )
        await watch_acts(self.db, WatchActs())


@pytest.fixture
def world(db, make):
    return World(db, make)


async def cases(db, boss):
    return await moderation.list_cases(db, Cursor(limit=40), by=boss.id)


async def test_a_script_is_a_case_within_minutes_and_counts_as_its_root(world, db, make):
    boss = await make.member("boss", role="owner")
    crowd, paid = await world.people(60), await world.people(24)
    world.chat(crowd + paid, 500)
    began = world.start + 3 * HOUR
    world.script(paid, began, "valleythanks")
    await world.watch(until=began + MINUTE)
    (case,) = await cases(db, boss)
    assert (case.opened_by, case.techniques[0]) == (None, "T0084.001")
    found = await moderation.subjects_of(db, case.id, "account", by=boss.id)
    assert {one.subject_id for one in found} <= set(paid)
    assert len(found) >= 0.8 * 20  # twenty had posted by then
    assert {one.role for one in found} == {"core"}
    known = await accounts.independence_of(db, paid)
    assert accounts.effective(list(known), known) == pytest.approx(len(known) ** 0.5)
    assert await accounts.independence_of(db, crowd) == {}
    # the second script of the same people is the same cluster, and the case grows
    world.script(paid, began + 20 * MINUTE, "harvestofhope")
    await world.watch()
    assert [one.id for one in await cases(db, boss)] == [case.id]
    found = await moderation.subjects_of(db, case.id, "account", by=boss.id)
    assert {one.subject_id for one in found} <= set(paid)
    assert len(found) >= 0.9 * len(paid)


async def test_a_crowd_that_talks_of_one_thing_is_no_cluster(world, db, make):
    boss = await make.member("boss", role="owner")
    crowd = await world.people(80)
    world.chat(crowd, 500)
    goal = world.start + 3 * HOUR
    for who in crowd:
        world.post(who, goal + world.rng.randint(0, 5 * MINUTE), world.saying(), tags=("cupfinal",))
        if world.rng.random() < 0.15:  # a song that some sing, word for word
            world.post(who, goal + world.rng.randint(0, 5 * MINUTE), SCRIPT, tags=("cupfinal",))
    await world.watch()
    assert await cases(db, boss) == []
    assert await accounts.independence_of(db, crowd) == {}


async def test_amplifiers_are_told_from_those_whom_they_hand_on(world, db, make):
    boss = await make.member("boss", role="owner")
    crowd, ring = await world.people(60), await world.people(12)
    world.chat(crowd, 400)
    for n in range(12):
        at = world.start + n * 10 * MINUTE
        for who in ring:
            if world.rng.random() < 0.9:
                world.boost(who, at + world.rng.randint(0, 2 * MINUTE), 1_000 + n, crowd[n % 3])
    for n in range(300):
        world.boost(world.rng.choice(crowd), world.start + world.rng.randint(0, 3 * HOUR), n % 40, crowd[n % 40])
    await world.watch()
    (case,) = await cases(db, boss)
    found = await moderation.subjects_of(db, case.id, "account", by=boss.id)
    assert {(one.subject_id, one.role) for one in found} == {(one, "amplifier") for one in ring}


def test_a_score_is_computed_again_from_its_evidence():
    acts = []
    for n in range(20):
        words = marks.marks_of_post(f"{SCRIPT} {n % 2}", tags=["valley"])
        acts.append((id_at(1_700_000_000_000 + n * 1000), n + 1, False, words))
    (network,) = together.find(marks.columns(acts))
    told = network.members[1].evidence
    same, all_of_them = told["same_words"], told["accounts"]
    odds = (told["belonging"] / told["usual"]) ** same
    odds *= ((1 - told["belonging"]) / (1 - told["usual"])) ** (all_of_them - same)
    assert network.score == pytest.approx(math.log(odds), abs=1e-3)
    assert told["belonging"] == BELONGING


async def test_what_is_public_is_seen_once_as_hashes_and_forgotten_when_deleted(db, make, tmp_path):
    settings = Settings(data=tmp_path, public_url="https://here.example")
    reactions = Reactions(db, HEARS)
    await reactions.prepare()
    author, reader = await make.account(), await make.account()
    async with db.begin() as tx:
        shown = await posts.publish(
            tx, posts.Draft(text=f"{SCRIPT} #Valley https://a.example/x?utm_source=y", visibility="public"),
            author_id=author.id, app_id=None, settings=settings,
        )  # fmt: skip
        hidden = posts.Draft(text="only for you", visibility="direct")
        await posts.publish(tx, hidden, author_id=author.id, app_id=None, settings=settings)
        await posts.boost(tx, shown.id, by=reader.id)
    await reactions.settle()
    rows = await db.all(store.RECENT, since=0, most=10)
    assert {(row[1], row[2]) for row in rows} == {(author.id, 1), (reader.id, 2)}
    assert not any(b"valley" in bytes(row[3]).lower() for row in rows)
    kinds = {int(one) for one in marks.columns([(1, 1, False, bytes(rows[-1][3]))]).rows.trace}
    assert kinds == {2, 3, 5, 6}
    async with db.begin() as tx:
        await posts.delete(tx, shown.id, by=author.id)
    await reactions.settle()
    assert await db.all(store.RECENT, since=0, most=10) == []


async def test_what_is_old_is_forgotten(world, db):
    (who,) = await world.people(1)
    world.post(who, now_ms() - 40 * 24 * HOUR, "long ago")
    world.post(who, now_ms() - HOUR, "of late")
    await world.watch()
    await trim_observations(db, TrimObservations())
    assert len(await db.all(store.RECENT, since=0, most=10)) == 1


async def test_what_people_dismissed_does_not_come_again(world, db, make):
    boss = await make.member("boss", role="owner")
    paid = await world.people(20)
    world.chat(await world.people(40), 200)
    world.script(paid, world.start + 3 * HOUR, "valleythanks")
    await world.watch()
    (cluster,) = await integrity.list_clusters(db, "open", by=boss.id)
    async with db.begin() as tx:
        await integrity.judge_cluster(tx, cluster.id, "dismissed", by=boss.id)
    assert await accounts.independence_of(db, paid) == {}
    world.script(paid, world.start + 3 * HOUR + 10 * MINUTE, "harvestofhope")
    await world.watch()
    assert await integrity.list_clusters(db, "open", by=boss.id) == []
    assert await accounts.independence_of(db, paid) == {}
    (health,) = await integrity.detector_health(db, since=0, by=boss.id)
    assert (health.detector, health.dismissed, health.precision) == ("together.script", 1, 0.0)
    assert msgspec.json.decode(cluster.summary)["how"] == "script"
