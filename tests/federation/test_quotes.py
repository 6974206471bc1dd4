"""The words that let posts quote others: given, shown to third servers, taken back. Source: FEP-044f."""

from __future__ import annotations

import pytest

from api.kit.driver import call
from federation.neighbour import ACTIVITY, PUBLIC
from federation.town import Town

ASKED = (("accept", ACTIVITY),)


@pytest.fixture
async def alice(town: Town):
    return await town.make.member("alice")


async def document(town, uri):
    path = uri.removeprefix(town.base)
    answer = await call(town.home.house.edge, "GET", path, headers=ASKED)
    return answer.json if answer.status == 200 else answer.status


async def quoting_far(town, alice):
    """Alice, whom somebody of the far server follows, quotes a post of bob, who is asked; (word, our note, bob, his post)."""
    bob, carol = town.near.actor("bob"), town.far.actor("carol")
    await town.send("Follow", carol, f"{town.base}/users/alice")
    await town.follow(alice, bob)
    quoted = town.near.note(bob, interactionPolicy={"canQuote": {"automaticApproval": [f"{bob}/followers"]}})
    await town.send("Create", bob, quoted)
    await town.settle()
    (there,) = await town.home.get("/api/v1/timelines/home", alice)
    made = await town.home.post("/api/v1/statuses", alice, status="so", quoted_status_id=there["id"])
    (request,) = await town.told(town.near, "QuoteRequest")
    assert "quoteAuthorization" not in request["instrument"]
    word = f"{town.near.base}/words/1"
    await town.send("Accept", bob, request, result=word)
    return word, made["uri"], bob, quoted


async def test_a_third_server_gets_the_word(town, alice):
    word, uri, _, quoted = await quoting_far(town, alice)
    (update,) = await town.told(town.far, "Update")
    assert (update["object"]["quote"], update["object"]["quoteAuthorization"]) == (quoted["id"], word)
    assert (await document(town, uri))["quoteAuthorization"] == word


async def test_a_word_of_another_server_is_none(town, alice):
    bob = town.near.actor("bob")
    await town.follow(alice, bob)
    await town.send("Create", bob, town.near.note(bob, interactionPolicy={"canQuote": {"automaticApproval": [PUBLIC]}}))
    await town.settle()
    (there,) = await town.home.get("/api/v1/timelines/home", alice)
    made = await town.home.post("/api/v1/statuses", alice, status="so", quoted_status_id=there["id"])
    (request,) = await town.told(town.near, "QuoteRequest")
    await town.send("Accept", bob, request, result=f"{town.far.base}/words/1")
    assert "quoteAuthorization" not in await document(town, made["uri"])


async def test_a_word_taken_back_ends_the_quote_everywhere(town, alice):
    word, uri, bob, _ = await quoting_far(town, alice)
    await town.send("Delete", bob, {"id": word, "type": "QuoteAuthorization"})
    update = (await town.told(town.far, "Update"))[-1]
    assert not {"quote", "quoteUri", "quoteAuthorization"} & update["object"].keys()
    (mine,) = [one for one in await town.home.get("/api/v1/timelines/home", alice) if one["uri"] == uri]
    assert mine["quote"]["state"] == "revoked"


async def test_nobody_else_takes_a_word_back(town, alice):
    word, uri, _, _ = await quoting_far(town, alice)
    mallory = town.near.actor("mallory")
    await town.send("Delete", mallory, {"id": word, "type": "QuoteAuthorization"})
    assert (await document(town, uri))["quoteAuthorization"] == word


async def test_a_quote_within_this_server_has_a_word_too(town, alice):
    """It is served for exactly these two posts, as long as the author lets it be."""
    ben = await town.make.member("ben")
    quoted = await town.make.post(alice, quote_policy="public")
    made = await town.home.post("/api/v1/statuses", ben, status="so", quoted_status_id=str(quoted.id))
    await town.settle()
    word = (await document(town, made["uri"]))["quoteAuthorization"]
    told = await document(town, word)
    assert (told["id"], told["type"], told["attributedTo"]) == (word, "QuoteAuthorization", f"{town.base}/users/alice")
    assert told["interactingObject"] == made["uri"]
    assert told["interactionTarget"] == f"{town.base}/users/alice/statuses/{quoted.id}"
    other = await town.make.post(ben)
    assert await document(town, word.replace(made["id"], str(other.id))) == 404
    await town.home.post(f"/api/v1/statuses/{quoted.id}/quotes/{made['id']}/revoke", alice)
    await town.settle()
    assert await document(town, word) == 404
    assert "quote" not in await document(town, made["uri"])


