"""Polls through whole requests."""

from __future__ import annotations

import asyncio
import re

import pytest

from api.kit.test_requests import MULTI, multipart
from api.posting import STATUSES, Posting
from dunnock.api.mastodon import wire
from dunnock.foundation.clock import now_ms

WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
POLL = {"options": ["Tea", "Coffee"], "expires_in": 3600}
SENT = "poll[options][]=Tea&poll[options][]=Coffee&poll[expires_in]=3600&poll[multiple]=1&poll[hide_totals]=true"


@pytest.fixture
async def people(db):
    return Posting(db)


@pytest.fixture
async def anna(make):
    return await make.member("anna")


@pytest.fixture
async def bob(make):
    return await make.member("bob")


def counts(poll):
    return [one["votes_count"] for one in poll["options"]]


async def test_a_poll_as_its_author_a_member_and_a_stranger_see_it(people, anna, bob):
    made = await people.publish(anna, "which?", poll=POLL | {"options": ["Tea :x:", " Coffee ", ""]})
    poll = made["poll"]
    assert poll == {
        "id": poll["id"],
        "expires_at": poll["expires_at"],
        "expired": False,
        "multiple": False,
        "votes_count": 0,
        "voters_count": None,
        "options": [{"title": "Tea :x:", "votes_count": 0}, {"title": "Coffee", "votes_count": 0}],
        "emojis": [],
        "voted": True,
        "own_votes": [],
    }
    assert WHEN.fullmatch(poll["expires_at"])
    assert poll["id"].isdigit()
    assert poll["id"] != made["id"]
    shown = await people.get(f"/api/v1/polls/{poll['id']}", bob)
    assert shown == poll | {"voted": False}
    strangers = {name: value for name, value in poll.items() if name not in {"voted", "own_votes"}}
    assert await people.get(f"/api/v1/polls/{poll['id']}") == strangers
    assert (await people.get(f"{STATUSES}/{made['id']}"))["poll"] == strangers
    assert (await people.get(f"{STATUSES}?id[]={made['id']}", bob))[0]["poll"] == shown
    assert set(shown) == set(wire.Poll.__struct_fields__)
    assert (await people.publish(anna, "none"))["poll"] is None


@pytest.mark.parametrize("kind", ["form", "json", "multipart"])
async def test_all_three_encodings_make_a_poll(people, anna, kind):
    pairs = [tuple(one.split("=")) for one in SENT.split("&")] + [("status", "which?")]
    if kind == "form":
        raw, content_type = (
            "&".join(f"{name}={value}" for name, value in pairs).encode(),
            "application/x-www-form-urlencoded",
        )
        answer = await people.ask("POST", STATUSES, anna, raw=raw, kind=content_type)
    elif kind == "multipart":
        answer = await people.ask("POST", STATUSES, anna, raw=multipart(*((*pair, None) for pair in pairs)), kind=MULTI)
    else:
        poll = POLL | {"expires_in": "3600", "multiple": True, "hide_totals": True}
        answer = await people.ask("POST", STATUSES, anna, json={"status": "which?", "poll": poll})
    assert answer.status == 200, answer
    poll = answer.json["poll"]
    assert [one["title"] for one in poll["options"]] == ["Tea", "Coffee"]
    assert (poll["multiple"], poll["voters_count"], counts(poll)) == (True, 0, [None, None])


@pytest.mark.parametrize(
    ("poll", "says"),
    [
        ({"options": ["a", "b"]}, "Deadline can't be blank"),
        ({"options": ["a", "b"], "expires_in": 299}, "Deadline is too soon"),
        ({"options": ["a", "b"], "expires_in": -5}, "Deadline is too soon"),
        ({"options": ["a", "b"], "expires_in": 2_629_747}, "Deadline is too far into the future"),
        ({"options": [], "expires_in": 300}, "Choices can't be blank"),
        ({"options": ["a", " "], "expires_in": 300}, "Choices must have more than one item"),
        ({"options": list("abcde"), "expires_in": 300}, "Choices can't contain more than 4 items"),
        ({"options": list("ab") * 5_000, "expires_in": 300}, "Choices can't contain more than 4 items"),
        ({"options": ["a", "a "], "expires_in": 300}, "Choices contain duplicate items"),
        ({"options": ["a", "b" * 51], "expires_in": 300}, "Choices can't be longer than 50 characters each"),
        ({"options": ["a", "b"], "expires_in": "soon"}, None),
        ({"options": {"x": {"y": 1}}, "expires_in": 300}, None),
        ("yes", None),
    ],
)
async def test_a_poll_that_breaks_a_rule_makes_nothing(people, anna, events, poll, says):
    """SC-086: too many options are refused before any of them is looked at."""
    answer = await people.ask("POST", STATUSES, anna, json={"status": "which?", "poll": poll})
    assert answer.status == 422, answer
    assert says is None or answer.json == {"error": f"Validation failed: {says}"}
    assert await events() == []


