"""Domains as handles: proved at the domain itself, looked at each day, and lost to who proves them newly.

The other side is hostile: other hosts, other types, endless files, names that look alike, domains that expired.
"""

from __future__ import annotations

import json

import pytest

from dunnock import accounts
from dunnock.accounts.tables import domain_handles
from dunnock.accounts.tries import Tries
from dunnock.api.mastodon.fragments import Addresses, account_counters, account_start
from dunnock.federation.places import Places
from dunnock.federation.vocab.actor import actor
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.errors import Invalid
from dunnock.foundation.http import Door
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.reactions import Reactions
from dunnock.integrity import identity
from dunnock.integrity.identity import domains
from dunnock.integrity.identity.domains import CheckDomains, find_proof, prove_domain
from dunnock.letters.reactions import hears_of
from dunnock.letters.store import recipient
from dunnock.letters.write import words_for
from integrity.identity.test_attested import PAIR
from outside import outside

__all__ = ["outside"]
PLACES = Places("https://nest.example")
FILE = "/.well-known/dunnock"


class Web:
    """The web, of which each host is `outside`: https is spoken as http to its port, all else is as in earnest."""

    def __init__(self, outside, door=None):
        self._port = outside.port
        self._door = door or Door(agent="test", beyond=["127.0.0.1/32"], plain=True, resolve=self._home)
        self.hosts: list[str] = []

    async def _home(self, _):
        return ["127.0.0.1"]

    async def get(self, url, wanted, **named):
        assert url.startswith("https://")
        assert not wanted.plain
        host, _, path = url.removeprefix("https://").partition("/")
        self.hosts.append(host)
        return await self._door.get(f"http://{host}:{self._port}/{path}", wanted, **named)

    async def close(self):
        await self._door.close()


@pytest.fixture
async def web(outside):
    made = Web(outside)
    yield made
    await made.close()


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(domains, "proving", Tries(most=100, window_ms=DAY))


def say(outside, line, head="content-type: text/plain; charset=utf-8", status=200):
    outside.page(FILE, line.encode(), head=head, status=status)


def finger(outside, name, domain, href, kind="application/jrd+json"):
    said = {
        "subject": f"acct:{name}@{domain}",
        "links": [{"rel": "self", "type": "application/activity+json", "href": href}],
    }
    outside.page(
        f"/.well-known/webfinger?resource=acct:{name}@{domain}",
        json.dumps(said).encode(),
        head=f"content-type: {kind}",
    )


async def test_a_file_proves_it(house, make, outside, web):
    jane = await make.member("jane")
    with pytest.raises(Invalid):
        await prove_domain(house.db, web, jane.id, "jane.example", places=PLACES)
    say(outside, "# handles\n@JANE@nest.example\n@ben@nest.example\n")
    assert await prove_domain(house.db, web, jane.id, " https://Jane.Example/ ", places=PLACES) == "jane.example"
    account = await accounts.find(house.db, jane.id)
    assert account.domain_handle == "jane.example"
    card = (await accounts.AccountViews(house.db).get([jane.id]))[jane.id]
    told = json.loads(account_start(card, Addresses("https://nest.example"), ()) + account_counters(card))
    assert told["domain_handle"] == "jane.example"
    assert (told["fields"][0]["name"], told["fields"][0]["verified_at"] is None) == ("Domain", False)
    document = actor(account, PLACES, pair=PAIR)
    assert document["domainHandle"] == "jane.example"
    assert 'rel="me' in document["attachment"][0]["value"]
    assert await accounts.find_by_domain(house.db, "jane.example") == jane.id
    assert await accounts.search_accounts(house.db, "@jane.example") == [jane.id]
    assert await house.do(accounts.drop_domain, jane.id)
    assert (await accounts.find(house.db, jane.id)).domain_handle == ""


async def test_a_webfinger_proves_it(house, make, outside, web):
    jane = await make.member("jane")
    finger(outside, "jane", "jane.example", "https://nest.example/users/ben")
    with pytest.raises(Invalid):
        await prove_domain(house.db, web, jane.id, "jane.example", places=PLACES)
    finger(outside, "jane", "jane.example", "https://nest.example/users/jane")
    await prove_domain(house.db, web, jane.id, "jane.example", places=PLACES)
    assert (await accounts.find_domain(house.db, jane.id)).way == "webfinger"


