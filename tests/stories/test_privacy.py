"""Who sees a post, by every way of reading: what one may not see answers like what never was."""

from __future__ import annotations

import pytest

VISIBILITIES = ("public", "unlisted", "private", "direct")
# Who may see it. The blocked person is mentioned and followed the author before: the block takes it all away.
SEE = {
    "author": VISIBILITIES,
    "follower": ("public", "unlisted", "private"),
    "mentioned": VISIBILITIES,
    "stranger": ("public", "unlisted"),
    "blocked": (),
    "nobody": ("public", "unlisted"),
}
MISSING = "999999999999999999"


class Cast:
    """People around an author, who posts once for each visibility."""

    def __init__(self, server):
        self.server = server
        self.people = {name: server.join(name) for name in SEE if name != "nobody"}
        author = self.people["author"]
        for name in ("follower", "blocked"):
            self.people[name].api.account_follow(author.id)
        self.tag = f"secret{author.id[-8:]}"
        words = f"hidden @{self.people['mentioned'].name} @{self.people['blocked'].name} #{self.tag}"
        self.posts, self.replies = {}, {}
        self.root = str(author.api.status_post("the root").id)
        for visibility in VISIBILITIES:
            post = author.api.status_post(words, visibility=visibility, in_reply_to_id=self.root)
            author.api.status_update(post, f"{words} edited")
            self.people["mentioned"].api.status_favourite(post)
            self.posts[visibility] = str(post.id)
        self.boosts = {v: str(author.api.status_reblog(self.posts[v]).id) for v in VISIBILITIES if v != "direct"}
        author.api.account_block(self.people["blocked"].id)

    def ask(self, name, path, method="GET", **given):
        person = self.people.get(name)
        return self.server.call(method, path, person and person.token, **given)


@pytest.fixture
def cast(server):
    return Cast(server)


def test_who_sees_what(cast):
    author = cast.people["author"]
    for name, seen in SEE.items():
        missing = cast.ask(name, f"/api/v1/statuses/{MISSING}")
        assert missing.status_code == 404
        for visibility, post in cast.posts.items():
            said = f"{name}, {visibility}"
            expected = 200 if visibility in seen else 404
            for path in ("", "/context", "/history", "/favourited_by", "/reblogged_by", "/card"):
                answer = cast.ask(name, f"/api/v1/statuses/{post}{path}")
                assert answer.status_code == expected, f"{said}: {path} {answer.text}"
                if expected == 404:
                    assert answer.content == missing.content, f"{said}: {path}"
            if name != "nobody":
                refused = cast.ask(name, f"/api/v1/statuses/{MISSING}/favourite", "POST")
                for act in ("favourite", "unfavourite", "bookmark", "unbookmark", "reblog", "pin", "mute"):
                    answer = cast.ask(name, f"/api/v1/statuses/{post}/{act}", "POST")
                    assert (answer.status_code != 404) == (visibility in seen), f"{said}: {act} {answer.text}"
                    if answer.status_code == 404:
                        assert answer.content == refused.content, f"{said}: {act}"
                reply = {"status": "re", "in_reply_to_id": post, "visibility": "direct"}
                answer = cast.ask(name, "/api/v1/statuses", "POST", json=reply)
                assert (answer.status_code == 200) == (visibility in seen), f"{said}: reply {answer.text}"
                source = cast.ask(name, f"/api/v1/statuses/{post}/source")
                assert source.status_code == expected, f"{said}: source {source.text}"
                if name != "author":
                    for method in ("PUT", "DELETE"):
                        answer = cast.ask(name, f"/api/v1/statuses/{post}", method, data={"status": "mine now"})
                        assert answer.status_code == 404, f"{said}: {method}"
                url = f"{cast.server.url}/@{author.name}/{post}"
                for address in (url, f"{cast.server.url}/users/{author.name}/statuses/{post}"):
                    found = cast.ask(name, "/api/v2/search", params={"q": address, "resolve": "true"}).json()
                    assert [one["id"] for one in found["statuses"]] == ([post] if visibility in seen else []), said
            page = cast.server.call("GET", f"/@{author.name}/{post}")
            assert page.status_code == (200 if visibility in SEE["nobody"] else 404)
        for visibility, boost in cast.boosts.items():
            # A boost goes to the followers of who boosts, not to those whom the post mentions.
            expected = 200 if visibility in seen and (name, visibility) != ("mentioned", "private") else 404
            assert cast.ask(name, f"/api/v1/statuses/{boost}").status_code == expected, f"{name}: boost of {visibility}"


