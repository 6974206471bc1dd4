"""Staff and other servers through whole requests; what a rule does to accounts and posts that are known already."""

from __future__ import annotations

import hashlib
import re

import pytest

from api.staffed import staffed

WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
BLOCKS, ALLOWS, PUBLIC = "/api/v1/admin/domain_blocks", "/api/v1/admin/domain_allows", "/api/v1/instance/domain_blocks"


@pytest.fixture
async def staff(database_url, tmp_path, make):
    made = await staffed(database_url, tmp_path, make)
    yield made
    await made.house.close()


@pytest.fixture
async def admin(make):
    return await make.member("boss", role="admin")


async def test_a_rule_is_exact(staff, admin):
    asked = {
        "domain": "Far.EXAMPLE", "severity": "suspend", "reject_media": True, "reject_reports": True,
        "private_comment": " ours ", "public_comment": "spam", "obfuscate": True,
    }  # fmt: skip
    got = await staff.post(BLOCKS, admin, **asked)
    assert WHEN.fullmatch(got.pop("created_at"))
    an_id = got.pop("id")
    assert got == {
        "domain": "far.example", "digest": hashlib.sha256(b"far.example").hexdigest(), "severity": "suspend",
        "reject_media": True, "reject_reports": True, "private_comment": "ours", "public_comment": "spam",
        "obfuscate": True,
    }  # fmt: skip
    assert await staff.get(PUBLIC) == [
        {"domain": "far.*****le", "digest": got["digest"], "severity": "suspend", "comment": "spam"}
    ]
    seen = await staff.get(f"{BLOCKS}/{an_id}", admin)
    assert seen["id"] == an_id
    assert await staff.get(BLOCKS, admin) == [seen]
    for method, form in (("PUT", {"severity": "silence", "public_comment": ""}), ("PATCH", {"obfuscate": "0"})):
        answer = await staff.ask(method, f"{BLOCKS}/{an_id}", admin, form=form)
        assert answer.status == 200
    got = await staff.get(f"{BLOCKS}/{an_id}", admin)
    assert (got["severity"], got["public_comment"], got["obfuscate"], got["private_comment"]) == (
        "silence", None, False, "ours",
    )  # fmt: skip
    assert await staff.get(PUBLIC) == [
        {"domain": "far.example", "digest": got["digest"], "severity": "silence", "comment": ""}
    ]
    assert (await staff.ask("DELETE", f"{BLOCKS}/{an_id}", admin)).json == {}
    assert await staff.get(PUBLIC) == []
    assert (await staff.ask("DELETE", f"{BLOCKS}/{an_id}", admin)).status == 404
    acts = [(one["act"], one["subject"]) for one in await staff.get("/api/v1/dunnock/admin/log", admin)]
    assert acts == [(f"server.{act}", "far.example") for act in ("unblock", "change", "change", "block")]


@pytest.mark.parametrize(
    ("domain", "shown"),
    [("example.com", "exa****.*om"), ("far.example", "far.*****le"), ("a.b", "a.*"), ("mastodon.social", "mast****.***ial")],
)  # fmt: skip
async def test_a_name_that_is_hidden_in_part(staff, admin, domain, shown):
    await staff.post(BLOCKS, admin, domain=domain, severity="suspend", obfuscate=True)
    (got,) = await staff.get(PUBLIC)
    assert got["domain"] == shown
    assert got["digest"] == hashlib.sha256(domain.encode()).hexdigest()


async def test_the_public_list_tells_of_what_is_felt(staff, admin):
    for domain, severity in (
        ("b.example", "silence"),
        ("c.example", "noop"),
        ("a.example", "silence"),
        ("z.example", "suspend"),
    ):
        await staff.post(BLOCKS, admin, domain=domain, severity=severity)
    assert [(one["domain"], one["severity"]) for one in await staff.get(PUBLIC)] == [
        ("z.example", "suspend"), ("a.example", "silence"), ("b.example", "silence"),
    ]  # fmt: skip


