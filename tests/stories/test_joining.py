"""People join by the pages, under each of the four policies."""

from __future__ import annotations

import re

import pytest

from stories.running import PASSWORD
from stories.walking import Browser


def ask_to_join(server, name, **more):
    browser = Browser(server.url).go(more.pop("path", "/auth/sign_up"))
    label = "Ask to join" if "reason" in more else "Sign up"
    return browser.send(label, username=name, email=f"{name}@mail.example", password=PASSWORD, agreement="1", **more)


def test_anybody_joins_an_open_server(small_server):
    browser = ask_to_join(small_server, "walked_in")
    assert browser.signed_in
    assert small_server.call("GET", "/@walked_in").status_code == 200
    again = ask_to_join(small_server, "walked_in")
    assert not again.signed_in
    assert "taken" in again.text
    for wrong in ({"username": "a b"}, {"email": "nowhere"}, {"password": "short"}, {"agreement": ""}):
        given = {"username": "other", "email": "other@mail.example", "password": PASSWORD, "agreement": "1"} | wrong
        browser = Browser(small_server.url).go("/auth/sign_up").send("Sign up", **given)
        assert not browser.signed_in, wrong
        assert browser.status == 422, wrong
    assert small_server.call("GET", "/@other").status_code == 404


def test_people_are_let_in_one_by_one(own_server):
    server = own_server(DUNNOCK_SIGN_UP="approval")
    server.dunnock("members", "create", "owner", "--email", "o@mail.example", "--password", PASSWORD, "--role", "owner")
    server.dunnock("members", "create", "plain", "--email", "p@mail.example", "--password", PASSWORD)
    for name in ("first", "second", "third"):
        assert f"@{name}" in ask_to_join(server, name, reason=f"I am {name}").text
    waiting = Browser(server.url).sign_in("first", PASSWORD)
    assert not waiting.signed_in
    assert Browser(server.url).sign_in("plain", PASSWORD).go("/admin/sign-ups").status == 404

    owner = Browser(server.url).sign_in("owner", PASSWORD).go("/admin/sign-ups")
    assert "I am second" in owner.text
    owner.send("Let in first")
    assert "I am first" not in owner.text
    owner.send("Refuse second")
    server.dunnock("members", "approve", "third")
    assert "Nobody is waiting" in owner.go("/admin/sign-ups").text
    assert Browser(server.url).sign_in("first", PASSWORD).signed_in
    assert not Browser(server.url).sign_in("second", PASSWORD).signed_in
    assert Browser(server.url).sign_in("third@mail.example", PASSWORD).signed_in

    told = server.call("GET", "/api/v2/instance").json()["registrations"]
    assert (told["enabled"], told["approval_required"]) == (True, True)

    form = {
        "username": "by_app",
        "email": "b@mail.example",
        "password": PASSWORD,
        "agreement": "true",
        "reason": "my app",
    }
    token = server.call("POST", "/api/v1/accounts", server.app_token, data=form).json()["access_token"]
    for path in ("accounts/verify_credentials", "timelines/home", "notifications"):
        assert server.call("GET", f"/api/v1/{path}", token).status_code in {401, 403}, path
    owner.go("/admin/sign-ups").send("Let in by_app")
    assert server.call("GET", "/api/v1/accounts/verify_credentials", token).json()["username"] == "by_app"


def test_only_the_invited_join(own_server):
    server = own_server(DUNNOCK_SIGN_UP="invitation")
    server.dunnock("members", "create", "owner", "--email", "o@mail.example", "--password", PASSWORD, "--role", "owner")
    assert not ask_to_join(server, "uninvited", invitation="made-up").signed_in
    owner = Browser(server.url).sign_in("owner", PASSWORD).go("/settings/invitations").send("Make an invitation")
    path = re.search(r"/invite/[\w-]+", owner.text)[0]
    assert ask_to_join(server, "guest", path=path).signed_in
    assert not ask_to_join(server, "late", path=path).signed_in  # it was for one person
    assert server.call("GET", "/@late").status_code == 404


def test_nobody_joins_a_closed_server(own_server):
    server = own_server(DUNNOCK_SIGN_UP="closed")
    assert not Browser(server.url).go("/auth/sign_up").forms
    with pytest.raises(AssertionError, match="no new members"):
        server.join()
    told = server.call("GET", "/api/v2/instance").json()["registrations"]
    assert told["enabled"] is False
