"""Three servers, each with people who know some of the others: what one of them does is seen by exactly whom it should be."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
from mastodon import Mastodon

import services
from stories.pictures import picture
from stories.running import Server, until
from stories.test_federation import home_post, missing, move_page


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """The second one is on PostgreSQL, the others are on SQLite."""
    folder = tmp_path_factory.mktemp("three")
    url = services.postgres(f"three_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    engines = {"first": {}, "second": {"DUNNOCK_DATABASE_URL": url}, "third": {}}
    servers = [Server(folder / name, DUNNOCK_SIGN_UP="open", **engine).start() for name, engine in engines.items()]
    yield servers
    for server in servers:
        assert server.stop()[0] == 0
        assert '"level":"error"' not in server.log.read_text()


@pytest.fixture(scope="module")
def people(three):
    """Ann and Dan live on the first server, Bob on the second, Cat (locked) and Eve on the third.

    Ann and Cat follow Bob, who follows Cat; Dan and Eve follow nobody.
    """
    first, second, third = three
    them = SimpleNamespace(
        ann=first.join("ann"),
        dan=first.join("dan"),
        bob=second.join("bob"),
        cat=third.join("cat"),
        eve=third.join("eve"),
    )
    them.cat.api.account_update_credentials(locked=True)
    for fan in (them.ann, them.cat):
        bob = find(fan, them.bob)
        fan.api.account_follow(bob)
        until(lambda fan=fan, bob=bob: fan.api.account_relationships(bob)[0].following)
    cat = find(them.bob, them.cat)
    assert them.bob.api.account_follow(cat).requested
    (asking,) = until(them.cat.api.follow_requests)
    assert asking.acct == handle(them.bob)
    assert not them.bob.api.account_relationships(cat)[0].following
    them.cat.api.follow_request_authorize(asking.id)
    until(lambda: them.bob.api.account_relationships(cat)[0].following)
    return them


def handle(person):
    return f"{person.name}@{person.server.domain}"


def find(person, other):
    """The other's id where the person lives."""
    (found,) = person.api.search(f"@{handle(other)}", resolve=True).accounts
    return found.id


def at(person, uri):
    """The post with this address as the person sees it, asked for if need be; None: they may not, or there is none."""
    found = person.api.search(uri, resolve=True).statuses
    return found[0] if found else None


def mentioned(person):
    return [one.status.uri for one in person.api.notifications(types=["mention"])]


def votes(person, post_id):
    return [one.votes_count for one in person.api.status(post_id).poll.options]


def test_each_visibility_is_seen_by_whom_it_is_for(people):
    wanted = {
        "public": {"ann", "bob", "cat", "dan", "eve"},
        "unlisted": {"ann", "bob", "cat", "dan", "eve"},
        "private": {"ann", "bob", "cat"},
        "direct": {"bob", "cat"},
    }
    said = {}
    for visibility in wanted:
        named = f"@{handle(people.cat)} " if visibility == "direct" else ""
        said[visibility] = people.bob.api.status_post(f"{named}{visibility} words", visibility=visibility)
    for fan in (people.ann, people.cat):
        for visibility in ("public", "unlisted", "private"):
            assert home_post(fan, f"{visibility} words").visibility == visibility
    until(
        lambda: [one for one in people.cat.api.notifications(types=["mention"]) if "direct words" in one.status.content]
    )
    for visibility, names in wanted.items():
        found = {name for name, one in vars(people).items() if at(one, said[visibility].uri) is not None}
        assert found == names, visibility
    for stranger in (people.dan, people.eve):
        told = "".join(one.content for one in stranger.api.timeline_public())
        assert "private words" not in told
        assert "direct words" not in told


