"""What activities do here, as apps of members see it."""

from __future__ import annotations

import sys

import pytest

from dunnock import accounts, moderation, posts
from dunnock.accounts import Standing
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Sql
from dunnock.moderation.tables import reports
from federation.neighbour import PUBLIC, formatted

_REPORTS = Sql(reports.select().with_only_columns(reports.c.target_id, reports.c.comment, reports.c.post_ids))


@pytest.fixture
async def alice(town):
    return await town.make.member("alice")


@pytest.fixture
async def bob(town, alice):
    """Somebody elsewhere whom alice follows."""
    uri = town.near.actor("bob")
    await town.follow(alice, uri)
    return uri


def post_uri(town, post, name="alice"):
    return f"{town.base}/users/{name}/statuses/{post.id}"


async def kinds(town, who):
    await town.settle()
    return [one["type"] for one in await town.home.get("/api/v1/notifications", who)]


async def test_a_follow_is_in_force_and_answered_each_time(town, alice):
    bob = town.near.actor("bob")
    first = await town.send("Follow", bob, f"{town.base}/users/alice")
    again = await town.send("Follow", bob, f"{town.base}/users/alice")
    assert await town.deliver(again) == 202  # the very same one: once is enough
    accepts = await town.told(town.near, "Accept")
    assert {one["object"]["id"] for one in accepts} <= {first["id"], again["id"]}
    assert again["id"] in {one["object"]["id"] for one in accepts}
    assert await kinds(town, alice) == ["follow"]
    (follower,) = await town.home.get(f"/api/v1/accounts/{alice.id}/followers", alice)
    assert (follower["acct"], follower["uri"]) == (f"bob@{town.near.host}", bob)
    await town.send("Undo", bob, again["id"])
    assert await town.home.get(f"/api/v1/accounts/{alice.id}/followers", alice) == []


async def test_a_locked_member_is_asked(town):
    locked = await town.make.member("locked", locked=True)
    bob = town.near.actor("bob")
    follow = await town.send("Follow", bob, f"{town.base}/users/locked")
    assert await town.told(town.near, "Accept") == []
    (asking,) = await town.home.get("/api/v1/follow_requests", locked)
    assert asking["acct"] == f"bob@{town.near.host}"
    await town.home.post(f"/api/v1/follow_requests/{asking['id']}/authorize", locked)
    assert [one["object"]["id"] for one in await town.told(town.near, "Accept")] == [follow["id"]]


async def test_who_is_blocked_is_refused(town, alice):
    bob = town.near.actor("bob")
    bob_id = await town.meet(bob)
    async with town.db.begin() as tx:
        await accounts.block(tx, alice.id, target=bob_id)
    await town.send("Follow", bob, f"{town.base}/users/alice")
    assert len(await town.told(town.near, "Reject")) == 1
    assert await town.told(town.near, "Accept") == []


async def test_our_follow_begins_with_their_accept(town, alice):
    """SC-042."""
    bob, mallory = town.near.actor("bob"), town.far.actor("mallory")
    bob_id = await town.meet(bob)
    relation = await town.home.post(f"/api/v1/accounts/{bob_id}/follow", alice)
    assert (relation["following"], relation["requested"]) == (False, True)
    (ours,) = await town.told(town.near, "Follow")
    assert (ours["actor"], ours["object"]) == (f"{town.base}/users/alice", bob)
    assert await town.deliver(town.far.activity("Accept", mallory, ours)) in {202, 403}
    assert await town.deliver(town.far.activity("Accept", mallory, ours["id"])) in {202, 403}
    assert not (await accounts.relationships(town.db, alice.id, [bob_id]))[0].following
    await town.send("Accept", bob, ours["id"])
    assert (await accounts.relationships(town.db, alice.id, [bob_id]))[0].following
    await town.send("Reject", bob, ours)
    assert not (await accounts.relationships(town.db, alice.id, [bob_id]))[0].following


async def test_an_accept_that_tells_all_needs_no_name(town, alice):
    bob = town.near.actor("bob")
    bob_id = await town.meet(bob)
    await town.home.post(f"/api/v1/accounts/{bob_id}/follow", alice)
    ours = {"type": "Follow", "actor": f"{town.base}/users/alice", "object": bob}
    await town.send("Accept", bob, ours)
    assert (await accounts.relationships(town.db, alice.id, [bob_id]))[0].following


