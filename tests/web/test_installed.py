"""The app on a device: manifest, service worker, acts of scripts, and what signing out leaves there."""

from __future__ import annotations

import json
import re

from dunnock.web import asset


async def test_manifest(site):
    page = await site.browser().get("/manifest.webmanifest", accept_language="de")
    told = json.loads(page.body)
    assert page.headers["content-type"].startswith("application/manifest+json")
    assert (told["name"], told["lang"], told["share_target"]["action"]) == ("Hedgerow", "de", "/publish")
    assert {icon["src"].removeprefix("/assets/") for icon in told["icons"]} <= {
        one for one, _ in asset._assets().values()
    }


async def test_worker_names_what_there_is(site):
    browser = site.browser()
    page = await browser.get("/sw.js")
    held = json.loads(re.match(r"const held = (.*);\n", page.body)[1])
    for path in held["assets"]:
        assert (await browser.get(path)).status == 200, path
    assert page.headers["cache-control"] == "no-cache"
    assert (await browser.get("/offline")).status == 200


def test_scripts_import_what_there_is():
    made = asset._assets()
    names = {hashed for hashed, _ in made.values()}
    imported = {
        part for name, (_, content) in made.items() if name.endswith(".js")
        for part in re.findall(r'"\./([^"]+\.js)"', content.decode())
    }  # fmt: skip
    assert imported
    assert imported <= names


async def test_signing_out_clears_what_the_device_kept(signed_in):
    wren = await signed_in("wren")
    await wren.get("/")
    token = dict(next(one for one in wren.page.forms if one.action == "/auth/sign_out").fields)["token"]
    page = await wren.post("/auth/sign_out", {"token": token})
    assert page.headers["clear-site-data"] == '"cache", "storage"'


async def test_a_script_is_told_that_an_act_is_done(signed_in, join, publish):
    robin = await join("robin")
    said = await publish(robin, "Hello")
    wren = await signed_in("wren")
    page = await wren.get(f"/@robin/{said.id}")
    token = dict(next(one for one in page.forms if one.action == f"/posts/{said.id}").fields)["token"]
    page = await wren.post(f"/posts/{said.id}", {"token": token, "act": "favourite"}, accept="application/json")
    assert (page.status, page.body) == (200, '{"done":"favourite"}')
    page = await wren.post(f"/posts/{said.id}", {"token": "forged", "act": "favourite"}, accept="application/json")
    assert page.status == 403


async def test_a_device_that_cannot_be_reached_is_refused(signed_in):
    wren = await signed_in("wren")
    await wren.get("/settings/notifications/device")
    page = await wren.submit("/settings/notifications/device", endpoint="http://127.0.0.1/push", p256dh="x", auth="y")
    assert page.status == 422
    assert "Notifications:" not in (await wren.get("/settings/apps")).text, "nothing half-made is left"
