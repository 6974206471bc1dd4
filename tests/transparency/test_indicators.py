"""The feed of indicators: what is said and of whom, that nobody is named, that what is undone is taken back."""

from __future__ import annotations

import base64
import json

import msgspec
import pytest
import stix2
from sqlalchemy import text

from dunnock import accounts, moderation, transparency
from dunnock.accounts.server_rules import ServerBlock
from dunnock.federation import Federation, read_multikey
from dunnock.foundation.db import Sql
from dunnock.foundation.settings import Settings
from dunnock.integrity import money
from dunnock.media import MediaStore
from dunnock.moderation import media_stops, servers
from dunnock.transparency import indicators
from dunnock.transparency.archive import Order, export_release
from dunnock.transparency.indicators.chain import digest

WALLET = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"


@pytest.fixture
async def staff(make):
    return await make.member("mo", role="moderator"), await make.member("ada", role="admin")


@pytest.fixture
async def release(db, make, federation: Federation, tmp_path, staff):
    """Eight suspended accounts, one with 6,000 followers, in a published release; (decision, accounts)."""
    mo, ada = staff
    birds = [await make.member(f"bird{number}") for number in range(8)]
    async with db.begin() as tx:
        await tx.run(Sql(text(f"UPDATE account_counts SET followers = 6000 WHERE account_id = {birds[0].id}")))
    async with db.begin() as tx:
        case = await moderation.open_case(tx, "Song", by=mo.id)
        await moderation.change_case(tx, case, moderation.CaseChange(techniques=["T0049.005"]), by=mo.id)
        link = moderation.Subject(kind="link", name="https://www.lie.example/1?utm_source=x", role="core")
        target = moderation.Subject(kind="link", name="https://paper.example/", role="target")
        await moderation.add_subjects(tx, case, [link, target], by=mo.id)
        judgement = moderation.Judgement(
            action="suspend", account_ids=tuple(one.id for one in birds), case_id=case, facts="As @bird1 sang"
        )
        decided = await moderation.decide(tx, judgement, by=mo.id)
    order = Order(decision_ids=(decided.id,), title="Birds")
    made = await export_release(
        db, federation, MediaStore.local(tmp_path / "media").storage, order, tmp_path / "out", say=lambda _: None
    )
    async with db.begin() as tx:
        asked = await transparency.publish_release(tx, made.release_id, by=ada.id)
        assert asked is None
    return decided.id, birds


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(data=tmp_path, public_url="https://nest.example", publish_indicators=True)


async def _all(db, settings) -> list[dict]:
    """Every entry, after the chain and the signature were checked as docs/indicators.md says; None: taken back."""
    number, before, found, after = 0, "0" * 64, [], 0
    while True:
        page = (await indicators.public_page(db, settings, after=after)).page
        key = read_multikey(page.key)
        key.verify(base64.b64decode(page.signature), page.head.encode())
        for entry in page.entries:
            number += 1
            assert entry.number == number
            if entry.content is not None:
                assert digest(entry.content) == entry.digest
            before = indicators.link(number, before, entry.digest)
            found.append(entry.content and json.loads(entry.content))
        if page.next is None:
            break
        after = number
    head = json.loads(page.head)
    assert (head["server"], head["number"], head["hash"]) == ("nest.example", number, before)
    return found


def _about(entries: list[dict]) -> list[tuple[str, str]]:
    return [
        (said["kind"], said["value"])
        for one in entries
        if one and not one.get("revoked")
        for said in one["extensions"].values()
    ]


