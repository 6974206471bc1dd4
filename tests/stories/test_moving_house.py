"""Somebody takes their lists from one server to another, in the middle of which the power goes, and deletes the old account."""

from __future__ import annotations

import io
import json
import signal
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from stories.running import PASSWORD, Server, until

IMPORTS = "/api/v1/dunnock/imports"


@pytest.fixture
def two_servers(tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    old, new = Server(tmp_path / "old", DUNNOCK_SIGN_UP="open"), Server(tmp_path / "new", DUNNOCK_SIGN_UP="open")
    yield old.start(), new.start()
    assert old.stop()[0] == 0
    assert new.stop()[0] == 0


def test_from_one_server_to_another(two_servers):
    old, new = two_servers
    here = old.join("anna")
    friends = [old.join(f"friend{number}") for number in range(3)]
    for one in friends:
        here.api.account_follow(one.id)
    here.api.account_mute(friends[0].id, notifications=False)
    bad = [f"bad{number}.example" for number in range(1_500)]
    for name in bad[:3]:
        here.api.domain_block(name)
    post = here.api.status_post("my first post")
    follows = here.call("GET", "/api/v1/dunnock/export/following_accounts.csv").text
    assert len(follows.splitlines()) == 4
    assert f"{friends[0].name}@{old.domain},true,false," in follows
    hidden = here.call("GET", "/api/v1/dunnock/export/blocked_domains.csv").text
    assert hidden.splitlines() == bad[2::-1]

    there = new.join("anna")
    new.dunnock("members", "create", friends[0].name, "--email", "f@mail.example", "--password", PASSWORD)
    brought = there.call(
        "POST", IMPORTS, data={"type": "following", "confirm": "true"}, files={"file": ("follows.csv", follows)}
    )
    assert brought.headers["Mastodon-Async-Refresh"].startswith('id="')
    path = f"{IMPORTS}/{brought.json()['id']}"
    until(lambda: there.call("GET", path).json()["state"] == "finished")
    assert there.call("GET", path).json()["rows"]["waiting"] == 3, "other servers can't be asked yet, and it says so"
    at_home = follows.replace(f"@{old.domain}", "")
    one = there.call("POST", IMPORTS, data={"type": "following", "confirm": "1"}, files={"file": ("f.csv", at_home)})
    path = f"{IMPORTS}/{one.json()['id']}"
    until(lambda: there.call("GET", path).json()["state"] == "finished")
    rows = there.call("GET", path).json()["rows"]
    assert (rows["done"], rows["refused"]) == (1, 2)
    assert there.api.me().following_count == 1

    # kill -9 in the middle
    many = there.call(
        "POST", IMPORTS, data={"type": "domain_blocking", "confirm": "1"}, files={"file": ("d.csv", "\n".join(bad))}
    )
    path = f"{IMPORTS}/{many.json()['id']}"
    until(lambda: there.call("GET", path).json()["rows"]["done"] > 0)
    new._process.send_signal(signal.SIGKILL)
    new._process.communicate()
    new.start()
    until(lambda: there.call("GET", path).json()["state"] == "finished", within_s=60)  # it goes on by itself
    done = there.call("GET", path).json()["rows"]["done"]
    kept = there.call("GET", "/api/v1/dunnock/export/blocked_domains.csv").text.splitlines()
    assert len(kept) == len(set(kept)) == done == len(bad), "acts and report are one"

    # everything in one file, then away
    asked = here.call("POST", "/api/v1/dunnock/archives").json()
    path = f"/api/v1/dunnock/archives/{asked['id']}"
    until(lambda: here.call("GET", path).json()["state"] == "ready", within_s=20)
    with tarfile.open(fileobj=io.BytesIO(here.call("GET", f"{path}/file").content), mode="r:gz") as tar:
        outbox = json.load(tar.extractfile("outbox.json"))
    assert [each["object"]["id"].rpartition("/")[2] for each in outbox["orderedItems"]] == [str(post.id)]
    assert here.call("DELETE", "/api/v1/dunnock/account", json={"password": PASSWORD}).status_code == 200
    assert here.call("GET", "/api/v1/accounts/verify_credentials").status_code == 401
    assert friends[0].call("GET", f"/api/v1/statuses/{post.id}").status_code == 404
    until(lambda: friends[0].api.me().followers_count == 0, within_s=20)
    until(lambda: not list((old.data / "archives").iterdir()), within_s=20)
