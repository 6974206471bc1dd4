"""Quotes and interaction policies through whole requests: exact JSON for every reader, and every refusal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from api.people import URL, People
from dunnock import posts
from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import EdgeSettings, build_edge
from dunnock.api.mastodon import accounts, preferences, relations, statuses, statuses_actions, timelines
from dunnock.api.mastodon.render import Render
from dunnock.feeds import Feeds
from dunnock.foundation.settings import Settings
from dunnock.integrity.money import Destinations
from dunnock.media import MediaStore
from dunnock.posts.views import PostViews

S = "/api/v1/statuses"
NOT_THERE = {"error": "The post you are trying to quote does not appear to exist."}


class Writers(People):
    """People who publish and read posts."""

    def __init__(self, db: Any) -> None:
        super().__init__(db)
        views, viewers = AccountViews(db), Viewers(db)
        posts = PostViews(db, views)
        render = Render(db, views, posts, viewers, public_url=URL)
        given = {
            "db": db,
            "settings": Settings(data=Path("/nowhere"), public_url=URL),
            "render": render,
            "timelines": timelines.Timelines(db, Feeds(db, views, posts, viewers), render),
            "media_store": MediaStore.local(Path("/nowhere")),
            "destinations": Destinations(db),
        }
        areas = (statuses, statuses_actions, timelines, accounts, relations, preferences)
        self.app = build_edge(
            [handler for area in areas for handler in area.HANDLERS],
            authenticate=self._authenticate,
            settings=EdgeSettings(dev=True),
            given=given,
        )

    async def write(self, who: Any, status: str = "hello", **form: Any) -> Any:
        answer = await self.ask("POST", S, who, json={"status": status, **form})
        assert answer.status == 200, answer
        return answer.json


@pytest.fixture
async def people(db, make):
    await make.row(
        _apps(), id=1, client_id="c", secret_digest="", name="App", redirect_uris="", scopes="", created_at=1
    )
    return Writers(db)


def _apps():
    from dunnock.accounts.tables import apps

    return apps


@pytest.fixture
async def three(make):
    return await make.member("anna"), await make.member("bob"), await make.member("eve")


async def test_a_post_without_a_quote_says_so(people, three):
    anna, bob, _ = three
    post = await people.write(anna)
    assert post["quote"] is None
    assert post["quotes_count"] == 0
    assert post["quote_approval"] == {"automatic": ["public"], "manual": [], "current_user": "automatic"}
    assert post["reply_approval"] == {"policy": "everyone", "current_user": "allowed"}
    assert (await people.get(f"{S}/{post['id']}"))["quote_approval"]["current_user"] == "denied"
    wrapper = await people.post(f"{S}/{post['id']}/reblog", bob)
    assert wrapper["quote"] is None
    assert wrapper["quote_approval"] == wrapper["reblog"]["quote_approval"]


STATUS = {
    "id": str, "uri": str, "created_at": str, "account": dict, "content": str, "visibility": str, "sensitive": bool,
    "spoiler_text": str, "media_attachments": list, "application": dict, "mentions": list, "tags": list, "emojis": list,
    "reblogs_count": int, "favourites_count": int, "quotes_count": int, "replies_count": int, "url": str,
    "in_reply_to_id": None, "in_reply_to_account_id": None, "reblog": None, "poll": None, "card": None, "language": None,
    "edited_at": None, "quote": None, "quote_approval": dict, "reply_approval": dict, "tagged_collections": list,
}  # fmt: skip
MINE = dict.fromkeys(("favourited", "reblogged", "muted", "bookmarked"), bool) | {"filtered": list}


async def test_every_attribute_of_a_status(people, three):
    anna, bob, _ = three
    post = await people.write(anna)
    for who, more in ((None, {}), (bob, MINE), (anna, MINE | {"pinned": bool})):
        got = await people.get(f"{S}/{post['id']}", who)
        assert {name: None if value is None else type(value) for name, value in got.items()} == STATUS | more
    wrapper = await people.post(f"{S}/{post['id']}/reblog", bob)
    kinds = {name: None if value is None else type(value) for name, value in wrapper.items()}
    assert kinds == STATUS | MINE | {"reblog": dict, "application": None}


async def test_quote_and_quote_of_a_quote(people, three):
    anna, bob, eve = three
    first = await people.write(anna, "first")
    second = await people.write(bob, "second", quoted_status_id=first["id"])
    third = await people.write(eve, "third", quoted_status_id=second["id"])
    assert second["quote"]["state"] == "accepted"
    assert second["quote"]["quoted_status"]["id"] == first["id"]
    assert second["quote"]["quoted_status"]["quote"] is None
    assert second["quote"]["quoted_status"]["quotes_count"] == 1
    assert set(second["quote"]["quoted_status"]) == set(second) - {"pinned"}
    inner = third["quote"]["quoted_status"]
    assert inner["id"] == second["id"]
    assert inner["quote"] == {"state": "accepted", "quoted_status_id": first["id"]}
    assert (inner["favourited"], inner["bookmarked"]) == (False, False)
    await people.post(f"{S}/{second['id']}/favourite", eve)
    assert (await people.get(f"{S}/{third['id']}", eve))["quote"]["quoted_status"]["favourited"] is True
    as_stranger = (await people.get(f"{S}/{third['id']}"))["quote"]["quoted_status"]
    assert "favourited" not in as_stranger
    wrapper = await people.post(f"{S}/{third['id']}/reblog", anna)
    assert wrapper["quote"] is None
    assert wrapper["reblog"]["quote"]["quoted_status"]["id"] == second["id"]
    page = await people.get("/api/v1/timelines/public", anna)
    assert [one["quote"] and one["quote"]["quoted_status"]["id"] for one in page] == [second["id"], first["id"], None]
    link = f'RE: <a href="{URL}/@anna/{first["id"]}"'
    assert second["content"].startswith(f'<p class="quote-inline">{link}')
    history = await people.get(f"{S}/{second['id']}/history", anna)
    assert history[0]["quote"]["quoted_status"]["id"] == first["id"]


async def test_a_quote_needs_no_words(people, three):
    anna, bob, _ = three
    first = await people.write(anna)
    assert (await people.write(bob, "", quoted_status_id=first["id"], spoiler_text="w"))["spoiler_text"] == "w"


async def test_what_may_not_be_quoted_reads_as_missing(people, three, make):
    anna, bob, eve = three
    await make.block(anna, eve)
    closed = await people.write(anna, quote_approval_policy="nobody")
    private = await people.write(anna, visibility="private", quote_approval_policy="public")
    direct = await people.write(anna, "@bob", visibility="direct")
    opened = await people.write(anna)
    for who, quoted in (
        (bob, closed),
        (bob, private),
        (bob, direct),
        (anna, direct),
        (eve, opened),
        (bob, {"id": "5"}),
    ):
        answer = await people.ask("POST", S, who, json={"status": "x", "quoted_status_id": quoted["id"]})
        assert (answer.status, answer.json) == (404, NOT_THERE)
    assert private["quote_approval"] == {"automatic": [], "manual": [], "current_user": "automatic"}
    assert direct["quote_approval"] == {"automatic": [], "manual": [], "current_user": "denied"}
    own = await people.write(anna, quoted_status_id=private["id"])
    assert own["visibility"] == "private"
    answer = await people.ask(
        "POST", S, bob, json={"status": "x", "visibility": "direct", "quoted_status_id": opened["id"]}
    )
    assert (answer.status, answer.json["error"]) == (
        422,
        "Validation failed: Cannot quote a non-mentioned user in a Private Mention post.",
    )


async def test_who_may_quote_is_told_each_viewer(people, three, make):
    anna, bob, eve = three
    await make.follow(bob, anna)
    post = await people.write(anna, quote_approval_policy="followers")
    told = [(await people.get(f"{S}/{post['id']}", who))["quote_approval"] for who in (anna, bob, eve, None)]
    assert [one["automatic"] for one in told] == [["followers"]] * 4
    assert [one["current_user"] for one in told] == ["automatic", "automatic", "denied", "denied"]


async def test_each_reader_sees_the_state_that_is_theirs(people, three, make):
    anna, bob, eve = three
    quoted = await people.write(anna, "quoted")
    post = await people.write(bob, quoted_status_id=quoted["id"])
    outer = await people.write(bob, quoted_status_id=post["id"])

    async def seen(who):
        quote = (await people.get(f"{S}/{post['id']}", who))["quote"]
        shallow = (await people.get(f"{S}/{outer['id']}", who))["quote"]["quoted_status"]["quote"]
        assert shallow["state"] == quote["state"]
        assert (shallow["quoted_status_id"] is None) == (quote["quoted_status"] is None)
        return quote["state"], quote["quoted_status"] and quote["quoted_status"]["id"]

    assert await seen(eve) == await seen(None) == ("accepted", quoted["id"])
    await people.post(f"/api/v1/accounts/{anna.id}/mute", eve)
    assert await seen(eve) == ("muted_account", quoted["id"])
    await people.post(f"/api/v1/accounts/{anna.id}/block", eve)
    assert await seen(eve) == ("blocked_account", quoted["id"])
    await people.post(f"/api/v1/accounts/{anna.id}/unblock", eve)
    await people.post(f"/api/v1/accounts/{anna.id}/unmute", eve)
    await people.post(f"/api/v1/accounts/{eve.id}/block", anna)
    assert await seen(eve) == ("unauthorized", None)
    assert await seen(anna) == ("accepted", quoted["id"])
    private = await people.write(anna, "for friends", visibility="private")
    own = await people.write(anna, "@bob", visibility="private", quoted_status_id=private["id"])
    assert (await people.get(f"{S}/{own['id']}", bob))["quote"] == {"state": "unauthorized", "quoted_status": None}


@pytest.mark.both_engines
async def test_a_hidden_server_hides_what_is_quoted(people, three, make):
    anna, bob, _ = three
    distant = await make.account("dora", domain="far.example")
    quoted = await make.post(distant, quote_policy="public", url="https://far.example/1")
    post = await people.write(bob, quoted_status_id=str(quoted.id))
    assert 'RE: <a href="https://far.example/1"' in post["content"]
    assert (await people.get(f"{S}/{post['id']}", bob))["quote"]["state"] == "pending"  # its author is asked
    async with people.db.begin() as tx:
        await posts.settle_quote(tx, int(post["id"]), "accepted", quoted_author_id=distant.id)
    await make.domain_block(anna, "far.example")
    quote = (await people.get(f"{S}/{post['id']}", anna))["quote"]
    assert (quote["state"], quote["quoted_status"]["id"]) == ("blocked_domain", str(quoted.id))


@pytest.mark.parametrize("state", ["pending", "rejected"])
@pytest.mark.both_engines
async def test_states_of_other_servers(people, three, make, state):
    anna, bob, _ = three
    quoted = await make.post(anna)
    post = await make.post(bob, quoted_id=quoted.id, quoted_author_id=anna.id, quote_state=state)
    assert (await people.get(f"{S}/{post.id}", anna))["quote"] == {"state": state, "quoted_status": None}
    revoked = await people.post(f"{S}/{quoted.id}/quotes/{post.id}/revoke", anna)
    assert revoked["quote"]["state"] == "rejected"
    assert revoked["quote"]["quoted_status"] is None


async def test_revoke(people, three, make):
    anna, bob, eve = three
    quoted = await people.write(anna)
    post = await people.write(bob, quoted_status_id=quoted["id"], visibility="private")
    at = f"{S}/{quoted['id']}/quotes/{post['id']}/revoke"
    assert (await people.ask("POST", at)).status == 401
    assert (await people.ask("POST", at, anna, "read")).status == 403
    refused = await people.ask("POST", at, eve)
    assert (refused.status, refused.json) == (403, {"error": "This action is not allowed"})
    for path in (f"{S}/{quoted['id']}/quotes/7/revoke", f"{S}/7/quotes/{post['id']}/revoke"):
        assert (await people.ask("POST", path, anna)).json == {"error": "Record not found"}
    assert (await people.get(f"{S}/{quoted['id']}"))["quotes_count"] == 1
    await make.block(bob, anna)  # whom the quoting author blocks may take the quote back all the same
    for _ in range(2):
        answer = await people.post(at, anna)
        assert (answer["id"], answer["quote"]) == (post["id"], {"state": "revoked", "quoted_status": None})
    assert (await people.get(f"{S}/{quoted['id']}"))["quotes_count"] == 0


@pytest.mark.parametrize("hidden", [False, True])
async def test_what_is_deleted_gives_its_quote_back(people, three, hidden):
    """For "delete and redraft", even where the quote was ended; not where the viewer may not see it."""
    anna, bob, _ = three
    quoted = await people.write(anna)
    post = await people.write(bob, quoted_status_id=quoted["id"])
    await people.post(f"{S}/{quoted['id']}/quotes/{post['id']}/revoke", anna)
    if hidden:
        await people.post(f"/api/v1/accounts/{bob.id}/block", anna)
    gone = (await people.ask("DELETE", f"{S}/{post['id']}", bob)).json["quote"]
    assert (gone["state"], gone["quoted_status"] and gone["quoted_status"]["id"]) == (
        "revoked",
        None if hidden else quoted["id"],
    )


async def test_deleting_the_quoted_post(people, three):
    anna, bob, _ = three
    quoted = await people.write(anna)
    post = await people.write(bob, quoted_status_id=quoted["id"])
    await people.ask("DELETE", f"{S}/{quoted['id']}", anna)
    assert (await people.get(f"{S}/{post['id']}", bob))["quote"] == {"state": "deleted", "quoted_status": None}


async def test_deleting_the_quoting_post_counts_down(people, three):
    anna, bob, _ = three
    quoted = await people.write(anna)
    post = await people.write(bob, quoted_status_id=quoted["id"])
    assert (await people.get(f"{S}/{quoted['id']}"))["quotes_count"] == 1
    await people.ask("DELETE", f"{S}/{post['id']}", bob)
    assert (await people.get(f"{S}/{quoted['id']}"))["quotes_count"] == 0


@pytest.mark.both_engines
async def test_the_quotes_of_a_post(people, three, make):
    anna, bob, eve = three
    quoted = await people.write(anna)
    made = [(await people.write(bob, quoted_status_id=quoted["id"]))["id"] for _ in range(3)]
    hidden = (await people.write(bob, quoted_status_id=quoted["id"], visibility="private"))["id"]
    at = f"{S}/{quoted['id']}/quotes"
    assert (await people.ask("GET", at)).status == 401
    assert (await people.ask("GET", at, eve, "write")).status == 403
    assert (await people.ask("GET", f"{S}/7/quotes", eve)).status == 404
    page = await people.ask("GET", f"{at}?limit=2", eve)
    assert [one["id"] for one in page.json] == made[:0:-1]
    assert page.json[0]["quote"]["quoted_status"]["id"] == quoted["id"]
    following = re.search(rf'<{URL}([^>]*)>; rel="next"', page.headers["link"])
    assert following
    assert [one["id"] for one in await people.get(following[1], eve)] == made[:1]
    assert [one["id"] for one in await people.get(at, anna)] == [hidden, *made[::-1]]
    await people.post(f"{at}/{made[0]}/revoke", anna)
    assert [one["id"] for one in await people.get(at, anna)] == [hidden, *made[:0:-1]]
    await people.post(f"/api/v1/accounts/{bob.id}/mute", eve)
    assert await people.get(at, eve) == []
    private = await people.write(anna, visibility="private")
    assert (await people.ask("GET", f"{S}/{private['id']}/quotes", eve)).status == 404


async def test_policies_of_a_post(people, three):
    anna, bob, _ = three
    post = await people.write(anna)
    at = f"{S}/{post['id']}/interaction_policy"
    changed = await people.ask("PUT", at, anna, form={"quote_approval_policy": "nobody", "reply_policy": "followers"})
    assert changed.json["quote_approval"] == {"automatic": [], "manual": [], "current_user": "automatic"}
    assert changed.json["reply_approval"] == {"policy": "followers", "current_user": "allowed"}
    assert changed.json["edited_at"] is None
    seen = await people.get(f"{S}/{post['id']}", bob)
    assert seen["quote_approval"]["current_user"] == seen["reply_approval"]["current_user"] == "denied"
    edited = await people.ask("PUT", f"{S}/{post['id']}", anna, json={"status": "x", "quote_approval_policy": "public"})
    assert edited.json["quote_approval"]["automatic"] == ["public"]
    assert edited.json["reply_approval"]["policy"] == "followers"
    for form, says in (
        ({"quote_approval_policy": "friends"}, "Validation failed: Quote approval policy is not included in the list"),
        ({"reply_policy": "friends"}, "Validation failed: Reply policy is not included in the list"),
    ):
        for method, path in (("PUT", at), ("PUT", f"{S}/{post['id']}"), ("POST", S)):
            answer = await people.ask(method, path, anna, json={"status": "x", **form})
            assert (answer.status, answer.json) == (422, {"error": says})
    assert (await people.ask("PUT", at, bob, json={"reply_policy": "nobody"})).status == 404
    assert (await people.ask("PUT", at, json={})).status == 401
    assert (await people.ask("PUT", at, anna, "read", json={})).status == 403
    assert (await people.ask("PUT", f"{S}/7/interaction_policy", anna, json={})).status == 404


@pytest.mark.parametrize("policy", ["followers", "following", "mentioned", "nobody"])
async def test_who_may_answer_is_told_and_held_to(people, three, make, policy):
    anna, bob, eve = three
    dora, fred = await make.member("dora"), await make.member("fred")
    await make.follow(bob, anna)
    await make.follow(anna, eve)
    post = await people.write(anna, "@dora", reply_policy=policy)
    may = {anna.id, dora.id} | {"followers": {bob.id}, "following": {eve.id}}.get(policy, set())
    for who in (anna, bob, eve, dora, fred):
        seen = (await people.get(f"{S}/{post['id']}", who))["reply_approval"]
        assert seen == {"policy": policy, "current_user": "allowed" if who.id in may else "denied"}
        answer = await people.ask("POST", S, who, json={"status": "x", "in_reply_to_id": post["id"]})
        assert answer.status == (200 if who.id in may else 403)
        if who.id not in may:
            assert answer.json == {"error": "The author of this post does not let you reply to it"}
    assert (await people.get(f"{S}/{post['id']}"))["reply_approval"]["current_user"] == "denied"
    quoting = await people.write(bob, quoted_status_id=post["id"])
    inner = quoting["quote"]["quoted_status"]
    assert inner["reply_approval"]["current_user"] == ("allowed" if bob.id in may else "denied")


async def test_defaults(people, three):
    anna, _, _ = three
    at = "/api/v1/accounts/update_credentials"
    me = await people.get("/api/v1/accounts/verify_credentials", anna)
    assert (me["source"]["quote_policy"], me["source"]["reply_policy"]) == ("public", "everyone")
    form = {"source[quote_policy]": "followers", "source[reply_policy]": "mentioned"}
    changed = await people.ask("PATCH", at, anna, form=form)
    assert (changed.json["source"]["quote_policy"], changed.json["source"]["reply_policy"]) == (
        "followers",
        "mentioned",
    )
    assert (await people.get("/api/v1/preferences", anna))["posting:default:quote_policy"] == "followers"
    post = await people.write(anna)
    assert (post["quote_approval"]["automatic"], post["reply_approval"]["policy"]) == (["followers"], "mentioned")
    for name, says in (("quote_policy", "Default quote policy"), ("reply_policy", "Default reply policy")):
        answer = await people.ask("PATCH", at, anna, json={"source": {name: "friends"}})
        assert (answer.status, answer.json["error"]) == (422, f"Validation failed: {says} is not included in the list")


async def test_a_page_with_quotes_takes_a_fixed_number_of_queries(people, three, db, monkeypatch):
    """As many for one quote of a quote as for twelve, with nothing in memory."""
    anna, bob, eve = three
    asked = []
    ask = type(db).all

    async def counted(self, *args, **named):
        asked.append(args)
        return await ask(self, *args, **named)

    taken = []
    for number in (1, 11):
        for _ in range(number):
            first = await people.write(anna, reply_policy="following")
            second = await people.write(bob, quoted_status_id=first["id"])
            await people.write(anna, quoted_status_id=second["id"])
        cold = Writers(db)
        with monkeypatch.context() as patch:
            patch.setattr(type(db), "all", counted)
            page = await cold.get("/api/v1/timelines/public?limit=40", eve)
        assert sum(one["quote"] is not None for one in page) >= 2 * number
        taken.append(len(asked))
        asked.clear()
    assert taken[0] == taken[1]
