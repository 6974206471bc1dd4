"""What the server says of itself, through whole requests."""

from __future__ import annotations

import asyncio
import io
from urllib.parse import quote

import msgspec
import numpy as np
import pytest
from PIL import Image

from api.kit.driver import call
from dunnock import accounts, server
from dunnock.accounts import server_rules
from dunnock.accounts.command_token import token_by_command
from dunnock.app.build import build
from dunnock.app.settings import load
from dunnock.foundation.clock import DAY, iso, iso_day, now_ms
from dunnock.media.blurhash import blurhash
from dunnock.moderation import figures

URL = "https://home.example"


@pytest.fixture
async def house(database_url, tmp_path):
    built = await build(load(tmp_path, environ={}, flags={"database_url": database_url, "public_url": URL}))
    yield built
    await built.close()


@pytest.fixture
async def token(house, make):
    me = await make.member("ada")
    member = await accounts.find_member(house.db, me.member_id)
    return await token_by_command(house.db, member, scopes="read write follow")


async def do(house, use_case, *args, **named):
    async with house.db.begin() as tx:
        return await use_case(tx, *args, **named)


async def test_who_asks_while_the_first_answer_is_made_gets_it_too(house):
    paths = [f"/api/{version}/instance" for version in ("v1", "v2", "v1")]
    told = await asyncio.gather(*(call(house.edge, "GET", path) for path in paths))
    assert [one.json["title"] for one in told] == ["Dunnock"] * 3


async def test_rules_stand_in_all_three_documents(house):
    await do(house, server.add_rule, "Be <kind>", hint="Always", translations={"de": server.Words("Sei nett")})
    rules = (await call(house.edge, "GET", "/api/v1/instance/rules")).json
    assert rules == [
        {
            "id": rules[0]["id"],
            "text": "Be <kind>",
            "hint": "Always",
            "translations": {"de": {"text": "Sei nett", "hint": ""}},
        }
    ]
    for version in ("v1", "v2"):
        assert (await call(house.edge, "GET", f"/api/{version}/instance")).json["rules"] == rules
    await do(house, server.remove_rule, int(rules[0]["id"]))
    assert (await call(house.edge, "GET", "/api/v2/instance")).json["rules"] == [], "changed at once"
    page = (await call(house.edge, "GET", "/about")).body.decode()
    assert "Be &lt;kind&gt;" not in page


async def test_pages_are_safe_html(house):
    described = (await call(house.edge, "GET", "/api/v1/instance/extended_description")).json
    assert described == {"updated_at": iso(0), "content": "<p>A small server for short posts.</p>"}
    policy = (await call(house.edge, "GET", "/api/v1/instance/privacy_policy")).json
    assert "<h1>Privacy at home.example</h1>" in policy["content"]
    text = "# Hi\n\n<script>x()</script> [a](javascript:x) ![p](https://x.example/p.png) **b** [c](https://c.example)"
    await do(house, server.write_page, "about", text)
    await do(house, server.write_page, "privacy", "*nothing*")
    content = (await call(house.edge, "GET", "/api/v1/instance/extended_description")).json["content"]
    assert content.startswith("<h1>Hi</h1>")
    assert "<script" not in content
    assert "<img" not in content
    assert 'href="javascript' not in content
    assert '<a href="https://c.example" rel="noopener noreferrer">c</a>' in content
    assert (await call(house.edge, "GET", "/api/v1/instance/privacy_policy")).json[
        "content"
    ] == "<p><em>nothing</em></p>\n"
    assert "<em>nothing</em>" in (await call(house.edge, "GET", "/privacy-policy")).body.decode()
    about = (await call(house.edge, "GET", "/about")).body.decode()
    assert "<h2>Hi</h2>" in about, "the page has its own first heading"
    assert "<script>x" not in about


