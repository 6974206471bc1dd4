"""Relations through whole requests: what clients send and get."""

from __future__ import annotations

import re

import pytest

from api.people import URL, People
from dunnock import accounts


@pytest.fixture
async def people(db):
    return People(db)


BARE = {
    "following": False, "showing_reblogs": False, "notifying": False, "languages": None, "followed_by": False,
    "blocking": False, "blocked_by": False, "muting": False, "muting_notifications": False, "muting_expires_at": None,
    "requested": False, "requested_by": False, "domain_blocking": False, "endorsed": False, "note": "",
}  # fmt: skip


async def test_follow_and_unfollow(people, make):
    me, other = await make.member(), await make.member()
    at = f"/api/v1/accounts/{other.id}"
    expected = BARE | {"id": str(other.id)}
    assert await people.get(f"/api/v1/accounts/relationships?id={other.id}", me) == [expected]
    got = await people.post(f"{at}/follow", me)
    assert got == expected | {"following": True, "showing_reblogs": True}
    answer = await people.ask("POST", f"{at}/follow", me, json={"reblogs": False, "notify": True, "languages": ["de"]})
    changed = {"following": True, "showing_reblogs": False, "notifying": True, "languages": ["de"]}
    assert answer.json == expected | changed
    assert (await people.get(f"/api/v1/accounts/{me.id}"))["following_count"] == 1
    assert (await people.get(at))["followers_count"] == 1
    assert await people.post(f"/api/v1/accounts/{me.id}/remove_from_followers", other) == BARE | {"id": str(me.id)}
    await people.post(f"{at}/follow", me)
    assert await people.post(f"{at}/unfollow", me) == expected
    assert (await people.get(at))["followers_count"] == 0


async def test_requests(people, make):
    me, locked, third = await make.member(), await make.member(locked=True), await make.member()
    for one in (me, third):
        assert (await people.post(f"/api/v1/accounts/{locked.id}/follow", one))["requested"] is True
    asking = await people.get("/api/v1/follow_requests", locked)
    assert [one["id"] for one in asking] == [str(third.id), str(me.id)]
    got = await people.post(f"/api/v1/follow_requests/{me.id}/authorize", locked)
    assert (got["id"], got["followed_by"], got["requested_by"]) == (str(me.id), True, False)
    got = await people.post(f"/api/v1/follow_requests/{third.id}/reject", locked)
    assert (got["followed_by"], got["requested_by"]) == (False, False)
    assert await people.get("/api/v1/follow_requests", locked) == []
    for act in ("authorize", "reject"):
        answer = await people.ask("POST", f"/api/v1/follow_requests/{third.id}/{act}", locked)
        assert (answer.status, answer.json) == (404, {"error": "Record not found"})


async def test_refusals(people, make):
    me, other = await make.member(), await make.member()
    gone = await make.account(standing="suspended")
    follow = lambda an_id: people.ask("POST", f"/api/v1/accounts/{an_id}/follow", me)  # noqa: E731
    assert (await follow(me.id)).status == 403
    for missing in (gone.id, 1, 2**63):
        assert (await follow(missing)).status == 404
    await people.post(f"/api/v1/accounts/{me.id}/block", other)
    answer = await follow(other.id)
    assert (answer.status, answer.json) == (403, {"error": "This action is not allowed"})
    assert (await people.ask("POST", f"/api/v1/accounts/{me.id}/mute", me)).status == 403
    assert (await people.ask("POST", f"/api/v1/accounts/{other.id}/follow")).status == 401
    answer = await people.ask("POST", f"/api/v1/accounts/{other.id}/follow", me, "read")
    assert answer.status == 403
    assert (await people.ask("POST", f"/api/v1/accounts/{other.id}/mute", me, form={"duration": "soon"})).status == 422


@pytest.mark.both_engines
async def test_scopes_of_old_clients(people, make):
    me, other = await make.member(), await make.member()
    answer = await people.ask("POST", f"/api/v1/accounts/{other.id}/follow", me, "follow")
    assert answer.status == 200
    for path in ("blocks", "mutes", "follow_requests", "domain_blocks"):
        assert await people.get(f"/api/v1/{path}", me, "follow") == []


async def test_block(people, make):
    me, other = await make.member(), await make.member()
    await people.post(f"/api/v1/accounts/{me.id}/follow", other)
    got = await people.post(f"/api/v1/accounts/{other.id}/block", me)
    assert got == BARE | {"id": str(other.id), "blocking": True}
    assert [one["id"] for one in await people.get("/api/v1/blocks", me)] == [str(other.id)]
    (seen,) = await people.get(f"/api/v1/accounts/relationships?id[]={me.id}", other)
    assert (seen["blocked_by"], seen["following"]) == (True, False)
    assert await people.get(f"/api/v1/accounts/{me.id}/followers", other) == []
    assert (await people.post(f"/api/v1/accounts/{other.id}/unblock", me))["blocking"] is False
    assert await people.get("/api/v1/blocks", me) == []


