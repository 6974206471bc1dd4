"""What goes out, to servers that behave badly: patience, obedience, fairness, and nothing sent for ever."""

from __future__ import annotations

import asyncio
import time

import msgspec
import pytest
from sqlalchemy import bindparam

from dunnock.federation import deliver, lanes
from dunnock.federation.jobs import ForgetActivities
from dunnock.federation.send import send
from dunnock.federation.store import actors
from dunnock.federation.store import deliveries as store
from dunnock.federation.tables import bodies, deliveries, hosts
from dunnock.foundation.clock import DAY, HOUR, MINUTE, SECOND, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.ids import id_at

_WAITING = Sql(
    deliveries.select()
    .with_only_columns(deliveries.c.host, deliveries.c.attempts, deliveries.c.run_at, deliveries.c.error)
    .order_by(deliveries.c.id)
)
_NOW = Sql(deliveries.update().values(run_at=0))
_PAST = Sql(deliveries.update().where(deliveries.c.host == bindparam("of")).values(id=bindparam("then")))
_HOSTS = Sql(hosts.select().with_only_columns(hosts.c.host).order_by(hosts.c.host))
_BODIES = Sql(bodies.select().with_only_columns(bodies.c.id))
_SINCE = Sql(hosts.update().values(failing_since=0))


@pytest.fixture
async def alice(town):
    return await town.make.member("alice")


@pytest.fixture
def tell(town, alice):
    """Send `count` activities of Alice to each of these inboxes."""

    async def told(*inboxes, count=1):
        async with town.db.begin() as tx:
            for at in range(count):
                activity = {"id": f"{town.base}/x/{at}", "type": "View", "actor": f"{town.base}/users/alice"}
                await send(tx, activity, by=alice.id, to=inboxes, here="elsewhere.example")

    return told


async def settle(town):
    await town.home.house.deliveries.settle()


async def again(town):
    """The time of the next try has come."""
    async with town.db.begin() as tx:
        await tx.run(_NOW)
    await settle(town)


async def waiting(town):
    return await town.db.all(_WAITING)


def test_the_pauses_grow_from_seconds_to_half_a_day():
    pauses = [deliver.pause_ms(attempt, 0) for attempt in range(1, deliver.MOST_ATTEMPTS)]
    assert pauses == sorted(pauses)
    assert pauses[0] == 3 * SECOND
    assert 20 * SECOND < pauses[2] < MINUTE
    assert 10 * HOUR < pauses[-1] < 12 * HOUR
    assert DAY < sum(pauses) < 2 * DAY
    assert all(0 <= deliver.pause_ms(at, 1) - deliver.pause_ms(at, 0) <= pauses[at - 1] / 2 for at in range(1, 16))


@pytest.mark.parametrize("status", [500, 503, 429, 408, 401])
async def test_what_may_pass_is_tried_again(town, tell, status):
    town.near.status["/inbox"] = status
    await tell(f"{town.near.base}/inbox")
    begun = now_ms()
    await settle(town)
    [(host, attempts, run_at, error)] = await waiting(town)
    assert (host, attempts, error) == (town.near.host, 1, f"answered {status}")
    assert 2 * SECOND < run_at - begun < 10 * SECOND
    del town.near.status["/inbox"]
    await again(town)
    assert await waiting(town) == []


@pytest.mark.parametrize("status", [400, 403, 404, 410, 422, 301])
async def test_what_will_not_pass_is_not_tried_again(town, tell, status):
    town.near.status["/inbox"] = status
    await tell(f"{town.near.base}/inbox")
    await settle(town)
    assert await waiting(town) == []
    assert len(town.near.got) == (2 if status == 400 else 1)  # 400 may mean the kind of signature


async def test_who_says_when_is_obeyed(town, tell):
    town.near.status["/inbox"] = 429
    for said, wait in (("7200", 2 * HOUR), ("999999", DAY), ("soon", 0)):
        town.near.more["/inbox"] = f"Retry-After: {said}\r\n"
        await tell(f"{town.near.base}/inbox")
        begun = now_ms()
        await settle(town)
        [(_, _, run_at, _)] = await waiting(town)
        assert wait <= run_at - begun < wait + 15 * SECOND
        del town.near.status["/inbox"]
        await again(town)
        town.near.status["/inbox"] = 429


async def test_in_the_end_it_is_given_up(town, tell):
    town.near.status["/inbox"] = 500
    await tell(f"{town.near.base}/inbox")
    await settle(town)
    for _ in range(deliver.MOST_ATTEMPTS - 1):
        await again(town)
    assert len(town.near.got) == deliver.MOST_ATTEMPTS
    assert await waiting(town) == []


async def test_a_dead_server_is_left_alone_until_it_is_heard_of(town, alice, tell):
    town.near.status["/inbox"] = 503
    await tell(f"{town.near.base}/inbox")
    await settle(town)
    async with town.db.begin() as tx:
        await tx.run(_SINCE)  # it took nothing for more than a week
    await again(town)
    assert (await actors.hosts_of(town.db, [town.near.host]))[town.near.host][2] is not None
    sent = len(town.near.got)
    await tell(f"{town.near.base}/inbox")
    await again(town)
    assert len(town.near.got) == sent
    assert await deliver.count_due(town.db, now=now_ms()) == 0
    assert all(run_at > now_ms() + 23 * HOUR for _, _, run_at, _ in await waiting(town))  # in nobody's way so long
    del town.near.status["/inbox"]
    await town.send("Like", town.near.actor("bob"), f"{town.base}/users/alice/statuses/1")  # a sign of life
    await again(town)
    assert len(town.near.got) == sent + 2
    assert await waiting(town) == []


