"""Staff's endpoints about networks, who is whom, where money is led, and what governments asked: as the pages do it."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from api.staffed import staffed
from dunnock import media, moderation, posts
from dunnock.accounts import Cursor
from dunnock.foundation.db import Sql
from dunnock.foundation.jobs import Jobs
from dunnock.integrity import rules
from dunnock.integrity.identity import JOBS, impostors
from dunnock.integrity.money import observe
from dunnock.integrity.rules import meet
from dunnock.integrity.signals import raise_signal
from dunnock.integrity.stopped_media import meet as look
from dunnock.integrity.store import clusters

HERE = "/api/v1/dunnock/admin"


@pytest.fixture
async def staff(database_url, tmp_path, make):
    made = await staffed(database_url, tmp_path, make)
    yield made
    await made.house.close()


@pytest.fixture
async def ada(make):
    return await make.member("ada", role="admin")


async def test_money(db, staff, make, ada):
    robin, wren = await make.member("robin"), await make.member("wren")
    for one in (robin, wren):
        made = await make.post(one, '<a href="https://paypal.me/Nest?utm_source=1">x</a>')
        async with db.begin() as tx:
            await observe.look_at_post(tx, made.id)
    [shared] = await staff.get(f"{HERE}/assets", ada)
    assert (shared["key"], shared["accounts"], shared["state"]) == ("paypal/nest", 2, "")
    graph = await staff.get(f"{HERE}/asset_graph?account_id={robin.id}", ada)
    assert {one["account_id"] for one in graph["ties"]} == {str(robin.id), str(wren.id)}
    assert graph["whole"]
    assert await staff.get(f"{HERE}/asset_graph?asset=paypal.me/nest", ada) == graph
    assert (await staff.ask("GET", f"{HERE}/asset_graph", ada)).status == 422
    stopped = await staff.post(
        f"{HERE}/asset_blocks", ada, asset="https://www.paypal.com/paypalme/nest", reason="Fraud"
    )
    assert (stopped["id"], stopped["state"], stopped["reason"]) == (shared["id"], "blocked", "Fraud")
    assert [one["id"] for one in await staff.get(f"{HERE}/asset_blocks", ada)] == [shared["id"]]
    assert (await staff.ask("DELETE", f"{HERE}/asset_blocks/{shared['id']}", ada)).status == 200
    assert await staff.get(f"{HERE}/asset_blocks", ada) == []
    assert (await staff.ask("DELETE", f"{HERE}/asset_blocks/1", ada)).status == 404
    acts = [one.act for one in await moderation.entries(db, Cursor(limit=10), by=ada.id)]
    assert acts[:2] == ["asset.unblock", "asset.block"]


async def test_identity(db, staff, make, ada):
    bank = await make.member("wrenbank")
    name = await staff.post(
        f"{HERE}/protected_names", ada, name="Wren Bank", handle="wrenbank", account_id=str(bank.id)
    )
    assert await staff.get(f"{HERE}/protected_names", ada) == [name]
    fake = await make.member("wren-bank_help")
    async with db.begin() as tx:
        await impostors.look_at(tx, fake.id)
    await Jobs(db, JOBS).settle()
    [taken] = await staff.get(f"{HERE}/lookalikes", ada)
    assert (taken["account_id"], taken["name_id"], taken["owner_id"]) == (str(fake.id), name["id"], str(bank.id))
    said = {"account_id": str(fake.id), "name_id": name["id"]}
    pair = await staff.get(f"{HERE}/lookalikes/{fake.id}/{name['id']}", ada)
    assert (pair["what"], pair["suspect"]["account_id"], pair["original"]["account_id"]) == (
        "lookalike", str(fake.id), str(bank.id),
    )  # fmt: skip
    assert [(one["text"], one["how"]) for one in pair["handle"]] == [
        ("wren", "same"), ("-", "other"), ("bank", "same"), ("_help", "other"),
    ]  # fmt: skip
    assert (await staff.ask("GET", f"{HERE}/lookalikes/{fake.id}/1", ada)).status == 404
    assert (await staff.ask("POST", f"{HERE}/lookalikes", ada, json=said)).status == 422
    await staff.post(f"{HERE}/lookalikes", ada, impostor=False, **said)
    assert await staff.get(f"{HERE}/lookalikes", ada) == []
    assert await staff.get(f"{HERE}/persona_turns", ada) == []
    assert (await staff.ask("POST", f"{HERE}/persona_turns/1/settle", ada, json={"restore": True})).status == 404
    assert (await staff.ask("DELETE", f"{HERE}/protected_names/{name['id']}", ada)).status == 200
    assert await staff.get(f"{HERE}/protected_names", ada) == []


async def test_signals_and_detectors(db, staff, make, ada):
    wren = await make.member("wren")
    async with db.begin() as tx:
        await raise_signal(tx, "identity.return", "account", wren.id, score=0.9, evidence={"former_id": "7"})
    [signal] = await staff.get(f"{HERE}/signals?detector=identity.return", ada)
    assert (signal["subject_id"], signal["evidence"]) == (str(wren.id), {"former_id": "7"})
    pair = await staff.get(f"{HERE}/returns/{signal['id']}", ada)
    assert (pair["what"], pair["suspect"]["handle"], pair["original"]["account_id"]) == ("return", "wren", None)
    assert (pair["score"], pair["contact_ids"], pair["case_ids"]) == (0.9, [], [])
    assert (
        await staff.ask("POST", f"{HERE}/signals/{signal['id']}/judge", ada, json={"state": "perhaps"})
    ).status == 422
    await staff.post(f"{HERE}/signals/{signal['id']}/judge", ada, state="dismissed")
    assert await staff.get(f"{HERE}/signals?detector=identity.return", ada) == []
    [detector] = await staff.get(f"{HERE}/detectors", ada)
    assert (detector["name"], detector["dismissed"], detector["waiting"]) == ("identity.return", 1, 0)
    [detector] = await staff.get(f"{HERE}/detectors/weeks", ada)
    assert (detector["name"], len(detector["weeks"])) == ("identity.return", 26)
    newest = detector["weeks"][-1]
    assert (newest["alerts"], newest["confirmed"], newest["dismissed"], newest["precision"]) == (1, 0, 1, 0.0)
    assert [one["precision"] for one in detector["weeks"][:-1]] == [None] * 25
    assert len((await staff.get(f"{HERE}/detectors/weeks?weeks=1000", ada))[0]["weeks"]) == 104


@pytest.mark.both_engines
async def test_networks(db, staff, make, ada):
    ids = [(await make.account(f"b{n}")).id for n in range(3)]
    summary = '{"how":"graph","traces":{"boost":9},"shared":0.9,"usual":0.01,"posts":[]}'
    columns = "(id, state, score, size, summary, first_at, last_at)"
    new = f"INSERT INTO clusters {columns} VALUES (5, 'open', 20.0, 3, '{summary}', 1, 2)"
    columns = "(cluster_id, account_id, role, score, evidence, joined_at, seen_at)"
    members = [
        f"INSERT INTO cluster_members {columns} VALUES (5, {one}, 'core', 9.5, '{{\"pairs\":[]}}', 1, 2)" for one in ids
    ]
    async with db.begin() as tx:
        for one in (new, *members):
            await tx.run(Sql(text(one.replace(":", "\\:"))))
    [network] = await staff.get(f"{HERE}/networks", ada)
    assert (network["id"], network["size"], network["traces"]) == ("5", 3, {"boost": 9})
    whole = await staff.get(f"{HERE}/networks/5", ada)
    assert {one["account_id"] for one in whole["accounts"]} == set(map(str, ids))
    assert whole["accounts"][0]["evidence"] == {"pairs": []}
    async with db.begin() as tx:
        a, b, c = sorted(ids)
        for ends, trace in (((a, b), 3), ((a, c), 7)):
            columns = "(cluster_id, a_id, b_id, trace, occasions, weight)"
            await tx.run(
                Sql(text(f"INSERT INTO cluster_ties {columns} VALUES (5, {ends[0]}, {ends[1]}, {trace}, 2, 4.5)"))
            )
    graph = await staff.get(f"{HERE}/networks/5/graph", ada)
    assert (graph["size"], graph["traces"]) == (3, {"near_text": 1, "media": 1})
    assert graph["moments"] == ["1970-01-01T00:00:00.001Z"]
    assert {one["account_id"]: one["ties"] for one in graph["accounts"]} == {str(a): 2, str(b): 1, str(c): 1}
    [tie] = (await staff.get(f"{HERE}/networks/5/graph?traces[]=media", ada))["ties"]
    assert tie == {"account_ids": [str(a), str(c)], "trace": "media", "occasions": 2, "weight": 4.5,
                   "since": "1970-01-01T00:00:00.001Z"}  # fmt: skip
    before = await staff.get(f"{HERE}/networks/5/graph?until=1969-12-31", ada)
    assert (before["accounts"], before["ties"], before["size"]) == ([], [], 3)
    assert (await staff.ask("GET", f"{HERE}/networks/5/graph?until=noon", ada)).status == 422
    held = await staff.get(f"{HERE}/networks/5/timeline", ada)
    assert (held["seconds"], held["whole"], held["moments"]) == (60, True, [])
    assert held["stretches"] == [{"at": "1970-01-01T00:00:00.000Z", "acts": 0, "joined": 3, "accounts": 3}]
    assert (await staff.ask("GET", f"{HERE}/networks/6/timeline", ada)).status == 404
    async with db.begin() as tx:
        await tx.run(Sql(text(f"UPDATE cluster_members SET role = 'amplifier' WHERE account_id = {c}")))
    halved = await staff.post(f"{HERE}/networks/5/split", ada, role="amplifier", reason="They only boost")
    assert [one["account_id"] for one in halved["accounts"]] == [str(c)]
    assert (
        await staff.ask("POST", f"{HERE}/networks/5/split", ada, json={"role": "head", "reason": "x"})
    ).status == 422
    [edit] = await staff.get(f"{HERE}/networks/5/edits", ada)
    await staff.post(f"{HERE}/network_edits/{edit['id']}/undo", ada)
    assert (await staff.post(f"{HERE}/networks/5/judge", ada, state="dismissed"))["state"] == "dismissed"
    assert await staff.get(f"{HERE}/networks", ada) == []
    assert (await staff.ask("GET", f"{HERE}/networks/6", ada)).status == 404
    assert (await staff.ask("POST", f"{HERE}/networks/5/judge", ada, json={})).status == 422
    case = await staff.post("/api/v1/dunnock/admin/cases", ada, title="Three birds")
    assert await staff.get(f"{HERE}/networks?case_id={case['id']}", ada) == []
    async with db.begin() as tx:
        await tx.run(clusters.JOIN_CASE, the=5, new_case=int(case["id"]))
    assert [one["id"] for one in await staff.get(f"{HERE}/networks?case_id={case['id']}", ada)] == ["5"]


async def test_government(staff, ada):
    asked = {
        "authority": "Court of Hedge", "country": "de", "received_on": "2026-11-27", "law": "Act 5", "asked": "data",
        "number": 2,
    }  # fmt: skip
    made = await staff.post(f"{HERE}/government_requests", ada, **asked)
    [one] = await staff.get(f"{HERE}/government_requests", ada)
    assert one == asked | {"id": made["id"], "country": "DE", "done": "open"}
    await staff.post(f"{HERE}/government_requests/{made['id']}/answer", ada, done="refused")
    answer = await staff.ask("POST", f"{HERE}/government_requests/{made['id']}/answer", ada, json={"done": "complied"})
    assert answer.status == 422
    assert (
        await staff.ask("POST", f"{HERE}/government_requests", ada, json=asked | {"country": "Germany"})
    ).status == 422


@pytest.mark.both_engines
async def test_watch_rules(db, staff, make, ada):
    wren = await make.member("wren")
    wanted = {"name": "Pills", "condition": 'text has "cheap pills"', "effect": "limit", "days": 7}
    refused = await staff.ask("POST", f"{HERE}/watch_rules", ada, json=wanted | {"condition": "x"})
    assert (refused.status, "there is no x" in refused.json["error"]) == (422, True)
    made = await staff.post(f"{HERE}/watch_rules", ada, **wanted)
    rule = f"{HERE}/watch_rules/{made['id']}"
    assert (made["state"], made["trial"], made["version"]) == ("draft", None, 1)
    assert (await staff.ask("POST", f"{rule}/dry", ada)).status == 422, "it was not tried"
    await Jobs(db, rules.JOBS).settle()
    assert (await staff.get(rule, ada))["trial"]["hits"] == 0
    assert (await staff.post(f"{rule}/dry", ada))["state"] == "dry"
    assert await staff.post(f"{rule}/live", ada) == {"request_id": None}
    said = await make.post(wren, "Get cheap pills here")
    async with db.begin() as tx:
        await meet.meet_post(tx, posts.PostPublished(said.id, wren.id, "public"))
    [hit] = await staff.get(f"{HERE}/watch_hits", ada)
    assert (hit["subject_id"], hit["account_id"], hit["limited"]) == (str(said.id), str(wren.id), True)
    assert [one["id"] for one in await staff.get(f"{rule}/hits", ada)] == [hit["id"]]
    assert await staff.get(f"{rule}/hits?state=noted", ada) == []
    assert (await staff.ask("POST", f"{HERE}/watch_hits/refuse", ada, json={"ids": [hit["id"]]})).status == 422
    assert await staff.post(f"{HERE}/watch_hits/refuse", ada, ids=[hit["id"]], reason="Advertising") == {"done": 1}
    assert (await staff.ask("POST", f"{HERE}/watch_hits/release", ada, json={"ids": [hit["id"]]})).status == 422
    [counted] = await staff.get(f"{HERE}/watch_rules", ada)
    assert (counted["state"], counted["hits"]) == ("live", {"refused": 1})
    assert (await staff.ask("PUT", rule, ada, json=wanted)).status == 422, "it is live"
    assert (await staff.post(f"{rule}/end", ada))["state"] == "ended"
    other = await staff.post(f"{HERE}/watch_rules", ada, **wanted)
    changed = await staff.ask("PUT", f"{HERE}/watch_rules/{other['id']}", ada, json=wanted | {"days": 90})
    assert (changed.status, changed.json["version"]) == (200, 2)


@pytest.mark.both_engines
async def test_stopped_media(db, staff, make, ada):
    wren, told = await make.member("wren"), "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
    shown = media.write_picture(
        media.Picture(original=media.File("a.webp", 9, 9, 9, "image/webp"), prints=(told,)),
    )
    file = await make.media(wren, files=shown)
    said = await make.post(wren, "Look", media=f"[{file.id}]")
    url = f"{HERE}/media_stops"
    for bad in (
        {"why": "x"},
        {"why": "", "hashes": [told]},
        {"why": "x", "hashes": ["f"]},
        {"why": "x", "media_ids": [str(file.id)], "effect": "y"},
    ):
        assert (await staff.ask("POST", url, ada, json=bad)).status == 422, bad
    made = await staff.post(url, ada, why="A hoax", hashes=[told.upper()], days=2)
    [stop] = made["stops"]
    assert (stop["hashes"], stop["effect"], stop["told"], made["left"]) == ([told], "limit", True, 0)
    assert (await staff.post(url, ada, why="x", hashes=[told], days=1)) == {"stops": [], "left": 1}
    assert (await staff.post(url, ada, why="x", media_ids=[str(file.id)], effect="review"))["left"] == 0, "for good"
    assert (await staff.post(url, ada, why="x", status_ids=[str(said.id)], effect="review"))["left"] == 1
    async with db.begin() as tx:
        await look.look_at_post(tx, posts.PostPublished(said.id, wren.id, "public"))
    hits = await staff.get(f"{HERE}/media_stop_hits", ada)
    assert {(one["status_id"], one["distance"]) for one in hits} == {(str(said.id), 0)}
    [hit] = await staff.get(f"{url}/{stop['id']}/hits", ada)
    assert (hit["limited"], hit["account_id"], hit["media_id"]) == (True, str(wren.id), str(file.id))
    assert await staff.get(f"{url}/{stop['id']}/hits?state=refused", ada) == []
    assert (await staff.ask("POST", f"{HERE}/media_stop_hits/refuse", ada, json={"ids": [hit["id"]]})).status == 422
    refused = await staff.post(f"{HERE}/media_stop_hits/refuse", ada, ids=[hit["id"]], reason="A hoax")
    assert refused == {"done": 1}
    assert (await staff.ask("POST", f"{HERE}/media_stop_hits/release", ada, json={"ids": [hit["id"]]})).status == 422
    ended = await staff.ask("DELETE", f"{url}/{stop['id']}", ada)
    assert (ended.status, ended.json["ended_at"] is not None) == (200, True)
    assert [one["id"] for one in await staff.get(f"{url}?over=true", ada)] == [stop["id"]]
    assert len(await staff.get(url, ada)) == 1
    assert (await staff.get(f"{url}/{stop['id']}", ada))["why"] == "A hoax"
    assert (await staff.ask("GET", f"{url}/5", ada)).status == 404


@pytest.mark.both_engines
async def test_servers_held_back_because_of_a_raid(db, staff, make, ada):
    wren = await make.member("wren")
    async with db.begin() as tx:
        evidence = {"servers": {"bad.example": {"people": 12, "known": 1, "new": 9, "posts": 20, "same": 18}}}
        signal = await raise_signal(tx, "people.flood", "account", wren.id, score=0.9, evidence=evidence)
        for account_id, domain in ((wren.id, "bad.example"), (None, "worse.example")):
            await posts.hold_origin(tx, domain, account_id=account_id, since=tx.now, signal_id=signal)
    worse, bad = await staff.get(f"{HERE}/origin_holds", ada)
    assert (worse["domain"], worse["account_id"], worse["raid"], worse["case_id"]) == ("worse.example", None, {}, None)
    assert (bad["domain"], bad["account_id"], bad["held"]) == ("bad.example", str(wren.id), 0)
    assert bad["raid"]["known"] == 1
    quiet = await staff.get("/api/v1/dunnock/quiet_time", wren)
    assert [one["domain"] for one in quiet["servers"]] == ["worse.example", "bad.example"]
    assert await staff.post(f"{HERE}/origin_holds/{bad['id']}/end", ada) == {"ended": True}
    assert (await staff.ask("POST", f"{HERE}/origin_holds/{bad['id']}/end", ada)).status == 404
    assert [one["id"] for one in await staff.get(f"{HERE}/origin_holds", ada)] == [worse["id"]]


async def test_what_a_rule_holds_is_told_to_its_author(db, staff, make, ada):
    wren, robin = await make.member("wren"), await make.member("robin")
    wanted = {"name": "Pills", "condition": 'text has "cheap pills"', "effect": "hold", "days": 7}
    rule = f"{HERE}/watch_rules/{(await staff.post(f'{HERE}/watch_rules', ada, **wanted))['id']}"
    await Jobs(db, rules.JOBS).settle()
    await staff.post(f"{rule}/dry", ada)
    await staff.post(f"{rule}/live", ada)
    said = await staff.post("/api/v1/statuses", wren, status="Get cheap pills here")
    async with db.begin() as tx:
        await meet.meet_waiting(tx, posts.PostWaits(int(said["id"]), wren.id))
    at, one = "/api/v1/dunnock/held_statuses", f"/api/v1/statuses/{said['id']}"
    assert ((await staff.ask("GET", one, wren)).status, (await staff.ask("GET", one, robin)).status) == (200, 404)
    [held] = await staff.get(at, wren)
    assert (held["status_id"], held["effect"], held["state"], held["rule"]) == (said["id"], "held", "waiting", "Pills")
    assert await staff.get(at, robin) == []
    assert (await staff.ask("POST", f"{at}/{held['id']}/object", robin, json={"text": "No"})).status == 422
    assert await staff.post(f"{at}/{held['id']}/object", wren, text="It is a quote") == {"objected": True}
    [hit] = await staff.get(f"{HERE}/watch_hits", ada)
    assert (hit["held"], hit["limited"], hit["objection"]) == (True, False, "It is a quote")
    assert await staff.post(f"{HERE}/watch_hits/release", ada, ids=[hit["id"]]) == {"done": 1}
    assert (await staff.ask("GET", one, robin)).status == 200
    assert await staff.get(at, wren) == []
