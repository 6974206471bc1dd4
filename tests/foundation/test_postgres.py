"""The scale-out engine: events reach other processes whatever breaks, and none is passed over."""

from __future__ import annotations

import asyncio
import time

import asyncpg
import pytest
from sqlalchemy import Column, Integer, MetaData, Table, bindparam, func, select, update

from dunnock.foundation import ids
from dunnock.foundation.db import Busy, Conflict, Sql, insert_into, postgres
from dunnock.foundation.db.postgres import PostgresDb
from dunnock.foundation.db.tables import schedule
from dunnock.foundation.events import Event
from dunnock.foundation.reactions import Reactions, name_of

ADD = insert_into(schedule, "name", "next_at")
NAMES = Sql(select(schedule.c.name).order_by(schedule.c.name))
TOUCH = Sql(update(schedule).where(schedule.c.name == bindparam("which")).values(next_at=bindparam("at")))
SLEEP = Sql(select(func.pg_sleep(bindparam("seconds", type_=schedule.c.next_at.type))))
NO_SUCH = Sql(select(Table("no_such_table", MetaData(), Column("x", Integer)).c.x))


class WordSaid(Event, frozen=True):
    text: str


@pytest.fixture
async def opened(postgres_empty):
    """Makes as many `PostgresDb` as are asked for: each is to the others as in a process of its own."""
    made = []

    async def make(**options):
        made.append(await PostgresDb.open(postgres_empty, **{"size": 4, "timeout_s": 0.5, **options}))
        return made[-1]

    yield make
    for one in made:
        await one.close()


@pytest.fixture
async def admin(postgres_empty):
    conn = await asyncpg.connect(postgres_empty)
    yield conn
    await conn.close()


async def end_connections(admin, name):
    """As if the network between them broke; how many there were. Gone they are when this returns."""
    ended = await admin.fetch(
        "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = $1 AND datname = current_database()",
        name,
    )
    pids = [row["pid"] for row in ended]
    end = time.monotonic() + 10
    while await admin.fetchval("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY($1::int[])", pids):
        assert time.monotonic() < end
        await asyncio.sleep(0.01)
    return len(pids)


async def say(db, *texts):
    for text in texts:
        async with db.begin() as tx:
            await tx.record(WordSaid(text=text))


async def until(condition, *, within_s=30.0):
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.005)


def ear(db):
    heard = []
    db.listen(lambda logged: heard.extend(one.event.text for one in logged))
    return heard


async def listening(admin, count=1):
    end = time.monotonic() + 60  # a question to a connection that is being ended may wait out its ten seconds
    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dunnock-listen' AND state = 'idle' "
        "AND datname = current_database()"
    )
    while await admin.fetchval(asked) < count:
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


# Hearing --------------------------------------------------------------------------------------------------------------


async def test_another_process_hears_at_once(opened, admin):
    one, other = await opened(), await opened()
    heard = ear(other)
    await listening(admin)
    await say(one, "warm")
    await until(lambda: "warm" in heard)
    begun = time.monotonic()
    await say(one, "now")
    await until(lambda: "now" in heard)
    assert time.monotonic() - begun < 0.5


async def test_own_events_are_heard_before_the_answer(opened):
    one = await opened()
    heard = ear(one)
    await say(one, "mine")
    assert "mine" in heard


async def test_long_events_and_many_at_once_are_heard(opened, admin):
    one, other = await opened(), await opened()
    heard = ear(other)
    await listening(admin)
    texts = ['"\\' * 6000, *(f'"{n}"' * 20 for n in range(300))]  # beyond what a notification may hold
    async with one.begin() as tx:
        for text in texts:
            await tx.record(WordSaid(text=text))
    await until(lambda: set(texts) <= set(heard))


async def test_nothing_is_lost_when_the_listening_connection_breaks(opened, admin):
    one, other = await opened(), await opened()
    heard = ear(other)
    await listening(admin)
    said = []
    for number in range(4):
        await say(one, f"before {number}")
        assert await end_connections(admin, "dunnock-listen") >= 1
        await say(one, f"during {number}")
        said += [f"before {number}", f"during {number}"]
        await listening(admin)
    await until(lambda: set(said) <= set(heard))


