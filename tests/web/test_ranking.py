"""What everybody reads of our ranking: audits, weights in force, changes."""

from __future__ import annotations

import hashlib
import json

import msgspec
import pytest

from dunnock import transparency
from dunnock.feeds.for_you import versions
from dunnock.feeds.for_you.audit import read_plan, run
from dunnock.feeds.for_you.features import NAMES
from dunnock.feeds.for_you.learn import Comparison, Difference
from dunnock.feeds.for_you.model import Model, default_text, text_of

SHIPPED = Model(default_text(), NAMES)
PLAN = (
    "days = {days}\nrefreshes = 2\npage = 5\npeople = 40\nposts_a_day = 60\nharmful = 0\nfringe = 0\ncrowds = [10]\n"
    '[[persona]]\nname = "A <child>"\nbehaviour = "corrective"\nminor = true\n'
)


@pytest.fixture(scope="module")
def reports():
    return [run(read_plan(PLAN.format(days=days)), SHIPPED) for days in (4, 5)]


async def test_an_audit_is_read_beside_the_last_one_and_as_the_file(site, db, reports):
    stranger = site.browser()
    page = await stranger.get("/transparency/ranking")
    assert "No audit was published yet" in page.text
    assert "never changed here" in page.text
    worse = msgspec.structs.replace(reports[1], passed=reports[1].passed | {"receipts_are_right": False})
    async with db.begin() as tx:
        first = await transparency.publish_audit(tx, "ages", reports[0])
        second = await transparency.publish_audit(tx, "ages", worse)
    listed = (await stranger.get("/transparency/ranking")).text
    assert "7 of 8 held" in listed
    assert "8 of 8 held" in listed
    assert second.checksum[:16] in listed
    page = (await stranger.get(f"/transparency/audits/{second.id}")).body
    assert f'href="/transparency/audits/{first.id}"' in page
    assert page.count("Other than last time") == 1
    assert page.count("<polyline") == 2
    assert "A &lt;child&gt;" in page
    now, then = worse.seen[0], reports[0].seen[0]
    assert f"{now.ndcg:.4f} ({then.ndcg:.4f})" in page
    assert f"{now.recovery:.2f}" in page
    assert f"{now.gini:.3f}" in page
    assert f"{now.drift:+.5f}" in page
    assert f"{worse.figures[0].amplified_interest:.2f}" in page
    assert f"0 / {now.receipts}" in page
    assert f"{now.interest[0]:.3f} → {now.interest[-1]:.3f}" in page
    assert second.checksum in page
    assert "<script" not in page.partition("<main")[2].partition("</main>")[0]
    alone = (await stranger.get(f"/transparency/audits/{first.id}")).text
    assert "In brackets" not in alone
    file = await stranger.get(f"/transparency/audits/{second.id}/report.json")
    assert hashlib.sha256(file.body.encode()).hexdigest() == second.checksum
    assert file.headers["access-control-allow-origin"] == "*"
    for path in ("/transparency/audits/1", "/transparency/audits/1/report.json", "/transparency/weights/" + "0" * 64):
        assert (await stranger.get(path)).status == 404


@pytest.mark.both_engines
async def test_which_weights_counted_when_is_public(site, db):
    stranger = site.browser()
    better = tuple(Difference(name, 0.2, 0.1, 0.3) for name in ("live", "popularity", "walk"))
    scores = {"file": 0.625, "live": 0.5, "popularity": 0.4, "walk": 0.3}
    compared = Comparison(850, 300, 40, 5, 1, 2, 3, 0.5, scores, better, SHIPPED.hash)
    text = text_of(SHIPPED, {"kin": 0.5}, version="2")
    async with db.begin() as tx:
        new = await versions.keep(tx, text, compared)
        await versions.put_in_force(tx, new, because="It foretells <better>.")
    page = (await stranger.get("/transparency/ranking")).body
    for words in (new[:16], "It foretells &lt;better&gt;.", "850", "0.6250", "0.5000"):
        assert words in page
    told = json.loads((await stranger.get("/transparency/ranking.json")).body)
    assert told["in_force"] == new
    assert [one["sha256"] for one in told["changes"]] == [new]
    assert {one["sha256"]: one["compared"] is None for one in told["weights"]} == {new: False, SHIPPED.hash: True}
    for named, held in ((new, text), (SHIPPED.hash, default_text())):
        file = await stranger.get(f"/transparency/weights/{named}")
        assert file.body == held
        assert hashlib.sha256(file.body.encode()).hexdigest() == named
