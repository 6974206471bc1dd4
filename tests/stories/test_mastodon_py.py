"""A member's life with Mastodon.py, the library most bots are made with."""

from __future__ import annotations

import datetime as dt
import functools
import io
import types
import typing

import pytest
from mastodon import MastodonAPIError, MastodonNotFoundError, return_types, types_base
from mastodon.types_base import AttribAccessDict, MaybeSnowflakeIdType

from stories.pictures import picture
from stories.running import until


def well_typed(found, where="answer"):
    """Every attribute of every entity in an answer is of the type that the library declares; gives `found`."""
    if isinstance(found, list):
        for place, one in enumerate(found):
            well_typed(one, f"{where}[{place}]")
    elif isinstance(found, AttribAccessDict):
        hints = _hints(type(found))
        for name, value in found.items():
            hint = hints.get(name, typing.Any)
            if value is not None:
                assert _fits(value, hint), f"{where}.{name} is {value!r}, not {hint}"
            well_typed(value, f"{where}.{name}")
    return found


@functools.cache
def _hints(entity):
    return typing.get_type_hints(entity, vars(return_types) | vars(types_base))


def _fits(value, hint):
    if hint is typing.Any or isinstance(hint, (str, typing.TypeVar)):
        return True
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        return any(_fits(value, one) for one in typing.get_args(hint))
    hint = typing.get_origin(hint) or hint
    if hint is float:
        return isinstance(value, (int, float))
    if hint in {MaybeSnowflakeIdType, str}:
        return isinstance(value, (str, int)) and not isinstance(value, bool)
    if isinstance(hint, type) and issubclass(hint, dict):
        return isinstance(value, dict)
    if isinstance(hint, type) and issubclass(hint, list):
        return isinstance(value, list)
    return not isinstance(hint, type) or isinstance(value, hint)


def ids(found):
    return [str(one.id) for one in found]


def test_an_edit_gives_a_picture_another_thumbnail(server):
    ann = server.join("ann")
    media = ann.api.media_post(picture(), mime_type="image/png", description="A gradient", synchronous=True)
    post = ann.api.status_post("Look", media_ids=[media])
    look = ann.api.generate_media_edit_attributes(
        media.id, thumbnail=io.BytesIO(picture(30, 40)), thumb_mimetype="image/png"
    )
    edited = ann.api.status_update(post, "Look", media_attributes=[look])
    shown, before = edited.media_attachments[0], post.media_attachments[0]
    assert (shown.url, shown.description) == (before.url, before.description)
    assert shown.preview_url != before.preview_url
    assert server.call("GET", shown.preview_url.removeprefix(server.url)).status_code == 200
    assert ann.api.status(post).media_attachments[0].preview_url == shown.preview_url


