"""A real server as a process of its own, and what stories ask of it."""

from __future__ import annotations

import functools
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import requests
from mastodon import Mastodon

SCOPES = ["read", "write", "follow", "push"]
PASSWORD = "a good long one"
STOPS_WITHIN_S = 8
_STARTS_WITHIN_S = 40
_numbers = itertools.count(1)


class Server:
    """`dunnock up` on a free port with a data directory; `environment` adds settings as variables."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.domain = f"127.0.0.1:{self.port}"
        self._environment = {key: value for key, value in os.environ.items() if not key.startswith("DUNNOCK_")} | {
            "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
            "DUNNOCK_PORT": str(self.port),
            "DUNNOCK_DEV": "1",
            **environment,
        }
        self.log = data.with_name(f"{data.name}.log")
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> Server:
        """Start it and wait until it says that it is there."""
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "dunnock", "up", "--data", str(self.data)],
                stdout=subprocess.PIPE, stderr=log, text=True, env=self._environment,
            )  # fmt: skip
        watch = threading.Timer(_STARTS_WITHIN_S, self._process.kill)
        watch.start()
        try:
            assert self._process.stdout is not None
            said = self._process.stdout.readline()
        finally:
            watch.cancel()
        if self.url not in said:
            self._process.kill()
            self._process.communicate()
            raise AssertionError(f"the server does not start: {self.log.read_text()}")
        return self

    def stop(self) -> tuple[int, float]:
        """Ask it to stop, wait; its exit code and the seconds it took."""
        if self._process is None:
            return 0, 0.0
        process, self._process = self._process, None
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(STOPS_WITHIN_S + 5)
        finally:
            process.kill()
            process.communicate()
        return code, time.monotonic() - begun

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self._process is not None
        process, self._process = self._process, None
        process.kill()
        process.communicate()

    def dunnock(self, *arguments: str) -> str:
        """What the command prints; fails when the command does."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "dunnock", *arguments, "--data", str(self.data)],
            check=False, capture_output=True, text=True, env=self._environment, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    @functools.cached_property
    def app(self) -> tuple[str, str]:
        """An app with all scopes: its id and secret."""
        return Mastodon.create_app("Stories", scopes=SCOPES, api_base_url=self.url)

    @functools.cached_property
    def app_token(self) -> str:
        """The app's own token, without a member."""
        client_id, client_secret = self.app
        form = {"client_id": client_id, "client_secret": client_secret, "grant_type": "client_credentials"}
        return str(self.call("POST", "/oauth/token", data=form | {"scope": " ".join(SCOPES)}).json()["access_token"])

    def join(self, name: str = "person") -> Person:
        """A new member, whose name begins with `name`; the server must be open."""
        name = f"{name}_{next(_numbers)}"
        joined = requests.post(
            f"{self.url}/api/v1/accounts",
            data={"username": name, "email": f"{name}@mail.example", "password": PASSWORD, "agreement": "true"},
            headers={"Authorization": f"Bearer {self.app_token}"},
            timeout=20,
        )
        assert joined.status_code == 200, joined.text
        return Person(self, name, joined.json()["access_token"])

    def call(self, method: str, path: str, token: str | None = None, **given: Any) -> requests.Response:
        """One request as `token`'s member; None: as nobody."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.request(
            method, f"{self.url}{path}", headers=headers | given.pop("headers", {}), timeout=20, **given
        )


class Person:
    """A member with an app: `api` is Mastodon.py."""

    def __init__(self, server: Server, name: str, token: str) -> None:
        self.server, self.name, self.token = server, name, token
        self.email = f"{name}@mail.example"
        self.api = Mastodon(
            *server.app, access_token=token, api_base_url=server.url, ratelimit_method="throw", request_timeout=20
        )

    @functools.cached_property
    def id(self) -> str:
        return str(self.api.me().id)

    def call(self, method: str, path: str, **given: Any) -> requests.Response:
        return self.server.call(method, path, self.token, **given)


def until(true: Any, *, within_s: float = 15) -> Any:
    """What `true()` gives once it is true: for what happens just after an answer."""
    deadline = time.monotonic() + within_s
    while not (found := true()):
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.02)
    return found
