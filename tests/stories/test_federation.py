"""Two servers that nobody told of each other: a friendship from the first look to the block."""

from __future__ import annotations

import os
import re

import pytest
import requests
from mastodon import MastodonNotFoundError

import services
from stories.pictures import picture
from stories.running import PASSWORD, Server, until


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def two(request, tmp_path_factory):
    """Two running servers, one on each engine; the parameter is that of the first."""
    folder = tmp_path_factory.mktemp("federation")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"federation_{request.param}_{worker}"
    engines = [{}, {"DUNNOCK_DATABASE_URL": services.postgres(name)}]
    servers = [
        Server(folder / place, DUNNOCK_SIGN_UP="open", **engine).start()
        for place, engine in zip(
            ("here", "there"), engines if request.param == "sqlite" else engines[::-1], strict=True
        )
    ]
    yield servers
    for server in servers:
        assert server.stop()[0] == 0
        assert '"level":"error"' not in server.log.read_text()


@pytest.fixture(scope="module")
def friends(two):
    """Ann follows Bob, who lives on the other server."""
    here, there = two
    ann, bob = here.join("ann"), there.join("bob")
    found = ann.api.search(f"@{bob.name}@{there.domain}", resolve=True).accounts
    assert [one.acct for one in found] == [f"{bob.name}@{there.domain}"]
    assert ann.api.account_follow(found[0].id).requested
    until(lambda: ann.api.account_relationships(found[0].id)[0].following)
    assert [one.type for one in bob.api.notifications()] == ["follow"]
    return ann, bob, found[0].id


def missing(person, post_id) -> bool:
    try:
        person.api.status(post_id)
    except MastodonNotFoundError:
        return True
    return False


def home_post(person, words):
    """The post with these words, once it is in the home feed."""
    return until(lambda: [one for one in person.api.timeline_home() if words in one.content])[0]


def test_a_conversation(friends, two):
    ann, bob, _ = friends
    here, there = two
    post = bob.api.status_post(f"Hello @{ann.name}@{here.domain} #Hedges", spoiler_text="birds", language="en")
    seen = home_post(ann, "Hello")
    assert seen.uri == post.uri
    assert seen.url == post.url
    assert (seen.spoiler_text, seen.language, [one.name for one in seen.tags]) == ("birds", "en", ["hedges"])
    assert [one.acct for one in seen.mentions] == [ann.name]
    assert [one.type for one in until(ann.api.notifications)] == ["mention"]
    reply = ann.api.status_post(f"@{bob.name}@{there.domain} and to you", in_reply_to_id=seen.id)
    answered = until(lambda: bob.api.status_context(post.id).descendants)[0]
    assert answered.uri == reply.uri
    assert str(answered.in_reply_to_id) == str(post.id)
    ann.api.status_favourite(seen.id)
    ann.api.status_reblog(seen.id)
    until(lambda: {"favourite", "reblog", "mention"} <= {one.type for one in bob.api.notifications()})
    ann.api.status_unfavourite(seen.id)
    ann.api.status_unreblog(seen.id)
    until(lambda: not bob.api.status(post.id).favourites_count and not bob.api.status(post.id).reblogs_count)
    bob.api.status_update(post.id, "Hello again", spoiler_text="birds")
    until(lambda: "again" in ann.api.status(seen.id).content)
    assert len(ann.api.status_history(seen.id)) == 2
    bob.api.status_delete(post.id)
    until(lambda: missing(ann, seen.id))


def test_pictures_and_polls(friends):
    ann, bob, _ = friends
    media = bob.api.media_post(picture(), mime_type="image/png", description="A gradient", synchronous=True)
    bob.api.status_post("Look at that", media_ids=[media])
    seen = home_post(ann, "Look")
    shown = until(lambda: [one for one in ann.api.status(seen.id).media_attachments if one.url])[0]
    assert shown.url.startswith(ann.server.url)  # a copy: readers ask nobody else
    assert shown.remote_url == media.url
    assert shown.description == "A gradient"
    asked = bob.api.status_post("Tea?", poll=bob.api.make_poll(["yes", "no"], 3600))
    poll = home_post(ann, "Tea").poll
    assert [one.title for one in poll.options] == ["yes", "no"]
    ann.api.poll_vote(poll.id, [0])
    until(lambda: [one.votes_count for one in bob.api.status(asked.id).poll.options] == [1, 0])


def test_who_may_read(friends):
    ann, bob, _ = friends
    stranger = ann.server.join("carl")
    quiet = bob.api.status_post("For followers", visibility="private")
    seen = home_post(ann, "For followers")
    assert seen.visibility == "private"
    assert missing(stranger, seen.id)
    path = quiet.uri.removeprefix(bob.server.url)
    answer = bob.server.call("GET", path, headers={"Accept": "application/activity+json"})
    assert answer.status_code == 404  # nobody signed
    secret = bob.api.status_post(f"@{ann.name}@{ann.server.domain} between us", visibility="direct")
    told = until(ann.api.conversations)[0].last_status
    assert (told.uri, told.visibility) == (secret.uri, "direct")
    assert missing(stranger, told.id)


def test_a_profile_and_a_locked_account(friends):
    ann, bob, bobs_id = friends
    bob.api.account_update_credentials(display_name="Bobby", locked=True, note="Hedges")
    until(lambda: ann.api.account(bobs_id).display_name == "Bobby", within_s=10)
    assert ann.api.account(bobs_id).locked
    dora = ann.server.join("dora")
    assert dora.api.account_follow(bobs_id).requested
    asking = until(bob.api.follow_requests)[0]
    assert asking.acct == f"{dora.name}@{dora.server.domain}"
    bob.api.follow_request_authorize(asking.id)
    until(lambda: dora.api.account_relationships(bobs_id)[0].following)
    dora.api.account_unfollow(bobs_id)
    until(lambda: dora.name not in [one.username for one in bob.api.account_followers(bob.id)])


