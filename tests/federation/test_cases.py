"""What was done to other software once, done to ours. The list: docs/security-cases.md."""

from __future__ import annotations

import pytest

from dunnock.foundation.clock import now_ms
from federation.neighbour import ACTIVITY, PUBLIC, formatted


@pytest.fixture
async def alice(town):
    return await town.make.member("alice")


@pytest.fixture
async def bob(town, alice):
    """Somebody elsewhere whom alice follows."""
    uri = town.near.actor("bob")
    await town.follow(alice, uri)
    return uri


async def home(town, alice):
    await town.settle()
    return await town.home.get("/api/v1/timelines/home", alice)


async def test_sc_017_a_poll_is_its_authors(town, alice, bob):
    choices = [{"type": "Note", "name": name, "replies": {"totalItems": 1}} for name in ("yes", "no")]
    note = town.near.note(bob, type="Question", oneOf=choices)
    await town.send("Create", bob, note)
    more = [one | {"replies": {"totalItems": 900}} for one in choices]
    later = {"oneOf": more, "updated": formatted(now_ms())}
    for by in (town.near.actor("eve"), town.far.actor("eve")):
        for author in (bob, by):
            update = town.of(by).activity("Update", by, note | later | {"attributedTo": author})
            await town.deliver(update)
    (status,) = await home(town, alice)
    assert [one["votes_count"] for one in status["poll"]["options"]] == [1, 1]


async def test_sc_018_a_post_is_shown_where_it_is_from(town, alice, bob):
    elsewhere = f"{town.far.base}/page"
    note = town.near.note(bob, url=elsewhere)
    await town.send("Create", bob, note)
    carol = await town.meet(town.near.actor("carol", url=elsewhere))
    (status,) = await home(town, alice)
    assert status["url"].startswith(town.near.base)
    assert (await town.home.get(f"/api/v1/accounts/{carol}", alice))["url"].startswith(town.near.base)


async def test_sc_028_a_handle_is_who_says_so_too(town, alice):
    """A server's WebFinger makes nobody of another server its own, nor one of its own somebody of another."""
    carol = town.far.actor("carol")
    town.near.handles[f"boss@{town.near.host}"] = carol
    found = await town.home.get(f"/api/v2/search?q=@boss@{town.near.host}&resolve=true", alice)
    assert [one["acct"] for one in found["accounts"] if one["acct"].endswith(town.near.host)] == []
    eve = town.near.actor("eve")
    claim = {"subject": f"acct:carol@{town.far.host}", "links": [{"rel": "self", "type": ACTIVITY, "href": eve}]}
    town.near.put("/.well-known/webfinger", claim, kind="application/jrd+json")
    await town.send("Follow", eve, f"{town.base}/users/alice")
    found = await town.home.get(f"/api/v2/search?q=@carol@{town.far.host}&resolve=true", alice)
    assert [one["uri"] for one in found["accounts"]] == [carol]


async def test_sc_031_a_false_quote_is_no_hindrance_to_a_true_one(town, alice, bob):
    carol = town.far.actor("carol")
    quoted = town.far.note(carol, "<p>quoted</p>")
    word = f"{town.far.base}/word"
    note = town.near.note(bob, quote=quoted["id"], quoteAuthorization=f"{town.far.base}/none")
    await town.send("Create", bob, note)
    (status,) = await home(town, alice)
    assert (status["quote"]["state"], status["quote"]["quoted_status"]) == ("pending", None)
    leave = {"id": word, "type": "QuoteAuthorization", "attributedTo": carol}
    town.far.put("/word", leave | {"interactingObject": note["id"], "interactionTarget": quoted["id"]})
    now = note | {"quoteAuthorization": word, "updated": formatted(now_ms())}
    town.near.put(note["id"].removeprefix(town.near.base), now)
    await town.send("Update", bob, now)
    (status,) = await home(town, alice)
    assert (status["quote"]["state"], status["quote"]["quoted_status"]["content"]) == ("accepted", "<p>quoted</p>")


