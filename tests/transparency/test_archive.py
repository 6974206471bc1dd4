"""Releases: what is in them, that nobody who must not be named is, and that what was changed in them is found."""

from __future__ import annotations

import asyncio
import csv
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import stix2
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from dunnock import moderation
from dunnock.foundation.db import Sql
from dunnock.media import MediaStore
from dunnock.transparency.archive import Order, export, export_release, verify_against, verify_release
from dunnock.transparency.archive.columns import TWEETS, USERS
from dunnock.transparency.archive.crowd import NOTHING, Crowd
from dunnock.transparency.schema import faults_of


@pytest.fixture
async def network(db, make):
    """Twelve accounts, one with 6,000 followers, of which all but two are suspended by one decision; its id."""
    mo = await make.member("mo", role="moderator")
    birds = [await make.member(f"bird{number}") for number in range(12)]
    async with db.begin() as tx:
        await tx.run(Sql(text(f"UPDATE account_counts SET followers = 6000 WHERE account_id = {birds[0].id}")))
    first = await make.post(
        birds[0], text="I am @bird0, see https://lie.example/1, so says @bird1", mentions=(birds[0], birds[1])
    )
    for one in birds[1:]:
        await make.post(one, text=f"Hello, @{one.username}!", hashtags=("lies",), language="de")
        await make.post(one, boost_of_id=first.id)
        await make.post(one, text="only for friends", visibility="followers")
    await make.post(birds[11], text="not of the network")
    async with db.begin() as tx:
        judgement = moderation.Judgement(
            action="suspend", account_ids=tuple(one.id for one in birds[:10]), facts="One song"
        )
        decided = await moderation.decide(tx, judgement, by=mo.id)
    return decided.id, birds


@pytest.fixture
def release(db, federation, tmp_path):
    async def made(decision_id, name="out"):
        storage = MediaStore.local(tmp_path / "media").storage
        order = Order(decision_ids=(decision_id,), title="Birds", method="They sing alike")
        return await export_release(
            db, federation, storage, order, tmp_path / name, say=lambda _: None
        ), tmp_path / name

    return made


def table(folder, part):
    (path,) = folder.glob(f"*{part}*.csv")
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


async def test_a_release_is_what_was_decided(db, release, network):
    decision_id, birds = network
    made, folder = await release(decision_id)
    users, posts = table(folder, "_users_"), table(folder, "_tweets_")
    assert (tuple(users[0]), tuple(posts[0])) == (USERS, TWEETS)
    assert (len(users), len(posts)) == (10, 1 + 9 * 2)
    assert made.counts == {"accounts": 10, "hashed_accounts": 9, "statements": 10, "posts": 19, "posts_left_out": 9}
    known = next(one for one in users if one["userid"] == str(birds[0].id))
    assert (known["user_screen_name"], known["follower_count"]) == ("bird0", "6000")
    assert all(re.fullmatch("[0-9a-f]{64}", one["userid"]) for one in users if one is not known)
    by_id = {one["tweetid"]: one for one in posts}
    first = next(one for one in posts if one["urls"] == "[https://lie.example/1]")
    second = next(
        one for one in users if one["userid"] == json.loads(f'"{first["user_mentions"].strip("[]").split(", ")[1]}"')
    )
    assert first["tweet_text"].startswith("I am @bird0, see")
    assert f"@{second['userid'][:15]}" in first["tweet_text"], "who is hashed is called so in the words, too"
    boost = next(one for one in posts if one["is_retweet"] == "true")
    assert (boost["retweet_userid"], boost["retweet_tweetid"]) == (str(birds[0].id), first["tweetid"])
    assert {one["hashtags"] for one in posts} == {"", "[lies]"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", boost["tweet_time"])
    assert by_id
    assert verify_release(folder).wrong == ()
    assert await verify_against(db, folder) == []
    whole = "".join(path.read_text() for path in folder.iterdir() if path.is_file())
    for bird in birds[1:]:
        assert bird.username not in whole
        assert str(bird.id) not in whole
    assert "only for friends" not in whole


async def test_two_releases_cannot_be_linked(release, network):
    decision_id, _ = network
    ids = [
        {one["userid"] for one in table((await release(decision_id, name))[1], "_users_")} for name in ("one", "two")
    ]
    assert len(ids[0] & ids[1]) == 1, "only who is known"


async def test_statements_fit_the_schema(release, network):
    _, folder = await release(network[0])
    told = [json.loads(line) for line in (folder / "statements.jsonl").read_text().splitlines()]
    assert len({one["puid"] for one in told}) == 10
    for one in told:
        assert faults_of(one) == []
        assert (one["decision_account"], one["decision_facts"]) == ("DECISION_ACCOUNT_SUSPENDED", "One song")


class _Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("at", [1, 2, 4, 7, 10, 13])
async def test_killed_anywhere_it_goes_on(db, release, network, monkeypatch, at):
    monkeypatch.setattr(export, "_AUTHORS", 3)
    monkeypatch.setattr(export, "_POSTS", 4)
    monkeypatch.setattr(export, "_SAVE_EVERY_S", 0)
    decision_id, _ = network
    real, saved = export._Work._save, 0

    def dies(self):
        nonlocal saved
        saved += 1
        if saved == at:
            for file in self._files._open.values():
                file.write(b"half a line")
                file.close()
            raise _Killed
        real(self)

    with monkeypatch.context() as patched:
        patched.setattr(export._Work, "_save", dies)
        with pytest.raises(_Killed):
            await release(decision_id)
    _, folder = await release(decision_id)
    assert verify_release(folder).wrong == ()
    assert await verify_against(db, folder) == []
    assert len(table(folder, "_tweets_")) == 19


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("_users_", "not as it was published"),
        ("manifest.json", "signature"),
        ("signature.json", "signature"),
        ("new.csv", "manifest"),
    ],
)
async def test_what_was_changed_is_found(release, network, name, why):
    _, folder = await release(network[0])
    path = next((one for one in folder.iterdir() if name in one.name), folder / name)
    content = path.read_text() if path.exists() else "x"
    path.write_text(
        content.replace("e", "f", 1)
        if name != "signature.json"
        else content.replace('"signature":"', '"signature":"AAAA')
    )
    assert any(why in one for one in verify_release(folder).wrong)


