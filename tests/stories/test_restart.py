"""A server is stopped and started again: everything is there, and what was sent twice is there once."""

from __future__ import annotations

import os

import pytest

import services
from stories.pictures import picture
from stories.running import PASSWORD, STOPS_WITHIN_S, until
from stories.walking import Browser


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_everything_is_there_after_a_restart(own_server, engine):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    more = {"DUNNOCK_DATABASE_URL": services.postgres(f"restarts_{worker}")} if engine == "postgresql" else {}
    server = own_server(DUNNOCK_SIGN_UP="open", **more)
    ann, bob = server.join("ann"), server.join("bob")
    bob.api.account_follow(ann.id)
    browser = Browser(server.url).sign_in(ann.email, PASSWORD)
    media = ann.api.media_post(picture(), mime_type="image/png", description="kept", synchronous=True)
    key = {"Idempotency-Key": "the same key"}
    sent = {"status": "said once #kept", "media_ids": [str(media.id)]}
    first = ann.call("POST", "/api/v1/statuses", json=sent, headers=key)
    assert first.status_code == 200
    post = first.json()["id"]
    bob.api.status_favourite(post)
    # No waiting: what is told of the favourite may happen after the restart.
    code, took = server.stop()
    assert code == 0
    assert took < STOPS_WITHIN_S

    server.start()
    again = ann.call("POST", "/api/v1/statuses", json=sent, headers=key)
    assert again.status_code == 200
    assert again.json()["id"] == post
    kept = bob.api.status(post)
    assert kept.favourited
    assert kept.favourites_count == 1
    assert server.call("GET", kept.media_attachments[0].url.removeprefix(server.url)).status_code == 200
    for feed in (bob.api.timeline_home(), bob.api.timeline_hashtag("kept"), ann.api.account_statuses(ann.id)):
        assert [str(one.id) for one in feed] == [post]
    assert browser.signed_in
    until(lambda: sorted(one.type for one in ann.api.notifications()) == ["favourite", "follow"])
    other = ann.call("POST", "/api/v1/statuses", json=sent | {"media_ids": []}, headers={"Idempotency-Key": "another"})
    assert other.json()["id"] != post
    assert int(other.json()["id"]) > int(post)
