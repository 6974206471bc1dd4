"""Figures for staff through whole requests, against rows that were put there."""

from __future__ import annotations

import platform
import re

import pytest

from api.staffed import staffed
from dunnock import __version__, posts
from dunnock.accounts import tables as a
from dunnock.foundation.clock import DAY, iso, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.ids import id_at
from dunnock.foundation.tally import tally
from dunnock.moderation import figures
from dunnock.moderation.figures import Span
from dunnock.moderation.store import figures as store

MEASURES, DIMENSIONS, RETENTION = (f"/api/v1/admin/{name}" for name in ("measures", "dimensions", "retention"))
TODAY = now_ms() // DAY * DAY


@pytest.fixture
async def staff(database_url, tmp_path, make):
    made = await staffed(database_url, tmp_path, make)
    yield made
    await made.house.close()


@pytest.fixture
async def mod(make):
    return await make.member("mod", role="moderator")


async def measures(staff, mod, keys, days=2, **more):
    asked = {"keys": keys, "start_at": iso(TODAY - (days - 1) * DAY), "end_at": iso(TODAY + DAY - 1), **more}
    return {one["key"]: one for one in await staff.post(MEASURES, mod, **asked)}


@pytest.mark.both_engines
async def test_measures_of_the_site(staff, make, mod):
    ada, ben = await make.member("ada"), await make.member("ben")
    post = await make.post(ada, "one")
    await make.post(ben, "two", reply_to=post)
    for who in (ada, ben):
        assert (await staff.ask("POST", f"/api/v1/statuses/{post.id}/favourite", who)).status == 200
    assert (await staff.ask("POST", f"/api/v1/statuses/{post.id}/reblog", ben)).status == 200
    report = await staff.post("/api/v1/reports", ada, account_id=str(ben.id))
    await staff.post("/api/v1/reports", ben, account_id=str(ada.id))
    await staff.post(f"/api/v1/admin/reports/{report['id']}/resolve", mod)
    got = await measures(staff, mod, list(figures.SITE))
    assert {key: one["total"] for key, one in got.items()} == {
        "active_users": "3", "new_users": "3", "interactions": "4", "opened_reports": "2", "resolved_reports": "1",
    }  # fmt: skip
    assert got["new_users"] == {
        "key": "new_users", "unit": None, "total": "3", "previous_total": "0",
        "data": [{"date": iso(TODAY - DAY), "value": "0"}, {"date": iso(TODAY), "value": "3"}],
    }  # fmt: skip
    assert list(got) == list(figures.SITE), "in the order asked for"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00\.000Z", got["interactions"]["data"][0]["date"])


async def test_what_was_before(staff, make, mod):
    """The span before is as long; days are days of UTC."""
    for at in (TODAY - 1, TODAY - 2 * DAY, TODAY - 2 * DAY - 1, TODAY - 4 * DAY - 1):
        member = await make.member()
        async with staff.house.db.begin() as tx:
            await tx.run(
                Sql(a.members.update().where(a.members.c.id == member.member_id).values(id=id_at(at, at % 1000)))
            )
    got = (await measures(staff, mod, ["new_users"]))["new_users"]
    assert (got["total"], got["previous_total"]) == ("2", "2")
    assert [one["value"] for one in got["data"]] == ["1", "1"]
    got = (await measures(staff, mod, ["new_users"], days=3))["new_users"]
    assert [one["value"] for one in got["data"]] == ["1", "1", "1"]


async def test_a_member_is_active_once_a_day_with_however_many_tokens(staff, make, mod):
    ada = await make.member("ada")
    for scopes in ("read", "write read", "read write follow"):
        assert (await staff.ask("GET", "/api/v1/timelines/home", ada, scopes)).status == 200
    assert (await measures(staff, mod, ["active_users"]))["active_users"]["total"] == "2", "ada and mod"


async def test_days_that_are_over_are_counted_once(staff, make, mod):
    await measures(staff, mod, ["interactions"], days=5)
    kept = await staff.house.db.all(store.KEPT, key="interactions", first_day=0)
    before_yesterday = now_ms() // DAY - 2
    assert {day for day, _ in kept} >= {before_yesterday, before_yesterday - 1, before_yesterday - 2}
    assert now_ms() // DAY not in {day for day, _ in kept}, "today goes on"
    assert {figure for _, figure in kept} == {0}


