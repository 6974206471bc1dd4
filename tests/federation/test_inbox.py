"""What comes in: let in or refused before the answer, and what it does."""

from __future__ import annotations

import re
import sys

import msgspec
import pytest

from dunnock import accounts, media, posts
from dunnock.accounts.account import Standing
from dunnock.accounts.server_rules import ServerBlock, block_server
from dunnock.federation.places import PUBLIC
from dunnock.federation.signatures import Signer
from dunnock.federation.store import actors
from dunnock.foundation.clock import HOUR, iso, now_ms
from federation.remote import key, pem


@pytest.fixture
async def ann(make):
    return await make.member("ann")


@pytest.fixture
def bob(remote):
    return remote.person("bob")


async def known(house, person):
    return await actors.by_uri(house.db, person.uri)


async def follow(house, bob, name="ann"):
    answer = await bob.send(house, bob.activity("Follow", f"{house.settings.public_url}/users/{name}"))
    assert answer.status == 202, answer
    return await known(house, bob)


async def followed_by(house, settle, ann, bob):
    """Ann follows Bob, who has said yes."""
    remote = await house.federation.people.find(bob.uri)
    async with house.db.begin() as tx:
        await accounts.follow(tx, follower=ann.id, followed=remote.account_id)
    await settle()
    asked = next(one for one in bob.server.got if one["type"] == "Follow")
    assert (await bob.send(house, bob.activity("Accept", asked["id"]))).status == 202
    relation = await accounts.relationships(house.db, ann.id, [remote.account_id])
    assert relation[0].following
    return remote


async def found(house, uri):
    there = await posts.find_uri(house.db, uri)
    return None if there is None else await posts.find_living(house.db, there[0])


# Signatures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["draft", "rfc9421"])
async def test_a_follow_is_answered(house, ann, bob, settle, scheme):
    activity = bob.activity("Follow", f"{house.settings.public_url}/users/ann")
    assert (await bob.send(house, activity, scheme=scheme, to="/users/ann/inbox")).status == 202
    await settle()
    [answer] = bob.server.got
    assert (answer["type"], answer["object"]["id"]) == ("Accept", activity["id"])
    person = await known(house, bob)
    assert (person.username, person.domain) == ("bob", bob.server.domain)
    page = await accounts.followers(house.db, ann.id, accounts.Cursor())
    assert page.ids == (person.account_id,)
    assert "signature" in bob.server.signatures[0]


def _without(name):
    return lambda headers, body: ({key: value for key, value in headers.items() if key != name}, body)


def _another_byte(header):
    """The header with another first letter of the signature itself."""
    return re.sub(r'(signature="|=:)(.)', lambda found: found[1] + ("B" if found[2] == "A" else "A"), header, count=1)


def _with(**changed):
    return lambda headers, body: (headers | {name.replace("_", "-"): value for name, value in changed.items()}, body)


@pytest.mark.parametrize("scheme", ["draft", "rfc9421"])
@pytest.mark.parametrize(
    "change",
    [
        _without("signature"),
        _with(signature="nonsense"),
        _with(host="other.example"),
        lambda headers, body: (headers, body.replace(b"Follow", b"Accept")),
        lambda headers, body: (headers | {"signature": _another_byte(headers["signature"])}, body),
    ],
    ids=["none", "nonsense", "host", "body", "bytes"],
)
async def test_false_signatures(house, ann, bob, scheme, change):
    activity = bob.activity("Follow", f"{house.settings.public_url}/users/ann")
    assert (await bob.send(house, activity, scheme=scheme, change=change)).status == 401
    assert (await accounts.followers(house.db, ann.id, accounts.Cursor())).ids == ()


@pytest.mark.parametrize("scheme", ["draft", "rfc9421"])
@pytest.mark.parametrize("hours", [-13, 3])
async def test_signatures_of_another_time(house, ann, bob, scheme, hours):
    activity = bob.activity("Follow", f"{house.settings.public_url}/users/ann")
    assert (await bob.send(house, activity, scheme=scheme, at=now_ms() + hours * HOUR)).status == 401


