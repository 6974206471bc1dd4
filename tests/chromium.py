"""Chromium for the tests: one that is installed, or Debian's, which root may install; driven by Playwright."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

# The shell is the same engine without the windows around the page: it starts, and opens a page, in a third of the time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_BROWSERS = ("chromium-headless-shell", "chromium")  # packages; older systems have only the second
_FONTS = ("fonts-dejavu-core", "fonts-noto-core", "fonts-noto-cjk")
# No GPU and no calls home: tests go nowhere but to this machine.
_ARGUMENTS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip


def program() -> str:
    """Where Chromium is; installed first where there is none and Debian's package tools may be used."""
    if given := os.environ.get("DUNNOCK_TEST_CHROMIUM"):
        return given
    with (Path(tempfile.gettempdir()) / "dunnock-tests-chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two workers must not install at once
        found = _installed()
        if found is None:
            _install()
            found = _installed()
    if found is None:
        raise RuntimeError(
            "no Chromium to test with; on Debian: apt-get install chromium, or set DUNNOCK_TEST_CHROMIUM"
        )
    return found


def _installed() -> str | None:
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def _install() -> None:
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (sudo and not shutil.which("sudo")):
        return
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    for words in (["update"], *(["install", "--no-install-recommends", one, *_FONTS] for one in _BROWSERS)):
        subprocess.run([*apt, *words], stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False, timeout=600)
        if _installed() is not None:
            return


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser without a window."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=[*_ARGUMENTS, *sandbox])
        yield browser
        browser.close()
