"""For a while nobody can post what contains a text, however it is dressed up (DISARM drill D04)."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from sqlalchemy import text

from dunnock import accounts, moderation, posts
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.settings import Settings
from dunnock.posts.text_stops import folded

SETTINGS = Settings(data=Path("/nowhere"), public_url="https://nest.example")
WALLET = "bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh"


@pytest.fixture
def do(db):
    async def done(use_case, *args, **named):
        async with db.begin() as tx:
            return await use_case(tx, *args, **named)

    return done


@pytest.fixture
def say(do):
    async def said(author, words, **more):
        draft = posts.Draft(text=words, **more)
        return await do(posts.publish, draft, author_id=author, app_id=None, settings=SETTINGS)

    return said


@pytest.mark.parametrize(
    ("words", "same"),
    [
        (f"Send to {WALLET}!", True),
        (WALLET.upper(), True),
        ("b c 1 q x y 2 k-g_d.y g j r s q t z q 2 n 0 y r f 2 4 9 3 p 8 3 k k f j h x 0 w l h", True),
        (WALLET[:10] + "\u200b\u2060\u00ad" + WALLET[10:], True),
        ("".join(chr(ord(one) + 0xFEE0) for one in WALLET), True),
        (WALLET[:-1] + "x", False),
        ("", False),
    ],
)
def test_what_is_the_same(words, same):
    assert (folded(WALLET) in folded(words)) is same


async def test_it_holds_for_posts_warnings_polls_boosts_and_edits(do, say, make):
    ada, wren = (await make.member("ada", role="admin")).id, (await make.member("wren")).id
    before = await say(wren, f"take {WALLET}")
    mine = await say(wren, "hello")
    stop = await do(moderation.stop_text, f" {WALLET} ", hours=2, why="A scam", by=ada)
    assert await do(moderation.stop_text, WALLET.upper(), hours=1, why="Again", by=ada) is None, "it is already"
    await say(wren, "something else")
    poll = posts.PollDraft(options=(WALLET, "b"), expires_in=600)
    for draft in ({"words": f"take {WALLET}"}, {"words": "x", "warning": WALLET}, {"words": "x", "poll": poll}):
        with pytest.raises(posts.TextStopped):
            await say(wren, **draft)
    with pytest.raises(posts.TextStopped):
        await do(posts.boost, before.id, by=ada)
    with pytest.raises(posts.TextStopped):
        await do(posts.edit, mine.id, posts.Changes(text=WALLET), by=wren, settings=SETTINGS)
    await do(moderation.let_text_again, stop, by=ada)
    await say(wren, f"take {WALLET}")


async def test_only_for_a_class_and_only_for_a_while(do, say, make):
    ada = (await make.member("ada", role="admin")).id
    wren, star = (await make.member("wren")).id, (await make.member("star")).id
    await do(lambda tx: tx.run(Sql(text(f"UPDATE accounts SET protected = TRUE WHERE id = {star}"))))
    await do(lambda tx: tx.run(Sql(text(f"UPDATE accounts SET created_at = {now_ms()} WHERE id = {wren}"))))
    for who, barred, free in (("protected", star, wren), ("newcomers", wren, star)):
        await do(moderation.stop_text, WALLET, who=who, hours=1, why="A scam", by=ada)
        await say(free, WALLET)
        with pytest.raises(posts.TextStopped):
            await say(barred, WALLET)
        await do(lambda tx: tx.run(Sql(text("UPDATE text_stops SET until = 1"))))
        await say(barred, WALLET)


async def test_the_server_holds_a_text_and_staff_end_it(db, do, say, make):
    ada, mo = (await make.member("ada", role="admin")).id, (await make.member("mo", role="moderator")).id
    wren = (await make.member("wren")).id
    await do(moderation.hold_text, WALLET, hours=1, why="Three unrelated accounts posted it in a minute")
    with pytest.raises(posts.TextStopped):
        await say(wren, WALLET)
    (held,) = await posts.text_stops(db)
    assert (held.fragment, held.by_account_id) == (WALLET, None)
    with pytest.raises(accounts.NotPermitted):
        await do(moderation.stop_text, WALLET, hours=1, why="x", by=mo)
    with pytest.raises(accounts.NotPermitted):
        await do(moderation.let_text_again, held.id, by=mo)
    await do(moderation.let_text_again, held.id, by=ada)
    assert await posts.text_stops(db) == []


@pytest.mark.parametrize(
    ("fragment", "hours", "why"),
    [
        ("short", 1, "x"),
        ("-- .. !! --", 1, "x"),
        ("x" * 301, 1, "x"),
        (WALLET, 0, "x"),
        (WALLET, 25, "x"),
        (WALLET, 1, " "),
    ],
)
async def test_what_cannot_be_stopped(do, make, fragment, hours, why):
    ada = (await make.member("ada", role="admin")).id
    with pytest.raises((posts.FragmentRefused, moderation.StopRefused)):
        await do(moderation.stop_text, fragment, hours=hours, why=why, by=ada)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Send 1A-1z P1!", "send1a1zp1"),
        ("\uff26\uff32\uff25\uff25  \uff23óïns ①", "freecoins1"),
        ("STRASSE straße", "strassestrasse"),
        ("ab\u200bc\u0301d_e 漢字ﾊﾟ", "abcde漢字ハ"),
        ("", ""),
    ],
)
def test_what_is_left_of_words(words, key):
    assert folded(words) == key
    slowly = unicodedata.normalize("NFKD", words).casefold()
    assert key == "".join(one for one in slowly if unicodedata.category(one)[0] in "LN")