async def test_what_is_said_and_nobody_is_named(db, federation, settings, staff, release):
    _, ada = staff
    _, birds = release
    async with db.begin() as tx:
        rule = ServerBlock(id=0, domain="bad.example", severity="suspend", public_comment="Spam, says @bird2")
        await servers.block(tx, rule, by=ada.id)
        await servers.block(tx, ServerBlock(id=0, domain="noted.example", severity="noop"), by=ada.id)
        hidden = ServerBlock(id=0, domain="hidden.example", severity="suspend", obfuscate=True)
        await servers.block(tx, hidden, by=ada.id)
        await money.block(tx, WALLET, why="A lie", by=ada.id)
        await money.block(tx, "https://paypal.me/janedoe", why="A lie", by=ada.id)
        await moderation.stop_text(tx, "Sing with us!", who="everybody", hours=2, why="A slogan", by=ada.id)
    said, ended = await indicators.state_indicators(db, federation)
    assert (said, ended) == (8 + 1 + 1 + 2 + 1, 0)
    entries = await _all(db, settings)
    key = (await indicators.names_of(db, "nest.example")).address_key
    about = _about(entries)
    assert ("account", "bird0@nest.example") in about, "6,000 followers: a public figure"
    assert ("account", indicators.hashed(key, "account", "bird1@nest.example")) in about
    assert ("server", "bad.example") in about
    assert not {"noted.example", "hidden.example"} & {value for _, value in about}
    assert ("link", "lie.example/1") in about, "and not the page that was aimed at"
    assert ("destination", f"btc:{WALLET}") in about
    assert ("destination", indicators.hashed(key, "destination", "paypal/janedoe")) in about
    assert ("text", indicators.hashed(key, "text", "singwithus")) in about
    whole = json.dumps(entries)
    assert not [
        one for one in birds[1:] if f"@{one.username}" in whole or f"{one.username}@" in whole or str(one.id) in whole
    ]
    assert "janedoe" not in whole
    assert "ing with" not in whole
    network = next(one for one in entries if "lie.example" in one["pattern"])
    assert network["external_references"][0]["external_id"] == "T0049.005"
    assert await indicators.state_indicators(db, federation, whole=True) == (0, 0), "nothing is said twice"


async def test_stopped_pictures_are_told_unless_few_could_see_them_and_taken_back(db, federation, settings, staff):
    _, ada = staff
    told, film = "f8" * 32, ["0f" * 32, "1f" * 32]
    async with db.begin() as tx:
        how = media_stops.Stopping(why="A hoax, says @bird2")
        stop = await media_stops.stop_prints(tx, [told], how, by=ada.id)
        await media_stops.stop_prints(tx, film, how, by=ada.id)
        await media_stops.stop_prints(tx, ["a1" * 32], how, by=ada.id, tells=False)
        await media_stops.stop_prints(tx, ["b2" * 32], media_stops.Stopping(why="x", effect="review"), by=ada.id)
    assert await indicators.state_indicators(db, federation) == (2, 0)
    entries = await _all(db, settings)
    assert set(_about(entries)) == {("media", told), ("media", ".".join(film))}
    assert "@bird2" not in json.dumps(entries)
    assert {one["pattern"] for one in entries} == {
        f"[file:hashes.PDQ = '{told}']", f"[file:hashes.PDQ = '{film[0]}' OR file:hashes.PDQ = '{film[1]}']",
    }  # fmt: skip
    page = await indicators.public_page(db, settings)
    stix2.parse(
        json.dumps(indicators.bundle_of("nest.example", [one.content for one in page.page.entries])), allow_custom=True
    )
    read = [indicators.read_indicator(json.dumps(one)).about for one in entries]
    assert {one.value for one in read} == {told, ".".join(film)}
    async with db.begin() as tx:
        await media_stops.lift_media_stop(tx, stop, by=ada.id)
    assert await indicators.state_indicators(db, federation, whole=True) == (0, 1)
    assert told not in json.dumps(await _all(db, settings))


async def test_it_is_stix(db, federation, settings, release):
    await indicators.state_indicators(db, federation)
    page = await indicators.public_page(db, settings)
    bundle = indicators.bundle_of("nest.example", [one.content for one in page.page.entries])
    parsed = stix2.parse(json.dumps(bundle), allow_custom=True)
    assert sum(one["type"] == "indicator" for one in parsed.objects) == 9
    assert bundle == indicators.bundle_of("nest.example", [one.content for one in page.page.entries])


