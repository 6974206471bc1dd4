"""Somebody lets an app in: the pages are walked as plain forms, the app is Mastodon.py."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import urlencode

import pytest
from mastodon import Mastodon, MastodonIllegalArgumentError

from stories.running import PASSWORD, SCOPES
from stories.walking import Browser

VERIFY = "/api/v1/accounts/verify_credentials"
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"


def test_an_app_is_let_in_with_a_code_to_copy(server):
    person = server.join("codecopier")
    client = Mastodon.create_app("Copying app", scopes=SCOPES, website="https://app.example", api_base_url=server.url)
    app = Mastodon(*client, api_base_url=server.url)
    assert app.oauth_authorization_server_info().code_challenge_methods_supported == ["S256"]

    browser = Browser(server.url).go(app.auth_request_url(scopes=SCOPES, allow_http=True))
    assert "/auth/sign_in" in browser.url
    assert browser.sign_in(person.email, "not this one").code is None
    browser.sign_in(person.email, PASSWORD)
    assert "Copying app" in browser.text
    assert f"@{person.name}" in browser.text
    browser.send("Allow")
    assert browser.code

    token = app.log_in(code=browser.code, scopes=SCOPES, allow_http=True)
    me = app.account_verify_credentials()
    assert me.username == person.name
    assert app.app_verify_credentials().name == "Copying app"
    app.revoke_access_token(allow_http=True)
    assert server.call("GET", VERIFY, token).status_code == 401


def test_a_code_that_is_used_twice_ends_what_it_gave(small_server):
    server, person = small_server, small_server.join("twice")
    app = Mastodon(*server.app, api_base_url=server.url)
    browser = Browser(server.url).go(app.auth_request_url(scopes=SCOPES, allow_http=True))
    browser.sign_in(person.email, PASSWORD).send("Allow")
    token = app.log_in(code=browser.code, scopes=SCOPES, allow_http=True)
    assert server.call("GET", VERIFY, token).status_code == 200
    with pytest.raises(MastodonIllegalArgumentError):
        Mastodon(*server.app, api_base_url=server.url).log_in(code=browser.code, scopes=SCOPES, allow_http=True)
    assert server.call("GET", VERIFY, token).status_code == 401


def test_who_says_no_gives_nothing(small_server):
    server, person = small_server, small_server.join("refuser")
    app = Mastodon(*server.app, api_base_url=server.url)
    browser = Browser(server.url).sign_in(person.name, PASSWORD)
    browser.go(app.auth_request_url(scopes=SCOPES, allow_http=True)).send("Don't allow")
    assert browser.code is None
    assert "Allow" not in browser.text


def test_proof_of_possession_is_asked_for_when_it_was_promised(small_server):
    server, person = small_server, small_server.join("prover")
    browser = Browser(server.url).sign_in(person.email, PASSWORD)
    client_id, client_secret = server.app
    verifier = "a-verifier-that-is-long-enough-for-the-standard-0123456789"
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {"response_type": "code", "client_id": client_id, "redirect_uri": OUT_OF_BAND, "scope": "read"}

    def code(**more):
        return browser.go("/oauth/authorize?" + urlencode(asked | more)).send("Allow").code

    def token(**given):
        form = {"grant_type": "authorization_code", "client_id": client_id, "client_secret": client_secret}
        return server.call("POST", "/oauth/token", data=form | {"redirect_uri": OUT_OF_BAND} | given)

    promised = {"code_challenge": challenge, "code_challenge_method": "S256"}
    given = token(code=code(**promised), code_verifier=verifier)
    assert given.status_code == 200
    assert given.json()["scope"] == "read"
    assert isinstance(given.json()["created_at"], int)
    for wrong in ({}, {"code_verifier": verifier + "x"}):
        refused = token(code=code(**promised), **wrong)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    plain = browser.go(
        "/oauth/authorize?" + urlencode(asked | {"code_challenge": verifier, "code_challenge_method": "plain"})
    )
    assert plain.status == 400
    token_of_reader = given.json()["access_token"]
    refused = server.call("POST", "/api/v1/statuses", token_of_reader, data={"status": "may I?"})
    assert refused.status_code == 403
    assert set(refused.json()) == {"error"}