async def test_a_post_of_somebody_followed_is_read_once(town, alice, bob):
    note = town.near.note(
        bob,
        "<p>hi <script>x</script><b>there</b> <a href='javascript:x'>y</a></p>",
        summary="careful",
        published="2999-01-01T00:00:00Z",
        contentMap={"de": "<p>hi</p>"},
        tag=[{"type": "Hashtag", "name": "#Wrens", "href": "https://x.example/tags/wrens"}],
        url=f"{town.near.base}/@bob/1",
    )
    create = await town.send("Create", bob, note)
    assert await town.deliver(create) == 202
    await town.send("Create", bob, note)
    await town.settle()
    (status,) = await town.home.get("/api/v1/timelines/home", alice)
    assert status["content"] == '<p>hi <b>there</b> <a rel="nofollow noopener" target="_blank">y</a></p>' or (
        "javascript" not in status["content"] and "<b>there</b>" in status["content"]
    )
    assert (status["uri"], status["url"]) == (note["id"], note["url"])
    assert (status["account"]["acct"], status["account"]["url"]) == (f"bob@{town.near.host}", bob)
    assert (status["spoiler_text"], status["sensitive"], status["visibility"]) == ("careful", True, "public")
    assert (status["language"], [one["name"] for one in status["tags"]]) == ("de", ["wrens"])
    assert status["created_at"] < "2999"
    (found,) = await town.home.get("/api/v1/timelines/tag/wrens", alice)
    assert found["id"] == status["id"]


async def test_what_is_for_nobody_here_does_not_come(town, alice):
    bob = town.near.actor("bob")
    await town.send("Create", bob, town.near.note(bob))
    assert await town.posts() == []
    tag = {"type": "Mention", "href": f"{town.base}/users/alice", "name": "@alice"}
    await town.send("Create", bob, town.near.note(bob, cc=[f"{town.base}/users/alice"], tag=[tag]))
    assert len(await town.posts()) == 1
    assert await kinds(town, alice) == ["mention"]
    (told,) = await town.home.get("/api/v1/notifications", alice)
    assert [one["acct"] for one in told["status"]["mentions"]] == ["alice"]


@pytest.mark.parametrize(
    ("addressed", "visibility"),
    [
        (([PUBLIC], []), "public"),
        (("as:Public", None), "public"),
        (({"id": PUBLIC}, None), "public"),
        ((["{bob}/followers"], ["Public"]), "unlisted"),
        ((["{bob}/followers"], []), "followers"),
        (([], "{bob}/followers"), "followers"),
        ((["{alice}"], []), "direct"),
        ((["{bob}/following"], []), "direct"),
    ],
    ids=str,
)
async def test_the_audience_is_what_it_says(town, alice, bob, addressed, visibility):
    def named(value):
        if isinstance(value, list):
            return [named(one) for one in value]
        return value.format(bob=bob, alice=f"{town.base}/users/alice") if isinstance(value, str) else value

    note = town.near.note(bob, to=named(addressed[0]), cc=named(addressed[1]))
    await town.send("Create", bob, note, path="/users/alice/inbox")
    (post,) = await town.posts()
    assert post["visibility"] == visibility
    stranger = await town.home.ask("GET", f"/api/v1/statuses/{post['id']}")
    assert stranger.status == (200 if visibility in {"public", "unlisted"} else 404)
    assert (await town.home.get(f"/api/v1/statuses/{post['id']}", alice))["id"] == str(post["id"])


async def test_a_name_in_a_private_post_addresses_nobody(town, alice, bob):
    """SC-050."""
    carol = await town.make.member("carol")
    tags = [{"type": "Mention", "href": f"{town.base}/users/{name}"} for name in ("alice", "carol")]
    await town.send("Create", bob, town.near.note(bob, to=[f"{town.base}/users/alice"], cc=[], tag=tags))
    (post,) = await town.posts()
    assert (await town.home.ask("GET", f"/api/v1/statuses/{post['id']}", carol)).status == 404
    assert await kinds(town, carol) == []
    assert await kinds(town, alice) == ["mention"]


async def test_who_gets_it_again_sees_no_more(town, alice, bob):
    """SC-041: another delivery of a post adds nobody."""
    carol = await town.make.member("carol")
    note = town.near.note(bob, to=[f"{town.base}/users/alice"], cc=[])
    await town.send("Create", bob, note)
    mallory = town.far.actor("mallory")
    wider = note | {"to": [PUBLIC, f"{town.base}/users/carol"]}
    await town.deliver(town.near.activity("Create", bob, wider), signer=mallory)
    await town.settle()
    (post,) = await town.posts()
    assert (await town.home.ask("GET", f"/api/v1/statuses/{post['id']}", carol)).status == 404


async def test_an_answer_brings_what_it_answers(town, alice, bob):
    """Parents are read from their own servers."""
    carol = town.far.actor("carol")
    first = town.far.note(carol, "<p>first</p>", published=formatted(now_ms() - 3 * DAY))
    second = town.far.note(carol, "<p>second</p>", inReplyTo=first["id"], published=formatted(now_ms() - 2 * DAY))
    await town.send("Create", bob, town.near.note(bob, "<p>third</p>", inReplyTo=second["id"]))
    await town.settle()
    posts_now = {post["html"]: post for post in await town.posts()}
    assert posts_now["<p>third</p>"]["reply_to_id"] == posts_now["<p>second</p>"]["id"]
    context = await town.home.get(f"/api/v1/statuses/{posts_now['<p>second</p>']['id']}/context", alice)
    assert [one["content"] for one in context["ancestors"]] == ["<p>first</p>"]
    assert [one["content"] for one in context["descendants"]] == ["<p>third</p>"]