async def test_what_covers_a_server_already(staff, admin):
    first = await staff.post(BLOCKS, admin, domain="far.example")
    assert first["severity"] == "silence"
    for domain, severity in (("far.example", "suspend"), ("sub.far.example", "silence"), ("sub.far.example", "noop")):
        answer = await staff.ask("POST", BLOCKS, admin, json={"domain": domain, "severity": severity})
        assert answer.status == 422, domain
        assert answer.json == {
            "error": "You have already imposed stricter limits on far.example.", "existing_domain_block": first,
        }  # fmt: skip
    await staff.post(BLOCKS, admin, domain="sub.far.example", severity="suspend")


async def test_bad_rules(staff, admin, events):
    for form, error in (
        ({}, "Validation failed: Domain can't be blank"),
        ({"domain": "no domain"}, "Validation failed: Domain is invalid, Domain is not a valid domain name"),
        ({"domain": "far.example", "severity": "harsh"}, "Validation failed: Severity is not included in the list"),
        ({"domain": "far.example", "public_comment": "x" * 2001},
         "Validation failed: Comment is too long (maximum is 2000 characters)"),
    ):  # fmt: skip
        answer = await staff.ask("POST", BLOCKS, admin, json=form)
        assert (answer.status, answer.json) == (422, {"error": error}), form
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        assert (await staff.ask(method, f"{BLOCKS}/1", admin)).status == 404, method
    for method in ("GET", "DELETE"):
        assert (await staff.ask(method, f"{ALLOWS}/1", admin)).status == 404, method
    assert await events() == []


async def test_who_is_suspended_with_their_server_is_gone_at_once_and_comes_back(staff, make, admin):
    """Nothing is written to the accounts: the rule is obeyed where they are read."""
    far = [await make.account("far", domain=host) for host in ("bad.example", "sub.bad.example")]
    near = await make.account("near", domain="notbad.example")
    reader = await make.member("reader")
    posts = [await make.post(one, "hello") for one in (*far, near)]
    boost = await make.boost(await make.member("fan"), posts[0])
    for one in (*far, near):
        await make.follow(reader, one)
        assert (await staff.ask("GET", f"/api/v1/accounts/{one.id}", reader)).status == 200
    home = lambda: staff.get("/api/v1/timelines/home", reader)  # noqa: E731
    assert len(await home()) == 3
    block = await staff.post(BLOCKS, admin, domain="bad.example", severity="suspend")
    for one, post in zip(far, posts, strict=False):
        shown = await staff.get(f"/api/v1/accounts/{one.id}", reader)
        assert (shown["suspended"], shown["display_name"], shown["note"]) == (True, "", ""), "nothing but that"
        for path in (f"statuses/{post.id}", f"accounts/{one.id}/statuses"):
            assert (await staff.ask("GET", f"/api/v1/{path}", reader)).status == 404, path
        for act in ("favourite", "reblog", "bookmark"):
            assert (await staff.ask("POST", f"/api/v1/statuses/{post.id}/{act}", reader)).status == 404, act
        assert (await staff.ask("POST", "/api/v1/reports", reader, json={"account_id": str(one.id)})).status == 404
    assert (await staff.ask("GET", f"/api/v1/statuses/{boost.id}", reader)).status == 404
    assert [one["id"] for one in await home()] == [str(posts[2].id)]
    assert [one["id"] for one in await staff.get(f"/api/v1/accounts/{reader.id}/following", reader)] == [str(near.id)]
    found = await staff.get("/api/v2/search?q=far&type=accounts", reader)
    assert found["accounts"] == []
    assert (await staff.ask("DELETE", f"{BLOCKS}/{block['id']}", admin)).status == 200
    assert len(await home()) == 3
    assert (await staff.ask("POST", f"/api/v1/statuses/{posts[0].id}/favourite", reader)).status == 200


async def test_who_is_limited_with_their_server(staff, make, admin):
    far, reader = await make.account("far", domain="loud.example"), await make.member("reader")
    post = await make.post(far, "hello")
    feed = "/api/v1/timelines/public"
    assert [one["id"] for one in await staff.get(feed, reader)] == [str(post.id)]
    await staff.post(BLOCKS, admin, domain="loud.example", severity="silence")
    assert await staff.get(feed, reader) == []
    assert (await staff.get(f"/api/v1/accounts/{far.id}", reader))["limited"] is True
    assert (await staff.ask("GET", f"/api/v1/statuses/{post.id}", reader)).status == 200
    bad = await make.account("bad", domain="loud.example", standing="suspended")
    assert (await staff.get(f"/api/v1/accounts/{bad.id}", reader))["suspended"], "the stricter of the two counts"