async def test_too_little_is_signed(house, ann, bob):
    """A signature over the date alone could be put on anything."""
    from dunnock.federation.signatures import write

    body = msgspec.json.encode(bob.activity("Follow", f"{house.settings.public_url}/users/ann"))

    def change(headers, body):
        text = f"date: {headers['date']}".encode()
        import base64

        signature = base64.b64encode(write._signed(bob.private, text)).decode()
        said = f'keyId="{bob.signer.key_id}",algorithm="rsa-sha256",headers="date",signature="{signature}"'
        return headers | {"signature": said}, body

    assert (await bob.send(house, body, change=change)).status == 401


async def test_a_new_key_is_asked_for_once(house, ann, bob):
    await follow(house, bob)
    bob.private = key(1)
    bob.server.pages["/users/bob"] = bob.document()
    bob.signer = Signer(f"{bob.uri}#main-key", key(1))
    like = bob.activity("Like", f"{house.settings.public_url}/users/ann")
    assert (await bob.send(house, like)).status == 202
    asked = bob.server.asked.count("/users/bob")
    bob.signer = Signer(f"{bob.uri}#main-key", key(2))
    for _ in range(3):
        assert (await bob.send(house, like)).status == 401
    assert bob.server.asked.count("/users/bob") == asked  # not again within minutes


async def test_somebody_elses_key(house, ann, bob, another):
    """SC-020: a key is its owner's, who says so under an address of their own."""
    mallory = another.person("mallory", number=3)
    activity = bob.activity("Follow", f"{house.settings.public_url}/users/ann")
    assert (await mallory.send(house, activity)).status in {401, 403}
    another.pages["/users/mallory"] = mallory.document(
        publicKey={"id": f"{bob.uri}#main-key", "owner": mallory.uri, "publicKeyPem": pem(key(3))}
    )
    assert (await mallory.send(house, activity, signer=Signer(f"{bob.uri}#main-key", key(3)))).status == 401
    assert (await accounts.followers(house.db, ann.id, accounts.Cursor())).ids == ()


# Shape and size -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'"x"', 400),
        (b"\xff\xfe", 400),
        (b'{"type":"Follow"}', 422),
        (b'{"actor":"https://x.example/u"}', 422),
        (b'{"type":"Follow","actor":"javascript:x"}', 422),
        (b'{"type":' + b"[" * 40 + b"]" * 40 + b',"actor":"https://x.example/u"}', 400),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, 400),
        (b"x" * (1024 * 1024 + 1), 413),
    ],
    ids=["empty", "cut", "list", "text", "bytes", "no actor", "no type", "scheme", "deep type", "deep", "large"],
)
async def test_what_is_no_activity(house, bob, body, status):
    assert (await bob.send(house, body)).status == status


async def test_an_inbox_of_nobody(house, bob):
    activity = bob.activity("Follow", f"{house.settings.public_url}/users/nobody")
    assert (await bob.send(house, activity, to="/users/nobody/inbox")).status == 404


async def test_unknown_kinds_do_nothing(house, ann, bob):
    for kind in ("View", "Listen", "Dislike", "Ünknown", "Offer"):
        assert (await bob.send(house, bob.activity(kind, {"id": "x", "nested": [1, None, {}]}))).status == 202


# Authority ----------------------------------------------------------------------------------------------------------


async def test_nobody_speaks_for_others(house, ann, bob, another, settle):
    """SC-001 and its kin: an id, an author, an object of another server."""
    await followed_by(house, settle, ann, bob)
    carol = another.person("carol", number=3)
    theirs = carol.note("<p>mine</p>")
    stolen = bob.activity("Create", theirs)
    assert (await bob.send(house, stolen)).status == 403
    forged = bob.note("<p>forged</p>", attributedTo=carol.uri)
    assert (await bob.send(house, bob.activity("Create", forged))).status == 403
    elsewhere = bob.activity("Create", bob.note(), id=f"{another.url}/acts/1")
    assert (await bob.send(house, elsewhere)).status == 403
    assert (await bob.send(house, bob.activity("Update", carol.document(name="Hacked")))).status == 403
    assert (await bob.send(house, bob.activity("Delete", theirs["id"]))).status == 403
    assert (await bob.send(house, bob.activity("Delete", carol.uri))).status == 403
    assert (await bob.send(house, bob.activity("Move", carol.uri, target=bob.uri))).status == 403
    assert (await bob.send(house, bob.activity("Undo", carol.activity("Follow", "x")))).status == 403
    assert await found(house, theirs["id"]) is None


async def test_our_own_actors_send_us_nothing(house, ann, bob):
    activity = bob.activity("Create", {}, actor=f"{house.settings.public_url}/users/ann")
    assert (await bob.send(house, activity)).status == 403