async def test_who_was_away_gets_what_waits_as_soon_as_it_is_heard_of(town, tell):
    """Not before its time if the server asked to wait, and no more than once an hour: tries are not used up by that."""
    bob = town.near.actor("bob")
    await town.send("Like", bob, f"{town.base}/users/alice/statuses/1")
    for status, sent, left in ((503, 2, 0), (429, 1, 1), (503, 1, 2)):
        before = len(town.near.got)
        town.near.status["/inbox"] = status
        await tell(f"{town.near.base}/inbox")
        await settle(town)
        del town.near.status["/inbox"]
        await town.send("Like", bob, f"{town.base}/users/alice/statuses/1")
        await settle(town)
        assert len(town.near.got) - before == sent, status
        assert len(await waiting(town)) == left


async def test_what_a_dead_process_was_sending_is_sent_by_the_next(town, tell):
    """By its slot: what another process is sending stays its own."""
    dead, sender = deliver.Deliveries(town.home.house.federation), town.home.house.deliveries
    town.near.waits = lambda _: 60
    await dead.start(slot="first")
    await tell(f"{town.near.base}/inbox")
    async with asyncio.timeout(10):
        while not town.near.got:  # noqa: ASYNC110 (seen from outside)
            await asyncio.sleep(0.01)
    dead._task.cancel()
    for task in list(dead._under_way):  # as by SIGKILL: it writes nothing down
        task.cancel()
    town.near.waits = lambda _: 0
    for slot, sent in (("second", 1), ("first", 2)):
        await sender.start(slot=slot)
        await sender.settle()
        assert len(town.near.got) == sent, slot
        sender._task.cancel()
    assert await waiting(town) == []


async def test_sc_094_servers_that_are_gone_leave_nothing(town, alice, tell):
    """What waits for them is dropped after a month, and so is what is known of them; others are left as they are."""
    town.near.status["/inbox"] = town.far.status["/inbox"] = 503
    await tell(f"{town.near.base}/inbox", f"{town.far.base}/inbox")
    await settle(town)
    async with town.db.begin() as tx:
        long_ago = tx.now - 31 * DAY
        await actors.note_failure(tx, town.near.host, since=long_ago, parked=long_ago)
        await tx.run(_PAST, of=town.near.host, then=id_at(long_ago))
        await actors.note_scheme(tx, "silent.example", "draft")
        await actors.note_failure(tx, "lately.example", since=tx.now, parked=None)
    for _ in range(2):  # it is let go of when nothing waits for it
        async with town.db.begin() as tx:
            await tx.enqueue(ForgetActivities())
        await town.home.house.jobs.settle()
    assert [row[0] for row in await waiting(town)] == [town.far.host]
    assert [row[0] for row in await town.db.all(_HOSTS)] == sorted(["lately.example", town.far.host])
    assert len(await town.db.all(_BODIES)) == 1
    async with town.db.begin() as tx:
        await tx.run(_NOW)
    town.far.status.clear()
    await settle(town)
    assert await town.db.all(_BODIES) == []


async def test_the_other_kind_of_signature_is_tried_and_remembered(town, tell):
    town.near.only = "signature-input"
    await tell(f"{town.near.base}/inbox")
    await settle(town)
    assert ["signature-input" in headers for _, headers, _ in town.near.got] == [False, True]
    assert await waiting(town) == []
    await tell(f"{town.near.base}/inbox")
    await settle(town)
    assert ["signature-input" in headers for _, headers, _ in town.near.got] == [False, True, True]
    assert (await actors.hosts_of(town.db, [town.near.host]))[town.near.host][0] == "rfc9421"


@pytest.fixture
def patient(monkeypatch):
    """No server is given up on, however busy the machine is."""
    for name in ("_FIRST", "_LATER"):
        monkeypatch.setattr(deliver, name, msgspec.structs.replace(getattr(deliver, name), within_s=120))


async def test_a_burst_to_a_slow_server_holds_up_no_other(town, tell, patient):
    """Two at a time to one server, however much waits for it; what came later for another goes at once."""
    town.near.held = asyncio.Event()  # it answers nobody
    await tell(f"{town.near.base}/inbox", count=store.LOOKED_AT + 100)  # more than is looked at
    await tell(f"{town.far.base}/inbox", count=20)
    sender = town.home.house.deliveries
    await sender.start()
    begun = time.monotonic()
    while len(town.far.got) < 20 or len(town.near.got) < lanes.PER_HOST:
        assert time.monotonic() - begun < 30
        await asyncio.sleep(0.01)
    assert len(town.near.got) == lanes.PER_HOST
    await sender.stop(within_s=0.1)
    town.near.held.set()
    attempts = [row[1] for row in await waiting(town)]
    assert sum(attempts) == 0  # those that only waited for a turn were not tried


async def test_servers_that_fail_leave_room_for_others(town, tell, monkeypatch, patient):
    """However many of them there are, others are served beside them."""
    monkeypatch.setattr(lanes, "SLOW_AT_ONCE", 2)
    monkeypatch.setattr(lanes, "AT_ONCE", 4)
    monkeypatch.setattr(lanes, "PER_HOST", 4)
    town.near.status["/inbox"] = 503
    await tell(f"{town.near.base}/inbox", count=8)
    await settle(town)
    assert len(await waiting(town)) == 8
    town.near.held = asyncio.Event()  # it answers nobody
    async with town.db.begin() as tx:
        await tx.run(_NOW)
    await tell(f"{town.far.base}/inbox")
    sender = town.home.house.deliveries
    await sender.start()
    begun = time.monotonic()
    while not town.far.got or len(town.near.got) < 8 + 2:
        assert time.monotonic() - begun < 30
        await asyncio.sleep(0.01)
    assert len(town.near.got) == 8 + 2
    await sender.stop(within_s=1)
    town.near.held.set()
