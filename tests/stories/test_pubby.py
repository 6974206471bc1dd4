"""A friendship with a site made with Pubby, which we did not write: pubby/server.py."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from stories.packages import site_packages
from stories.running import until
from stories.test_fedify import free_port

_STORY = Path(__file__).parent / "pubby"
_AS = {"accept": "application/activity+json"}


class Site:
    """The running site; `heard` is what it took in."""

    def __init__(self, folder: Path, packages: Path) -> None:
        self.base = f"http://127.0.0.2:{free_port('127.0.0.2')}"
        self.domain = self.base.removeprefix("http://")
        self.actor = f"{self.base}/ap/actor"
        self.heard: list[tuple[str, Any]] = []
        self.log = folder / "pubby.log"
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", _STORY / "server.py"], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=log,
                env=os.environ | {"PYTHONPATH": str(packages), "BASE": self.base, "FOLDER": str(folder / "pubby")},
            )  # fmt: skip
        threading.Thread(target=self._listen, daemon=True).start()
        until(self._answers, within_s=30)

    def _answers(self) -> bool:
        assert self._process.poll() is None, self.log.read_text()
        try:
            return requests.get(self.actor, headers=_AS, timeout=20).ok
        except requests.ConnectionError:
            return False

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("["):
                self.heard.append(tuple(json.loads(line)))

    def do(self, kind: str, **about: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": kind} | about) + "\n")
        self._process.stdin.flush()

    def got(self, kind: str) -> list[Any]:
        return [about for what, about in self.heard if what == kind]

    def objects(self, kind: str) -> list[str]:
        """What the activities of a kind are about."""
        return [one["object"] if isinstance(one["object"], str) else one["object"]["id"] for one in self.got(kind)]

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path, site_packages(_STORY))
    yield site
    site.stop()
    print(site.log.read_text())  # noqa: T201 (pytest shows it when the test fails)


def test_a_friendship_with_pubby(small_server, site):
    ann = small_server.join("ann")
    me = f"{small_server.url}/users/{ann.name}"

    # Looked up by handle and by address; followed, and followed back
    [pat] = ann.api.search(f"@pat@{site.domain}", resolve=True).accounts
    assert (pat.acct, pat.display_name, pat.note) == (f"pat@{site.domain}", "Pat's site", "<p>About songs</p>")
    assert [one.id for one in ann.api.search(site.actor, resolve=True).accounts] == [pat.id]
    ann.api.account_follow(pat.id)
    until(lambda: ann.api.account_relationships(pat.id)[0].following)
    assert requests.get(f"{site.base}/ap/followers", headers=_AS, timeout=10).json()["totalItems"] == 1
    site.do("Follow", object=me, to=me)
    until(lambda: site.got("answered"))
    assert [one.id for one in ann.api.account_followers(ann.id)] == [pat.id]

    # What the site writes is read, changed, answered and gone
    site.do("Create", name="1", content="<p>A <b>song</b></p><script>alert(1)</script>", cc=[me])
    mention = until(lambda: next((one.status for one in ann.api.notifications() if one.type == "mention"), None))
    assert (mention.uri, mention.content) == (f"{site.base}/notes/1", "<p>A <b>song</b></p>")
    assert until(lambda: [one.id for one in ann.api.timeline_home()]) == [mention.id]
    site.do("Update", name="1", content="<p>Another song</p>", cc=[me])
    until(lambda: ann.api.status(mention.id).content == "<p>Another song</p>")
    answer = ann.api.status_post(f"@pat@{site.domain} Sing it", in_reply_to_id=mention.id)
    until(lambda: ["reply", me, mention.uri] in [one[:3] for one in site.got("kept")])

    # What a member writes is read, changed, answered, liked, boosted and gone
    post = ann.api.status_post("A tune")
    until(lambda: post.uri in site.objects("Create"))
    ann.api.status_update(post.id, "Another tune")
    until(lambda: "<p>Another tune</p>" in [one["object"]["content"] for one in site.got("Update")])
    site.do("Create", name="2", content="<p>Nice</p>", answers=post.uri, cc=[me])
    until(lambda: [one.uri for one in ann.api.status_context(post.id).descendants] == [f"{site.base}/notes/2"])
    site.do("Like", object=post.uri, to=me)
    site.do("Announce", object=post.uri, to=me)
    until(lambda: (_counts(ann, post)) == (1, 1))
    site.do("Undo", of="Like", to=me)
    site.do("Undo", of="Announce", to=me)
    until(lambda: _counts(ann, post) == (0, 0))

    # Liked and boosted by a member, and taken back
    ann.api.status_favourite(mention.id)
    ann.api.status_reblog(mention.id)
    until(lambda: {"like", "boost"} <= {one[0] for one in site.got("kept") if one[2] == mention.uri})
    ann.api.status_unfavourite(mention.id)
    ann.api.status_unreblog(mention.id)
    until(lambda: {"Like", "Announce"} <= {one["object"]["type"] for one in site.got("Undo")})

    # What is deleted is gone on the other side
    site.do("Delete", name="2")
    until(lambda: ann.api.status_context(post.id).descendants == [])
    ann.api.status_delete(answer.id)
    ann.api.status_delete(post.id)
    until(lambda: {answer.uri, post.uri} <= set(site.objects("Delete")))

    # And the friendship ends, from both sides
    ann.api.account_unfollow(pat.id)
    until(lambda: requests.get(f"{site.base}/ap/followers", headers=_AS, timeout=10).json()["totalItems"] == 0)
    site.do("Undo", of="Follow", to=me)
    until(lambda: ann.api.account_followers(ann.id) == [])
    assert "Traceback" not in site.log.read_text()


def _counts(person: Any, post: Any) -> tuple[int, int]:
    found = person.api.status(post.id)
    return found.favourites_count, found.reblogs_count
