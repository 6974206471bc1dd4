"""Letters: who is told of what by mail, who is not, and that it is told once."""

from __future__ import annotations

import importlib

import pyotp
import pytest
from sqlalchemy import select, update

from api.kit.driver import call
from dunnock import accounts, letters, moderation, notifications, posts
from dunnock.accounts import tables
from dunnock.accounts.tries import Tries
from dunnock.app.build import build
from dunnock.app.settings import load
from dunnock.foundation.clock import DAY, HOUR, SECOND, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.db.tables import jobs
from dunnock.letters.objection import objection_link
from dunnock.letters.tables import letter_wishes
from mail_server import MailServer, html_of, link_in, text_of

PASSWORD = "seven wrens in a hedge"
NOW = Sql(update(jobs).values(run_at=0))
WAITING = Sql(select(jobs.c.kind))


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    for name in ("mailing", "asking"):
        monkeypatch.setattr(importlib.import_module("dunnock.accounts.confirm"), name, Tries(9, HOUR))


class Post:
    """A house that sends mail; `await post.all()` lets everything happen and gives the mails."""

    def __init__(self, house, server):
        self.house, self.db, self.server = house, house.db, server

    async def all(self, *, waiting=True):
        before = len(self.server.taken)
        await self.house.reactions.settle()
        if waiting:
            async with self.db.begin() as tx:
                await tx.run(NOW)
        await self.house.jobs.settle()
        return self.server.taken[before:]

    async def to(self, address, **how):
        return [message for to, message in await self.all(**how) if to == address]

    async def join(self, name, role="member"):
        return await accounts.create_member(
            self.db, username=name, email=f"{name}@mail.example", password=PASSWORD, role=role
        )

    async def publish(self, by, text, **draft):
        async with self.db.begin() as tx:
            return await posts.publish(
                tx, posts.Draft(text=text, **draft), author_id=by.account_id, app_id=None,
                settings=self.house.settings,
            )  # fmt: skip

    async def do(self, use_case, *args, **named):
        async with self.db.begin() as tx:
            return await use_case(tx, *args, **named)


@pytest.fixture
async def post(database_url, tmp_path):
    server = await MailServer().start()
    given = {"database_url": database_url, "smtp_url": server.url, "sign_up": "approval", "title": "Hedgerow"}
    house = await build(load(tmp_path, environ={}, flags=given | {"public_url": "https://birds.example"}))
    await house.reactions.prepare()
    yield Post(house, server)
    await house.close()
    await server.stop()


# What happened to one's sign-in ----------------------------------------------------------------------------------------


async def test_another_password(post):
    wren = await post.join("wren")
    await accounts.change_password(post.db, wren.id, "another wren in a hedge", old=PASSWORD)
    [message] = await post.to(wren.email)
    assert message["subject"] == "Your password for Hedgerow was changed"
    assert "https://birds.example/auth/recall?recall_token=" in text_of(message)
    assert "list-unsubscribe" not in message
    assert await post.all() == []


async def test_another_address(post):
    wren = await post.join("wren")
    await accounts.change_email(post.db, wren.id, "new@mail.example", password=PASSWORD, mail_possible=True)
    sent = dict(await post.all())
    await post.do(accounts.confirm, link_in(sent["new@mail.example"], "/auth/confirmation").partition("=")[2])
    [(to, message)] = await post.all()
    assert (to, message["subject"]) == ("new@mail.example", "Your e-mail address for Hedgerow was changed")