def test_the_whole_thread_is_seen_on_the_first(people):
    """Cat answers Bob; Ann, who knows nothing of Cat, reads both where she lives, and answers her."""
    post = people.bob.api.status_post("What sings there?")
    reply = people.cat.api.status_post(
        f"@{handle(people.bob)} a wren", in_reply_to_id=home_post(people.cat, "sings there").id
    )
    until(lambda: people.bob.api.status_context(post.id).descendants)
    seen = home_post(people.ann, "sings there")
    (answer,) = until(lambda: people.ann.api.status_context(seen.id).descendants)
    assert (answer.uri, answer.account.acct, answer.in_reply_to_id) == (reply.uri, handle(people.cat), seen.id)
    third = people.ann.api.status_post(f"@{handle(people.cat)} @{handle(people.bob)} indeed", in_reply_to_id=answer.id)
    until(lambda: [one.uri for one in people.bob.api.status_context(post.id).descendants] == [reply.uri, third.uri])
    until(lambda: [one.uri for one in people.cat.api.status_context(reply.id).descendants] == [third.uri])
    assert [one.uri for one in people.cat.api.status_context(reply.id).ancestors] == [post.uri]


def test_a_boost_goes_across_all_three(people):
    post = people.cat.api.status_post("Look up")
    people.bob.api.status_reblog(home_post(people.bob, "Look up").id)
    boost = until(lambda: [one for one in people.ann.api.timeline_home() if one.reblog and one.reblog.uri == post.uri])[
        0
    ]
    assert (boost.account.acct, boost.reblog.account.acct) == (handle(people.bob), handle(people.cat))
    people.ann.api.status_reblog(boost.reblog.id)
    people.ann.api.status_favourite(boost.reblog.id)
    until(lambda: people.cat.api.status(post.id).reblogs_count == 2)
    until(lambda: people.cat.api.status(post.id).favourites_count == 1)
    people.cat.api.status_delete(post.id)
    until(lambda: missing(people.ann, boost.reblog.id))
    until(lambda: missing(people.ann, boost.id))
    until(lambda: not [one for one in people.bob.api.timeline_home() if "Look up" in one.content])


def test_votes_of_two_servers_are_counted(people):
    post = people.bob.api.status_post("Tea?", poll=people.bob.api.make_poll(["yes", "no"], 3600))
    for number, voter in enumerate((people.ann, people.cat)):
        voter.api.poll_vote(home_post(voter, "Tea?").poll.id, [number])
    until(lambda: votes(people.bob, post.id) == [1, 1])
    for number, voter in enumerate((people.ann, people.cat)):  # the other's vote is told some minutes later
        seen = home_post(voter, "Tea?")
        assert voter.api.status(seen.id).poll.voted
        assert votes(voter, seen.id)[number] == 1


def test_a_quote_is_let_by_its_author_and_believed_by_all(people):
    form = {"status": "Quote me", "quote_approval_policy": "followers"}
    post = people.bob.call("POST", "/api/v1/statuses", json=form).json()

    def quoted(person, words):
        mine = at(person, post["uri"])
        return person.call("POST", "/api/v1/statuses", json={"status": words, "quoted_status_id": str(mine.id)})

    def state(person, post_id):
        return person.call("GET", f"/api/v1/statuses/{post_id}").json()["quote"]["state"]

    home_post(people.cat, "Quote me")
    made = quoted(people.cat, "as he says").json()
    until(lambda: state(people.cat, made["id"]) == "accepted")
    until(lambda: people.bob.api.status(post["id"]).quotes_count == 1)
    seen = until(lambda: at(people.ann, made["uri"]))  # on a third server, which checks his word itself
    until(lambda: state(people.ann, seen.id) == "accepted")
    assert quoted(people.eve, "as he did not say to me").status_code == 404
    assert people.bob.api.status(post["id"]).quotes_count == 1


def test_an_edit_and_a_deletion_come_everywhere(people):
    media = people.bob.api.media_post(picture(), mime_type="image/png", description="A gradient", synchronous=True)
    post = people.bob.api.status_post("Frist", media_ids=[media])
    seen = {fan: home_post(fan, "Frist").id for fan in (people.ann, people.cat)}
    seen |= {other: at(other, post.uri).id for other in (people.dan, people.eve)}
    for fan, its_id in seen.items():
        shown = until(lambda fan=fan, its_id=its_id: [x for x in fan.api.status(its_id).media_attachments if x.url])[0]
        assert shown.url.startswith(fan.server.url)
        assert shown.remote_url == media.url
        path = shown.url.removeprefix(fan.server.url)
        assert fan.server.call("GET", path).headers["content-type"].startswith("image/")
    people.bob.api.status_update(post.id, "First", media_ids=[media])
    for fan, its_id in seen.items():
        until(lambda fan=fan, its_id=its_id: "First" in fan.api.status(its_id).content)
        assert ["Frist" in one.content for one in fan.api.status_history(its_id)] == [True, False]
    people.bob.api.status_delete(post.id)
    for fan, its_id in seen.items():
        until(lambda fan=fan, its_id=its_id: missing(fan, its_id))