def test_posts_and_what_is_done_with_them(server):  # noqa: PLR0915 (a journey)
    ann, bob = server.join("ann"), server.join("bob")
    bob.api.account_follow(ann.id)

    media = ann.api.media_post(
        picture(), mime_type="image/png", description="A gradient", focus=(0.5, -0.25), synchronous=True
    )
    well_typed(media)
    assert (media.type, media.description) == ("image", "A gradient")
    assert media.meta.original.width == 320
    assert (media.meta.focus.x, media.meta.focus.y) == (0.5, -0.25)
    assert 6 <= len(media.blurhash) <= 40
    assert ann.api.media_update(media, description="A grey gradient", focus=(0, 0)).description == "A grey gradient"

    post = ann.api.status_post(
        f"Hello @{bob.name}, see https://example.org/a-path and #StoryTag", media_ids=[media],
        visibility="public", spoiler_text="a picture", sensitive=True, language="de",
    )  # fmt: skip
    well_typed(post)
    assert post.created_at.tzinfo is not None
    assert abs(dt.datetime.now(dt.UTC) - post.created_at) < dt.timedelta(minutes=1)
    assert (post.spoiler_text, post.sensitive, post.language, post.visibility) == ("a picture", True, "de", "public")
    assert [one.description for one in post.media_attachments] == ["A grey gradient"]
    assert [one.acct for one in post.mentions] == [bob.name]
    assert [one.name.lower() for one in post.tags] == ["storytag"]
    assert post.application.name == "Stories"
    for url in (post.media_attachments[0].url, post.media_attachments[0].preview_url, post.account.avatar):
        answer = server.call("GET", url.removeprefix(server.url))
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("image/")

    reply = bob.api.status_reply(post, "I see it")
    assert str(reply.in_reply_to_id) == str(post.id)
    assert str(reply.in_reply_to_account_id) == ann.id
    assert [one.acct for one in reply.mentions] == [ann.name]
    around = well_typed(ann.api.status_context(post))
    assert (ids(around.ancestors), ids(around.descendants)) == ([], [str(reply.id)])
    assert ids(bob.api.status_context(reply).ancestors) == [str(post.id)]

    boost = well_typed(bob.api.status_reblog(post))
    assert str(boost.reblog.id) == str(post.id)
    assert boost.reblog.reblogged
    assert str(bob.api.status_reblog(post).id) == str(boost.id)
    liked = bob.api.status_favourite(boost.id)
    assert str(liked.id) == str(post.id)
    assert liked.favourited
    assert bob.api.status_bookmark(post).bookmarked
    seen = ann.api.status(post)
    assert (seen.replies_count, seen.reblogs_count, seen.favourites_count) == (1, 1, 1)
    assert not seen.favourited
    assert ids(ann.api.status_favourited_by(post)) == ids(ann.api.status_reblogged_by(post)) == [bob.id]
    assert ids(well_typed(bob.api.favourites())) == ids(well_typed(bob.api.bookmarks())) == [str(post.id)]
    assert not bob.api.status_unfavourite(post).favourited
    assert not bob.api.status_unbookmark(post).bookmarked
    assert str(bob.api.status_unreblog(post).id) == str(post.id)
    seen = ann.api.status(post)
    assert (seen.replies_count, seen.reblogs_count, seen.favourites_count) == (1, 0, 0)

    assert ann.api.status_pin(post).pinned
    assert ids(bob.api.account_statuses(ann.id, pinned=True)) == [str(post.id)]
    with pytest.raises(MastodonAPIError):
        bob.api.status_pin(post)
    assert not ann.api.status_unpin(post).pinned

    changed = ann.api.status_update(post, "Another text", spoiler_text="new", media_ids=[media])
    assert isinstance(changed.edited_at, dt.datetime)
    assert "Another text" in changed.content
    history = well_typed(ann.api.status_history(post))
    assert [one.spoiler_text for one in history] == ["a picture", "new"]
    assert history[0].created_at == post.created_at
    source = ann.api.status_source(post)
    assert (source.text, source.spoiler_text) == ("Another text", "new")

    assert ids(ann.api.statuses([post, reply])) == [str(post.id), str(reply.id)]
    gone = ann.api.status_delete(post)
    assert gone.text == "Another text"
    for person in (ann, bob):
        with pytest.raises(MastodonNotFoundError):
            person.api.status(post)
    assert ids(bob.api.status_context(reply).ancestors) == []
    assert ann.api.me().statuses_count == 0


