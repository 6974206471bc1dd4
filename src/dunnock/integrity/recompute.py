"""Scores made again from their evidence, by a program that shares nothing with the one that found them.

`python -m dunnock.integrity.recompute FLAGS [TABLE...]` reads what `dunnock integrity scan` wrote and says which scores don't
follow from their evidence. With the scanned tables it also looks up the posts that the evidence names: do they exist, are they
by those accounts, is so much time between them? Written from docs/integrity.md alone; imports nothing of the package.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import math
import sys
from collections.abc import Iterator
from typing import Any

_CLOSE = 1e-6


def score(evidence: dict[str, Any]) -> float:
    """The score that follows from `evidence`, in nats."""
    total = 0.0
    for outside, posts, shared in zip(evidence["outside"], evidence["posts"], evidence["shared"], strict=True):
        if not 0 <= shared <= posts:
            return math.nan
        total += shared * math.log(evidence["belonging"] / outside)
        total += (posts - shared) * math.log((1 - evidence["belonging"]) / (1 - outside))
    return total - math.log(evidence["tried"])


def repurposed_score(evidence: dict[str, Any]) -> float:
    """The score, in nats, that follows from the evidence of an account that woke and moved with others for one thing."""
    total: float
    others, expected = evidence["set"] - 1, evidence["usual"] * evidence["posters"]
    beyond = others * math.log(others / expected) - others + expected if others > expected else 0.0
    total = math.log(evidence["belonging"] / evidence["usual"]) + min(10.0, beyond) - math.log(evidence["tried"])
    before, ahead = evidence["hours"], evidence["ahead"]
    if ahead is None or sum(before) < 20:
        return total
    says = 0.0
    for hour, number in enumerate(evidence["hours_since"]):
        says += number * (math.log(before[hour] + 0.5) - math.log(before[(hour + ahead) % 24] + 0.5))
    return total + max(-3.0, min(3.0, says))


def script_score(evidence: dict[str, Any]) -> float:
    """The score, in nats, that follows from the evidence of a script: so many of those who took it up use the same words."""
    same, others = evidence["same_words"], evidence["accounts"] - evidence["same_words"]
    belonging, usual = evidence["belonging"], evidence["usual"]
    told: float = same * math.log(belonging / usual) + others * math.log((1 - belonging) / (1 - usual))
    return told


def flood_score(evidence: dict[str, Any]) -> float:
    """The score, from 0 to 1, of a flood of strangers (signal `people.flood`); NaN when it names other posts than it counts."""
    number, usual = len(evidence["posts"]), evidence["usual"]
    if number != evidence["replies"] or len({account for _, account in evidence["posts"]}) != evidence["people"]:
        return math.nan
    beyond = number * math.log(number / usual) - number + usual if number > usual else 0.0
    return 1 - math.exp(-beyond / 20)


def raided_from(evidence: dict[str, Any]) -> list[str]:
    """The servers that the evidence of a raid (signal `people.flood`) says it comes from: their strangers are held back."""
    servers, found = evidence["servers"], []
    greatest = sorted((-one["people"], domain) for domain, one in servers.items())[:3]
    few = -sum(number for number, _ in greatest) >= 0.8 * evidence["people"]
    among = {domain for _, domain in greatest} if few else set()
    for domain, one in servers.items():
        if one["people"] < 5 or one["known"] >= one["people"]:
            continue
        if 10 * one["same"] >= 3 * one["posts"] or (domain in among and 2 * one["new"] >= one["people"]):
            found.append(domain)
    return sorted(found)


def raiders_score(evidence: dict[str, Any]) -> float:
    """The score, from 0 to 1, of accounts that go on to the next member (signal `people.raiders`).

    NaN when the evidence does not bear out that they do it as one again.
    """
    number, usual = len(evidence["posts"]), evidence["usual"]
    as_one = 10 * evidence["same"] >= 3 * number or evidence["often"] >= 5
    who = {account for _, account in evidence["posts"]}
    if number <= usual or evidence["again"] < 5 or len(who) > evidence["again"] or not as_one:
        return math.nan
    return 1 - math.exp(-(number * math.log(number / usual) - number + usual) / 4)


def watched_score(evidence: dict[str, Any]) -> float:
    """The score of a member of a network that the watch found (`evidence` of `/api/v1/dunnock/admin/networks/…`)."""
    if evidence["how"] == "again":
        return score({**evidence, "posts": evidence["acts"]})
    return repurposed_score(evidence) if evidence["how"] == "repurposed" else script_score(evidence)


def differences(flags: list[tuple[str, float, str]]) -> Iterator[str]:
    """A line for each of (account, score, evidence as JSON) whose score is another than its evidence gives."""
    for account, told, evidence in flags:
        again = score(json.loads(evidence))
        if not abs(again - told) <= _CLOSE * max(1.0, abs(told)):
            yield f"{account}: {told} is written, its evidence gives {again}"


def missing(flags: list[tuple[str, float, str]], posts: dict[str, tuple[str, float]]) -> Iterator[str]:
    """A line for each occasion that `posts` (id -> account, seconds since 1970) don't bear out."""
    for account, _, evidence in flags:
        for one in json.loads(evidence)["occasions"]:
            mine, theirs = posts.get(one["post"]), posts.get(one["other_post"])
            if mine is None or theirs is None:
                yield f"{account}: {one['post']} or {one['other_post']} is in none of the tables"
            elif mine[0] != account or theirs[0] != one["other_account"] or mine[0] == theirs[0]:
                yield f"{account}: {one['post']} or {one['other_post']} is by somebody else"
            elif abs(theirs[1] - mine[1] - one["seconds"]) > 1:
                yield f"{account}: {theirs[1] - mine[1]:.0f} s lie between {one['post']} and {one['other_post']}"


