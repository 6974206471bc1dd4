"""Staff of two servers write to each other about a report, and hear when the other side is done with it."""

from __future__ import annotations

import pytest

from dunnock import accounts, moderation
from dunnock.foundation.errors import Invalid


@pytest.fixture
async def mo(town):
    return await town.make.member("mo", role="moderator")


@pytest.fixture
async def alice(town):
    return await town.make.member("alice")


async def _write(town, report_id, words, by, **how):
    async with town.db.begin() as tx:
        return await moderation.write_message(tx, report_id, words, by=by.id, **how)


async def _messages(town, report_id, by):
    talk = await moderation.show_talk(town.db, report_id, by=by.id)
    return talk, [(one.text, one.by_account_id is None, one.closes) for one in talk.messages]


async def test_a_report_that_went_there_is_answered(town, alice, mo):
    theirs, server = town.near.actor("bob"), town.near.actor("near", kind="Application")
    bob = await town.meet(theirs)
    async with town.db.begin() as tx:
        complaint = moderation.Complaint(target_id=bob, comment="rude", forward=True)
        report = (await moderation.file_report(tx, complaint, by=alice.id)).id
    (flag,) = await town.told(town.near, "Flag")
    await _write(town, report, "Could you <b>look</b>?", mo)
    _, again = await town.told(town.near, "Flag")
    assert (again["inReplyTo"], again["object"], again["content"]) == (flag["id"], [theirs], "Could you <b>look</b>?")
    assert (again["actor"], "mo" in str(again["actor"])) == (f"{town.base}/actor", False)
    await town.send("Flag", server, [f"{town.base}/users/alice"], inReplyTo=flag["id"], content="We <i>look</i>\0 now")
    done = town.near.activity("Resolve", server, flag["id"], content="Done")
    for _ in range(2):
        assert await town.deliver(done) == 202
    talk, messages = await _messages(town, report, mo)
    assert (talk.way, talk.server, talk.answered_at is not None) == ("out", town.near.host, True)
    assert messages == [
        ("Could you <b>look</b>?", False, False), ("We <i>look</i> now", True, False), ("Done", True, True),
    ]  # fmt: skip
    assert (await moderation.find_report(town.db, report)).is_open, "people here close it"
    assert await moderation.list_reports(
        town.db, moderation.WantedReports(target_id=alice.id), accounts.Cursor(), by=mo.id
    ) == [], "a message is no report"  # fmt: skip
    acts = [
        one.act
        for one in await moderation.entries(
            town.db, accounts.Cursor(), by=(await town.make.member("a", role="admin")).id
        )
    ]
    assert "report.write" in acts


async def test_a_report_that_came_from_there_is_answered_by_us(town, alice, mo):
    server = town.near.actor("near", kind="Application")
    flag = await town.send("Flag", server, [f"{town.base}/users/alice"], content="spam")
    (report,) = await moderation.list_reports(town.db, moderation.WantedReports(), accounts.Cursor(), by=mo.id)
    assert report.from_elsewhere
    await _write(town, report.id, "Thank you", mo)
    await _write(town, report.id, "We deleted it", mo, closes=True)
    (message,) = await town.told(town.near, "Flag")
    assert (message["inReplyTo"], message["object"]) == (flag["id"], [f"{town.base}/users/alice"])
    (resolve,) = await town.told(town.near, "Resolve")
    assert (resolve["object"], resolve["content"]) == (flag["id"], "We deleted it")
    await town.send("Flag", server, [f"{town.base}/users/alice"], inReplyTo=flag["id"], content="Great")
    _, messages = await _messages(town, report.id, mo)
    assert messages[-1] == ("Great", True, False)
    assert len(await moderation.list_reports(town.db, moderation.WantedReports(), accounts.Cursor(), by=mo.id)) == 1


async def test_nobody_else_has_a_say(town, alice, mo):
    theirs = town.near.actor("bob")
    bob, stranger = await town.meet(theirs), town.far.actor("far", kind="Application")
    async with town.db.begin() as tx:
        complaint = moderation.Complaint(target_id=bob, comment="rude", forward=True)
        report = (await moderation.file_report(tx, complaint, by=alice.id)).id
        own = (await moderation.file_report(tx, moderation.Complaint(target_id=mo.id), by=alice.id)).id
    (flag,) = await town.told(town.near, "Flag")
    for about in (
        flag["id"],
        flag["id"].replace(str(report), str(own)),
        f"{town.base}/actor#flags/x",
        f"{town.base}/actor#flags/²",
    ):
        await town.send("Resolve", stranger, about, content="Done")
        await town.send("Flag", stranger, [theirs], inReplyTo=about, content="Hello")
    near = town.near.actor("near", kind="Application")
    await town.send("Resolve", near, flag["id"].replace(str(report), str(own)), content="Done")
    for one in (report, own):
        talk, messages = await _messages(town, one, mo)
        assert (talk.answered_at, messages) == (None, [])
    with pytest.raises(Invalid):
        await _write(town, own, "To whom?", mo)
    for words in ("", " ", "x" * 2_001):
        with pytest.raises(Invalid):
            await _write(town, report, words, mo)
    with pytest.raises(accounts.NotPermitted):
        await _write(town, report, "Me too", alice)
    with pytest.raises(accounts.NotPermitted):
        await moderation.show_talk(town.db, report, by=alice.id)