@pytest.mark.both_engines
async def test_the_log_tells_how_much_happened(db):
    async def happened(number: int) -> None:
        async with db.begin() as tx:
            for one in range(number):
                await tx.record(posts.PostFavourited(post_id=one, by=1))
            await tx.record(posts.PostUnfavourited(post_id=1, by=1))

    start = now_ms()
    assert await tally(db, ["PostFavourited"], 0, start + DAY) == 0
    for number in (3, 1, 2):
        await happened(number)
    assert await tally(db, ["PostFavourited"], start - DAY, start + DAY) == 6
    assert await tally(db, ["PostFavourited", "PostUnfavourited"], 0, start + DAY) == 9
    assert await tally(db, ["PostFavourited"], start + DAY, start + 2 * DAY) == 0
    assert await tally(db, ["PostFavourited"], start - 2 * DAY, start - DAY) == 0
    assert await tally(db, [], 0, start + DAY) == 0


@pytest.mark.both_engines
async def test_measures_of_a_hashtag_and_a_server(staff, make, mod):
    far = [await make.account(f"far{n}", domain="far.example") for n in range(2)]
    ada = await make.member("ada")
    for author in (*far, ada, ada):
        await make.post(author, "#bird", hashtags=("bird",), language="de")
    await make.follow(ada, far[0])
    await make.follow(far[1], ada)
    await make.media(far[0], bytes=2048)
    await staff.post("/api/v1/reports", ada, account_id=str(far[0].id))
    tag_id = (await staff.get("/api/v1/tags/bird"))["id"]
    about = {key: {"id": tag_id} for key in figures.OF_TAG} | {
        key: {"domain": "FAR.example"} for key in figures.OF_SERVER
    }
    got = await measures(staff, mod, [*figures.OF_TAG, *figures.OF_SERVER], **about)
    assert {key: one["total"] for key, one in got.items()} == {
        "tag_accounts": "3", "tag_uses": "4", "tag_servers": "2", "instance_accounts": "2",
        "instance_media_attachments": "2048", "instance_reports": "1", "instance_statuses": "2",
        "instance_follows": "1", "instance_followers": "1",
    }  # fmt: skip
    assert (got["instance_media_attachments"]["unit"], got["instance_media_attachments"]["human_value"]) == (
        "bytes", "2 KB",
    )  # fmt: skip
    assert "previous_total" not in got["instance_accounts"]
    assert got["tag_uses"]["previous_total"] == "0"
    assert [one["value"] for one in got["tag_uses"]["data"]] == ["0", "4"]
    assert await staff.post(MEASURES, mod, keys=["tag_uses", "instance_accounts", "nonsense"]) == []


@pytest.mark.both_engines
async def test_dimensions(staff, make, mod):
    far, ada = await make.account("far", domain="far.example"), await make.member("ada")
    for author, language in ((far, "de"), (ada, "en"), (ada, "en"), (ada, None)):
        await make.post(author, "#bird", hashtags=("bird",), language=language)
    await staff.ask("GET", "/api/v1/timelines/home", ada)
    tag_id = (await staff.get("/api/v1/tags/bird"))["id"]
    asked = {
        "keys": list(figures.DIMENSIONS), "tag_servers": {"id": tag_id}, "tag_languages": {"id": tag_id},
        "instance_accounts": {"domain": "far.example"}, "instance_languages": {"domain": "far.example"},
    }  # fmt: skip
    answer = await staff.post(DIMENSIONS, mod, **asked)
    assert [one["key"] for one in answer] == list(figures.DIMENSIONS)
    got = {one["key"]: one["data"] for one in answer}
    both = [
        {"key": "localhost:3000", "human_key": "localhost:3000", "value": "3"},
        {"key": "far.example", "human_key": "far.example", "value": "1"},
    ]
    assert got["servers"] == got["tag_servers"] == both
    assert got["languages"] == [{"key": "en", "human_key": "en", "value": "2"}]
    assert got["sources"] == [{"key": "web", "human_key": "Website", "value": "2"}]
    assert [(one["key"], one["value"]) for one in got["tag_languages"]] == [("en", "2"), ("de", "1"), ("und", "1")]
    assert got["instance_languages"] == [{"key": "de", "human_key": "de", "value": "1"}]
    assert got["instance_accounts"] == [{"key": "far", "human_key": "far", "value": "0"}]
    engine = staff.house.db.engine
    assert [one["key"] for one in got["space_usage"]] == [engine, "media"]
    assert int(got["space_usage"][0]["value"]) > 10_000
    assert got["space_usage"][1] == {
        "key": "media", "human_key": "Media storage", "value": "0", "unit": "bytes", "human_value": "0 Bytes",
    }  # fmt: skip
    assert [(one["key"], one["value"]) for one in got["software_versions"][:2]] == [
        ("dunnock", __version__), ("python", platform.python_version()),
    ]  # fmt: skip
    assert got["software_versions"][2]["key"] == engine
    (only,) = await staff.post(DIMENSIONS, mod, keys=["servers"], limit=1)
    assert len(only["data"]) == 1


