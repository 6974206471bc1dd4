"""The fingerprint of an account: how it posts, whom it was, what was found and decided about it."""

from __future__ import annotations

import pytest

from dunnock import accounts, integrity, moderation
from dunnock.foundation.clock import DAY, HOUR
from dunnock.foundation.errors import Missing
from dunnock.integrity.fingerprint import fingerprint_of, habits_of
from dunnock.integrity.money import observe
from dunnock.integrity.signals import raise_signal
from dunnock.posts.released import Released
from web.admin.networks import planted

MONDAY = 1_795_392_000_000  # 2026-11-23


def post(at: int, words: str = "", **more) -> Released:
    told = {
        "id": at << 16, "author_id": 1, "text": words, "warning": "", "language": "en", "created_at": at,
        "reply_to_id": None, "reply_to_author_id": None, "quoted_id": None, "boost_of_id": None, "boosted": None,
        "mentions": (), "hashtags": (), "media": (), "poll_id": None, "app_id": None, "counts": (0, 0, 0, 0), "open": True,
    }  # fmt: skip
    return Released(**(told | more))


def test_habits():
    found = habits_of(
        [
            post(MONDAY + 9 * HOUR, "see https://www.pills.example/a and https://pills.example/b", app_id=7),
            post(MONDAY + 9 * HOUR + 5, "again https://pills.example", app_id=7, reply_to_id=3),
            post(MONDAY + 6 * DAY + 23 * HOUR, "x", language="ru"),
            post(MONDAY + 2 * DAY, "", boost_of_id=9, language=None),
            post(MONDAY + 3 * DAY, "https://secret.example", open=False),
        ]
    )
    assert (found.posts, found.replies, found.boosts) == (3, 1, 1)
    assert found.week[0][9] == 2
    assert found.week[6][23] == found.week[2][0] == 1
    assert sum(sum(day) for day in found.week) == 4
    assert (found.apps, found.hosts) == ([(7, 2), (None, 1)], [("pills.example", 2)])
    assert found.languages == [("en", 2), ("ru", 1)]
    assert found.a_day == pytest.approx(4 / (6 + 14 / 24))
    none = habits_of([])
    assert (none.last_at, none.a_day, none.apps) == (0, 0.0, [])


async def test_what_is_known_of_an_account(db, make):
    ada = await make.member("ada", role="owner")
    wren = await make.member("wren")
    await make.post(wren, "Get some at https://pills.example/now")
    await make.post(wren, "hush https://secret.example", visibility="direct")
    led = await make.post(wren, '<a href="https://paypal.me/Nest">x</a>')
    async with db.begin() as tx:
        await observe.look_at_post(tx, led.id)
        await accounts.change_profile(tx, wren.id, public_url="https://hedge.example", by_member_id=None, bio="I fish")
        await raise_signal(tx, "identity.return", "account", wren.id, score=0.9, evidence={})
    async with db.begin() as tx:
        judgement = moderation.Judgement(action="limit", account_ids=(wren.id,), text="Spam")
        await moderation.decide(tx, judgement, by=ada.id)
    held = await fingerprint_of(db, wren.id, by=ada.id)
    assert held.habits.posts == 2
    assert [host for host, _ in held.habits.hosts if host == "secret.example"] == []
    assert ("pills.example", 1) in held.habits.hosts
    assert [(one.field, one.new) for one in held.changes] == [("bio", "I fish")]
    assert [(one.key, number) for one, number in held.destinations] == [("paypal/nest", 1)]
    assert [one.detector for one in held.signals] == ["identity.return"]
    assert [(one.action, undone) for one, undone in held.decisions] == [("limit", None)]
    assert held.networks == []
    paid = await planted(db, make)
    [network] = await integrity.list_clusters(db, "open", by=ada.id)
    [one] = (await fingerprint_of(db, paid[0].id, by=ada.id)).networks
    assert (one.cluster.id, one.role) == (network.id, "core")
    with pytest.raises(accounts.NotPermitted):
        await fingerprint_of(db, wren.id, by=wren.id)
    with pytest.raises(Missing):
        await fingerprint_of(db, 1, by=ada.id)