async def test_a_dump_restored_elsewhere_goes_on(opened, postgres_empty):
    """Its transaction numbers may lie ahead of the new cluster's: nothing new may wait for them."""
    said = []

    async def on_word(tx, event):
        said.append(event.text)

    name, ahead = name_of(on_word), 10**12
    link = await asyncpg.connect(postgres_empty)
    try:
        for number in range(3):
            await link.execute(
                "INSERT INTO event_log (tx, at, kind, body) VALUES ($1, 0, 'WordSaid', $2)",
                ahead + number,
                f'{{"text": "old {number}"}}',
            )
        handled = await link.fetchval("SELECT min(id) FROM event_log")
        await link.execute("INSERT INTO reactions (name, tx, id, at) VALUES ($1, $2, $3, 0)", name, ahead, handled)
    finally:
        await link.close()
    db = await opened()
    runner = Reactions(db, {WordSaid: [on_word]})
    await runner.prepare()
    await say(db, "new")
    await runner.settle()
    assert said == ["old 1", "old 2", "new"]


async def test_a_late_commit_with_a_small_id_is_heard_after_a_break(opened, admin):
    """Its id is smaller than many that were heard before the connection broke."""
    one, other = await opened(), await opened()
    heard = ear(other)
    await listening(admin)
    await say(other, "sure to listen")
    link = await asyncpg.connect(one.url)
    try:
        late = link.transaction()
        await late.start()
        await link.execute(
            "INSERT INTO event_log (tx, at, kind, body) "
            "VALUES (pg_current_xact_id()::text::bigint, 0, 'WordSaid', '{\"text\": \"late\"}')"
        )
        await link.execute("SELECT pg_notify($1, 'look')", postgres.CHANNEL)  # with the commit, as all of ours do
        async with one.begin() as tx:
            for number in range(1500):
                await tx.record(WordSaid(text=f"{number}"))
        await until(lambda: "1499" in heard)
        await end_connections(admin, "dunnock-listen")
        await late.commit()
    finally:
        await link.close()
    await until(lambda: "late" in heard)


async def test_a_listener_that_fails_hides_no_commit(opened):
    one = await opened()

    def fail(_):
        raise LookupError

    one.listen(fail)
    heard = ear(one)
    await say(one, "said")
    assert "said" in heard


async def test_what_is_no_notification_of_ours_is_passed_over(opened, admin):
    one = await opened()
    heard = ear(one)
    await listening(admin)
    await admin.execute("NOTIFY dunnock_events, 'nonsense'")
    await admin.execute('NOTIFY dunnock_events, \'[[1,2,3,"NeverHeardOf","{}"]]\'')
    await admin.execute('NOTIFY dunnock_events, \'[[1,2,3,"WordSaid","{}"]]\'')
    await say(one, "still here")
    assert "still here" in heard
    assert await one.value(NAMES) is None


# Commits out of order -------------------------------------------------------------------------------------------------


async def test_a_reaction_passes_over_no_event_that_is_committed_out_of_order(opened):
    """A takes an event's id, B commits a larger one first. A cursor that is an id alone would go past A's for ever."""
    one = await opened()
    heard = []

    async def on_word(tx, event):
        heard.append(event.text)

    runner = Reactions(one, {WordSaid: [on_word]})
    await runner.prepare()
    link = await asyncpg.connect(one.url)
    try:
        slow = link.transaction()
        await slow.start()
        early = await link.fetchval(
            "INSERT INTO event_log (tx, at, kind, body) "
            "VALUES (pg_current_xact_id()::text::bigint, 0, 'WordSaid', '{\"text\": \"A\"}') RETURNING id"
        )
        await say(one, "B")
        late = await link.fetchval("SELECT max(id) FROM event_log")
        await runner.settle()
        assert heard == []  # B is committed, but A's transaction is older and open
        await slow.commit()
    finally:
        await link.close()
    await runner.settle()
    assert early < late
    assert sorted(heard) == ["A", "B"]
    await runner.settle()
    assert len(heard) == 2


