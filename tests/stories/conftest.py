"""Running servers for stories: one of each engine for the session, others for stories that need their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mastodon import Mastodon

import services
from stories.running import Server

_ERROR = '"level":"error"'
_bosses: dict[str, Any] = {}  # by server: a second admin would need the first one's consent


def _begin(tmp_path_factory: pytest.TempPathFactory, engine: str) -> Server:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    more = {"DUNNOCK_DATABASE_URL": services.postgres(f"stories_{worker}")} if engine == "postgresql" else {}
    return Server(tmp_path_factory.mktemp(engine) / "data", DUNNOCK_SIGN_UP="open", **more).start()


@pytest.fixture(scope="session")
def sqlite_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = _begin(tmp_path_factory, "sqlite")
    yield server
    assert server.stop()[0] == 0


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = _begin(tmp_path_factory, "postgresql")
    yield server
    assert server.stop()[0] == 0


def _watched(server: Server) -> Iterator[Server]:
    """The server; what it logs in between is shown when the test fails, and an error in it fails the test."""
    before = server.log.stat().st_size
    yield server
    with server.log.open() as log:
        log.seek(before)
        said = log.read()
    print(said)  # noqa: T201 (pytest shows it when the test fails)
    assert _ERROR not in said, "the server logged an error"


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server that everybody may join, on each engine."""
    yield from _watched(request.getfixturevalue(f"{request.param}_server"))


@pytest.fixture
def small_server(sqlite_server: Server) -> Iterator[Server]:
    """The same on SQLite only."""
    yield from _watched(sqlite_server)


@pytest.fixture
def boss(server: Server) -> Any:
    """An admin with an app that may do all that admins may."""
    if server.url not in _bosses:
        made = _bosses[server.url] = server.join("boss")
        server.dunnock("members", "role", made.name, "admin")
        token = server.dunnock("members", "token", made.name, "--scopes", "read write admin:read admin:write").split()[
            -1
        ]
        made.api = Mastodon(*server.app, access_token=token, api_base_url=server.url, ratelimit_method="throw")
    return _bosses[server.url]


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Makes and starts servers of the story's own, with these variables."""
    made: list[Server] = []

    def begin(**environment: str) -> Server:
        made.append(Server(tmp_path / f"data-{len(made)}", **environment))
        return made[-1].start()

    yield begin
    for server in made:
        server.stop()
        print(said := server.log.read_text())  # noqa: T201 (pytest shows it when the test fails)
        assert _ERROR not in said, "the server logged an error"