async def test_sc_058_who_is_blocked_reaches_nobody_by_an_edit(town, alice):
    bob = town.near.actor("bob")
    here = f"{town.base}/users/alice"
    note = town.near.note(bob, "<p>kind</p>", to=[here], cc=[], tag=[{"type": "Mention", "href": here}])
    await town.send("Create", bob, note)
    await town.settle()
    (post,) = await town.posts()
    await town.home.post(f"/api/v1/accounts/{await town.id_of(bob)}/block", alice)
    await town.deliver(
        town.near.activity("Update", bob, note | {"content": "<p>cruel</p>", "updated": formatted(now_ms())})
    )
    await town.settle()
    answer = await town.home.ask("GET", f"/api/v1/statuses/{post['id']}", alice)
    assert answer.status == 404
    assert b"cruel" not in answer.body
    assert await town.home.get("/api/v1/conversations", alice) == []
    assert await town.home.get("/api/v1/notifications", alice) == []


async def test_sc_082_one_post_brings_no_crowd_of_files_and_names(town, alice, bob):
    files = [{"type": "Image", "mediaType": "image/png", "url": f"{town.far.base}/{n}.png"} for n in range(300)]
    names = [{"type": "Mention", "href": f"{town.far.base}/users/u{n}", "name": f"@u{n}"} for n in range(300)]
    note = town.near.note(bob, attachment=files, tag=names, cc=[one["href"] for one in names])
    await town.send("Create", bob, note)
    (status,) = await home(town, alice)
    assert len(status["media_attachments"]) <= 16
    assert len(town.far.asked) <= 120


async def test_sc_092_quotes_in_an_address_are_text(town, alice):
    """And no address that says more than its server's name and a path breaks what others are told (SC-098)."""
    carol = town.far.actor("carol")
    for number, inbox in enumerate(
        (
            "/in'; DROP TABLE accounts; --",
            "/in\"'",
            "/\\",
            " ",
            "?'||(SELECT 1)||'",
            "#",
            "\u202e",
            "/%00",
            ":99999/",
            "[/",
        )
    ):
        bob = town.near.actor(f"bob{number}", inbox=f"{town.near.base}{inbox}", endpoints={})
        await town.deliver(town.near.activity("Follow", bob, f"{town.base}/users/alice"))
    await town.send("Follow", carol, f"{town.base}/users/alice")
    await town.settle()
    await town.home.post("/api/v1/statuses", alice, status="for all of them")
    (told,) = await town.told(town.far, "Create")
    assert "for all of them" in told["object"]["content"]


@pytest.mark.parametrize("size", [(0, 0), (0, 10), (-5, 5), (10, 0), ("x", ""), (None, True), (2**70, 1)])
async def test_sc_097_sizes_that_are_none(town, alice, bob, size):
    width, height = size
    file = {
        "type": "Image",
        "mediaType": "image/png",
        "url": f"{town.near.base}/1.png",
        "width": width,
        "height": height,
    }
    await town.send(
        "Create", bob, town.near.note(bob, attachment=[file | {"focalPoint": [width, height]}], to=[PUBLIC])
    )
    (status,) = await home(town, alice)
    (shown,) = status["media_attachments"]
    for one in shown["meta"].values() if shown["meta"] else ():
        assert one.get("width", 1) > 0
        assert one.get("height", 1) > 0
    page = await town.home.ask("GET", f"/@bob@{town.near.host}", alice)
    assert page.status < 500


async def test_sc_055_staff_are_not_named_to_other_servers(town, alice):
    staff = await town.make.member("mo", role="admin")
    carol = town.far.actor("carol")
    await town.send("Follow", carol, f"{town.base}/users/alice")
    await town.send("Follow", carol, f"{town.base}/users/mo")
    await town.settle()
    await town.home.post(f"/api/v1/admin/accounts/{alice.id}/action", staff, type="suspend", text="why")
    await town.settle()
    await town.home.post(f"/api/v1/admin/accounts/{alice.id}/unsuspend", staff)
    told = await town.told(town.far, "Update")
    assert {one["actor"] for one in told} == {f"{town.base}/users/alice"}
    assert not [one for one in told if "/users/mo" in str(one)]
