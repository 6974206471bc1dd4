"""`dunnock feeds fit`, `weights` and `use`, on a server whose members choose by what they answered before."""

from __future__ import annotations

import asyncio
import shutil

import msgspec
import numpy as np
import pytest

from dunnock.cli import feeds as command
from dunnock.feeds.for_you.arrange import Item
from dunnock.feeds.for_you.features import NAMES
from dunnock.feeds.for_you.learn import TooLittle
from dunnock.feeds.for_you.live import store
from dunnock.feeds.for_you.model import Model, default_text
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
