"""What everybody reads of what staff did: months, statements, requests of governments, ends of the log."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import text

from dunnock import moderation
from dunnock.federation import Federation
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Sql
from dunnock.foundation.http import Door
from dunnock.media import MediaStore
from dunnock.transparency.log_ends import publish_log_end
from dunnock.transparency.monthly import write_reports
from dunnock.transparency.statement_feed import StateReasons, state_reasons

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
async def federation(db, site):
    return Federation(db, Door(agent="test"), site.settings, MediaStore.local(site.settings.data / "media"))


async def test_requests_of_governments_are_written_down_and_read(site, signed_in, db, federation):
    ada, mo, stranger = await signed_in("ada", "admin"), await signed_in("mo", "moderator"), site.browser()
    assert (await mo.get("/admin/government")).status == 403
    await ada.get("/admin/government")
    page = await ada.submit("/admin/government", authority="Ministry <b>", country="Germany", law="Song Act")
    assert "two letters" in page.text
    page = await ada.submit(
        "/admin/government", authority="Ministry <b>", country="de", received_on="2026-10-01", law="Song Act", asked="data",
        number="12",
    )  # fmt: skip
    assert "Ministry <b>" in page.text
    shown = (await stranger.get("/transparency")).text
    for words in ("Ministry <b>", "(DE)", "Song Act", "To hand out data", "Not decided yet"):
        assert words in shown
    await ada.submit("/admin/government", press="refused")
    assert "Refused" in (await stranger.get("/transparency")).text
    async with db.begin() as tx:
        await tx.run(Sql(text(f"UPDATE staff_log SET id = id - {(40 * DAY) << 16}")))
    assert await write_reports(db, federation) >= 1
    month = (await db.one(Sql(text("SELECT month FROM monthly_reports WHERE content LIKE '%government%record%'"))))[0]
    page = await stranger.get(f"/transparency/reports/{month}")
    assert page.status == 200
    assert "To hand out data" in page.text
    signed = json.loads((await stranger.get(f"/transparency/reports/{month}/report.json")).body)
    assert json.loads(signed["content"])["governments"]["asked"] == {"data": 1}
    assert month in (await stranger.get("/transparency")).text
    assert (await stranger.get("/transparency/reports/1999-01")).status == 404


async def test_statements_and_ends_for_programs(site, join, signed_in, db, federation):
    wren, mo = await join("wren"), await join("mo", "moderator")
    async with db.begin() as tx:
        judgement = moderation.Judgement(action="suspend", account_ids=(wren.account_id,), facts="Lies & <lies>")
        decided = await moderation.decide(tx, judgement, by=mo.account_id)
    await state_reasons(db, StateReasons(decision_id=decided.id))
    stranger = site.browser()
    got = await stranger.get("/transparency/statements.json")
    (one,) = json.loads(got.body)["statements"]
    assert one["statement"]["decision_facts"] == "Lies & <lies>"
    assert got.headers["access-control-allow-origin"] == "*"
    feed = ET.fromstring((await stranger.get("/transparency/statements.atom")).body)
    assert feed.findtext(f"{ATOM}entry/{ATOM}content") == "Lies & <lies>"
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") == one["statement"]["puid"]
    await publish_log_end(db, federation)
    ends = json.loads((await stranger.get("/transparency/log-ends")).body)
    assert ends["type"] == "OrderedCollection"
    said = json.loads(json.loads(ends["orderedItems"][0]["content"])["statement"])
    assert said["number"] >= 1