def test_people_and_how_they_stand(server):
    ann, bob, cat = server.join("ann"), server.join("bob"), server.join("cat")
    follow = well_typed(ann.api.account_follow(bob.id, reblogs=False, notify=True))
    assert (follow.following, follow.showing_reblogs, follow.notifying) == (True, False, True)
    assert ids(ann.api.account_following(ann.id)) == ids(bob.api.account_following(ann.id)) == [bob.id]
    assert ids(ann.api.account_followers(bob.id)) == [ann.id]
    assert ann.api.account(bob.id).followers_count == 1
    well_typed(ann.api.accounts([bob.id, cat.id]))

    bob.api.account_update_credentials(locked=True)
    asked = cat.api.account_follow(bob.id)
    assert (asked.following, asked.requested) == (False, True)
    assert ids(bob.api.follow_requests()) == [cat.id]
    until(lambda: [one for one in bob.api.notifications(types=["follow_request"]) if str(one.account.id) == cat.id])
    assert bob.api.follow_request_authorize(cat.id).followed_by
    assert cat.api.account_relationships(bob.id)[0].following
    cat.api.account_unfollow(bob.id)
    cat.api.account_follow(bob.id)
    bob.api.follow_request_reject(cat.id)
    relation = cat.api.account_relationships([bob.id])[0]
    assert (relation.following, relation.requested) == (False, False)
    assert bob.api.follow_requests() == []

    assert not ann.api.account_unfollow(bob.id).following
    bob.api.account_update_credentials(locked=False)
    ann.api.account_follow(bob.id)
    assert bob.api.account_remove_from_followers(ann.id).followed_by is False

    ann.api.account_follow(cat.id)
    blocked = cat.api.account_block(ann.id)
    assert (blocked.blocking, blocked.followed_by) == (True, False)
    assert ids(cat.api.blocks()) == [ann.id]
    with pytest.raises(MastodonAPIError):
        ann.api.account_follow(cat.id)
    assert not cat.api.account_unblock(ann.id).blocking

    muted = ann.api.account_mute(cat.id, notifications=False, duration=3600)
    assert (muted.muting, muted.muting_notifications) == (True, False)
    mutes = well_typed(ann.api.mutes())
    assert ids(mutes) == [cat.id]
    assert dt.timedelta(minutes=58) < mutes[0].mute_expires_at - dt.datetime.now(dt.UTC)
    assert not ann.api.account_unmute(cat.id).muting

    ann.api.account_mute(bob.id, duration=1)
    ann.api.domain_block("bad.example")
    assert list(ann.api.domain_blocks()) == ["bad.example"]
    ann.api.domain_unblock("bad.example")
    assert list(ann.api.domain_blocks()) == []
    assert ann.api.account_note_set(cat.id, "met at the fair").note == "met at the fair"
    assert cat.api.account_relationships(ann.id)[0].note == ""
    until(lambda: not ann.api.account_relationships(bob.id)[0].muting)

    assert ids(ann.api.account_search(bob.name)) == [bob.id]
    assert str(ann.api.account_lookup(bob.name).id) == bob.id
    found = well_typed(ann.api.search(cat.name))
    assert ids(found.accounts) == [cat.id]
    assert ids(ann.api.search(f"@{cat.name}@{server.domain}").accounts) == [cat.id]


def test_feeds_show_every_post_once(server):
    ann, bob = server.join("ann"), server.join("bob")
    bob.api.account_follow(ann.id)
    tag = f"paged{ann.id[-6:]}"
    posts = [str(ann.api.status_post(f"post {number} #{tag}").id) for number in range(17)][::-1]
    own = str(bob.api.status_post("mine").id)

    shelf = bob.api.list_create("Shelf", replies_policy="none", exclusive=False)
    well_typed(shelf)
    bob.api.list_accounts_add(shelf, [ann.id])
    assert ids(bob.api.list_accounts(shelf)) == [ann.id]
    assert ids(bob.api.account_lists(ann.id)) == [str(shelf.id)]

    feeds = {
        "home": bob.api.timeline_home,
        "hashtag": lambda **given: bob.api.timeline_hashtag(tag, **given),
        "list": lambda **given: bob.api.timeline_list(shelf, **given),
        "account": lambda **given: bob.api.account_statuses(ann.id, **given),
    }
    for name, feed in feeds.items():
        expected = [own, *posts] if name == "home" else posts
        first = feed(limit=5)
        well_typed(first)
        assert ids(bob.api.fetch_remaining(first)) == expected, name
        second = bob.api.fetch_next(first)
        assert ids(first) + ids(second) == expected[:10], name
        assert ids(bob.api.fetch_previous(second)) == ids(first), name
        assert bob.api.fetch_previous(first) in (None, []), name
        last = feed(max_id=expected[-1], limit=5)
        assert list(last) == [], name
        assert ids(feed(min_id=expected[-1], limit=3)) == expected[-4:-1], name
        assert ids(feed(since_id=expected[-1], limit=3)) == expected[:3], name
        moment = bob.api.status(expected[0]).created_at + dt.timedelta(minutes=1)
        assert list(feed(min_id=moment)) == [], name
    for feed in (bob.api.timeline_public, bob.api.timeline_local):
        assert set(ids(feed(limit=40))) >= {own, *posts}
    for one in posts:
        bob.api.status_favourite(one)
    assert ids(bob.api.fetch_remaining(bob.api.favourites(limit=4))) == posts[::-1]

    assert bob.api.list_update(shelf, "Board").title == "Board"
    bob.api.list_accounts_delete(shelf, [ann.id])
    assert list(bob.api.timeline_list(shelf)) == []
    bob.api.list_delete(shelf)
    assert list(bob.api.lists()) == []