async def test_second_factors(post):
    wren = await post.join("wren")
    secret = await post.do(accounts.plan_totp, wren.id)
    async with post.db.begin() as tx:
        await accounts.confirm_totp(tx, wren.id, pyotp.HOTP(secret).at(tx.now // SECOND // 30))
    [message] = await post.to(wren.email)
    assert "an app for codes was set up" in text_of(message)
    await post.do(accounts.reset_factors, wren.id)
    [message] = await post.to(wren.email)
    assert "took all second factors away" in text_of(message)


async def test_a_new_browser(post):
    wren = await post.join("wren")
    for browser in ("one", "one", "two", "two"):
        await accounts.sign_in(
            post.db, "wren", PASSWORD, client="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", browser=browser
        )
    [message] = await post.to(wren.email)
    assert message["subject"] == "A new sign-in on Hedgerow"
    assert "Firefox on Linux" in text_of(message)
    async with post.db.begin() as tx:
        app, _ = await accounts.register_app(tx, name="An app", redirect_uris=["https://app.example/"], scopes="read")
    await accounts.change_password(post.db, wren.id, "another wren in the hedge", old=PASSWORD)
    await post.all()
    async with post.db.begin() as tx:
        _, token = await accounts.make_token(tx, app, scopes="read", member_id=wren.id, account_id=wren.account_id)
    told = (await call(post.house.edge, "GET", "/api/v1/notifications?supported_types[]=mention", token=token)).json
    assert [(one["type"], one["account"]["acct"]) for one in told] == [("access_changed", "wren"), ("sign_in", "wren")]
    assert told[1]["fallback"]["title"] == "Somebody signed in to your account with a new browser"
    assert "take your account back" in told[1]["fallback"]["summary"]


# What staff decide, and what waits for them ----------------------------------------------------------------------------


async def asks(post, name="robin"):
    form = accounts.SignUp(
        username=name, email=f"{name}@mail.example", password=PASSWORD, agreement=True, reason="I like <b>birds</b>"
    )
    return await accounts.sign_up(post.db, form, policy="approval", confirm=True)


async def test_approval(post):
    ada = await post.join("ada", "owner")
    mod = await post.join("mod", "moderator")
    await post.join("wren")
    async with post.db.begin() as tx:
        await letters.change_wishes(tx, mod.id, wanted=["mention"], always=False)
    robin = await asks(post)
    [(to, message)] = await post.all()  # staff hear of it when the address is confirmed
    assert to == robin.email
    heard = notifications.Filters(kinds=("sign_up",))
    before = await notifications.unread(post.db, ada.account_id, heard)
    await post.do(accounts.confirm, link_in(message, "/auth/confirmation").partition("=")[2])
    [(to, message)] = await post.all()
    assert await notifications.unread(post.db, ada.account_id, heard) == before + 1
    assert (to, message["subject"]) == (ada.email, "@robin would like to join Hedgerow")
    assert "> I like <b>birds</b>" in text_of(message)
    assert "I like &lt;b&gt;birds&lt;/b&gt;" in html_of(message)
    await post.do(moderation.approve, robin.account_id, by=ada.account_id)
    [(to, message)] = await post.all()
    assert (to, message["subject"]) == (robin.email, "Welcome to Hedgerow")


async def test_rejection(post):
    ada = await post.join("ada", "owner")
    robin = await asks(post)
    [message] = await post.to(robin.email)
    await post.do(accounts.confirm, link_in(message, "/auth/confirmation").partition("=")[2])
    await post.all()
    await post.do(accounts.change_state, robin.id, accounts.State.DISABLED)
    [(to, message)] = await post.all()
    assert (to, "was not approved" in text_of(message)) == (robin.email, True)
    await post.do(accounts.change_state, robin.id, accounts.State.ACTIVE)  # not from waiting: nothing is told
    assert await post.all() == []
    assert ada.id


@pytest.mark.parametrize("mail", [True, False])
async def test_a_decision(post, mail):
    ada, wren = await post.join("ada", "owner"), await post.join("wren")
    judgement = moderation.Judgement(action="limit", account_ids=(wren.account_id,), text="Be kind.", mail=mail)
    await post.do(moderation.decide, judgement, by=ada.account_id)
    sent = await post.to(wren.email)
    if not mail:
        assert sent == []
        return
    assert "Your account is limited" in sent[0]["subject"]
    assert "> Be kind." in text_of(sent[0])
    assert "/objection?token=" in text_of(sent[0])


async def test_an_objection_is_answered(post):
    ada, wren, eve = await post.join("ada", "owner"), await post.join("wren"), await post.join("eve", "owner")
    judgement = moderation.Judgement(action="limit", account_ids=(wren.account_id,), facts="Sang at night")
    decided = await post.do(moderation.decide, judgement, by=ada.account_id)
    [message] = await post.to(wren.email)
    assert "> Sang at night" in text_of(message)
    token = link_in(message, "/objection").partition("token=")[2]
    assert await post.do(letters.check_objection, token) == (wren.account_id, decided.id)
    for wrong in ("", "x", token[:-1] + ("0" if token[-1] != "0" else "1"), token.replace("-", "--", 1), "1-2-3"):
        with pytest.raises(accounts.LinkOver):
            await post.do(letters.check_objection, wrong)
    appeal = await post.do(moderation.file_appeal, decided.id, "I did not", account_id=wren.account_id)
    await post.do(moderation.decide_appeal, appeal, granted=True, by=eve.account_id, answer="Sorry")
    [message] = await post.to(wren.email)
    assert "was granted" in message["subject"]
    assert "> Sorry" in text_of(message)


async def test_who_was_deleted_meanwhile_has_no_link(post):
    assert await objection_link(post.house.db, 1 << 40, 7, "https://nest.example") is None


async def test_staff_hear_of_requests_and_alarms(post):
    ada, eve, star = await post.join("ada", "owner"), await post.join("eve", "owner"), await post.join("star")
    await post.do(accounts.protect, star.account_id, protected=True)
    for use_case in (moderation.sign_out_everywhere, moderation.reset_factors):
        await post.do(use_case, star.account_id, by=ada.account_id)
    sent = [(to, message["subject"]) for to, message in await post.all()]
    assert sent.count((eve.email, "A request waits for a second person on Hedgerow")) == 2
    assert not any("ALARM" in subject for _, subject in sent)


async def test_a_report(post):
    ada, wren, robin = await post.join("ada", "owner"), await post.join("wren"), await post.join("robin")
    await post.do(
        moderation.file_report, moderation.Complaint(target_id=robin.account_id, comment="spam"), by=wren.account_id
    )
    sent = await post.all()
    assert [(to, message["subject"]) for to, message in sent] == [(ada.email, "A report on Hedgerow")]
    assert "spam" not in text_of(sent[0][1])
    assert sent[0][1]["list-unsubscribe"]


# Notifications ---------------------------------------------------------------------------------------------------------


async def test_one_mail_about_what_came_together(post):
    wren, robin = await post.join("wren"), await post.join("robin")
    await post.publish(robin, "@wren one <i>")
    await post.publish(robin, "@wren two")
    async with post.db.begin() as tx:
        await accounts.follow(tx, follower=robin.account_id, followed=wren.account_id)
    assert await post.to(wren.email, waiting=False) == []  # others may come
    [message] = await post.to(wren.email)
    assert message["subject"] == "robin follows you now, and 2 more"
    text = text_of(message)
    assert "> @wren one <i>" in text
    assert "> @wren two" in text
    assert "@wren one &lt;i&gt;" in html_of(message)
    assert await post.to(wren.email) == []
    await post.publish(robin, "@wren three")
    await post.house.reactions.settle()
    rows = await post.db.all(Sql(select(jobs.c.run_at).where(jobs.c.kind == "SendNotices")))
    async with post.db.begin() as tx:
        assert rows[0][0] > tx.now + HOUR - 10 * SECOND  # not one mail after the other
    [message] = await post.to(wren.email)
    assert message["subject"] == "robin mentioned you"
    assert "two" not in text_of(message)
    assert message["list-unsubscribe"].startswith("<https://birds.example/unsubscribe?token=")


async def test_nobody_under_18_gets_notices_at_night(post, monkeypatch):
    wren, robin = await post.join("wren"), await post.join("robin")
    await post.do(accounts.declare_minor, wren.account_id)
    await post.publish(robin, "@wren are you up?")
    morning = now_ms() + DAY
    monkeypatch.setattr("dunnock.accounts.ages.night_ends", lambda _now, _zone: morning)
    assert await post.to(wren.email) == []
    assert await post.db.all(Sql(select(jobs.c.run_at).where(jobs.c.kind == "SendNotices"))) == [(morning,)]
    await accounts.change_password(post.db, wren.id, "another wren in a hedge", old=PASSWORD)
    [message] = await post.to(wren.email)
    assert "password" in message["subject"], "what is about their sign-in is told at once"
    monkeypatch.setattr("dunnock.accounts.ages.night_ends", lambda _now, _zone: None)
    [message] = await post.to(wren.email)
    assert message["subject"] == "robin mentioned you"


async def test_many_notifications_make_one_job(post):
    wren, robin = await post.join("wren"), await post.join("robin")
    for number in range(12):
        await post.publish(robin, f"@wren {number}")
    await post.house.reactions.settle()
    kinds = [row[0] for row in await post.db.all(WAITING)]
    assert kinds.count("SendNotices") == 1
    assert len(await post.to(wren.email)) == 1


async def test_what_is_wanted(post):
    wren, robin = await post.join("wren"), await post.join("robin")
    mine = await post.publish(wren, "hello")
    await post.do(posts.favourite, mine.id, by=robin.account_id)
    assert await post.to(wren.email) == []  # not at first, as on Mastodon
    async with post.db.begin() as tx:
        await letters.change_wishes(tx, wren.id, wanted=["favourite", "nonsense"], always=False)
    await post.do(posts.unfavourite, mine.id, by=robin.account_id)
    await post.all()
    await post.do(posts.favourite, mine.id, by=robin.account_id)
    await post.publish(robin, "@wren psst")
    [message] = await post.to(wren.email)
    assert message["subject"] == "robin likes your post"
    assert "psst" not in text_of(message)


async def test_who_is_about_gets_none(post):
    wren, robin = await post.join("wren"), await post.join("robin")
    await post.do(accounts.open_session, wren.id, client="")
    await post.publish(robin, "@wren one")
    assert await post.to(wren.email) == []
    async with post.db.begin() as tx:
        await letters.change_wishes(tx, wren.id, wanted=["mention"], always=True)
    await post.publish(robin, "@wren two")
    assert len(await post.to(wren.email)) == 1
    async with post.db.begin() as tx:
        await letters.change_wishes(tx, robin.id, wanted=["mention"], always=False)
        await accounts.open_session(tx, robin.id, client="")
        await tx.run(Sql(update(tables.sessions).values(seen_at=tx.now - 3 * HOUR)))
    await post.publish(wren, "@robin three")
    assert len(await post.to(robin.email)) == 1


async def test_what_was_taken_back_or_hidden_meanwhile_is_not_told(post):
    wren, robin, crow = [await post.join(name) for name in ("wren", "robin", "crow")]
    gone = await post.publish(robin, "@wren gone")
    await post.publish(crow, "@wren hidden")
    await post.house.reactions.settle()
    await post.do(posts.delete, gone.id, by=robin.account_id)
    async with post.db.begin() as tx:
        await accounts.block(tx, wren.account_id, target=crow.account_id)
    assert await post.to(wren.email) == []


@pytest.mark.parametrize("how", ["refused", "disabled", "unconfirmed"])
async def test_to_whom_nothing_is_written(post, how):
    wren, robin = await post.join("wren"), await post.join("robin")
    changed = {
        "refused": {"mail_refused_at": 1},
        "disabled": {"state": "disabled"},
        "unconfirmed": {"unconfirmed": True},
    }
    async with post.db.begin() as tx:
        only = update(tables.members).where(tables.members.c.email == wren.email)
        await tx.run(Sql(only.values(**changed[how])))
    await post.publish(robin, "@wren one")
    assert await post.to(wren.email) == []


async def test_tried_again_tells_all_and_once(post):
    wren, robin = await post.join("wren"), await post.join("robin")
    await post.publish(robin, "@wren one")
    post.server.answers["RCPT"] = ["451 later"]
    assert await post.to(wren.email) == []
    await post.publish(robin, "@wren two")
    sent = await post.to(wren.email)
    assert len(sent) == 1
    assert "> @wren one" in text_of(sent[0])
    assert "> @wren two" in text_of(sent[0])


async def test_an_address_that_takes_no_mail(post):
    wren, robin = await post.join("wren"), await post.join("robin")
    await post.publish(robin, "@wren one")
    post.server.answers["RCPT"] = ["550 nobody here"]
    await post.all()
    assert (await accounts.find_member(post.db, wren.id)).mail_refused_at
    await post.publish(robin, "@wren two")
    assert await post.all() == []


# What was missed -------------------------------------------------------------------------------------------------------


async def away(post, member, days):
    async with post.db.begin() as tx:
        await tx.run(
            Sql(
                update(tables.members)
                .where(tables.members.c.email == member.email)
                .values(created_at=tx.now - (days + 1) * DAY, last_sign_in_at=tx.now - days * DAY)
            )
        )


async def plan(post):
    async with post.db.begin() as tx:
        await tx.enqueue(letters.PlanDigests())


async def test_a_digest_once_a_week(post):
    wren, robin = await post.join("wren"), await post.join("robin")
    async with post.db.begin() as tx:
        await letters.change_wishes(tx, wren.id, wanted=["digest"], always=False)
    await post.publish(robin, "@wren one")
    await post.publish(robin, "@wren two")
    await away(post, wren, 8)
    assert await post.to(wren.email) == []
    await plan(post)
    [message] = await post.to(wren.email)
    assert message["subject"] == "What you missed on Hedgerow"
    assert "not seen: 2." in text_of(message)
    assert message["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    await post.publish(robin, "@wren three")
    await plan(post)
    assert await post.to(wren.email) == []
    async with post.db.begin() as tx:
        await tx.run(Sql(update(letter_wishes).values(digest_at=tx.now - 8 * DAY)))
    await plan(post)
    assert len(await post.to(wren.email)) == 1


@pytest.mark.parametrize(
    ("days", "wanted", "missed", "session"),
    [(6, ["digest"], True, False), (91, ["digest"], True, False), (8, [], True, False), (8, ["digest"], False, False),
     (8, ["digest"], True, True)],
)  # fmt: skip
async def test_no_digest(post, days, wanted, missed, session):
    """Not away for long enough, away for too long, not wanted, nothing missed, or back."""
    wren, robin = await post.join("wren"), await post.join("robin")
    async with post.db.begin() as tx:
        await letters.change_wishes(tx, wren.id, wanted=wanted, always=False)
    if missed:
        await post.publish(robin, "@wren one")
    await away(post, wren, days)
    if session:
        await post.do(accounts.open_session, wren.id, client="")
    await plan(post)
    assert await post.to(wren.email) == []


# Stopping them ---------------------------------------------------------------------------------------------------------


async def test_one_click_stops_them(post):
    wren, robin = await post.join("wren"), await post.join("robin")
    await post.publish(robin, "@wren one")
    [message] = await post.to(wren.email)
    path = message["list-unsubscribe"].strip("<>").removeprefix("https://birds.example")
    for method in ("GET", "HEAD"):
        await call(post.house.edge, method, path)
    assert "mention" in (await letters.wishes_of(post.db, wren.id)).wanted
    for _ in range(2):  # as a mail program does it (RFC 8058): no cookie, no page of ours
        answer = await call(
            post.house.edge, "POST", path, b"List-Unsubscribe=One-Click", kind="application/x-www-form-urlencoded"
        )
        assert answer.status == 200
    held = await letters.wishes_of(post.db, wren.id)
    assert "mention" not in held.wanted
    assert "follow" in held.wanted
    assert (await letters.wishes_of(post.db, robin.id)).wanted == letters.Wishes().wanted


async def test_only_the_one_in_the_mail_stops_them(post):
    wren, robin = await post.join("wren"), await post.join("robin")
    await post.publish(robin, "@wren one")
    [message] = await post.to(wren.email)
    token = message["list-unsubscribe"].strip("<>").partition("token=")[2]
    number, kind, mac = token.split("-")
    for bad in (
        "", "x", f"{number}-follow-{mac}", f"{robin.id}-{kind}-{mac}", f"{number}-{kind}-{'0' * 48}", f"{number}--{mac}",
        f"{number}-{kind}", "9" * 40 + f"-{kind}-{mac}", "%00", "-1-mention-x", token + "0", "%F0%9F%90%A6-mention-x",
    ):  # fmt: skip
        for method in ("GET", "POST"):
            answer = await call(post.house.edge, method, f"/unsubscribe?token={bad}")
            assert answer.status == 422, bad
    assert (await letters.wishes_of(post.db, wren.id)).wanted == letters.Wishes().wanted


async def test_a_server_without_mail_plans_none(database_url, tmp_path):
    house = await build(load(tmp_path, environ={}, flags={"database_url": database_url}))
    await house.reactions.prepare()
    wren = await accounts.create_member(house.db, username="wren", email="a@mail.example", password=PASSWORD)
    await accounts.change_password(house.db, wren.id, "another wren in a hedge", old=PASSWORD)
    await house.reactions.settle()
    assert [row[0] for row in await house.db.all(WAITING)] == []
    await house.close()
