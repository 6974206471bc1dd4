"""A demo server and a browser for the screens: one of each for a worker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from chromium import launched
from screens.town import Town
from stories.running import Server

_ERROR = '"level":"error"'


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("screens") / "data"


@pytest.fixture(scope="session")
def town(demo_data: Path) -> Iterator[Town]:
    """A living server with all that screens show."""
    server = Server(demo_data, DUNNOCK_SIGN_UP="open")
    said = server.dunnock("demo")
    password = re.search(r"password +(\S+)", said)
    assert password is not None, said
    server.start()
    try:
        made = Town(server, password[1])
        made.furnish()
        yield made
    finally:
        server.stop()
    log = server.log.read_text()
    assert _ERROR not in log, log[-4000:]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for a module: Playwright's loop must be gone before tests with loops of their own."""
    with launched() as one:
        yield one


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile."""
    one = browser.new_context(locale="en-GB")
    one.set_default_timeout(15_000)
    yield one
    one.close()
