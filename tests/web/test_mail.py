"""The pages that mails lead to, as a browser without JavaScript sees them."""

from __future__ import annotations

import pytest

from dunnock import accounts, letters, posts
from dunnock.accounts.mails import mail_jobs_of
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.mail import Mailer
from dunnock.letters import store
from dunnock.letters.wishes import unsubscribe_token
from mail_server import MailServer, link_in, text_of
from web.conftest import PASSWORD

NEW = "another wren in the hedge"


@pytest.fixture
async def mailing(db, closed_to):
    """A site that sends mail; `await mailing.post()` gives what waited."""
    server = await MailServer().start()
    site = closed_to(smtp_url=server.url)
    works = Jobs(db, mail_jobs_of(Mailer(site.settings), public_url=site.settings.public_url))

    async def post():
        server.taken.clear()
        await works.settle()
        return list(server.taken)

    site.post = post
    yield site
    await server.stop()


async def joined(site, username="wren"):
    browser = site.browser()
    await browser.get("/auth/sign_up")
    page = await browser.submit(
        "/auth/sign_up", username=username, email=f"{username}@mail.example", password=PASSWORD, agreement="1"
    )
    return browser, page


async def test_joining_with_a_mail(mailing):
    browser, page = await joined(mailing)
    assert page.status == 200
    assert "Thank you, @wren" in page.text
    assert "dunnock" not in browser.cookies
    await browser.get("/auth/sign_in")
    page = await browser.submit("/auth/sign_in", login="wren", password=PASSWORD)
    assert page.status == 403
    assert "Send it again" in page.text
    [(_, message)] = await mailing.post()
    path = link_in(message, "/auth/confirmation")
    page = await browser.get(path)
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "no-store" in page.headers["cache-control"]
    other = mailing.browser()
    await other.get(path)  # looking at it confirms nothing
    page = await browser.submit("/auth/confirmation")
    assert "Your e-mail address is confirmed" in page.text
    page = await browser.submit("/auth/sign_in", login="wren", password=PASSWORD)
    assert "dunnock" in browser.cookies
    page = await other.submit("/auth/confirmation")
    assert page.status == 422
    assert "too old" in page.text


async def test_signing_in_from_elsewhere(mailing, join):
    await join("wren")

    async def signs_in(address, browser):
        browser.address = address
        await browser.get("/auth/sign_in?next=/settings/apps")
        return browser, await browser.submit("/auth/sign_in", login="wren", password=PASSWORD, follow=False)

    at_home, page = await signs_in("203.0.113.7", mailing.browser())
    assert page.location == "/settings/apps"
    await mailing.post()
    away, page = await signs_in("198.51.100.9", mailing.browser())
    assert (page.status, "dunnock" in away.cookies) == (200, False)
    assert "A code is on its way to w•••@mail.example" in page.text
    assert "sign in again for another code" in page.text
    [(to, message)] = await mailing.post()
    code = message["subject"].partition(":")[0]
    assert (to, len(code), code in text_of(message)) == ("wren@mail.example", 8, True)
    page = await away.submit("/auth/sign_in/second", code="12345678")
    assert page.status == 401
    page = await away.submit("/auth/sign_in/second", code=code, follow=False)
    assert (page.location, "dunnock" in away.cookies) == ("/settings/apps", True)
    thief, _ = await signs_in("192.0.2.77", mailing.browser())
    [(_, message)] = await mailing.post()
    page = await at_home.get(link_in(message, "/auth/recall"))
    page = await at_home.submit("/auth/recall")
    assert "the password is worth nothing any more" in page.text
    page = await thief.submit("/auth/sign_in/second", code=message["subject"].partition(":")[0])
    assert "dunnock" not in thief.cookies


async def test_having_the_mail_sent_again(mailing):
    browser, _ = await joined(mailing)
    await mailing.post()
    page = await browser.get("/auth/confirmation/new")
    for email in ("wren@mail.example", "nobody@mail.example"):
        await browser.get("/auth/confirmation/new")
        page = await browser.submit("/auth/confirmation/new", email=email)
        assert (page.status, page.text.count("a mail with a link is on its way")) == (200, 1)
    assert [to for to, _ in await mailing.post()] == ["wren@mail.example"]
    await browser.get("/auth/confirmation/new")
    page = await browser.submit("/auth/confirmation/new", email="nonsense")
    assert page.status == 422