async def test_an_answer_to_a_member_is_told(town, alice):
    bob = town.near.actor("bob")
    post = await town.make.post(alice)
    tag = [{"type": "Mention", "href": f"{town.base}/users/alice"}]
    note = town.near.note(bob, inReplyTo=post_uri(town, post), cc=[f"{town.base}/users/alice"], tag=tag)
    await town.send("Create", bob, note)
    assert await kinds(town, alice) == ["mention"]
    shown = await town.home.get(f"/api/v1/statuses/{post.id}", alice)
    assert shown["replies_count"] == 1


async def test_an_edit_never_goes_back(town, alice, bob):
    note = town.near.note(bob, "<p>one</p>", published="2026-05-01T00:00:00Z")
    await town.send("Create", bob, note)
    for text, at in (("<p>three</p>", "2026-05-03T00:00:00Z"), ("<p>two</p>", "2026-05-02T00:00:00Z")):
        await town.send("Update", bob, note | {"content": text, "updated": at})
    (post,) = await town.posts()
    assert post["html"] == "<p>three</p>"
    versions = await town.home.get(f"/api/v1/statuses/{post['id']}/history", alice)
    assert [one["content"] for one in versions] == ["<p>one</p>", "<p>three</p>"]


@pytest.mark.parametrize(
    ("updated", "shown"), [("2026-04-30T00:00:00Z", "<p>one</p>"), ("2026-05-01T00:00:00Z", "<p>two</p>")]
)
async def test_an_edit_from_before_the_post_is_none(town, bob, updated, shown):
    """The second of the post itself may be: some servers leave the fractions out."""
    note = town.near.note(bob, "<p>one</p>", published="2026-05-01T00:00:00.700Z")
    await town.send("Create", bob, note)
    await town.send("Update", bob, note | {"content": "<p>two</p>", "updated": updated})
    (post,) = await town.posts()
    assert post["html"] == shown
    assert (post["edited_at"] is None) == (shown == "<p>one</p>")


async def test_what_is_no_edit_is_not_called_one(town, bob):
    note = town.near.note(bob, published="2026-05-01T00:00:00Z", updated="2026-05-01T00:00:00Z")
    await town.send("Create", bob, note)
    (post,) = await town.posts()
    assert post["edited_at"] is None


async def test_what_is_deleted_stays_away(town, alice, bob):
    note, early = town.near.note(bob), town.near.note(bob)
    create = await town.send("Create", bob, note)
    await town.send("Delete", bob, {"id": note["id"], "type": "Tombstone"})
    await town.send("Create", bob, note)
    assert await town.deliver(create) == 202
    await town.send("Delete", bob, early["id"])
    await town.send("Create", bob, early)
    await town.settle()
    assert await town.posts() == []
    assert await town.home.get("/api/v1/timelines/home", alice) == []


@pytest.mark.parametrize("what", ["Like", "Announce", "Create", "vote"])
@pytest.mark.parametrize("visibility", ["unlisted", "private"])
async def test_whoever_did_something_with_a_post_hears_of_its_end(town, alice, what, visibility):
    """Nobody of that server follows alice, so it would keep the post. One for followers goes to theirs only."""
    carol = town.far.actor("carol")
    await town.send("Follow", carol, f"{town.base}/users/alice")
    poll = {"options": ["a", "b"], "expires_in": 9_000}
    said = await town.home.post("/api/v1/statuses", alice, status="hello", visibility=visibility, poll=poll)
    to = {"to": [f"{town.base}/users/alice"], "cc": [PUBLIC]}
    match what:
        case "Create":
            await town.send(what, carol, town.far.note(carol, inReplyTo=said["uri"]), **to)
        case "vote":
            vote = {"id": f"{carol}#v", "type": "Note", "name": "a", "inReplyTo": said["uri"], "attributedTo": carol}
            await town.send("Create", carol, vote | to, **to)
        case _:
            await town.send(what, carol, said["uri"], **to)
    await town.settle()
    await town.send("Undo", carol, {"type": "Follow", "actor": carol, "object": f"{town.base}/users/alice"})
    await town.settle()
    town.far.got.clear()
    await town.home.ask("DELETE", f"/api/v1/statuses/{said['id']}", alice)
    ends = [one["object"]["id"] for one in await town.told(town.far, "Delete")]
    assert ends == ([said["uri"]] if visibility == "unlisted" else [])


async def test_nobody_keeps_another_from_coming(town, alice, bob):
    """A Delete by another actor of the same server does not hold up what was never theirs."""
    eve = town.near.actor("eve")
    note = town.near.note(bob)
    assert await town.deliver(town.near.activity("Delete", eve, note["id"])) in {202, 403}
    await town.send("Create", bob, note)
    assert len(await town.posts()) == 1
    assert await town.deliver(town.near.activity("Delete", eve, note["id"])) == 403
    assert await town.deliver(town.near.activity("Update", eve, note | {"content": "<p>eve</p>"})) == 403
    (post,) = await town.posts()
    assert post["html"] == "<p>hello</p>"