async def test_a_poll_needs_words_and_goes_with_media(people, anna, make):
    answer = await people.ask("POST", STATUSES, anna, json={"status": " ", "poll": POLL})
    assert (answer.status, answer.json) == (422, {"error": "Validation failed: Text can't be blank"})
    file = '{"original":{"path":"a.png","width":4,"height":3,"bytes":5,"mime":"image/png"}}'
    picture = await make.media(anna, files=file)
    made = await people.publish(anna, "which?", poll=POLL, media_ids=[str(picture.id)])
    assert (len(made["media_attachments"]), len(made["poll"]["options"])) == (1, 2)
    assert (await people.publish(anna, "no poll at all", poll={}))["poll"] is None
    assert (await people.publish(anna, "no poll at all", poll=None))["poll"] is None


async def test_vote_for_one(people, anna, bob, make):
    eve = await make.member("eve")
    poll = (await people.publish(anna, "which?", poll=POLL))["poll"]
    answer = await people.vote(bob, poll["id"], "1")
    assert answer.status == 200, answer
    assert answer.json == poll | {
        "votes_count": 1,
        "options": [{"title": "Tea", "votes_count": 0}, {"title": "Coffee", "votes_count": 1}],
        "voted": True,
        "own_votes": [1],
    }
    assert await people.get(f"/api/v1/polls/{poll['id']}", bob) == answer.json
    assert (await people.get(f"/api/v1/polls/{poll['id']}", eve))["own_votes"] == []
    already = {"error": "Validation failed: You have already voted on this poll"}
    for who, choices, says in (
        (bob, [0], already),
        (bob, [1], already),
        (eve, [0, 1], already),
        (eve, [2], {"error": "Validation failed: The chosen vote option does not exist"}),
        (eve, [-1], {"error": "Validation failed: The chosen vote option does not exist"}),
        (anna, [0], {"error": "Validation failed: You cannot vote in your own polls"}),
    ):
        refused = await people.vote(who, poll["id"], *choices)
        assert (refused.status, refused.json) == (422, says), choices
    assert (await people.vote(eve, poll["id"], "tea")).status == 422
    assert counts(await people.get(f"/api/v1/polls/{poll['id']}")) == [0, 1]
    nothing = await people.vote(eve, poll["id"])
    assert (nothing.status, nothing.json) == (422, {"error": "Validation failed: Choices can't be blank"})
    assert (await people.vote(eve, 1)).status == 404