async def test_a_rule_that_only_notes(staff, make, admin):
    far = await make.account("far", domain="odd.example")
    await staff.post(BLOCKS, admin, domain="odd.example", severity="noop")
    assert "limited" not in await staff.get(f"/api/v1/accounts/{far.id}")


@pytest.mark.both_engines
async def test_only_allowed_servers(staff, make, admin):
    """Limited federation: the rule for everybody, and those it spares."""
    there = {
        host: await make.account("far", domain=host) for host in ("good.example", "sub.good.example", "other.example")
    }
    post = await make.post(there["other.example"], "hello")
    kept = await make.post(there["good.example"], "hello")
    me = await make.member("reader")
    assert (await staff.get("/api/v2/instance"))["configuration"]["limited_federation"] is False
    allowed = await staff.post(ALLOWS, admin, domain="GOOD.example")
    assert WHEN.fullmatch(allowed["created_at"])
    assert allowed == {"id": allowed["id"], "domain": "good.example", "created_at": allowed["created_at"]}
    assert await staff.post(ALLOWS, admin, domain="good.example") == allowed, "twice is once"
    assert await staff.get(f"{ALLOWS}/{allowed['id']}", admin) == allowed
    rule = await staff.post(BLOCKS, admin, domain="*", severity="suspend")
    gone = {host: "suspended" in await staff.get(f"/api/v1/accounts/{one.id}") for host, one in there.items()}
    assert gone == {"good.example": False, "sub.good.example": False, "other.example": True}
    assert (await staff.ask("POST", f"/api/v1/statuses/{post.id}/favourite", me)).status == 404
    assert (await staff.ask("POST", f"/api/v1/statuses/{kept.id}/favourite", me)).status == 200
    assert (await staff.ask("GET", f"/api/v1/accounts/{me.id}")).status == 200
    assert (await staff.get("/api/v2/instance"))["configuration"]["limited_federation"] is True
    assert await staff.get(PUBLIC) == []
    assert (await staff.ask("DELETE", f"{ALLOWS}/{allowed['id']}", admin)).json == allowed
    assert (await staff.get(f"/api/v1/accounts/{there['good.example'].id}", me))["suspended"]
    assert await staff.get(ALLOWS, admin) == []
    assert (await staff.ask("DELETE", f"{BLOCKS}/{rule['id']}", admin)).status == 200
    assert (await staff.ask("GET", f"/api/v1/accounts/{there['other.example'].id}")).status == 200


@pytest.mark.parametrize(("path", "more"), [(BLOCKS, {"severity": "noop"}), (ALLOWS, {})])
@pytest.mark.both_engines
async def test_pages(staff, admin, path, more):
    ids = [(await staff.post(path, admin, domain=f"s{n}.example", **more))["id"] for n in range(4)]
    of = lambda query: staff.get(f"{path}?{query}", admin)  # noqa: E731
    assert [one["id"] for one in await of("limit=2")] == [ids[3], ids[2]]
    assert [one["id"] for one in await of(f"limit=2&max_id={ids[2]}")] == [ids[1], ids[0]]
    assert [one["id"] for one in await of(f"limit=2&min_id={ids[0]}")] == [ids[2], ids[1]]
    assert [one["id"] for one in await of(f"since_id={ids[2]}")] == [ids[3]]
    page = await staff.ask("GET", f"{path}?limit=2", admin)
    at = f"http://localhost:3000{path}?limit=2"
    assert page.headers["link"] == f'<{at}&max_id={ids[2]}>; rel="next", <{at}&min_id={ids[3]}>; rel="prev"'


async def test_moderators_do_not_decide_about_servers(staff, make):
    mod = await make.member(role="moderator")
    for method, path in (
        ("GET", BLOCKS),
        ("POST", BLOCKS),
        ("GET", ALLOWS),
        ("POST", ALLOWS),
        ("DELETE", f"{ALLOWS}/1"),
    ):
        answer = await staff.ask(method, path, mod, json={"severity": "nonsense"})
        assert (answer.status, answer.json) == (403, {"error": "This action is not allowed"}), (method, path)