async def test_likes_and_boosts_count_until_they_are_undone(town, alice):
    bob = town.near.actor("bob")
    post = await town.make.post(alice)
    target = post_uri(town, post)
    like = await town.send("Like", bob, target)
    boost = await town.send("Announce", bob, target, to=[PUBLIC])
    await town.send("Announce", bob, target, to=[PUBLIC])

    async def counts():
        shown = await town.home.get(f"/api/v1/statuses/{post.id}", alice)
        return shown["favourites_count"], shown["reblogs_count"]

    assert await counts() == (1, 1)
    assert sorted(await kinds(town, alice)) == ["favourite", "reblog"]
    await town.send("Undo", bob, like)
    await town.send("Undo", bob, {"type": "Announce", "id": boost["id"], "actor": bob, "object": target})
    assert await counts() == (0, 0)
    emoji = await town.send("EmojiReact", bob, target, content="🎉")
    assert await counts() == (1, 0)
    await town.send("Undo", bob, emoji["id"])
    assert await counts() == (0, 0)
    again = await town.send("Announce", bob, target, to=[PUBLIC])
    await town.send("Undo", bob, again["id"])
    assert await counts() == (0, 0)


async def test_an_undo_that_comes_first_counts(town, alice):
    bob = town.near.actor("bob")
    post = await town.make.post(alice)
    like = town.near.activity("Like", bob, post_uri(town, post))
    boost = town.near.activity("Announce", bob, post_uri(town, post), to=[PUBLIC])
    follow = town.near.activity("Follow", bob, f"{town.base}/users/alice")
    for late in (like, boost, follow):
        await town.send("Undo", bob, late)
        assert await town.deliver(late) == 202
    shown = await town.home.get(f"/api/v1/statuses/{post.id}", alice)
    assert (shown["favourites_count"], shown["reblogs_count"]) == (0, 0)
    assert await town.home.get(f"/api/v1/accounts/{alice.id}/followers", alice) == []


async def test_nobody_acts_on_what_they_may_not_see(town, alice):
    """SC-047."""
    bob = town.near.actor("bob")
    post = await town.make.post(alice, visibility="followers")
    await town.send("Like", bob, post_uri(town, post))
    await town.send("Announce", bob, post_uri(town, post))
    await town.send("Create", bob, town.near.note(bob, inReplyTo=post_uri(town, post), cc=[f"{town.base}/users/alice"]))
    shown = await town.home.get(f"/api/v1/statuses/{post.id}", alice)
    assert (shown["favourites_count"], shown["reblogs_count"], shown["replies_count"]) == (0, 0, 0)


async def test_a_boost_brings_the_post_from_its_own_server(town, alice, bob):
    carol = town.far.actor("carol")
    note = town.far.note(carol, "<p>true</p>")
    await town.send("Announce", bob, note | {"content": "<p>false</p>"}, to=[PUBLIC])
    await town.settle()
    (status,) = await town.home.get("/api/v1/timelines/home", alice)
    assert (status["account"]["acct"], status["reblog"]["content"]) == (f"bob@{town.near.host}", "<p>true</p>")
    assert status["reblog"]["account"]["acct"] == f"carol@{town.far.host}"


async def test_a_post_that_another_server_made_up(town, alice, bob):
    """SC-001, SC-029: what says to be somebody else's is nobody's."""
    carol = town.far.actor("carol")
    for false in (
        town.near.note(bob, attributedTo=carol),
        town.near.note(bob, id=f"{town.far.base}/notes/made-up"),
    ):
        path = next(path for path, held in town.near.documents.items() if held is false)
        await town.send("Announce", bob, f"{town.near.base}{path}", to=[PUBLIC])
    await town.settle()
    assert await town.posts() == []


async def test_a_group_passes_on_what_was_written_and_no_more(town, alice):
    """FEP-1b12: an announced Like boosts nothing."""
    group = town.near.actor("group", kind="Group")
    await town.follow(alice, group)
    carol = town.far.actor("carol")
    page = town.far.note(carol, "<p>body</p>", type="Page", name="A title")
    for kind in ("Create", "Like", "Dislike", "Lock"):
        await town.send("Announce", group, town.far.activity(kind, carol, page["id"]), to=[PUBLIC])
    await town.settle()
    (status,) = await town.home.get("/api/v1/timelines/home", alice)
    assert status["account"]["group"]
    assert status["reblog"]["content"].startswith("<p><strong>A title</strong></p><p>body</p>")


async def test_votes_count_once(town, alice):
    bob = town.near.actor("bob")
    async with town.db.begin() as tx:
        draft = posts.Draft(text="which?", poll=posts.PollDraft(options=("a", "b"), expires_in=3600))
        post = await posts.publish(tx, draft, author_id=alice.id, app_id=None, settings=town.home.house.settings)
    for name in ("b", "a", "nonsense"):
        vote = {
            "id": f"{bob}#votes/{name}",
            "type": "Note",
            "name": name,
            "inReplyTo": post_uri(town, post),
            "attributedTo": bob,
            "to": f"{town.base}/users/alice",
        }
        await town.send("Create", bob, vote)
    shown = (await town.home.get(f"/api/v1/statuses/{post.id}", alice))["poll"]
    assert ([one["votes_count"] for one in shown["options"]], shown["votes_count"]) == ([0, 1], 1)
    assert len(await town.posts()) == 1