async def test_what_is_not_in_force_is_not_released(db, release, network):
    decision_id, _ = network
    async with db.begin() as tx:
        await tx.run(Sql(text("UPDATE decisions SET state = 'undone'")))
    with pytest.raises(moderation.DecisionInvalid):
        await release(decision_id)


def test_who_few_are_like_is_told_less_of():
    crowd = Crowd()
    alike = [("2020-03-05", "de", 17, 3)] * 5
    month = [(f"2020-06-{day:02d}", "de", 12, 2) for day in range(1, 6)]
    year = [(f"2021-{number:02d}-01", "en", number * 1000, 0) for number in range(1, 6)]
    alone = [("2020-09-09", "en", 20, 0), ("2019-01-01", "", 0, 0)]
    for one in (*alike, *month, *year, *alone):
        crowd.add(one)
    crowd.settle()
    assert crowd.shown(alike[0]) == ("2020-03-05", "de", 10, 3)
    assert crowd.shown(month[2]) == ("2020-06-01", "de", 10, 1)
    assert crowd.shown(year[1]) == ("2021-01-01", "en", None, None)
    assert [crowd.shown(one) for one in alone] == [NOTHING, NOTHING], (
        "those that others are shown with do not hide them"
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from([f"202{year}-0{month}-0{day}" for year in (1, 2) for month in (1, 2) for day in (1, 2)]),
            st.sampled_from(["de", "en"]),
            st.integers(0, 40),
            st.integers(0, 40),
        ),
        max_size=60,
    )
)
def test_nobody_is_alone_in_a_crowd(people):
    crowd = Crowd()
    for one in people:
        crowd.add(one)
    crowd.settle()
    shown = Counter(crowd.shown(one) for one in people)
    assert all(times >= 5 for facts, times in shown.items() if facts != NOTHING)
    assert Crowd(crowd.held).held == crowd.held


@pytest.fixture
async def two_networks(db, make):
    """Two decisions about two cases, with an account that is in both; their ids."""
    mo = await make.member("mo", role="moderator")
    ids = []
    birds = [await make.account(f"bird{number}") for number in range(8)]
    for title, members in (("News", birds[:5]), ("Activists", birds[4:])):
        async with db.begin() as tx:
            case_id = await moderation.open_case(tx, title, by=mo.id)
            subjects = [
                moderation.Subject(kind="account", subject_id=one.id, role="core" if one is members[0] else "amplifier")
                for one in members
            ]
            await moderation.add_subjects(tx, case_id, subjects, by=mo.id)
            change = moderation.CaseChange(techniques=("T0049.005",) if title == "News" else ())
            await moderation.change_case(tx, case_id, change, by=mo.id)
            judgement = moderation.Judgement(
                action="suspend", account_ids=tuple(one.id for one in members), case_id=case_id
            )
            ids.append((await moderation.decide(tx, judgement, by=mo.id)).id)
    await make.post(birds[4], text="I am in both: https://nest.example/@Bird4/1 https://lie.example/@bird4")
    return ids


