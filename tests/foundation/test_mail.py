"""Mail as it goes out, and what becomes of it when a server is slow, refuses, or is not who it should be."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select, update

from dunnock.foundation import mail as mails
from dunnock.foundation.clock import MINUTE, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.db.tables import jobs
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.mail import Link, Mail, MailDelayed, Mailer, MailJob, MailRefused, Quote, deliver, smtp_place
from dunnock.foundation.settings import Settings
from mail_server import MailServer, html_of, own_certificate, text_of

JOBS = Sql(select(jobs.c.kind, jobs.c.run_at, jobs.c.attempts, jobs.c.dead, jobs.c.body))
NOW = Sql(update(jobs).values(run_at=0))


class TellSomebody(MailJob, frozen=True, kw_only=True):
    to: str


@pytest.fixture
async def server():
    made = await MailServer().start()
    yield made
    await made.stop()


def settings(url: str, **more) -> Settings:
    return Settings(
        data=Path("/nowhere"), **({"public_url": "https://birds.example", "title": "Birds", "smtp_url": url} | more)
    )


def mail(**more) -> Mail:
    given = {"mail_id": 17, "to": "wren@mail.example", "subject": "Hello", "parts": ["One.", "Two."]} | more
    return Mail(**given)


async def test_both_forms_and_the_headers(db, server):
    mailer = Mailer(settings(server.url))
    parts = ["Hello <b>you</b> & all,\nsecond line", Link("Go", "https://birds.example/x?a=1&b=2"), Quote("Piep\nPiep")]
    await mailer.send(db, mail(parts=parts, subject="Grüße aus der Hecke", unsubscribe="https://birds.example/u?t=1"))
    [(to, sent)] = server.taken
    assert to == "wren@mail.example"
    assert server.senders == ["notifications@birds.example"]
    assert text_of(sent).replace("\r\n", "\n") == (
        "Hello <b>you</b> & all,\nsecond line\n\nGo:\nhttps://birds.example/x?a=1&b=2\n\n> Piep\n> Piep\n"
    )
    assert "Hello &lt;b&gt;you&lt;/b&gt; &amp; all,<br>" in html_of(sent)
    assert '<a href="https://birds.example/x?a=1&amp;b=2">Go</a>' in html_of(sent)
    assert sent["subject"] == "Grüße aus der Hecke"
    assert sent["from"] == "Birds <notifications@birds.example>"
    assert sent["message-id"] == "<17@birds.example>"
    assert sent["auto-submitted"] == "auto-generated"
    assert sent["list-unsubscribe"] == "<https://birds.example/u?t=1>"
    assert sent["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert sent["date"].datetime.timestamp() * 1000 == pytest.approx(now_ms(), abs=60_000)
    assert "list-unsubscribe" not in Mailer(settings(server.url)).compose(mail())


@pytest.mark.parametrize(
    "evil", ["a\r\nBcc: eve@mail.example", "a\nX: y", "a\0b", "a\u2028Bcc: x", "x" * 5000, "\u202ecod"]
)
async def test_nobody_adds_headers(db, server, evil):
    """Whatever people call themselves or a server, a header stays one line."""
    mailer = Mailer(settings(server.url, title=evil[:100]))
    await mailer.send(db, mail(subject=evil))
    [(_, sent)] = server.taken
    assert len(server.taken) == 1
    assert sorted(name.lower() for name in sent) == [
        "auto-submitted", "content-type", "date", "from", "message-id", "mime-version", "subject", "to",
        "x-auto-response-suppress",
    ]  # fmt: skip
    assert len(sent["subject"]) <= mails.LONGEST_SUBJECT
    assert not any(ord(letter) < 32 or letter in "\u2028\u202e" for letter in sent["subject"] + str(sent["from"]))


@pytest.mark.parametrize("to", ["a@b.example\r\nBcc: eve@mail.example", "a@b.example, eve@mail.example", "a@b@c", ""])
async def test_nobody_adds_recipients(db, server, to):
    with pytest.raises(MailRefused):
        await Mailer(settings(server.url)).send(db, mail(to=to))
    assert server.taken == []


async def test_a_long_text_is_cut(db, server):
    await Mailer(settings(server.url)).send(db, mail(parts=["x" * 10**6]))
    assert len(text_of(server.taken[0][1])) < mails.LONGEST_TEXT + 10
    assert len(html_of(server.taken[0][1])) < mails.LONGEST_TEXT + 1000


@pytest.mark.parametrize(
    ("command", "says", "what"),
    [
        ("RCPT", "550 5.1.1 no such user", MailRefused),
        ("RCPT", "451 4.7.1 greylisted", MailDelayed),
        ("RCPT", "452 full", MailDelayed),
        ("DATA", "554 5.6.0 we don't like it", MailRefused),
        ("DATA", "451 later", MailDelayed),
    ],
)
async def test_what_a_server_says(db, server, command, says, what):
    server.answers[command] = [says]
    with pytest.raises(what) as refused:
        await Mailer(settings(server.url)).send(db, mail())
    if what is MailRefused:
        assert refused.value.of_address is (command == "RCPT")
    assert server.taken == []


async def test_tls_is_used_and_the_password_goes_over_it(db, tmp_path):
    theirs, ours = own_certificate(tmp_path)
    server = await MailServer().start(tls=theirs, login=("bird", "p@ss word"))
    url = f"smtp://bird:p%40ss%20word@localhost:{server.port}?tls=always"
    await Mailer(settings(url), tls=ours).send(db, mail())
    assert server.over_tls == [True]
    assert server.logins == [(b"bird", b"p@ss word")]
    with pytest.raises(MailDelayed) as refused:
        await Mailer(settings(url.replace("bird:", "crow:")), tls=ours).send(db, mail())
    assert refused.value.ours
    await server.stop()


async def test_a_certificate_that_nobody_vouches_for_is_refused(db, tmp_path):
    theirs, _ = own_certificate(tmp_path)
    server = await MailServer().start(tls=theirs)
    with pytest.raises(MailDelayed):
        await Mailer(settings(f"smtp://localhost:{server.port}?tls=always")).send(db, mail())
    assert server.taken == []
    await server.stop()


async def test_a_server_without_tls_gets_nothing_when_tls_is_asked_for(db, server):
    with pytest.raises(MailDelayed):
        await Mailer(settings(f"smtp://u:p@127.0.0.1:{server.port}?tls=always")).send(db, mail())
    assert server.taken == []
    assert server.logins == []


@pytest.mark.parametrize(
    ("url", "tls", "port"),
    [
        ("smtp://mail.example", "always", 587),
        ("smtp://mail.example:25", "always", 25),
        ("smtp://mail.example?tls=never", "never", 587),
        ("smtps://mail.example", "from the start", 465),
        ("smtp://localhost:2525", "never", 2525),
        ("smtp://localhost?tls=always", "always", 587),
    ],
)
def test_only_this_machine_is_spoken_to_without_tls(url, tls, port):
    place = smtp_place(url)
    assert (place.tls, place.port) == (tls, port)


async def tell(db, **more) -> None:
    async with db.begin() as tx:
        await tx.enqueue(TellSomebody(mail_id=tx.new_id(), to="wren@mail.example", **more))


def worker(db, mailer) -> Jobs:
    async def do(db, job) -> None:
        await deliver(db, mailer, mail(mail_id=job.mail_id, to=job.to), job)

    return Jobs(db, {TellSomebody: do})


async def test_tried_again_and_sent_once(db, server):
    server.answers["RCPT"] = ["451 later", "451 later"]
    await tell(db)
    works = worker(db, Mailer(settings(server.url)))
    for number, pause in ((1, MINUTE), (2, 5 * MINUTE)):
        await works.settle()
        [(_, run_at, _, dead, body)] = await db.all(JOBS)
        assert f'"tries":{number}' in body
        assert run_at - now_ms() == pytest.approx(pause, abs=5000)
        assert not dead
        async with db.begin() as tx:
            await tx.run(NOW)
    await works.settle()
    await works.settle()
    assert len(server.taken) == 1
    assert await db.all(JOBS) == []


async def test_given_up_in_the_end(db):
    await tell(db, tries=len(mails.PAUSES_MS))
    await worker(db, Mailer(settings("smtp://127.0.0.1:1"))).settle()
    assert await db.all(JOBS) == []


async def test_refused_for_good_is_not_tried_again(db, server):
    server.answers["RCPT"] = ["550 no such user"]
    await tell(db)
    await worker(db, Mailer(settings(server.url))).settle()
    assert await db.all(JOBS) == []
    assert server.taken == []


async def test_a_mail_whose_end_was_not_heard_comes_again_under_the_same_id(db, server):
    """As when the process dies after the server took it and before that was written down."""
    server.hold = asyncio.Event()
    await tell(db)
    works = worker(db, Mailer(settings(server.url)))
    await works.start()
    await asyncio.wait_for(server.came.wait(), 10)
    await works.stop(within_s=0.1)  # given back, not done
    server.hold.set()
    await worker(db, Mailer(settings(server.url))).settle()
    ids = [sent["message-id"] for _, sent in server.taken]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert await db.all(JOBS) == []


async def test_the_mailbox_of_a_server_in_development(db):
    mailer = Mailer(settings("", dev=True))
    for number in range(mails.DEV_KEPT + 3):
        await mailer.send(db, mail(subject=f"Number {number}"))
    kept = await mails.dev_mailbox(db)
    assert len(kept) == mails.DEV_KEPT
    assert (kept[0].subject, kept[0].to, kept[0].body) == (
        f"Number {mails.DEV_KEPT + 2}", "wren@mail.example", "One.\n\nTwo.\n",
    )  # fmt: skip


async def test_without_a_server_nothing_is_sent(db):
    mailer = Mailer(settings(""))
    assert not mailer.possible
    await mailer.send(db, mail())
    assert await mails.dev_mailbox(db) == []
