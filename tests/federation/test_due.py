"""What is due, on both engines: found by age, by server, and out of the way."""

from __future__ import annotations

from dunnock.federation.store import actors
from dunnock.federation.store import deliveries as store
from dunnock.foundation.clock import DAY


async def test_what_is_due_is_found_by_age_and_by_server(db):
    async with db.begin() as tx:
        await store.add(
            tx, b"{}", by=0, to=[(f"https://{host}.example/{n}", f"{host}.example") for host in "abc" for n in "12"]
        )
        await actors.note_failure(tx, "c.example", since=tx.now, parked=tx.now)
        now = tx.now
    assert await store.any_due(db, now, ["a.example"])
    assert not await store.any_due(db, now, ["a.example", "b.example", "c.example"])
    assert await store.hosts_due(db, now, ["b.example"], after="", most=9) == ["a.example", "c.example"]
    assert await store.hosts_due(db, now, [], after="a.example", most=1) == ["b.example"]
    assert not await store.is_crowded(db, now)
    async with db.begin() as tx:
        found = await store.find_due(tx, now, full=["a.example"], most=9)
        assert [(one.host, one.parked) for one in found] == [("b.example", False)] * 2 + [("c.example", True)] * 2
        await store.park(tx, ["b.example", "c.example"], until=now + DAY)  # only those that are left alone
        await store.lease(tx, await store.find_due_of(tx, now, "a.example", most=1), until=now + DAY, slot=None)
    async with db.begin() as tx:
        assert [one.host for one in await store.find_due(tx, now, full=[], most=9)] == [
            "a.example",
            "b.example",
            "b.example",
        ]
