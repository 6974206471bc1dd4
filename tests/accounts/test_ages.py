"""How old members are: what is kept of a date of birth, what moves up by itself, who may change it."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.joining import form
from dunnock import accounts
from dunnock.accounts.ages import night_ends, read_birth, years_between
from dunnock.foundation.clock import DAY, now_ms


def ms(*at):
    return int(dt.datetime(*at, tzinfo=dt.UTC).timestamp()) * 1000


def born(years, days=0):
    """The date of birth of somebody who became so old so many days ago."""
    day = dt.datetime.fromtimestamp(now_ms() / 1000, dt.UTC).date() - dt.timedelta(days=days)
    return (
        day.replace(year=day.year - years) if (day.month, day.day) != (2, 29) else day - dt.timedelta(days=1)
    ).isoformat()


async def declare(db, who, day):
    async with db.begin() as tx:
        return await accounts.declare_birth(tx, who.id, day)


@pytest.mark.parametrize(
    ("day", "on", "years"),
    [
        ((2010, 5, 6), (2026, 5, 5), 15),
        ((2010, 5, 6), (2026, 5, 6), 16),
        ((2008, 2, 29), (2026, 2, 28), 17),
        ((2008, 2, 29), (2026, 3, 1), 18),
    ],
)
def test_years(day, on, years):
    assert years_between(dt.date(*day), dt.date(*on)) == years


@pytest.mark.parametrize("typed", ["", "yesterday", "2010-13-01", "2990-01-01", "1850-01-01"])
def test_what_is_no_date_of_birth(typed):
    with pytest.raises(accounts.AgeRefused):
        read_birth(typed, now=ms(2026, 1, 1))


@pytest.mark.parametrize(
    ("now", "zone", "until"),
    [
        ((2026, 1, 10, 21, 59), "", None),
        ((2026, 1, 10, 22, 0), "", (2026, 1, 11, 7)),
        ((2026, 1, 11, 6, 59), "", (2026, 1, 11, 7)),
        ((2026, 1, 11, 7, 0), "", None),
        ((2026, 1, 10, 22, 0), "Asia/Tokyo", None),
        ((2026, 1, 10, 13, 30), "Asia/Tokyo", (2026, 1, 10, 22)),
        ((2026, 3, 29, 0, 30), "Europe/Berlin", (2026, 3, 29, 5)),  # the clocks go forward in that night
        ((2026, 1, 10, 23, 0), "Mars/Olympus", (2026, 1, 11, 7)),
    ],
)
def test_nights(now, zone, until):
    assert night_ends(ms(*now), zone) == (None if until is None else ms(*until))


@pytest.mark.parametrize(
    ("years", "band"), [(9, "under_13"), (13, "13_15"), (15, "13_15"), (16, "16_17"), (17, "16_17"), (18, "adult")]
)
async def test_only_the_band_is_kept_and_its_end_is_the_first_of_a_month(db, make, years, band):
    who = await make.member()
    kept = await declare(db, who, born(years))
    assert kept == await accounts.age_of(db, who.id, now=now_ms())
    assert (kept.band, kept.minor) == (band, band != "adult")
    if kept.minor:
        ends = dt.datetime.fromtimestamp(kept.moves_up_at / 1000, dt.UTC)
        assert (ends.day, ends.hour) == (1, 0)
        assert kept.moves_up_at > now_ms()


async def test_bands_move_up_by_themselves(db, make):
    who = await make.member()
    kept = await declare(db, who, born(12))
    later = kept.moves_up_at
    assert (await accounts.age_of(db, who.id, now=later - 1)).band == "under_13"
    teen = await accounts.age_of(db, who.id, now=later)
    assert teen.band == "13_15"
    older = await accounts.age_of(db, who.id, now=teen.moves_up_at)
    assert older.band == "16_17"
    grown = await accounts.age_of(db, who.id, now=older.moves_up_at)
    assert (grown.band, grown.moves_up_at) == ("adult", None)
    assert 5 * 365 * DAY < older.moves_up_at - later < 5 * 366 * DAY + DAY


async def test_who_is_under_18_makes_themselves_no_older(db, make):
    who = await make.member()
    kept = await declare(db, who, born(14))
    for day in (born(18), born(16), born(14, days=200)):
        with pytest.raises(accounts.AgeRefused):
            await declare(db, who, day)
    async with db.begin() as tx:
        with pytest.raises(accounts.AgeRefused):
            await accounts.declare_adult(tx, who.id)
        assert await accounts.declare_minor(tx, who.id) == kept
    assert await accounts.age_of(db, who.id, now=now_ms()) == kept
    assert (await declare(db, who, born(13))).band == "13_15", "younger is taken at once"
    async with db.begin() as tx:
        await accounts.set_band(tx, who.id, "adult")
    assert not (await accounts.age_of(db, who.id, now=now_ms())).minor


@pytest.mark.parametrize(("band", "years"), [("under_13", 18), ("13_15", 5), ("16_17", 2)])
async def test_what_staff_say_ends_when_nobody_can_be_so_young_any_more(db, make, band, years):
    who = await make.member()
    async with db.begin() as tx:
        kept = await accounts.set_band(tx, who.id, band)
        assert await accounts.set_band(tx, who.id, band) == kept
    now = now_ms()
    assert (await accounts.age_of(db, who.id, now=kept.moves_up_at - 1)).band == band
    early, late = now + int((years * 365.2 - 1) * DAY), now + int((years * 365.25 + 33) * DAY)
    assert (await accounts.age_of(db, who.id, now=early)).minor
    assert (await accounts.age_of(db, who.id, now=late)).band == "adult"
    async with db.begin() as tx:
        assert (await accounts.set_band(tx, who.id, "adult")).moves_up_at is None
        assert (await accounts.set_band(tx, who.id, "unknown")).moves_up_at is None


async def test_who_said_only_that_they_are_under_18_may_add_when_they_were_born(db, make):
    who = await make.member()
    async with db.begin() as tx:
        await accounts.choose_zone(tx, who.id, "Europe/Berlin")
        assert (await accounts.declare_minor(tx, who.id)).moves_up_at is None
    with pytest.raises(accounts.AgeRefused):
        await declare(db, who, born(30))
    kept = await declare(db, who, born(17))
    assert kept.moves_up_at is not None
    assert kept.zone == "Europe/Berlin"
    async with db.begin() as tx:
        with pytest.raises(accounts.AgeRefused):
            await accounts.choose_zone(tx, who.id, "../../etc/passwd")


async def test_who_said_nothing_counts_as_the_server_says(db, make):
    silent, grown, young, elsewhere = (
        await make.member(),
        await make.member(),
        await make.member(),
        await make.account(),
    )
    await declare(db, grown, born(40))
    await declare(db, young, born(15))
    ids, now = [silent.id, grown.id, young.id, elsewhere.id], now_ms()
    assert await accounts.Ages().minors(db, ids, now=now) == {young.id}
    strict = accounts.Ages(lambda: "16_17")
    assert await strict.minors(db, ids, now=now) == {silent.id, young.id}
    assert [await strict.minor(db, one.id, now=now) for one in (silent, grown, young)] == [True, False, True]
    night = ms(2030, 1, 1, 23)
    assert await strict.morning(db, silent.id, now=night) == ms(2030, 1, 2, 7)
    assert await accounts.Ages().morning(db, silent.id, now=night) is None
    assert await accounts.Ages().morning(db, grown.id, now=night) is None


@pytest.mark.parametrize(
    ("day", "code"),
    [("", "ERR_BLANK"), ("no date", "ERR_INVALID"), (born(16, days=-1), "ERR_BELOW_LIMIT")],
)
async def test_who_is_too_young_cannot_join(db, day, code):
    with pytest.raises(accounts.SignUpRefused) as refused:
        await accounts.sign_up(db, form("ada", date_of_birth=day), policy="open", min_age=16)
    assert [one[0] for one in refused.value.details["date_of_birth"]] == [code]
    with pytest.raises(accounts.MemberMissing):
        await accounts.member_named(db, "ada")


async def test_who_joins_is_in_a_band(db):
    made = await accounts.sign_up(db, form("ada", date_of_birth=born(16)), policy="open", min_age=16)
    assert (await accounts.age_of(db, made.account_id, now=now_ms())).band == "16_17"
    silent = await accounts.sign_up(db, form("bea"), policy="open")
    assert await accounts.age_of(db, silent.account_id, now=now_ms()) == accounts.Age()
