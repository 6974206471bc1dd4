"""What was scheduled and posted while somebody else may have been in."""

from __future__ import annotations

from pathlib import Path

from dunnock import posts
from dunnock.accounts import AccountRecalled
from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.posts import recalled
from dunnock.posts.schedule import find_scheduled, publish_scheduled

SETTINGS = Settings(data=Path("/nowhere"), public_url="https://here.example")


async def test_what_was_scheduled_waits_for_its_author(db, make):
    anna, bert = await make.member(), await make.member()
    since = now_ms()
    made = []
    async with db.begin() as tx:
        for one in (anna, bert):
            draft = posts.Draft(text="Free coins")
            at = tx.now + HOUR
            made.append(await posts.schedule(tx, draft, at=at, author_id=one.id, app_id=None, settings=SETTINGS))
    reactions = Reactions(db, recalled.HEARS)
    await reactions.prepare()
    async with db.begin() as tx:
        await tx.record(AccountRecalled(member_id=anna.member_id, account_id=anna.id, since=since))
    await reactions.settle()
    held = await find_scheduled(db, made[0].id, by=anna.id)
    assert "somebody else" in held.error
    assert (await find_scheduled(db, made[1].id, by=bert.id)).error is None
    await publish_scheduled(db, posts.PublishScheduled(made[0].id), settings=SETTINGS)
    assert (await find_scheduled(db, made[0].id, by=anna.id)).error == held.error, "it does not go out by itself"


async def test_what_was_posted_in_that_time(db, make):
    anna, bert = await make.member(), await make.member()
    before = await make.post(anna)
    since = now_ms() + 1
    while now_ms() <= since:
        pass
    theirs = [await make.post(anna), await make.post(anna, visibility="direct")]
    await make.post(bert)
    until = now_ms()
    found = await posts.written_between(db, anna.id, since=since, until=until)
    assert found == [one.id for one in reversed(theirs)]
    assert before.id not in found