def test_notifications(server):
    ann, bob = server.join("ann"), server.join("bob")
    bob.api.account_follow(ann.id)
    post = ann.api.status_post("notify me")
    bob.api.status_favourite(post)
    bob.api.status_reblog(post)
    bob.api.status_reply(post, "a reply")
    kinds = until(lambda: len(found := ann.api.notifications()) == 4 and found)
    well_typed(kinds)
    assert {one.type for one in kinds} == {"follow", "favourite", "reblog", "mention"}
    assert all(isinstance(one.created_at, dt.datetime) for one in kinds)
    assert ids(ann.api.fetch_remaining(ann.api.notifications(limit=1))) == ids(kinds)
    assert [one.type for one in ann.api.notifications(types=["mention"])] == ["mention"]
    assert "mention" not in [one.type for one in ann.api.notifications(exclude_types=["mention"])]
    assert ann.api.notifications(kinds[0].id).id == kinds[0].id
    assert ann.api.notifications_unread_count().count == 4
    ann.api.markers_set("notifications", kinds[0].id)
    assert str(ann.api.markers_get("notifications")["notifications"].last_read_id) == str(kinds[0].id)
    ann.api.notifications_dismiss(kinds[0].id)
    assert ids(ann.api.notifications()) == ids(kinds[1:])
    ann.api.notifications_clear()
    assert list(ann.api.notifications()) == []


def test_quotes(server):
    ann, bob = server.join("ann"), server.join("bob")
    post = well_typed(ann.api.status_post("quote me"))
    assert (post.quote, post.quotes_count, post.quote_approval.current_user) == (None, 0, "automatic")
    made = well_typed(bob.api.status_post("I quote", quoted_status_id=post.id))
    assert (made.quote.state, made.quote.quoted_status.content) == ("accepted", "<p>quote me</p>")
    assert ids(ann.api.status_quotes(post)) == ids([made])
    assert ann.api.status(post).quotes_count == 1
    told = until(ann.api.notifications)
    assert [(one.type, one.status.id) for one in well_typed(told)] == [("quote", made.id)]
    again = well_typed(bob.api.status_post("I quote it too", quoted_status_id=made.id))
    assert (again.quote.quoted_status.quote.state, str(again.quote.quoted_status.quote.quoted_status_id)) == (
        "accepted",
        str(post.id),
    )
    ann.api.status_update(post, "quote me now")
    assert [one.type for one in until(bob.api.notifications)] == ["quoted_update"]
    closed = well_typed(ann.api.status_update_quote_approval_policy(post, "nobody"))
    assert closed.quote_approval.automatic == []
    with pytest.raises(MastodonNotFoundError):
        bob.api.status_post("and once more", quoted_status_id=post.id)
    assert well_typed(ann.api.status_quote_revoke(post, made)).quote.state == "revoked"
    assert list(ann.api.status_quotes(post)) == []
    until(lambda: not ann.api.notifications())
    assert bob.api.status(made).quote.quoted_status is None


