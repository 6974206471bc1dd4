"""Who comes from a browser and a network that are new is asked for a code by mail; an owner always has a way in."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from accounts.joining import PASSWORD, do, join
from dunnock import accounts
from dunnock.accounts import mailed_code, tables
from dunnock.accounts.known_networks import mark_of, origin_of
from dunnock.accounts.mail_links import make_link
from dunnock.foundation import ids
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Sql

SITE = accounts.Site("https://birds.example", "Birds")
HOME, ELSEWHERE = "203.0.113.7", "198.51.100.9"


async def comes(db, browser, address, *, mail_possible=True):
    return await accounts.sign_in(
        db, "ada", PASSWORD, client="Firefox on Linux", browser=browser, address=address, mail_possible=mail_possible
    )


async def asked(db, browser, address):
    with pytest.raises(accounts.SecondStepNeeded) as needed:
        await comes(db, browser, address)
    return needed.value.step


async def mailed(db, step):
    return await do(db, mailed_code.make_code, ids.digest(step))


async def shows(db, step, code, browser="thief", address=ELSEWHERE):
    return await accounts.finish_sign_in(db, step, SITE, code=code, address=address, browser=browser)


@pytest.fixture
async def ada(db):
    member = await join(db)
    await comes(db, "hers", HOME)
    return member


async def test_the_password_alone_does_not_open_from_elsewhere(db, ada, events):
    step = await asked(db, "thief", ELSEWHERE)
    told = await accounts.second_step(db, step, SITE)
    assert (told.mailed, told.totp, told.codes) == ("a•••@mail.example", False, False)
    [doubted] = [one for one in await events() if isinstance(one, accounts.SignInDoubted)]
    assert (doubted.member_id, ELSEWHERE in repr(doubted)) == (ada.id, False)
    for wrong in ("", "00000000", "000000"):
        with pytest.raises(accounts.SecondFactorWrong):
            await shows(db, step, wrong)
    older = await mailed(db, step)
    code = await mailed(db, step)
    with pytest.raises(accounts.SecondFactorWrong):
        await shows(db, step, older)
    assert await accounts.find_session(db, await shows(db, step, f"{code[:4]} {code[4:]}")) is not None
    with pytest.raises(accounts.StepOver):
        await shows(db, step, code)
    assert await comes(db, "another", "198.51.7.7"), "the network is known from now on"


async def test_owners_are_let_in(db, ada):
    assert await comes(db, "hers", ELSEWHERE), "her browser, on a journey"
    assert await comes(db, "new", HOME), "a new browser at home"
    assert await comes(db, "no mail", "192.0.2.1", mail_possible=False), "this server sends no mail"
    assert await comes(db, "other", "127.0.0.1"), "no network that says anything"
    await do(db, accounts.reset_factors, ada.id)
    assert await comes(db, "lost all", "192.0.2.1"), "staff know that it is her"


async def test_an_address_that_takes_no_mail_locks_nobody_out(db, ada):
    async with db.begin() as tx:
        await tx.run(Sql(update(tables.members).values(mail_refused_at=tx.now)))
    assert await comes(db, "new", ELSEWHERE)


async def test_a_password_by_mail_is_enough(db, ada):
    token = await do(db, make_link, ada.id, "reset", ada.email)
    await accounts.reset_password(db, token, "another wren in the hedge")
    assert await accounts.sign_in(
        db, "ada", "another wren in the hedge", client="", browser="new", address=ELSEWHERE, mail_possible=True
    ), "she read a mail just now"


async def test_a_password_that_ended_meanwhile(db, ada):
    step = await asked(db, "thief", ELSEWHERE)
    code = await mailed(db, step)
    await accounts.change_password(db, ada.id, old=PASSWORD, new="another wren in the hedge")
    with pytest.raises(accounts.StepOver):
        await shows(db, step, code)


async def test_mails_are_not_sent_without_end(db, ada):
    for _ in range(5):
        await asked(db, "thief", ELSEWHERE)
    with pytest.raises(accounts.TooManyTries):
        await comes(db, "thief", ELSEWHERE)
    assert await comes(db, "hers", ELSEWHERE), "its owner is not kept out"


def test_what_is_kept_of_an_address():
    assert mark_of(1, HOME) == mark_of(1, "203.0.7.7") != mark_of(2, HOME)
    assert mark_of(1, "2001:db8:1:2::/64") == mark_of(1, "2001:db8:ffff::/64")
    assert [mark_of(1, one) for one in ("", "nonsense", "::1", "127.0.0.1")] == [""] * 4
    marks = {mark_of(1, f"{a}.{b}.0.1") for a in range(1, 100) for b in range(256) if a != 127}
    assert 4_000 < len(marks) <= 4_096, "a dozen bits, which many networks share"
    assert origin_of(HOME, 0) == origin_of(HOME, DAY - 1) != origin_of(HOME, DAY)
