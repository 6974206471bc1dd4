"""The watch over marks and the scan over tables say the same of the same acts: who acts together, and how sure it is."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime

import pytest

from dunnock.foundation.clock import DAY, SECOND
from dunnock.foundation.ids import id_at
from dunnock.integrity import marks, recompute, together
from dunnock.integrity.coaction import coactions, firsts
from dunnock.integrity.scan import scan

NOON = 1_790_000_000_000 // DAY * DAY
WORDS = "river market morning bridge song paper window garden train letter winter candle harbour field".split()  # noqa: SIM905


class Act(dict):
    """A post as a row of a table, and as its marks."""

    @property
    def marks(self):
        if self["is_repost"] == "true":
            return marks.marks_of_boost(int(self["repost_of"]), int(self["repost_of_author"]))
        return marks.marks_of_post(
            self["text"],
            tags=self["tags"],
            links=self["links"],
            media=self["files"],
            reply_to=int(self["reply_to"]) if self["reply_to"] else None,
            named=[int(one) for one in self["named"]],
        )


def history(seed):
    """A day of people who post and boost this and that, and of some who do it together, by one or several traces."""
    rng = random.Random(seed)
    people = [1_000 + n for n in range(rng.randint(25, 60))]
    ring = [5_000 + n for n in range(rng.randint(0, 14))]
    acts = []

    def act(who, at, **told):
        row = {"is_repost": "false", "repost_of": "", "repost_of_author": "", "reply_to": "", "text": "", "tags": [],
               "links": [], "files": [], "named": []}  # fmt: skip
        acts.append((NOON + at * SECOND, Act(row | told | {"account_id": str(who)})))

    def boost(who, at, target):
        act(who, at, is_repost="true", repost_of=str(900_000 + target), repost_of_author=str(7_000 + target % 9))

    def write(who, at, **told):
        tags = told.get("tags", rng.sample(("tea", "birds", "trains", "football"), rng.randint(0, 2)))
        said = " ".join([*rng.choices(WORDS, k=rng.randint(8, 14)), *(f"#{tag}" for tag in tags)])
        act(who, at, **{"text": said, **told, "tags": tags})

    for _ in range(rng.randint(150, 400)):
        who, at = rng.choice(people), rng.randrange(80_000)
        if rng.random() < 0.4:
            boost(who, at, int(rng.paretovariate(1)) % 300)
        else:
            write(who, at, reply_to=str(rng.randrange(800_000, 800_040)) if rng.random() < 0.2 else "",
                  named=[str(rng.choice(people))] if rng.random() < 0.2 else [])  # fmt: skip
    for n in range(rng.randint(3, 12)):
        begin, how = rng.randrange(75_000), rng.choice(("boost", "link", "file", "words", "reply", "tags"))
        same = " ".join(rng.choices(WORDS, k=12))
        for who in ring:
            at = begin + rng.randrange(240)
            if rng.random() < 0.25:
                continue
            match how:
                case "boost":
                    boost(who, at, 500 + n)
                case "link":
                    write(who, at, links=[f"https://news.example/story-{n}"])
                case "file":
                    write(who, at, files=[f"file{n}"])
                case "words":
                    write(who, at, text=f"{same} {rng.choice(WORDS)}", tags=[])
                case "reply":
                    write(who, at, reply_to=str(810_000 + n))
                case _:
                    write(who, at, tags=["valley", f"harvest{n}"])
    return [(id_at(at, n), row) for n, (at, row) in enumerate(sorted(acts, key=lambda one: one[0]))]


def table(path, acts):
    columns = ("account_id", "post_id", "created_at", "text", "is_repost", "repost_of", "repost_of_author", "hashtags", "urls",
               "mentions", "reply_to", "media")  # fmt: skip
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(columns)
        for act_id, row in acts:
            lists = [f"[{', '.join(row[name])}]" for name in ("tags", "links", "named", "files")]
            when = f"{datetime.fromtimestamp((act_id >> 16) / SECOND, UTC):%Y-%m-%d %H:%M:%S}"
            out.writerow((row["account_id"], act_id, when, row["text"], row["is_repost"], row["repost_of"],
                          row["repost_of_author"], *lists[:3], row["reply_to"], lists[3]))  # fmt: skip
    return path


def test_of_the_same_acts_both_say_the_same(tmp_path):
    sizes = [compared(tmp_path / "acts.csv", seed) for seed in range(15)]
    assert sum(size >= 5 for size in sizes) >= 4, "there was something to compare"
    assert 0 in sizes


def compared(path, seed):
    """Holds the two against each other; how many accounts both found."""
    acts = history(seed)
    flags = scan([table(path, acts)], threshold=together.THRESHOLD)
    batch = {int(one.account): one for one in flags if one.evidence.trace not in {"boosts", "boosted_by"}}
    seen = marks.columns(
        [(act_id, int(row["account_id"]), row["is_repost"] == "true", row.marks) for act_id, row in acts]
    )
    rows = firsts(seen.rows)
    live = {
        account: (number, member)
        for number, network in enumerate(together.networks(seen, rows, coactions(rows)))
        for account, member in network.members.items()
    }
    assert live.keys() == batch.keys()
    for account, (_, member) in live.items():
        assert member.score == pytest.approx(batch[account].score, abs=1e-3)
        assert recompute.watched_score(member.evidence) == pytest.approx(member.score, abs=1e-3)
    together_live = {frozenset(one for one, (n, _) in live.items() if n == number) for number, _ in live.values()}
    together_batch = {
        frozenset(one for one, flag in batch.items() if flag.cluster == cluster)
        for cluster in {flag.cluster for flag in batch.values()}
    }
    assert together_live == together_batch
    return len(live)
