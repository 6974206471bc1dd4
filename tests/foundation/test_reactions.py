"""Events are committed with their facts and reach every reaction, once each."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import bindparam, func, select

from dunnock.accounts.tables import accounts
from dunnock.foundation import reactions
from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.db import Busy, Conflict, Sql
from dunnock.foundation.events import Event
from dunnock.foundation.reactions import Reactions, dead_letters, in_batches, lags

COUNT = Sql(select(func.count()).select_from(accounts))
NAMED = Sql(select(accounts.c.id).where(accounts.c.username == bindparam("name")))


class ThingHappened(Event, frozen=True):
    number: int


class OtherHappened(Event, frozen=True):
    number: int


async def happen(db, *numbers, kind=ThingHappened):
    for number in numbers:
        async with db.begin() as tx:
            await tx.record(kind(number=number))


def recorder():
    heard = []

    async def on_thing(tx, event):
        heard.append(event.number)

    return heard, on_thing


async def test_every_event_reaches_the_reaction_once_and_in_one_go(db):
    heard, on_thing = recorder()
    runner = Reactions(db, {ThingHappened: [on_thing]})
    await runner.start()
    await asyncio.gather(*(happen(db, n) for n in range(130)))
    for _ in range(2_000):
        if len(heard) == 130:
            break
        await asyncio.sleep(0.01)
    await runner.stop()
    assert sorted(heard) == list(range(130))


class Asked:
    """A database that counts what it is asked."""

    def __init__(self, db):
        self._db, self.count = db, 0

    def __getattr__(self, name):
        if name in {"all", "one", "begin"}:
            self.count += 1
        return getattr(self._db, name)


async def test_who_has_nothing_to_do_asks_nothing(db, monkeypatch):
    """However many reactions there are, an idle server asks a few questions a second."""
    monkeypatch.setattr(reactions, "_SAFETY_NET_S", 0.05)
    asked = Asked(db)
    kinds = [type(f"Thing{number}", (Event,), {}, frozen=True) for number in range(40)]

    def of(number):
        async def on_thing(tx, event):
            pass

        on_thing.__name__ = f"on_{number}"
        return on_thing

    runner = Reactions(asked, {kind: [of(number)] for number, kind in enumerate(kinds)})
    await runner.start()
    looks, real = 0, runner.wake_behind

    async def wake_behind():
        nonlocal looks
        looks += 1
        await real()

    monkeypatch.setattr(runner, "wake_behind", wake_behind)
    await until(lambda: looks >= 3)
    begun, asked.count = looks, 0
    await until(lambda: looks >= begun + 8)
    assert asked.count <= 6 * (looks - begun)
    await runner.stop()


async def test_what_nobody_told_is_found(db, monkeypatch):
    """Another process wrote it, and its word was lost."""
    monkeypatch.setattr(reactions, "_SAFETY_NET_S", 0.05)
    heard, on_thing = recorder()
    runner = Reactions(db, {ThingHappened: [on_thing]})
    monkeypatch.setattr(db, "listen", lambda listener: None)
    await runner.start()
    await asyncio.sleep(0.2)  # its first look is over
    await happen(db, 1, 2, 3)
    await until(lambda: len(heard) == 3)
    await runner.stop()
    assert heard == [1, 2, 3]


async def until(true):
    deadline = asyncio.get_running_loop().time() + 30
    while not true():
        assert asyncio.get_running_loop().time() < deadline, "it did not come to be"
        await asyncio.sleep(0.01)


async def test_a_rolled_back_fact_is_never_heard(db, events):
    async def fail():
        async with db.begin() as tx:
            await tx.record(ThingHappened(number=1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await events() == []


async def test_a_reaction_goes_on_where_it_was(db):
    heard, on_thing = recorder()
    first = Reactions(db, {ThingHappened: [on_thing]})
    await first.prepare()
    await happen(db, 1, 2)
    await first.settle()
    await happen(db, 3)
    second = Reactions(db, {ThingHappened: [on_thing]})
    await second.prepare()
    await second.settle()
    assert heard == [1, 2, 3]


async def test_what_a_failing_reaction_wrote_is_undone_and_others_go_on(db, make):
    someone = await make.account("someone")
    heard, on_thing = recorder()

    async def breaks(tx, event):
        if event.number == 2:
            raise ValueError("no twos")
        heard.append(event.number)

    runner = Reactions(db, {ThingHappened: [on_thing, breaks]})
    await runner.prepare()
    await happen(db, 1, 2, 3)
    await runner.settle()
    assert sorted(heard) == [1, 1, 2, 3, 3]
    assert await db.value(NAMED, name="someone") == someone.id


async def test_a_reaction_in_batches_is_given_all_at_once_in_their_order(db):
    heard = []

    @in_batches
    async def on_things(tx, events):
        heard.append([event.number for event in events])

    runner = Reactions(db, {ThingHappened: [on_things]})
    await runner.prepare()
    await happen(db, *range(60))
    await happen(db, 99, kind=OtherHappened)
    await runner.settle()
    assert heard == [list(range(50)), list(range(50, 60))]
    async with db.begin() as tx:
        await on_things(tx, ThingHappened(number=7))
    assert heard[-1] == [7]


async def test_of_a_batch_that_fails_only_what_can_not_be_handled_is_set_aside(db):
    """What was written for the whole batch is undone; each is then handled by itself, and the bad one again later."""
    broken = True

    @in_batches
    async def on_things(tx, events):
        for event in events:
            await make_row(tx, f"n{event.number}")
            await tx.record(OtherHappened(number=event.number))
            if event.number == 2 and broken:
                raise ValueError("no twos")

    heard = []

    async def on_other(tx, event):
        heard.append(event.number)

    runner = Reactions(db, {ThingHappened: [on_things], OtherHappened: [on_other]})
    await runner.prepare()
    await happen(db, 1, 2, 3)
    await runner.settle()
    assert (await db.value(COUNT), sorted(heard)) == (2, [1, 3])
    broken = False
    assert await runner.retry_due(now_ms() + HOUR) == 1
    await runner.settle()
    assert (await db.value(COUNT), sorted(heard)) == (3, [1, 2, 3])
    assert await dead_letters(db) == []


async def test_a_busy_database_is_no_reason_to_take_a_batch_apart(db):
    tries = []

    @in_batches
    async def on_things(tx, events):
        tries.append(len(events))
        if len(tries) == 1:
            raise Busy("not now")

    runner = Reactions(db, {ThingHappened: [on_things]})
    await runner.prepare()
    await happen(db, 1, 2, 3)
    with pytest.raises(Busy):
        await runner.step(reactions.name_of(on_things))
    await runner.settle()
    assert tries == [3, 3]


def two_recorders():
    heard = {"first": [], "second": []}

    async def first(tx, event):
        heard["first"].append(event.number)

    async def second(tx, event):
        heard["second"].append(event.number)

    return heard, first, second


async def test_those_that_go_together_share_a_transaction_and_keep_their_places(db):
    """Each hears only what it hears, of events that only one is for, too."""
    begun = []

    async def first(tx, event):
        begun.append(("first", type(event), event.number, id(tx)))

    async def second(tx, event):
        begun.append(("second", type(event), event.number, id(tx)))

    runner = Reactions(db, {ThingHappened: [first, second], OtherHappened: [second]}, [[first, second]])
    await runner.prepare()
    await happen(db, 1, 2)
    await happen(db, 3, kind=OtherHappened)
    await runner.settle()
    assert [one[:3] for one in begun] == [
        ("first", ThingHappened, 1), ("first", ThingHappened, 2), ("second", ThingHappened, 1), ("second", ThingHappened, 2),
        ("second", OtherHappened, 3),
    ]  # fmt: skip
    assert len({one[3] for one in begun}) == 1
    await runner.note_places()
    assert [lag.events for lag in await lags(db)] == [0, 0]


@pytest.mark.parametrize("ahead", ["first", "second"])
async def test_going_together_from_now_on_loses_and_doubles_nothing(db, ahead):
    """A server that updates, or goes back to the release before: reactions come from different places, and leave at them."""
    heard, first, second = two_recorders()
    hears = {ThingHappened: [first, second]}
    before = Reactions(db, hears)
    await before.prepare()
    await happen(db, *range(120))
    of = {"first": first, "second": second}
    await before.step(reactions.name_of(of[ahead]))  # one got further than the other
    after = Reactions(db, hears, [[first, second]])
    await after.prepare()
    await after.step(reactions.name_of(first))
    await happen(db, 120, 121)
    await after.settle()
    again = Reactions(db, hears)
    await again.prepare()
    await happen(db, 122)
    await again.settle()
    assert heard == {"first": list(range(123)), "second": list(range(123))}


async def test_what_one_can_not_handle_keeps_nothing_from_those_it_goes_with(db):
    heard, first, _ = two_recorders()

    async def breaks(tx, event):
        await make_row(tx, f"n{event.number}")
        if event.number == 2:
            raise ValueError("no twos")

    runner = Reactions(db, {ThingHappened: [breaks, first]}, [[breaks, first]])
    await runner.prepare()
    await happen(db, 1, 2, 3)
    await runner.settle()
    assert (heard["first"], await db.value(COUNT)) == ([1, 2, 3], 2)
    assert await runner.retry_due(now_ms() + HOUR) == 1
    assert heard["first"] == [1, 2, 3]


async def test_for_whom_the_database_is_too_busy_the_event_is_set_aside_and_for_no_other(db):
    heard, first, _ = two_recorders()

    async def waits(tx, event):
        if event.number == 1:
            raise Busy("a lock that nobody gives back")

    runner = Reactions(db, {ThingHappened: [waits, first]}, [[first, waits]])
    await runner.prepare()
    await happen(db, 1, 2)
    name = reactions.name_of(first)
    with pytest.raises(Busy):
        await runner.step(name)
    assert await runner.step(name, patient=False)
    heard["first"].clear()  # what it did was taken back with the rest
    await runner.settle()
    assert heard["first"] == [1, 2]
    assert await runner.retry_due(now_ms() + HOUR) == 1


async def test_two_processes_with_reactions_that_go_together_do_nothing_twice(db):
    heard, first, second = two_recorders()
    hears = {ThingHappened: [first, second]}
    pair = [Reactions(db, hears, [[first, second]]), Reactions(db, hears)]  # the second is of the release before
    for runner in pair:
        await runner.prepare()
    await asyncio.gather(*(happen(db, n) for n in range(60)))
    await asyncio.gather(*(runner.settle() for runner in pair))
    for runner in pair:
        await runner.settle()
    assert sorted(heard["first"]) == sorted(heard["second"]) == list(range(60))


async def test_a_failure_is_tried_again_later_and_then_kept_as_a_dead_letter(db, monkeypatch):
    async def never(tx, event):
        raise ValueError("never")

    monkeypatch.setattr(reactions, "MOST_ATTEMPTS", 3)
    runner = Reactions(db, {ThingHappened: [never]})
    await runner.prepare()
    await happen(db, 1)
    await runner.settle()
    assert await runner.retry_due(now_ms()) == 0  # not yet due
    for hours in (5, 10):
        assert await runner.retry_due(now_ms() + hours * HOUR) == 1
    assert await runner.retry_due(now_ms() + 50 * HOUR) == 0
    (dead,) = await dead_letters(db)
    assert (dead.kind, dead.attempts, dead.error) == ("ThingHappened", 3, "ValueError: never")
    assert await reactions.revive(db) == 1
    assert await runner.retry_due(now_ms() + 1) == 1


async def test_a_retry_that_succeeds_leaves_nothing_behind(db):
    tries = []

    async def second_time(tx, event):
        tries.append(event.number)
        if len(tries) == 1:
            raise ValueError("not yet")

    runner = Reactions(db, {ThingHappened: [second_time]})
    await runner.prepare()
    await happen(db, 7)
    await runner.settle()
    assert await runner.retry_due(now_ms() + HOUR) == 1
    assert await runner.retry_due(now_ms() + 2 * HOUR) == 0
    assert (tries, await dead_letters(db)) == ([7, 7], [])


async def test_two_processes_share_the_work_without_doing_it_twice(db):
    heard, on_thing = recorder()
    pair = [Reactions(db, {ThingHappened: [on_thing]}) for _ in range(2)]
    for runner in pair:
        await runner.prepare()
    await asyncio.gather(*(happen(db, n) for n in range(60)))
    await asyncio.gather(*(runner.settle() for runner in pair))
    for runner in pair:
        await runner.settle()
    assert sorted(heard) == list(range(60))


async def test_the_lag_is_known_and_does_not_count_what_is_for_others(db):
    heard, on_thing = recorder()
    runner = Reactions(db, {ThingHappened: [on_thing]})
    await runner.prepare()
    await happen(db, 1)
    (lag,) = await lags(db)
    assert lag.events == 1
    await runner.settle()
    await happen(db, 1, 2, 3, kind=OtherHappened)
    await runner.settle()
    await runner.note_places()
    (lag,) = await lags(db)
    assert (heard, lag.events, lag.age_ms) == ([1], 0, 0)


async def test_listeners_hear_after_the_commit(db):
    heard = []
    db.listen(lambda logged: heard.extend(one.event for one in logged))
    await asyncio.sleep(0.05)
    await happen(db, 1)
    db.sync()
    assert ThingHappened(number=1) in heard


async def test_a_refused_row_is_a_conflict_and_the_others_of_the_group_live(db, make):
    await make.account("taken")

    async def one(name):
        async with db.begin() as tx:
            await make_row(tx, name)

    results = await asyncio.gather(one("a"), one("taken"), one("b"), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), Conflict, type(None)]
    assert await db.value(COUNT) == 3


async def make_row(tx, name):
    from dunnock.foundation.db import insert_into

    await tx.run(
        insert_into(accounts, "id", "username", "username_key", "domain", "created_at"),
        id=tx.new_id(),
        username=name,
        username_key=name,
        domain="",
        created_at=1,
    )