def test_a_report_is_handed_on(people, three):
    """Dan complains about what Eve wrote; staff where she lives hear of it, but not by whom."""
    third = three[2]
    boss = third.join("boss")
    third.dunnock("members", "role", boss.name, "admin")
    token = third.dunnock("members", "token", boss.name, "--scopes", "read write admin:read admin:write").split()[-1]
    post = people.eve.api.status_post("Buy my things")
    seen = at(people.dan, post.uri)
    people.dan.api.report(seen.account.id, status_ids=[seen.id], comment="Unwanted", category="spam", forward=True)
    api = Mastodon(*third.app, access_token=token, api_base_url=third.url, ratelimit_method="throw")
    (report,) = until(api.admin_reports)
    assert (report.comment, report.target_account.username) == ("Unwanted", people.eve.name)
    assert [one.uri for one in report.statuses] == [post.uri]
    assert people.dan.name not in report.account.username


def test_somebody_moves_on_and_followers_of_a_third_go_along(three):
    first, second, third = three
    fan, old, new = first.join("fan"), second.join("old"), third.join("new")
    found = find(fan, old)
    fan.api.account_follow(found)
    until(lambda: fan.api.account_relationships(found)[0].following)
    leave, arrive = move_page(old), move_page(new)
    arrive("/settings/move/others", others=f"@{handle(old)}")
    assert "Your followers are told" in leave("/settings/move", to=f"@{handle(new)}", password="a good long one")
    until(lambda: [one.acct for one in new.api.account_followers(new.id)] == [handle(fan)], within_s=30)
    until(lambda: not fan.api.account_relationships(found)[0].following)
    assert handle(new) in first.call("GET", f"/@{handle(old)}").text
    words = new.api.status_post("From here on").uri
    assert home_post(fan, "From here on").uri == words


def test_a_killed_server_loses_nothing(people, three):
    """The second one is killed while it has things to send, and others write to those who live there meanwhile."""
    second = three[1]
    said = [people.bob.api.status_post(f"Number {number}").uri for number in range(5)]
    second.kill()
    away = [
        one.api.status_post(f"@{handle(people.bob)} are you there?", visibility="unlisted").uri
        for one in (people.ann, people.cat)
    ]
    second.start()
    for fan in (people.ann, people.cat):
        until(lambda fan=fan: set(said) <= {one.uri for one in fan.api.timeline_home()}, within_s=60)
        shown = [one.uri for one in fan.api.timeline_home()]
        assert [shown.count(one) for one in said] == [1] * 5
    # That it sends shows the others that it is back: what waited for it comes now.
    until(lambda: set(away) <= set(mentioned(people.bob)), within_s=60)
    assert [mentioned(people.bob).count(one) for one in away] == [1, 1]


def test_a_block_holds_across_servers(people):
    """Cat blocks Bob: each loses the other, and what she writes for everybody goes there no more."""
    bob, cat = find(people.cat, people.bob), find(people.bob, people.cat)
    people.cat.api.account_block(bob)
    until(lambda: people.bob.api.account_relationships(cat)[0].blocked_by)
    until(lambda: not people.bob.api.account_relationships(cat)[0].following)
    until(lambda: people.cat.name not in [one.username for one in people.bob.api.account_followers(people.bob.id)])
    people.bob.api.status_post(f"@{handle(people.cat)} but why?")
    assert home_post(people.ann, "but why?")
    assert not [one for one in people.cat.api.notifications(types=["mention"]) if "but why" in one.status.content]