def _table(path: str) -> str:
    """How DuckDB reads a table: Parquet, JSON, or else CSV; gzip around the latter two."""
    with open(path, "rb") as file:  # noqa: PTH123 (a program on its own)
        start = file.read(4)
    if start == b"PAR1":
        return "read_parquet(?)"
    with gzip.open(path) if start[:2] == b"\x1f\x8b" else open(path, "rb") as unpacked:  # noqa: PTH123 (as above)
        first = unpacked.read(4_096).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if first in {b"{", b"["}:
        return "read_json(?, sample_size = -1)"
    return "read_csv(?, all_varchar = true, header = true)"


_SECONDS = """CASE WHEN regexp_full_match({0}::VARCHAR, '[0-9]+([.][0-9]+)?')
    THEN {0}::VARCHAR::DOUBLE / if({0}::VARCHAR::DOUBLE > 1e11, 1000, 1) ELSE epoch(try_cast({0}::VARCHAR AS TIMESTAMPTZ)) END"""
"""Since 1970: dates, or Unix seconds or milliseconds."""


def main(paths: list[str]) -> int:
    """Check the file of flags `paths[0]`, against the tables behind it; the exit code."""
    import duckdb  # noqa: PLC0415 (the functions above need nothing)

    with contextlib.suppress(duckdb.Error):  # it knows no other where it was built without zones
        duckdb.execute("SET TimeZone = 'UTC'")
    columns = "account_id, score::DOUBLE, evidence"
    flags = duckdb.execute(f"SELECT {columns} FROM {_table(paths[0])}", [paths[0]]).fetchall()
    wrong = list(differences(flags))
    if paths[1:]:
        named = {
            one[name]
            for _, _, told in flags
            for one in json.loads(told)["occasions"]
            for name in ("post", "other_post")
        }
        posts: dict[str, tuple[str, float]] = {}
        for path in paths[1:]:
            rows = duckdb.execute(f"SELECT * FROM {_table(path)} LIMIT 0", [path]).description or []
            ours = "post_id" in {row[0] for row in rows}
            names = ("post_id", "account_id", "created_at") if ours else ("tweetid", "userid", "tweet_time")
            found = duckdb.execute(
                f"SELECT {names[0]}::VARCHAR, {names[1]}::VARCHAR, {_SECONDS.format(names[2])} FROM {_table(path)}"
                f" WHERE {names[0]}::VARCHAR IN (SELECT unnest(?::VARCHAR[]))",
                [path, sorted(named)],
            ).fetchall()
            posts |= {post: (account, at) for post, account, at in found}
        wrong += missing(flags, posts)
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{len(flags)} accounts, {len(wrong)} things don't follow from the evidence\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