async def test_mute(people, make):
    me, other = await make.member(), await make.member()
    got = await people.post(f"/api/v1/accounts/{other.id}/mute", me, notifications="false", duration="3600")
    assert (got["muting"], got["muting_notifications"]) == (True, False)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", got["muting_expires_at"])
    (one,) = await people.get("/api/v1/mutes", me)
    assert (one["id"], one["mute_expires_at"]) == (str(other.id), got["muting_expires_at"])
    await people.post(f"/api/v1/accounts/{other.id}/mute", me)
    (one,) = await people.get("/api/v1/mutes", me)
    assert one["mute_expires_at"] is None
    assert (await people.post(f"/api/v1/accounts/{other.id}/unmute", me))["muting"] is False


async def test_note(people, make):
    me, other = await make.member(), await make.member()
    assert (await people.post(f"/api/v1/accounts/{other.id}/note", me, comment="Kassel"))["note"] == "Kassel"
    answer = await people.ask("POST", f"/api/v1/accounts/{other.id}/note", me, json={"comment": "x" * 2001})
    assert (answer.status, "too long" in answer.json["error"]) == (422, True)
    assert (await people.post(f"/api/v1/accounts/{other.id}/note", me))["note"] == ""


async def test_domain_blocks(people, make):
    me = await make.member()
    far = await make.account(domain="else.example")
    await make.follow(me, far)
    assert await people.post("/api/v1/domain_blocks", me, domain="Else.Example") == {}
    assert await people.get("/api/v1/domain_blocks", me) == ["else.example"]
    (one,) = await people.get(f"/api/v1/accounts/relationships?id={far.id}", me)
    assert (one["following"], one["domain_blocking"]) == (False, True)
    answer = await people.ask("DELETE", "/api/v1/domain_blocks?domain=else.example", me)
    assert (answer.status, answer.json) == (200, {})
    await people.post("/api/v1/domain_blocks", me, domain="else.example")
    answer = await people.ask("DELETE", "/api/v1/domain_blocks", me, form={"domain": "else.example"})
    assert answer.status == 200
    assert await people.get("/api/v1/domain_blocks", me) == []
    for method in ("POST", "DELETE"):
        for form, says in (({"domain": "no domain"}, "is not a valid domain name"), ({}, "can't be blank")):
            answer = await people.ask(method, "/api/v1/domain_blocks", me, form=form)
            assert (answer.status, answer.json) == (422, {"error": f"Validation failed: Domain {says}"})
    for _ in range(2):  # no domain, but a word: nothing that a client could have known better
        assert await people.post("/api/v1/domain_blocks", me, domain=" NoDomain ") == {}
    assert await people.get("/api/v1/domain_blocks", me) == ["nodomain"]
    assert (await people.ask("DELETE", "/api/v1/domain_blocks?domain=nodomain", me)).json == {}
    assert await people.get("/api/v1/domain_blocks", me) == []


async def test_followers_are_paged_by_links_without_a_hole(people, make):
    star, fans = await make.member(), [await make.account() for _ in range(7)]
    for fan in fans:
        await make.follow(fan, star)
    path, seen, prevs = f"/api/v1/accounts/{star.id}/followers?limit=3", [], []
    while path:
        answer = await people.ask("GET", path)
        seen += [one["id"] for one in answer.json]
        links = dict(re.findall(r'<(.+?)>; rel="(\w+)"', answer.headers.get("link", "")))
        links = {rel: url for url, rel in links.items()}
        assert all(url.startswith(f"{URL}/api/v1/accounts/{star.id}/followers?limit=3&") for url in links.values())
        prevs.append(links.get("prev"))
        path = links.get("next", "").removeprefix(URL)
    assert seen == [str(fan.id) for fan in reversed(fans)]
    back = await people.get(prevs[1].removeprefix(URL))
    assert [one["id"] for one in back] == seen[:3]


async def test_hidden_lists(people, make):
    star, fan = await make.member(hide_collections=True), await make.member()
    await make.follow(fan, star)
    for who in (None, fan):
        assert await people.get(f"/api/v1/accounts/{star.id}/followers", who) == []
    assert len(await people.get(f"/api/v1/accounts/{star.id}/followers", star)) == 1
    assert len(await people.get(f"/api/v1/accounts/{fan.id}/following", star)) == 1
    gone = await make.account(standing="suspended")
    assert (await people.ask("GET", f"/api/v1/accounts/{gone.id}/following")).status == 404