async def test_others_posts_are_not_edited(house, ann, bob, settle, remote):
    await followed_by(house, settle, ann, bob)
    carol = remote.person("carol", number=3)
    note = bob.note()
    assert (await bob.send(house, bob.activity("Create", note))).status == 202
    changed = note | {"content": "changed", "attributedTo": carol.uri}
    assert (await carol.send(house, carol.activity("Update", changed))).status == 403
    assert (await carol.send(house, carol.activity("Delete", note["id"]))).status == 403
    assert (await found(house, note["id"])).html == "<p>hello</p>"


async def test_suspended_servers_and_people(house, ann, bob, another):
    person = await follow(house, bob)
    async with house.db.begin() as tx:
        await accounts.change_standing(tx, {person.account_id: Standing.SUSPENDED})
    assert (await bob.send(house, bob.activity("Like", "x"))).status == 403
    async with house.db.begin() as tx:
        await block_server(tx, ServerBlock(id=0, domain=another.domain, severity="suspend"))
    carol = another.person("carol", number=3)
    assert (await carol.send(house, carol.activity("Like", "x"))).status == 403
    assert another.asked == []  # not even asked for a key


async def test_what_is_forwarded_is_asked_for(house, ann, bob, settle, another):
    """Another server hands on what Bob said: what counts is what Bob's server says."""
    await followed_by(house, settle, ann, bob)
    carol = another.person("carol", number=3)
    note = bob.note("<p>true</p>")
    forwarded = bob.activity("Create", note | {"content": "<p>false</p>"})
    assert (await carol.send(house, forwarded)).status == 202
    assert (await found(house, note["id"])).html == "<p>true</p>"
    invented = bob.activity("Create", note | {"id": f"{bob.uri}/notes/none"})
    assert (await carol.send(house, invented)).status == 401
    assert (await carol.send(house, bob.activity("Delete", note["id"]))).status == 401  # it is still there
    bob.server.pages.pop(note["id"].removeprefix(bob.server.url))
    assert (await carol.send(house, bob.activity("Delete", note["id"]))).status == 202
    assert await found(house, note["id"]) is None
    assert (await carol.send(house, bob.activity("Like", f"{house.settings.public_url}/users/ann"))).status == 401


# Posts --------------------------------------------------------------------------------------------------------------


async def test_a_blurhash_is_printable(house, ann, bob, settle):
    """Anything else is none; PostgreSQL takes no NUL at all."""
    await followed_by(house, settle, ann, bob)
    said = ("UBL_:rOpGG-oBUNG", "UBL_:rOpGG\0oBUNG")
    pictures = [{"type": "Image", "url": f"{bob.server.url}/{len(one)}.png", "blurhash": one} for one in said]
    note = bob.note(attachment=pictures)
    assert (await bob.send(house, bob.activity("Create", note))).status == 202
    post = await found(house, note["id"])
    shown = await media.find(house.db, post.media)
    assert [shown[one].blurhash for one in post.media] == [said[0], None]


async def test_a_post_as_it_was_written(house, ann, bob, settle):
    person = await followed_by(house, settle, ann, bob)
    here = house.settings.public_url
    note = bob.note(
        '<p onclick="x()">Hi <script>alert(1)</script><a href="javascript:x">you</a></p>',
        summary="Careful",
        contentMap={"de": "<p>Hallo</p>"},
        sensitive=True,
        url=f"{bob.server.url}/@bob/1",
        tag=[
            {"type": "Mention", "href": f"{here}/users/ann", "name": "@ann"},
            {"type": "Hashtag", "name": "#Wrens", "href": "x"},
            {"type": "Emoji", "name": ":wren:", "icon": {"url": f"{bob.server.url}/wren.png"}},
            "nonsense",
            None,
        ],
        cc=[f"{bob.uri}/followers", f"{here}/users/ann"],
        attachment={"type": "Document", "mediaType": "image/png", "url": f"{bob.server.url}/a.png", "name": "A wren"},
    )
    assert (await bob.send(house, bob.activity("Create", note))).status == 202
    post = await found(house, note["id"])
    assert post.html == '<p>Hi <a target="_blank" rel="nofollow noopener">you</a></p>'
    assert (post.warning, post.sensitive, post.visibility, post.language) == ("Careful", True, "public", "de")
    assert (post.mentions, post.hashtags, post.emoji) == ((ann.id,), ("Wrens",), ("wren",))
    assert post.author_id == person.account_id
    assert len(post.media) == 1
    again = await bob.send(house, bob.activity("Create", note))  # another activity about the same
    assert again.status == 202
    assert (await found(house, note["id"])).id == post.id


