"""Accounts and one's own profile through whole requests."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from api.kit.test_requests import MULTI, multipart
from api.people import URL, People
from dunnock import accounts
from dunnock.media import MediaStore
from dunnock.posts import featured


@pytest.fixture
async def people(db, tmp_path):
    store = MediaStore.local(tmp_path / "media")
    yield People(db, store)
    await store.aclose()


def png(colour):
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "PNG")
    return out.getvalue()


async def test_show(people, make):
    one = await make.member("Ada", display_name="Ada L.")
    gone = await make.account(standing="suspended")
    got = await people.get(f"/api/v1/accounts/{one.id}")
    assert (got["id"], got["acct"], got["display_name"], got["url"]) == (str(one.id), "Ada", "Ada L.", f"{URL}/@Ada")
    assert [each["id"] for each in await people.get(f"/api/v1/accounts?id[]={one.id}&id[]=4&id[]={gone.id}")] == [
        str(one.id)
    ]
    gone = await make.account(standing="deleted")
    for missing in (gone.id, 5):
        answer = await people.ask("GET", f"/api/v1/accounts/{missing}")
        assert (answer.status, answer.json) == (404, {"error": "Record not found"})
    assert await people.get(f"/api/v1/accounts/{one.id}/identity_proofs", one) == []
    assert (await people.ask("GET", "/api/v1/accounts/5/identity_proofs", one)).status == 404


async def test_fields_come_in_the_order_in_which_they_are_sent(people, make):
    """Whatever their numbers are: the example of Mastodon's documentation."""
    me = await make.member()
    numbers = ("420", "69", "1312", "-99999999999999999999999999999999")
    fields = {number: {"name": f"{place}.", "value": "x"} for place, number in enumerate(numbers)}
    form = {f"fields_attributes[{number}][{key}]": text for number, one in fields.items() for key, text in one.items()}
    for body in ({"json": {"fields_attributes": fields}}, {"form": form}):
        answer = await people.ask("PATCH", "/api/v1/accounts/update_credentials", me, **body)
        assert [one["name"] for one in answer.json["fields"]] == ["0.", "1.", "2.", "3."]
        await people.ask("PATCH", "/api/v1/accounts/update_credentials", me, json={"fields_attributes": []})


async def test_lookup(people, make):
    one, far = await make.member("Ada"), await make.account("ada", domain="else.example")
    for acct in ("ada", "@ADA", "ada@home.example"):
        assert (await people.get(f"/api/v1/accounts/lookup?acct={acct}"))["id"] == str(one.id)
    assert (await people.get("/api/v1/accounts/lookup?acct=ada@else.example"))["id"] == str(far.id)
    for acct in ("", "nobody", "a b", "ada@third.example", "ada@"):
        assert (await people.ask("GET", f"/api/v1/accounts/lookup?acct={acct}")).status == 404


async def test_search(people, make):
    me, ada = await make.member("me"), await make.member("ada")
    far = await make.account("adaline", domain="else.example")
    await make.follow(me, far)
    search = lambda query: people.get(f"/api/v1/accounts/search?{query}", me)  # noqa: E731
    assert [one["id"] for one in await search("q=ada")] == [str(far.id), str(ada.id)]
    assert [one["id"] for one in await search("q=ada&following=true&resolve=true")] == [str(far.id)]
    assert [one["id"] for one in await search("q=ada@home.example&limit=1&offset=-3")] == [str(far.id)]
    assert await search("") == []
    assert (await people.ask("GET", "/api/v1/accounts/search?q=ada")).status == 401


async def test_verify_credentials(people, make):
    me = await make.member("ada", role="owner", locked=True)
    await make.follow(await make.account(), me, requested=True)
    got = await people.get("/api/v1/accounts/verify_credentials", me, "profile")
    assert got["id"] == str(me.id)
    assert got["role"]["name"] == "Owner"
    assert got["source"] == {
        "privacy": "public", "sensitive": False, "language": "", "note": "", "fields": [], "follow_requests_count": 1,
        "hide_collections": False, "discoverable": True, "indexable": False, "attribution_domains": [],
        "quote_policy": "public", "reply_policy": "everyone",
    }  # fmt: skip
    assert (await people.ask("GET", "/api/v1/accounts/verify_credentials", me, "write")).status == 403