@pytest.mark.both_engines
async def test_retention(staff, make, mod):
    async def joined(day: int, last: int | None) -> None:
        one = await make.member()
        change = a.members.update().where(a.members.c.id == one.member_id)
        async with staff.house.db.begin() as tx:
            await tx.run(Sql(change.values(created_at=TODAY - day * DAY + 5)))
            if last is not None:
                await tx.run(Sql(change.values(last_sign_in_at=TODAY - last * DAY + 7)))

    for day, last in ((2, 0), (2, 1), (2, None), (1, 0)):
        await joined(day, last)
    asked = {"start_at": iso(TODAY - 2 * DAY), "end_at": iso(TODAY), "frequency": "day"}
    got = await staff.post(RETENTION, mod, **asked)
    assert [(one["period"], one["frequency"]) for one in got] == [(iso(TODAY - n * DAY), "day") for n in (2, 1, 0)]
    assert [(one["date"], one["value"], round(one["rate"], 3)) for one in got[0]["data"]] == [
        (iso(TODAY - 2 * DAY), "3", 1.0), (iso(TODAY - DAY), "2", 0.667), (iso(TODAY), "1", 0.333),
    ]  # fmt: skip
    assert [(one["value"], one["rate"]) for one in got[1]["data"]] == [("1", 1.0), ("1", 1.0)]
    assert [(one["value"], one["rate"]) for one in got[2]["data"]] == [("0", 0.0)]
    for name in asked:
        assert await staff.post(RETENTION, mod, **{key: value for key, value in asked.items() if key != name}) == []
    months = await staff.post(RETENTION, mod, start_at="2023-01-15", end_at="2024-03-01", frequency="month")
    assert [one["period"] for one in months][:2] == ["2023-01-01T00:00:00.000Z", "2023-02-01T00:00:00.000Z"]
    assert (len(months), len(months[0]["data"]), len(months[-1]["data"])) == (15, 15, 1)
    november = months[10]
    assert november["period"] == "2023-11-01T00:00:00.000Z"
    assert november["data"][0]["value"] == "1", "the moderator, who was made then"


def test_spans_are_bounded():
    assert len(Span.of(0, now_ms()).days) == figures.MOST_DAYS
    assert len(Span.of(None, None).days) == 30
    assert len(Span.of(now_ms() + 9 * DAY, now_ms()).days) == 1
    assert Span(10, 14).before == Span(6, 10)


@pytest.mark.parametrize("path", [MEASURES, DIMENSIONS, RETENTION])
async def test_who_may_and_bad_dates(staff, make, mod, path):
    answer = await staff.ask("POST", path, await make.member(), json={"start_at": "x"})
    assert (answer.status, answer.json) == (403, {"error": "This action is not allowed"})
    for said in ("yesterday", "2026-13-01", "99999-01-01"):
        answer = await staff.ask("POST", path, mod, json={"keys": ["new_users"], "end_at": said})
        assert (answer.status, answer.json) == (422, {"error": "Validation failed: end_at is not a date"}), said
    answer = await staff.ask("POST", path, mod, form={"keys[]": "new_users", "start_at": "0001-01-01"})
    assert answer.status == 200