@pytest.mark.parametrize(
    ("to", "cc", "visibility"),
    [
        ([PUBLIC], [], "public"),
        (["as:Public"], [], "public"),
        ("Public", None, "public"),
        (["{me}/followers"], [PUBLIC], "unlisted"),
        (["{me}/followers"], [], "followers"),
        ([], ["{me}/followers"], "followers"),
        (["{ann}"], [], "direct"),
    ],
)
async def test_who_may_read_it(house, ann, bob, settle, to, cc, visibility):  # noqa: PLR0917 (fixtures)
    await followed_by(house, settle, ann, bob)

    def meant(value):
        if isinstance(value, list):
            return [one.format(me=bob.uri, ann=f"{house.settings.public_url}/users/ann") for one in value]
        return value

    note = bob.note(to=meant(to), cc=meant(cc))
    assert (await bob.send(house, bob.activity("Create", note))).status == 202
    post = await found(house, note["id"])
    assert post.visibility == visibility
    assert (ann.id in post.mentions) is (visibility == "direct")


async def test_what_concerns_nobody_is_not_kept(house, ann, bob):
    note = bob.note()
    assert (await bob.send(house, bob.activity("Create", note))).status == 202
    assert await found(house, note["id"]) is None


async def test_named_but_not_addressed_is_not_told(house, ann, bob, settle):
    """Akkoma 2026.08: a tag alone gives nobody access."""
    await followed_by(house, settle, ann, bob)
    here = house.settings.public_url
    tag = [{"type": "Mention", "href": f"{here}/users/ann", "name": "@ann"}]
    note = bob.note(to=[f"{bob.uri}/followers"], cc=[], tag=tag)
    assert (await bob.send(house, bob.activity("Create", note))).status == 202
    assert (await found(house, note["id"])).mentions == ()


async def test_a_conversation_that_came_backwards(house, ann, bob, settle, remote):
    await followed_by(house, settle, ann, bob)
    carol = remote.person("carol", number=3)
    first = carol.note("<p>first</p>")
    second = carol.note("<p>second</p>", inReplyTo=first["id"])
    third = bob.note("<p>third</p>", inReplyTo=second["id"])
    assert (await bob.send(house, bob.activity("Create", third))).status == 202
    await settle()
    one, two, three = [await found(house, note["id"]) for note in (first, second, third)]
    assert (two.reply_to_id, three.reply_to_id) == (one.id, two.id)
    assert {one.thread_id, two.thread_id, three.thread_id} == {one.id}
    thread = await posts.thread(house.db, three.id, ann.id)
    assert thread.ancestors == [one.id, two.id] or tuple(thread.ancestors) == (one.id, two.id)


async def test_an_edit_and_its_history(house, ann, bob, settle):
    await followed_by(house, settle, ann, bob)
    note = bob.note()
    await bob.send(house, bob.activity("Create", note))
    later = note | {"content": "<p>better</p>", "updated": iso(now_ms() + 1000)}
    assert (await bob.send(house, bob.activity("Update", later))).status == 202
    post = await found(house, note["id"])
    assert post.html == "<p>better</p>"
    _, versions = await posts.history(house.db, post.id, ann.id)
    assert [one.html for one in versions] == ["<p>hello</p>", "<p>better</p>"]


async def test_a_delete_before_what_it_deletes(house, ann, bob, settle):
    await followed_by(house, settle, ann, bob)
    note = bob.note()
    tombstone = {"id": note["id"], "type": "Tombstone"}
    assert (await bob.send(house, bob.activity("Delete", tombstone))).status == 202
    assert (await bob.send(house, bob.activity("Create", note))).status == 202
    assert await found(house, note["id"]) is None


async def test_delete_and_delete_of_a_person(house, ann, bob, settle):
    person = await followed_by(house, settle, ann, bob)
    note = bob.note()
    await bob.send(house, bob.activity("Create", note))
    assert (await bob.send(house, bob.activity("Delete", note["id"]))).status == 202
    assert await found(house, note["id"]) is None
    another = bob.note()
    await bob.send(house, bob.activity("Create", another))
    assert (await bob.send(house, bob.activity("Delete", bob.uri))).status == 202
    await settle()
    assert (await accounts.find(house.db, person.account_id)).standing is Standing.DELETED
    assert await found(house, another["id"]) is None


