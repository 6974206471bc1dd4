"""The pages of networks: what staff see of accounts that act together, and what they say of it."""

from __future__ import annotations

import re

from dunnock import accounts
from web.admin.networks import planted


async def test_a_network_is_seen_and_dismissed(db, signed_in, make):
    mo = await signed_in("mo", "moderator")
    assert "None." in (await mo.get("/admin/integrity")).text
    paid = await planted(db, make)
    page = await mo.get("/admin/integrity")
    assert "12 accounts" in page.text
    path = re.search(r'href="(/admin/integrity/\d+)"', page.body)[1]
    page = await mo.get(path)
    assert page.text.count(f"@{paid[3].username}") == 1
    assert page.body.count("<circle") == 12
    known = await accounts.independence_of(db, [one.id for one in paid])
    assert len(known) == 12
    token = dict(page.forms[-1].fields)["token"]
    assert (await mo.post(path, {"token": token, "say": "wings"})).status == 422
    page = await mo.led(await mo.post(path, {"token": token, "say": "dismissed"}))
    assert page.status == 200
    assert await accounts.independence_of(db, [one.id for one in paid]) == {}
    assert "12 accounts" in (await mo.get("/admin/integrity?state=dismissed")).text
    assert "together.script" in (await mo.get("/admin/integrity")).text
    assert (await mo.get("/admin/integrity/1")).status == 404
