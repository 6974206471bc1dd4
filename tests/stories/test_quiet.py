"""A member who chooses what to read: filters, followed and featured hashtags, conversations, endorsements; with Mastodon.py."""

from __future__ import annotations

import pytest
from mastodon import MastodonNotFoundError

from stories.running import until
from stories.test_mastodon_py import ids, well_typed


def test_filters(server):
    ann, bob = server.join("ann"), server.join("bob")
    post = bob.api.status_post("All about Herons today", visibility="public")
    made = well_typed(
        ann.api.create_filter_v2(
            "Birds",
            ["home", "public"],
            "warn",
            expires_in=3600,
            keywords_attributes=[{"keyword": "heron", "whole_word": False}],
        )
    )
    assert (made.title, made.context, made.filter_action) == ("Birds", ["home", "public"], "warn")
    assert [(one.keyword, one.whole_word) for one in made.keywords] == [("heron", False)]
    found = well_typed(ann.api.status(post))
    assert [(one.filter.title, one.keyword_matches) for one in found.filtered] == [("Birds", ["Heron"])]
    assert bob.api.status(post).filtered == []

    word = well_typed(ann.api.add_filter_keyword_v2(made, "today", whole_word=True))
    assert [one.keyword for one in ann.api.filter_keywords_v2(made)] == ["heron", "today"]
    ann.api.delete_filter_keyword_v2(word)
    status = well_typed(ann.api.add_filter_status_v2(made, post))
    assert str(status.status_id) == str(post.id)
    assert ann.api.status(post).filtered[0].status_matches == [str(post.id)]
    assert len(ann.api.filter_statuses_v2(made)) == 1
    ann.api.delete_filter_status_v2(status)

    changed = well_typed(ann.api.update_filter_v2(made, title="Fewer birds", filter_action="hide"))
    assert (changed.title, changed.filter_action, len(changed.keywords)) == ("Fewer birds", "hide", 1)
    old = well_typed(ann.api.filters())
    assert [(one.phrase, one.irreversible) for one in old] == [("heron", True)]
    ann.api.delete_filter_v2(made)
    assert ann.api.filters_v2() == []
    assert ann.api.status(post).filtered == []
    with pytest.raises(MastodonNotFoundError):
        ann.api.filter_v2(made)


def test_hashtags(server):
    ann, bob = server.join("ann"), server.join("bob")
    tag = f"Tag{bob.name}"
    post = bob.api.status_post(f"look: #{tag}", visibility="public")
    assert str(post.id) not in ids(ann.api.timeline_home())
    assert well_typed(ann.api.tag_follow(tag)).following is True
    assert ids(ann.api.timeline_home())[0] == str(post.id)
    later = bob.api.status_post(f"again: #{tag.lower()}", visibility="public")
    assert ids(ann.api.timeline_home())[:2] == [str(later.id), str(post.id)]
    assert [one.name for one in well_typed(ann.api.followed_tags())] == [tag]
    assert ann.api.tag(tag).following is True
    assert ann.api.tag_unfollow(tag).following is False
    assert str(post.id) not in ids(ann.api.timeline_home())

    assert [one.name for one in well_typed(bob.api.featured_tag_suggestions())] == [tag]
    made = well_typed(bob.api.featured_tag_create(tag))
    assert (made.name, int(made.statuses_count)) == (tag, 2)
    assert [one.name for one in well_typed(ann.api.account_featured_tags(bob.id))] == [tag]
    bob.api.featured_tag_delete(made)
    assert bob.api.featured_tags() == []


def test_conversations(server):
    ann, bob = server.join("ann"), server.join("bob")
    post = ann.api.status_post(f"@{bob.name} psst", visibility="direct")
    until(bob.api.conversations)
    (one,) = well_typed(bob.api.conversations())
    assert (one.unread, ids(one.accounts), str(one.last_status.id)) == (True, [str(ann.id)], str(post.id))
    assert well_typed(bob.api.conversations_read(one)).unread is False
    answer = bob.api.status_reply(one.last_status, "what?", visibility="direct")
    until(lambda: str(ann.api.conversations()[0].last_status.id) == str(answer.id))
    assert ann.api.conversations()[0].unread is True
    assert bob.api.conversations()[0].unread is False
    bob.api.status_delete(answer)
    until(lambda: str(ann.api.conversations()[0].last_status.id) == str(post.id))


def test_endorsements(server):
    ann, bob = server.join("ann"), server.join("bob")
    ann.api.account_follow(bob.id)
    assert well_typed(ann.api.account_pin(bob.id)).endorsed is True
    assert ids(well_typed(ann.api.endorsements())) == [str(bob.id)]
    assert ann.api.account_unpin(bob.id).endorsed is False