def test_a_restart_forgets_nothing(friends, two):
    """What was acknowledged while the other server was away arrives when it is back."""
    ann, bob, _ = friends
    here, _ = two
    here.stop()
    post = bob.api.status_post("While you were out")
    here.start()
    assert until(lambda: [one for one in ann.api.timeline_home() if one.uri == post.uri], within_s=25)


def test_somebody_never_met_is_named(friends, two):
    """Who is written to for the first time is asked for, then hears of it."""
    ann, _, _ = friends
    _, there = two
    eve = there.join("eve")
    post = ann.api.status_post(f"Hello @{eve.name}@{there.domain}")
    assert [one.type for one in until(eve.api.notifications)] == ["mention"]
    until(lambda: [one.acct for one in ann.api.status(post.id).mentions] == [f"{eve.name}@{there.domain}"])


def test_a_quote_is_asked_for(friends):
    ann, bob, _ = friends
    post = bob.api.status_post("Quote me")
    seen = home_post(ann, "Quote me")
    made = ann.call("POST", "/api/v1/statuses", json={"status": "as he says", "quoted_status_id": seen.id}).json()
    until(lambda: ann.call("GET", f"/api/v1/statuses/{made['id']}").json()["quote"]["state"] == "accepted")
    until(lambda: bob.api.status(post.id).quotes_count == 1)


def move_page(person):
    """A browser of the member at the page where one moves; `send(path, **fields)` sends one of its forms."""
    session = requests.Session()
    base = person.server.url

    def token() -> str:
        page = session.get(f"{base}/settings/move", timeout=20)
        return re.search(r'name="token" value="([^"]+)"', page.text)[1]

    page = session.get(f"{base}/auth/sign_in", timeout=20)
    start = re.search(r'name="token" value="([^"]+)"', page.text)[1]
    form = {"token": start, "login": person.name, "password": PASSWORD}
    assert session.post(f"{base}/auth/sign_in", data=form, headers={"Origin": base}, timeout=20).status_code == 200

    def send(path, **fields):
        answer = session.post(f"{base}{path}", data={"token": token(), **fields}, headers={"Origin": base}, timeout=20)
        return answer.text

    return send


def test_somebody_moves_with_their_followers(two):
    """From one server to the other: the new account names the old one, then followers on both servers go along."""
    here, there = two
    old, new, near, far = here.join("old"), there.join("new"), here.join("near"), there.join("far")
    for fan in (near, far):
        found = fan.api.search(f"@{old.name}@{here.domain}", resolve=True).accounts[0].id
        fan.api.account_follow(found)
        until(lambda fan=fan, found=found: fan.api.account_relationships(found)[0].following)
    leave, arrive = move_page(old), move_page(new)
    assert "does not name this one" in leave("/settings/move", to=f"@{new.name}@{there.domain}", password=PASSWORD)
    arrive("/settings/move/others", others=f"@{old.name}@{here.domain}")
    assert "Your followers are told" in leave("/settings/move", to=f"@{new.name}@{there.domain}", password=PASSWORD)
    followers = {near.name, far.name}
    until(lambda: {one.username for one in new.api.account_followers(new.id)} == followers, within_s=30)
    until(lambda: not old.api.account_followers(old.id), within_s=30)
    document = here.call("GET", f"/users/{old.name}", headers={"Accept": "application/activity+json"}).json()
    assert document["movedTo"] == f"{there.url}/users/{new.name}"


def test_new_keys_while_servers_run(friends, two):
    """What is signed with them is taken at once: their name is not known, and is asked for."""
    ann, bob, _ = friends
    _, there = two
    assert there.dunnock("keys", "rotate", bob.name) == "The key is new.\n"
    post = bob.api.status_post("Signed anew")
    assert home_post(ann, "Signed anew").uri == post.uri
    key = there.call("GET", f"/users/{bob.name}", headers={"Accept": "application/activity+json"}).json()["publicKey"]
    assert key["id"].endswith("#main-key-2")


def test_a_block_ends_it(friends):
    ann, bob, bobs_id = friends
    asked = bob.api.search(f"@{ann.name}@{ann.server.domain}", resolve=True).accounts[0].id
    bob.api.account_block(asked)
    until(lambda: ann.api.account_relationships(bobs_id)[0].blocked_by)  # comes beside the end of the follow
    until(lambda: not ann.api.account_relationships(bobs_id)[0].following)


def test_two_strict_servers(tmp_path):
    """With `authorized_fetch` on both sides they learn each other's keys, and people meet as elsewhere."""
    servers = [
        Server(tmp_path / place, DUNNOCK_SIGN_UP="open", DUNNOCK_AUTHORIZED_FETCH="true").start()
        for place in ("left", "right")
    ]
    left, right = servers
    try:
        lea, rob = left.join("lea"), right.join("rob")
        found = lea.api.search(f"@{rob.name}@{right.domain}", resolve=True).accounts[0].id
        earlier = rob.api.status_post("Earlier, and for everybody")
        lea.api.account_follow(found)
        until(lambda: lea.api.account_relationships(found)[0].following)
        rob.api.status_post("For followers", visibility="private")
        assert home_post(lea, "For followers").visibility == "private"
        assert lea.api.search(earlier.uri, resolve=True).statuses[0].uri == earlier.uri
        path = earlier.uri.removeprefix(right.url)
        assert right.call("GET", path, headers={"Accept": "application/activity+json"}).status_code == 401
    finally:
        for server in servers:
            assert server.stop()[0] == 0
            assert '"level":"error"' not in server.log.read_text()