@pytest.mark.both_engines
async def test_terms_and_their_versions(house):
    assert (await call(house.edge, "GET", "/api/v1/instance/terms_of_service")).status == 404
    urls = (await call(house.edge, "GET", "/api/v2/instance")).json["configuration"]["urls"]
    assert (urls["terms_of_service"], urls["privacy_policy"]) == (None, f"{URL}/privacy-policy")
    today, later = iso_day(now_ms()), iso_day(now_ms() + 40 * DAY)
    await do(house, server.publish_terms, "one")
    await do(house, server.publish_terms, "two", effective_on=later, changes="all")
    assert (await call(house.edge, "GET", "/api/v1/instance/terms_of_service")).json == {
        "effective_date": today, "effective": True, "content": "<p>one</p>\n", "succeeded_by": later,
    }  # fmt: skip
    assert (await call(house.edge, "GET", f"/api/v1/instance/terms_of_service/{later}")).json == {
        "effective_date": later, "effective": False, "content": "<p>two</p>\n", "succeeded_by": None,
    }  # fmt: skip
    for day in ("2020-01-01", "x", "1"):
        assert (await call(house.edge, "GET", f"/api/v1/instance/terms_of_service/{day}")).status == 404
    urls = (await call(house.edge, "GET", "/api/v2/instance")).json["configuration"]["urls"]
    assert urls["terms_of_service"] == f"{URL}/terms-of-service"
    assert "<p>one</p>" in (await call(house.edge, "GET", "/terms-of-service")).body.decode()
    assert "<p>two</p>" in (await call(house.edge, "GET", f"/terms-of-service/{later}")).body.decode()
    assert (await call(house.edge, "GET", "/terms-of-service/2020-01-01")).status == 404


async def test_languages(house):
    found = {one["code"]: one["name"] for one in (await call(house.edge, "GET", "/api/v1/instance/languages")).json}
    assert found["de"] == "Deutsch"
    assert len(found) > 200


@pytest.mark.both_engines
async def test_announcements_as_a_member_sees_them(house, make, token):
    writer = await make.account("grace")
    post = await make.post(writer, "words")
    hidden = await make.post(writer, "words", visibility="followers")
    made = await do(
        house, server.announce,
        f"Hi @grace #Cake {URL}/@grace/{post.id} {URL}/@grace/{hidden.id}", starts_at=now_ms() + DAY, ends_at=now_ms() + 2 * DAY,
    )  # fmt: skip
    path = f"/api/v1/announcements/{made.id}"
    assert (await call(house.edge, "PUT", f"{path}/reactions/🎂", token=token)).json == {}
    listed = (await call(house.edge, "GET", "/api/v1/announcements", token=token)).json
    assert listed == [
        {
            "id": str(made.id),
            "content": listed[0]["content"],
            "starts_at": iso(made.starts_at),
            "ends_at": iso(made.ends_at),
            "all_day": False,
            "published_at": iso(made.published_at),
            "updated_at": iso(made.updated_at),
            "read": False,
            "mentions": [{"id": str(writer.id), "username": "grace", "url": f"{URL}/@grace", "acct": "grace"}],
            "statuses": [{"id": str(post.id), "url": f"{URL}/@grace/{post.id}"}],
            "tags": [{"name": "cake", "url": f"{URL}/tags/cake"}],
            "emojis": [],
            "reactions": [{"name": "🎂", "count": 1, "me": True}],
        }
    ]
    assert f'<a href="{URL}/@grace" class="u-url mention">' in listed[0]["content"]
    assert (await call(house.edge, "POST", f"{path}/dismiss", token=token)).json == {}
    assert (await call(house.edge, "GET", "/api/v1/announcements", token=token)).json[0]["read"] is True
    assert (await call(house.edge, "DELETE", f"{path}/reactions/🎂", token=token)).json == {}
    assert (await call(house.edge, "GET", "/api/v1/announcements", token=token)).json[0]["reactions"] == []
    refused = await call(house.edge, "PUT", f"{path}/reactions/nonsense", token=token)
    assert (refused.status, refused.json) == (422, {"error": "Validation failed: Name is not a recognized emoji"})
    for method, rest in (("POST", "dismiss"), ("PUT", "reactions/x"), ("DELETE", "reactions/x")):
        assert (await call(house.edge, method, f"/api/v1/announcements/1/{rest}", token=token)).status == 404
    assert (await call(house.edge, "GET", "/api/v1/announcements")).status == 401


async def test_peers(house, make, token):
    """Servers whose accounts are known; for members only where only allowed ones are."""
    for domain in ("one.example", "one.example", "other.example", "bad.example"):
        await make.account(domain=domain)
    block = server_rules.ServerBlock(id=0, domain="bad.example", severity="suspend")
    await do(house, server_rules.block_server, block)
    assert (await call(house.edge, "GET", "/api/v1/instance/peers")).json == ["one.example", "other.example"]
    search = "/api/v1/peers/search?q="
    assert (await call(house.edge, "GET", f"{search}ONE.")).json == ["one.example"]
    for nothing in ("", "%20", "example", "%25"):
        assert (await call(house.edge, "GET", f"{search}{nothing}")).json == []
    await do(house, server_rules.block_server, msgspec.structs.replace(block, domain="*"))
    for path in ("/api/v1/instance/peers", "/api/v1/instance/activity", f"{search}one"):
        answer = await call(house.edge, "GET", path)
        assert (answer.status, answer.json) == (401, {"error": "This API requires an authenticated user"})
        assert (await call(house.edge, "GET", path, token=token)).status == 200


