"""The consent page: what is asked, what is answered, and where nothing is ever sent."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest

from dunnock import accounts
from dunnock.accounts import oauth
from dunnock.web.show import headers_for
from web.conftest import PASSWORD

OOB = "urn:ietf:wg:oauth:2.0:oob"


@pytest.fixture
async def app(db):
    async with db.begin() as tx:
        made, _ = await accounts.register_app(
            tx,
            name="Nest <b>Builder</b>",
            redirect_uris=[OOB, "nest://back", "https://nest.example/back?x=1"],
            scopes="read write follow push",
            website="https://nest.example",
        )
    return made


def asked(app, **others):
    parts = {"response_type": "code", "client_id": app.client_id, "redirect_uri": OOB, "scope": "read write:statuses"}
    return "/oauth/authorize?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in (parts | others).items())


async def test_from_stranger_to_code(site, join, app, db):
    await join("wren")
    browser = site.browser()
    page = await browser.follow(asked(app, state='a"&b', force_login="true", lang="de"))
    assert "Sign in to let an app" in page.text
    page = await browser.submit("/auth/sign_in", login="wren", password=PASSWORD)
    assert "Nest <b>Builder</b>" in page.text
    assert "Post, boost and delete posts for you" in page.text
    assert "nest.example" in page.text
    page = await browser.submit("/oauth/authorize", press="allow")
    code = next(line.split('value="')[1].split('"')[0] for line in page.body.splitlines() if 'id="code"' in line)
    issued = await oauth.exchange(db, app, proven=True, code=code, redirect_uri=OOB, verifier=None)
    assert issued.scope == "read write:statuses"


@pytest.mark.parametrize(
    ("uri", "start", "source"),
    [
        ("nest://back", "nest://back?", "nest:"),
        ("https://nest.example/back?x=1", "https://nest.example/back?x=1&", "https://nest.example"),
    ],
)
async def test_leads_to_the_registered_address(signed_in, app, uri, start, source):
    browser = await signed_in("wren")
    page = await browser.get(asked(app, redirect_uri=uri, state="s p"))
    assert f"form-action 'self' {source};" in page.headers["content-security-policy"]
    page = await browser.submit("/oauth/authorize", press="allow", follow=False)
    assert page.location.startswith(start)
    assert f"form-action 'self' {source};" in page.headers["content-security-policy"]
    answer = parse_qs(urlsplit(page.location).query)
    assert answer["state"] == ["s p"]
    assert len(answer["code"][0]) > 30
    await browser.get(asked(app, redirect_uri=uri))
    page = await browser.submit("/oauth/authorize", press="deny", follow=False)
    assert page.location.startswith(f"{start}error=access_denied")


async def test_a_popup_is_seen_by_who_opened_it(site, join, app):
    """Phanpy signs in in a popup and gives up when it looks closed: which a policy for openers makes it look like."""
    await join("wren")
    browser = site.browser()
    seen = [await browser.get(asked(app, redirect_uri="https://nest.example/back?x=1"))]
    seen.append(await browser.get(seen[0].location))
    seen.append(await browser.submit("/auth/sign_in", follow=False, login="wren", password=PASSWORD))
    seen.append(await browser.get(seen[-1].location))
    seen.append(await browser.submit("/oauth/authorize", press="allow", follow=False))
    assert [page.status for page in seen] == [303, 200, 303, 200, 303]
    assert not any("cross-origin-opener-policy" in page.headers for page in seen)
    for path in ("/", "/settings/profile", "/@wren"):
        page = await browser.get(path)
        assert page.headers["cross-origin-opener-policy"] == "same-origin", path
        assert page.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "nobody"}, {"redirect_uri": "https://evil.example"}, {"redirect_uri": "nest://back/"},
        {"response_type": "token"}, {"scope": "admin:write"}, {"code_challenge": "x", "code_challenge_method": "plain"},
    ],
)  # fmt: skip
async def test_what_is_wrong_is_shown_and_sent_nowhere(signed_in, site, app, wrong):
    for browser in (site.browser(), await signed_in("wren")):
        page = await browser.get(asked(app, **wrong))
        assert page.status in {400, 401}
        assert "can't be let in" in page.text
        assert "location" not in page.headers


async def test_a_changed_form_is_checked_again(signed_in, app):
    browser = await signed_in("wren")
    await browser.get(asked(app))
    page = await browser.submit("/oauth/authorize", press="allow", redirect_uri="https://evil.example", follow=False)
    assert page.status >= 400
    assert "location" not in page.headers


async def test_signing_in_again_when_asked(signed_in, app):
    browser = await signed_in("wren")
    page = await browser.get(asked(app, force_login="true"))
    assert page.location.startswith("/auth/sign_in?next=/oauth/authorize%3F")
    page = await browser.follow(page.location)
    assert "Sign in" in page.text
    page = await browser.submit("/auth/sign_in", login="wren", password=PASSWORD)
    assert "use your account" in page.text


async def test_apps_are_listed_and_shut_out(signed_in, app):
    browser = await signed_in("wren")
    await browser.get("/settings/apps")
    page = await browser.submit("/settings/apps", name="My <i>script</i>", **{"scopes[]": "read"})
    assert page.tags.count("small") == 1, "one thing that it may do"
    assert "Your access token" in page.text
    assert "My <i>script</i>" in page.text
    page = await browser.submit("/settings/apps/revoke")
    assert "None yet" in page.text
    page = await browser.submit("/settings/apps", name="", **{"scopes[]": "read"})
    assert page.status == 422
    assert 'href="#f-name"' in page.body


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://x; script-src *", "https://x y/", "nest;://x", "data:x", "https:///x"]
)
def test_no_address_gets_into_the_policy(address):
    policy = headers_for(None, "/oauth/authorize", address)["content-security-policy"]
    assert "form-action 'self';" in policy
    assert "script-src" not in policy