async def test_a_forgotten_password(mailing, signed_in):
    inside = await signed_in("wren", at=mailing)
    browser = mailing.browser()
    page = await browser.get("/auth/sign_in")
    assert 'href="/auth/password/new"' in page.body
    answers = []
    for email in ("wren@mail.example", "nobody@mail.example"):
        await browser.get("/auth/password/new")
        page = await browser.submit("/auth/password/new", email=email)
        answers.append((page.status, page.text.replace(email, "")))
    assert answers[0] == answers[1]  # SC-123
    [(_, message)] = await mailing.post()
    path = link_in(message, "/auth/password/edit")
    page = await browser.get(path)
    assert page.headers["referrer-policy"] == "no-referrer"
    assert (await browser.submit("/auth/password/edit", password="short")).status == 422
    page = await browser.submit("/auth/password/edit", password=NEW)
    assert "Your password is changed" in page.text
    assert "dunnock" not in browser.cookies
    assert (await inside.get("/settings/profile")).location == "/auth/sign_in?next=/settings/profile"
    await browser.submit("/auth/sign_in", login="wren", password=NEW)
    assert "dunnock" in browser.cookies
    page = await mailing.browser().get(path)
    assert page.status == 422
    assert not any(form.action == "/auth/password/edit" for form in page.forms)


async def test_forged_forms_do_nothing(mailing, join):
    """A form that was not sent from our page is refused before anything is read."""
    await join("wren")
    browser = mailing.browser()
    for path, fields in (
        ("/auth/password/new", {"email": "wren@mail.example"}),
        ("/auth/password/edit", {"reset_password_token": "x", "password": NEW}),
        ("/auth/confirmation", {"confirmation_token": "x"}),
        ("/auth/confirmation/new", {"email": "wren@mail.example"}),
    ):
        assert (await browser.post(path, fields)).status == 403
        assert (await browser.post(path, fields, sec_fetch_site="cross-site")).status == 403
    assert await mailing.post() == []


async def test_another_address(mailing, signed_in):
    browser = await signed_in("wren", at=mailing)
    await browser.get("/settings/account")
    page = await browser.submit("/settings/account/email", email="new@mail.example", old_password="wrong")
    assert page.status == 422
    assert "is not your password" in page.text
    page = await browser.submit("/settings/account/email", email="new@mail.example", old_password=PASSWORD)
    assert "on its way to the new address" in page.text
    assert "Not confirmed yet" in page.text
    sent = dict(await mailing.post())
    await browser.get(link_in(sent["new@mail.example"], "/auth/confirmation"))
    page = await browser.submit("/auth/confirmation")
    assert "Your e-mail address is confirmed" in page.text
    assert "new@mail.example" in page.text
    assert "wren@mail.example" not in page.text


async def test_a_server_without_mail_says_so(site, join, signed_in):
    await join("ada", "owner")
    browser = site.browser()
    page = await browser.get("/auth/password/new")
    assert "sends no e-mail" in page.text
    assert "@ada" in page.text
    assert not any(form.action == "/auth/password/new" for form in page.forms)
    await browser.get("/auth/sign_in")
    token = dict(browser.page.forms[0].fields)["token"]
    for path in ("/auth/password/new", "/auth/confirmation/new"):
        page = await browser.post(path, {"token": token, "email": "ada@mail.example"})
        assert page.status == 503
    inside = await signed_in("wren")
    await inside.get("/settings/account")
    page = await inside.submit("/settings/account/email", email="new@mail.example", old_password=PASSWORD)
    assert "new@mail.example" in page.text


async def test_the_mailbox_is_for_development(db, closed_to, join):
    site = closed_to(dev=True)
    await join("wren")
    browser = site.browser()
    assert "Nothing was sent" in (await browser.get("/dev/mailbox")).text
    await browser.get("/auth/password/new")
    await browser.submit("/auth/password/new", email="wren@mail.example")
    await Jobs(db, mail_jobs_of(Mailer(site.settings), public_url=site.settings.public_url)).settle()
    page = await browser.get("/dev/mailbox")
    assert "To wren@mail.example" in page.text
    assert 'href="http://127.0.0.1:8000/auth/password/edit?reset_password_token=' in page.body
    assert (await closed_to().browser().get("/dev/mailbox")).status == 404