def question(a, b):
    return {
        "oneOf": [
            {"type": "Note", "name": "yes", "replies": {"type": "Collection", "totalItems": a}},
            {"type": "Note", "name": "no", "replies": {"type": "Collection", "totalItems": b}},
        ],
        "endTime": "2999-01-01T00:00:00Z",
    }


async def test_a_poll_of_elsewhere_is_shown_and_counted_by_its_server(town, alice, bob):
    note = town.near.note(bob, type="Question", **question(1, 2))
    await town.send("Create", bob, note)
    (post,) = await town.posts()
    await town.send("Update", bob, note | question(5, 6) | {"updated": formatted(now_ms())})
    await town.settle()
    shown = await town.home.get(f"/api/v1/statuses/{post['id']}", alice)
    assert [(one["title"], one["votes_count"]) for one in shown["poll"]["options"]] == [("yes", 5), ("no", 6)]
    assert (shown["edited_at"], shown["poll"]["votes_count"], shown["poll"]["expired"]) == (None, 11, False)
    voted = await town.home.post(f"/api/v1/polls/{shown['poll']['id']}/votes", alice, choices=[1])
    assert (voted["voted"], voted["own_votes"]) == (True, [1])
    (vote,) = await town.told(town.near, "Create")
    assert (vote["object"]["name"], vote["object"]["inReplyTo"]) == ("no", note["id"])
    await town.send(
        "Update", bob, note | question(5, 7) | {"closed": formatted(now_ms()), "updated": formatted(now_ms())}
    )
    assert "poll" in await kinds(town, alice)


async def test_pictures_of_posts_are_shown_by_their_words(town, alice, bob):
    files = [
        {"type": "Document", "mediaType": "image/png", "url": f"{town.near.base}/1.png", "name": "a wren"},
        {"type": "Image", "url": {"href": f"{town.near.base}/2.png", "mediaType": "image/png"}, "summary": "two"},
        {"type": "Link", "href": f"{town.near.base}/3"},
        "nonsense",
    ]  # fmt: skip
    await town.send("Create", bob, town.near.note(bob, attachment=files, sensitive=True))
    (status,) = await town.home.get("/api/v1/timelines/home", alice)
    shown = status["media_attachments"]
    assert [(one["remote_url"], one["description"]) for one in shown] == [
        (f"{town.near.base}/1.png", "a wren"),
        (f"{town.near.base}/2.png", "two"),
    ]
    assert status["sensitive"]


async def test_an_account_that_is_deleted_is_gone(town, alice, bob):
    bob_id = await town.id_of(bob)
    await town.send("Create", bob, town.near.note(bob))
    await town.send("Delete", bob, bob)
    assert (await town.home.ask("GET", f"/api/v1/accounts/{bob_id}", alice)).status in {404, 410}
    await town.settle()
    found = await accounts.find(town.db, bob_id)
    assert found is not None
    assert found.standing is Standing.DELETED
    assert await town.posts() == []


async def test_a_profile_changes_with_its_server(town, alice, bob):
    changed = town.near.documents["/users/bob"] | {
        "name": "Robert",
        "summary": "<p>new <script>x</script></p>",
        "manuallyApprovesFollowers": True,
        "attachment": [
            {"type": "PropertyValue", "name": "site", "value": "<a href='https://b.example'>b</a>"},
            {"type": "PropertyValue", "name": "Server says", "value": "A mayor"},
        ],
    }
    await town.send("Update", bob, changed)
    shown = await town.home.get(f"/api/v1/accounts/{await town.id_of(bob)}", alice)
    assert (shown["display_name"], shown["note"], shown["locked"]) == ("Robert", "<p>new </p>", True)
    assert [one["name"] for one in shown["fields"]] == ["site", f"Server says ({shown['acct'].partition('@')[2]})"]


async def test_a_block_ends_follows(town, alice, bob):
    bob_id = await town.id_of(bob)
    block = await town.send("Block", bob, f"{town.base}/users/alice")
    (relation,) = await town.home.get(f"/api/v1/accounts/relationships?id[]={bob_id}", alice)
    assert (relation["following"], relation["blocked_by"]) == (False, True)
    await town.send("Undo", bob, block)
    (relation,) = await town.home.get(f"/api/v1/accounts/relationships?id[]={bob_id}", alice)
    assert not relation["blocked_by"]


async def test_a_complaint_is_filed_for_the_member(town, alice):
    server = town.near.actor("near", kind="Application")
    post = await town.make.post(alice)
    hidden = await town.make.post(alice, visibility="direct")
    named = [f"{town.base}/users/alice", post_uri(town, post), post_uri(town, hidden), f"{town.near.base}/users/x"]
    await town.send("Flag", server, named, content="spam" * 5_000)
    (report,) = await town.db.all(_REPORTS)
    assert (report[0], len(report[1]), report[2]) == (alice.id, 1_000, f"[{post.id}]")


