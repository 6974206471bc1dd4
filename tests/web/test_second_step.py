"""The second step on the pages: setting it up, being asked for it, and ways around it that must not be."""

from __future__ import annotations

import html
import re

import pyotp
from sqlalchemy import update

from authenticator import Authenticator
from dunnock.accounts import tables
from dunnock.foundation.clock import SECOND, now_ms
from dunnock.foundation.db import Sql
from web.conftest import PASSWORD

HERE = "http://localhost:8000"


async def set_up(browser):
    """An app for codes: (what makes them, recovery codes)."""
    await browser.get("/settings/security")
    page = await browser.submit("/settings/security/totp")
    assert any(one["src"].startswith("data:image/svg+xml") for one in page.images)
    secret = re.search(r"secret: ((?:[A-Z2-7]{4} ?)+)", page.text).group(1).replace(" ", "")
    page = await browser.submit("/settings/security/totp/confirm", code="000000")
    assert page.status == 401
    step = now_ms() // SECOND // 30
    page = await browser.submit("/settings/security/totp/confirm", code=pyotp.HOTP(secret).at(step))
    codes = re.findall(r"<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</code>", page.body)
    assert len(codes) == 10
    assert "no-store" in page.headers["cache-control"]
    return lambda: pyotp.HOTP(secret).at(step + 1), codes


async def asked(site, *, login="wren", goal="/settings/apps"):
    browser = site.browser()
    await browser.get(f"/auth/sign_in?next={goal}")
    page = await browser.submit("/auth/sign_in", login=login, password=PASSWORD, follow=False)
    return browser, page


async def test_codes_without_javascript(site, signed_in):
    code, recovery = await set_up(await signed_in("wren"))
    browser, page = await asked(site)
    assert (page.status, "One more step" in page.text) == (200, True)
    assert "dunnock" not in browser.cookies
    assert "script" not in page.headers["content-security-policy"]
    page = await browser.submit("/auth/sign_in/second", code="000000")
    assert page.status == 401
    page = await browser.submit("/auth/sign_in/second", code=code(), follow=False)
    assert page.location == "/settings/apps"
    assert "dunnock" in browser.cookies
    browser, page = await asked(site)
    page = await browser.submit("/auth/sign_in/second", code=recovery[0], follow=False)
    assert page.location == "/settings/apps"
    assert "9 of your codes are left" in (await browser.get("/settings/security")).text


async def test_nothing_opens_between_the_steps(site, signed_in):
    """Neither pages nor an app's consent: there is no session before the second factor."""
    await set_up(await signed_in("wren"))
    browser, _ = await asked(site)
    assert (await browser.get("/settings/profile")).location.startswith("/auth/sign_in")
    page = await browser.get("/oauth/authorize?client_id=x")
    assert page.status in {303, 401}
    for step in ("", "x", "0" * 10_000):
        await browser.get("/auth/sign_in")
        token = dict(browser.page.forms[0].fields)["token"]
        page = await browser.post("/auth/sign_in/second", {"token": token, "step": step, "code": "000000"})
        assert page.status == 401
        assert "dunnock" not in browser.cookies


async def test_forged_forms(site, signed_in):
    browser = await signed_in("wren")
    for path in (
        "/auth/sign_in/second", "/auth/passkey", "/auth/passkey/sign_in", "/settings/security/prove",
        "/settings/security/totp", "/settings/security/totp/confirm", "/settings/security/totp/remove",
        "/settings/security/codes", "/settings/security/passkeys/new", "/settings/security/passkeys",
        "/settings/security/passkeys/rename", "/settings/security/passkeys/remove",
    ):  # fmt: skip
        assert (await browser.post(path, {"id": "1"})).status == 403, path
        assert (await browser.post(path, {"id": "1"}, sec_fetch_site="cross-site")).status == 403, path