@pytest.mark.parametrize(
    "answer",
    [
        ("@jane@nest.example", {"head": "content-type: text/html"}),  # a page on which anybody may write
        ("@jane@nest.example", {"status": 404}),
        ("@jane@nest.example" + "\n" * 5000, {}),  # too large
        ("see @jane@nest.example", {}),
        ("@jane@nest.example.evil.example", {}),
        ("\0\x01\x02", {}),
        ("", {}),
    ],
)
async def test_what_proves_nothing(outside, web, answer):
    say(outside, answer[0], **answer[1])
    assert await find_proof(web, "jane", "jane.example", places=PLACES) is None


async def test_no_other_host_speaks_for_it(outside, web):
    say(outside, "@jane@nest.example")
    outside.answers["/elsewhere"] = outside.answers[FILE]
    outside.redirect(FILE, f"http://other.example:{outside.port}/elsewhere")
    assert await find_proof(web, "jane", "jane.example", places=PLACES) is None
    assert all("elsewhere" not in line for line, _, _ in outside.asked)


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"links": 5}', b"[" * 60_000, b'{"links": [{"rel": "self"}]}'])
async def test_a_webfinger_of_nonsense(outside, web, body):
    outside.page(
        "/.well-known/webfinger?resource=acct:jane@jane.example", body, head="content-type: application/jrd+json"
    )
    assert await find_proof(web, "jane", "jane.example", places=PLACES) is None
    assert outside.asked[-1][0].split()[1] in outside.answers


async def test_nobody_is_led_into_our_network(house, make, outside):
    """A name that leads to an address of ours is not asked (SSRF), nor is an address in place of a name."""
    jane = await make.member("jane")
    say(outside, "@jane@nest.example")

    async def inward(_):
        return ["127.0.0.1"]

    web = Web(outside, Door(agent="test", plain=True, resolve=inward))
    with pytest.raises(Invalid):
        await prove_domain(house.db, web, jane.id, "jane.example", places=PLACES)
    assert outside.asked == []
    web.hosts.clear()
    for written in (
        "127.0.0.1", "[::1]", "localhost", "10.1", "0x7f.1", "jane", "", "nest.example", "a.nest.example", "a b.example",
        "jane.example:8080", "jane.example/path", "user@jane.example", "jané.\u200bexample", "-a.example", "x" * 300,
    ):  # fmt: skip
        with pytest.raises(Invalid):
            await prove_domain(house.db, web, jane.id, written, places=PLACES)
    assert web.hosts == []
    await web.close()


async def test_no_lookalike_of_a_protected_name(house, make, staff, outside, web):
    fake, real = await make.member("fake"), await make.member("flyer")
    await house.do(
        identity.add_name, "Nordwind Air", handle="nordwind", site="nw-air.example", account_id=0, by=staff.id
    )
    for one in (fake, real):
        say(outside, f"@{one.username}@nest.example")
        for written in (
            "nordwind-support.example", "n\u043erdwind.example",
            "n0rdwind.example", "help.nordwind.example", "nw-\u0430ir.example",
        ):  # fmt: skip
            with pytest.raises(Invalid) as refused:
                await prove_domain(house.db, web, one.id, written, places=PLACES)
            assert "protected name" in refused.value.text
    assert web.hosts == []
    await prove_domain(house.db, web, real.id, "press.nw-air.example", places=PLACES)
    await prove_domain(house.db, web, real.id, "nordwinter-birds.example", places=PLACES)


async def test_others_letters_are_shown_as_they_are_sent(house, make, outside, web):
    jane = await make.member("jane")
    say(outside, "@jane@nest.example")
    await prove_domain(house.db, web, jane.id, "bücher.example", places=PLACES)
    assert (await accounts.find(house.db, jane.id)).domain_handle == "xn--bcher-kva.example"


async def test_whose_domain_is_the_site_is_no_impostor(house, make, staff, outside, web):
    one = await make.member("nordwind_help")
    await house.do(identity.add_name, "nordwind", site="nordwind.example", by=staff.id)
    assert await house.labels(one) == {"impersonation": "nordwind"}
    say(outside, "@nordwind_help@nest.example")
    await prove_domain(house.db, web, one.id, "nordwind.example", places=PLACES)
    await house.settle()
    assert await house.labels(one) == {}
    await house.do(accounts.drop_domain, one.id)
    assert await house.labels(one) == {"impersonation": "nordwind"}