async def test_nobody_elsewhere_sees_the_mailbox(closed_to):
    site = closed_to(dev=True)
    app = site.app

    async def from_elsewhere(scope, receive, send):
        await app(scope | {"client": ("203.0.113.9", 5000)}, receive, send)

    site.app = from_elsewhere
    assert (await site.browser().get("/dev/mailbox")).status == 404


async def test_choosing_what_one_hears(db, mailing, signed_in):
    browser = await signed_in("wren", at=mailing)
    page = await browser.get("/settings/mail")
    form = next(one for one in page.forms if one.action == "/settings/mail")
    assert [value for name, value in form.fields if name == "wanted"] == [
        "mention", "quote", "follow", "follow_request", "digest",
    ]  # fmt: skip
    fields = {"token": dict(form.fields)["token"], "always": "1"}
    page = await browser.post("/settings/mail", [*fields.items(), ("wanted[]", "boost"), ("wanted[]", "report")])
    assert page.location == "/settings/mail?done=saved"
    member = await accounts.member_named(db, "wren")
    held = await letters.wishes_of(db, member.id)
    assert held == letters.Wishes(frozenset({"boost", "report", "pending"}), always=True)  # as it was for staff
    page = await browser.get("/settings/mail")
    assert "reports an account" not in page.text
    assert "reports an account" in (await (await signed_in("ada", "owner", mailing)).get("/settings/mail")).text
    page = await browser.post("/settings/mail", [("wanted", "follow")])
    assert page.status == 403


async def test_stopping_mails_on_the_page(db, mailing, join):
    member = await join("wren")
    async with db.begin() as tx:
        secret = await store.secret_of(tx, member.id)
    browser = mailing.browser()
    page = await browser.get(f"/unsubscribe?token={unsubscribe_token(secret, member.id, 'notices')}")
    assert page.headers["referrer-policy"] == "no-referrer"
    page = await browser.submit(page.forms[-1].action)
    assert "You get no more of these mails" in page.text
    assert (await letters.wishes_of(db, member.id)).wanted == {"digest", "report", "pending"}
    assert (await browser.get("/unsubscribe?token=x")).status == 422


async def test_taking_an_account_back(mailing, db):
    browser, _ = await joined(mailing)
    member = await accounts.member_named(db, "wren")
    async with db.begin() as tx:
        token = await accounts.make_recall(tx, member.id, member.email)
    other = mailing.browser()
    page = await other.get(f"/auth/recall?recall_token={token}")
    assert "@wren" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    page = await other.submit("/auth/recall")
    assert "on its way" in page.text
    sent = [message for _, message in await mailing.post()]
    assert any("/auth/password/edit" in str(message) for message in sent)
    page = await browser.get(f"/auth/recall?recall_token={token}")
    assert "It was not me" not in page.text


async def test_what_somebody_else_posted_is_deleted_at_once(mailing, db):
    browser, _ = await joined(mailing)
    member = await accounts.member_named(db, "wren")
    async with db.begin() as tx:
        written = [
            await posts.publish(
                tx, posts.Draft(text=text), author_id=member.account_id, app_id=None, settings=mailing.settings
            )
            for text in ("Send me coins <b>", "My own words")
        ]
    assert "Send me coins" not in (await browser.get("/settings/safety")).text
    async with db.begin() as tx:
        token = await accounts.make_recall(tx, member.id, member.email)
    other = mailing.browser()
    await other.get(f"/auth/recall?recall_token={token}")
    assert "What was scheduled lately" in other.page.text
    await other.submit("/auth/recall")
    path = next(link_in(one, "/auth/password/edit") for _, one in await mailing.post() if "password/edit" in str(one))
    await browser.get(path)
    await browser.submit("/auth/password/edit", password=NEW)
    await browser.get("/auth/sign_in")
    await browser.submit("/auth/sign_in", login="wren", password=NEW)
    page = await browser.get("/settings/safety")
    assert "Send me coins <b>" in page.text
    form = {"token": dict(page.forms[-1].fields)["token"], "posts[]": str(written[0].id)}
    page = await browser.led(await browser.post("/settings/safety/posted", form))
    assert "Send me coins" not in page.text
    assert "My own words" in page.text
    assert await posts.find_living(db, written[0].id) is None