async def test_familiar_followers(people, make):
    me, star, friend = await make.member(), await make.member(), await make.member()
    await make.follow(me, friend)
    await make.follow(friend, star)
    (one,) = await people.get(f"/api/v1/accounts/familiar_followers?id[]={star.id}", me)
    assert (one["id"], [known["id"] for known in one["accounts"]]) == (str(star.id), [str(friend.id)])
    path = "/api/v1/accounts/familiar_followers"  # Mastodon.py sends its ids in the body of a GET, which Rails takes
    assert (await people.ask("GET", path, me, json={"id": [str(star.id)]})).json == [one]
    assert (await people.ask("GET", path, me, form={"id[]": str(star.id)})).json == [one]


async def test_events_of_a_request_are_one_transaction(people, make, events):
    me, other = await make.member(), await make.member()
    await make.follow(me, other)
    await people.post(f"/api/v1/accounts/{me.id}/block", other)
    assert [type(one) for one in await events()] == [accounts.Unfollowed, accounts.Blocked]


async def test_endorsements(people, make):
    me, friend, other, asked = await make.member(), await make.member(), await make.member(), await make.member()
    for one in (friend, other):
        await make.follow(me, one)
    await make.follow(me, asked, requested=True)
    follow = {"following": True, "showing_reblogs": True}
    expected = BARE | {"id": str(friend.id)} | follow
    for act in ("endorse", "pin", "endorse"):
        assert await people.post(f"/api/v1/accounts/{friend.id}/{act}", me) == expected | {"endorsed": True}
    await people.post(f"/api/v1/accounts/{other.id}/pin", me)
    for path, who in (
        ("/api/v1/endorsements", me), (f"/api/v1/accounts/{me.id}/endorsements", None),
        (f"/api/v1/accounts/{me.id}/endorsements", friend),
    ):  # fmt: skip
        assert [one["id"] for one in await people.get(path, who)] == [str(other.id), str(friend.id)]
    assert await people.get("/api/v1/endorsements", friend) == []
    first = await people.ask("GET", "/api/v1/endorsements?limit=1", me)
    following = re.search(rf'<{URL}([^>]*)>; rel="next"', first.headers["link"])
    assert [one["id"] for one in await people.get(following[1], me)] == [str(friend.id)]
    says = "Validation failed: You must be already following the person you want to endorse"
    for target in (me, asked):
        answer = await people.ask("POST", f"/api/v1/accounts/{target.id}/endorse", me)
        assert (answer.status, answer.json) == (422, {"error": says})
    assert (await people.ask("POST", "/api/v1/accounts/1/endorse", me)).status == 404
    assert (await people.ask("POST", "/api/v1/accounts/1/unendorse", me)).status == 404
    assert (await people.ask("GET", "/api/v1/accounts/1/endorsements")).status == 404
    # Hidden from whom they block.
    await people.post(f"/api/v1/accounts/{friend.id}/block", other)
    assert [one["id"] for one in await people.get(f"/api/v1/accounts/{me.id}/endorsements", friend)] == [str(friend.id)]
    for act in ("unendorse", "unpin"):
        assert await people.post(f"/api/v1/accounts/{friend.id}/{act}", me) == expected


@pytest.mark.parametrize("end", ["unfollow", "remove_from_followers", "block", "blocked"])
async def test_an_endorsement_ends_with_the_follow(people, make, end):
    me, friend = await make.member(), await make.member()
    await make.follow(me, friend)
    await people.post(f"/api/v1/accounts/{friend.id}/endorse", me)
    if end in {"remove_from_followers", "blocked"}:
        await people.post(f"/api/v1/accounts/{me.id}/{end.removesuffix('ed')}", friend)
    else:
        await people.post(f"/api/v1/accounts/{friend.id}/{end}", me)
    assert (await people.get(f"/api/v1/accounts/relationships?id={friend.id}", me))[0]["endorsed"] is False
    assert await people.get("/api/v1/endorsements", me) == []


async def test_what_hiding_a_server_would_cost(people, make):
    me = await make.member()
    for number in range(3):
        far = await make.account(domain="far.example")
        await make.follow(far, me)
        if number:
            await make.follow(me, far, requested=number == 2)
    await make.follow(me, await make.account(domain="other.example"))
    at = "/api/v1/domain_blocks/preview?domain="
    assert await people.get(f"{at}FAR.example", me) == {"following_count": 1, "followers_count": 3}
    assert await people.get(f"{at}none.example", me) == {"following_count": 0, "followers_count": 0}
    for bad in ("", "no domain"):
        assert (await people.ask("GET", f"{at}{bad.replace(' ', '%20')}", me)).status == 422
