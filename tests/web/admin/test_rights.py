"""Which pages each role may open: the table of tests/api/page_rights.py, as the admin API has it."""

from __future__ import annotations

import re

from sqlalchemy import select

from api.page_rights import STAFF_FORMS, STAFF_PAGES
from dunnock import accounts, moderation
from dunnock.accounts import POWERS, Power
from dunnock.foundation.db import Sql
from dunnock.integrity.tables import clusters
from web.admin.networks import planted


async def test_roles_open_what_they_may(site, db, join, signed_in, make):
    wren, robin = await join("wren"), await join("robin")
    async with db.begin() as tx:
        report = await moderation.file_report(
            tx, moderation.Complaint(target_id=wren.account_id, comment="hm"), by=robin.account_id
        )
    opener = await join("the_opener", "moderator")
    async with db.begin() as tx:
        case_id = await moderation.open_case(tx, "A case", by=opener.account_id)
    await planted(db, make)
    network = await db.value(Sql(select(clusters.c.id)))
    ids = {"detectors": "together.script", "reports": report.id, "cases": case_id, "integrity": network}
    stranger = site.browser()
    browsers = {role: await signed_in(f"the_{role}", role) for role in ("member", "moderator", "admin", "owner")}
    for route, power in STAFF_PAGES.items():
        path = route.removeprefix("GET ").replace(
            "{id}", str(next((an_id for part, an_id in ids.items() if f"/{part}/" in route), wren.account_id))
        )
        assert (await stranger.get(path)).location.startswith("/auth/sign_in"), path
        for role, browser in browsers.items():
            page = await browser.get(path)
            expected = 404 if role == "member" else 200 if Power[power] in POWERS[role] else 403
            assert page.status == expected, (role, path, page.text[-400:])
            assert page.headers["cache-control"] == "private, no-store"
            if page.status == 200 and "html" in page.headers["content-type"]:
                named = {
                    one for one in re.findall(r'href="(/admin[a-z/-]*)"', page.body) if f"GET {one}" in STAFF_PAGES
                }
                barred = [one for one in named if Power[STAFF_PAGES[f"GET {one}"]] not in POWERS[role]]
                assert barred == [], f"{role} is shown what they may not open"


async def test_forms_need_the_role_too(site, db, join, signed_in):
    await join("wren")
    browsers = {role: await signed_in(f"the_{role}", role) for role in ("member", "moderator")}
    for role, browser in browsers.items():
        await browser.get("/settings/profile")
        token = dict(browser.page.forms[-1].fields)["token"]
        for route in sorted(STAFF_FORMS):
            path = route.removeprefix("POST ").replace("{id}", "7")
            for what in ("add", "block", "block_domain", "about", "end", "approve"):
                sent = {"what": what, "id": "7", "ids[]": "7", "kind": "tag", "text": "x", "domain": "x.example"}
                page = await browser.post(path, sent | {"token": token, "sure": "1", "decision": "approve"})
                assert page.status in ({404} if role == "member" else {400, 403, 404, 422}), (role, path, page.status)
    by = (await accounts.member_named(db, "the_moderator")).account_id
    deeds = await moderation.entries(db, accounts.Cursor(), by=by, wanted=moderation.WantedEntries(deeds=True))
    assert deeds == [], "nothing was done"