async def test_a_reaction_looks_again_soon_when_an_open_transaction_hid_what_woke_it(opened):
    one = await opened()
    heard = []

    async def on_word(tx, event):
        heard.append(event.text)

    runner = Reactions(one, {WordSaid: [on_word]})
    await runner.start()
    await asyncio.sleep(0.3)
    link = await asyncpg.connect(one.url)
    try:
        slow = link.transaction()
        await slow.start()
        await link.execute("SELECT pg_current_xact_id()")  # writes, and tells nobody of its end
        await say(one, "hidden")
        await asyncio.sleep(0.1)
        assert heard == []
        await slow.commit()
    finally:
        await link.close()
    begun = time.monotonic()
    await until(lambda: heard)
    assert time.monotonic() - begun < 0.6
    await runner.stop()


async def test_many_writers_and_two_processes_handle_each_event_once(opened):
    one, other = await opened(size=8), await opened(size=8)
    heard = []

    async def on_word(tx, event):
        await tx.run(ADD, name=event.text, next_at=1)
        heard.append(event.text)

    runners = [Reactions(db, {WordSaid: [on_word]}) for db in (one, other)]
    for runner in runners:
        await runner.start()
    await asyncio.gather(*(say(db, *(f"{who}.{n}" for n in range(15))) for who, db in enumerate([one, other] * 4)))
    await until(lambda: len(heard) >= 120, within_s=60)
    for runner in runners:
        await runner.stop()
    assert len(await one.all(NAMES)) == 120


# Trouble --------------------------------------------------------------------------------------------------------------


async def test_statements_that_take_too_long_are_stopped(opened):
    one = await opened()
    with pytest.raises(Busy):
        await one.value(SLEEP, seconds=30)
    async with one.begin() as tx:
        with pytest.raises(Busy):
            async with tx.savepoint():
                await tx.value(SLEEP, seconds=30)
        await tx.run(ADD, name="goes on", next_at=1)
    assert [row[0] for row in await one.all(NAMES)] == ["goes on"]
    assert len(await one.slow(SLEEP, seconds=1)) == 1


async def test_a_row_that_breaks_a_rule_is_a_conflict(opened):
    one = await opened()
    async with one.begin() as tx:
        await tx.run(ADD, name="a", next_at=1)
    with pytest.raises(Conflict):
        async with one.begin() as tx:
            await tx.run(ADD, name="a", next_at=2)
    async with one.begin() as tx:
        for _ in range(2):
            with pytest.raises(Conflict):
                async with tx.savepoint():
                    await tx.many(ADD, [{"name": "b", "next_at": 1}, {"name": "a", "next_at": 2}])
        await tx.run(ADD, name="c", next_at=1)
    assert [row[0] for row in await one.all(NAMES)] == ["a", "c"]


async def test_those_who_wait_for_each_other_are_told_that_it_is_busy(opened):
    one = await opened(timeout_s=10)
    async with one.begin() as tx:
        await tx.many(ADD, [{"name": "a", "next_at": 0}, {"name": "b", "next_at": 0}])
    first_done = asyncio.Barrier(2)

    async def touch(*names):
        async with one.begin() as tx:
            await tx.run(TOUCH, which=names[0], at=1)
            await first_done.wait()
            await tx.run(TOUCH, which=names[1], at=1)

    done = await asyncio.gather(touch("a", "b"), touch("b", "a"), return_exceptions=True)
    assert sorted(type(result).__name__ for result in done) == ["Busy", "NoneType"]


async def test_mistakes_of_ours_are_not_hidden_as_busy(opened):
    one = await opened()
    with pytest.raises(asyncpg.PostgresError):
        await one.all(NO_SUCH)
    with pytest.raises(asyncpg.DataError, match="out of"):
        await one.all(Sql(select(schedule.c.name).where(schedule.c.next_at == bindparam("n"))), n=2**80)


async def test_a_nested_transaction_is_refused(opened):
    one = await opened()
    async with one.begin() as tx:
        with pytest.raises(RuntimeError, match="open already"):
            async with one.begin():
                pass
    with pytest.raises(RuntimeError, match="over"):
        await tx.run(ADD, name="late", next_at=1)


