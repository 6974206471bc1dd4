"""Named verifiers: what they say shows while they and whom they vouch for are who they were, and no longer."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from dunnock import accounts, moderation
from dunnock.accounts import AccountViews, verifiers
from dunnock.accounts import tables as accounts_tables
from dunnock.accounts.erase import erase_vouching
from dunnock.api.mastodon.fragments import Addresses, account_counters, account_start
from dunnock.federation.places import Places
from dunnock.federation.vocab.actor import actor
from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.db.tables import jobs
from dunnock.foundation.errors import Missing
from dunnock.foundation.reactions import Reactions
from dunnock.letters.reactions import hears_of
from dunnock.letters.store import recipient
from dunnock.letters.write import words_for
from dunnock.moderation.verifiers import EndVerifiers, end_verifiers

URL = {"public_url": "https://x", "by_member_id": None}
WHAT = "journalists of the Example Times"
PAIR = SimpleNamespace(number=1, signer=SimpleNamespace(key_id="k"), public="p", multikey="m")


@pytest.fixture
async def times(house, make, staff):
    """A verifier."""
    made = await make.member("times", display_name="Example Times")
    assert await house.do(moderation.name_verifier, made.id, f" {WHAT}", until=None, by=staff.id) is None
    return made


async def shown(house, one):
    return [(it.handle, it.name, it.what) for it in (await accounts.find(house.db, one.id)).attestations]


async def test_two_persons_name_one_and_one_ends_it(house, make, staff):
    other, mo = await make.member("second", role="admin"), await make.member("mo", role="moderator")
    paper = await make.member("times")
    with pytest.raises(accounts.NotPermitted):
        await house.do(moderation.name_verifier, paper.id, WHAT, until=None, by=mo.id)
    asked = await house.do(moderation.name_verifier, paper.id, WHAT, until=None, by=staff.id)
    assert await accounts.list_verifiers(house.db) == []
    (request,) = await moderation.open_requests(house.db, by=other.id)
    assert (request.id, request.said) == (asked, {"account": paper.id, "what": WHAT, "until": None})
    await house.do(moderation.approve_request, request.id, request.digest, by=other.id, signed_in_at=now_ms())
    (named,) = await accounts.list_verifiers(house.db)
    assert (named.account_id, named.what, named.attested) == (paper.id, WHAT, 0)
    await house.do(moderation.end_verifier, paper.id, by=staff.id)
    assert await accounts.list_verifiers(house.db) == []
    with pytest.raises(Missing):
        await house.do(moderation.end_verifier, paper.id, by=staff.id)
    acts = [one.act for one in await moderation.entries(house.db, accounts.Cursor(), by=staff.id)]
    assert [one for one in acts if "verifier" in one] == ["account.no_verifier", "account.verifier"]


async def test_who_can_be_named(house, make, staff, monkeypatch):
    far, limited, fine = (
        await make.account(domain="else.example"),
        await make.member(standing="limited"),
        await make.member(),
    )
    for one, what, until in (
        (far, WHAT, None), (limited, WHAT, None), (fine, " ", None), (fine, "x" * 121, None), (fine, WHAT, now_ms() - 1)
    ):  # fmt: skip
        with pytest.raises(accounts.VerifierRefused):
            await house.do(moderation.name_verifier, one.id, what, until=until, by=staff.id)
    monkeypatch.setattr(verifiers, "MOST_VERIFIERS", 1)
    await house.do(moderation.name_verifier, fine.id, WHAT, until=None, by=staff.id)
    await house.do(moderation.name_verifier, fine.id, "birds", until=None, by=staff.id)  # the same one: other words
    other = await make.member()
    with pytest.raises(accounts.VerifierRefused):
        await house.do(moderation.name_verifier, other.id, WHAT, until=None, by=staff.id)


async def test_it_is_shown_everywhere(house, make, times):
    jane = await make.member("jane", display_name="Jane Doe")
    views = AccountViews(house.db)
    before = (await views.get([jane.id]))[jane.id]
    assert b"attestations" not in account_start(before, Addresses("https://nest.example"), ())
    await house.do(accounts.attest, jane.id, by=times.id)
    assert await shown(house, jane) == [("times", "Example Times", WHAT)]
    card = (await views.get([jane.id]))[jane.id]
    told = json.loads(account_start(card, Addresses("https://nest.example"), ()) + account_counters(card))
    (it,) = told["attestations"]
    assert (it["account_id"], it["acct"], it["display_name"], it["what"]) == (
        str(times.id),
        "times",
        "Example Times",
        WHAT,
    )
    line = told["fields"][0]
    assert line["name"] == "Verified by"
    assert line["value"].startswith(f'<a href="https://nest.example/@times">Example Times</a> ({WHAT}), 20')
    account = await accounts.find(house.db, jane.id)
    document = actor(account, Places("https://nest.example"), pair=PAIR)
    (said,) = document["attestations"]
    assert (said["attributedTo"], said["summary"]) == ("https://nest.example/users/times", WHAT)
    assert document["attachment"][0]["name"] == "Verified by"


async def test_only_verifiers_and_nobody_themselves(house, make, times):
    jane = await make.member("jane")
    with pytest.raises(accounts.AttestationRefused):
        await house.do(accounts.attest, times.id, by=jane.id)
    with pytest.raises(accounts.AttestationRefused):
        await house.do(accounts.attest, times.id, by=times.id)
    gone = await make.account(standing="suspended")
    with pytest.raises(accounts.AccountMissing):
        await house.do(accounts.attest, gone.id, by=times.id)
    far = await make.account("jane", domain="else.example")
    await house.do(accounts.attest, far.id, by=times.id)
    assert await shown(house, far) == [("times", "Example Times", WHAT)]


async def test_bounds(house, make, times, monkeypatch):
    ada, ben, cy = [await make.member() for _ in range(3)]
    monkeypatch.setattr(verifiers, "MOST_ATTESTED", 1)
    await house.do(accounts.attest, ada.id, by=times.id)
    await house.do(accounts.attest, ada.id, by=times.id)  # again: nothing
    with pytest.raises(accounts.AttestationRefused):
        await house.do(accounts.attest, ben.id, by=times.id)
    assert await house.do(accounts.withdraw_attestation, ada.id, by=times.id)
    assert await shown(house, ada) == []
    await house.do(accounts.attest, ben.id, by=times.id)
    monkeypatch.setattr(verifiers, "MOST_ATTESTED", 9)
    monkeypatch.setattr(verifiers, "MOST_AN_HOUR", 2)
    with pytest.raises(accounts.AttestationsLimited):  # also what was taken back counts
        await house.do(accounts.attest, cy.id, by=times.id)


async def test_who_is_vouched_for_can_refuse_for_good(house, make, times):
    jane = await make.member("jane")
    await house.do(accounts.attest, jane.id, by=times.id)
    assert await house.do(accounts.refuse_attestation, jane.id, verifier_id=times.id)
    assert await shown(house, jane) == []
    with pytest.raises(accounts.AttestationRefused):
        await house.do(accounts.attest, jane.id, by=times.id)
    assert not await house.do(accounts.withdraw_attestation, jane.id, by=times.id)
    assert [one.state for one in await accounts.attested_of(house.db, jane.id)] == ["refused"]


async def test_an_account_that_is_called_otherwise_is_not_vouched_for(house, make, times, events):
    jane = await make.member("jane", display_name="Jane Doe")
    await house.do(accounts.attest, jane.id, by=times.id)
    await house.do(accounts.change_profile, jane.id, display_name="Jane Doe-Smith", **URL)
    assert await shown(house, jane), "whoever marries keeps a name"
    await house.do(accounts.change_profile, jane.id, display_name="Police News", **URL)
    assert await shown(house, jane) == []
    assert accounts.AttestationDoubted(verifier_id=times.id, account_id=jane.id) in await events()
    assert await house.labels(jane) == {"renamed": "Jane Doe"}, "it turned with a badge"
    await house.do(accounts.change_profile, jane.id, display_name="Jane Doe", **URL)
    assert await shown(house, jane) == [], "until the verifier says it again"
    await house.do(accounts.attest, jane.id, by=times.id)
    assert await shown(house, jane)


async def test_what_a_verifier_says_counts_while_it_is_one(house, make, times, staff):
    jane = await make.member("jane")
    await house.do(accounts.attest, jane.id, by=times.id)
    for standing in ("limited", "suspended"):
        await house.do(accounts.change_standing, {times.id: accounts.Standing(standing)})
        assert await shown(house, jane) == []
        with pytest.raises((accounts.AttestationRefused, accounts.AccountMissing)):
            await house.do(accounts.attest, staff.id, by=times.id)
        await house.do(accounts.change_standing, {times.id: accounts.Standing.ACTIVE})
        assert await shown(house, jane)
    await house.do(accounts.change_profile, times.id, display_name="The Example Times", **URL)
    assert await shown(house, jane) == [("times", "The Example Times", WHAT)]
    await house.do(accounts.change_profile, times.id, display_name="Police News", **URL)
    assert await shown(house, jane) == []
    await house.do(accounts.change_profile, times.id, display_name="Example Times", **URL)
    assert await shown(house, jane) == [], "until staff name it anew"
    await house.do(moderation.name_verifier, times.id, WHAT, until=None, by=staff.id)
    assert await shown(house, jane)
    await house.do(moderation.end_verifier, times.id, by=staff.id)
    assert await shown(house, jane) == []
    await house.do(moderation.name_verifier, times.id, WHAT, until=None, by=staff.id)
    assert await shown(house, jane) == [], "what it said before it was named again does not count"


async def test_a_term_ends(house, make, staff):
    paper, jane = await make.member("times"), await make.member("jane")
    await house.do(moderation.name_verifier, paper.id, WHAT, until=now_ms() + HOUR, by=staff.id)
    await house.do(accounts.attest, jane.id, by=paper.id)
    await end_verifiers(house.db, EndVerifiers())
    assert await shown(house, jane), "not yet"
    async with house.db.begin() as tx:
        await tx.run(Sql(update(accounts_tables.verifiers).values(until=1)))
    await end_verifiers(house.db, EndVerifiers())
    await house.settle()
    assert await shown(house, jane) == []
    assert await accounts.find_verifier(house.db, paper.id) is None
    (entry, _) = await moderation.entries(house.db, accounts.Cursor(), by=staff.id)
    assert (entry.act, entry.by_account_id) == ("account.no_verifier", 0)


async def test_mails(house, make, times, db):
    jane = await make.member("jane", display_name="Jane Doe")
    heard = Reactions(db, hears_of(sends=True))
    await heard.prepare()
    await house.do(accounts.attest, jane.id, by=times.id)
    await house.do(accounts.change_profile, jane.id, display_name="Police News", **URL)
    await heard.settle()
    words = {"title": "Nest", "public_url": "https://nest.example"}
    to_jane, to_times = await recipient(db, jane.member_id), await recipient(db, times.member_id)
    told = [row[0] for row in await db.all(Sql(select(jobs.c.body).where(jobs.c.kind == "SendLetter")))]
    assert sorted(what for body in told for what in ("attested", "doubted") if what in body) == ["attested", "doubted"]
    assert await words_for(db, to_jane, "attested", times.id, **words) is None, "it is over by now"
    subject, parts, _ = await words_for(db, to_times, "doubted", jane.id, **words)
    assert "called otherwise" in subject
    assert "https://nest.example/settings/proofs" in str(parts)
    await house.do(accounts.attest, jane.id, by=times.id)
    subject, parts, _ = await words_for(db, to_jane, "attested", times.id, **words)
    assert "vouches for you" in subject
    assert await words_for(db, to_times, "doubted", jane.id, **words) is None


async def test_lists_in_pages(house, make, times):
    made = [await make.member() for _ in range(5)]
    for one in made:
        await house.do(accounts.attest, one.id, by=times.id)
    await house.do(accounts.refuse_attestation, made[0].id, verifier_id=times.id)
    await house.do(accounts.change_standing, {made[1].id: accounts.Standing.LIMITED})
    first = await accounts.attested_by(house.db, times.id, shown=True, most=2)
    rest = await accounts.attested_by(
        house.db, times.id, shown=True, before=first[-1].at, below=first[-1].account_id, most=9
    )
    assert [one.account_id for one in (*first, *rest)] == [one.id for one in made[:1:-1]]
    assert (await accounts.find_verifier(house.db, times.id)).attested == 4


async def test_what_a_verifier_who_is_gone_said_is_gone(house, make, times):
    made = [await make.member() for _ in range(3)]
    for one in made:
        await house.do(accounts.attest, one.id, by=times.id)
    while await erase_vouching(house.db, times.id):
        pass
    assert [await shown(house, one) for one in made] == [[], [], []]
    assert await accounts.find_verifier(house.db, times.id) is None
