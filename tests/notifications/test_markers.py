from __future__ import annotations

import asyncio

from dunnock import notifications


async def move(db, who, **moves):
    async with db.begin() as tx:
        return await notifications.move_markers(tx, who.id, moves)


async def test_markers_count_their_moves(db, make):
    anna, bob = await make.member(), await make.member()
    assert (await move(db, anna, home=5))["home"].version == 0
    moved = await move(db, anna, home=9, notifications=3)
    assert [(name, one.last_read_id, one.version) for name, one in moved.items()] == [
        ("home", 9, 1), ("notifications", 3, 0),
    ]  # fmt: skip
    assert await notifications.read_markers(db, anna.id) == moved
    assert await notifications.read_markers(db, bob.id) == {}
    assert list(await notifications.read_markers(db, anna.id, ["home"])) == ["home"]


async def test_of_moves_at_once_each_is_counted_or_refused(db, make):
    anna = await make.member()
    await move(db, anna, home=1)
    done = await asyncio.gather(*[move(db, anna, home=number) for number in range(2, 12)], return_exceptions=True)
    refused = [one for one in done if isinstance(one, notifications.MarkerMoved)]
    assert all(isinstance(one, dict) for one in done if one not in refused)
    assert (await notifications.read_markers(db, anna.id))["home"].version == len(done) - len(refused)