async def test_lost_connections_come_back(opened, admin):
    one = await opened()
    await asyncio.gather(*(one.all(NAMES) for _ in range(8)))
    with pytest.raises(Busy):  # noqa: PT012 (the block is what is tested)
        async with one.begin() as tx:
            await tx.run(ADD, name="lost", next_at=1)
            await end_connections(admin, "dunnock")
            await tx.run(ADD, name="lost too", next_at=1)
    async with one.begin() as tx:
        await tx.run(ADD, name="after", next_at=1)
    assert [row[0] for row in await one.all(NAMES)] == ["after"]


async def test_all_connections_in_use_is_busy_and_not_for_ever(opened, monkeypatch):
    monkeypatch.setattr("dunnock.foundation.db.postgres._PATIENCE_S", 0.3)
    one = await opened(size=2, timeout_s=5)
    freed = asyncio.Event()

    async def hold():
        async with one.begin():
            await freed.wait()

    holders = [asyncio.create_task(hold()) for _ in range(2)]
    await asyncio.sleep(0.1)
    with pytest.raises(Busy):
        await one.all(NAMES)
    with pytest.raises(Busy):
        async with one.begin():
            pass
    await asyncio.sleep(0.4)  # the patience is for getting in: those who are in may stay
    freed.set()
    await asyncio.gather(*holders)
    assert await one.all(NAMES) == []


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_who_is_cancelled_leaves_no_transaction_behind(opened, admin, times):
    one = await opened(size=1, timeout_s=5)

    async def work():
        async with one.begin() as tx:
            await tx.run(ADD, name="gone", next_at=1)
            await tx.value(SLEEP, seconds=4)

    for _ in range(5):
        task = asyncio.create_task(work())
        await asyncio.sleep(0.03)
        for _ in range(times):
            task.cancel()
            await asyncio.sleep(0)
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()
        assert await one.all(NAMES) == []
    async with one.begin() as tx:
        await tx.run(ADD, name="kept", next_at=1)
    assert await admin.fetchval("SELECT count(*) FROM schedule") == 1
    open_ones = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%' AND datname = current_database()"
    assert await admin.fetchval(open_ones) == 0


# Id slots -------------------------------------------------------------------------------------------------------------


async def test_slots_are_different_and_freed(opened, postgres_empty):
    several = [await opened(size=1) for _ in range(4)]
    slots = [one._ids.slot for one in several]
    assert len(set(slots)) == 4
    made = [one.new_id() for one in several for _ in range(500)]
    assert len(set(made)) == len(made)
    await several[1].close()
    again = await PostgresDb.open(postgres_empty, size=1)
    assert again._ids.slot not in {slots[0], slots[2], slots[3]}
    await again.close()


async def test_a_lost_slot_makes_no_ids_until_there_is_one_again(opened, admin, monkeypatch):
    one = await opened()
    before, slot = one.new_id(), one._ids.slot
    free = asyncio.Event()

    async def take(url, first):
        await free.wait()
        return await take_slot(url, first)

    take_slot = postgres._take_slot
    monkeypatch.setattr(postgres, "_take_slot", take)
    assert await end_connections(admin, "dunnock-slot") == 1
    await until(lambda: one._own is None)
    with pytest.raises(Busy):
        one.new_id()
    while not await admin.fetchval("SELECT pg_try_advisory_lock($1, $2)", postgres._SLOT_LOCKS, slot):  # noqa: ASYNC110
        await asyncio.sleep(0.01)  # until the ended connection has let go; another process takes it then
    free.set()
    await until(lambda: one._own is not None)
    assert one._ids.slot != slot
    assert one.new_id() > before


async def test_the_sixty_fifth_process_is_refused(opened, postgres_empty, admin):
    for slot in range(ids.SLOTS):
        await admin.execute("SELECT pg_try_advisory_lock($1, $2)", postgres._SLOT_LOCKS, slot)
    with pytest.raises(RuntimeError, match="64 processes"):
        await PostgresDb.open(postgres_empty)
    await admin.execute("SELECT pg_advisory_unlock_all()")