async def test_followers_move_when_both_sides_say_so(town, alice, bob, monkeypatch):
    monkeypatch.setattr(sys.modules["dunnock.federation.inbound.move"], "TRIES_APART_MS", 0)
    false = town.far.actor("false")
    await town.send("Move", bob, bob, target=false)
    await town.settle()
    bob_id = await town.id_of(bob)
    assert (await accounts.relationships(town.db, alice.id, [bob_id]))[0].following
    new = town.far.actor("true", alsoKnownAs=[bob])
    await town.send("Move", bob, bob, target=new)
    assert [one["object"] for one in await town.told(town.far, "Follow")] == [new]
    assert not (await accounts.relationships(town.db, alice.id, [bob_id]))[0].following


async def test_pins_are_of_own_posts(town, alice):
    bob = town.near.actor("bob", featured=f"{town.near.base}/users/bob/featured")
    await town.follow(alice, bob)
    note = town.near.note(bob)
    await town.send("Create", bob, note)
    pinned = f"/api/v1/accounts/{await town.id_of(bob)}/statuses?pinned=true"
    assert await town.deliver(town.near.activity("Add", bob, note["id"], target=f"{bob}/outbox")) in {202, 403}
    assert await town.home.get(pinned, alice) == []
    await town.send("Add", bob, note["id"], target=f"{bob}/featured")
    assert [one["uri"] for one in await town.home.get(pinned, alice)] == [note["id"]]
    await town.send("Remove", bob, note["id"], target=f"{bob}/featured")
    assert await town.home.get(pinned, alice) == []


async def test_a_boost_takes_edits_and_the_end_along(town, alice):
    """Followers of who boosts have the post of somebody whom they do not follow: its edits and its end go there too."""
    ben, carol = await town.make.member("ben"), town.far.actor("carol")
    await town.send("Follow", carol, f"{town.base}/users/ben")
    post = await town.home.post("/api/v1/statuses", alice, status="first")
    await town.home.post(f"/api/v1/statuses/{post['id']}/reblog", ben)
    (announce,) = await town.told(town.far, "Announce")
    await town.home.ask("PUT", f"/api/v1/statuses/{post['id']}", alice, json={"status": "second"})
    (update,) = await town.told(town.far, "Update")
    assert update["object"]["content"] == "<p>second</p>"
    await town.home.ask("DELETE", f"/api/v1/statuses/{post['id']}", alice)
    (undo,) = await town.told(town.far, "Undo")
    assert undo["object"]["id"] == announce["id"]
    (delete,) = await town.told(town.far, "Delete")
    assert (delete["actor"], delete["object"]["id"]) == (f"{town.base}/users/alice", post["uri"])


async def test_a_boost_taken_back_does_not_end_the_post(town, alice):
    ben, carol = await town.make.member("ben"), town.far.actor("carol")
    await town.send("Follow", carol, f"{town.base}/users/ben")
    post = await town.make.post(alice)
    await town.home.post(f"/api/v1/statuses/{post.id}/reblog", ben)
    await town.home.post(f"/api/v1/statuses/{post.id}/unreblog", ben)
    assert len(await town.told(town.far, "Undo")) == 1
    assert await town.told(town.far, "Delete") == []


async def test_a_quote_asks_and_is_let_be(town, alice, bob):
    quoted = await town.make.post(alice, quote_policy="public")
    note = town.near.note(bob, '<p class="quote-inline">RE: x</p><p>so</p>', quote=post_uri(town, quoted))
    await town.send("QuoteRequest", bob, post_uri(town, quoted), instrument=note["id"])
    (accept,) = await town.told(town.near, "Accept")
    assert accept["object"]["type"] == "QuoteRequest"
    assert accept["result"].startswith(f"{town.base}/users/alice/")
    await town.send("Create", bob, note | {"quoteAuthorization": accept["result"]})
    await town.settle()
    status = next(one for one in await town.home.get("/api/v1/timelines/home", alice) if one["uri"] == note["id"])
    assert (status["content"], status["quote"]["state"]) == ("<p>so</p>", "accepted")
    assert status["quote"]["quoted_status"]["id"] == str(quoted.id)
    closed = await town.make.post(alice, quote_policy="nobody")
    await town.send("QuoteRequest", bob, post_uri(town, closed), instrument=note["id"])
    assert len(await town.told(town.near, "Reject")) == 1


async def test_a_quote_without_leave_shows_nothing(town, alice, bob):
    """A word that is another's, or about something else, is none (SC-032)."""
    carol = town.far.actor("carol")
    quoted = town.far.note(carol, interactionPolicy={"canQuote": {"automaticApproval": [carol]}})
    words = {"id": f"{town.near.base}/word", "type": "QuoteAuthorization", "attributedTo": carol}
    false = town.near.put("/word", words | {"interactionTarget": quoted["id"]})
    note = town.near.note(bob, quote=quoted["id"], quoteAuthorization=false)
    await town.send("Create", bob, note)
    await town.settle()
    status = next(one for one in await town.home.get("/api/v1/timelines/home", alice) if one["uri"] == note["id"])
    assert status["quote"]["state"] == "pending"
    assert status["quote"]["quoted_status"] is None