async def test_update_in_three_encodings(people, make, events):
    me = await make.member()
    form = {
        "display_name": "Ada", "note": "Hi #there", "locked": "true", "bot": "1", "discoverable": "0",
        "source[privacy]": "private", "source[sensitive]": "on", "source[language]": "de",
        "fields_attributes[0][name]": "Web", "fields_attributes[0][value]": "https://a.example",
    }  # fmt: skip
    answer = await people.ask("PATCH", "/api/v1/accounts/update_credentials", me, form=form)
    got = answer.json
    assert answer.status == 200, got
    assert (got["display_name"], got["locked"], got["bot"], got["discoverable"]) == ("Ada", True, True, False)
    assert f'href="{URL}/tags/there"' in got["note"]
    assert (got["source"]["note"], got["source"]["privacy"], got["source"]["language"]) == (
        "Hi #there",
        "private",
        "de",
    )
    assert got["source"]["fields"] == [{"name": "Web", "value": "https://a.example", "verified_at": None}]
    assert "<a " in got["fields"][0]["value"]
    assert await events() == [
        accounts.PersonaChanged(account_id=me.id, fields="bio,display_name,fields,kind"),
        accounts.AccountSettingsChanged(account_id=me.id),
    ]
    answer = await people.ask(
        "PUT", "/api/v1/accounts/update_credentials", me, json={"note": None, "fields_attributes": [], "locked": False}
    )
    got = answer.json
    assert (got["note"], got["fields"], got["locked"], got["display_name"]) == ("", [], False, "Ada")
    body = multipart(("display_name", "Grace", None), ("fields_attributes[][name]", "a", None))
    answer = await people.ask("PATCH", "/api/v1/accounts/update_credentials", me, raw=body, kind=MULTI)
    assert (answer.json["display_name"], answer.json["source"]["fields"][0]["name"]) == ("Grace", "a")
    preferences = await people.get("/api/v1/preferences", me)
    assert preferences["posting:default:visibility"] == "private"
    assert preferences["posting:default:sensitive"] is True
    assert preferences["posting:default:language"] == "de"


@pytest.mark.both_engines
async def test_pictures(people, make):
    me = await make.member()
    body = multipart(("avatar", png("red"), "me.png"), ("header", png("blue"), "top.png"))
    answer = await people.ask("PATCH", "/api/v1/accounts/update_credentials", me, raw=body, kind=MULTI)
    got = answer.json
    assert answer.status == 200, got
    for name in ("avatar", "avatar_static", "header", "header_static"):
        assert got[name].startswith(f"{URL}/media/")
    assert got["avatar"] != got["header"]
    profile = await people.get("/api/v1/profile", me)
    assert (profile["avatar"], profile["header"], profile["featured_tags"]) == (got["avatar"], got["header"], [])
    async with people.db.begin() as tx:
        made = await featured.feature(tx, me.id, "birds")
    (tag,) = (await people.get("/api/v1/profile", me))["featured_tags"]
    assert (tag["id"], tag["name"], tag["statuses_count"], tag["last_status_at"]) == (str(made.id), "birds", "0", None)
    for name in ("avatar", "header"):
        answer = await people.ask("DELETE", f"/api/v1/profile/{name}", me)
        assert answer.json[name] == f"{URL}/{name}s/original/missing.png"
    assert (await people.get("/api/v1/profile", me))["avatar"] is None
    changes = await people.get(f"/api/v1/dunnock/accounts/{me.id}/personas")
    assert [(one["field"], bool(one["old"]), bool(one["new"])) for one in changes[:2]] == [
        ("header", True, False),
        ("avatar", True, False),
    ]
    assert got["avatar"] in [one["new"] for one in changes]


ACCOUNT = {
    "id": str, "username": str, "acct": str, "url": str, "uri": str, "display_name": str, "note": str, "avatar": str,
    "avatar_static": str, "avatar_description": str, "header": str, "header_static": str, "header_description": str,
    "locked": bool, "fields": list, "emojis": list, "bot": bool, "group": bool, "discoverable": bool, "indexable": bool,
    "noindex": bool, "created_at": str, "last_status_at": None, "statuses_count": int, "followers_count": int,
    "following_count": int, "hide_collections": bool, "show_media": bool, "show_media_replies": bool,
    "show_featured": bool, "roles": list, "feature_approval": dict,
}  # fmt: skip


async def test_every_attribute_of_an_account(people, make):
    me = await make.member("ada")
    got = await people.get(f"/api/v1/accounts/{me.id}")
    assert {name: None if value is None else type(value) for name, value in got.items()} == ACCOUNT
    assert (got["roles"], got["show_media"], got["show_media_replies"], got["show_featured"]) == ([], True, True, True)
    assert got["feature_approval"] == {"automatic": ["public"], "manual": [], "current_user": "automatic"}
    hidden = await make.account(discoverable=False)
    got = await people.get(f"/api/v1/accounts/{hidden.id}")
    assert got["feature_approval"] == {"automatic": [], "manual": [], "current_user": "denied"}
    far = await people.get(f"/api/v1/accounts/{(await make.account(domain='far.example')).id}")
    assert far["roles"] is None


async def test_roles_are_shown(people, make):
    """On the account, as soon as they are given."""
    me = await make.member("ada", role="moderator")
    got = await people.get(f"/api/v1/accounts/{me.id}")
    assert got["roles"] == [{"id": "1", "name": "Moderator", "color": ""}]
    async with people.db.begin() as tx:
        await accounts.change_role(tx, me.member_id, "member")
    assert (await people.get(f"/api/v1/accounts/{me.id}"))["roles"] == []
    mine = await people.get("/api/v1/accounts/verify_credentials", me)
    assert set(mine["role"]) == {"id", "name", "color", "permissions", "highlighted", "collection_limit"}