async def test_activity(house, make):
    """Posts and boosts of this server, visits and new members, by weeks that begin on Mondays."""
    ada, far = await make.member("ada"), await make.account(domain="far.example")
    day = now_ms() // DAY
    monday = day - (day + 3) % 7
    for author, at in ((ada, now_ms()), (ada, (monday - 1) * DAY), (far, now_ms()), (ada, (monday - 90) * DAY)):
        await make.post(author, at=at)
    for _ in range(2):  # the second reads what the first kept
        house_weeks = await figures.weeks(house.db)
        assert [one.posts for one in house_weeks] == [1, 1, *[0] * 10]
    got = (await call(house.edge, "GET", "/api/v1/instance/activity")).json
    assert [one["week"] for one in got] == [str((monday - 7 * n) * DAY // 1000) for n in range(12)]
    assert [one["statuses"] for one in got] == ["1", "1", *["0"] * 10]
    assert set(got[0]) == {"week", "statuses", "logins", "registrations"}
    assert all(value.isdigit() for one in got for value in one.values())


async def test_the_pictures_of_the_server(house):
    shown = (await call(house.edge, "GET", "/api/v2/instance")).json
    picture = shown["thumbnail"]
    assert picture["url"] == picture["versions"]["@1x"]
    for name, size in (("@1x", (1200, 630)), ("@2x", (2400, 1260))):
        answer = await call(house.edge, "GET", picture["versions"][name].removeprefix(URL))
        image = Image.open(io.BytesIO(answer.body)).convert("RGB")
        assert image.size == size
        small = np.asarray(image.resize((60, 32), Image.Resampling.BOX))
        if name == "@1x":
            assert blurhash(small, components=(4, 3)) == picture["blurhash"]
    assert [one["size"] for one in shown["icon"]] == ["48x48", "192x192", "512x512"]
    for icon in shown["icon"]:
        answer = await call(house.edge, "GET", icon["src"].removeprefix(URL))
        assert "x".join(map(str, Image.open(io.BytesIO(answer.body)).size)) == icon["size"]


async def test_the_contact(database_url, tmp_path):
    told = {"database_url": database_url, "public_url": URL, "contact_email": "hi@home.example"}
    built = await build(load(tmp_path, environ={}, flags=told))
    assert (await call(built.edge, "GET", "/api/v2/instance")).json["contact"]["email"] == "hi@home.example"
    assert (await call(built.edge, "GET", "/api/v1/instance")).json["email"] == "hi@home.example"
    await built.close()


async def test_oembed(house, make):
    ada = await make.member("ada", display_name="Ada <3")
    post = await make.post(ada, "hello and welcome")
    page = f"{URL}/@ada/{post.id}"
    for address in (page, f"{page}?x=1#y", f"{URL}/users/ada/statuses/{post.id}"):
        got = (await call(house.edge, "GET", f"/api/oembed?url={quote(address, safe='')}")).json
        html = got.pop("html")
        assert got == {
            "type": "rich", "version": "1.0", "title": "New status by ada", "author_name": "Ada <3",
            "author_url": f"{URL}/@ada", "provider_name": "home.example", "provider_url": f"{URL}/",
            "cache_age": 86400, "width": 400, "height": None,
        }  # fmt: skip
        assert html.startswith(f'<blockquote cite="{page}"')
        assert "<p>hello and welcome</p>" in html
        assert "Ada &lt;3" in html
    sized = (await call(house.edge, "GET", f"/api/oembed?url={page}&maxwidth=300&maxheight=99")).json
    assert (sized["width"], sized["height"]) == (300, 99)
    warned = await make.post(ada, "the end", warning="Spoiler")
    got = (await call(house.edge, "GET", f"/api/oembed?url={URL}/@ada/{warned.id}")).json
    assert ("Spoiler" in got["html"], "the end" in got["html"]) == (True, False)
    hidden = [await make.post(ada, visibility=one) for one in ("followers", "direct")]
    gone = await make.post(await make.account("gone", standing="suspended"), "x")
    boost = await make.boost(await make.account("fan"), post)
    pages = [f"{URL}/@ada/{one.id}" for one in (*hidden, gone, boost)]
    for address in (*pages, "", page.replace("home", "other"), f"{URL}/@ada", f"{URL}/@ada/99999999999999999999", "x"):
        answer = await call(house.edge, "GET", f"/api/oembed?url={quote(address, safe='')}")
        assert (answer.status, answer.json) == (404, {"error": "Record not found"}), address