async def test_networks_are_reported_apart(db, federation, two_networks, tmp_path):
    order = Order(decision_ids=tuple(two_networks), title="Two networks")
    storage = MediaStore.local(tmp_path / "media").storage
    made = await export_release(db, federation, storage, order, tmp_path / "out", say=lambda _: None)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert made.counts["accounts"] == 8
    assert manifest["networks"] == [
        {
            "decision": str(two_networks[0]),
            "disarm": ["T0049.005"],
            "counts": {"accounts": 5, "core": 1, "amplifier": 4, "posts": 1},
        },
        {
            "decision": str(two_networks[1]),
            "disarm": [],
            "counts": {"accounts": 4, "core": 1, "amplifier": 3, "posts": 1},
        },
    ]
    assert verify_release(tmp_path / "out").wrong == ()
    bundle = stix2.parse((tmp_path / "out" / "networks.stix.json").read_text(), allow_custom=False)
    by_kind = {}
    for one in bundle.objects:
        by_kind.setdefault(one.type, []).append(one)
    users = {one["userid"] for one in table(tmp_path / "out", "_users_")}
    assert {one.user_id for one in by_kind["user-account"]} == users, "called as in the tables"
    assert [one.external_references[0].external_id for one in by_kind["attack-pattern"]] == ["T0049.005"]
    assert [len(one.object_refs) - 2 for one in by_kind["grouping"]] == [5, 4]
    assert [one.count for one in by_kind["sighting"]] == [5, 4]
    assert {one.id for one in by_kind["campaign"]} == {one.sighting_of_ref for one in by_kind["sighting"]}
    ids = {one.id for one in bundle.objects}
    assert all(ref in ids for one in (*by_kind["grouping"], *by_kind["observed-data"]) for ref in one.object_refs)
    assert len(ids) == len(bundle.objects)
    (post,) = table(tmp_path / "out", "_tweets_")
    assert post["urls"].endswith("https://lie.example/@bird4]"), "what is elsewhere is evidence"
    assert "Bird4" not in post["tweet_text"] + post["urls"]
    if db.engine == "sqlite":
        script = Path(__file__).parents[2] / "scripts" / "check_release.py"
        command = [sys.executable, str(script), str(tmp_path / "out"), str(db.path)]
        found = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
        assert (found.returncode, found.stdout) == (0, "actioned 8, published 8, posts 1, published 1\n"), found.stderr
        async with db.begin() as tx:
            await tx.run(Sql(text("UPDATE decision_subjects SET reversed_at = 1 WHERE subject_id % 2 = 0")))
        found = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
        assert "the published accounts are not the actioned accounts" in found.stderr


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, []),
        ({"category": "STATEMENT_CATEGORY_LIES"}, ["category"]),
        ({"content_type": []}, ["content_type"]),
        ({"content_type_other": ""}, ["content_type_other"]),
        ({"application_date": "2026-13-01"}, ["application_date"]),
        ({"application_date": "20261101"}, ["application_date"]),
        ({"puid": "with space"}, ["puid"]),
        ({"decision_facts": "x" * 5_001}, ["decision_facts"]),
        ({"decision_account": None}, ["decision_account", "decision_visibility"]),
        (
            {"decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT"},
            ["illegal_content_explanation", "illegal_content_legal_ground"],
        ),
        ({"user": "@bird"}, ["user"]),
    ],
)
def test_the_schema_of_statements(change, wrong):
    said = {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": "Rules",
        "incompatible_content_explanation": "Spam",
        "content_type": ["CONTENT_TYPE_OTHER"],
        "content_type_other": "account",
        "category": "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
        "content_date": "2026-11-01",
        "application_date": "2026-11-01",
        "decision_facts": "Spam",
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": "No",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "puid": "1-a_B",
        "decision_account": "DECISION_ACCOUNT_SUSPENDED",
    }
    assert faults_of(said | change) == wrong