async def test_descriptions_of_pictures_and_tabs(people, make):
    me = await make.member()
    at = "/api/v1/accounts/update_credentials"
    body = multipart(("avatar", png("red"), "me.png"), ("avatar_description", "a red square", None))
    got = (await people.ask("PATCH", at, me, raw=body, kind=MULTI)).json
    assert (got["avatar_description"], got["header_description"]) == ("a red square", "")
    got = (await people.ask("PATCH", "/api/v1/profile", me, form={"avatar_description": "red"})).json
    assert got["avatar_description"] == "red"
    refused = await people.ask("PATCH", at, me, form={"avatar_description": "x" * 151})
    assert (refused.status, refused.json["error"]) == (
        422,
        "Validation failed: Avatar description is too long (maximum is 150 characters)",
    )
    gone = (await people.ask("DELETE", "/api/v1/profile/avatar", me)).json
    assert gone["avatar_description"] == ""
    tabs = {"show_media": "false", "show_media_replies": "0", "show_featured": "off"}
    got = (await people.ask("PATCH", "/api/v1/profile", me, form=tabs)).json
    assert [got[name] for name in tabs] == [False] * 3
    shown = await people.get(f"/api/v1/accounts/{me.id}")
    assert [shown[name] for name in tabs] == [False] * 3


async def test_websites_that_may_name_one_as_author(people, make):
    me = await make.member()
    at = "/api/v1/accounts/update_credentials"
    sites = [("attribution_domains[]", one) for one in ("https://News.example/x", "news.example", "*.b.example", "")]
    got = (await people.ask("PATCH", at, me, form=sites)).json
    assert got["source"]["attribution_domains"] == ["news.example", "b.example"]
    assert (await people.get("/api/v1/profile", me))["attribution_domains"] == ["news.example", "b.example"]
    for wrong in (["no domain at all"], [f"site{number}.example" for number in range(11)]):
        refused = await people.ask("PATCH", at, me, json={"attribution_domains": wrong, "display_name": "Ada"})
        assert refused.status == 422
        assert refused.json["error"].startswith("Validation failed: Attribution domains ")
    me_again = await people.get("/api/v1/accounts/verify_credentials", me)
    assert (me_again["display_name"], len(me_again["source"]["attribution_domains"])) == ("", 2)
    assert (await people.ask("PATCH", at, me, json={"attribution_domains": []})).json["source"][
        "attribution_domains"
    ] == []


@pytest.mark.parametrize(
    "wrong",
    [
        [("avatar", b"no picture", "me.png")],
        [("note", "x" * 501, None)],
        [("source[privacy]", "followers", None)],
        [("source[language]", "nonsense", None)],
        [("display_name", "x" * 31, None)],
    ],
)
async def test_all_or_nothing(people, make, events, wrong):
    me = await make.member()
    body = multipart(("locked", "true", None), ("bot", "true", None), *wrong)
    answer = await people.ask("PATCH", "/api/v1/accounts/update_credentials", me, raw=body, kind=MULTI)
    assert answer.status == 422
    assert answer.json["error"]
    assert await events() == []
    found = await accounts.find(people.db, me.id)
    assert (found.locked, found.kind) == (False, "person")


async def test_profile(people, make):
    me = await make.member()
    answer = await people.ask("PATCH", "/api/v1/profile", me, json={"note": "a #b", "bot": True, "indexable": True})
    got = answer.json
    assert (got["id"], got["note"], got["bot"], got["indexable"], got["avatar"]) == (
        str(me.id),
        "a #b",
        True,
        True,
        None,
    )
    assert await people.get("/api/v1/profile", me, "profile") == got
    assert (await people.ask("PATCH", "/api/v1/profile", me, "read", json={})).status == 403


async def test_personas(people, make):
    me = await make.member()
    for name in ("Ada", "Bea", "Cleo"):
        await people.ask("PATCH", "/api/v1/profile", me, json={"display_name": name})
    answer = await people.ask("GET", f"/api/v1/dunnock/accounts/{me.id}/personas?limit=2")
    assert [(one["field"], one["old"], one["new"]) for one in answer.json] == [
        ("display_name", "Bea", "Cleo"),
        ("display_name", "Ada", "Bea"),
    ]
    assert answer.json[0]["at"].endswith("Z")
    oldest = answer.json[-1]["id"]
    assert f"max_id={oldest}" in answer.headers["link"]
    rest = await people.get(f"/api/v1/dunnock/accounts/{me.id}/personas?limit=2&max_id={oldest}")
    assert [one["new"] for one in rest] == ["Ada"]
    assert (await people.ask("GET", "/api/v1/dunnock/accounts/9/personas")).status == 404