async def test_a_quote_with_leave_is_shown(town, alice, bob):
    carol = town.far.actor("carol")
    quoted = town.far.note(carol, "<p>quoted</p>")
    word = f"{town.far.base}/word"
    note = town.near.note(bob, quote=quoted["id"], quoteAuthorization=word)
    town.far.put(
        "/word",
        {
            "id": word,
            "type": "QuoteAuthorization",
            "attributedTo": carol,
            "interactingObject": note["id"],
            "interactionTarget": quoted["id"],
        },
    )
    await town.send("Create", bob, note)
    await town.settle()
    status = next(one for one in await town.home.get("/api/v1/timelines/home", alice) if one["uri"] == note["id"])
    assert (status["quote"]["state"], status["quote"]["quoted_status"]["content"]) == ("accepted", "<p>quoted</p>")


async def test_what_is_passed_on_is_asked_for_at_its_origin(town, alice):
    """Inbox forwarding: signed by another, so not believed, but asked for.

    SC-034, SC-035, SC-036, SC-037, SC-038, SC-039, SC-040: no signature in a document is believed, only its origin.
    """
    bob, carol = town.near.actor("bob"), town.far.actor("carol")
    post = await town.make.post(alice)
    note = town.near.note(bob, "<p>true</p>", inReplyTo=post_uri(town, post), cc=[f"{town.base}/users/alice"])
    false = note | {"content": "<p>false</p>"}
    create = town.near.activity("Create", bob, false, signature={"type": "RsaSignature2017"})
    assert await town.deliver(create, signer=carol) == 202
    await town.settle()
    assert [one["html"] for one in await town.posts() if not one["local"]] == ["<p>true</p>"]
    delete = town.near.activity("Delete", bob, note["id"], signature={"type": "RsaSignature2017"})
    assert await town.deliver(delete, signer=carol) in {202, 401}
    await town.settle()
    assert len([one for one in await town.posts() if not one["local"]]) == 1
    path = note["id"].removeprefix(town.near.base)
    town.near.status[path] = 410
    assert await town.deliver(delete | {"id": f"{bob}#again"}, signer=carol) == 202
    await town.settle()
    assert [one for one in await town.posts() if not one["local"]] == []


async def test_names_are_text(town, alice):
    """Whatever somebody puts into a name, a warning, a description or an option."""
    evil = "<img src=x onerror=alert(1)>I <3 <b>you</b><script>x</script>"
    bob = town.near.actor("bob", attachment=[{"type": "PropertyValue", "name": evil, "value": f"<p>{evil}</p>"}])
    town.near.documents["/users/bob"]["name"] = evil
    await town.follow(alice, bob)
    note = town.near.note(
        bob,
        type="Question",
        summary=evil,
        oneOf=[{"type": "Note", "name": evil}, {"type": "Note", "name": "b"}],
        attachment=[{"type": "Document", "mediaType": "image/png", "url": f"{town.near.base}/1.png", "name": evil}],
    )
    await town.send("Create", bob, note)
    (status,) = await town.home.get("/api/v1/timelines/home", alice)
    assert status["account"]["display_name"] == "I <3 you"
    assert status["spoiler_text"] == status["poll"]["options"][0]["title"] == "I <3 you"
    assert status["media_attachments"][0]["description"] == "I <3 you"
    (line,) = status["account"]["fields"]
    assert line["name"] == "I <3 you"
    assert "onerror" not in line["value"]


async def test_a_name_that_another_took_first_is_no_hindrance(town, alice):
    """SC-024: an activity is known by who did it, too."""
    bob, eve = town.near.actor("bob"), town.near.actor("eve")
    post = await town.make.post(alice)
    like = town.near.activity("Like", bob, post_uri(town, post))
    await town.send("Like", eve, f"{town.base}/users/alice/statuses/1", id=like["id"])
    assert await town.deliver(like) == 202
    assert (await town.home.get(f"/api/v1/statuses/{post.id}", alice))["favourites_count"] == 1


async def test_a_picture_that_can_not_be_had_is_named(town, alice, bob):
    files = [{"type": "Document", "mediaType": "image/png", "url": f"{town.near.base}/none.png"}]
    await town.send("Create", bob, town.near.note(bob, attachment=files))
    await town.settle()
    (status,) = await town.home.get("/api/v1/timelines/home", alice)
    (shown,) = status["media_attachments"]
    assert (shown["type"], shown["url"], shown["remote_url"]) == ("unknown", files[0]["url"], files[0]["url"])


