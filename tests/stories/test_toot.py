"""A member at the terminal with toot, as its own commands print it."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from stories.pictures import picture
from stories.running import PASSWORD, until
from stories.walking import Browser


class Terminal:
    """Calls toot with a configuration of its own; gives what it prints."""

    def __init__(self) -> None:
        from toot.cli import cli

        self._toot, self._runner = cli, CliRunner()

    def __call__(self, *words: str, typed: str = "", fails: bool = False) -> str:
        done = self._runner.invoke(self._toot, [str(word) for word in words], input=typed, prog_name="toot")
        assert (done.exit_code != 0) == fails, f"toot {words}: {done.output} {done.exception!r}"
        return done.output


@pytest.fixture
def toot(tmp_path, monkeypatch):
    for name in ("CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    monkeypatch.setenv("NO_COLOR", "1")
    return Terminal()


def sign_in(toot, server, person):
    """`toot login` shows an address, and asks for the code that is found there."""
    asked = toot("login", "--instance", server.url, typed="n\n", fails=True)
    url = re.search(r"http\S+/oauth/authorize\S+", asked)[0]
    browser = Browser(server.url).go(url).sign_in(person.email, PASSWORD).send("Allow")
    assert "Successfully logged in" in toot("login", "--instance", server.url, typed=f"n\n{browser.code}\n")


def test_a_day_at_the_terminal(small_server, toot, tmp_path):  # noqa: PLR0915 (a journey)
    server, ann, bob = small_server, small_server.join("ann"), small_server.join("bob")
    sign_in(toot, server, ann)
    assert f"{ann.name}@{server.domain}" in toot("auth")
    assert f"@{ann.name}" in toot("whoami")
    assert "Dunnock" in toot("instance")

    posted = toot("post", "Hello from the #terminal", "--visibility", "public", "--language", "en")
    url = re.search(r"Toot posted: (\S+)", posted)[1]
    post = url.rpartition("/")[2]
    assert url == f"{server.url}/@{ann.name}/{post}"
    image = tmp_path / "hill.png"
    image.write_bytes(picture())
    sent = toot("post", "A hill", "--media", str(image), "--description", "A grey hill", "--spoiler-text", "hills",
                "--language", "en", "--json")  # fmt: skip
    sent = json.loads(sent[sent.index("{") :])
    assert sent["media_attachments"][0]["description"] == "A grey hill"
    assert (sent["spoiler_text"], sent["language"]) == ("hills", "en")
    reply = json.loads(toot("post", "And more", "--reply-to", post, "--json"))["id"]

    for words in (["home"], ["public", "--local"], ["tag", "terminal"], ["account", ann.name]):
        assert "Hello from the #terminal" in toot("timelines", *words, "--no-pager"), words
    assert "A hill" not in toot("timelines", "tag", "terminal", "--no-pager")
    assert "Hello from the" in toot("timelines", "public", "--instance", server.url, "--no-pager")
    thread = toot("thread", reply)
    assert thread.index("Hello from the") < thread.index("And more")
    assert "Hello from the" in toot("status", post)

    assert f"following {bob.name}" in toot("follow", bob.name)
    assert bob.name in toot("following")
    bob.api.account_follow(ann.id)
    assert ann.name in toot("followers", bob.name)
    shown = toot("whois", bob.name)
    assert f"@{bob.name}" in shown
    assert "Followers: 1" in shown
    assert "muted" in toot("mute", bob.name)
    assert bob.name in toot("muted")
    assert "no longer muted" in toot("unmute", bob.name)
    assert "blocking" in toot("block", bob.name)
    assert bob.name in toot("blocked")
    assert "no longer blocked" in toot("unblock", bob.name)
    toot("follow", bob.name)
    bob.api.account_follow(ann.id)

    theirs = str(bob.api.status_post("Bob speaks").id)
    assert "Status reblogged" in toot("reblog", theirs)
    assert "Status favourited" in toot("favourite", theirs)
    assert "Status bookmarked" in toot("bookmark", theirs)
    assert "Bob speaks" in toot("bookmarks", "--once")
    assert "Bob speaks" in toot("timelines", "favourites", "--no-pager")
    assert ann.name in toot("reblogged-by", theirs)
    assert "Status pinned" in toot("pin", post)
    assert "Status unpinned" in toot("unpin", post)
    for undo in ("unreblog", "unfavourite", "unbookmark"):
        assert f"Status {undo}" in toot(undo, theirs)

    bob.api.status_reply(ann.api.status(post), "I hear you")
    bob.api.status_favourite(post)
    told = until(
        lambda: "favourited your status" in (said := toot("notifications")) and "mentioned you" in said and said
    )
    assert "I hear you" in told
    assert "I hear you" in toot("notifications", "--type", "mention")
    assert "cleared" in toot("notifications", "--clear")
    assert "no notifications" in toot("notifications")

    found = toot("search", bob.name)
    assert f"@{bob.name}" in found
    assert "terminal" in toot("search", "terminal", "--type", "hashtags")
    assert f"* {post} {url}" in toot("search", url, "--resolve")

    assert "created" in toot("lists", "create", "Birds")
    assert "Birds" in toot("lists", "list")
    assert "Added" in toot("lists", "add", "Birds", bob.name)
    assert bob.name in toot("lists", "accounts", "Birds")
    assert "Bob speaks" in toot("timelines", "list", "Birds", "--no-pager")
    assert "Removed" in toot("lists", "remove", "Birds", bob.name)
    assert "deleted" in toot("lists", "delete", "Birds")
    assert "no lists" in toot("lists", "list")

    updated = toot("update_account", "--display-name", "Ann at the terminal", "--note", "typing", "--avatar", str(image),
                   "--header", str(image), "--locked", "--bot", "--privacy", "unlisted", "--language", "de")  # fmt: skip
    assert "Account updated" in updated
    shown = toot("whoami")
    assert "Ann at the terminal" in shown
    assert "typing" in shown
    assert ann.api.me().source.privacy == "unlisted"
    caller = server.join("caller")
    caller.api.account_follow(ann.id)
    assert caller.name in toot("follow-requests", "list")
    assert "now following you" in toot("follow-requests", "accept", caller.name)

    assert "Status deleted" in toot("delete", post)
    assert "Hello from the" not in toot("timelines", "home", "--no-pager")
    toot("status", post, fails=True)
    assert "logged out" in toot("logout", f"{ann.name}@{server.domain}")


def test_a_wrong_code_is_refused(small_server, toot):
    toot("login", "--instance", small_server.url, typed="n\nnot-a-code\n", fails=True)
    assert "not logged in" in toot("auth")