async def test_of_strangers_who_are_gone_nobody_is_asked(house, another):
    gone = another.person("gone", number=3)
    assert (await gone.send(house, gone.activity("Delete", gone.uri))).status == 202
    assert another.asked == []


# Boosts, likes, votes -----------------------------------------------------------------------------------------------


async def test_likes_and_boosts_and_their_undoing(house, ann, bob, make, settle):
    person = await follow(house, bob)
    post = await make.post(ann)
    uri = f"{house.settings.public_url}/users/ann/statuses/{post.id}"
    like, boost = bob.activity("Like", uri), bob.activity("Announce", uri, to=[PUBLIC])
    for activity in (like, boost, bob.activity("Like", uri), bob.activity("Announce", uri, to=[PUBLIC])):
        assert (await bob.send(house, activity)).status == 202
    assert (await posts.counts_of(house.db, post.id))[1:] == (1, 1)
    for activity in (bob.activity("Undo", like), bob.activity("Undo", boost["id"])):
        assert (await bob.send(house, activity)).status == 202
    assert (await posts.counts_of(house.db, post.id))[1:] == (0, 0)
    assert person is not None


async def test_a_boost_is_read_where_it_is_from(house, ann, bob, settle, another):
    """What stands inside a boost is not believed."""
    await followed_by(house, settle, ann, bob)
    carol = another.person("carol", number=3)
    note = carol.note("<p>true</p>")
    false = note | {"content": "<p>false</p>"}
    assert (await bob.send(house, bob.activity("Announce", false, to=[PUBLIC]))).status == 202
    await settle()
    assert (await found(house, note["id"])).html == "<p>true</p>"
    private = carol.note("<p>secret</p>", to=[f"{carol.uri}/followers"], cc=[])
    assert (await bob.send(house, bob.activity("Announce", private["id"], to=[PUBLIC]))).status == 202
    await settle()
    secret = await found(house, private["id"])
    assert secret is None or (await posts.counts_of(house.db, secret.id))[1] == 0


async def test_votes(house, ann, bob, make, settle):
    from dunnock.foundation.settings import Settings

    await follow(house, bob)
    async with house.db.begin() as tx:
        asked = await posts.publish(
            tx,
            posts.Draft(text="Tea?", poll=posts.PollDraft(options=("yes", "no"), expires_in=3600)),
            author_id=ann.id,
            app_id=None,
            settings=Settings(data=house.settings.data, public_url=house.settings.public_url),
        )
    uri = f"{house.settings.public_url}/users/ann/statuses/{asked.id}"

    def vote(name):
        return bob.activity(
            "Create",
            {"id": bob.new("votes"), "type": "Note", "name": name, "attributedTo": bob.uri, "inReplyTo": uri},
        )

    for name in ("yes", "yes", "perhaps", "no"):
        assert (await bob.send(house, vote(name))).status == 202
    poll = (await posts.polls_of(house.db, [asked.id]))[asked.id]
    assert (poll.tallies, poll.voters) == ((1, 0), 1)


# People -------------------------------------------------------------------------------------------------------------


async def test_a_locked_account_says_later(house, make, bob, settle):
    ann = await make.member("ann", locked=True)
    await follow(house, bob)
    await settle()
    assert bob.server.got == []
    person = await known(house, bob)
    async with house.db.begin() as tx:
        await accounts.accept_follow(tx, ann.id, follower=person.account_id)
    await settle()
    assert [one["type"] for one in bob.server.got] == ["Accept"]


async def test_an_answer_counts_only_from_whom_was_asked(house, ann, bob, settle, another):
    remote = await house.federation.people.find(bob.uri)
    async with house.db.begin() as tx:
        await accounts.follow(tx, follower=ann.id, followed=remote.account_id)
    await settle()
    [asked] = bob.server.got
    carol = another.person("carol", number=3)
    assert (await carol.send(house, carol.activity("Accept", asked))).status == 403
    assert (await carol.send(house, carol.activity("Accept", asked["id"]))).status == 403
    assert not (await accounts.relationships(house.db, ann.id, [remote.account_id]))[0].following
    assert (await bob.send(house, bob.activity("Reject", asked))).status == 202
    relation = (await accounts.relationships(house.db, ann.id, [remote.account_id]))[0]
    assert (relation.following, relation.requested) == (False, False)