def test_notifications_in_groups_and_requests(server):
    ann, bob, eve = server.join("ann"), server.join("bob"), server.join("eve")
    post = ann.api.status_post("notify me")
    bob.api.status_favourite(post)
    until(ann.api.notifications)
    eve.api.status_favourite(post)
    until(lambda: len(ann.api.notifications()) == 2)
    bob.api.status_reblog(post)
    groups = until(lambda: len(found := ann.api.grouped_notifications().notification_groups) == 2 and found)
    page = well_typed(ann.api.grouped_notifications())
    boost, favourites = groups
    assert (boost.type, favourites.type, favourites.notifications_count) == ("reblog", "favourite", 2)
    assert [str(one) for one in favourites.sample_account_ids] == [eve.id, bob.id]
    assert ids(page.statuses) == [str(post.id)]
    partial = well_typed(ann.api.grouped_notifications(expand_accounts="partial_avatars"))
    assert ids(partial.accounts) == [bob.id, eve.id]
    assert well_typed(ann.api.grouped_notification(favourites.group_key)).notification_groups[0].type == "favourite"
    assert ids(ann.api.grouped_notification_accounts(favourites.group_key)) == [eve.id, bob.id]
    assert ann.api.unread_grouped_notifications_count() == 2
    ann.api.dismiss_grouped_notification(boost.group_key)
    assert [one.type for one in ann.api.grouped_notifications().notification_groups] == ["favourite"]

    assert well_typed(ann.api.notifications_policy()).for_private_mentions == "filter"
    assert ann.api.update_notifications_policy(for_not_following="filter").for_not_following == "filter"
    bob.api.status_post(f"@{ann.name} hello")
    until(ann.api.notification_requests)
    eve.api.status_post(f"@{ann.name} hello")
    requests = until(lambda: len(found := ann.api.notification_requests()) == 2 and found)
    well_typed(requests)
    assert ids([one.account for one in requests]) == [eve.id, bob.id]
    shown = well_typed(ann.api.notification_request(requests[0].id))
    assert shown.last_status.account.id == shown.account.id
    ann.api.accept_notification_request(requests[0].id)
    ann.api.dismiss_multiple_notification_requests([requests[1].id])
    until(ann.api.notifications_merged)
    assert [str(one.account.id) for one in ann.api.notifications(types=["mention"])] == [eve.id]
    assert list(ann.api.notification_requests()) == []


def test_a_profile_and_its_history(server):
    ann = server.join("ann")
    before = well_typed(ann.api.me())
    changed = ann.api.account_update_credentials(
        display_name="Ann of the Hill", note="I write #gardens", bot=True, discoverable=True,
        avatar=picture(500, 300), avatar_mime_type="image/png", header=picture(900, 300, kind="JPEG"),
        header_mime_type="image/jpeg", fields=[("Site", "https://ann.example"), ("Likes", "peas")],
    )  # fmt: skip
    well_typed(changed)
    assert (changed.display_name, changed.bot) == ("Ann of the Hill", True)
    assert [one.name for one in changed.fields] == ["Site", "Likes"]
    assert changed.source.note == "I write #gardens"
    assert changed.avatar != before.avatar
    for url in (changed.avatar, changed.header, changed.avatar_static):
        assert server.call("GET", url.removeprefix(server.url)).headers["content-type"].startswith("image/")
    ann.api.account_update_credentials(default_privacy="unlisted", default_language="fr", default_sensitive=True)
    preferences = ann.api.preferences()
    assert preferences["posting:default:visibility"] == "unlisted"
    assert preferences["posting:default:language"] == "fr"
    post = ann.api.status_post("by default")
    assert (post.visibility, post.language) == ("unlisted", "fr")

    dated = server.call("GET", f"/api/v1/dunnock/accounts/{ann.id}/personas").json()
    assert dated
    assert "Ann of the Hill" in str(dated)


def test_what_the_server_says_of_itself(server, tmp_path):
    ann = server.join("ann")
    for said in (well_typed(ann.api.instance_v2()), well_typed(ann.api.instance_v1())):
        assert said.title == "Dunnock"
    assert ann.api.instance_v2().configuration.statuses.max_characters == 500
    assert ann.api.instance_health()
    assert ann.api.instance_nodeinfo().software.name == "dunnock"
    assert ann.api.retrieve_mastodon_version().startswith("4.")
    well_typed(ann.api.instance_rules())

    file = tmp_path / "bird.png"
    file.write_bytes(picture(64, 64))
    server.dunnock("emoji", "add", "bird", str(file), "--category", "Animals")
    emoji = until(lambda: [one for one in ann.api.custom_emojis() if one.shortcode == "bird"])[0]
    well_typed(emoji)
    assert emoji.category == "Animals"
    assert server.call("GET", emoji.url.removeprefix(server.url)).status_code == 200
    post = ann.api.status_post("a :bird: sings")
    assert [one.shortcode for one in post.emojis] == ["bird"]