async def test_who_proves_it_newly_takes_it_over(house, make, outside, web):
    old, new = await make.member("old"), await make.member("new")
    heard = Reactions(house.db, hears_of(sends=True))
    await heard.prepare()
    say(outside, "@old@nest.example")
    await prove_domain(house.db, web, old.id, "bird.example", places=PLACES)
    with pytest.raises(Invalid):
        await prove_domain(house.db, web, new.id, "bird.example", places=PLACES)
    say(outside, "@new@nest.example")  # the domain was sold
    await prove_domain(house.db, web, new.id, "bird.example", places=PLACES)
    assert await accounts.find_by_domain(house.db, "bird.example") == new.id
    assert (await accounts.find(house.db, old.id)).domain_handle == ""
    assert (await accounts.find_domain(house.db, old.id)).lost_why == "taken"
    to = await recipient(house.db, old.member_id)
    subject, parts, _ = await words_for(
        house.db, to, "domain_lost", old.id, title="Nest", public_url="https://nest.example"
    )
    assert "bird.example is no longer your handle" in subject
    assert "another account" in parts[0]


async def test_it_is_looked_at_each_day_and_forgiven_for_three(house, make, outside, web, events):
    jane = await make.member("jane")
    say(outside, "@jane@nest.example")
    await prove_domain(house.db, web, jane.id, "jane.example", places=PLACES)
    jobs = Jobs(house.db, identity.jobs_of(web, PLACES))

    async def a_day_later(*, failing_days=0):
        change = {"checked_at": now_ms() - DAY - 1}
        if failing_days:
            change["failing_since"] = now_ms() - failing_days * DAY
        async with house.db.begin() as tx:
            await tx.run(Sql(domain_handles.update().values(change)))
            await tx.enqueue(CheckDomains())
        outside.asked.clear()
        await jobs.settle()
        return await accounts.find_domain(house.db, jane.id)

    held = await a_day_later()
    assert (len(outside.asked), held.failing_since) == (1, None)
    async with house.db.begin() as tx:
        await tx.enqueue(CheckDomains())
    await jobs.settle()
    assert len(outside.asked) == 1, "once a day"
    say(outside, "", status=503)
    held = await a_day_later()
    assert (held.failing_since is not None, held.lost_at) == (True, None)
    assert (await a_day_later(failing_days=2)).lost_at is None
    assert (await accounts.find(house.db, jane.id)).domain_handle == "jane.example"
    say(outside, "@jane@nest.example")
    assert (await a_day_later()).failing_since is None, "it is there again"
    say(outside, "This domain is for sale")
    await a_day_later()
    held = await a_day_later(failing_days=3)
    assert (held.lost_why, (await accounts.find(house.db, jane.id)).domain_handle) == ("gone", "")
    assert accounts.DomainHandleLost(account_id=jane.id) in await events()
    assert await accounts.find_by_domain(house.db, "jane.example") is None
    await a_day_later()
    assert outside.asked == [], "what is lost is not looked at"


async def test_more_than_one_batch_of_them_is_looked_at(house, make, outside, web, monkeypatch):
    monkeypatch.setattr(domains, "_AT_ONCE", 3)
    for number in range(7):
        one = await make.member(f"bird{number}")
        async with house.db.begin() as tx:
            await accounts.wear_domain(tx, one.id, f"bird{number}.example", "file")
    async with house.db.begin() as tx:
        await tx.run(Sql(domain_handles.update().values(checked_at=now_ms() - DAY - 1)))
        await tx.enqueue(CheckDomains())
    web.hosts.clear()
    await Jobs(house.db, identity.jobs_of(web, PLACES)).settle()
    assert set(web.hosts) == {f"bird{number}.example" for number in range(7)}


async def test_not_too_often(house, make, web, monkeypatch):
    monkeypatch.setattr(domains, "proving", Tries(most=2, window_ms=DAY))
    jane = await make.member("jane")
    for _ in range(2):
        with pytest.raises(Invalid):
            await prove_domain(house.db, web, jane.id, "jane.example", places=PLACES)
    with pytest.raises(accounts.TooManyTries):
        await prove_domain(house.db, web, jane.id, "jane.example", places=PLACES)