async def test_what_is_undone_is_taken_back_by_itself(db, federation, settings, staff, release):
    _, ada = staff
    decision, birds = release
    await indicators.state_indicators(db, federation)
    before = await _all(db, settings)
    key = (await indicators.names_of(db, "nest.example")).address_key
    gone = indicators.hashed(key, "account", "bird3@nest.example")
    number = 1 + next(at for at, one in enumerate(before) if gone in json.dumps(one))
    async with db.begin() as tx:
        appeal = await moderation.file_appeal(tx, decision, "No", account_id=birds[3].id)
        await moderation.decide_appeal(tx, appeal, granted=True, by=ada.id)
        await indicators.mark_indicators_stale(
            tx, moderation.DecisionReversed(decision_id=decision, account_id=birds[3].id)
        )
    assert await indicators.state_indicators(db, federation) == (0, 1)
    after = await _all(db, settings)
    assert after[number - 1] is None, "what was said is said no more"
    assert (after[-1]["revoked"], after[-1]["id"]) == (True, before[number - 1]["id"])
    assert gone not in json.dumps(after)
    read = indicators.read_indicator(msgspec.json.encode(after[-1]).decode())
    assert read is not None
    assert read.about is None
    stix2.parse(json.dumps(after[-1]), allow_custom=True)


async def test_a_few_accounts_are_not_said(db, make, federation, tmp_path, staff):
    mo, ada = staff
    bird = await make.member("bird")
    async with db.begin() as tx:
        decided = await moderation.decide(tx, moderation.Judgement(action="suspend", account_ids=(bird.id,)), by=mo.id)
    order = Order(decision_ids=(decided.id,), title="One")
    storage = MediaStore.local(tmp_path / "media").storage
    made = await export_release(db, federation, storage, order, tmp_path / "out", say=lambda _: None)
    async with db.begin() as tx:
        await transparency.publish_release(tx, made.release_id, by=ada.id)
    assert await indicators.state_indicators(db, federation) == (0, 0)


async def test_staff_see_it_before(db, make, release, staff):
    names = await indicators.names_of(db, "nest.example")
    found = await indicators.preview(db, names, by=staff[1].id)
    assert found.counts == {"account": 8, "link": 1}
    assert found.whole
    someone = await make.member("wren")
    with pytest.raises(accounts.NotPermitted):
        await indicators.preview(db, names, by=someone.id)


async def test_unpublished_it_is_not_there(db, federation, tmp_path):
    await indicators.state_indicators(db, federation)
    with pytest.raises(indicators.FeedMissing):
        await indicators.public_page(db, Settings(data=tmp_path, public_url="https://nest.example"))


@pytest.mark.parametrize(
    "extension",
    [
        {},
        {"kind": "server", "value": "not a name", "severity": "suspend"},
        {"kind": "server", "value": "a.example", "severity": "harsh"},
        {"kind": "account", "value": "@", "hashed": False},
        {"kind": "account", "value": "ab", "hashed": True},
        {"kind": "text", "value": "0" * 64, "hashed": True, "letters": 0},
        {"kind": "text", "value": "in the open"},
        {"kind": "destination", "value": "btc:bc1qnonsense"},
        {"kind": "link", "value": "javascript:alert(1)"},
        {"kind": "media", "value": "0" * 63},
        {"kind": "media", "value": ".".join(["0" * 64] * 9)},
        {"kind": "media", "value": f"{'0' * 64}."},
        {"kind": "media", "value": "0" * 64, "hashed": True},
        {"kind": "else", "value": "x"},
        {"kind": ["server"], "value": 5},
    ],
)
def test_nonsense_of_others_is_no_indicator(extension):
    held = {
        "type": "indicator", "id": "indicator--9a3d1a6e-6a43-5f0e-8a2c-5f5a4a0f5a11",
        "extensions": {"extension-definition--9a3d1a6e-6a43-5f0e-8a2c-5f5a4a0f5a11": extension},
    }  # fmt: skip
    assert indicators.read_indicator(json.dumps(held)) is None
    assert indicators.read_indicator("[" * 5000) is None