async def test_vote_by_form(people, anna, bob):
    poll = (await people.publish(anna, "which?", poll=POLL | {"multiple": True}))["poll"]
    answer = await people.ask(
        "POST", f"/api/v1/polls/{poll['id']}/votes", bob, raw=b"choices[]=0&choices[]=1",
        kind="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert (answer.status, answer.json["own_votes"]) == (200, [0, 1])
    assert (answer.json["votes_count"], answer.json["voters_count"]) == (2, 1)


async def test_more_may_be_chosen_later_where_several_may(people, anna, bob):
    poll = (await people.publish(anna, "which?", poll=POLL | {"multiple": True}))["poll"]
    assert (await people.vote(bob, poll["id"], 1, 1)).json["own_votes"] == [1]
    more = (await people.vote(bob, poll["id"], 0)).json
    assert (more["own_votes"], more["votes_count"], more["voters_count"]) == ([0, 1], 2, 1)
    assert (await people.vote(bob, poll["id"], 0)).status == 422


@pytest.mark.both_engines
async def test_an_expired_poll_takes_no_votes_and_shows_its_totals(people, anna, bob, make):
    eve = await make.member("eve")
    made = await people.publish(anna, "which?", poll=POLL | {"hide_totals": True})
    poll = made["poll"]
    assert counts((await people.vote(bob, poll["id"], 0)).json) == [None, None]
    await people.run("UPDATE polls SET expires_at = :at", at=now_ms() - 1)
    await people.publish(anna, "an event, so that memory forgets nothing of it")
    people = Posting(people.db)
    refused = await people.vote(eve, poll["id"], 0)
    assert (refused.status, refused.json) == (422, {"error": "Validation failed: The poll has already ended"})
    shown = (await people.get(f"{STATUSES}/{made['id']}", eve))["poll"]
    assert (shown["expired"], counts(shown)) == (True, [1, 0])


async def test_who_may_not_see_the_post_may_neither_see_nor_vote(people, anna, bob, make):
    for visibility in ("private", "direct"):
        poll = (await people.publish(anna, "which?", poll=POLL, visibility=visibility))["poll"]
        for who in (bob, None):
            answer = await people.ask("GET", f"/api/v1/polls/{poll['id']}", who)
            assert (answer.status, answer.json) == (404, {"error": "Record not found"})
        assert (await people.vote(bob, poll["id"], 0)).json == {"error": "Record not found"}
    eve = await make.member("eve")
    poll = (await people.publish(anna, "which?", poll=POLL))["poll"]
    await make.block(anna, eve)
    assert (await people.vote(eve, poll["id"], 0)).status == 404
    assert (await people.ask("GET", "/api/v1/polls/12345", bob)).status == 404
    assert (await people.vote(None, poll["id"], 0)).status == 401
    for scopes in ("read", "write:media"):
        answer = await people.ask("POST", f"/api/v1/polls/{poll['id']}/votes", bob, scopes, json={"choices": [0]})
        assert answer.status == 403


async def test_many_votes_at_the_same_moment(people, anna, bob, make):
    others = [await make.member() for _ in range(6)]
    poll = (await people.publish(anna, "which?", poll=POLL))["poll"]
    answers = await asyncio.gather(
        *[people.vote(bob, poll["id"], number % 2) for number in range(6)],
        *[people.vote(one, poll["id"], 1) for one in others],
    )
    assert sorted(answer.status for answer in answers) == [200] * 7 + [422] * 5
    shown = await people.get(f"/api/v1/polls/{poll['id']}", bob)
    assert (shown["votes_count"], len(shown["own_votes"])) == (7, 1)
    assert sum(counts(shown)) == 7


async def test_a_boost_shows_the_poll_of_what_it_shows(people, anna, bob):
    made = await people.publish(anna, "which?", poll=POLL)
    wrapper = await people.post(f"{STATUSES}/{made['id']}/reblog", bob)
    assert wrapper["poll"] is None
    assert wrapper["reblog"]["poll"] == made["poll"] | {"voted": False}


async def test_edit(people, anna, bob):
    made = await people.publish(anna, "which?", poll=POLL)
    at, poll_id = f"{STATUSES}/{made['id']}", made["poll"]["id"]
    await people.vote(bob, poll_id, 0)
    # The same question: votes stay, only its time runs anew. Nothing is told as an edit.
    same = (await people.ask("PUT", at, anna, json={"status": "which?", "poll": POLL | {"expires_in": 7200}})).json
    assert (same["edited_at"], same["poll"]["id"], counts(same["poll"])) == (None, poll_id, [1, 0])
    assert same["poll"]["expires_at"] > made["poll"]["expires_at"]
    # Other options: nobody has voted.
    asked = {"status": "which?", "poll": POLL | {"options": ["Tea", "Water"]}}
    other = (await people.ask("PUT", at, anna, json=asked)).json
    assert (other["edited_at"] is None, counts(other["poll"])) == (False, [0, 0])
    assert (await people.get(f"/api/v1/polls/{poll_id}", bob))["voted"] is False
    assert (await people.vote(bob, poll_id, 1)).status == 200
    # Several instead of one: again.
    asked["poll"]["multiple"] = True
    several = (await people.ask("PUT", at, anna, json=asked)).json
    assert (several["poll"]["multiple"], several["poll"]["votes_count"]) == (True, 0)
    # None.
    gone = (await people.ask("PUT", at, anna, json={"status": "which?"})).json
    assert gone["poll"] is None
    assert (await people.ask("GET", f"/api/v1/polls/{poll_id}", anna)).status == 404
    versions = await people.get(f"{at}/history", bob)
    assert [one.get("poll") for one in versions] == [
        {"options": [{"title": "Tea"}, {"title": "Coffee"}]},
        {"options": [{"title": "Tea"}, {"title": "Water"}]},
        {"options": [{"title": "Tea"}, {"title": "Water"}]},
        None,
    ]
    assert "poll" not in versions[-1]
    # And one where there was none.
    added = (await people.ask("PUT", at, anna, json={"status": "which?", "poll": POLL})).json
    assert [one["title"] for one in added["poll"]["options"]] == ["Tea", "Coffee"]
    refused = await people.ask("PUT", at, anna, json={"status": "which?", "poll": {"options": ["a"]}})
    assert refused.status == 422


async def test_delete_gives_the_poll_back(people, anna, bob, db):
    made = await people.publish(anna, "which?", poll=POLL)
    await people.vote(bob, made["poll"]["id"], 0)
    gone = (await people.ask("DELETE", f"{STATUSES}/{made['id']}", anna)).json
    assert (gone["text"], [one["title"] for one in gone["poll"]["options"]]) == ("which?", ["Tea", "Coffee"])
    assert (await people.ask("GET", f"/api/v1/polls/{made['poll']['id']}", anna)).status == 404
    assert (await people.vote(bob, made["poll"]["id"], 1)).status == 404


@pytest.mark.both_engines
async def test_a_poll_shows_its_emoji(people, anna, make):
    from dunnock.media import tables

    await make.row(tables.emoji, shortcode="blob", file="a.png", still_file="a.png", created_at=1)
    made = await people.publish(anna, "which?", poll=POLL | {"options": ["a :blob:", "b"]})
    assert [one["shortcode"] for one in made["poll"]["emojis"]] == ["blob"]
    assert [one["shortcode"] for one in made["emojis"]] == ["blob"]
