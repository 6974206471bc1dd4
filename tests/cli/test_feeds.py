"""`dunnock feeds fit`, `weights` and `use`, on a server whose members choose by what they answered before."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import sqlite3

import msgspec
import numpy as np
import pytest

from dunnock.cli import feeds as command
from dunnock.cli.audit import run as audit
from dunnock.feeds.for_you.arrange import Item
from dunnock.feeds.for_you.audit import Report
from dunnock.feeds.for_you.features import NAMES
from dunnock.feeds.for_you.learn import TooLittle
from dunnock.feeds.for_you.live import store
from dunnock.feeds.for_you.model import Model, default_text, text_of
from dunnock.feeds.for_you.rank import Candidate, rank
from dunnock.feeds.for_you.versions import WeightsRefused
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.db import insert_into, open_db
from dunnock.foundation.ids import id_at
from dunnock.posts import tables as p
from making import Make

PAGES, OF_A_PAGE = 10, 6


async def fill(at, *, members, by):
    """Pages that were shown, and one answer to each: the post for which the signal `by` says most, nine times in ten."""
    dice, shipped = np.random.default_rng(4), Model(default_text(), NAMES)
    start, rows, answers = now_ms() - 3 * DAY, [], []
    db = await open_db(f"sqlite:///{at}/dunnock.db", pool=1)
    make = Make(db)
    author = await make.account("author")
    things = [await make.post(author, f"post {n}") for n in range(PAGES * OF_A_PAGE)]
    for _ in range(members):
        who = await make.member()
        for page in range(PAGES):
            some = things[page * OF_A_PAGE : (page + 1) * OF_A_PAGE]
            values = np.zeros((OF_A_PAGE, len(NAMES)))
            for name in ("kin", "popular_2h", "topic"):
                values[:, NAMES.index(name)] = dice.uniform(0, 0.2, OF_A_PAGE)
            items = [Candidate(Item(one.id, n), ("walk",)) for n, one in enumerate(some)]
            when = start + page * 5 * HOUR
            receipts = rank(items, values, shipped, at=when, policy="p", limit=OF_A_PAGE)
            wanted = max(receipts, key=lambda one: one.values[by])
            liked = wanted if dice.random() < 0.9 else receipts[int(dice.integers(OF_A_PAGE))]
            answers.append(
                {"account_id": who.id, "post_id": liked.item, "favourite_id": id_at(when + MINUTE) + len(answers)}
            )
            rows += [
                {"account_id": who.id, "post_id": one.item, "at": when, "receipt": msgspec.json.encode(one).decode()}
                for one in receipts
            ]
    async with db.begin() as tx:
        await tx.many(store.SERVE, rows)
        await tx.many(insert_into(p.interactions, *answers[0]), answers)
    await db.close()


@pytest.fixture
def place(sqlite_template, tmp_path):
    shutil.copy(sqlite_template, tmp_path / "dunnock.db")
    return tmp_path


def test_a_better_file_is_fitted_kept_and_put_in_force(place, tmp_path, capsys):
    asyncio.run(fill(place, members=60, by="topic"))
    command.fit(write=True, to=tmp_path / "new.toml", data=place)
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("600 choices of 60 members (0 of what stood there by chance): ")
    assert said[-2] == "Better than each of them."
    kept = said[-1].removeprefix("Kept as ").rstrip(".")
    new, shipped = Model((tmp_path / "new.toml").read_text(), NAMES), Model(default_text(), NAMES)
    assert new.hash == kept
    assert new.weights["topic"].weight > 2 * shipped.weights["topic"].weight
    command.use(kept[:12], because="It foretells better.", data=place)
    capsys.readouterr()
    command.weights(data=place)
    said = capsys.readouterr().out
    assert f"In force: {kept} " in said
    assert f"{kept[:16]} won" in said
    assert f"{kept[:16]} in force: It foretells better." in said
    # the same data again: what was learnt is in force, and a second file is not better than that
    command.fit(write=True, data=place)
    again = capsys.readouterr().out.splitlines()
    assert again[-2] == "Not better than each of them, or only by chance."
    with pytest.raises(WeightsRefused):
        command.use(again[-1].removeprefix("Kept as ").rstrip("."), because="Newer.", data=place)


def test_too_little_is_refused(place):
    asyncio.run(fill(place, members=30, by="topic"))
    with pytest.raises(TooLittle):
        command.fit(data=place)
    with pytest.raises(TooLittle):  # all of it is older
        command.fit(days=0.01, data=place)


def test_an_audit_is_published_with_the_weights_in_force_and_can_be_run_again(place, tmp_path, capsys):
    plan, out = tmp_path / "small.toml", tmp_path / "out"
    plan.write_text(
        "days = 2\nrefreshes = 2\npage = 5\npeople = 40\nposts_a_day = 60\nharmful = 0\nfringe = 0\ncrowds = []\n"
        '[[persona]]\nname = "One"\nbehaviour = "curious"\n'
    )
    shipped = Model(default_text(), NAMES)
    other = text_of(shipped, {"kin": 2.0}, version="2")
    with sqlite3.connect(place / "dunnock.db") as conn:  # in force here
        named = Model(other, NAMES).hash
        conn.execute("INSERT INTO for_you_weights (hash, id, text) VALUES (?, 1, ?)", (named, other))
        conn.execute("INSERT INTO for_you_weight_changes (id, hash, because) VALUES (2, ?, 'x')", (named,))
    conn.close()
    audit(str(plan), publish=True, to=out, processes=1, data=place)
    said = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("Published as"))
    made = hashlib.sha256((out / "report.json").read_bytes()).hexdigest()
    assert said.endswith(f"SHA-256 {made}.")
    assert msgspec.json.decode((out / "report.json").read_bytes(), type=Report).model == named
    # whoever has the report and the weights gets the same bytes
    (tmp_path / "weights.toml").write_text(other)
    audit(str(out / "report.json"), weights=tmp_path / "weights.toml", to=tmp_path / "again", processes=1)
    assert (tmp_path / "again" / "report.json").read_bytes() == (out / "report.json").read_bytes()