def test_which_lists_show_it(cast):
    author = cast.people["author"]
    posts = {post: visibility for visibility, post in cast.posts.items()}

    def shown(answer):
        assert answer.status_code in {200, 404}, answer.text
        found = answer.json() if answer.status_code == 200 else []
        found = found["descendants"] if isinstance(found, dict) else found
        # A page shows a post once: as itself, or in its newest boost.
        return {posts[one["id"]] for one in (entry["reblog"] or entry for entry in found) if one["id"] in posts}

    for name, seen in SEE.items():
        assert shown(cast.ask(name, f"/api/v1/accounts/{author.id}/statuses?limit=40")) == set(seen), name
        assert shown(cast.ask(name, f"/api/v1/statuses/{cast.root}/context")) == set(seen), name
        by_ids = cast.ask(name, "/api/v1/statuses", params={"id[]": list(cast.posts.values())})
        assert shown(by_ids) == set(seen), name
        open_ones = {"public"} & set(seen)
        assert shown(cast.ask(name, f"/api/v1/timelines/tag/{cast.tag}?limit=40")) == open_ones, name
        assert shown(cast.ask(name, "/api/v1/timelines/public?limit=40")) == open_ones, name
        page = cast.server.call("GET", f"/@{author.name}").text + cast.server.call("GET", f"/tags/{cast.tag}").text
        assert {posts[one] for one in posts if one in page} == set(SEE["nobody"])
        if name != "nobody":
            home = {"author": set(VISIBILITIES), "follower": {"public", "unlisted", "private"}}.get(name, set())
            # What is sent to one directly comes home from whom one follows only.
            assert shown(cast.ask(name, "/api/v1/timelines/home?limit=40")) == home, name
            notified = cast.ask(name, "/api/v1/notifications?limit=80").json()
            told = {
                posts[one["status"]["id"]] for one in notified if one.get("status") and one["status"]["id"] in posts
            }
            assert told <= set(seen), name
            assert name != "blocked" or not [one for one in notified if one["account"]["id"] == author.id]

    mentioned = cast.people["mentioned"]
    for post in cast.posts.values():
        mentioned.api.status_bookmark(post)
    assert {str(one.id) for one in mentioned.api.bookmarks()} == set(posts)
    author.api.account_block(mentioned.id)
    assert list(mentioned.api.bookmarks()) == list(mentioned.api.favourites()) == []
    author.api.account_unblock(mentioned.id)
    assert {str(one.id) for one in mentioned.api.favourites()} == set(posts)


def test_a_follower_who_leaves_sees_no_more(cast):
    follower, author = cast.people["follower"], cast.people["author"]
    shelf = follower.api.list_create("Shelf")
    follower.api.list_accounts_add(shelf, [author.id])
    listed = {str((one.reblog or one).id) for one in follower.api.timeline_list(shelf, limit=40)}
    assert listed >= {cast.posts[one] for one in SEE["follower"]}
    assert cast.posts["direct"] not in listed
    path = f"/api/v1/statuses/{cast.posts['private']}"
    assert cast.ask("follower", path).status_code == 200
    follower.api.account_unfollow(author.id)
    assert cast.ask("follower", path).status_code == 404
    assert list(follower.api.timeline_home()) == []
    assert list(follower.api.timeline_list(shelf)) == []


def test_a_deleted_post_is_gone_everywhere(cast):
    author, post = cast.people["author"], cast.posts["public"]
    author.api.status_delete(post)
    for name in SEE:
        for one in (post, cast.boosts["public"]):
            assert cast.ask(name, f"/api/v1/statuses/{one}").status_code == 404, name
        assert post not in cast.ask(name, f"/api/v1/accounts/{author.id}/statuses").text
        assert post not in cast.ask(name, f"/api/v1/timelines/tag/{cast.tag}").text
    assert post not in cast.ask("follower", "/api/v1/timelines/home").text
    assert post not in cast.ask("mentioned", "/api/v1/favourites").text
    assert cast.server.call("GET", f"/@{author.name}/{post}").status_code == 410
