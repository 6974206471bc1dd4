"""An emergency: for a while a class of accounts can't post, boost or edit; all others can (DISARM drill D04)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from dunnock import accounts, moderation, posts
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.settings import Settings

SETTINGS = Settings(data=Path("/nowhere"), public_url="https://nest.example")


@pytest.fixture
async def people(db, make):
    made = {name: (await make.member(name)).id for name in ("old", "young", "star")} | {
        "ada": (await make.member("ada", role="admin")).id
    }
    async with db.begin() as tx:
        await tx.run(Sql(text(f"UPDATE accounts SET created_at = {now_ms()} WHERE id = {made['young']}")))
        await tx.run(Sql(text(f"UPDATE accounts SET protected = TRUE WHERE id = {made['star']}")))
    return made


@pytest.fixture
def who_can(db, people):
    async def found():
        able = set()
        for name, account_id in people.items():
            try:
                async with db.begin() as tx:
                    await posts.publish(
                        tx, posts.Draft(text="hello"), author_id=account_id, app_id=None, settings=SETTINGS
                    )
                able.add(name)
            except posts.PostingStopped:
                continue
        return able

    return found


@pytest.mark.parametrize(
    ("who", "can"),
    [
        ("everybody", {"ada"}),
        ("newcomers", {"ada", "old", "star"}),
        ("protected", {"ada", "old", "young"}),
    ],
)
async def test_at_once_and_until_it_ends(db, people, who_can, who, can):
    assert await who_can() == set(people)
    async with db.begin() as tx:
        stop = await moderation.stop_posting(tx, who, hours=2, why="Accounts are taken over", by=people["ada"])
    assert await who_can() == can
    assert [(one.who, one.why) for one in await accounts.posting_stops(db)] == [(who, "Accounts are taken over")]
    async with db.begin() as tx:
        await moderation.let_post_again(tx, stop, by=people["ada"])
    assert await who_can() == set(people)
    async with db.begin() as tx:
        await moderation.stop_posting(tx, who, hours=1, why="Again", by=people["ada"])
        await tx.run(Sql(text("UPDATE posting_stops SET until = 1")))
    assert await who_can() == set(people), "it ends by itself"


async def test_boosts_and_edits_too(db, people):
    async with db.begin() as tx:
        mine = await posts.publish(
            tx, posts.Draft(text="mine"), author_id=people["old"], app_id=None, settings=SETTINGS
        )
        other = await posts.publish(
            tx, posts.Draft(text="other"), author_id=people["ada"], app_id=None, settings=SETTINGS
        )
        await moderation.stop_posting(tx, "everybody", hours=1, why="A raid", by=people["ada"])
    with pytest.raises(posts.PostingStopped):
        async with db.begin() as tx:
            await posts.boost(tx, other.id, by=people["old"])
    with pytest.raises(posts.PostingStopped):
        async with db.begin() as tx:
            await posts.edit(tx, mine.id, posts.Changes(text="new"), by=people["old"], settings=SETTINGS)


@pytest.mark.parametrize(
    ("who", "hours", "why"), [("nobody", 1, "x"), ("everybody", 0, "x"), ("everybody", 25, "x"), ("everybody", 1, " ")]
)
async def test_only_for_a_reason_and_a_while(db, people, who, hours, why):
    with pytest.raises(moderation.StopRefused):
        async with db.begin() as tx:
            await moderation.stop_posting(tx, who, hours=hours, why=why, by=people["ada"])
    with pytest.raises(accounts.NotPermitted):
        async with db.begin() as tx:
            await moderation.stop_posting(tx, "everybody", hours=1, why="x", by=people["old"])
