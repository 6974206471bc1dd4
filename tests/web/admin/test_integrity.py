"""The pages of networks: what staff see of accounts that act together, and what they say of it."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest
import stix2

from dunnock import accounts, moderation
from dunnock.integrity import DETECTORS, judge_signal, list_clusters, raise_signal
from dunnock.integrity.store import clusters
from dunnock.posts.entries import hashtag_ids
from dunnock.web.admin.alerts import DETECTORS as NAMED
from web.admin.networks import planted


async def test_a_network_is_seen_and_dismissed(db, signed_in, make):
    mo = await signed_in("mo", "moderator")
    assert "None waits." in (await mo.get("/admin/integrity")).text
    paid = await planted(db, make)
    page = await mo.get("/admin/integrity")
    assert "12 accounts" in page.text
    path = re.search(r'href="(/admin/integrity/\d+)"', page.body)[1]
    page = await mo.get(path)
    assert page.body.count(f'value="{paid[3].id}"') == 1
    assert re.search(r"at most one in 240\s000\s000 would look", page.text)
    assert re.search(r'class="account core" d="([^"]*)"', page.body)[1].count("M") == 12
    known = await accounts.independence_of(db, [one.id for one in paid])
    assert len(known) == 12
    token = dict(page.forms[-1].fields)["token"]
    assert (await mo.post(path, {"token": token, "say": "wings"})).status == 422
    page = await mo.led(await mo.post(path, {"token": token, "say": "dismissed"}))
    assert page.status == 200
    assert await accounts.independence_of(db, [one.id for one in paid]) == {}
    assert "12 accounts" in (await mo.get("/admin/integrity?state=dismissed")).text
    assert "Accounts wrote nearly the same within minutes" in (await mo.get("/admin/integrity")).text
    assert (await mo.get("/admin/integrity/1")).status == 404


@pytest.mark.both_engines
async def test_a_network_is_split_merged_and_given_back(db, signed_in, make):
    mo = await signed_in("mo", "moderator")
    await planted(db, make)
    path = re.search(r'href="(/admin/integrity/\d+)"', (await mo.get("/admin/integrity")).body)[1]
    page = await mo.get(path)
    token = dict(page.forms[-1].fields)["token"]
    some = re.findall(r'name="accounts\[\]" value="(\d+)"', page.body)[:3]
    assert (await mo.post(path, {"token": token, "what": "split", "accounts[]": some[0]})).status == 422, "no reason"
    told = {"token": token, "what": "split", "accounts[]": some[0], "reason": "A newsroom & more"}
    for what in ("split_core", "split_amplifier"):  # all of them, or none
        assert (await mo.post(path, {"token": token, "what": what, "reason": "A newsroom"})).status == 422
    page = await mo.led(await mo.post(path, told))
    assert "A newsroom & more" in page.text
    assert "1 account that" in page.text
    made = re.search(r'action="(/admin/integrity/\d+)"', page.body)[1]
    page = await mo.led(await mo.post(made, told | {"what": "merge", "into": path.rpartition("/")[2]}))
    assert "12 accounts" in page.text
    edit = re.search(r'name="edit" value="(\d+)"', page.body)[1]
    page = await mo.led(await mo.post(path, {"token": token, "what": "undo_edit", "edit": edit}))
    assert "1 account that" in page.text
    assert "taken back" in page.text


async def test_a_case_leads_to_its_networks(db, signed_in, make):
    mo = await signed_in("mo", "moderator")
    await planted(db, make)
    async with db.begin() as tx:
        case_id = await moderation.open_case_by_server(
            tx, "A valley", hypothesis="Said at once", severity=2, techniques=(), subjects=()
        )
    path = f"/admin/cases/{case_id}"
    assert "/admin/integrity/" not in (await mo.get(path)).body
    by = (await accounts.member_named(db, "mo")).account_id
    [network] = await list_clusters(db, "open", by=by)
    async with db.begin() as tx:
        await tx.run(clusters.JOIN_CASE, the=network.id, new_case=case_id)
    page = await mo.get(path)
    assert f'href="/admin/integrity/{network.id}"' in page.body
    assert "12 accounts" in page.text


async def test_a_network_as_a_file(db, signed_in, make):
    mo = await signed_in("mo", "moderator")
    paid = await planted(db, make)
    path = re.search(r'href="(/admin/integrity/\d+)"', (await mo.get("/admin/integrity")).body)[1]
    nodes = (await mo.get(f"{path}/files/accounts.csv")).body.splitlines()
    assert len(nodes) == 13
    assert {one.split("@")[0] for one in nodes[1:]} == {one.username for one in paid}
    ties = (await mo.get(f"{path}/files/ties.csv")).body.splitlines()
    assert ties[0] == "account,other,trace,occasions,nats"
    drawn = ET.fromstring((await mo.get(f"{path}/files/graphml")).body)
    space = "{http://graphml.graphdrawing.org/xmlns}"
    assert len(drawn.findall(f"{space}graph/{space}node")) == 12
    told = (await mo.get(f"{path}/files/stix.json")).body
    bundle = stix2.parse(told)
    assert sum(one["type"] == "user-account" for one in bundle["objects"]) == 12
    assert (await mo.get(f"{path}/files/stix.json")).body == told, "the same each time"
    for one in [held for held in bundle["objects"] if held["type"] == "user-account"]:
        assert one["id"] == stix2.UserAccount(user_id=one["user_id"], account_type="fediverse")["id"]
    for kind, least in (("observed-data", 12), ("grouping", 14)):
        [one] = [held for held in bundle["objects"] if held["type"] == kind]
        assert len(one["object_refs"]) == least
    assert (await mo.get(f"{path}/files/exe")).status == 404


async def test_a_network_as_it_was(db, signed_in, make):
    """By the form, as who has no scripts uses it: the picture and both tables say the same."""
    mo = await signed_in("mo", "moderator")
    paid = await planted(db, make)
    path = re.search(r'href="(/admin/integrity/\d+)"', (await mo.get("/admin/integrity")).body)[1]
    told = json.loads((await mo.get(f"{path}/graph")).body)
    assert {one[0] for one in told["accounts"]} == {str(one.id) for one in paid}
    assert {told["traces"][one[2]] for one in told["ties"]} == {"near_text"}
    assert len(told["moments"]) == 12, "one of them spoke each second"
    page = await mo.get(path)
    assert "12 of 12 accounts, 11 ties" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    page = await mo.get(f"{path}?until=2020-01-01")
    assert "0 of 12 accounts, 0 ties" in page.text
    assert 'name="accounts[]"' not in page.body
    page = await mo.get(f"{path}?kinds[]=near_text")
    assert "12 of 12 accounts, 11 ties" in page.text
    page = await mo.get(f"{path}?kinds[]=media&until=wings&page=99&ties=-3")
    assert "12 of 12 accounts, 0 ties" in page.text
    assert "wrote nearly the same text (11)" in page.text, "what is filtered away can be brought back"
    assert "together.script found them" in page.text, "the moments of the plot, in words"
    assert page.text.count("a case was opened") == 1
    assert (await mo.get("/admin/integrity/1/graph")).status == 404
    robin = await signed_in("robin", "member")
    assert (await robin.get(f"{path}/graph")).status == 404


@pytest.mark.both_engines
async def test_detectors_over_time(db, signed_in, make):
    mo = await signed_in("mo", "moderator")
    assert "No detector said anything yet." in (await mo.get("/admin/integrity/detectors")).text
    await planted(db, make)
    by = (await accounts.member_named(db, "mo")).account_id
    wren, robin = await make.account(), await make.account()
    async with db.begin() as tx:
        right = await raise_signal(tx, "identity.return", "account", wren.id, score=0.9, evidence={})
        wrong = await raise_signal(tx, "identity.return", "account", robin.id, score=0.9, evidence={})
        await judge_signal(tx, right, "confirmed", by=by)
        await judge_signal(tx, wrong, "dismissed", by=by)
    page = await mo.get("/admin/integrity/detectors")
    assert "Of the last 90 days: 0 to look at, 1 confirmed, 1 dismissed. False alarms: 50 %" in page.text
    assert re.findall(r'<td class="number">([^<]*)</td>', page.body)[:7] == ["2", "1", "1", "50 %", "1", "0", "0"]
    assert page.body.count('class="plot detector"') == 2
    assert "/admin/integrity/detectors" in (await mo.get("/admin/integrity")).body


async def test_alerts_of_a_detector_are_read_and_judged(db, signed_in, make):
    mo, robin = await signed_in("mo", "moderator"), await signed_in("robin", "member")
    assert set(DETECTORS) == set(NAMED)
    here = "/admin/integrity/detectors/takeover.burst"
    assert "None waits." in (await mo.get(here)).text
    wren, other = await make.account(username="wren"), await make.account()
    post = await make.post(other, "look at this")
    await make.post(other, "#valley", hashtags=("valley",))
    tag = (await hashtag_ids(db, ["valley"]))["valley"]
    evidence = {"changes": [[1, "email"], [2, "password"]], "window_ms": 9, "posts": list(range(99)), "share": 1 / 3}
    async with db.begin() as tx:
        await raise_signal(tx, "takeover.burst", "account", wren.id, score=0.65, evidence=evidence)
        await raise_signal(tx, "media.stopped", "post", post.id, score=0.9, evidence={})
        await raise_signal(tx, "trends.held", "hashtag", tag, score=0.9, evidence={})
    page = await mo.get(here)
    assert "@wren" in page.text
    assert "65 % sure" in page.text
    assert "1, email" in page.text
    assert "… (99)" in page.text, "of long lists, how many there are"
    assert "look at this" in (await mo.get("/admin/integrity/detectors/media.stopped")).text
    assert 'href="/tags/valley"' in (await mo.get("/admin/integrity/detectors/trends.held")).body
    alert = re.search(r'name="alert" value="(\d+)"', page.body)[1]
    token = dict(page.forms[-1].fields)["token"]
    assert (await mo.post(here, {"token": token, "alert": alert, "say": "wings"})).status == 422
    assert (await mo.post(here, {"token": token, "alert": "1", "say": "open"})).status == 404
    page = await mo.led(await mo.post(here, {"token": token, "alert": alert, "say": "dismissed"}))
    assert "@wren" not in page.text
    assert "@wren" in (await mo.get(f"{here}?state=dismissed")).text
    assert "False alarms: 100 %" in (await mo.get("/admin/integrity/detectors")).text
    assert (await mo.get("/admin/integrity/detectors/made.up")).status == 404
    assert (await robin.get(here)).status in {403, 404}


async def test_what_is_said_of_an_alert_of_a_network_is_said_of_the_network(db, signed_in, make):
    mo = await signed_in("mo", "moderator")
    paid = await planted(db, make)
    here = "/admin/integrity/detectors/together.script"
    page = await mo.get(here)
    alert = re.search(r'name="alert" value="(\d+)"', page.body)[1]
    assert len(await accounts.independence_of(db, [one.id for one in paid])) == 12
    await mo.post(here, {"token": dict(page.forms[-1].fields)["token"], "alert": alert, "say": "dismissed"})
    assert await accounts.independence_of(db, [one.id for one in paid]) == {}
    assert "12 accounts" in (await mo.get("/admin/integrity?state=dismissed")).text
