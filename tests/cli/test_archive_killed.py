"""`dunnock archive export`, killed with SIGKILL again and again: the release is the one of a run that nobody disturbed."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
import time

from cli.test_import import ask, parquet, run
from cli.test_members_delete import dunnock
from dunnock import accounts, moderation
from dunnock.foundation.db import open_db

POSTS = 12_000


async def suspended(data) -> int:
    """Have the imported accounts suspended; the decision's id."""
    db = await open_db(f"sqlite:///{data / 'dunnock.db'}")
    try:
        by = (await accounts.member_named(db, "mo")).account_id
        ids = tuple(one for (one,) in ask(data, "SELECT DISTINCT author_id FROM posts"))
        async with db.begin() as tx:
            decided = await moderation.decide(tx, moderation.Judgement(action="suspend", account_ids=ids), by=by)
        assert (await moderation.find_decision(db, decided.id)).state == "applied"
        return decided.id
    finally:
        await db.close()


def export(data, folder, decision_id) -> list[str]:
    told = ("--to", str(folder), "--title", "Birds", "--data", str(data))
    return [sys.executable, "-m", "dunnock", "archive", "export", str(decision_id), *told]


def contents(folder) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


def test_killed_again_and_again(tmp_path):
    data, folder = tmp_path / "data", tmp_path / "release"
    made = dunnock(
        "members", "create", "mo", "--email", "mo@mail.example", "--password", "a good long one", "--role", "moderator",
        "--data", str(data),
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert run(data, parquet(tmp_path / "posts.parquet", POSTS, authors=40)).returncode == 0
    decision_id = asyncio.run(suspended(data))
    twin_data, twin = tmp_path / "twin_data", tmp_path / "twin"
    kills = 0
    for wait_for in ("state.json", "*_users_*", "*_tweets_*"):
        going = subprocess.Popen(export(data, folder, decision_id), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            deadline = time.monotonic() + 60
            while going.poll() is None and not any(one.stat().st_size for one in folder.glob(wait_for)):
                assert time.monotonic() < deadline, going.stderr
                time.sleep(0.005)
            time.sleep(0.05 * kills)
            going.send_signal(signal.SIGKILL)
        finally:
            going.wait()
            going.stderr.close()
        kills += going.returncode == -signal.SIGKILL
        if kills == 1 and not twin.exists():  # from here on the twin is left in peace
            shutil.copytree(data, twin_data, ignore=shutil.ignore_patterns("bus"))
            shutil.copytree(folder, twin)
    assert kills >= 2, "it was over too soon to be killed"
    for a_data, a_folder in ((data, folder), (twin_data, twin)):
        done = subprocess.run(
            export(a_data, a_folder, decision_id), capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        assert f"posts {POSTS:,}" in done.stdout
        verified = dunnock("archive", "verify", str(a_folder), "--database", "--data", str(a_data))
        assert verified.returncode == 0, verified.stderr
    mine, theirs = contents(folder), contents(twin)
    assert len(mine) > 5
    for signed in (mine, theirs):  # each server has a key of its own, made when it first signs
        assert signed.pop("signature.json")
    assert mine == theirs
