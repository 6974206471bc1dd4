"""Rules, pages and terms, on both engines."""

from __future__ import annotations

import pytest

from dunnock import server
from dunnock.foundation.clock import DAY, iso_day, now_ms
from dunnock.server import GuideChanged, GuideRefused, RuleMissing, TermsMissing, Words


async def test_rules_keep_their_order_and_their_ids(db, events):
    async with db.begin() as tx:
        one = await server.add_rule(tx, "Be kind", hint="Always", translations={"de": Words("Sei nett")})
        two = await server.add_rule(tx, "No spam")
        three = await server.add_rule(tx, "Third")
    assert [rule.text for rule in await server.rules(db)] == ["Be kind", "No spam", "Third"]
    async with db.begin() as tx:
        await server.order_rules(tx, [three.id, one.id])
        await server.change_rule(tx, two.id, "No spam at all")
        await server.remove_rule(tx, one.id)
    assert [rule.text for rule in await server.rules(db)] == ["Third", "No spam at all"]
    assert await server.rules_by_id(db, [one.id]) == [
        server.Rule(one.id, "Be kind", "Always", {"de": Words("Sei nett")})
    ]
    assert await events() == [GuideChanged(what="rules")] * 6


@pytest.mark.parametrize(
    ("words", "hint", "translations"),
    [
        (" ", "", {}),
        ("x" * 301, "", {}),
        ("x", "y" * 2001, {}),
        ("x", "", {"xx": Words("y")}),
        ("x", "", {"de": Words("")}),
    ],
)
async def test_rules_that_can_not_be(db, words, hint, translations, events):
    async with db.begin() as tx:
        with pytest.raises(GuideRefused):
            await server.add_rule(tx, words, hint=hint, translations=translations)
        for verb in (server.change_rule,):
            with pytest.raises(RuleMissing):
                await verb(tx, 1, "x")
        with pytest.raises(RuleMissing):
            await server.remove_rule(tx, 1)
        with pytest.raises(RuleMissing):
            await server.order_rules(tx, [1])
    assert await server.rules(db) == []
    assert await events() == []


async def test_pages_are_written_and_taken_away(db):
    assert await server.page(db, "about") is None
    async with db.begin() as tx:
        await server.write_page(tx, "about", "# Hello")
        await server.write_page(tx, "about", "# Hello again")
    assert (await server.page(db, "about")).text == "# Hello again"
    async with db.begin() as tx:
        await server.write_page(tx, "about", " ")
        with pytest.raises(GuideRefused):
            await server.write_page(tx, "privacy", "x" * 100_001)
    assert await server.page(db, "about") is None


async def test_terms_hold_from_their_day_and_all_stay_readable(db):
    now = now_ms()
    with pytest.raises(TermsMissing):
        await server.current_terms(db, now)
    later = iso_day(now + 30 * DAY)
    async with db.begin() as tx:
        await server.publish_terms(tx, "first")
        await server.publish_terms(tx, "second", effective_on=later, changes="more")
        for day in (later, iso_day(now - DAY), "soon", "2027-1-1", "2027-02-30"):
            with pytest.raises(GuideRefused):
                await server.publish_terms(tx, "third", effective_on=day)
        with pytest.raises(GuideRefused):
            await server.publish_terms(tx, " ", effective_on=iso_day(now + 9 * DAY))
    first = await server.current_terms(db, now)
    assert (first.text, first.succeeded_by, first.effective(iso_day(now))) == ("first", later, True)
    second = await server.terms_of(db, later)
    assert (second.text, second.changes, second.succeeded_by) == ("second", "more", None)
    assert not second.effective(iso_day(now))
    assert (await server.current_terms(db, now + 31 * DAY)).text == "second"
    with pytest.raises(TermsMissing):
        await server.terms_of(db, "2020-01-01")
