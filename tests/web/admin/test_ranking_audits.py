"""Staff publish what an audit found: unchanged, checkable by everybody, and in their log."""

from __future__ import annotations

import msgspec
import pytest

from dunnock import transparency
from dunnock.feeds.for_you import versions
from dunnock.feeds.for_you.audit import bars_of, bytes_of, read_plan, run
from dunnock.feeds.for_you.features import NAMES
from dunnock.feeds.for_you.model import Model, default_text, text_of

SHIPPED = Model(default_text(), NAMES)
PLAN = (
    "days = 2\nrefreshes = 2\npage = 5\npeople = 40\nposts_a_day = 60\ncrowds = []\n"
    '[[persona]]\nname = "One"\nbehaviour = "curious"\n'
)
HERE = "/admin/ranking-audits"


@pytest.fixture(scope="module")
def report():
    return run(read_plan(PLAN), SHIPPED)


async def test_a_report_is_published_as_it_is_and_stands_in_the_log(signed_in, db, report):
    ada, mo = await signed_in("ada", "admin"), await signed_in("mo", "moderator")
    assert (await mo.get(HERE)).status == 403
    assert "No audit was published yet" in (await ada.get(HERE)).text
    content = bytes_of(report)
    for _ in range(2):
        page = await ada.submit(HERE, plan=" ages ", file=("report.json", content))
        assert page.status == 200
    (made,) = await transparency.published_audits(db)
    assert (made.plan, made.text.encode()) == ("ages", content)
    assert f"/transparency/audits/{made.id}" in page.body
    log = (await ada.get("/admin/log")).text
    assert log.count("Published an audit of recommendations") == 1
    assert made.checksum in log


async def test_what_nobody_could_check_is_refused(signed_in, db, report):
    ada = await signed_in("ada", "admin")
    await ada.get(HERE)
    praised = msgspec.structs.replace(
        report, passed=dict.fromkeys(report.passed, not bars_of(report)["receipts_are_right"])
    )
    elsewhere = msgspec.structs.replace(report, model=Model(text_of(SHIPPED, {"kin": 0.5}, version="x"), NAMES).hash)
    unread = msgspec.structs.replace(report, seen=(msgspec.structs.replace(report.seen[0], fringe=()),))
    cases = [
        (b"{}", "This is no report of an audit"),
        (b"[" * 100_000, "This is no report of an audit"),
        (bytes_of(report).replace(b"\n", b" \n", 1), "not as the program wrote it"),
        (bytes_of(praised), "which its figures deny"),
        (bytes_of(elsewhere), "weights that are not kept here"),
        (bytes_of(unread), "This is no report of an audit"),
        (b"x" * (4 * 1024 * 1024 + 1), "at most 4 MiB"),
    ]
    for content, why in cases:
        page = await ada.submit(HERE, plan="ages", file=("report.json", content))
        assert (page.status, why in page.text) == (422, True), why
    page = await ada.submit(HERE, plan="x" * 101, file=("report.json", bytes_of(report)))
    assert page.status == 422
    assert await transparency.published_audits(db) == []
    async with db.begin() as tx:
        await versions.keep(tx, text_of(SHIPPED, {"kin": 0.5}, version="x"), None)
    await ada.submit(HERE, plan="ages", file=("report.json", bytes_of(elsewhere)))
    assert len(await transparency.published_audits(db)) == 1