async def test_the_password_is_asked_for_again(db, signed_in):
    browser = await signed_in("wren")
    async with db.begin() as tx:
        await tx.run(Sql(update(tables.sessions).values(proven_at=0)))
    page = await browser.get("/settings/security")
    assert not any(form.action == "/settings/security/totp" for form in page.forms)
    token = dict(page.forms[0].fields)["token"]
    for path in ("totp", "totp/confirm", "totp/remove", "codes", "passkeys/new", "passkeys", "passkeys/remove"):
        page = await browser.post(f"/settings/security/{path}", {"token": token, "id": "1", "code": "1"})
        assert page.status == 403, path
        assert "password again" in page.text
    assert (await browser.get("/settings/security/totp")).location == "/settings/security"
    await browser.get("/settings/security")
    page = await browser.submit("/settings/security/prove", old_password="wrong")
    assert page.status == 422
    page = await browser.submit("/settings/security/prove", old_password=PASSWORD)
    assert any(form.action == "/settings/security/totp" for form in page.forms)


def options_on(page):
    return html.unescape(re.search(r'data-options="([^"]*)"', page.body).group(1))


async def test_passkeys(closed_to, signed_in):
    site = closed_to(public_url=HERE)
    inside = await signed_in("wren", at=site)
    key = Authenticator(HERE)
    await inside.get("/settings/security")
    page = await inside.submit("/settings/security/passkeys/new")
    assert "script-src 'self';" in page.headers["content-security-policy"]
    page = await inside.submit("/settings/security/passkeys", name="My <key>", credential=key.create(options_on(page)))
    assert "Keep these codes now" in page.text
    page = await inside.get("/settings/security")
    assert "My <key>" in page.text
    assert "script" not in page.headers["content-security-policy"]
    # instead of a password
    browser = site.browser()
    page = await browser.get("/auth/sign_in?next=/settings/apps")
    assert "script" not in page.headers["content-security-policy"]
    page = await browser.submit("/auth/passkey")
    assert "script-src 'self';" in page.headers["content-security-policy"]
    page = await browser.submit("/auth/passkey/sign_in", credential=key.get(options_on(page)), follow=False)
    assert page.location == "/settings/apps"
    assert "dunnock" in browser.cookies
    # beside a password
    browser, page = await asked(site)
    assert "script-src 'self';" in page.headers["content-security-policy"]
    step = options_on(page)
    page = await browser.submit("/auth/sign_in/second", credential=Authenticator(HERE).get(step))
    assert page.status == 401
    page = await browser.submit("/auth/sign_in/second", credential=key.get(step), follow=False)
    assert page.location == "/settings/apps"
    # named, removed
    await inside.get("/settings/security")
    page = await inside.submit("/settings/security/passkeys/rename", name="Old key")
    assert "Old key" in page.text
    page = await inside.submit("/settings/security/passkeys/remove")
    assert "Old key" not in page.text
    browser, page = await asked(site)
    assert page.location == "/settings/apps"


async def test_without_a_browser_that_knows_passkeys(closed_to, signed_in):
    """The form as it is sent without JavaScript: nothing happens but that it is said."""
    site = closed_to(public_url=HERE)
    browser = site.browser()
    await browser.get("/auth/sign_in")
    await browser.submit("/auth/passkey")
    page = await browser.submit("/auth/passkey/sign_in")
    assert page.status == 401
    inside = await signed_in("wren", at=site)
    await inside.get("/settings/security")
    await inside.submit("/settings/security/passkeys/new")
    page = await inside.submit("/settings/security/passkeys")
    assert page.status == 422


async def test_no_passkeys_where_browsers_know_none(site, signed_in):
    page = await site.browser().get("/auth/sign_in")
    assert not any(form.action == "/auth/passkey" for form in page.forms)
    page = await (await signed_in("wren")).get("/settings/security")
    assert "need an address that begins with https://" in page.text


async def test_a_browser_is_remembered(site, join):
    await join("wren")
    browser = site.browser()
    await browser.get("/auth/sign_in")
    await browser.submit("/auth/sign_in", login="wren", password=PASSWORD)
    assert set(browser.cookies) == {"dunnock", "dunnock-browser"}
    known = browser.cookies["dunnock-browser"]
    await browser.get("/")
    await browser.submit("/auth/sign_out")
    await browser.get("/auth/sign_in")
    await browser.submit("/auth/sign_in", login="wren", password=PASSWORD)
    assert browser.cookies["dunnock-browser"] == known