async def test_a_block_and_an_unfollow(house, ann, bob, settle):
    person = await follow(house, bob)
    asked = next(iter(await accounts.relationships(house.db, person.account_id, [ann.id])))
    assert asked.following
    undo = bob.activity("Undo", bob.activity("Follow", f"{house.settings.public_url}/users/ann"))
    assert (await bob.send(house, undo)).status == 202
    await settle()
    assert [one["type"] for one in bob.server.got] == ["Accept"]  # no Reject for what its server ended itself
    assert (await bob.send(house, bob.activity("Block", f"{house.settings.public_url}/users/ann"))).status == 202
    assert (await accounts.relationships(house.db, ann.id, [person.account_id]))[0].blocked_by


async def test_a_profile_changes(house, ann, bob, settle):
    person = await follow(house, bob)
    document = bob.document(name="Bobby <b>", summary="<p>Hi<script>x</script></p>", manuallyApprovesFollowers=True)
    assert (await bob.send(house, bob.activity("Update", document))).status == 202
    account = await accounts.find(house.db, person.account_id)
    assert (account.display_name, account.bio_html, account.locked) == ("Bobby", "<p>Hi</p>", True)
    history = await accounts.personas(house.db, person.account_id, accounts.Cursor())
    assert {one.field for one in history} == {"display_name", "bio"}


async def test_a_move_takes_followers_along(house, ann, bob, settle, another, *, monkeypatch):
    monkeypatch.setattr(sys.modules["dunnock.federation.inbound.move"], "TRIES_APART_MS", 0)
    old = await followed_by(house, settle, ann, bob)
    new = another.person("bob2", number=3)
    move = bob.activity("Move", bob.uri, target=new.uri)
    assert (await bob.send(house, move)).status == 202
    await settle()
    assert (await accounts.relationships(house.db, ann.id, [old.account_id]))[0].following  # the new one did not agree
    another.pages["/users/bob2"] = new.document(alsoKnownAs=[bob.uri])
    assert (await bob.send(house, bob.activity("Move", bob.uri, target=new.uri))).status == 202
    await settle()
    assert not (await accounts.relationships(house.db, ann.id, [old.account_id]))[0].following
    assert [one["type"] for one in another.got] == ["Follow"]


async def test_a_complaint(house, ann, bob, make):
    post = await make.post(ann)
    here = house.settings.public_url
    flag = bob.activity("Flag", [f"{here}/users/ann", f"{here}/users/ann/statuses/{post.id}"], content="spam")
    assert (await bob.send(house, flag)).status == 202
    from dunnock import moderation
    from dunnock.accounts.paging import Cursor

    boss = await make.member("boss", role="owner")
    [report] = await moderation.list_reports(house.db, moderation.WantedReports(), Cursor(), by=boss.id)
    assert (report.target_id, report.post_ids, report.comment) == (ann.id, (post.id,), "spam")


async def test_the_same_activity_does_nothing_twice(house, ann, bob, settle):
    await followed_by(house, settle, ann, bob)
    note = bob.note()
    create = bob.activity("Create", note)
    for _ in range(2):
        assert (await bob.send(house, create)).status == 202
    await bob.send(house, bob.activity("Delete", note["id"]))
    assert (await bob.send(house, create)).status == 202
    assert await found(house, note["id"]) is None


@pytest.mark.parametrize("refusal", [400, 401])
async def test_a_server_that_takes_one_kind_of_signature_is_asked_again(house, remote, refusal):
    """Double-knocking on GET: the other kind after a refusal, and that one first from then on."""
    bob = remote.person("bob")
    heads = []

    async def strict(request):
        from aiohttp import web

        heads.append("signature-input" in request.headers)
        return None if heads[-1] else web.Response(status=refusal)

    remote.guard = strict
    assert (await house.federation.people.find(bob.uri)).uri == bob.uri
    asked = list(heads)
    assert asked[:2] == [False, True]
    await house.federation.people.refresh(bob.uri)
    assert heads[len(asked) :] == [True]
    house.federation.fetcher._schemes.clear()  # as after a start
    await house.federation.people.refresh(bob.uri)
    assert heads[len(asked) :] == [True, True]