async def test_what_a_member_took_back_stays_so(town, alice):
    """Followers of both hear of it, and to ask again does not help."""
    bob, carol = town.near.actor("bob"), town.far.actor("carol")
    await town.send("Follow", carol, f"{town.base}/users/alice")
    await town.follow(alice, bob)
    quoted = await town.make.post(alice, quote_policy="public")
    at = f"{town.base}/users/alice/statuses/{quoted.id}"
    note = town.near.note(bob, quote=at)
    await town.send("QuoteRequest", bob, at, instrument=note)
    (accept,) = [one for one in await town.told(town.near, "Accept") if one["object"]["type"] == "QuoteRequest"]
    assert (await document(town, accept["result"]))["interactingObject"] == note["id"]
    there = (await town.home.get(f"/api/v1/statuses/{quoted.id}/quotes", alice))[0]
    await town.home.post(f"/api/v1/statuses/{quoted.id}/quotes/{there['id']}/revoke", alice)
    for server in (town.near, town.far):
        assert [one["object"]["id"] for one in await town.told(server, "Delete")] == [accept["result"]]
    await town.send("QuoteRequest", bob, at, instrument=note)
    assert len(await town.told(town.near, "Reject")) == 1
    assert await document(town, accept["result"]) == 404


async def between_others(town, alice):
    """A post of bob (near) quotes one of carol (far) by a word that comes with an Update; (quoting, word, carol)."""
    bob, carol = town.near.actor("bob"), town.far.actor("carol")
    await town.follow(alice, bob)
    quoted = town.far.note(carol, interactionPolicy={"canQuote": {"automaticApproval": [carol]}})
    note = town.near.note(bob, quote=quoted["id"])
    await town.send("Create", bob, note)
    word = f"{town.far.base}/word"
    about = {"interactingObject": note["id"], "interactionTarget": quoted["id"]}
    town.far.put("/word", {"id": word, "type": "QuoteAuthorization", "attributedTo": carol, **about})
    await town.send("Update", bob, note | {"quoteAuthorization": word})
    await town.settle()
    return note, word, carol


async def state_of(town, alice, note):
    (one,) = [one for one in await town.home.get("/api/v1/timelines/home", alice) if one["uri"] == note["id"]]
    return one["quote"] and one["quote"]["state"]


async def test_a_word_that_comes_later_is_believed_and_can_be_taken_back(town, alice):
    note, word, carol = await between_others(town, alice)
    assert await state_of(town, alice, note) == "accepted"
    await town.send("Delete", carol, word)
    assert await state_of(town, alice, note) == "revoked"


@pytest.mark.parametrize(
    "rel", ["https://misskey-hub.net/ns#_misskey_quote", ["x", "https://misskey-hub.net/ns#_misskey_quote"]]
)
async def test_a_link_in_the_tags_may_be_a_quote(town, alice, rel):
    """FEP-e232; a link to an object that is no quote is just a link."""
    bob, carol = town.near.actor("bob"), town.far.actor("carol")
    await town.follow(alice, bob)
    quoted = town.far.note(carol, "<p>quoted</p>", interactionPolicy={"canQuote": {"automaticApproval": [PUBLIC]}})
    link = {"type": "Link", "mediaType": ACTIVITY, "href": quoted["id"], "name": "RE: it"}
    note, other = town.near.note(bob, tag=[link | {"rel": rel}]), town.near.note(bob, tag=[link])
    for one in (note, other):
        await town.send("Create", bob, one)
    await town.settle()
    assert (await state_of(town, alice, note), await state_of(town, alice, other)) == ("accepted", None)


async def test_an_author_takes_the_quote_out(town, alice):
    note, _, _ = await between_others(town, alice)
    bob = note["attributedTo"]
    await town.send("Update", bob, {name: value for name, value in note.items() if name != "quote"})
    assert await state_of(town, alice, note) == "revoked"