async def test_nobody_brings_who_is_suspended(town, alice, bob):
    """SC-054: neither by a boost nor by an answer."""
    carol = town.far.actor("carol")
    carol_id = await town.meet(carol)
    async with town.db.begin() as tx:
        await accounts.change_standing(tx, {carol_id: Standing.SUSPENDED})
    note = town.far.note(carol)
    await town.send("Announce", bob, note["id"], to=[PUBLIC])
    await town.send("Create", bob, town.near.note(bob, "<p>answer</p>", inReplyTo=note["id"]))
    await town.settle()
    assert [one["html"] for one in await town.posts()] == ["<p>answer</p>"]


async def test_one_post_brings_no_crowd(town, alice, bob):
    """SC-084: posts that answer and quote more posts, by authors who pin more posts, end somewhere."""
    for number in range(300):
        who = town.far.actor(f"crowd{number}", featured=f"{town.far.base}/pins/{number}")
        pins = f"{town.far.base}/pins/{number}"
        items = [f"{town.far.base}/posts/{(number * 3 + one) % 300}" for one in range(1, 4)]
        town.far.put(f"/pins/{number}", {"id": pins, "type": "OrderedCollection", "orderedItems": items})
        note = {
            "id": f"{town.far.base}/posts/{number}",
            "type": "Note",
            "attributedTo": who,
            "content": "<p>x</p>",
            "to": [PUBLIC],
            "inReplyTo": f"{town.far.base}/posts/{(number * 2 + 1) % 300}",
            "quote": f"{town.far.base}/posts/{(number * 2 + 2) % 300}",
        }
        town.far.put(f"/posts/{number}", note)
    await town.send("Create", bob, town.near.note(bob, inReplyTo=f"{town.far.base}/posts/0"))
    for _ in range(60):
        await town.home.house.jobs.settle()
    assert len(await town.posts()) <= 60
    assert len(town.far.asked) < 300
    assert not [path for path in town.far.asked if path.startswith("/pins/")]


@pytest.mark.parametrize(
    ("policy", "who"),
    [
        (None, "everyone"),
        ({"automaticApproval": [PUBLIC]}, "everyone"),
        ({"automaticApproval": ["{bob}"], "manualApproval": [PUBLIC]}, "everyone"),
        ({"always": ["{bob}", "{bob}/followers"]}, "followers"),
        ({"automaticApproval": ["{bob}", "{bob}/following"]}, "following"),
        ({"automaticApproval": "{bob}"}, "mentioned"),
        ({"automaticApproval": 7}, "mentioned"),
        ("nobody", "everyone"),
    ],
)
async def test_who_may_answer_is_believed_and_obeyed(town, alice, bob, *, policy, who):
    """GoToSocial's `canReply`: an answer that its server would drop is refused here, and apps are told beforehand."""

    def of_bob(value):
        if isinstance(value, dict):
            return {name: of_bob(one) for name, one in value.items()}
        if isinstance(value, list):
            return [of_bob(one) for one in value]
        return value.replace("{bob}", bob) if isinstance(value, str) else value

    note = town.near.note(bob, interactionPolicy={"canReply": of_bob(policy)})
    await town.send("Create", bob, note)
    (post,) = await town.posts()
    assert post["reply_policy"] == who
    answer = {"status": "hello", "in_reply_to_id": post["id"]}
    allowed = (await town.home.ask("POST", "/api/v1/statuses", alice, json=answer)).status == 200
    assert allowed is (who in {"everyone", "followers"})


async def test_words_that_staff_stopped_are_not_spread(town, alice, bob):
    """Those who follow its author read it; nobody else comes across it, and no public post becomes it (DISARM drill D04)."""
    ada = await town.make.member("ada", role="admin")
    old = town.near.note(bob, "<p>good morning</p>")
    await town.send("Create", bob, old)
    async with town.db.begin() as tx:
        await moderation.stop_text(tx, "bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh", hours=2, why="A scam", by=ada.id)
    said = "<p>Double it: BC1QXY2KGDYGJRSQ<b>TZQ2N0YRF2493P83KKFJHX0WLH</b></p>"
    await town.send("Create", bob, town.near.note(bob, said))
    edited = old | {"content": said, "updated": formatted(now_ms())}
    town.near.put(old["id"].removeprefix(town.near.base), edited)
    await town.send("Update", bob, edited)
    assert [(one["visibility"], "BC1Q" in one["text"]) for one in await town.posts()] == [
        ("public", False), ("unlisted", True),
    ]  # fmt: skip
    public = await town.home.get("/api/v1/timelines/public", None)
    assert [one["content"] for one in public] == ["<p>good morning</p>"]
    assert len(await town.home.get("/api/v1/timelines/home", alice)) == 2


async def test_who_may_answer_is_told(town, alice, bob):
    await town.send("Follow", bob, f"{town.base}/users/alice")
    for policy in ("everyone", "followers", "nobody"):
        made = await town.home.ask("POST", "/api/v1/statuses", alice, json={"status": policy, "reply_policy": policy})
        assert made.status == 200, made.body
    me = f"{town.base}/users/alice"
    told = [one["object"]["interactionPolicy"]["canReply"] for one in await town.told(town.near, "Create")]
    assert [one["automaticApproval"] for one in told] == [[PUBLIC], [me, f"{me}/followers"], [me]]
