"""Joining, signing in and out, forged forms, and where one is led."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dunnock import accounts
from dunnock.web.local_path import local_path
from web.conftest import PASSWORD


async def test_joins_and_is_in(site):
    browser = site.browser()
    await browser.get("/auth/sign_up")
    page = await browser.submit(
        "/auth/sign_up", username="wren", email="wren@mail.example", password=PASSWORD, agreement="1"
    )
    assert page.status == 200
    assert "Step 2 of 3" in page.text
    assert "private, no-store" in page.headers["cache-control"]


async def test_what_is_wrong_is_said_beside_the_field(site):
    browser = site.browser()
    await browser.get("/auth/sign_up")
    page = await browser.submit("/auth/sign_up", username="not a name", email="x", password="short")
    assert page.status == 422
    assert 'aria-invalid="true"' in page.body
    assert 'href="#f-password"' in page.body
    assert 'aria-describedby="h-password e-password"' in page.body
    assert "short" not in page.body.replace("too short", "")
    assert ("username", "not a name") in page.forms[-1].fields


async def test_approval_waits_for_staff(closed_to, signed_in):
    site = closed_to(sign_up="approval")
    staff = await signed_in("ada", "owner", site)
    browser = site.browser()
    await browser.get("/auth/sign_up")
    given = {"username": "wren", "email": "wren@mail.example", "password": PASSWORD, "agreement": "1"}
    page = await browser.submit("/auth/sign_up", **given, reason="I like <b>birds</b>")
    assert "Thank you, @wren" in page.text
    await browser.get("/auth/sign_in")
    assert (await browser.submit("/auth/sign_in", login="wren", password=PASSWORD)).status >= 400
    page = await staff.get("/admin/sign-ups")
    assert "I like <b>birds</b>" in page.text
    assert "They are in" in (await staff.submit("/admin/sign-ups", press="approve")).text
    await browser.get("/auth/sign_in")
    assert (await browser.submit("/auth/sign_in", login="wren", password=PASSWORD)).status == 200
    assert (await browser.get("/admin/sign-ups")).status == 404


async def test_invited(closed_to, signed_in):
    site = closed_to(sign_up="invitation")
    staff = await signed_in("ada", "owner", site)
    await staff.get("/settings/invitations")
    page = await staff.submit("/settings/invitations", most_uses="1", days="7")
    code = page.text.partition("/invite/")[2].split()[0]
    browser = site.browser()
    await browser.get(f"/invite/{code}")
    given = {"email": "wren@mail.example", "password": PASSWORD, "agreement": "1"}
    page = await browser.submit("/auth/sign_up", username="wren", **given)
    assert page.status == 200
    other = site.browser()
    await other.get(f"/invite/{code}")
    page = await other.submit("/auth/sign_up", username="robin", **(given | {"email": "robin@mail.example"}))
    assert page.status == 422
    await staff.get("/settings/invitations")
    assert "withdrawn" in (await staff.submit("/settings/invitations/withdraw")).text
    await browser.get("/settings/invitations")
    assert not any(form.action == "/settings/invitations" for form in browser.page.forms)


async def test_closed(closed_to):
    page = await closed_to(sign_up="closed").browser().get("/auth/sign_up")
    assert "takes no new people" in page.text
    assert not page.forms


async def test_wrong_password_and_then_a_new_session(site, join):
    await join("wren")
    browser = site.browser()
    await browser.get("/auth/sign_in?next=/settings/apps")
    before = dict(browser.cookies)
    page = await browser.submit("/auth/sign_in", login="wren", password="wrong")
    assert page.status == 401
    assert "wrong" in page.text.lower()
    page = await browser.submit("/auth/sign_in", login="wren", password=PASSWORD, follow=False)
    assert page.location == "/settings/apps"
    cookie = next(one for one in browser.set_cookies if one.startswith("dunnock="))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert set(browser.cookies) == {"dunnock", "dunnock-browser"}
    assert browser.cookies["dunnock"] not in before.values()


async def test_https_cookies(closed_to, join):
    await join("wren")
    browser = closed_to(public_url="https://hedge.example").browser()
    page = await browser.get("/auth/sign_in")
    assert page.headers["strict-transport-security"]
    assert all(one.startswith("__Host-dunnock-visit=") and "Secure" in one for one in browser.set_cookies)
    await browser.submit("/auth/sign_in", login="wren", password=PASSWORD, follow=False)
    assert "__Host-dunnock" in browser.cookies


async def test_signing_out_ends_the_session_on_the_server(signed_in):
    browser = await signed_in("wren")
    copied = dict(browser.cookies)
    await browser.get("/")
    await browser.submit("/auth/sign_out")
    assert "dunnock" not in browser.cookies
    browser.cookies = copied
    assert (await browser.get("/settings/profile")).location == "/auth/sign_in?next=/settings/profile"


async def test_another_browser_is_signed_out(site, signed_in):
    first = await signed_in("wren")
    second = site.browser()
    await second.get("/auth/sign_in")
    await second.submit("/auth/sign_in", login="wren", password=PASSWORD)
    page = await second.get("/settings/sessions")
    assert page.text.count("Signed in ") == 2
    forms = [one for one in page.forms if one.action == "/settings/sessions"]
    oldest = min(int(dict(one.fields)["id"]) for one in forms)
    await second.post("/settings/sessions", {"token": dict(forms[0].fields)["token"], "id": oldest})
    assert (await first.get("/settings/sessions")).status == 303
    assert (await second.get("/settings/sessions")).status == 200


async def test_new_password_needs_the_old_one(signed_in):
    browser = await signed_in("wren")
    await browser.get("/settings/account")
    assert browser.page.text.count("wren@mail.example") == 1
    page = await browser.submit("/settings/account", old_password="wrong", password="eight wrens in a hedge")
    assert page.status == 422
    assert 'href="#f-old_password"' in page.body
    page = await browser.submit("/settings/account", old_password=PASSWORD, password="eight wrens in a hedge")
    assert "Your password is changed" in page.text


def posting_paths(site):
    """Every path that takes a form; one of what it is about, where it names that."""
    paths = (route.path for route in site.app.app.routes if "POST" in getattr(route, "methods", ()))
    return sorted(re.sub(r"\{[^}]+\}", "1", path) for path in paths)


async def test_forged_forms_are_refused(site, signed_in):
    browser = await signed_in("wren", "owner")
    paths = posting_paths(site)
    assert len(paths) >= 12
    await browser.get("/")
    token = dict(browser.page.forms[0].fields)["token"]
    for path in paths:
        if path in {"/unsubscribe", "/objection"}:  # the token in its address alone may do it: tests/letters
            continue
        for fields, headers in (
            ({}, {}),
            ({"token": "0" * 48}, {}),
            ({"token": token}, {"sec_fetch_site": "cross-site"}),
            ({"token": token}, {"origin": "https://evil.example"}),
            ({"token": token}, {"origin": "null"}),
        ):
            page = await browser.post(path, fields | {"id": 1, "member_id": 1}, **headers)
            assert page.status == 403, (path, fields, headers)
            assert "not sent from this site" in page.text
    assert (await browser.get("/settings/profile")).status == 200


async def test_a_strangers_form_needs_the_strangers_cookie(site, join):
    await join("wren")
    browser, other = site.browser(), site.browser()
    await browser.get("/auth/sign_in")
    await other.get("/auth/sign_in")
    fields = dict(browser.page.forms[0].fields) | {"login": "wren", "password": PASSWORD}
    assert (await other.post("/auth/sign_in", fields)).status == 403
    other.cookies.clear()
    assert (await other.post("/auth/sign_in", fields)).status == 403
    assert (await browser.post("/auth/sign_in", fields, sec_fetch_site="same-origin")).status == 303


@pytest.mark.parametrize(
    "text",
    [
        "//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "/%2F%2Fevil.example",
        "/%2f/evil.example", "/%5Cevil.example", "javascript:alert(1)", "/x\r\nlocation: y", "/\tevil", " /x", "", None,
        "evil.example", "/%252F%252Fevil.example", "/web/%2F%2Fevil.example", "///evil.example", "/.//evil.example/..//x",
        "/" + "a" * 5000, "/ä",
    ],
)  # fmt: skip
def test_only_local_paths_lead_on(text):
    assert local_path(text) == "/"


@pytest.mark.parametrize(
    "text", ["/", "/@ada", "/settings/apps?x=1&y=%2Fz", "/oauth/authorize?redirect_uri=https%3A%2F%2Fx"]
)
def test_local_paths_lead_on(text):
    assert local_path(text) == text


async def test_sign_in_never_leads_away(site, join):
    await join("wren")
    browser = site.browser()
    for path in ("//evil.example", "https://evil.example", "/%2F%2Fevil.example"):
        await browser.get(f"/auth/sign_in?next={path}&force=1")
        page = await browser.submit("/auth/sign_in", login="wren", password=PASSWORD, follow=False)
        assert page.location == "/"


async def test_staff_may_let_nobody_in_twice(closed_to, signed_in, db):
    site = closed_to(sign_up="approval")
    staff = await signed_in("ada", "owner", site)
    await staff.get("/")
    token = dict(staff.page.forms[0].fields)["token"]
    member = (await accounts.members(db))[0]
    page = await staff.post("/admin/sign-ups", {"token": token, "member_id": member.id, "decision": "refuse"})
    assert page.status == 404


def test_no_template_trusts_text():
    """SC-103, SC-107: all that is put into a page is escaped for where it stands."""
    folder = Path(__import__("dunnock.web").web.__file__).parent / "templates"
    for template in folder.rglob("*.html"):
        assert not re.search(r"\|\s*safe\b|Markup|autoescape", template.read_text()), template.name
