"""A member looks after who may use the account: browsers, apps, the password."""

from __future__ import annotations

from stories.running import PASSWORD
from stories.walking import Browser

PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
DESK = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
STRANGER = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15"
)
VERIFY = "/api/v1/accounts/verify_credentials"


def test_a_lost_browser_is_signed_out(small_server):
    person = small_server.join("roamer")
    lost = Browser(small_server.url, PHONE).sign_in(person.email, PASSWORD)
    here = Browser(small_server.url, DESK).sign_in(person.name, PASSWORD)
    other = Browser(small_server.url, STRANGER).sign_in(small_server.join("other").email, PASSWORD)
    here.go("/settings/sessions")
    assert "Firefox on Android" in here.text
    assert "Safari" not in here.text
    stolen = next(form for form in here.forms if any("Android" in label for *_, label in form.buttons))
    number = dict(stolen.fields)["id"]
    other.go("/settings/sessions").send("Sign out Safari", id=number)
    assert lost.signed_in  # one may end one's own only
    here.send("Sign out Firefox on Android")
    assert not lost.signed_in
    assert here.signed_in
    assert small_server.call("GET", VERIFY, person.token).status_code == 200


def test_a_token_ends_at_once(small_server):
    person = small_server.join("ender")
    printed = small_server.dunnock("members", "token", person.name).split()[-1]
    for token in (person.token, printed):
        assert small_server.call("GET", VERIFY, token).status_code == 200
    client_id, client_secret = small_server.app
    form = {"client_id": client_id, "client_secret": client_secret, "token": person.token}
    answer = small_server.call("POST", "/oauth/revoke", data=form)
    assert (answer.status_code, answer.json()) == (200, {})
    refused = small_server.call("GET", VERIFY, person.token)
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == "*"
    assert small_server.call("GET", "/api/v1/timelines/home", person.token).status_code == 401
    assert small_server.call("GET", VERIFY, printed).status_code == 200
    browser = Browser(small_server.url).sign_in(person.email, PASSWORD).go("/settings/apps")
    browser.send("Take away from Command line")
    assert small_server.call("GET", VERIFY, printed).status_code == 401


def test_a_new_password_ends_everything_else(small_server):
    person = small_server.join("changer")
    other = Browser(small_server.url).sign_in(person.email, PASSWORD)
    here = Browser(small_server.url).sign_in(person.email, PASSWORD).go("/settings/account")
    wrong = here.send("Change password", old_password="not this one", password="another good one")
    assert wrong.status == 422
    assert other.signed_in
    here.send("Change password", old_password=PASSWORD, password="another good one")
    assert here.signed_in
    assert not other.signed_in
    assert small_server.call("GET", VERIFY, person.token).status_code == 401
    assert not Browser(small_server.url).sign_in(person.email, PASSWORD).signed_in
    assert Browser(small_server.url).sign_in(person.email, "another good one").signed_in


def test_a_password_set_by_the_owner_ends_everything(small_server):
    person = small_server.join("locked_out")
    browser = Browser(small_server.url).sign_in(person.email, PASSWORD)
    small_server.dunnock("members", "password", person.name, "--password", "given by the owner")
    assert not browser.signed_in
    assert small_server.call("GET", VERIFY, person.token).status_code == 401
    assert Browser(small_server.url).sign_in(person.email, "given by the owner").signed_in


def test_forms_of_other_sites_do_nothing(small_server):
    person = small_server.join("careful")
    browser = Browser(small_server.url).sign_in(person.email, PASSWORD)
    browser.go("/settings/account").send(
        "Change password", old_password=PASSWORD, password="stolen password", token="forged"
    )
    assert browser.status == 403
    assert Browser(small_server.url).sign_in(person.email, PASSWORD).signed_in
